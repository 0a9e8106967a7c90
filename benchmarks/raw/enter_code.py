"""A code accepted at login, by hand: what :class:`okmate_auth.EnterCode` is compared with.

Both, for the right code of a user whose password was proven and who has no other session:

1. judge the code's form;
2. read the flow by the hash of its handle (one statement); is it this browser's, and in time?
3. read account, throttle, token and the token's throttle (one statement), and judge the code, as in
   :mod:`benchmarks.raw.step_up`;
4. seal the reply for whoever submits the very same thing again: AES-256-GCM under a key made of a key of the bank's,
   the spent handle, the browser and what was submitted;
5. in one transaction (one fsync at FULL): delete the flow and the reply kept for the step before, by version; write
   account (flows, sessions, known browsers, last logins), token, both throttles by version; create session, notice and
   kept reply; append the history row.

Ours besides: what :mod:`benchmarks.raw.step_up` names; the computation of which step is due; the rules on double login.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.raw.bank import BANK, RawBank, stored
from benchmarks.raw.judging import Judged, is_code, judge, settle
from benchmarks.raw.step_up import ABSOLUTE_SECONDS

__all__ = ["enter_code", "log_out", "new_flow", "opened_reply", "sealed_reply"]

FLOW_SECONDS: Final = 1800
STEP_SECONDS: Final = 600
REPEAT_SECONDS: Final = 60
KNOWN_BROWSERS: Final = 5
SHOWN_LOGINS: Final = 4
_NONCE: Final = 12


def new_flow(bank: RawBank, handle: str, now: int) -> None:
    """Create the flow of a login whose password was proven, with the reply kept for that, and list it."""
    before, key = stored("attempt", handle), stored("flow", handle)
    run = bank.db.execute
    run("insert into repeat values (?, ?, ?)", (before, os.urandom(200), now + REPEAT_SECONDS))
    run(
        "insert into flow values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            os.urandom(16).hex(),
            BANK["subject"],
            bank.browser,
            now + FLOW_SECONDS,
            now + STEP_SECONDS,
            json.dumps(["login-password"]),
            before,
        ),
    )
    run("update account set flows = ?, version = ?", (json.dumps([key]), os.urandom(16).hex()))


def log_out(bank: RawBank) -> None:
    """End the user's session, and forget the reply that carried its handle."""
    bank.db.execute("delete from session")
    bank.db.execute("delete from repeat")
    bank.db.execute("update account set sessions = '[]', version = ?", (os.urandom(16).hex(),))


def enter_code(bank: RawBank, handle: str, code: str, now: int) -> str | None:
    """Accept a code and return the handle of the session that begins; None where anything speaks against it.

    Raises:
        Conflict: Another request came between; nothing was written.
    """
    if not is_code(code):
        return None
    key = stored("flow", handle)
    flow = bank.db.execute(
        "select version, subject, browser, ends_at, step_ends_at, proven, repeat from flow where handle = ?", (key,)
    ).fetchone()
    if flow is None:
        return None
    version_of_flow, subject, browser, ends_at, step_ends_at, proven, before = flow
    if not hmac.compare_digest(browser, bank.browser) or now >= min(ends_at, step_ends_at):
        return None
    judged = judge(bank, subject, code, now)
    if judged is None or judged.sessions:
        return None
    session = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    reply = {"session": session, "factors": [*json.loads(proven), "code"], "until": now + ABSOLUTE_SECONDS}
    sealed = sealed_reply(bank, handle, code, reply, key)
    run = bank.db.execute
    run("begin immediate")
    try:
        bank.write_guarded("delete from flow where handle = ? and version = ?", (key, version_of_flow))
        run("delete from repeat where handle = ?", (before,))
        run("insert into repeat values (?, ?, ?)", (key, sealed, now + REPEAT_SECONDS))
        _begin(bank, judged, subject, key, stored("session", session), now)
    except BaseException:
        run("rollback")
        raise
    run("commit")
    return session


def _begin(bank: RawBank, judged: Judged, subject: str, flow: str, session: str, now: int) -> None:
    """Write what a login leaves that reached its end."""
    version = os.urandom(16).hex()
    browsers = [[bank.browser, now], *(known for known in judged.browsers if known[0] != bank.browser)]
    bank.write_guarded(
        "update account set version = ?, flows = ?, sessions = ?, browsers = ?, logins = ? "
        "where subject = ? and version = ?",
        (
            version,
            json.dumps([one for one in judged.flows if one != flow]),
            json.dumps([session]),
            json.dumps(browsers[:KNOWN_BROWSERS]),
            json.dumps([[now, "password"], *judged.logins][:SHOWN_LOGINS]),
            subject,
            judged.account_version,
        ),
    )
    bank.db.execute(
        "insert into session (handle, version, subject, browser, started_at, ends_at) values (?, ?, ?, ?, ?, ?)",
        (session, version, subject, bank.browser, now, now + ABSOLUTE_SECONDS),
    )
    settle(bank, judged, subject, "authenticated", version=version, now=now)
    bank.db.execute("insert into notice values (?, ?, 'login', ?)", (os.urandom(16).hex(), subject, now))


def sealed_reply(bank: RawBank, handle: str, said: str, reply: Mapping[str, object], key: str) -> bytes:
    """Return the reply as it is kept: only who has the spent handle, the browser and what was submitted opens it."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_reply_key(bank, handle, said)).encrypt(nonce, json.dumps(reply).encode(), key.encode())


def opened_reply(bank: RawBank, handle: str, said: str, sealed: bytes, key: str) -> dict[str, object] | None:
    """Return a kept reply; None where it is another submission's."""
    try:
        plain = AESGCM(_reply_key(bank, handle, said)).decrypt(sealed[:_NONCE], sealed[_NONCE:], key.encode())
    except InvalidTag:
        return None
    reply: dict[str, object] = json.loads(plain)
    return reply


def _reply_key(bank: RawBank, handle: str, said: str) -> bytes:
    return hmac.digest(bank.repeat_key, json.dumps([handle, bank.browser, said]).encode(), "sha256")
