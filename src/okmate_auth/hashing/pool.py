"""The pool of both shells: who gets a slot, and when."""

from __future__ import annotations

import asyncio
import math
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final, final

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.hashing.desk import Desk
from okmate_auth.hashing.slot import Slot
from okmate_auth.policies.kdf import Argon2Parameters

MEMORY_BUDGET_KIB: Final = 2**19  # ours: half a GiB, eleven hashes of the first OWASP row
MAX_WAITING: Final = 256  # ours: some ten seconds of work for two processors
MAX_WAIT_SECONDS: Final = 3600.0
MAX_SLOTS: Final = 256
LONGEST_HINT_SECONDS: Final = 60


@final
class HashingPool:
    """The slots in which passwords are hashed, for both shells; usable from any thread and any event loop.

    Args:
        parameters: What a hash costs; decides how many fit.
        slots: How many hash at once. By default as many as processors and memory allow: the processors divided by the
            lanes of a hash, the budget by its memory.
        memory_budget_kib: Memory of all hashes at once, in KiB.
        max_waiting: How many callers may wait for a slot.
        monotonic: A clock in seconds that never goes back, for the hint alone.

    Raises:
        ConfigurationError: A number is out of its bounds, or the budget does not hold the slots.
    """

    def __init__(
        self,
        parameters: Argon2Parameters,
        *,
        slots: int | None = None,
        memory_budget_kib: int = MEMORY_BUDGET_KIB,
        max_waiting: int = MAX_WAITING,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        fitting = memory_budget_kib // parameters.memory_kib
        if slots is None:
            slots = max(1, min(_processors() // parameters.lanes, fitting, MAX_SLOTS))
        if not 1 <= slots <= MAX_SLOTS:
            message = f"slots: must be from 1 to {MAX_SLOTS}"
            raise ConfigurationError(message)
        if slots > fitting:
            message = "memory_budget_kib: does not hold as many hashes as there are slots"
            raise ConfigurationError(message)
        if max_waiting < 0:
            message = "max_waiting: must not be negative"
            raise ConfigurationError(message)
        self.slots: Final = slots
        self._max_waiting: Final = max_waiting
        self._monotonic: Final = monotonic
        self._closed = False
        self._desks: dict[int, Desk] = {}

    @property
    def in_use(self) -> int:
        """How many slots are taken in this process."""
        return self.slots - self._desk().free

    @property
    def waiting(self) -> int:
        """How many callers wait for a slot in this process."""
        return len(self._desk().waiting)

    def acquire(self, timeout_seconds: float) -> Slot | None:
        """Wait for a slot, in turn.

        Returns:
            A slot, to be released by the caller; None when busy: the queue is full, or time ran out or the pool was
            closed meanwhile.

        Raises:
            MisuseError: The pool is closed, or the time is not from 0 to 3600 seconds.
        """
        desk = self._open_desk(timeout_seconds)
        turn = threading.Event()
        waiter = desk.ask(partial(_set, turn))
        if waiter is None:
            return None
        try:
            turn.wait(timeout_seconds)
        except BaseException:
            desk.forget(waiter)
            raise
        return Slot(desk) if desk.settle(waiter) else None

    async def acquire_async(self, timeout_seconds: float) -> Slot | None:
        """Do the same without holding up the event loop.

        A caller that is cancelled takes no slot along: one that was just granted goes to the next in the queue.
        """
        desk = self._open_desk(timeout_seconds)
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        waiter = desk.ask(partial(_resolve, loop, turn))
        if waiter is None:
            return None
        try:
            if not waiter.granted:
                await asyncio.wait((turn,), timeout=timeout_seconds)
        except BaseException:
            desk.forget(waiter)
            raise
        return Slot(desk) if desk.settle(waiter) else None

    def busy_hint(self) -> timedelta:
        """Say when a slot may be free, in whole seconds from 1 to 60.

        The longer the queue and the longer slots were held of late (a running mean), the later.
        """
        desk = self._desk()
        seconds = desk.mean_seconds * (len(desk.waiting) + 1) / self.slots
        return timedelta(seconds=max(1, min(math.ceil(seconds), LONGEST_HINT_SECONDS)))

    def close(self, *, wait_seconds: float = 0.0) -> bool:
        """Hand out no more slots; calling it twice is no error.

        Whoever waits is told "busy". A slot in hand works on until it is released; the threads end with the last one.

        Args:
            wait_seconds: How long to wait for that, at most.

        Returns:
            Whether every slot is back and every thread of this process has ended.
        """
        self._closed = True
        return self._desk().close(wait_seconds)

    def _open_desk(self, timeout_seconds: float) -> Desk:
        if self._closed:
            message = "the hashing pool is closed"
            raise MisuseError(message)
        if not 0 <= timeout_seconds <= MAX_WAIT_SECONDS:
            message = f"timeout_seconds: must be from 0 to {MAX_WAIT_SECONDS:.0f}"
            raise MisuseError(message)
        return self._desk()

    def _desk(self) -> Desk:
        # No lock here: one that another thread held at the moment of a fork would stay locked in the child for ever.
        # setdefault is a single step, so all threads get the same desk.
        pid = os.getpid()
        desk = self._desks.get(pid)
        if desk is None:
            desk = self._desks.setdefault(pid, Desk(pid, self.slots, self._max_waiting, self._monotonic))
            for other in [other for other in list(self._desks) if other != pid]:
                self._desks.pop(other, None)  # the parent's: its id may come back as that of a grandchild
        return desk


def _set(turn: threading.Event) -> bool:
    turn.set()
    return True


def _resolve(loop: asyncio.AbstractEventLoop, turn: asyncio.Future[None]) -> bool:
    """Wake a task; False where its loop was closed, so that it will never run again."""
    try:
        loop.call_soon_threadsafe(turn.set_result, None)  # once: he has left the queue by now
    except RuntimeError:
        return False
    return True


def _processors() -> int:
    """Count the processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
