"""A login by password that leads to the session at once, by hand; :class:`okmate_auth.PasswordLogin` is its rival.

Both, for the right password of a user of whom nothing else is asked and who has no session:

1. judge the form of login ID, password and attempt token; the subject is a keyed hash of the login ID;
2. read account, throttle and the reply kept for this attempt (one statement); is the account usable, the throttle not
   locked and has room for one more guess, the kept reply none of this submission's?
3. in one transaction (one fsync at FULL): take a place in the throttle, by version, so that no more guesses are judged
   than the limit, however many come at once;
4. the password under the pepper (HMAC-SHA-256), and Argon2id of that at the cheapest parameters there are: 8 KiB, one
   pass, one lane, so that the hash is the same and next to nothing on both sides;
5. seal the reply for whoever submits the very same thing again, as in :mod:`benchmarks.raw.enter_code`;
6. in one transaction (one fsync at FULL): write account (sessions, known browsers, last logins) and throttle (place
   settled, failures over, head of the history) by version; create session, notice and kept reply; append the history
   row with the HMAC-SHA-256 that covers the row before.

A wrong password, or a right one beside another session, settles its place with a history row, in one transaction.

Ours besides: the hash runs in a thread of a bounded pool at lower priority, so that memory is bounded and an event loop
not disturbed; a limit on the source; two lanes and two tiers of lock; the dummy hash for a login ID that nobody has;
the computation of which step is due; the rules on double login; everything that :mod:`benchmarks.raw.bank` leaves out.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
from typing import Final, NamedTuple

from argon2.exceptions import VerifyMismatchError
from argon2.low_level import Type, hash_secret, verify_secret

from benchmarks.raw.bank import BANK, RawBank, stored
from benchmarks.raw.enter_code import KNOWN_BROWSERS, REPEAT_SECONDS, SHOWN_LOGINS, opened_reply, sealed_reply
from benchmarks.raw.step_up import ABSOLUTE_SECONDS

__all__ = ["LIMIT", "LOCK_SECONDS", "PLACE_SECONDS", "new_password", "password_login", "subject_of"]

LIMIT: Final = 6
LOCK_SECONDS: Final = 1800
PLACE_SECONDS: Final = 60
MEMORY_KIB: Final = 8
_ID: Final = re.compile(r"[A-Za-z0-9]{6,12}", re.ASCII)
_PASSWORD: Final = re.compile(r"[!-~]{1,12}", re.ASCII)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_READ: Final = """
select a.version, a.suspended, a.closed, a.password, a.browsers, a.sessions, a.logins, a.entitlements,
       u.version, u.failures, u.total, u.locked_until, u.latest, u.places, u.head_count, u.head_mac, r.sealed, r.until
