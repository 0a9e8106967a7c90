"""One code: how it is computed, what form it has, and in which time step an instant lies."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

from okmate_auth.errors import MisuseError
from okmate_auth.tokens.parameters import END_OF_COUNTERS, FEWEST_DIGITS, MOST_DIGITS, Parameters

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def code_at(seed: bytes, counter: int, parameters: Parameters) -> str:
    """Return the code that a token shows at a counter, or in a time step.

    Args:
        seed: The token's key.
        counter: 0 to 2⁶⁴ - 1.
        parameters: Algorithm and number of digits.

    Raises:
        MisuseError: There is no such counter.

    Source: RFC 4226 5.3; RFC 6238 4.2.
    """
    if type(counter) is not int or not 0 <= counter < END_OF_COUNTERS:
        message = "counter: 0 to 2^64 - 1 (RFC 4226 5.1)"
        raise MisuseError(message)
    digest = hmac.digest(seed, counter.to_bytes(8, "big"), parameters.algorithm)
    offset = digest[-1] & 0xF  # dynamic truncation: the last four bits say where to read 31 bits
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**parameters.digits:0{parameters.digits}}"


def step_at(instant: datetime, period_seconds: int) -> int:
    """Return the time step in which an instant lies, negative before 1970; whole numbers all the way (A11).

    Args:
        instant: Aware.
        period_seconds: Length of a step, at least 1.

    Raises:
        MisuseError: The instant is naive, or a step has no length.

    Source: RFC 6238 4.2, with T0 = 0.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        message = "instant: aware, or the step would depend on where this machine stands"
        raise MisuseError(message)
    if type(period_seconds) is not int or period_seconds < 1:
        message = "period_seconds: at least 1; only a token of time steps has them"
        raise MisuseError(message)
    return (instant - EPOCH) // timedelta(seconds=period_seconds)


def is_code(text: str) -> bool:
    """Tell whether a text is 6 to 8 half-width digits and nothing else; takes the same time for a longer one.

    What Python takes for a number is wider: full-width and Arabic digits, signs, spaces, underscores (A19).
    """
    return FEWEST_DIGITS <= len(text) <= MOST_DIGITS and text.isascii() and text.isdigit()
