"""Violations: machine-readable, with a text for the page, and never with what was entered."""

from __future__ import annotations

import pytest

from okmate_auth.errors import MisuseError
from okmate_auth.violations import Violation
from tests.unchecked import unchecked


def test_violations_are_values() -> None:
    """Two violations that say the same are equal, so that tests and views can compare them."""
    assert Violation("too-short", "password", {"minimum": 6}) == Violation("too-short", "password", {"minimum": 6})
    assert Violation("too-short", "password", {"minimum": 6}) != Violation("too-short", "password", {"minimum": 7})
    assert Violation("empty", "password").parameters == {}


def test_a_code_of_a_banks_own_is_shown_as_it_is() -> None:
    """A bank's rule or action may make codes of its own, for which no catalogue here has a text."""
    assert Violation("our-own-code", "our_own_field").message("en") == "our-own-code"
    assert Violation("our-own-code", "our_own_field").message("ja") == "our-own-code"


def test_there_are_two_languages() -> None:
    """Another language is the program's mistake."""
    with pytest.raises(MisuseError, match="language"):
        Violation("empty", "password").message(unchecked("fr"))
