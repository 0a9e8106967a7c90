"""T1: a login by password, less the hash, against the same by hand on the same kind of file.

``T1-login``: :class:`okmate_auth.PasswordLogin` that leads to the session at once, through the synchronous shell, and
:func:`benchmarks.raw.password_login.password_login`, both at ``synchronous=FULL``; ``T1-login-normal`` without the
fsyncs. What each side does, statement by statement, is said there: one read, the commit that takes a place, the hash,
the commit that settles it. Both hash with the cheapest parameters there are, so that what remains is the rest; nothing
is subtracted. Ours goes to a thread of the pool for it, of lower priority, which is ours to pay.

``T1-login-inline``, ``T1-login-inline-normal``: the same with our hash computed where the one by hand is, in the thread
that asks: reported, no budget. What it differs from the row above is the way to the pool and back.

Before each operation, not timed: half a minute passes, the user logs out, the page is drawn with a new attempt token.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any, Final, Literal, cast

from benchmarks.bank import PASSWORD, STEP, Bank, Durability, open_bank
from benchmarks.contest import Benchmark, Contest, Side
from benchmarks.raw.bank import BANK, RawBank
from benchmarks.raw.enter_code import log_out
from benchmarks.raw.password_login import new_password, password_login
from okmate_auth import Authenticated
from okmate_auth.hashing import HashingPool

__all__ = ["ROWS", "our_login", "raw_login"]

_START: Final = 1_767_603_600  # the same Monday as our clock's
_ROUNDS: Final = 60
_OPERATIONS: Final = 100


class InlinePool:
    """Stands for a pool whose slots run in the thread that asks. Bounds no memory: for figures only."""

    def acquire(self, timeout_seconds: float) -> InlinePool:
        """Return a slot: itself."""
        del timeout_seconds
        return self

    def run(self, function: Callable[..., Any], /, *args: object) -> Any:  # noqa: ANN401 - whatever the function does
        """Call it."""
        return function(*args)

    def release(self) -> None:
        """Do nothing."""

    def busy_hint(self) -> timedelta:
        """Say when a slot may be free: it always is."""
        return timedelta(seconds=1)

    def close(self, *, wait_seconds: float = 0.0) -> bool:
        """Say that everything is back."""
        del wait_seconds
        return True


def our_login(bank: Bank) -> Side:
    """Return our login as a side; the bank is new."""
    session = bank.register_without_token()

    def go(operations: int) -> float:
        nonlocal session
        seconds = 0.0
        for _ in range(operations):
            bank.log_out(session)
            bank.clock.advance(STEP)
            attempt = bank.auth.new_token()
            began = time.perf_counter()
            reply = bank.auth.submit(bank.login(PASSWORD, attempt))
            seconds += time.perf_counter() - began
            if not isinstance(reply, Authenticated):
                message = f"a right password was answered with {reply!r}"
                raise TypeError(message)
            session = reply.session
        return seconds

    return go


def raw_login(bank: RawBank) -> Side:
    """Return the login by hand as a side; the bank is new."""
    new_password(bank, BANK["login_id"], PASSWORD)
    now = _START

    def go(operations: int) -> float:
        nonlocal now
        seconds = 0.0
        for _ in range(operations):
            log_out(bank)
            now += int(STEP.total_seconds())
            attempt = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
            began = time.perf_counter()
            session = password_login(bank, BANK["login_id"], PASSWORD, attempt, now)
            seconds += time.perf_counter() - began
            if session is None:
                message = "a right password was refused"
                raise RuntimeError(message)
        return seconds

    return go


@contextmanager
def _contest(durability: Durability, where: Literal["pool", "inline"]) -> Generator[Contest, None, None]:
    pool = None if where == "pool" else cast("HashingPool", InlinePool())
    with (
        open_bank(durability, pool) as (bank, folder),
        RawBank(folder / "raw.db", synchronous=durability, now=_START) as by_hand,
    ):
        yield {"ours": our_login(bank), "raw": raw_login(by_hand)}


def _row(name: str, *, budget: float | None, durability: Durability, where: Literal["pool", "inline"]) -> Benchmark:
    return Benchmark(
        name=name,
        engine=f"SQLite {durability.upper()}",
        what="PasswordLogin / the same by hand, KDF at no cost",
        open=partial(_contest, durability, where),
        budget=budget,
        rounds=_ROUNDS,
        operations=_OPERATIONS,
    )


ROWS: Final = (
    _row("T1-login", budget=1.4, durability="full", where="pool"),
    _row("T1-login-normal", budget=2.0, durability="normal", where="pool"),
    _row("T1-login-inline", budget=None, durability="full", where="inline"),
    _row("T1-login-inline-normal", budget=None, durability="normal", where="inline"),
)