from account a
join throttle u on u.subject = a.subject
left join repeat r on r.handle = ?
where a.subject = ?
"""
_PLACE: Final = (
    "update throttle set version = ?, failures = ?, total = ?, latest = ?, places = ? where subject = ? and version = ?"
)
_SETTLE: Final = (
    "update throttle set version = ?, failures = ?, total = ?, locked_until = ?, latest = ?, places = ?, "
    "head_count = ?, head_mac = ? where subject = ? and version = ?"
)
_ACCOUNT: Final = (
    "update account set version = ?, sessions = ?, browsers = ?, logins = ? where subject = ? and version = ?"
)
_SESSION: Final = (
    "insert into session (handle, version, subject, browser, started_at, ends_at, login_id, company, entitlements, "
    "factors) values (?, ?, ?, ?, ?, ?, ?, ?, ?, '[\"login-password\"]')"
)
_KEPT: Final = (
    "insert into repeat values (?, ?, ?) on conflict (handle) do update set sealed = excluded.sealed, "
    "until = excluded.until"
)


def subject_of(bank: RawBank, login_id: str) -> str:
    """Return the keyed hash under which a login ID is stored."""
    return hmac.digest(bank.subject_key, login_id.lower().encode(), "sha256").hex()


def new_password(bank: RawBank, login_id: str, password: str) -> None:
    """Let the user of the bank log in by this ID and password, without a token."""
    subject = subject_of(bank, login_id)
    phc = hash_secret(_peppered(bank, subject, password), os.urandom(16), 1, MEMORY_KIB, 1, 32, Type.ID).decode()
    bank.db.execute(
        "update account set subject = ?, login_id = ?, password = ?, token = null, entitlements = ?",
        (subject, login_id, phc, json.dumps(["inquiry"])),
    )
    bank.db.execute("update throttle set subject = ?", (subject,))


def password_login(bank: RawBank, login_id: str, password: str, attempt: str, now: int) -> str | None:
    """Judge a password and return the handle of the session that begins; None where anything speaks against it.

    Raises:
        Conflict: Another request came between; nothing was written by the transaction that met it.
    """
    if not (_ID.fullmatch(login_id) and _PASSWORD.fullmatch(password) and _TOKEN.fullmatch(attempt)):
        return None
    subject, key, said = subject_of(bank, login_id), stored("attempt", attempt), json.dumps([login_id, password])
    row = bank.db.execute(_READ, (key, subject)).fetchone()
    if row is None:
        return None
    sealed, kept_until = row[-2:]
    if sealed is not None and now < kept_until:
        reply = opened_reply(bank, attempt, said, sealed, key)
        return None if reply is None else str(reply["session"])
    taken = _take_place(bank, subject, _User(*row[:-2]), now)
    if taken is None:
        return None
    right = _is_right(bank, subject, taken.password, password)
    if not right or taken.suspended or taken.closed or json.loads(taken.sessions):
        _refuse(bank, subject, taken, "refused" if right else "wrong-password", now)
        return None
    handle = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    reply = {"session": handle, "factors": ["login-password"], "until": now + ABSOLUTE_SECONDS}
    kept = (key, sealed_reply(bank, attempt, said, reply, key), now + REPEAT_SECONDS)
    _begin(bank, subject, taken, stored("session", handle), kept, now)
    return handle


class _User(NamedTuple):
    """What was read, and then what stands once the place was taken."""

    account_version: str
    suspended: int
    closed: int
    password: str
    browsers: str
    sessions: str
    logins: str
    entitlements: str
    throttle_version: str
    failures: int
    total: int
    locked_until: int | None
    latest: int
    places: str
    head_count: int
    head_mac: bytes


def _take_place(bank: RawBank, subject: str, user: _User, now: int) -> _User | None:
    """Count a guess before it is judged; None where none is judged now. What others hold stays in ``places``."""
    at, held = max(now, user.latest), json.loads(user.places)
    still = [place for place in held if at < place[1]]
    dead = len(held) - len(still)  # whoever held them may have seen a verdict and died: they are failures
    failures, total, version = user.failures + dead, user.total + dead, os.urandom(16).hex()
    if (user.locked_until or 0) > at or failures + len(still) >= LIMIT:
        return None
    place = [os.urandom(16).hex(), at + PLACE_SECONDS]
    values = (version, failures, total, at, json.dumps([*still, place]), subject, user.throttle_version)
    run = bank.db.execute
    run("begin immediate")
    try:
        bank.write_guarded(_PLACE, values)
    except BaseException:
        run("rollback")
        raise
    run("commit")
    return user._replace(throttle_version=version, failures=failures, total=total, latest=at, places=json.dumps(still))


def _refuse(bank: RawBank, subject: str, taken: _User, result: str, now: int) -> None:
    """Settle the place: as a failure where the password was wrong."""
    wrong = result == "wrong-password"
    failures = taken.failures + 1 if wrong else 0
    lock = taken.latest + LOCK_SECONDS if failures >= LIMIT else None
    run = bank.db.execute
    run("begin immediate")
    try:
        _settle(bank, subject, taken, result, (0 if lock else failures, taken.total + wrong if wrong else 0, lock), now)
    except BaseException:
        run("rollback")
        raise
    run("commit")


def _begin(bank: RawBank, subject: str, taken: _User, session: str, kept: tuple[str, bytes, int], now: int) -> None:
    """Write what a login leaves that reached its end."""
    others = (known for known in json.loads(taken.browsers) if known[0] != bank.browser)
    browsers = json.dumps([[bank.browser, now], *others][:KNOWN_BROWSERS])
    logins = json.dumps([[now, "password"], *json.loads(taken.logins)][:SHOWN_LOGINS])
    account = (os.urandom(16).hex(), json.dumps([session]), browsers, logins, subject, taken.account_version)
    begun = (session, os.urandom(16).hex(), subject, bank.browser, now, now + ABSOLUTE_SECONDS, BANK["login_id"])
    run = bank.db.execute
    run("begin immediate")
    try:
        bank.write_guarded(_ACCOUNT, account)
        run(_SESSION, (*begun, BANK["company"], taken.entitlements))
        _settle(bank, subject, taken, "authenticated", (0, 0, None), now)
        run("insert into notice values (?, ?, 'login', ?)", (os.urandom(16).hex(), subject, now))
        run(_KEPT, kept)
    except BaseException:
        run("rollback")
        raise
    run("commit")


def _settle(
    bank: RawBank, subject: str, taken: _User, result: str, counted: tuple[int, int, int | None], now: int
) -> None:
    """Give the place back and append to the history, within a transaction; ``counted``: failures, all of them, lock."""
    count, mac = bank.append(taken.head_count, taken.head_mac, result, now, factor="login-password")
    values = (os.urandom(16).hex(), *counted, taken.latest, taken.places, count, mac)
    bank.write_guarded(_SETTLE, (*values, subject, taken.throttle_version))


def _is_right(bank: RawBank, subject: str, phc: str, password: str) -> bool:
    try:
        return verify_secret(phc.encode(), _peppered(bank, subject, password), Type.ID)
    except VerifyMismatchError:
        return False


def _peppered(bank: RawBank, subject: str, password: str) -> bytes:
    return hmac.digest(bank.pepper, f"{subject}/{password}".encode(), "sha256")
