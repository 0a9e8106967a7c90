"""What both ways to enter a code have in common, by hand: what is read, how it is judged, what is written of it."""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from benchmarks.raw.bank import RawBank
from benchmarks.raw.code import DIGITS, STEP_SECONDS, WINDOW, match

__all__ = ["Judged", "is_code", "judge", "settle"]

_CODE: Final = re.compile(rf"[0-9]{{{DIGITS}}}", re.ASCII)
_READ: Final = """
select a.version, a.suspended, a.closed, a.browsers, a.flows, a.sessions, a.logins, a.token,
       u.version, u.locked_until, u.latest, u.head_count, u.head_mac,
       t.version, t.state, t.holder, t.suspended, t.seed, t.next_counter, t.shift, t.drift,
       s.version, s.locked_until, s.latest
from account a
join throttle u on u.subject = a.subject
join token t on t.serial = a.token
join token_throttle s on s.serial = a.token
where a.subject = ?
"""


class Judged(NamedTuple):
    """A right code, with what is needed to write what follows from it."""

    account_version: str
    browsers: list[list[object]]
    flows: list[str]
    sessions: list[str]
    logins: list[list[object]]
    serial: str
    throttle_version: str
    head_count: int
    head_mac: bytes
    token_version: str
    token_throttle_version: str
    counter: int
    drift: int


def is_code(text: str) -> bool:
    """Say whether a text has the form of a code."""
    return _CODE.fullmatch(text) is not None


def judge(bank: RawBank, subject: str, code: str, now: int) -> Judged | None:
    """Read everything about a user and his token in one statement, and judge the code; None: it is refused."""
    row = bank.db.execute(_READ, (subject,)).fetchone()
    if row is None:
        return None
    (
        account_version, suspended, closed, browsers, flows, sessions, logins, serial,
        throttle_version, locked_until, latest, head_count, head_mac,
        token_version, state, holder, token_suspended, seed, next_counter, shift, drift,
        token_throttle_version, token_locked_until, token_latest,
    ) = row  # fmt: skip
    if suspended or closed or state != "enrolled" or holder != subject or token_suspended:
        return None
    if max(locked_until or 0, token_locked_until or 0) > max(now, latest, token_latest):
        return None
    step = now // STEP_SECONDS
    expected = step + shift + drift
    found = match(bank.unsealed(seed), code, range(expected - bank.scanned, expected + bank.scanned + 1))
    # Among many codes two are the same now and then: the lowest that is good counts.
    good = (counter for counter in found if counter >= next_counter and abs(counter - expected) <= WINDOW)
    counter = next(good, None)
    if counter is None:
        return None
    return Judged(
        account_version, json.loads(browsers), json.loads(flows), json.loads(sessions), json.loads(logins), serial,
        throttle_version, head_count, head_mac, token_version, token_throttle_version, counter, counter - step - shift,
    )  # fmt: skip


def settle(bank: RawBank, judged: Judged, subject: str, result: str, *, version: str, now: int) -> None:
    """Write what a right code means for the token, both throttles and the history; within a transaction.

    Raises:
        Conflict: One of them was written meanwhile.
    """
    bank.write_guarded(
        "update token set version = ?, next_counter = ?, drift = ? where serial = ? and version = ?",
        (version, judged.counter + 1, judged.drift, judged.serial, judged.token_version),
    )
    bank.write_guarded(
        "update token_throttle set version = ?, failures = 0, total = 0, latest = ? where serial = ? and version = ?",
        (version, now, judged.serial, judged.token_throttle_version),
    )
    count, mac = bank.append(judged.head_count, judged.head_mac, result, now)
    bank.write_guarded(
        "update throttle set version = ?, failures = 0, total = 0, latest = ?, head_count = ?, head_mac = ? "
        "where subject = ? and version = ?",
        (version, now, count, mac, subject, judged.throttle_version),
    )
