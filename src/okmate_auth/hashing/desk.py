"""What one process has of a pool: free slots, the queue for them, and the threads."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final, final

from okmate_auth.errors import InfrastructureError

FIRST_GUESS_SECONDS: Final = 0.25  # how long a slot is held, until that was measured
WEIGHT: Final = 1 / 8  # of the newest measurement in the running mean, as in RFC 6298 section 2
NICE_STEP: Final = 10  # measured: from this step on hashing hardly disturbs an event loop, below it does

_ON_LINUX: Final = sys.platform == "linux"


@final
class Waiter:
    """One caller in the queue.

    Attributes:
        wake: Tells him to look again; False where he will never run again.
        granted: Whether a slot is kept for him.
    """

    __slots__ = ("granted", "wake")

    def __init__(self, wake: Callable[[], bool]) -> None:
        self.wake = wake
        self.granted = False


@final
class Desk:
    """Hands out the slots of one process.

    The lock may be taken again by the thread that holds it, and each step leaves everything in order: the garbage
    collector may throw away a forgotten coroutine, and so run :meth:`forget`, in the midst of any of this.
    """

    def __init__(self, pid: int, slots: int, max_waiting: int, monotonic: Callable[[], float]) -> None:
        self.pid = pid
        self.monotonic = monotonic
        self.lock = threading.RLock()
        self.free = slots
        self.waiting: deque[Waiter] = deque()
        self.mean_seconds = FIRST_GUESS_SECONDS
        self._slots = slots
        self._max_waiting = max_waiting
        self._working = 0
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._drained = threading.Event()

    def ask(self, wake: Callable[[], bool]) -> Waiter | None:
        """Queue up; None where the queue is full or the desk is closed."""
        with self.lock:
            if self._closed or (not self.free and len(self.waiting) >= self._max_waiting):
                return None
            waiter = Waiter(wake)
            self.waiting.append(waiter)
            self._grant()
            return waiter

    def settle(self, waiter: Waiter) -> bool:
        """Say whether a slot was granted, however late; if not, leave the queue."""
        with self.lock:
            if not waiter.granted:
                with contextlib.suppress(ValueError):  # closing has emptied the queue already
                    self.waiting.remove(waiter)
            return waiter.granted

    def forget(self, waiter: Waiter) -> None:
        """Leave the queue; a slot that was granted meanwhile goes to the next."""
        with self.lock:
            if self.settle(waiter):
                waiter.granted = False
                self._take_back()

    def give_back(self, held_seconds: float) -> None:
        """Take a slot back after its use, and hand it to the next."""
        with self.lock:
            self.mean_seconds += (held_seconds - self.mean_seconds) * WEIGHT
            self._take_back()

    def start(self, job: Callable[[], None]) -> None:
        """Hand a job to a thread; there are never more jobs than slots, so that none waits for another.

        Raises:
            InfrastructureError: A thread was needed and could not be started; the job will not run.
        """
        with self.lock:
            if self._working == len(self._threads):
                thread = threading.Thread(target=_serve, args=(self._jobs,), name="okmate-hashing", daemon=True)
                try:
                    thread.start()
                except RuntimeError as error:
                    message = "a password could not be hashed: no thread could be started"
                    raise InfrastructureError(message) from error
                self._threads.append(thread)
            self._working += 1
            self._jobs.put(job)

    def finish(self) -> None:
        """Note that a job is done."""
        with self.lock:
            self._working -= 1

    def close(self, wait_seconds: float) -> bool:
        """Turn everybody away, wait for the slots in hand, say whether all are back and all threads have ended."""
        with self.lock:
            self._closed = True
            while self.waiting:
                self.waiting.popleft().wake()
            self._end_if_drained()
        if not self._drained.wait(wait_seconds):
            return False
        for thread in self._threads:
            thread.join()
        return True

    def _take_back(self) -> None:
        self.free += 1
        self._grant()
        self._end_if_drained()

    def _grant(self) -> None:
        while self.free and self.waiting:
            self.free -= 1
            waiter = self.waiting.popleft()
            waiter.granted = True
            if not waiter.wake() and waiter.granted:
                waiter.granted = False
                self.free += 1

    def _end_if_drained(self) -> None:
        if self._closed and self.free == self._slots and not self._drained.is_set():
            self._drained.set()
            for _ in self._threads:
                self._jobs.put(None)


def _serve(jobs: SimpleQueue[Callable[[], None] | None]) -> None:
    """Work until there is no more."""
    _lower_priority()
    while (job := jobs.get()) is not None:
        job()
        del job  # or the last password's bytes stay as long as the thread is idle


def _lower_priority() -> None:
    """Let threads that answer requests go first, where a thread has a priority of its own."""
    if not _ON_LINUX:
        return
    thread = threading.get_native_id()
    with contextlib.suppress(OSError):  # forbidden here: then answers are slower, nothing else
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICE_STEP)
