"""T5: looking for a code in a window, all of it, against pyotp's loop.

``T5-window-n``: :func:`okmate_auth.tokens.window.matching` over the 2n+1 counters of ±n steps, by which
:func:`okmate_auth.tokens.verify` looks through its windows, and ``pyotp.TOTP.verify(code, valid_window=n)``. The code
is a wrong one, so pyotp computes every code of its window too. Its object is made once, from the seed in base32 as it
wants it; ours gets the seed's bytes. pyotp is given the time, so that it reads no clock.

``T5-verify``: the whole of :func:`okmate_auth.tokens.verify` at the default windows, against pyotp's loop over the near
one alone (±1). Ours looks through the far one (±50) in any case, by which a late code and a drifting clock are told
from a guess: reported, no budget. ``T5-verify-far``: the same, against pyotp's loop over ±50, as many codes.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Final

import pyotp

from benchmarks.contest import Benchmark, Contest, Side
from okmate_auth.tokens import Parameters, Position, Windows, Wrong, code_at, step_at, verify
from okmate_auth.tokens.window import matching

__all__ = ["NOW", "PARAMETERS", "ROWS", "SEED", "repeated", "wrong_code"]

NOW: Final = datetime(2026, 1, 5, 9, 0, 10, tzinfo=UTC)
PARAMETERS: Final = Parameters(kind="totp", period_seconds=30)
SEED: Final = hashlib.sha256(b"okmate_auth/benchmarks").digest()[:20]
FAR: Final = 200


def wrong_code() -> str:
    """Return a code that the token shows at no time near now."""
    at = step_at(NOW, PARAMETERS.period_seconds)
    near = {code_at(SEED, counter, PARAMETERS) for counter in range(at - FAR, at + FAR + 1)}
    return next(code for number in range(10**PARAMETERS.digits) if (code := f"{number:06}") not in near)


def repeated(operation: Callable[[], object], expected: object) -> Side:
    """Return a side that does an operation whose answer is known."""

    def go(operations: int) -> float:
        answers: list[object] = [None] * operations
        began = time.perf_counter()
        for number in range(operations):
            answers[number] = operation()
        seconds = time.perf_counter() - began
        if any(answer != expected for answer in answers):
            message = "a benchmark's operation gave another answer than it should"
            raise RuntimeError(message)
        return seconds

    return go


@contextmanager
def _window(steps: int) -> Generator[Contest, None, None]:
    code, at = wrong_code(), step_at(NOW, PARAMETERS.period_seconds)
    counters = range(at - steps, at + steps + 1)
    yield {
        "ours": repeated(partial(matching, SEED, code, counters, PARAMETERS), ()),
        "pyotp": _loop(code, steps),
    }


@contextmanager
def _whole(steps: int) -> Generator[Contest, None, None]:
    code = wrong_code()
    ours = partial(verify, code, seed=SEED, parameters=PARAMETERS, position=Position(), windows=Windows(), now=NOW)
    yield {"ours": repeated(ours, Wrong()), "pyotp": _loop(code, steps)}


def _loop(code: str, steps: int) -> Side:
    totp = pyotp.TOTP(base64.b32encode(SEED).decode(), interval=PARAMETERS.period_seconds)
    return repeated(partial(totp.verify, code, for_time=NOW, valid_window=steps), expected=False)


def _row(
    name: str, what: str, opened: Callable[[], AbstractContextManager[Contest]], budget: float | None
) -> Benchmark:
    return Benchmark(name=name, engine="CPython", what=what, open=opened, budget=budget, rounds=200, operations=100)


ROWS: Final = (
    _row("T5-window-10", "matching over +-10 / pyotp's loop", partial(_window, 10), 0.18),
    _row("T5-window-1", "matching over +-1 / pyotp's loop", partial(_window, 1), 0.22),
    _row("T5-window-0", "matching over +-0 / pyotp's loop", partial(_window, 0), 0.30),
    _row("T5-verify", "verify, which scans +-50 / pyotp's loop over +-1", partial(_whole, 1), None),
    _row("T5-verify-far", "verify, which scans +-50 / pyotp's loop over +-50", partial(_whole, 50), None),
)
