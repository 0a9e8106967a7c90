"""Digits and runs that anybody would try."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.policies.half_width import EXAMINED
from okmate_auth.policies.patterns import obvious, parts, predictable_digits


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("", True),
        ("7", True),
        ("42", True),
        ("427", False),
        ("123", True),
        ("4321", True),
        ("7890", True),
        ("7891", False),
        ("777", True),
        ("1212", True),
        ("121121", True),
        ("48294829", False),
        ("1122", True),
        ("1144", False),
        ("112233", True),
        ("332211", True),
        ("11223", False),
        ("1899", False),
        ("1900", True),
        ("2099", True),
        ("2100", False),
        ("0101", True),
        ("1231", True),
        ("1232", False),
        ("0100", False),
        ("1301", False),
        ("800401", True),
        ("801301", False),
        ("19800401", True),
        ("18800401", False),
        ("20000229", True),
        ("007", True),
        ("008", False),
        ("2580", True),
        ("159753", True),
        ("8305", False),
        ("73918462", False),
    ],
)
def test_predictable_digits(digits: str, *, expected: bool) -> None:
    """Runs, repetitions, years, dates and walks over the keypad are predictable, other digits are not."""
    assert predictable_digits(digits) is expected


def test_most_numbers_are_not_predictable() -> None:
    """Of the four-digit numbers the predictable ones are few: the rule takes little away from an honest choice."""
    assert 300 < sum(predictable_digits(f"{number:04}") for number in range(10_000)) < 700


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aaaaaa", True),
        ("aaaaaa1", True),
        ("ababab", True),
        ("abcabcabc", True),
        ("abcdabcd", False),
        ("qwerty1234", True),
        ("1qwertyuiop", True),
        ("poiuyt99", True),
        ("asdfgh2024", True),
        ("akasatana1", True),
        ("a1234567", True),
        ("ab12345678", True),
        ("abx12345678", False),
        ("k8305179", False),
        ("123456789012345", True),
        ("a1b2c3d4", False),
        ("tanaka1", False),
        ("xk9", True),
        ("xkq9", False),
    ],
)
def test_obvious_is_nothing_but_pattern(text: str, *, expected: bool) -> None:
    """What consists of runs, repetitions and predictable digits around almost nothing is obvious."""
    assert obvious(text) is expected


@given(st.text(alphabet="ab19", max_size=12))
def test_parts_make_the_whole(text: str) -> None:
    """A split has digits at the ends, none in the middle, and nothing is lost."""
    split = parts(text)
    if split is not None:
        assert "".join(split) == text
        assert all(end == "" or end.isdigit() for end in (split[0], split[2]))
        assert not any(map(str.isdigit, split[1]))


def test_digits_between_letters_are_not_split() -> None:
    """Where letters and digits alternate more than twice there is no middle."""
    assert parts("a1b") is None
    assert parts("1a2b") is None
    assert parts("12ab34") == ("12", "ab", "34")


@pytest.mark.parametrize("text", ["1", "a", "ab", "1a", "a" * 511 + "b", "12" * 255 + "3"])
def test_patterns_take_little_time_at_the_bound(text: str) -> None:
    """The longest text that is examined is judged in milliseconds, however it is made."""
    longest = (text * EXAMINED)[:EXAMINED]
    before = time.perf_counter()
    for _ in range(10):
        obvious(longest)
        predictable_digits(longest)
    assert time.perf_counter() - before < 0.5
