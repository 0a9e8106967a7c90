"""Parameters and Windows: every number has its bounds, and what is out of them is refused by its field's name."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given

from okmate_auth.errors import ConfigurationError
from okmate_auth.tokens import (
    LEGACY_SEED_BYTES,
    MAXIMUM_SEED_BYTES,
    MINIMUM_SEED_BYTES,
    Parameters,
    Position,
    Windows,
)
from tests.tokens.samples import HOTP, TOTP, parameters, windows

NOT_INTS = (True, False, 6.0, "6", None, b"6", [6])

WIDE = Windows(back=2, ahead=2, look_ahead=20, enrollment=20, resync=100, drift=20)
NARROW = Windows(back=0, ahead=0, look_ahead=0, enrollment=0, resync=1, drift=0)
BOUNDS = [
    (TOTP, "digits", 6, 8),
    (HOTP, "digits", 6, 8),
    (TOTP, "period_seconds", 10, 300),
    (HOTP, "period_seconds", 0, 0),
    (NARROW, "back", 0, 0),  # as far as enrollment
    (NARROW, "ahead", 0, 0),
    (NARROW, "look_ahead", 0, 0),
    (NARROW, "enrollment", 0, 1),  # as far as resync
    (NARROW, "resync", 1, 100),
    (NARROW, "drift", 0, 20),
    (WIDE, "back", 0, 2),
    (WIDE, "ahead", 0, 2),
    (WIDE, "look_ahead", 0, 20),
    (WIDE, "enrollment", 20, 20),  # not narrower than look_ahead
    (WIDE, "resync", 20, 100),  # not narrower than enrollment
    (WIDE, "drift", 0, 20),
    (attrs.evolve(WIDE, back=0, look_ahead=0), "enrollment", 2, 20),  # not narrower than ahead
    (attrs.evolve(WIDE, ahead=0, look_ahead=0), "enrollment", 2, 20),  # not narrower than back
]


def changed(value: Parameters | Windows, field: str, to: object) -> object:
    """Return a value with another field."""
    evolve: Any = attrs.evolve
    return evolve(value, **{field: to})


@pytest.mark.parametrize(("value", "field", "least", "most"), BOUNDS)
def test_bounds_are_inclusive(value: Parameters | Windows, field: str, least: int, most: int) -> None:
    """At each bound a number is taken, one beyond it is refused."""
    for good in (least, most):
        assert getattr(changed(value, field, good), field) == good
    for bad in (least - 1, most + 1):
        with pytest.raises(ConfigurationError, match=rf"^({field}|enrollment|resync): "):
            changed(value, field, bad)


@pytest.mark.parametrize(("value", "field", "least", "most"), BOUNDS)
def test_only_whole_numbers_are_numbers(value: Parameters | Windows, field: str, least: int, most: int) -> None:
    """A bool, a float, a text is none, even where Python takes it for one; the refusal begins with the field's name."""
    del least, most
    for bad in NOT_INTS:
        with pytest.raises(ConfigurationError, match=rf"^{field}: "):
            changed(value, field, bad)


@pytest.mark.parametrize("bad", ["HOTP", "hotp ", "", "ocra", None, 1, ["hotp"]])
def test_there_are_two_kinds(bad: object) -> None:
    """A token counts presses or time steps, and nothing else is guessed from another spelling."""
    with pytest.raises(ConfigurationError, match=r"^kind: hotp or totp$"):
        changed(TOTP, "kind", bad)


@pytest.mark.parametrize("bad", ["sha1", "SHA-1", "MD5", "SHA224", "SHA3-256", "", None, ["SHA1"]])
def test_there_are_three_algorithms(bad: object) -> None:
    """No other hash than those of RFC 6238 1.2 is taken, and none by another spelling."""
    with pytest.raises(ConfigurationError, match=r"^algorithm: SHA1, SHA256 or SHA512"):
        changed(TOTP, "algorithm", bad)


def test_a_period_has_to_be_said() -> None:
    """A token of time steps has no length of its step by default: 30 where it is 60 would lock its holder out."""
    with pytest.raises(ConfigurationError, match=r"^period_seconds: 10 to 300 for totp$"):
        Parameters(kind="totp")
    assert Parameters(kind="hotp") == Parameters(kind="hotp", digits=6, period_seconds=0, algorithm="SHA1")


@given(windows())
def test_what_is_near_is_within_what_is_far(drawn: Windows) -> None:
    """Whatever windows can be made: each wider one covers the narrower ones, so that one scan serves both."""
    assert drawn.resync >= drawn.enrollment >= max(drawn.back, drawn.ahead, drawn.look_ahead)
    assert drawn.resync >= 1


@given(parameters)
def test_values_are_frozen_and_equal_by_value(what: Parameters) -> None:
    """Nobody changes the parameters of a token that is being judged."""
    assert attrs.evolve(what) == what
    for value, field in ((what, "digits"), (Windows(), "back"), (Position(), "next_counter")):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, field, 7)


def test_defaults_are_those_of_the_documentation() -> None:
    """One step either way, ten presses; nothing was accepted yet, and nothing learnt."""
    assert Windows() == Windows(back=1, ahead=1, look_ahead=10, enrollment=10, resync=50, drift=10)
    assert Position() == Position(next_counter=0, offset=0, drift=0)


def test_seeds_have_as_many_bits_as_the_standards_ask_for() -> None:
    """112 bits are the least (NIST SP 800-63B-4 3.1.4.1), 80 by the switch, a block of SHA-512 is the most."""
    assert (8 * MINIMUM_SEED_BYTES, 8 * LEGACY_SEED_BYTES, 8 * MAXIMUM_SEED_BYTES) == (112, 80, 1024)
