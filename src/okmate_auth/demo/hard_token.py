"""A hard token as people of the story hold it: a number on its back, a display, and its line in its maker's file.

What a display shows is :func:`okmate_auth.tokens.code_at`, which the library tries against pyotp when it starts.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import attrs

from okmate_auth.tokens import Parameters, code_at, step_at

__all__ = ["STEP", "HardToken", "made"]

STEP: Final = timedelta(seconds=60)
"""How long a display shows a code."""

_CODES: Final = Parameters(kind="totp", period_seconds=60)
_SEED_BYTES: Final = 20  # RFC 4226 R6 recommends 160 bits
# In steps, from when a token is made: what a code of the story can be compared with lies within.
_BEFORE: Final = 60
_AFTER: Final = 240


@attrs.frozen(kw_only=True)
class HardToken:
    """A token of time steps.

    Attributes:
        serial: The serial number on its back.
        seed: Its key, known to its maker and to the bank.
    """

    serial: str
    seed: bytes = attrs.field(repr=False)

    def code(self, at: datetime) -> str:
        """Return what its display shows at an instant, by the token's own clock."""
        return code_at(self.seed, step_at(at, _CODES.period_seconds), _CODES)

    def line(self) -> str:
        """Return its line of an OATH CSV, without its end."""
        return f"{self.serial},{self.seed.hex()},{_CODES.kind},{_CODES.digits},{_CODES.period_seconds}"


def made(serial: str, others: Iterable[HardToken], now: datetime) -> HardToken:
    """Return a new token that, as long as a story lasts, shows no code twice and none that one of the others shows.

    Of six digits some are the same by chance: then a code that is wrong in the story would be right once in a while.

    Args:
        serial: Its serial number.
        others: The tokens that were made before.
        now: When the story begins, or a little later.
    """
    taken = {code for other in others for code in _shown(other, now)}
    while True:
        token = HardToken(serial=serial, seed=secrets.token_bytes(_SEED_BYTES))
        codes = _shown(token, now)
        if len(taken.union(codes)) == len(taken) + len(codes):
            return token


def _shown(token: HardToken, now: datetime) -> list[str]:
    return [token.code(now + step * STEP) for step in range(-_BEFORE, _AFTER)]
