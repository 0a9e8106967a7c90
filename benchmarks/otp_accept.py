"""T6: a right code accepted, with unsealing and commit, against the same by hand on the same kind of file.

``T6-step-up``: :class:`okmate_auth.StepUp` through the synchronous shell, session check included, and
:func:`benchmarks.raw.step_up.step_up`. Both at ``synchronous=FULL``, where the fsync is; ``T6-step-up-normal`` leaves
it out of both, so that what remains is computing. Both sides compute the three codes of ±1 step.
``T6-enter-code``, ``T6-enter-code-normal``: :class:`okmate_auth.EnterCode` and
:func:`benchmarks.raw.enter_code.enter_code`. What each side does, statement by statement, is said in those modules.

Before each operation, not timed: the clock moves on by a time step, and the token shows its next code; at login also
the logout and the password. Both sides move their log into the file as they always do, about once in a hundred commits,
which is why a turn has as many operations.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Final

from benchmarks.bank import Bank, Durability, open_bank
from benchmarks.contest import Benchmark, Contest, Side
from benchmarks.raw.bank import RawBank
from benchmarks.raw.code import STEP_SECONDS, code_at
from benchmarks.raw.enter_code import enter_code, log_out, new_flow
from benchmarks.raw.step_up import new_session, step_up
from okmate_auth import Authenticated, EnterCode, Secret, StepUp
from okmate_auth.replies import SteppedUp

__all__ = ["ROWS", "our_step_up"]

PURPOSE: Final = "transfer"
_BUDGET: Final = 1.8
_ROUNDS: Final = 60
_OPERATIONS: Final = 100
_SESSION_STEPS: Final = 2000
"""Step-ups in one session: it lives for 24 hours, and each is half a minute after the one before."""
_START: Final = 1_767_603_600  # the same Monday as our clock's


def our_step_up(bank: Bank) -> Side:
    """Return our step-up as a side; the bank is new."""
    session, left = bank.register(), _SESSION_STEPS

    def one() -> float:
        nonlocal session, left
        if not left:
            bank.log_out(session)
            session, left = bank.log_in(), _SESSION_STEPS
        left -= 1
        code = bank.next_code()
        began = time.perf_counter()
        reply = bank.auth.submit(StepUp(session=session, code=code, purpose=PURPOSE, client=bank.client))
        seconds = time.perf_counter() - began
        _must(isinstance(reply, SteppedUp))
        return seconds

    return _repeated(one)


def _our_enter_code(bank: Bank) -> Side:
    session: Secret = bank.register()

    def one() -> float:
        nonlocal session
        bank.log_out(session)
        code, due = bank.next_code(), bank.at_code()
        began = time.perf_counter()
        reply = bank.auth.submit(EnterCode(handle=due.handle, client=bank.client, code=code))
        seconds = time.perf_counter() - began
        _must(isinstance(reply, Authenticated))
        session = reply.session if isinstance(reply, Authenticated) else session
        return seconds

    return _repeated(one)


def _raw_step_up(bank: RawBank) -> Side:
    now, left, handle = _START, 0, ""

    def one() -> float:
        nonlocal now, left, handle
        now += STEP_SECONDS
        if not left:
            handle, left = os.urandom(32).hex(), _SESSION_STEPS
            new_session(bank, handle, now)
        left -= 1
        code = code_at(bank.seed, now // STEP_SECONDS)
        began = time.perf_counter()
        accepted = step_up(bank, handle, code, PURPOSE, now)
        seconds = time.perf_counter() - began
        _must(accepted)
        return seconds

    return _repeated(one)


def _raw_enter_code(bank: RawBank) -> Side:
    now = _START

    def one() -> float:
        nonlocal now
        now += STEP_SECONDS
        log_out(bank)
        handle = os.urandom(32).hex()
        new_flow(bank, handle, now)
        code = code_at(bank.seed, now // STEP_SECONDS)
        began = time.perf_counter()
        session = enter_code(bank, handle, code, now)
        seconds = time.perf_counter() - began
        _must(session is not None)
        return seconds

    return _repeated(one)


def _repeated(one: Callable[[], float]) -> Side:
    return lambda operations: sum(one() for _ in range(operations))


def _must(done: object) -> None:
    if not done:
        message = "a right code was not accepted"
        raise RuntimeError(message)


@contextmanager
def _contest(
    ours: Callable[[Bank], Side], raw: Callable[[RawBank], Side], *, durability: Durability
) -> Generator[Contest, None, None]:
    with (
        open_bank(durability) as (bank, folder),
        RawBank(folder / "raw.db", synchronous=durability, now=_START) as by_hand,
    ):
        yield {"ours": ours(bank), "raw": raw(by_hand)}


_SIDES: Final = {"StepUp": (our_step_up, _raw_step_up), "EnterCode": (_our_enter_code, _raw_enter_code)}


def _row(name: str, command: str, durability: Durability, *, budget: float | None = None) -> Benchmark:
    return Benchmark(
        name=name,
        engine=f"SQLite {durability.upper()}",
        what=f"{command} / the same by hand",
        open=partial(_contest, *_SIDES[command], durability=durability),
        budget=budget,
        rounds=_ROUNDS,
        operations=_OPERATIONS,
    )


ROWS: Final = (
    _row("T6-step-up", "StepUp", "full", budget=_BUDGET),
    _row("T6-step-up-normal", "StepUp", "normal"),
    _row("T6-enter-code", "EnterCode", "full"),
    _row("T6-enter-code-normal", "EnterCode", "normal"),
)
