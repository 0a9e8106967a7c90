"""Measuring: what is counted, in which order, and what becomes of it."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from benchmarks.contest import Contest, Side
from benchmarks.measure import WARM_UP_TURNS, measured, taken
from tests.benchmarks.made_up import made_up, telling


def listening(log: list[str], name: str, seconds: float = 1.0) -> Side:
    """Return a side that notes each turn."""

    def go(operations: int) -> float:
        log.append(f"{name}{operations}")
        return seconds * operations

    return go


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b", "c")])
def test_every_side_takes_every_place_in_turn(names: tuple[str, ...]) -> None:
    """After warming up, the order moves on by one from round to round, so that nobody is always first."""
    log: list[str] = []
    contest = {name: listening(log, name) for name in names}
    taken(contest, rounds=len(names), operations=1)
    warm_up, counted = log[: WARM_UP_TURNS * len(names)], log[WARM_UP_TURNS * len(names) :]
    assert warm_up == [f"{name}1" for name in names] * WARM_UP_TURNS
    rounds = [counted[at : at + len(names)] for at in range(0, len(counted), len(names))]
    assert [turn[0] for turn in rounds] == [f"{name}1" for name in names]
    assert all(sorted(turn) == [f"{name}1" for name in names] for turn in rounds)


@pytest.mark.parametrize("rounds", [1, 2, 5])
@pytest.mark.parametrize("operations", [1, 7])
def test_counts_are_as_asked(rounds: int, operations: int) -> None:
    """So many rounds count, with so many operations in each turn of each side."""
    log: list[str] = []
    turns = taken({"a": listening(log, "a"), "b": listening(log, "b")}, rounds=rounds, operations=operations)
    assert len(turns) == rounds
    assert log == [f"{name}{operations}" for name in "ab"] * WARM_UP_TURNS + log[2 * WARM_UP_TURNS :]
    assert len(log) == 2 * (WARM_UP_TURNS + rounds)
    assert all(turn == {"a": operations, "b": operations} for turn in turns)


def test_the_figure_is_the_median_of_each_rounds_ratio() -> None:
    """One round in which the machine was busy for one side does not show; the quartiles bound the middle half."""
    warm = (1.0,) * WARM_UP_TURNS
    sides = {"ours": (*warm, 1.0, 1.2, 0.8, 50.0, 1.0), "theirs": (*warm, 2.0, 2.0, 2.0, 2.0, 2.0)}
    result = measured(made_up(sides=sides, rounds=5))
    assert (result.low, result.ratio, result.high) == (0.5, 0.5, 0.6)
    assert result.seconds == {"ours": 1.0, "theirs": 2.0}


def test_a_single_round_is_its_own_spread() -> None:
    """With one round there is one ratio."""
    result = measured(made_up(), rounds=1)
    assert (result.low, result.ratio, result.high, result.rounds) == (0.5, 0.5, 0.5, 1)


@pytest.mark.parametrize(
    ("sides", "ratio"),
    [
        ({"first": (1.0,), "middle": (1.0,), "last": (1.0,)}, 1.0),
        ({"first": (1.0,), "middle": (1.5,), "last": (1.2,)}, 1.5),
        ({"first": (1.5,), "middle": (1.0,), "last": (1.2,)}, 1.5),
        # Each is the slowest in one round of three: noise, and no side is slow.
        ({"first": (9.0, 1.0, 1.0), "middle": (1.0, 9.0, 1.0), "last": (1.0, 1.0, 9.0)}, 1.0),
    ],
)
def test_sides_that_should_take_the_same_time_are_compared_slowest_to_fastest(
    sides: dict[str, tuple[float, ...]], ratio: float
) -> None:
    """Which is slowest is chosen over all rounds, so that noise alone is no difference."""
    assert measured(made_up(sides=sides, compares="slowest-fastest", rounds=9)).ratio == ratio


@pytest.mark.parametrize(("budget", "ok"), [(None, None), (0.4999, False), (0.5, True), (0.5001, True)])
def test_a_budget_is_kept_up_to_itself(budget: float | None, *, ok: bool | None) -> None:
    """The ratio 0.5 keeps a budget of 0.5 and misses a lower one; where there is none, nothing is kept or missed."""
    assert measured(made_up(budget=budget)).ok is ok


def test_the_contest_is_left_when_a_side_fails() -> None:
    """What a contest opened is closed, the collector is as before, and the failure is told."""
    left: list[bool] = []

    def fails(operations: int) -> float:
        del operations
        message = "refused"
        raise RuntimeError(message)

    @contextmanager
    def opened() -> Generator[Contest, None, None]:
        try:
            yield {"ours": telling(1.0), "theirs": fails}
        finally:
            left.append(True)

    with pytest.raises(RuntimeError, match="refused"):
        measured(made_up(open=opened))
    assert left == [True]
    assert gc.isenabled()


def test_the_collector_is_settled_while_it_counts_and_left_as_it_was() -> None:
    """What warming up left is out of its sight during the rounds; afterwards nothing is frozen, and it is on."""
    frozen: list[int] = []

    def side(operations: int) -> float:
        frozen.append(gc.get_freeze_count())
        assert gc.isenabled()
        return float(operations)

    taken({"a": side, "b": side}, rounds=1, operations=1)
    assert frozen[: 2 * WARM_UP_TURNS] == [0] * 2 * WARM_UP_TURNS
    assert min(frozen[2 * WARM_UP_TURNS :]) > 0
    assert gc.get_freeze_count() == 0
