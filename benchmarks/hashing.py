"""T7: Argon2 in the pool, at the profile's own cost and parallelism 1.

``T7-threads``: so many hashes by two threads of a pool with two slots, and by one thread of a pool with one slot: the
budget, 0.588, is 1.7 times the throughput. Each thread takes a slot, hashes in it, gives it back.

``T7-loop-lag``: how late an event loop wakes up that sleeps for 5 ms again and again while its own tasks keep both
slots hashing: the 95th percentile of a turn, against the millisecond it may be. A loop that hashed by itself would be
late by a whole hash. ``T7-loop-lag-idle``: the same against a loop that does nothing else: what of it is the machine's.

``T7-memory``: 200 logins at once on ``AsyncAuthenticator``, each of a login ID that nobody has (hashed all the same):
how far the process's peak of resident memory rises above what it held before the first, against what the pool may
hold: two slots times the memory of a hash. See :mod:`benchmarks.at_once`.
"""

from __future__ import annotations

import asyncio
import math
import os
import sys
import threading
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from functools import partial
from typing import Final

from benchmarks.contest import Benchmark, Contest, Side, UnavailableError, exactly
from benchmarks.peers.process import worker
from okmate_auth import OKMATE
from okmate_auth.hashing import HashingPool, hash_password

__all__ = ["ROWS", "SLOTS", "hashing", "lag_while_hashing", "percentile"]

SLOTS: Final = 2
AT_ONCE: Final = 200
TICK_SECONDS: Final = 0.005  # whole milliseconds: what epoll can wait for
_PARAMETERS: Final = OKMATE.kdf
_SALT: Final = bytes(_PARAMETERS.salt_bytes)
_PATIENCE_SECONDS: Final = 60.0
_PERCENT: Final = 95
_MILLISECOND: Final = 1e-3
_THROUGHPUT: Final = 0.588  # 1 / 1.7


def hashing(pool: HashingPool, threads: int) -> Side:
    """Return a side that shares the hashes among so many threads."""

    def work(hashes: int, done: list[str]) -> None:
        for _ in range(hashes):
            slot = pool.acquire(_PATIENCE_SECONDS)
            if slot is not None:
                with slot:
                    done.append(slot.run(hash_password, _PARAMETERS, _SALT, b"password"))

    def go(operations: int) -> float:
        done: list[str] = []
        shares = [operations // threads + (number < operations % threads) for number in range(threads)]
        workers = [threading.Thread(target=work, args=(share, done)) for share in shares]
        began = time.perf_counter()
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        seconds = time.perf_counter() - began
        if len(done) != operations or len(set(done)) != 1:
            message = "not every hash was computed"
            raise RuntimeError(message)
        return seconds

    return go


async def lag_while_hashing(pool: HashingPool | None, ticks: int) -> list[float]:
    """Return how many seconds late each wake-up of this loop was, while its tasks keep the pool (if any) hashing.

    Raises:
        RuntimeError: Nothing was hashed meanwhile.
    """
    over = False
    hashed = 0

    async def feed(pool: HashingPool) -> None:
        nonlocal hashed
        while not over:
            slot = await pool.acquire_async(_PATIENCE_SECONDS)
            if slot is not None:
                async with slot:
                    await slot.run_async(hash_password, _PARAMETERS, _SALT, b"password")
                hashed += 1

    feeding = [] if pool is None else [asyncio.create_task(feed(pool)) for _ in range(2 * pool.slots)]
    await asyncio.sleep(TICK_SECONDS)  # hashing is under way
    lags: list[float] = []
    for _ in range(ticks):
        due = time.perf_counter() + TICK_SECONDS
        await asyncio.sleep(TICK_SECONDS)
        lags.append(max(0.0, time.perf_counter() - due))
    over = True
    await asyncio.gather(*feeding)
    if pool is not None and not hashed:
        message = "nothing was hashed while the event loop was watched"
        raise RuntimeError(message)
    return lags


def percentile(values: list[float], percent: int) -> float:
    """Return the smallest value that so many percent of all do not exceed (the nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _lagging(pool: HashingPool | None) -> Side:
    """Return a side that tells the percentile as if each operation, a tick, had taken as long."""
    return lambda ticks: percentile(asyncio.run(lag_while_hashing(pool, ticks)), _PERCENT) * ticks


@contextmanager
def _threads() -> Generator[Contest, None, None]:
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if processors < SLOTS:
        message = "two threads at once need two processors"
        raise UnavailableError(message)
    with closing(HashingPool(_PARAMETERS, slots=2)) as two, closing(HashingPool(_PARAMETERS, slots=1)) as one:
        yield {"two": hashing(two, 2), "one": hashing(one, 1)}


@contextmanager
def _lag() -> Generator[Contest, None, None]:
    with closing(HashingPool(_PARAMETERS, slots=SLOTS)) as pool:
        yield {"lag": _lagging(pool), "1 ms": exactly(_MILLISECOND)}


@contextmanager
def _lag_against_idle() -> Generator[Contest, None, None]:
    with closing(HashingPool(_PARAMETERS, slots=SLOTS)) as pool:
        yield {"hashing": _lagging(pool), "idle": _lagging(None)}


@contextmanager
def _memory() -> Generator[Contest, None, None]:
    if sys.platform != "linux":
        message = "the peak of resident memory is read from /proc"
        raise UnavailableError(message)
    with worker((sys.executable, "-m", "benchmarks.at_once", str(SLOTS))) as at_once:
        yield {"at once": at_once, "pool": exactly(SLOTS * _PARAMETERS.memory_kib * 1024)}


_ENGINE: Final = f"{_PARAMETERS.memory_kib // 1024} MiB, t={_PARAMETERS.iterations}, p={_PARAMETERS.lanes}"
_ROW: Final = partial(Benchmark, engine=_ENGINE, rounds=20)

ROWS: Final = (
    _ROW(
        name="T7-threads",
        what="two threads / one thread (>= 1.7 x throughput)",
        open=_threads,
        budget=_THROUGHPUT,
        operations=12,
    ),
    _ROW(name="T7-loop-lag", what="lag, p95, while hashing / 1 ms", open=_lag, budget=1.0, operations=200),
    _ROW(
        name="T7-loop-lag-idle",
        what="lag, p95, while hashing / while idle",
        open=_lag_against_idle,
        budget=None,
        operations=200,
    ),
    _ROW(
        name="T7-memory",
        what=f"peak with {AT_ONCE} logins at once / memory of {SLOTS} hashes",
        open=_memory,
        budget=1.25,
        operations=AT_ONCE,
        unit="bytes",
    ),
)
