"""Prints what was measured, and gives each test its ``figure``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.guarantees.figures import PROPERTY, Figure, lines
from tests.rounds import SETTING, chosen


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Print a line about this test in the report's section of figures."""
    return lambda text: record_property(PROPERTY, text)


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401 - pytest does not export its type
    """Print the figures of all tests."""
    found = lines(terminalreporter.getreports(""))
    if found:
        terminalreporter.section(f"figures ({SETTING}={chosen()})")
        for line in found:
            terminalreporter.write_line(line)
