"""A store that lets the audience see what was committed; it changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import attrs

from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome, Store
from okmate_auth.records import CODEC, LoginRecord, OperationRecord, Record, Row

__all__ = ["Committed", "WatchedStore"]


@attrs.frozen
class Committed:
    """One commit, as far as it may be shown: names of things, nothing that was entered.

    Attributes:
        put: Kinds of the records it wrote.
        deleted: Kinds of the records it deleted.
        appended: For each history row its history, number and what it says.
    """

    put: tuple[str, ...]
    deleted: tuple[str, ...]
    appended: tuple[str, ...]


class WatchedStore:
    """Satisfies :class:`~okmate_auth.ports.Store` by another store, and notes each commit that was done.

    Args:
        store: What keeps the data.
    """

    def __init__(self, store: Store) -> None:
        self._store: Final = store
        self._lock = threading.Lock()
        self._committed: list[Committed] = []

    def taken(self) -> tuple[Committed, ...]:
        """Return what was committed since this was asked last, in the order in which the answers came."""
        with self._lock:
            committed, self._committed = tuple(self._committed), []
        return committed

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        return self._store.load(keys)

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        outcome = self._store.commit(change)
        if outcome == "done":
            with self._lock:
                self._committed.append(_shown(change))
        return outcome

    def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        return self._store.history(chain, limit=limit, before=before)

    def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`."""
        return self._store.due(kind, until, limit=limit)

    def clock(self) -> datetime | None:
        """Return None: the story's clock is not the store's."""
        return None

    def close(self) -> None:
        """See :meth:`okmate_auth.ports.Store.close`."""
        self._store.close()


def _shown(change: ChangeSet) -> Committed:
    return Committed(
        put=tuple(sorted(record.kind for record in change.puts)),
        deleted=tuple(sorted(key.kind for key in change.deletes)),
        appended=tuple(_row(row) for row in change.appends),
    )


def _row(row: Row) -> str:
    history = row.chain.partition(":")[0]
    if history == "operation":
        return f"operations {row.number}: {CODEC.loads(OperationRecord, row.body).operation}"
    record = CODEC.loads(LoginRecord, row.body)
    said = f"{record.result} {record.step}".rstrip()
    return f"logins {row.number}: {said}"
