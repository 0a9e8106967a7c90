"""Measuring a contest: in turns, warm, with the garbage collector settled.

Rule 1. In each round every side takes one turn, and the order moves on by one from round to round: whatever the machine
        does meanwhile, it does to all of them. The ratio is one of each round, and the figure is the median of those.
Rule 2. Every side takes two turns before anything counts: caches fill, statements are prepared, files are made.
Rule 3. What warming up left is put out of the collector's sight, and garbage is collected before each turn, so that
        nobody pays for another's. During a turn the collector runs as it does in a service: who makes garbage pays.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Final

import attrs

from benchmarks.contest import Benchmark, Contest

__all__ = ["Result", "measured", "ratios", "taken"]

WARM_UP_TURNS: Final = 2
_QUARTERS: Final = 4


@attrs.frozen(kw_only=True)
class Result:
    """What became of a benchmark.

    Attributes:
        benchmark: Which.
        ratio: Median of the rounds' ratios.
        low: A quarter of the rounds had this ratio or a lower one.
        high: A quarter of the rounds had this ratio or a higher one.
        rounds: How many there were.
        seconds: What one operation took by side, median of the rounds: to be read beside the ratio, not in its place
            (bytes where the benchmark's unit is that).
    """

    benchmark: Benchmark
    ratio: float
    low: float
    high: float
    rounds: int
    seconds: dict[str, float]

    @property
    def ok(self) -> bool | None:
        """Whether the budget was kept; None where there is none."""
        return None if self.benchmark.budget is None else self.ratio <= self.benchmark.budget


def measured(benchmark: Benchmark, *, rounds: int | None = None, operations: int | None = None) -> Result:
    """Open a benchmark's contest, hold it, and return the result.

    Args:
        benchmark: Which.
        rounds: How many count; the benchmark's own number by default.
        operations: How many in a turn; as above.

    Raises:
        UnavailableError: What it needs is not on this machine.
    """
    rounds, operations = rounds or benchmark.rounds, operations or benchmark.operations
    with benchmark.open() as contest:
        turns = taken(contest, rounds=rounds, operations=operations)
        names = tuple(contest)
    found = ratios(turns, names if benchmark.compares == "ours-theirs" else _slowest_and_fastest(turns))
    low, middle, high = _quartiles(found)
    return Result(
        benchmark=benchmark,
        ratio=middle,
        low=low,
        high=high,
        rounds=rounds,
        seconds={name: statistics.median(turn[name] for turn in turns) / operations for name in names},
    )


def taken(contest: Contest, *, rounds: int, operations: int) -> list[dict[str, float]]:
    """Return how many seconds each side's turn took, for each round that counts."""
    names = tuple(contest)
    for _ in range(WARM_UP_TURNS):
        for name in names:
            contest[name](operations)
    turns: list[dict[str, float]] = []
    with _settled():
        for number in range(rounds):
            first = number % len(names)
            turn: dict[str, float] = {}
            for name in (*names[first:], *names[:first]):
                gc.collect()
                turn[name] = contest[name](operations)
            turns.append(turn)
    return turns


def ratios(turns: Iterable[dict[str, float]], between: Sequence[str]) -> list[float]:
    """Return each round's ratio of one side to another."""
    above, below = between
    return [turn[above] / turn[below] for turn in turns]


def _slowest_and_fastest(turns: Sequence[dict[str, float]]) -> tuple[str, str]:
    """Return which side was slowest and which fastest in the median of all rounds.

    They are chosen once for all rounds: the slowest of each round to its fastest is more than 1 by noise alone.
    """
    shares = {name: statistics.median(turn[name] / sum(turn.values()) for turn in turns) for name in turns[0]}
    return max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)


def _quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=_QUARTERS, method="inclusive")
    return low, middle, high


@contextmanager
def _settled() -> Generator[None, None, None]:
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
