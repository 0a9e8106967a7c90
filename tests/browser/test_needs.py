"""What is missing is skipped with a reason where somebody works, and fails in CI."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import needs

pytestmark = pytest.mark.browser


def test_what_is_missing_is_skipped_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that no machine has."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"there is no okmate-no-such: apt-get install nothing"):
        needs.program("okmate-no-such", "nothing")


def test_what_is_missing_in_ci_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A skip would be green, and nobody would look."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="and CI needs it"):
        needs.program("okmate-no-such", "nothing")


def test_axe_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its text is returned; a path that leads nowhere is missing, not looked for elsewhere."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv(needs.AXE, str(tmp_path / "axe.min.js"))
    with pytest.raises(pytest.skip.Exception, match="there is no axe-core"):
        needs.axe()
    (tmp_path / "axe.min.js").write_text("axe = 1", "utf-8")
    assert needs.axe() == "axe = 1"
