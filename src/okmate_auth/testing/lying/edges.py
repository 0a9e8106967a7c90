"""Lies at the edges: what a database does that nobody asked for, and what was forgotten beside the commit."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import attrs

from okmate_auth.errors import StoreUnavailableError
from okmate_auth.ports import AnyKey, ChangeSet, Loaded
from okmate_auth.storage.change import microseconds
from okmate_auth.testing.lying.bench import SCHEMA, Lent, UnsafePlainStore
from okmate_auth.testing.samples import now

__all__ = [
    "UnsafeCaseBlind",
    "UnsafeClosesOnce",
    "UnsafeDropsUnknown",
    "UnsafeFirstGuardsOnly",
    "UnsafeFirstKeysOnly",
    "UnsafeForgetsEarly",
    "UnsafeInheritsConnection",
    "UnsafeNaiveClock",
    "UnsafeTouchesGuards",
    "UnsafeWholeSeconds",
]

MOST_KEYS: Final = 32
MOST_GUARDS: Final = 64
EARLY: Final = timedelta(minutes=1)


class UnsafeDropsUnknown(UnsafePlainStore):
    """Keeps the fields that it knows, so that an older library wipes out what a newer one wrote."""

    def write(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Put what is known."""
        known = tuple(attrs.evolve(record, unknown={}) for record in change.puts)
        super().write(database, attrs.evolve(change, puts=known))


class UnsafeCaseBlind(UnsafePlainStore):
    """Compares keys without regard to case, as the default collation of some databases does."""

    schema = SCHEMA.replace("id TEXT, version", "id TEXT COLLATE NOCASE, version")


class UnsafeWholeSeconds(UnsafePlainStore):
    """Keeps instants to the second, as a plain DATETIME column does: what ends now has ended up to a second ago."""

    def write(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Put, and cut the instants."""
        super().write(database, change)
        database.execute("UPDATE records SET due = due / 1000000 * 1000000")


class UnsafeInheritsConnection(UnsafePlainStore):
    """Connects when it is made: what a process forks inherits the connection, and both talk on it at the same time.

    Here the second one is told at once; with a real socket each would read the other's answers.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._process = os.getpid()

    def lend(self) -> Lent:
        """Return a connection, to the process that made this store."""
        if os.getpid() != self._process:
            message = "the connection belongs to another process"
            raise StoreUnavailableError(message)
        return super().lend()


class UnsafeFirstKeysOnly(UnsafePlainStore):
    """Loads as many keys as its statement has room for, and says nothing of the others."""

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        return super().load(list(keys)[:MOST_KEYS])


class UnsafeFirstGuardsOnly(UnsafePlainStore):
    """Compares as many guards as its statement has room for, and believes the others."""

    def holds(self, database: sqlite3.Connection, change: ChangeSet) -> bool:
        """Say whether the first guards hold."""
        first = dict(list(change.guards.items())[:MOST_GUARDS])
        return super().holds(database, attrs.evolve(change, guards=first))


class UnsafeTouchesGuards(UnsafePlainStore):
    """Locks what it only reads by writing it, and gives it a new version: whoever reads the same record conflicts."""

    def write(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Put and delete, and touch the rest."""
        super().write(database, change)
        for key in change.guards:
            database.execute("UPDATE records SET version = ? WHERE kind = ? AND id = ?", (change.id, *key))


class UnsafeForgetsEarly(UnsafePlainStore):
    """Keeps ids for one minute; a client that asked a second time after two is told of a conflict."""

    schema = SCHEMA.replace("changes (id TEXT PRIMARY KEY)", "changes (id TEXT PRIMARY KEY, at INTEGER)")

    def remember(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Keep the id, and forget others."""
        database.execute("INSERT INTO changes VALUES (?, ?)", (change.id, microseconds(change.at)))
        database.execute("DELETE FROM changes WHERE at < ?", (microseconds(now() - EARLY),))


class UnsafeNaiveClock(UnsafePlainStore):
    """Tells the time of its own wall, without saying where that is."""

    def clock(self) -> datetime | None:
        """See :meth:`okmate_auth.ports.Store.clock`."""
        return now().replace(tzinfo=None)


class UnsafeClosesOnce(UnsafePlainStore):
    """Fails when it is closed a second time, which is when a service that is going down closes everything it knows."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._closed = False

    def close(self) -> None:
        """See :meth:`okmate_auth.ports.Store.close`."""
        if self._closed:
            message = "closed already"
            raise StoreUnavailableError(message)
        self._closed = True
        super().close()
