"""A plain store in small steps, for others to get one step wrong.

It keeps the contract as far as the kit can see, which is why what a lie breaks is broken by the lie. It is durable
against the death of a process only (``synchronous=OFF``), so it is fast, and UNSAFE for anything but this.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple
from weakref import WeakSet

from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome
from okmate_auth.records import Record, Row, decode
from okmate_auth.storage.change import check_change, encoded_puts, microseconds, rows_before

__all__ = ["Lent", "UnsafePlainStore", "before_fork"]

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, version TEXT, body TEXT, due INTEGER, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS rows (
    chain TEXT, number INTEGER, key_id TEXT, body BLOB, mac BLOB, PRIMARY KEY (chain, number)
);
CREATE TABLE IF NOT EXISTS changes (id TEXT PRIMARY KEY);
"""

DISTANCE_SECONDS: Final = 0.001  # to a database in another room: how long a lie takes to be written after it was read
HISTORY: Final = (
    "SELECT chain, number, key_id, body, mac FROM rows WHERE chain = ? AND (? IS NULL OR number < ?)"
    " ORDER BY number DESC LIMIT ?"
)
DUE: Final = "SELECT body FROM records WHERE kind = ? AND due <= ? ORDER BY due, id LIMIT ?"


class Lent(NamedTuple):
    """A connection, and the lock that whoever uses it holds."""

    connection: sqlite3.Connection
    lock: threading.Lock


class UnsafePlainStore:
    """A store on an SQLite file: one connection for each thread.

    Args:
        path: The file; it is created.
    """

    schema = SCHEMA
    history_text = HISTORY

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._all: list[Lent] = []
        database = self._connect()
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(self.schema)
        database.close()
        _OPEN.add(self)

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        with self.reading() as database:
            found = {key: self.read(database, key) for key in keys}
        return {key: loaded for key, loaded in found.items() if loaded is not None}

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        self.check(change)
        with self.writing() as database:
            return self.settle(database, change)

    def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        with self.reading() as database:
            found = database.execute(self.history_text, (chain, before, before, limit)).fetchall()
        return [Row(*each) for each in found]

    def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`."""
        with self.reading() as database:
            found = database.execute(DUE, (kind, microseconds(until), limit)).fetchall()
        return [decode(kind, body) for (body,) in found]

    def clock(self) -> datetime | None:
        """See :meth:`okmate_auth.ports.Store.clock`."""
        return None

    def close(self) -> None:
        """See :meth:`okmate_auth.ports.Store.close`."""
        self.disconnect()

    # ---------------------------------------------------------------------------------------- the steps of a commit

    def check(self, change: ChangeSet) -> None:
        """Refuse what is malformed."""
        check_change(change)

    def settle(self, database: sqlite3.Connection, change: ChangeSet) -> Outcome:
        """Do everything or nothing, with nobody else writing."""
        if self.is_known(database, change):
            return "done"
        if not (self.holds(database, change) and self.fits(database, change)):
            return "conflict"
        self.write(database, change)
        self.append(database, change)
        self.remember(database, change)
        return "done"

    def is_known(self, database: sqlite3.Connection, change: ChangeSet) -> bool:
        """Say whether this change set was done before (guarantee 6)."""
        return database.execute("SELECT 1 FROM changes WHERE id = ?", (change.id,)).fetchone() is not None

    def holds(self, database: sqlite3.Connection, change: ChangeSet) -> bool:
        """Say whether every guard holds (guarantees 2 and 5)."""
        return all(self.version(database, key) == version for key, version in change.guards.items())

    def fits(self, database: sqlite3.Connection, change: ChangeSet) -> bool:
        """Say whether the rows follow those that are there (guarantee 7)."""
        text = "SELECT count(*) FROM rows WHERE chain = ?"
        return all(
            database.execute(text, (chain,)).fetchone()[0] == count
            for chain, count in rows_before(change.appends).items()
        )

    def write(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Put and delete."""
        for put in encoded_puts(change):
            database.execute(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)",
                (put.kind, put.id, change.id, put.body, put.due_at),
            )
        for key in change.deletes:
            database.execute("DELETE FROM records WHERE kind = ? AND id = ?", key)

    def append(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Append the rows."""
        for row in change.appends:
            values = (row.chain, row.number, row.key_id, row.body, row.mac)
            database.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", values)

    def remember(self, database: sqlite3.Connection, change: ChangeSet) -> None:
        """Keep the id."""
        database.execute("INSERT INTO changes VALUES (?)", (change.id,))

    # ---------------------------------------------------------------------------------------- below the steps

    def version(self, database: sqlite3.Connection, key: AnyKey) -> str | None:
        """Return a record's version, None where it is absent."""
        found = database.execute("SELECT version FROM records WHERE kind = ? AND id = ?", key).fetchone()
        return None if found is None else str(found[0])

    def read(self, database: sqlite3.Connection, key: AnyKey) -> Loaded | None:
        """Return a record, None where it is absent."""
        found = database.execute("SELECT body, version FROM records WHERE kind = ? AND id = ?", key).fetchone()
        return None if found is None else Loaded(decode(key.kind, found[0]), found[1])

    def database(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        return self.lend().connection

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """All that is read inside is as of one instant (guarantee 8)."""
        with self._transaction("BEGIN") as database:
            yield database

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Nobody else writes meanwhile, and all that is written inside is there at the end or nothing (guarantee 1)."""
        with self._transaction("BEGIN IMMEDIATE") as database:
            yield database

    @contextmanager
    def _transaction(self, begin: str) -> Generator[sqlite3.Connection]:
        lent = self.lend()
        with lent.lock:
            lent.connection.execute(begin)
            try:
                yield lent.connection
            except BaseException:
                lent.connection.execute("ROLLBACK")
                raise
            lent.connection.execute("COMMIT")

    def disconnect(self) -> None:
        """Close all connections; whoever goes on opens new ones."""
        lent, self._all = self._all, []
        self._local = threading.local()
        for each in lent:
            with each.lock:
                each.connection.close()

    def lend(self) -> Lent:
        """Return this thread's connection with its lock."""
        if not hasattr(self._local, "lent"):
            self._local.lent = Lent(self._connect(), threading.Lock())
            self._all.append(self._local.lent)
        lent: Lent = self._local.lent
        return lent

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        database.execute("PRAGMA synchronous=OFF")
        return database


# SQLite notes in memory which locks it holds; a forked process inherits the notes without the locks.
_OPEN: Final[WeakSet[UnsafePlainStore]] = WeakSet()


def before_fork() -> None:
    """Close all connections of this process."""
    for store in list(_OPEN):
        store.disconnect()


os.register_at_fork(before=before_fork)
