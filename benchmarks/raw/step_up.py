"""A code accepted within a session, by hand: what :class:`okmate_auth.StepUp` is compared with.

Both, for one code that is right:

1. judge the code's form;
2. read the session by the hash of its handle (one statement); is it this browser's, and live?
3. read account, throttle, token and the token's throttle (one statement); is the account usable, the token his and not
   suspended, neither throttle locked?
4. unseal the seed (AES-256-GCM, bound to the serial number);
5. compute the codes of ±1 step, all three, and compare each in constant time; is the counter one that was not used?
6. in one transaction (``BEGIN IMMEDIATE``, one fsync at FULL): compare-and-set by version of session (for what it is
   fresh, when it was used), token (next counter, drift), the token's throttle and the user's (failures over, head of
   the history); the account's version still stands; a history row with the HMAC-SHA-256 that covers the row before.

Ours besides: a limit on the source; everything that :mod:`benchmarks.raw.bank` leaves out.
"""

from __future__ import annotations

import hmac
import json
import os
from typing import Final

from benchmarks.raw.bank import BANK, RawBank, stored
from benchmarks.raw.judging import is_code, judge, settle

__all__ = ["new_session", "step_up"]

IDLE_SECONDS: Final = 600
ABSOLUTE_SECONDS: Final = 24 * 3600
FRESH_SECONDS: Final = 300
MOST_FRESH: Final = 8


def new_session(bank: RawBank, handle: str, now: int) -> None:
    """Create a session of the user."""
    values = (stored("session", handle), os.urandom(16).hex(), BANK["subject"], bank.browser, now)
    bank.db.execute(
        "insert into session (handle, version, subject, browser, started_at, ends_at, used_at) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        (*values, now + ABSOLUTE_SECONDS, now),
    )


def step_up(bank: RawBank, handle: str, code: str, purpose: str, now: int) -> bool:
    """Accept a code for a purpose; False where anything speaks against it.

    Raises:
        Conflict: Another request came between; nothing was written.
    """
    if not is_code(code):
        return False
    key = stored("session", handle)
    session = bank.db.execute(
        "select version, subject, browser, ends_at, used_at, fresh from session where handle = ?", (key,)
    ).fetchone()
    if session is None:
        return False
    session_version, subject, browser, ends_at, used_at, fresh = session
    if not hmac.compare_digest(browser, bank.browser) or now >= min(ends_at, used_at + IDLE_SECONDS):
        return False
    judged = judge(bank, subject, code, now)
    if judged is None:
        return False
    others = [one for one in json.loads(fresh) if one[2] > now and one[:2] != ["code", purpose]]
    mine = ["code", purpose, now + FRESH_SECONDS, judged.counter]
    fresh = json.dumps([*others, mine][-MOST_FRESH:], separators=(",", ":"))
    version = os.urandom(16).hex()
    run = bank.db.execute
    run("begin immediate")
    try:
        bank.still("select 1 from account where subject = ? and version = ?", (subject, judged.account_version))
        bank.write_guarded(
            "update session set version = ?, used_at = ?, fresh = ? where handle = ? and version = ?",
            (version, now, fresh, key, session_version),
        )
        settle(bank, judged, subject, "stepped-up", version=version, now=now)
    except BaseException:
        run("rollback")
        raise
    run("commit")
    return True
