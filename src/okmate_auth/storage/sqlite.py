"""The embedded store: one SQLite file, used by any number of threads and processes of one machine.

Rule 1. A load is one statement, and so one instant (guarantee 8).
Rule 2. A commit takes the write lock first (``BEGIN IMMEDIATE``), then checks every guard in one statement, then
        writes: what was checked can't change before it is written (guarantee 2), and a refusal has written nothing.
Rule 3. A commit is one fsync: of the write-ahead log, before ``commit`` returns (guarantee 3).
Rule 4. Only where it is certain that nothing was written does an error say so (guarantee 10): everything before COMMIT
        is rolled back; COMMIT itself tells the truth about a lock or a full disk. After any other error there a look
        at the file may find nothing, and a crash may yet bring the commit back from the log; so the outcome is unknown,
        and the same change set sent again settles it, by finding it or by writing over the remains.
Rule 5. The number and texts of statements follow from the number of keys, rows and guards, never from a value.

Checkpoints, which move the log into the database file, happen here after about every 128th commit (two or three more
fsyncs, after the commit is durable) and not by SQLite itself: its own run beside other writers, and up to version
3.51.2 that can lose committed pages. Ours hold the write lock.

Sources: https://www.sqlite.org/wal.html (also "The WAL-Reset Bug"), https://www.sqlite.org/lang_transaction.html
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from types import TracebackType
from typing import Any, ClassVar, Final, Literal, Self

from okmate_auth.errors import (
    CommitUnknownError,
    ConfigurationError,
    CorruptRecordError,
    InfrastructureError,
    StoreUnavailableError,
)
from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome
from okmate_auth.records import Record, Row, decode
from okmate_auth.storage.change import (
    KEPT_MICROSECONDS,
    LARGEST,
    Put,
    check_change,
    check_due,
    check_history,
    check_load,
    encoded_puts,
    microseconds,
    rows_before,
)
from okmate_auth.storage.connections import Connections
from okmate_auth.storage.sqlite_file import OnStatement, connect, patiently, primary_code, real_path, unavailable
from okmate_auth.storage.sqlite_text import (
    APPEND,
    BEGIN,
    COMMIT,
    DELETE,
    DUE,
    FORGET,
    HISTORY,
    PUT,
    REMEMBER,
    ROLLBACK,
    guard_text,
    load_text,
)

__all__ = ["OnStatement", "SQLiteStore"]

DEFAULT_TIMEOUT_SECONDS: Final = 5.0  # a commit takes about a millisecond: whoever waits this long waits for a fault
LONGEST_TIMEOUT_SECONDS: Final = 60.0
OLDEST_SQLITE: Final = (3, 24)  # upsert

_CHECKPOINT_AT: Final = ("00", "80")  # last digits of a change set's id: random, so every process bears its share
_CHECKPOINT_MILLISECONDS: Final = 100  # how long one waits for others; it never fails, it only moves less
_KNOWN_AT_COMMIT: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL)  # the log has no complete commit: Rule 4

_MEMO: Final = 1024  # sessions kept decoded


class SQLiteStore:
    """Satisfies :class:`okmate_auth.ports.Store` with a file.

    Nothing is opened before the first use, in each process anew: a store may be constructed, and used, before a fork.
    Used in a ``with`` statement it is opened at once and closed at the end.

    Args:
        path: Of the file; it is created (mode 0600) where there is none. A local file system: the write-ahead log needs
            shared memory.
        timeout: For how many seconds a commit waits for those of other threads, and then of other processes (0 to 60).
        on_statement: Is told the text of each statement of a load, commit or query before it runs, without values.

    Raises:
        ConfigurationError: ``path`` names no file (``:memory:`` is :class:`~okmate_auth.storage.MemoryStore`'s),
            ``timeout`` is out of bounds, or this Python's SQLite is older than 3.24.
    """

    synchronous: ClassVar[Literal["full", "normal"]] = "full"  # measurements override it; guarantee 3 forbids others to

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        on_statement: OnStatement | None = None,
    ) -> None:
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            message = "this Python's SQLite is older than 3.24"
            raise ConfigurationError(message)
        if not _is_timeout(timeout):
            message = f"timeout: a number of seconds, 0 to {LONGEST_TIMEOUT_SECONDS:.0f}"
            raise ConfigurationError(message)
        if on_statement is not None and not callable(on_statement):
            message = "on_statement: callable, or None"
            raise ConfigurationError(message)
        file = real_path(path)
        self._timeout = timeout
        opener = partial(connect, file, timeout=timeout, on_statement=on_statement, synchronous=self.synchronous)
        self._connections = Connections(file, opener)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Open the file now, so that a bad one is found when the service starts and not at its first login.

        Raises:
            StoreUnavailableError: It can't be opened, is not ours, or not as durable as it must be.
        """
        self._connections.give(self._connections.take())

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        wanted = check_load(keys)
        if not wanted:
            return {}
        rows: list[tuple[int, str, str]] = self._read(load_text(len(wanted)), [part for key in wanted for part in key])
        loaded: dict[AnyKey, Loaded] = {}
        for number, version, body in rows:
            key = wanted[number]
            loaded[key] = Loaded(_decode(key.kind, body), version)
        return loaded

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        check_change(change)
        puts = encoded_puts(change)
        connections = self._connections
        writing = connections.writing
        if not writing.acquire(timeout=self._timeout):
            message = "others in this process held the write lock for longer than the timeout"
            raise StoreUnavailableError(message)
        try:
            connection = connections.take()
            try:
                outcome = self._write(connection, change, puts)
                if change.id.endswith(_CHECKPOINT_AT):
                    self._checkpoint(connection)
            except BaseException:
                connections.drop(connection)
                raise
            connections.give(connection)
        finally:
            writing.release()
        return outcome

    def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        check_history(chain, limit, before)
        return tuple(
            _row(*row) for row in self._read(HISTORY, (chain, LARGEST if before is None else before - 1, limit))
        )

    def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`; of the same instant by id."""
        check_due(kind, until, limit)
        return tuple(_decode(kind, body) for (body,) in self._read(DUE, (kind, microseconds(until), limit)))

    def clock(self) -> datetime | None:
        """Return None: it has no clock but this machine's."""
        return None

    def close(self) -> None:
        """Close all connections of this process; those in use when their call ends."""
        self._connections.close()

    def _read(self, text: str, arguments: Sequence[Any]) -> list[Any]:
        connection = self._connections.take()
        try:
            rows = patiently(connection, text, arguments, self._timeout).fetchall()
        except BaseException as error:
            self._connections.drop(connection)
            if not isinstance(error, sqlite3.Error):
                raise
            failure = unavailable(error)
        else:
            self._connections.give(connection)
            return rows
        raise failure  # outside the handler: no context that quotes the driver

    def _write(self, connection: sqlite3.Connection, change: ChangeSet, puts: list[Put]) -> Outcome:
        failure: InfrastructureError
        try:
            refused = self._prepare(connection, change, puts)
        except sqlite3.Error as error:
            failure = unavailable(error)
        else:
            if refused is not None:
                return refused
            try:
                connection.execute(COMMIT)
            except sqlite3.Error as error:
                failure = unavailable(error)
                if primary_code(error) not in _KNOWN_AT_COMMIT:
                    failure = CommitUnknownError(str(failure))
            else:
                return "done"
        raise failure

    def _prepare(self, connection: sqlite3.Connection, change: ChangeSet, puts: list[Put]) -> Outcome | None:
        """Do everything but COMMIT; return the outcome if there is nothing to commit."""
        execute, executemany = connection.execute, connection.executemany
        at, chains = microseconds(change.at), rows_before(change.appends)
        arguments: list[Any] = [at, change.id]
        for (kind, id_), version in change.guards.items():
            arguments += (kind, id_, version)
        for chain, count in chains.items():
            arguments += (chain, count or None)
        patiently(connection, BEGIN, (), self._timeout)
        [(done, holds)] = execute(guard_text(len(change.guards), len(chains)), arguments).fetchall()
        if done or not holds:
            execute(ROLLBACK)
            return "done" if done else "conflict"
        execute(REMEMBER, (at, change.id))
        execute(FORGET, (at - KEPT_MICROSECONDS,))
        if puts:
            executemany(PUT, [(*put, change.id) for put in puts])
        if change.deletes:
            executemany(DELETE, change.deletes)
        if change.appends:
            executemany(APPEND, [(row.chain, row.number, row.key_id, row.body, row.mac) for row in change.appends])
        self._connections.check_file()
        return None

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        """Move the log into the file.

        FULL takes the write lock before it looks at the log, which a passive one does not. What goes wrong here has no
        part in a commit that is durable already; the next one will meet it.
        """
        execute = partial(sqlite3.Connection.execute, connection)  # housekeeping is not told to ``on_statement``
        with contextlib.suppress(sqlite3.Error):
            execute(f"pragma busy_timeout = {_CHECKPOINT_MILLISECONDS}")
            execute("pragma wal_checkpoint(full)").fetchall()
        with contextlib.suppress(sqlite3.Error):
            execute("pragma busy_timeout = 0")


def _row(chain: str, number: int, key_id: str, body: object, mac: object) -> Row:
    if not (isinstance(body, bytes) and isinstance(mac, bytes)):
        message = "a stored history row has the wrong types"
        raise CorruptRecordError(message)
    return Row(chain, number, key_id, body, mac)


def _decode(kind: str, body: str) -> Record:
    return _decode_session(body) if kind == "session" else decode(kind, body)


@lru_cache(maxsize=_MEMO)
def _decode_session(body: str) -> Record:
    """Decode a session's text, or find it decoded: sessions are read with every request and written rarely.

    Found by its whole text, so what was stored differently is never taken for it; it holds hashes, no secrets.
    """
    return decode("session", body)


def _is_timeout(value: object) -> bool:
    return isinstance(value, (int, float)) and 0 <= value <= LONGEST_TIMEOUT_SECONDS
