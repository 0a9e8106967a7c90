"""The figures of the pool: what a percentile is, what an event loop's lag is."""

from __future__ import annotations

import asyncio
import time

import pytest

from benchmarks.contest import exactly
from benchmarks.hashing import TICK_SECONDS, lag_while_hashing, percentile
from okmate_auth.hashing import HashingPool
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST


@pytest.mark.parametrize(
    ("count", "percent", "expected"),
    [(1, 95, 1), (2, 95, 2), (20, 95, 19), (21, 95, 20), (100, 95, 95), (100, 50, 50), (100, 100, 100), (3, 0, 1)],
)
def test_a_percentile_is_the_smallest_value_that_covers_so_many(count: int, percent: int, expected: int) -> None:
    """Of 1 … n, in any order, by the nearest rank."""
    values = [float(value) for value in range(1, count + 1)]
    assert percentile(values[::-1], percent) == expected == percentile(values, percent)


@pytest.mark.parametrize("operations", [1, 7, 200])
def test_an_amount_is_told_for_each_operation(operations: int) -> None:
    """Divided by the number of operations it is the amount again."""
    assert exactly(0.25)(operations) / operations == 0.25


def test_a_loop_that_is_held_up_is_late() -> None:
    """Whoever blocks the loop shows in the lag, by as long as he blocks it."""

    async def held_up() -> list[float]:
        watched = asyncio.create_task(lag_while_hashing(None, 3))
        await asyncio.sleep(1.5 * TICK_SECONDS)
        time.sleep(0.1)  # noqa: ASYNC251 - this is what must not happen
        return await watched

    lags = asyncio.run(held_up())
    assert len(lags) == 3
    assert max(lags) >= 0.09


def test_the_pool_hashes_while_the_loop_is_watched() -> None:
    """As many wake-ups as were asked for; afterwards every slot is back."""
    pool = HashingPool(UNSAFE_CHEAPEST, slots=2)
    assert len(asyncio.run(lag_while_hashing(pool, 2))) == 2
    assert (pool.in_use, pool.waiting) == (0, 0)
    assert pool.close(wait_seconds=10)


def test_a_pool_that_hashes_nothing_is_found() -> None:
    """A figure taken while nothing was hashed would say nothing."""

    class Idle(HashingPool):  # type: ignore[misc]  # final, for good reasons
        async def acquire_async(self, timeout_seconds: float) -> None:
            del timeout_seconds
            await asyncio.sleep(TICK_SECONDS)

    with pytest.raises(RuntimeError, match="nothing was hashed"):
        asyncio.run(lag_while_hashing(Idle(UNSAFE_CHEAPEST, slots=1), 2))
