"""Passwords that the system makes."""

from __future__ import annotations

import collections
import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError, InfrastructureError, MisuseError
from okmate_auth.policies.composition import HalfWidthAlphanumeric, LettersAndDigits
from okmate_auth.policies.initial import INITIAL_LENGTH, UNAMBIGUOUS, generate_initial
from okmate_auth.policies.password_rules import (
    NIST_LOGIN_PASSWORD,
    OKMATE_CONFIRMATION_PASSWORD,
    OKMATE_LOGIN_PASSWORD,
)
from okmate_auth.policies.passwords import Length, PasswordRules
from tests.password_contexts import NOBODY, codes
from tests.unchecked import unchecked

if TYPE_CHECKING:
    from collections.abc import Callable

ANYTHING = PasswordRules(rules=(Length(1, 1024),))


def stream(seed: bytes) -> Callable[[int], bytes]:
    """Return a source of bytes that look random and are the same each time."""
    return lambda size: hashlib.shake_256(seed).digest(size)


@given(st.binary(min_size=1))
@pytest.mark.parametrize("rules", [OKMATE_LOGIN_PASSWORD, OKMATE_CONFIRMATION_PASSWORD, NIST_LOGIN_PASSWORD])
def test_a_made_password_keeps_the_policy(rules: PasswordRules, seed: bytes) -> None:
    """Whatever the random bytes, the password is one that its user could have chosen, without look-alikes."""
    made = generate_initial(rules, NOBODY, stream(seed))
    assert rules.violations(made, NOBODY) == ()
    assert set(made.reveal()) <= set(UNAMBIGUOUS)
    assert len(made) == max(INITIAL_LENGTH, rules.minimum)


def test_the_alphabet_has_no_look_alikes() -> None:
    """57 half-width letters and digits, each once, without 0 O 1 l I."""
    assert len(UNAMBIGUOUS) == len(set(UNAMBIGUOUS)) == 57
    assert not set(UNAMBIGUOUS) & set("0O1lI")
    assert codes(HalfWidthAlphanumeric(), UNAMBIGUOUS) == []


@pytest.mark.parametrize(
    ("rules", "length", "expected"),
    [
        (ANYTHING, None, 12),
        (ANYTHING, 1, 1),
        (ANYTHING, 1024, 1024),
        (OKMATE_LOGIN_PASSWORD, None, 12),
        (OKMATE_LOGIN_PASSWORD, 6, 6),
        (NIST_LOGIN_PASSWORD, None, 15),
        (PasswordRules(rules=(Length(1, 8),)), None, 8),
    ],
)
def test_the_length_is_twelve_or_what_the_policy_allows(
    rules: PasswordRules, length: int | None, expected: int
) -> None:
    """Twelve where the policy allows it, else the nearest that it does, or what was asked for."""
    assert len(generate_initial(rules, NOBODY, stream(b"length"), length=length)) == expected


@pytest.mark.parametrize("length", [5, 13, 0, -1])
def test_a_length_outside_the_policy_is_refused(length: int) -> None:
    """One below the minimum and one above the maximum can't be made."""
    with pytest.raises(ConfigurationError):
        generate_initial(OKMATE_LOGIN_PASSWORD, NOBODY, stream(b""), length=length)


def test_every_byte_has_the_same_weight() -> None:
    """All 256 bytes, each twice, give every character eight times: bytes that make some likelier are dropped."""
    made = generate_initial(ANYTHING, NOBODY, lambda size: (bytes(range(256)) * size)[:size], length=456)
    assert set(collections.Counter(made.reveal()).values()) == {8}


def test_the_generator_is_asked_once() -> None:
    """One draw serves all tries, so it does not matter whether asking again would give the same bytes again."""
    asked: list[int] = []

    def draw(size: int) -> bytes:
        asked.append(size)
        return stream(b"once")(size)

    generate_initial(OKMATE_LOGIN_PASSWORD, NOBODY, draw)
    assert len(asked) == 1


def test_candidates_that_break_a_rule_are_thrown_away_whole() -> None:
    """A first candidate without a digit is followed by the next one, which starts after it."""
    letters = bytes([UNAMBIGUOUS.index(char) for char in "abcdefghijkm"])
    good = bytes([UNAMBIGUOUS.index(char) for char in "Kx7QmZ4tWb9R"])
    made = generate_initial(OKMATE_LOGIN_PASSWORD, NOBODY, lambda size: (letters + good * size)[:size])
    assert made.reveal() == "Kx7QmZ4tWb9R"


@pytest.mark.parametrize("byte", [b"\x00", b"\x39", b"\xff"])
def test_a_broken_generator_makes_no_password(byte: bytes) -> None:
    """Bytes that are all the same, or all unusable, end in an error and not in a guessable password."""
    with pytest.raises(InfrastructureError):
        generate_initial(OKMATE_LOGIN_PASSWORD, NOBODY, lambda size: byte * size)


@pytest.mark.parametrize("drawn", [b"", b"short", "x" * 768, None, bytearray(768)])
def test_a_generator_that_gives_something_else_is_misuse(drawn: object) -> None:
    """Too few bytes, or something that is not bytes, are refused."""
    with pytest.raises(MisuseError):
        generate_initial(OKMATE_LOGIN_PASSWORD, NOBODY, lambda _size: unchecked(drawn))


def test_a_policy_that_leaves_nothing_ends() -> None:
    """Where no character of the alphabet is allowed the search ends with an error."""
    nothing = PasswordRules(rules=(Length(1, 1), LettersAndDigits()))
    with pytest.raises(InfrastructureError):
        generate_initial(nothing, NOBODY, stream(b"nothing"))
