"""Benchmarks whose ratio is known beforehand: their sides tell times and take none."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from typing import Any

from benchmarks.contest import Benchmark, Contest, Side, UnavailableError

__all__ = ["made_up", "telling", "unavailable"]


def telling(*seconds: float) -> Side:
    """Return a side that says it took so long for each operation, in turn."""
    told = cycle(seconds)
    return lambda operations: next(told) * operations


@contextmanager
def _contest(sides: dict[str, Iterable[float]]) -> Generator[Contest, None, None]:
    yield {name: telling(*seconds) for name, seconds in sides.items()}


@contextmanager
def _missing() -> Generator[Contest, None, None]:
    message = "install it first"
    raise UnavailableError(message)
    yield {}


def made_up(name: str = "X1", budget: float | None = None, **changes: Any) -> Benchmark:  # noqa: ANN401 - any field
    """Return a benchmark; ``sides`` are the seconds that each side tells, by default 1 to 2."""
    sides = changes.pop("sides", {"ours": (1.0,), "theirs": (2.0,)})
    facts: dict[str, Any] = {
        "name": name,
        "engine": "paper",
        "what": "one / two",
        "open": partial(_contest, sides),
        "budget": budget,
        "rounds": 4,
        "operations": 3,
        **changes,
    }
    return Benchmark(**facts)


def unavailable(name: str = "X9") -> Benchmark:
    """Return a benchmark that needs what nobody has."""
    return made_up(name, 1.0, open=_missing)
