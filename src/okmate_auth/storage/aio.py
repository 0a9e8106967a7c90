"""The stores for the asynchronous shell: the synchronous ones, worked by threads of their own.

Rule 1. The event loop never waits for the disk or for a lock: every call runs in a thread.
Rule 2. Reads and commits have threads apart. SQLite has one writer at a time, so there is one writing thread; however
        many commits wait for it, a session check does not.
Rule 3. A commit that was submitted goes on whatever becomes of its caller: a cancelled task leaves no doubt behind, and
        ``close`` waits for what is under way.
Rule 4. Threads are made on first use, in each process anew.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Final, Self, TypeVar

from okmate_auth.errors import ConfigurationError, StoreUnavailableError
from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome
from okmate_auth.records import Record, Row
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.storage.sqlite import DEFAULT_TIMEOUT_SECONDS, OnStatement, SQLiteStore

__all__ = ["AsyncMemoryStore", "AsyncSQLiteStore"]

DEFAULT_READERS: Final = 4  # a read takes microseconds; more threads would only wait for the interpreter
MOST_READERS: Final = 64

_CLOSED: Final = "the store was closed"

T = TypeVar("T")


class _Threads:
    """The threads of one process."""

    def __init__(self, readers: int) -> None:
        self.reading = ThreadPoolExecutor(readers, thread_name_prefix="okmate-read")
        self.writing = ThreadPoolExecutor(1, thread_name_prefix="okmate-write")


class AsyncSQLiteStore:
    """Satisfies :class:`okmate_auth.ports.AsyncStore` with a file; usable from several event loops.

    Args:
        path: See :class:`~okmate_auth.storage.SQLiteStore`.
        timeout: In seconds, see there.
        readers: How many threads read (1 to 64).
        on_statement: See there; called in those threads.

    Raises:
        ConfigurationError: As there, or ``readers`` is out of bounds.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        readers: int = DEFAULT_READERS,
        on_statement: OnStatement | None = None,
    ) -> None:
        if type(readers) is not int or not 1 <= readers <= MOST_READERS:
            message = f"readers: a whole number, 1 to {MOST_READERS}"
            raise ConfigurationError(message)
        self._store = SQLiteStore(path, timeout=timeout, on_statement=on_statement)
        self._readers = readers
        self._threads: dict[int, _Threads] = {}  # by process id: a forked child finds none of its own
        self._closed = False

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Open the file now, see :meth:`okmate_auth.storage.SQLiteStore.open`."""
        await self._run(self._pool().writing, self._store.open)

    async def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        return await self._run(self._pool().reading, partial(self._store.load, keys))

    async def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`; a cancelled commit is done all the same."""
        return await asyncio.shield(self._run(self._pool().writing, partial(self._store.commit, change)))

    async def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        return await self._run(self._pool().reading, partial(self._store.history, chain, limit=limit, before=before))

    async def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`."""
        return await self._run(self._pool().reading, partial(self._store.due, kind, until, limit=limit))

    async def clock(self) -> datetime | None:
        """Return None: it has no clock but this machine's."""
        return None

    async def close(self) -> None:
        """Wait for what is under way, then give back threads and connections."""
        self._closed = True
        threads = self._threads.pop(os.getpid(), None)
        if threads is None:
            self._store.close()
        else:
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, self._finish, threads))

    def _pool(self) -> _Threads:
        process = os.getpid()
        threads = self._threads.get(process)
        if threads is None and not self._closed:
            threads = self._threads.setdefault(process, _Threads(self._readers))
        if threads is None:
            raise StoreUnavailableError(_CLOSED)
        return threads

    def _finish(self, threads: _Threads) -> None:
        threads.writing.shutdown()
        threads.reading.shutdown()
        self._store.close()

    @staticmethod
    def _run(threads: ThreadPoolExecutor, call: Callable[[], T]) -> asyncio.Future[T]:
        try:
            return asyncio.get_running_loop().run_in_executor(threads, call)
        except RuntimeError:  # closed by another event loop meanwhile, or the interpreter is about to end
            raise StoreUnavailableError(_CLOSED) from None


class AsyncMemoryStore:
    """Satisfies :class:`okmate_auth.ports.AsyncStore`, for tests.

    Each call lets other tasks run first, so that tasks meet each other as they would with a store that waits.
    """

    def __init__(self) -> None:
        self._store = MemoryStore()

    async def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        await asyncio.sleep(0)
        return self._store.load(keys)

    async def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        await asyncio.sleep(0)
        return self._store.commit(change)

    async def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        await asyncio.sleep(0)
        return self._store.history(chain, limit=limit, before=before)

    async def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`."""
        await asyncio.sleep(0)
        return self._store.due(kind, until, limit=limit)

    async def clock(self) -> datetime | None:
        """Return None: it has no clock but this machine's."""
        return self._store.clock()

    async def close(self) -> None:
        """See :meth:`okmate_auth.storage.MemoryStore.close`."""
        self._store.close()
