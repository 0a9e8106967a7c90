"""A session found by its cookie, by hand: what ``Authenticator.session`` is compared with.

Both, for a live session that was used within the last minute, so that nothing is written:

1. judge the handle's form, and hash it;
2. read the session by that hash (one statement: a point read of the primary key);
3. is it this browser's (compared in constant time), and live: before its absolute end and its idle limit?
4. return who it is, what he may do, what he proved and what is fresh, as a typed, frozen value.

Ours besides: a limit that is believed only if it is not further away than the profile allows; services that are closed
without a token; the binding to a certificate; everything that :mod:`benchmarks.raw.bank` leaves out.
"""

from __future__ import annotations

import hmac
import json
import re
from typing import Any, Final, NamedTuple

from benchmarks.raw.bank import RawBank, stored
from benchmarks.raw.step_up import IDLE_SECONDS

__all__ = ["Seen", "check_session", "point_read"]

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_READ: Final = (
    "select subject, browser, started_at, ends_at, used_at, fresh, login_id, company, role, factors, entitlements "
    "from session where handle = ?"
)


class Seen(NamedTuple):
    """A live session."""

    subject: str
    login_id: str
    company: str
    role: str
    factors: tuple[str, ...]
    entitlements: tuple[str, ...]
    started_at: int
    ends_at: int
    idle_ends_at: int
    fresh: tuple[tuple[object, ...], ...]


def check_session(bank: RawBank, handle: str, now: int) -> Seen | None:
    """Return the live session of a cookie; None where there is none."""
    if _TOKEN.fullmatch(handle) is None:
        return None
    row = point_read(bank, stored("session", handle))
    if row is None:
        return None
    subject, browser, started_at, ends_at, used_at, fresh, login_id, company, role, factors, entitlements = row
    idle_ends_at = min(ends_at, (used_at or started_at) + IDLE_SECONDS)
    if not hmac.compare_digest(browser, bank.browser) or now >= idle_ends_at:
        return None
    return Seen(
        subject,
        login_id,
        company,
        role,
        tuple(json.loads(factors)),
        tuple(json.loads(entitlements)),
        started_at,
        ends_at,
        idle_ends_at,
        tuple(tuple(one) for one in json.loads(fresh) if now < one[2]),
    )


def point_read(bank: RawBank, key: str) -> tuple[Any, ...] | None:
    """Read one session by its key, and do nothing with it."""
    row: tuple[Any, ...] | None = bank.db.execute(_READ, (key,)).fetchone()
    return row
