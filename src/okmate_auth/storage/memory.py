"""A store in this process's memory: for tests, and the model that every other store is compared with.

Rule 1. Simple enough to be obviously right: one lock, three dictionaries, and a commit that checks everything before
        it changes anything.
Rule 2. Records are kept encoded, as a real store keeps them; nobody shares a mutable value with it.
Rule 3. It is not durable, and nothing here pretends to be: guarantee 3 holds as long as the process does.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from okmate_auth.errors import StoreUnavailableError
from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome
from okmate_auth.records import Key, Record, Row, decode
from okmate_auth.storage.change import (
    KEPT_MICROSECONDS,
    Put,
    check_change,
    check_due,
    check_history,
    check_load,
    encoded_puts,
    microseconds,
    rows_before,
)

__all__ = ["MemoryStore"]


class _Kept(NamedTuple):
    version: str
    put: Put


class MemoryStore:
    """Satisfies :class:`okmate_auth.ports.Store`, for as long as the process lives.

    Usable from several threads of one process; a forked child has a copy of its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[AnyKey, _Kept] = {}
        self._rows: dict[str, list[Row]] = {}
        self._done: dict[str, int] = {}  # ids of the change sets of the last ten minutes, guarantee 6
        self._closed = False

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        wanted = check_load(keys)
        with self._lock:
            self._check_open()
            found = {key: self._records[key] for key in wanted if key in self._records}
        return {key: Loaded(decode(key.kind, kept.put.body), kept.version) for key, kept in found.items()}

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        check_change(change)
        puts, at = encoded_puts(change), microseconds(change.at)
        with self._lock:
            self._check_open()
            self._done = {id_: done_at for id_, done_at in self._done.items() if done_at >= at - KEPT_MICROSECONDS}
            if change.id in self._done:
                return "done"
            if any(self._version(key) != version for key, version in change.guards.items()):
                return "conflict"
            if any(len(self._rows.get(chain, ())) != count for chain, count in rows_before(change.appends).items()):
                return "conflict"
            for put in puts:
                self._records[Key(put.kind, put.id)] = _Kept(change.id, put)
            for key in change.deletes:
                del self._records[key]
            for row in change.appends:
                self._rows.setdefault(row.chain, []).append(row)
            self._done[change.id] = at
            return "done"

    def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        check_history(chain, limit, before)
        with self._lock:
            self._check_open()
            rows = tuple(self._rows.get(chain, ()))
        return tuple(row for row in reversed(rows) if before is None or row.number < before)[:limit]

    def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`; of the same instant by id."""
        check_due(kind, until, limit)
        last = microseconds(until)
        with self._lock:
            self._check_open()
            puts = [kept.put for kept in self._records.values() if kept.put.kind == kind]
        listed = sorted((put.due_at, put.id, put.body) for put in puts if put.due_at is not None and put.due_at <= last)
        return tuple(decode(kind, body) for _, _, body in listed[:limit])

    def clock(self) -> datetime | None:
        """Return None: it has no clock but this machine's."""
        return None

    def close(self) -> None:
        """Refuse everything from now on; what it kept is given up with the object."""
        self._closed = True

    def _version(self, key: AnyKey) -> str | None:
        kept = self._records.get(key)
        return None if kept is None else kept.version

    def _check_open(self) -> None:
        if self._closed:
            message = "the store was closed"
            raise StoreUnavailableError(message)
