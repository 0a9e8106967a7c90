"""What the virtual token of a worker shows (RFC 4226 5.3, RFC 6238 4). Python alone: it runs in every environment."""

from __future__ import annotations

import hmac
import time
from typing import Final

__all__ = ["DIGITS", "STEP_SECONDS", "code_now"]

DIGITS: Final = 6
STEP_SECONDS: Final = 30
_NOT_YET_SECONDS: Final = 5.0
"""Closer to the next time step than this no code is made: it would be an older one when it is judged."""


def code_now(seed: bytes) -> str:
    """Return what a token with this seed shows now, waiting for the next time step where this one is nearly over."""
    now = time.time()  # noqa: TID251 - the other library reads this very clock
    left = STEP_SECONDS - now % STEP_SECONDS
    if left < _NOT_YET_SECONDS:
        time.sleep(left)
        now += left
    digest = hmac.digest(seed, int(now // STEP_SECONDS).to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"
