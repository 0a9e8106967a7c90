"""Each protocol worn by a store of the other, so that one body of checks serves both.

An asynchronous store is driven from an event loop of its own, in a thread of its own; a synchronous one is called from
threads.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar, cast

from okmate_auth.ports import AnyKey, AsyncStore, ChangeSet, Loaded, Outcome, Store
from okmate_auth.records import Record, Row

__all__ = ["AsyncFace", "SyncFace", "face"]

T = TypeVar("T")
P = ParamSpec("P")

THREADS: Final = 16


class SyncFace:
    """An asynchronous store as a synchronous one.

    Args:
        store: The store; all its calls are made in one event loop.

    Attributes:
        store: The same, for whoever runs something of it in its loop.
    """

    def __init__(self, store: AsyncStore) -> None:
        self.store = store
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="okmate-kit-loop", daemon=True)
        self._thread.start()

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin a coroutine in the store's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the store's loop and return what it returns."""
        return self.begin(work).result()

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        return self.run(self.store.load(keys))

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        return self.run(self.store.commit(change))

    def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        return self.run(self.store.history(chain, limit=limit, before=before))

    def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`."""
        return self.run(self.store.due(kind, until, limit=limit))

    def clock(self) -> datetime | None:
        """See :meth:`okmate_auth.ports.Store.clock`."""
        return self.run(self.store.clock())

    def close(self) -> None:
        """Close the store, then end the loop and its thread; calling it twice is no error."""
        if not self._loop.is_closed():
            try:
                self.run(self.store.close())
            finally:
                self.leave()

    def leave(self) -> None:
        """End the loop and its thread, and leave the store open."""
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class AsyncFace:
    """A synchronous store as an asynchronous one: every call runs in a thread, to its end, whatever its caller does.

    Args:
        store: The store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pools: dict[int, ThreadPoolExecutor] = {}  # by process: no thread survives a fork

    async def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        return await self.apart(self._store.load, keys)

    async def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        return await self.apart(self._store.commit, change)

    async def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        return await self.apart(partial(self._store.history, limit=limit, before=before), chain)

    async def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`."""
        return await self.apart(partial(self._store.due, limit=limit), kind, until)

    async def clock(self) -> datetime | None:
        """See :meth:`okmate_auth.ports.Store.clock`."""
        return await self.apart(self._store.clock)

    async def close(self) -> None:
        """Wait for calls that are under way, then close the store."""
        pool = self._pools.pop(os.getpid(), None)
        if pool is not None:
            await asyncio.to_thread(pool.shutdown)
        self._store.close()

    async def apart(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Run a call in one of the threads."""
        pool = self._pools.get(os.getpid())
        if pool is None:
            pool = self._pools[os.getpid()] = ThreadPoolExecutor(THREADS, thread_name_prefix="okmate-kit-face")
        return await asyncio.get_running_loop().run_in_executor(pool, partial(call, *arguments, **named))


def face(opened: Store | AsyncStore) -> Store:
    """Return a store's synchronous face: itself, or an asynchronous store with an event loop of its own."""
    if inspect.iscoroutinefunction(opened.commit):
        return SyncFace(cast("AsyncStore", opened))
    return cast("Store", opened)
