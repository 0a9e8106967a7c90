"""What the tests of codes share."""

from __future__ import annotations

import pytest

from okmate_auth.tokens import window
from tests.tokens.work import Work


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Hashes that are counted."""
    counting = Work()
    monkeypatch.setattr(window, "_HASHES", counting.counting(window._HASHES))
    return counting
