"""Lies about what happened: what is answered is not what is there, or not what was there last.

Whoever has been told "done" acts on it: he lets somebody in, or believes that a code is used up and a lock is set.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import attrs

from okmate_auth.errors import StoreUnavailableError
from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome
from okmate_auth.testing.lying.bench import DISTANCE_SECONDS, HISTORY, UnsafePlainStore

__all__ = [
    "UnsafeAppliesTwice",
    "UnsafeForgetsChangeSets",
    "UnsafeHalfCommit",
    "UnsafeLostAppend",
    "UnsafeRaisesConflict",
    "UnsafeRemembersConflicts",
    "UnsafeReorderedHistory",
    "UnsafeRowsLater",
    "UnsafeStaleRead",
    "UnsafeSwallowedConflict",
    "UnsafeTornLoad",
]


class UnsafeSwallowedConflict(UnsafePlainStore):
    """Ignores the row count: what did not match was not written, and is answered ``done``."""

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        super().commit(change)
        return "done"


class UnsafeRaisesConflict(UnsafePlainStore):
    """Lets its driver's error out: a conflict looks like a store that is down, and a login fails for nothing."""

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        if super().commit(change) == "conflict":
            message = "could not serialize access"
            raise StoreUnavailableError(message)
        return "done"


class UnsafeRemembersConflicts(UnsafePlainStore):
    """Keeps a change set's id before it looks at the guards: what conflicted is answered ``done`` when sent again."""

    def settle(self, database: sqlite3.Connection, change: ChangeSet) -> Outcome:
        """Do everything or nothing, but keep the id."""
        outcome = super().settle(database, change)
        if outcome == "conflict":
            self.remember(database, change)
        return outcome


class UnsafeForgetsChangeSets(UnsafePlainStore):
    """Keeps no ids: a client that lost the answer is told of a conflict, with itself."""

    def is_known(self, database: sqlite3.Connection, change: ChangeSet) -> bool:
        """Say that nothing was done before."""
        del database, change
        return False

    def remember(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Keep nothing."""


class UnsafeAppliesTwice(UnsafePlainStore):
    """Does a change set that is sent again again, over whatever was committed since."""

    def settle(self, database: sqlite3.Connection, change: ChangeSet) -> Outcome:
        """Write once more what is known."""
        if self.is_known(database, change):
            self.write(database, change)
        return super().settle(database, change)


class UnsafeLostAppend(UnsafePlainStore):
    """Appends with ``INSERT OR IGNORE``: of two rows with one number the second is lost, and both are done."""

    def fits(self, database: sqlite3.Connection, change: ChangeSet) -> bool:
        """Say that every row fits."""
        del database, change
        return True

    def append(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Append the rows, or not."""
        for row in change.appends:
            values = (row.chain, row.number, row.key_id, row.body, row.mac)
            database.execute("INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?, ?)", values)


class UnsafeReorderedHistory(UnsafePlainStore):
    """Sorts numbers as text, so that 10 comes before 9; nobody notices on the day of the test."""

    history_text = HISTORY.replace("ORDER BY number", "ORDER BY CAST(number AS TEXT)")


class UnsafeHalfCommit(UnsafePlainStore):
    """Guards within a transaction and writes outside of it, each statement for itself."""

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Leave the transaction before anything is written."""
        yield self.database()

    def holds(self, database: sqlite3.Connection, change: ChangeSet) -> bool:
        """Say whether every guard holds, with nobody else writing meanwhile."""
        with super().writing():
            return super().holds(database, change)

    def write(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Put and delete, one after the other."""
        for record in change.puts:
            super().write(database, attrs.evolve(change, puts=(record,), deletes=()))
            time.sleep(DISTANCE_SECONDS / 10)
        super().write(database, attrs.evolve(change, puts=()))


class UnsafeRowsLater(UnsafePlainStore):
    """Writes the history in a transaction of its own, after that of the records."""

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        known = self.is_known(self.database(), change)
        time.sleep(DISTANCE_SECONDS / 10)
        outcome = super().commit(attrs.evolve(change, appends=()))
        if outcome == "conflict" or known:
            return outcome
        time.sleep(DISTANCE_SECONDS)
        with self.writing() as database:
            if not self.fits(database, change):
                return "conflict"
            self.append(database, change)
            return "done"


class UnsafeTornLoad(UnsafePlainStore):
    """Loads key by key, each as of an instant of its own."""

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Read without a transaction."""
        yield self.database()

    def read(self, database: sqlite3.Connection, key: AnyKey) -> Loaded | None:
        """Return a record, a little later than the one before."""
        time.sleep(DISTANCE_SECONDS / 10)
        return super().read(database, key)


class UnsafeStaleRead(UnsafePlainStore):
    """Has a cache that knows of its own commits and of nobody else's; so has a replica that lags."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._cache: dict[AnyKey, Loaded] = {}

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        self._cache.update(super().load([key for key in keys if key not in self._cache]))
        return {key: self._cache[key] for key in keys if key in self._cache}

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        outcome = super().commit(change)
        for key in change.guards:
            self._cache.pop(key, None)
        return outcome
