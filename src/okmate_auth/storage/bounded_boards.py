"""Boards that are not waited for longer than they are told: for the synchronous shell, by threads of their own.

The synchronous shell asks in the calling thread, because a board may need that thread's connections (as Django's are),
and a board that hangs would hold its page up. Whoever has boards that need no thread in particular puts them into
these.

Rule 1. A thread can't be ended from outside, so what hangs keeps its thread until it answers. There are so many of them
        at most; while all hang, a board fails at once and nobody waits.
Rule 2. An answer that comes too late is dropped. The list is read through in the thread, too: it may be a query that is
        only then carried out.
Rule 3. Opening a notice writes, so it is waited for, in the calling thread.
"""

from __future__ import annotations

import contextvars
import os
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final, Generic, TypeVar

from okmate_auth.boards import BoardNotice, NoticeBoard, Transaction, TransactionBoard, Viewer
from okmate_auth.errors import ConfigurationError

__all__ = ["BoundedNoticeBoard", "BoundedTransactionBoard"]

MOST_THREADS: Final = 64  # ours: a hanging system is not asked more often at once
T = TypeVar("T")


class _Threads(Generic[T]):
    """So many threads at most, in each process: a fork has none of its parent's."""

    def __init__(self, most: int) -> None:
        if not 1 <= most <= MOST_THREADS:
            message = f"threads: 1 to {MOST_THREADS}"
            raise ConfigurationError(message)
        self._most: Final = most
        self._places: Final[dict[int, threading.Semaphore]] = {}

    def answer(self, asked: Callable[[], Sequence[T]], limit: int, within: timedelta) -> Sequence[T]:
        """Return what is answered in time, or raise what was raised.

        Raises:
            TimeoutError: It did not come in time, or every thread waits for an answer already.
        """
        places = self._places.setdefault(os.getpid(), threading.Semaphore(self._most))
        if not places.acquire(blocking=False):
            message = "every thread that may ask this board waits for an answer"
            raise TimeoutError(message)
        told: queue.SimpleQueue[tuple[T, ...] | BaseException] = queue.SimpleQueue()
        context = contextvars.copy_context()

        def ask() -> None:
            found: tuple[T, ...] | BaseException
            try:
                found = context.run(lambda: tuple(islice(asked(), limit)))
            except BaseException as error:  # noqa: BLE001 - it is raised to whoever asked
                found = error
            places.release()
            told.put(found)

        try:
            threading.Thread(target=ask, name="okmate-auth-board", daemon=True).start()  # a hanging one ends no exit
        except RuntimeError:
            places.release()
            raise
        try:
            found = told.get(timeout=within.total_seconds())
        except queue.Empty:
            message = f"the board did not answer within {within.total_seconds():g} s"
            raise TimeoutError(message) from None
        if isinstance(found, BaseException):
            raise found
        return found


class BoundedTransactionBoard:
    """A :class:`~okmate_auth.boards.TransactionBoard` that answers within ``Boards(within=…)`` or fails.

    Args:
        board: Whoever knows; it is asked in threads of its own, with a copy of the caller's context variables.
        threads: How many may wait for it at once in a process, 1 to 64.

    Raises:
        ConfigurationError: There are too many threads or none.
    """

    def __init__(self, board: TransactionBoard, *, threads: int = 8) -> None:
        self._board: Final = board
        self._threads: Final = _Threads[Transaction](threads)

    def pending(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[Transaction]:
        """See :meth:`okmate_auth.boards.TransactionBoard.pending`.

        Raises:
            TimeoutError: The board did not answer in time, or all its threads wait already.
        """
        return self._threads.answer(lambda: self._board.pending(viewer, limit=limit, within=within), limit, within)


class BoundedNoticeBoard:
    """A :class:`~okmate_auth.boards.NoticeBoard` that answers within ``Boards(within=…)`` or fails.

    Args:
        board: Whoever knows; see :class:`BoundedTransactionBoard`.
        threads: How many may wait for it at once in a process, 1 to 64.

    Raises:
        ConfigurationError: There are too many threads or none.
    """

    def __init__(self, board: NoticeBoard, *, threads: int = 8) -> None:
        self._board: Final = board
        self._threads: Final = _Threads[BoardNotice](threads)

    def unread(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[BoardNotice]:
        """See :meth:`okmate_auth.boards.NoticeBoard.unread`.

        Raises:
            TimeoutError: The board did not answer in time, or all its threads wait already.
        """
        return self._threads.answer(lambda: self._board.unread(viewer, limit=limit, within=within), limit, within)

    def open(self, viewer: Viewer, notice_id: str, /) -> BoardNotice | None:
        """See :meth:`okmate_auth.boards.NoticeBoard.open`; in the calling thread, for as long as it takes."""
        return self._board.open(viewer, notice_id)
