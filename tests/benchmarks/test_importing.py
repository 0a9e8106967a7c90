"""What an import brings along: nothing a bank did not ask for."""

from __future__ import annotations

import subprocess

import pytest

from benchmarks.importing import BASE, FOREIGN, OURS, imported


@pytest.mark.parametrize("modules", [OURS, BASE])
def test_nothing_foreign_comes_along(modules: str) -> None:
    """No SQL toolkit, web framework or HTTP client, not even the standard library's."""
    seconds, foreign = imported(modules)
    assert seconds > 0
    assert foreign == ()


@pytest.mark.parametrize("module", ["http.client", "urllib.request"])
def test_what_is_foreign_is_found(module: str) -> None:
    """The same look finds one that is imported, by name and below it."""
    assert module in FOREIGN
    assert module in imported(f"okmate_auth, {module}")[1]


def test_a_name_that_only_begins_alike_is_not_foreign() -> None:
    """``http`` is no HTTP client, ``http.cookies`` neither."""
    assert imported("http.cookies")[1] == ()


def test_what_cannot_be_imported_is_no_figure() -> None:
    """A failing import ends the measurement."""
    with pytest.raises(subprocess.CalledProcessError):
        imported("okmate_auth.missing")
