"""Lies about guards: what was read is not what the commit rests on.

Whoever can make two requests at once passes twice where only one may pass: more guesses than the limit, two sessions
where one is allowed, a code that is accepted twice.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Final

import attrs

from okmate_auth.ports import AnyKey, ChangeSet, Outcome
from okmate_auth.testing.lying.bench import DISTANCE_SECONDS, UnsafePlainStore

__all__ = [
    "UnsafeAlwaysTrue",
    "UnsafeBlindPuts",
    "UnsafeCountedVersions",
    "UnsafeGuardsAfterWrites",
    "UnsafeGuardsBeforeLock",
    "UnsafeGuardsOnlyWrites",
    "UnsafeLockOfOneProcess",
    "UnsafeSkewThroughAbsence",
]


def _written(change: ChangeSet) -> set[AnyKey]:
    return {*(record.key for record in change.puts), *change.deletes}


class UnsafeAlwaysTrue(UnsafePlainStore):
    """Compare-and-set without the comparison: the last one wins, and everybody is told so."""

    def holds(self, database: sqlite3.Connection, change: ChangeSet) -> bool:
        """Say that every guard holds."""
        del database, change
        return True


class UnsafeGuardsOnlyWrites(UnsafePlainStore):
    """Compares only what it writes, as ``UPDATE … WHERE version = ?`` does when it is all there is."""

    def holds(self, database: sqlite3.Connection, change: ChangeSet) -> bool:
        """Say whether the guards of what is written hold."""
        written = _written(change)
        return all(self.version(database, key) == version for key, version in change.guards.items() if key in written)


class _LooksBefore(UnsafePlainStore, ABC):
    """Looks at some guards before it has the lock; by the time it writes, they may have changed."""

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        self.check(change)
        early = set(self.early(change))
        looked_good = all(self.version(self.database(), key) == change.guards[key] for key in early)
        time.sleep(DISTANCE_SECONDS)
        late = {key: version for key, version in change.guards.items() if key not in early}
        with self.writing() as database:
            if not looked_good and not self.is_known(database, change):
                return "conflict"
            return self.settle(database, attrs.evolve(change, guards=late))

    @abstractmethod
    def early(self, change: ChangeSet) -> Iterable[AnyKey]:
        """Return which guards are looked at too early."""
        ...


class UnsafeGuardsBeforeLock(_LooksBefore):
    """Looks first and locks afterwards: everybody who looks in between has seen the same version."""

    def early(self, change: ChangeSet) -> Iterable[AnyKey]:
        """Return all of them."""
        return change.guards


class UnsafeGuardsAfterWrites(_LooksBefore):
    """Locks what it writes, and reads its other guards as they were when it began.

    So does READ COMMITTED or a snapshot where a commit writes its rows first and then looks at the others without
    locking them: two that each read what the other writes don't see each other.
    """

    def early(self, change: ChangeSet) -> Iterable[AnyKey]:
        """Return those of records that are not written."""
        return set(change.guards) - _written(change)


class UnsafeSkewThroughAbsence(_LooksBefore):
    """Locks every row that it rests on, but a row that is absent can't be locked: ``FOR UPDATE``, then upsert."""

    def early(self, change: ChangeSet) -> Iterable[AnyKey]:
        """Return those of absent records."""
        return [key for key, version in change.guards.items() if version is None]


class UnsafeLockOfOneProcess(_LooksBefore):
    """Guarded by a lock of its own process, and by nothing else: right until the second worker process starts."""

    lock: Final = threading.Lock()

    def early(self, change: ChangeSet) -> Iterable[AnyKey]:
        """Return all of them."""
        return change.guards

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        with self.lock:
            return super().commit(change)


class UnsafeCountedVersions(UnsafePlainStore):
    """Counts each record's versions from 1 on: one that is deleted and created anew has its old ones again."""

    def write(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Put and delete, and number the versions."""
        before = {key: self.version(database, key) for key in _written(change)}
        super().write(database, change)
        for record in change.puts:
            count = int(before[record.key] or "0") + 1
            database.execute("UPDATE records SET version = ? WHERE kind = ? AND id = ?", (str(count), *record.key))


class UnsafeBlindPuts(UnsafePlainStore):
    """Takes what it is given: a put without a guard overwrites, absence guarded without creating guards nothing."""

    def check(self, change: ChangeSet) -> None:
        """Refuse nothing."""
