"""A time-based code, by hand (RFC 4226 5.3, RFC 6238): every counter of the window, in constant time."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Final

__all__ = ["DIGITS", "STEP_SECONDS", "WINDOW", "code_at", "match"]

DIGITS: Final = 6
STEP_SECONDS: Final = 30
WINDOW: Final = 1


def code_at(seed: bytes, counter: int) -> str:
    """Return the code of a counter."""
    digest = hmac.digest(seed, counter.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}}"


def match(seed: bytes, code: str, counters: Iterable[int]) -> list[int]:
    """Return the counters whose code this is; all are computed, wherever it is."""
    return [counter for counter in counters if hmac.compare_digest(code_at(seed, counter), code)]
