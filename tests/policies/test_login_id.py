"""LoginIdRule: half-width letters and digits of a certain length."""

from __future__ import annotations

import string
import time

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.policies.login_id import LONGEST_LOGIN_ID, LoginIdRule
from okmate_auth.violations import Violation
from tests.password_contexts import any_text
from tests.unchecked import unchecked

HALF_WIDTH = string.ascii_letters + string.digits
RULE = LoginIdRule()
MIXED = LoginIdRule(mixed=True)


def codes(rule: LoginIdRule, text: str) -> list[str]:
    """Return the codes for a text."""
    return [violation.code for violation in rule.violations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["empty"]),
        ("a", ["too-short"]),
        ("abcde", ["too-short"]),
        ("abcdef", []),
        ("123456", []),
        ("TANAKA01", []),
        ("a" * 12, []),
        ("a" * 13, ["too-long"]),
        ("ｔａｎａｋａ", ["full-width"]),
        ("tanaka０１", ["full-width"]),
        ("たなかたろう", ["full-width"]),
        ("tanaka ", ["not-half-width-alphanumeric"]),
        ("tanaka\u3000", ["full-width"]),
        ("tan_aka", ["not-half-width-alphanumeric"]),
        ("ﾀﾅｶﾀﾛｳ", ["not-half-width-alphanumeric"]),
        ("tanak\u0430", ["not-half-width-alphanumeric"]),
        ("tana\u200bka", ["not-half-width-alphanumeric"]),
        ("tanaka\0", ["not-half-width-alphanumeric"]),
        ("tanaka\r\n", ["not-half-width-alphanumeric"]),
        ("' or 1=1--", ["not-half-width-alphanumeric"]),
        ("*)(uid=*))", ["not-half-width-alphanumeric"]),
        ("İstanbul", ["not-half-width-alphanumeric"]),
        ("tanaka\udcff", ["not-half-width-alphanumeric"]),
        ("ａ-", ["too-short", "full-width", "not-half-width-alphanumeric"]),
        ("１２３４５６７８９０１２\u20133", ["too-long", "full-width", "not-half-width-alphanumeric"]),
    ],
)
def test_everything_wrong_is_told_at_once(text: str, expected: list[str]) -> None:
    """Each broken rule has its code, in a fixed order; an empty ID is just empty."""
    assert codes(RULE, text) == expected
    assert RULE.well_formed(text) is (expected == [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abcdef", ["letters-and-digits"]),
        ("123456", ["letters-and-digits"]),
        ("abcde6", []),
        ("1", ["too-short", "letters-and-digits"]),
        ("ａｂｃｄｅ６", ["full-width"]),
        ("ａｂｃｄｅｆ", ["full-width", "letters-and-digits"]),
    ],
)
def test_both_kinds_may_be_demanded(text: str, expected: list[str]) -> None:
    """With mixed a letter and a digit are needed, of either width: the width is told by its own code."""
    assert codes(MIXED, text) == expected


def test_an_id_of_one_kind_can_still_log_in() -> None:
    """The demand for both kinds concerns new IDs: one that exists stays well formed."""
    assert MIXED.well_formed("abcdef")


@given(
    st.integers(min_value=1, max_value=LONGEST_LOGIN_ID - 1),
    st.integers(min_value=0, max_value=30),
    st.sampled_from("aZ5"),
)
def test_lengths_are_inclusive(minimum: int, more: int, char: str) -> None:
    """One below the minimum is too short, one above the maximum too long, both limits themselves are good."""
    maximum = min(minimum + more, LONGEST_LOGIN_ID)
    rule = LoginIdRule(minimum=minimum, maximum=maximum)
    assert codes(rule, char * (minimum - 1)) == (["too-short"] if minimum > 1 else ["empty"])
    assert codes(rule, char * minimum) == []
    assert codes(rule, char * maximum) == []
    assert rule.violations(char * (maximum + 1)) == (Violation("too-long", "login_id", {"maximum": maximum}),)


@given(any_text)
def test_no_violation_means_half_width_of_good_length(text: str) -> None:
    """A text is good exactly if it is 6 to 12 of the 62 characters, and no violation shows a part of it."""
    violations = RULE.violations(text)
    assert (violations == ()) == (6 <= len(text) <= 12 and set(text) <= set(HALF_WIDTH)) == RULE.well_formed(text)
    assert all(set(violation.parameters) <= {"minimum", "maximum"} for violation in violations)


def test_violations_name_the_field_and_the_limits() -> None:
    """The field is the command's, by default login_id, and the limits are those of the rule."""
    assert RULE.violations("ab", field="new_login_id") == (Violation("too-short", "new_login_id", {"minimum": 6}),)
    assert RULE.violations("") == (Violation("empty", "login_id"),)


@pytest.mark.parametrize("char", ["a", "Ａ", "-", "\udcff", "\U0001f3e6"])
def test_a_megabyte_is_judged_like_a_line(char: str) -> None:
    """However long the text, only its beginning is looked at."""
    huge = char * 10_000_000
    before = time.perf_counter()
    assert RULE.violations(huge)[0].code == "too-long"
    assert not RULE.well_formed(huge)
    assert time.perf_counter() - before < 0.5


@pytest.mark.parametrize("value", [None, 123456, b"tanaka01", ["tanaka01"]])
def test_only_text_is_judged(value: object) -> None:
    """Another type is the program's fault, named by field."""
    with pytest.raises(MisuseError, match=r"^login_id must be text$"):
        RULE.violations(unchecked(value))
    with pytest.raises(MisuseError, match=r"^login_id must be text$"):
        RULE.well_formed(unchecked(value))


@pytest.mark.parametrize(
    "change",
    [
        {"minimum": 0},
        {"minimum": -1},
        {"minimum": 13},
        {"maximum": 5},
        {"maximum": LONGEST_LOGIN_ID + 1},
        {"minimum": True},
        {"minimum": "6"},
        {"maximum": 12.0},
        {"mixed": 1},
    ],
)
def test_contradictory_rules_are_refused(change: dict[str, object]) -> None:
    """Numbers that contradict each other, or are none, make no rule."""
    with pytest.raises(ConfigurationError):
        attrs.evolve(RULE, **unchecked(change))


def test_the_widest_rule_is_allowed() -> None:
    """1 to 64 is the widest there is."""
    rule = LoginIdRule(minimum=1, maximum=LONGEST_LOGIN_ID)
    assert rule.well_formed("a")
    assert rule.well_formed("a" * 64)
    assert not rule.well_formed("a" * 65)
