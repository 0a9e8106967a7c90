"""T4: a session found by its cookie, as on every request of whoever is logged in.

``T4-session``: ``Authenticator.session`` through the synchronous shell, and
:func:`benchmarks.raw.session_check.check_session`, which says what both do: one point read. The session was used
within the last minute, so neither writes. ``T4-session-read``: ours against that point read alone, with nothing done
with what it returns. ``T4-session-async``: ``AsyncAuthenticator.session``, whose read runs in a thread, so that the
event loop does not wait for the disk, against the check by hand without one.

``T4-django``: ours and what Django does to know ``request.user``, said in :mod:`benchmarks.peers.django_worker`, in an
environment and a process of its own; rounds alternate.
"""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, Literal

from benchmarks.bank import PROFILE, Bank, open_bank
from benchmarks.contest import Benchmark, Contest, Side
from benchmarks.peers.environments import command
from benchmarks.peers.process import worker
from benchmarks.raw.bank import RawBank, stored
from benchmarks.raw.session_check import check_session, point_read
from benchmarks.raw.step_up import new_session
from okmate_auth import AsyncAuthenticator
from okmate_auth.storage import AsyncSQLiteStore
from okmate_auth.testing.keys import unsafe_keys

__all__ = ["ROWS", "our_check"]

_START: Final = 1_767_603_600  # the same Monday as our clock's
_ROUNDS: Final = 60
_OPERATIONS: Final = 1000


def our_check(bank: Bank) -> Side:
    """Return our session check as a side; the bank is new."""
    cookie, client, check = bank.register_without_token().reveal(), bank.client, bank.auth.session

    def go(operations: int) -> float:
        found: list[object] = [None] * operations
        began = time.perf_counter()
        for number in range(operations):
            found[number] = check(cookie, client)
        return _told(found, time.perf_counter() - began)

    return go


@contextmanager
def _async_check(bank: Bank, file: Path) -> Generator[Side, None, None]:
    """Yield the same through the asynchronous shell."""
    session, client = bank.register_without_token(), bank.client
    auth = AsyncAuthenticator(AsyncSQLiteStore(file), profile=PROFILE, keys=unsafe_keys(), clock=bank.clock)

    async def timed(cookie: str, operations: int) -> float:
        found: list[object] = [None] * operations
        began = time.perf_counter()
        for number in range(operations):
            found[number] = await auth.session(cookie, client)
        return _told(found, time.perf_counter() - began)

    with asyncio.Runner() as runner:
        try:
            yield lambda operations: runner.run(timed(session.reveal(), operations))
        finally:
            runner.run(auth.close())


def _by_hand(bank: RawBank, which: Literal["check", "read"]) -> Side:
    handle = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    new_session(bank, handle, _START)
    bank.db.execute(
        "update session set login_id = 'hanako01', company = 'C0001', factors = '[\"login-password\"]', "
        "entitlements = '[\"inquiry\"]'"
    )
    key = stored("session", handle)

    def go(operations: int) -> float:
        found: list[object] = [None] * operations
        began = time.perf_counter()
        if which == "check":
            for number in range(operations):
                found[number] = check_session(bank, handle, _START)
        else:
            for number in range(operations):
                found[number] = point_read(bank, key)
        return _told(found, time.perf_counter() - began)

    return go


def _told(found: list[object], seconds: float) -> float:
    """Return the seconds; every look must have found the session."""
    if any(one is None for one in found):
        message = "a live session was not found"
        raise RuntimeError(message)
    return seconds


@contextmanager
def _against_hand(which: Literal["check", "read"]) -> Generator[Contest, None, None]:
    with open_bank("full") as (bank, folder), RawBank(folder / "raw.db", synchronous="full", now=_START) as raw:
        yield {"ours": our_check(bank), "raw": _by_hand(raw, which)}


@contextmanager
def _async_against_hand() -> Generator[Contest, None, None]:
    with (
        open_bank("full") as (bank, folder),
        RawBank(folder / "raw.db", synchronous="full", now=_START) as raw,
        _async_check(bank, folder / "bank.db") as ours,
    ):
        yield {"ours": ours, "raw": _by_hand(raw, "check")}


@contextmanager
def _against_django() -> Generator[Contest, None, None]:
    program = command("django")
    with open_bank("full") as (bank, _), worker(program) as theirs:
        yield {"ours": our_check(bank), "django": theirs}


_ROW: Final = partial(Benchmark, engine="SQLite FULL", rounds=_ROUNDS, operations=_OPERATIONS)

ROWS: Final = (
    _ROW(
        name="T4-session",
        what="session / the same by hand, one point read",
        open=partial(_against_hand, "check"),
        budget=1.6,
    ),
    _ROW(
        name="T4-session-read",
        what="session / a point read alone",
        open=partial(_against_hand, "read"),
        budget=None,
    ),
    _ROW(
        name="T4-session-async",
        what="session on asyncio / the same by hand",
        open=_async_against_hand,
        budget=None,
    ),
    _ROW(
        name="T4-django",
        what="session / SessionStore and get_user (>= 50 x faster)",
        open=_against_django,
        budget=0.02,
        rounds=40,
        operations=200,
    ),
)
