"""Pools around a pool: what was hashed is seen here, at the threads' door, and never taken from a command's word."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, Literal, TypeVar, cast

import attrs

from okmate_auth.hashing import HashingPool, Slot, verify
from okmate_auth.policies.kdf import Argon2Parameters, parse_phc

__all__ = ["Computed", "WatchedPool", "watched"]

T = TypeVar("T")


@attrs.frozen
class Computed:
    """What one hash cost, as whoever measures time and memory could see it.

    Attributes:
        what: ``check`` a guess against a stored hash, or ``make`` a new one.
        memory_kib: Memory, in KiB.
        iterations: Passes.
        lanes: Parallel lanes.
        salt_bytes: Length of the salt.
        tag_bytes: Length of the hash.
        material_bytes: Length of what was hashed.
    """

    what: Literal["check", "make"]
    memory_kib: int
    iterations: int
    lanes: int
    salt_bytes: int
    tag_bytes: int
    material_bytes: int

    @classmethod
    def of(cls, function: Callable[..., object], arguments: tuple[Any, ...]) -> Computed:
        """Return what a job for a pool's thread computes."""
        if function is verify:
            phc, material, limits = arguments
            stored = parse_phc(phc, limits)
            assert stored is not None, "a hash that is unusable costs nothing, and would be told apart by that"
            return cls(
                "check",
                stored.memory_kib,
                stored.iterations,
                stored.lanes,
                len(stored.salt),
                len(stored.tag),
                len(material),
            )
        parameters, salt, material = arguments
        assert isinstance(parameters, Argon2Parameters)
        return cls(
            "make",
            parameters.memory_kib,
            parameters.iterations,
            parameters.lanes,
            len(salt),
            parameters.tag_bytes,
            len(material),
        )


class WatchedPool:
    """A pool whose hashes are counted.

    Args:
        pool: Where they are computed.
        note: Is told of each hash before it is computed.

    Attributes:
        checks: How many guesses were compared with a stored hash.
        peak: How many hashes were computed at the same time, at most.
    """

    def __init__(self, pool: HashingPool, note: Callable[[Computed], None] | None = None) -> None:
        self.pool: Final = pool
        self.checks = 0
        self.peak = 0
        self._note = note
        self._running = 0
        self._lock = threading.Lock()

    def acquire(self, timeout_seconds: float) -> _WatchedSlot | None:
        """See :meth:`okmate_auth.hashing.HashingPool.acquire`."""
        slot = self.pool.acquire(timeout_seconds)
        return None if slot is None else _WatchedSlot(slot, self)

    async def acquire_async(self, timeout_seconds: float) -> _WatchedSlot | None:
        """See :meth:`okmate_auth.hashing.HashingPool.acquire_async`."""
        slot = await self.pool.acquire_async(timeout_seconds)
        return None if slot is None else _WatchedSlot(slot, self)

    def busy_hint(self) -> timedelta:
        """See :meth:`okmate_auth.hashing.HashingPool.busy_hint`."""
        return self.pool.busy_hint()

    def close(self, *, wait_seconds: float = 0.0) -> bool:
        """See :meth:`okmate_auth.hashing.HashingPool.close`."""
        return self.pool.close(wait_seconds=wait_seconds)

    def computed(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        """Compute, counting; runs in the pool's thread."""
        with self._lock:
            self.checks += function is verify
            self._running += 1
            self.peak = max(self.peak, self._running)
        try:
            if self._note is not None:
                self._note(Computed.of(function, arguments))
            return function(*arguments)
        finally:
            with self._lock:
                self._running -= 1


class _WatchedSlot:
    def __init__(self, slot: Slot, pool: WatchedPool) -> None:
        self._slot, self._pool = slot, pool

    def run(self, function: Callable[..., T], *arguments: object) -> T:
        return self._slot.run(self._pool.computed, function, arguments)

    async def run_async(self, function: Callable[..., T], *arguments: object) -> T:
        return await self._slot.run_async(self._pool.computed, function, arguments)

    def release(self) -> None:
        self._slot.release()


def watched(pool: WatchedPool) -> HashingPool:
    """Return the pool under the type that a shell asks for."""
    return cast("HashingPool", pool)
