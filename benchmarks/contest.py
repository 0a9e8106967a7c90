"""What a benchmark is: two or more ways to do something, opened together, and what their ratio may be.

Rule 1. A side does ``n`` operations and returns how long they took in seconds. What one operation needs beforehand (a
        fresh code, the next moment) is made by the side and not timed.
Rule 2. Sides of one contest do what their benchmark's module says, and check that it was done: one that refuses a code
        quickly is no fast one.
Rule 3. A ratio is ours to theirs, so that less is better: "at least ten times faster" is a budget of 0.1.
Rule 4. A bound that is an amount (a millisecond, so many MiB) is a side of its own that always tells just that, and the
        budget is what share of it is ours. What is no sum over operations (a peak, a percentile) is told times their
        number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Literal

import attrs

__all__ = ["Benchmark", "Contest", "Side", "UnavailableError", "exactly"]

Side = Callable[[int], float]
"""Does so many operations; returns how many seconds they took (or bytes: :attr:`Benchmark.unit`)."""
Contest = Mapping[str, Side]
"""The sides by name, in the order of the benchmark's :attr:`Benchmark.compares`."""


class UnavailableError(Exception):
    """What a benchmark needs is not on this machine; says what to do about it."""


@attrs.frozen(kw_only=True)
class Benchmark:
    """One row.

    Attributes:
        name: Short and stable: what is chosen on the command line, and what a series of runs is compared by.
        engine: What it runs on, with what changes its durability.
        what: Both sides, in words.
        open: Opens the contest; whatever it needs is gone when it is left.
        budget: What the ratio may be at most; None: it is reported only.
        compares: ``ours-theirs``: the first side to the second. ``slowest-fastest``: of sides that should all take the
            same time.
        rounds: How often all sides take their turn.
        operations: In one turn of one side.
        unit: What the sides tell.
    """

    name: str
    engine: str
    what: str
    open: Callable[[], AbstractContextManager[Contest]]
    budget: float | None
    compares: Literal["ours-theirs", "slowest-fastest"] = "ours-theirs"
    rounds: int
    operations: int
    unit: Literal["seconds", "bytes"] = "seconds"


def exactly(amount: float) -> Side:
    """Return a side that tells this amount for each operation, whatever the machine does."""
    return lambda operations: amount * operations
