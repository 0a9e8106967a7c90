"""What the tests here measured, printed after pytest's own report.

Each figure is a line of text that a test hands to its ``figure`` fixture. It travels as a property of the test's
report, so that it arrives from other processes (``-n``) as well. The counts that the promises are stated with::

    OKMATE_ROUNDS=full .venv/bin/pytest tests/guarantees
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import pytest

__all__ = ["PROPERTY", "Figure", "lines"]

PROPERTY: Final = "figure"

Figure = Callable[[str], None]


def lines(reports: Iterable[pytest.TestReport]) -> list[str]:
    """Return what was measured, each line behind the name of its test."""
    found: list[str] = []
    for report in reports:
        measured = [value for name, value in report.user_properties if name == PROPERTY]
        if report.when == "teardown" and measured:
            found += [report.nodeid.rpartition("/")[2], *(f"    {value}" for value in measured)]
    return found
