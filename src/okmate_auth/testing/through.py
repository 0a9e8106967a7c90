"""A store around a store: the base of those that are slow, that fail where they are told to, that remember.

Rule 1. What is built on this changes time or outcome, never data; what it wraps is closed with it.
Rule 2. Each exists for both protocols, with the same name and ``Async`` before it; all it does stands in ``_around``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeVar

import attrs

from okmate_auth.ports import AnyKey, AsyncStore, ChangeSet, Loaded, Outcome, Store
from okmate_auth.records import Record, Row

__all__ = ["AsyncThrough", "Operation", "Through"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Operation:
    """The shape of one call, as whoever watches the line to the database could see it.

    Attributes:
        call: Which method; each call of a store is one round trip.
        keys: How many keys were loaded.
        guards: How many records a commit rests on.
        puts: How many it writes.
        deletes: How many it removes.
        appends: How many rows it appends.
    """

    call: Literal["load", "commit", "history", "due"]
    keys: int = 0
    guards: int = 0
    puts: int = 0
    deletes: int = 0
    appends: int = 0


def _of_commit(change: ChangeSet) -> Operation:
    return Operation(
        call="commit",
        guards=len(change.guards),
        puts=len(change.puts),
        deletes=len(change.deletes),
        appends=len(change.appends),
    )


class Through(ABC):
    """Hands every call to another store, through :meth:`_around`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @abstractmethod
    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> T: ...

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        return self._around(Operation(call="load", keys=len(keys)), keys, lambda: self._store.load(keys))

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        return self._around(_of_commit(change), change, lambda: self._store.commit(change))

    def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        operation = Operation(call="history")
        return self._around(operation, chain, lambda: self._store.history(chain, limit=limit, before=before))

    def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`."""
        return self._around(Operation(call="due"), kind, lambda: self._store.due(kind, until, limit=limit))

    def clock(self) -> datetime | None:
        """See :meth:`okmate_auth.ports.Store.clock`."""
        return self._store.clock()

    def close(self) -> None:
        """See :meth:`okmate_auth.ports.Store.close`."""
        self._store.close()


class AsyncThrough(ABC):
    """The same for the asynchronous protocol."""

    def __init__(self, store: AsyncStore) -> None:
        self._store = store

    @abstractmethod
    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T: ...

    async def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        return await self._around(Operation(call="load", keys=len(keys)), keys, lambda: self._store.load(keys))

    async def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        return await self._around(_of_commit(change), change, lambda: self._store.commit(change))

    async def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        operation = Operation(call="history")
        return await self._around(operation, chain, lambda: self._store.history(chain, limit=limit, before=before))

    async def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`."""
        return await self._around(Operation(call="due"), kind, lambda: self._store.due(kind, until, limit=limit))

    async def clock(self) -> datetime | None:
        """See :meth:`okmate_auth.ports.Store.clock`."""
        return await self._store.clock()

    async def close(self) -> None:
        """See :meth:`okmate_auth.ports.Store.close`."""
        await self._store.close()
