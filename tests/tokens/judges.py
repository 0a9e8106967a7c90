"""The ways to judge one code, with everything given that a test does not change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from okmate_auth.tokens import Accepted, Position, Verdict, Windows, code_at, enroll, verify
from tests.tokens.samples import HOTP, NOW, SEED, TOTP

__all__ = ["FRESH", "PRESSED", "Judge", "accepted", "at", "enroll_pressed", "enroll_timed", "pressed", "timed"]

Judge = Callable[..., Verdict]

FRESH: Final = Position()
PRESSED: Final = Position(next_counter=1000)

timed: Final = partial(verify, seed=SEED, parameters=TOTP, position=FRESH, windows=Windows(), now=NOW)
pressed: Final = partial(verify, seed=SEED, parameters=HOTP, position=PRESSED, windows=Windows(), now=NOW)
enroll_timed: Final = partial(enroll, seed=SEED, parameters=TOTP, position=FRESH, windows=Windows(), now=NOW)
enroll_pressed: Final = partial(enroll, seed=SEED, parameters=HOTP, position=PRESSED, windows=Windows(), now=NOW)


def at(counter: int) -> str:
    """Return what the token of these tests shows; both kinds show the same at a counter."""
    return code_at(SEED, counter, HOTP)


def accepted(verdict: Verdict) -> Position:
    """Return where a token stands after a code that is right."""
    assert isinstance(verdict, Accepted)
    return verdict.position
