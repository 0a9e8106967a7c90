"""Contenders that start together: threads on a synchronous store, tasks on an asynchronous one.

(Processes are in :mod:`okmate_auth.testing.processes`; inside each of them is one of these.)
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any, Final, Protocol

from okmate_auth.ports import AsyncStore, Store
from okmate_auth.testing.faces import SyncFace
from okmate_auth.testing.programs import Job, Listener, adrive, drive, start

__all__ = ["PATIENCE_SECONDS", "Tasks", "Team", "Threads", "team_on"]

PATIENCE_SECONDS: Final = 300  # a store that has not answered by then never will; most runs take less than one second

SWITCH_SECONDS: Final = 1e-5  # instead of 5 ms: threads of a race take turns in the middle of things


class Team(Protocol):
    """Contenders."""

    def run(self, jobs: Sequence[Job]) -> list[Any]:
        """Start all jobs at the same moment and return their results in the same order."""
        ...


class Threads:
    """Contenders that are threads; they stay the same over all runs, as the workers of a web server do.

    Args:
        stores: One store, or several openings of the same one, which the contenders share evenly.
    """

    def __init__(self, stores: Sequence[Store]) -> None:
        self._stores = stores
        self._running: list[Future[Any]] = []
        self._hands: list[SimpleQueue[Callable[[], None] | None]] = []

    def run(self, jobs: Sequence[Job], *, go_at: float = 0.0, say: Listener = None) -> list[Any]:
        """Start all jobs at the same moment and return their results in the same order.

        Args:
            jobs: What to do.
            go_at: Not before this reading of the machine's monotonic clock, in seconds.
            say: Receives what the programs say.
        """
        gate = threading.Barrier(len(jobs) + 1)
        results = self._running = [Future[Any]() for _ in jobs]
        while len(self._hands) < len(jobs):
            self._hands.append(_hand())
        for place, job in enumerate(jobs):
            store = self._stores[place % len(self._stores)]
            self._hands[place].put(_contend(store, job, gate, say, results[place]))
        time.sleep(max(0.0, go_at - time.monotonic()))
        with _taking_turns():
            gate.wait(PATIENCE_SECONDS)
            wait(results, PATIENCE_SECONDS)  # for all, also where one failed: nobody may be at work at the end
        return [result.result(0) for result in results]

    def close(self) -> bool:
        """Let the threads end; say whether nobody is at work any more."""
        for hand in self._hands:
            hand.put(None)
        return all(result.done() for result in self._running)


@contextmanager
def _taking_turns() -> Generator[None]:
    """Let the interpreter switch between threads as often as it can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _hand() -> SimpleQueue[Callable[[], None] | None]:
    """Start a thread that does what it is handed; a daemon, so that a store that hangs can't hold up the end."""
    queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def work() -> None:
        while (task := queue.get()) is not None:
            task()

    threading.Thread(target=work, name="okmate-kit-contender", daemon=True).start()
    return queue


def _contend(store: Store, job: Job, gate: threading.Barrier, say: Listener, result: Future[Any]) -> Callable[[], None]:
    def task() -> None:
        program = start(job)
        gate.wait(PATIENCE_SECONDS)
        try:
            result.set_result(drive(store, program, say))
        except Exception as error:  # noqa: BLE001 - handed to whoever started the race
            result.set_exception(error)

    return task


class Tasks:
    """Contenders that are tasks, in the event loop of each opening.

    Args:
        faces: One asynchronous store with its loop, or several openings of the same one.
    """

    def __init__(self, faces: Sequence[SyncFace]) -> None:
        self._faces = faces
        self._running: list[Future[Any]] = []

    def run(self, jobs: Sequence[Job], *, go_at: float = 0.0, say: Listener = None) -> list[Any]:
        """Start all jobs at the same moment; see :meth:`Threads.run`."""
        time.sleep(max(0.0, go_at - time.monotonic()))
        many = len(self._faces)
        running = self._running = [
            face.begin(_together(face.store, jobs[place::many], say)) for place, face in enumerate(self._faces)
        ]
        results: list[Any] = [None] * len(jobs)
        with _taking_turns():
            wait(running, PATIENCE_SECONDS)
        for place, future in enumerate(running):
            results[place::many] = future.result(0)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return results

    def close(self) -> bool:
        """Say whether nobody is at work any more."""
        return all(future.done() for future in self._running)


async def _together(store: AsyncStore, jobs: Sequence[Job], say: Listener) -> list[Any]:
    return await asyncio.gather(*(adrive(store, start(job), say) for job in jobs), return_exceptions=True)


def team_on(openings: Sequence[Store]) -> Threads | Tasks:
    """Return the contenders that fit: tasks where the store is asynchronous, else threads."""
    faces = [opening for opening in openings if isinstance(opening, SyncFace)]
    return Tasks(faces) if faces else Threads(openings)
