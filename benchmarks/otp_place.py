"""T5: the time of a verdict does not tell where in the window the code was found.

``T5-place-totp`` and ``T5-place-hotp``: :func:`okmate_auth.tokens.verify` accepts a code that is the first, the middle
or the last of the widest near window a profile can have. ``T5-place-far``: a code that is out of step, at both ends of
the far window and on either side of the near one. ``T5-refused``: a wrong code, a replayed one and one that is out of
step, which look alike from outside.

The ratio is that of the slowest place to the fastest. Their order is chosen once, over all rounds.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Final

import attrs

from benchmarks.contest import Benchmark, Contest
from benchmarks.otp_window import NOW, PARAMETERS, SEED, repeated, wrong_code
from okmate_auth.tokens import (
    Accepted,
    OutOfStep,
    Parameters,
    Position,
    Replayed,
    Verdict,
    Windows,
    Wrong,
    code_at,
    step_at,
    verify,
)

__all__ = ["ROWS"]

_BUDGET: Final = 1.1
_TOTP_WINDOWS: Final = Windows(back=2, ahead=2)
_HOTP_WINDOWS: Final = Windows(enrollment=20, look_ahead=20)
_HOTP: Final = Parameters(kind="hotp")
_PRESSED: Final = 1000
_AT: Final = step_at(NOW, PARAMETERS.period_seconds)


@contextmanager
def _totp() -> Generator[Contest, None, None]:
    windows = _TOTP_WINDOWS
    places = {"first": _AT - windows.back, "middle": _AT, "last": _AT + windows.ahead}
    yield _judging(
        {
            name: (code_at(SEED, counter, PARAMETERS), Accepted(counter, _after(counter)))
            for name, counter in places.items()
        },
        PARAMETERS,
        Position(),
        windows,
    )


@contextmanager
def _hotp() -> Generator[Contest, None, None]:
    windows, position = _HOTP_WINDOWS, Position(next_counter=_PRESSED)
    places = {"first": 0, "middle": windows.look_ahead // 2, "last": windows.look_ahead}
    yield _judging(
        {
            name: (
                code_at(SEED, _PRESSED + ahead, _HOTP),
                Accepted(_PRESSED + ahead, Position(next_counter=_PRESSED + ahead + 1)),
            )
            for name, ahead in places.items()
        },
        _HOTP,
        position,
        windows,
    )


@contextmanager
def _far() -> Generator[Contest, None, None]:
    windows = _TOTP_WINDOWS
    places = {
        "first": _AT - windows.resync,
        "before": _AT - windows.back - 1,
        "after": _AT + windows.ahead + 1,
        "last": _AT + windows.resync,
    }
    yield _judging(
        {name: (code_at(SEED, counter, PARAMETERS), OutOfStep(counter)) for name, counter in places.items()},
        PARAMETERS,
        Position(),
        windows,
    )


@contextmanager
def _refused() -> Generator[Contest, None, None]:
    windows, far = _TOTP_WINDOWS, _AT + _TOTP_WINDOWS.resync
    yield _judging(
        {
            "wrong": (wrong_code(), Wrong()),
            "replayed": (code_at(SEED, _AT, PARAMETERS), Replayed(_AT)),
            "out-of-step": (code_at(SEED, far, PARAMETERS), OutOfStep(far)),
        },
        PARAMETERS,
        Position(next_counter=_AT + 1),
        windows,
    )


def _judging(
    codes: Mapping[str, tuple[str, Verdict]], parameters: Parameters, position: Position, windows: Windows
) -> Contest:
    judge = partial(verify, seed=SEED, parameters=parameters, position=position, windows=windows, now=NOW)
    return {name: repeated(partial(judge, code), verdict) for name, (code, verdict) in codes.items()}


def _after(counter: int) -> Position:
    """Return where the token stands when a code of that step was accepted."""
    return attrs.evolve(Position(), next_counter=counter + 1, drift=counter - _AT)


_ROW: Final = partial(Benchmark, engine="CPython", budget=_BUDGET, compares="slowest-fastest", rounds=200)

ROWS: Final = (
    _ROW(name="T5-place-totp", what="verify: match first, middle, last of +-2", open=_totp, operations=100),
    _ROW(name="T5-place-hotp", what="verify: match first, middle, last of +20", open=_hotp, operations=50),
    _ROW(name="T5-place-far", what="verify: out of step, at ends and middle of +-50", open=_far, operations=20),
    _ROW(name="T5-refused", what="verify: wrong, replayed, out of step", open=_refused, operations=20),
)
