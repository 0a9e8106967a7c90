"""A process's connections to one SQLite file, and what becomes of them when the process forks.

Rule 1. A connection is lent to one thread at a time and given back; as many exist as were ever needed at once. Nothing
        is bound to a thread, so threads may come and go.
Rule 2. A connection on which anything was raised is closed, never lent again; closing rolls back what was open.
Rule 3. No connection lives across a fork. SQLite keeps the process's file locks in memory, and a child inherits the
        memory but not the locks: when the parent then closes its connections it finds nobody else, deletes the
        write-ahead log, and the child goes on committing into a deleted file. So a fork waits until every lent
        connection is back, and closes all of them first; both processes open new ones when they need them.
Rule 4. The file that was opened first is the only one: what is put in its place later is refused.
Rule 5. Where Rule 3 was impossible (a fork in the middle of a store call of the same thread, or by a program that runs
        no hooks), the child refuses the file instead of losing commits.

Source: https://www.sqlite.org/howtocorrupt.html, section 2.6.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Final

from okmate_auth.errors import StoreUnavailableError
from okmate_auth.storage.sqlite_file import identity

__all__ = ["Connections"]

MAX_IDLE: Final = 32  # kept open for the next caller; each costs two file descriptors and up to 2 MiB of cached pages

_FORK_PATIENCE_SECONDS: Final = 10.0  # more than a commit waits for its locks by default
_POLL_SECONDS: Final = 0.001


class Connections:
    """Lends connections to one file.

    Args:
        path: The file, by its real path.
        connect: Opens one more connection; called by one thread at a time in the whole process.

    Attributes:
        writing: Held by the one thread of this process that writes, so that the others queue here and not in SQLite,
            which would let them sleep.
    """

    def __init__(self, path: str, connect: Callable[[], sqlite3.Connection]) -> None:
        self._path = path
        self._connect = connect
        self._identity: tuple[int, int] | None = None
        self._closed = False
        self._renew()
        _Fork.live.add(self)

    def take(self) -> sqlite3.Connection:
        """Lend a connection, a new one where none is idle.

        Raises:
            StoreUnavailableError: The store was closed, the file can't be opened, Rule 4 or Rule 5.
        """
        if self._pid != os.getpid():
            self.forked()
        connection: sqlite3.Connection | None
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = None
        return self._open() if connection is None else connection

    def give(self, connection: sqlite3.Connection) -> None:
        """Take back a connection that is at rest."""
        if len(self._idle) >= MAX_IDLE:
            self.drop(connection)
            return
        self._idle.append(connection)
        if self._closed:  # while it was lent
            self._drain()

    def drop(self, connection: sqlite3.Connection) -> None:
        """Close a connection that must not be used again."""
        with contextlib.suppress(sqlite3.Error):
            connection.close()
        self._all.discard(connection)  # not before it is closed: a fork waits until none is left

    def check_file(self) -> None:
        """Refuse to go on when the file is no longer the one that was opened first.

        A file that was deleted is still written to by whoever has it open, and is gone with the process; one that was
        put in its place may be older.

        Raises:
            StoreUnavailableError: It was moved, deleted or replaced.
        """
        if identity(self._path) != self._identity:
            message = "the file was moved, deleted or replaced while the service ran: restart the service"
            raise StoreUnavailableError(message)

    def close(self) -> None:
        """Lend no more; close what is idle now, and the rest when it is given back."""
        with _Fork.opening:
            self._closed = True
        self._drain()

    def gather(self, polls: int) -> int:
        """Close all connections before a fork, waiting for those that are lent; return how many polls are left."""
        self._drain()
        while self._all and polls:
            polls -= 1
            time.sleep(_POLL_SECONDS)
            self._drain()
        return polls

    def forked(self, *, clean: bool = True) -> None:
        """Start anew in a child process; ``clean`` says that no connection was being opened when it was forked."""
        if self._all or not clean:
            _Fork.torn.append((self._path, self._all))  # kept for ever: closing them would harm the parent
        self._renew()

    def _renew(self) -> None:
        self._pid = os.getpid()
        self._idle: deque[sqlite3.Connection] = deque()
        self._all: set[sqlite3.Connection] = set()
        self.writing = threading.Lock()

    def _open(self) -> sqlite3.Connection:
        with _Fork.opening:
            if self._closed:
                message = "the store was closed"
                raise StoreUnavailableError(message)
            if any(path == self._path for path, _ in _Fork.torn):
                message = "this process was forked while the file was in use: fork before the first use of the store"
                raise StoreUnavailableError(message)
            if self._identity is not None:
                self.check_file()
            connection = self._connect()
            self._identity = identity(self._path)
            self._all.add(connection)
            return connection

    def _drain(self) -> None:
        with contextlib.suppress(IndexError):
            while True:
                self.drop(self._idle.pop())


class _Fork:
    """What the process does before and after a fork, for all its stores."""

    live: Final[weakref.WeakSet[Connections]] = weakref.WeakSet()
    torn: Final[
        list[tuple[str, set[sqlite3.Connection]]]
    ] = []  # files that this process must not open any more: Rule 5
    opening = threading.Lock()  # held by whoever opens a connection, and through a fork
    clean = True  # whether the fork holds the lock

    @classmethod
    def before(cls) -> None:
        cls.clean = cls.opening.acquire(timeout=_FORK_PATIENCE_SECONDS)
        polls = int(_FORK_PATIENCE_SECONDS / _POLL_SECONDS)
        for connections in list(cls.live):
            polls = connections.gather(polls)

    @classmethod
    def in_parent(cls) -> None:
        if cls.clean:
            cls.opening.release()

    @classmethod
    def in_child(cls) -> None:
        cls.opening = threading.Lock()
        for connections in list(cls.live):
            connections.forked(clean=cls.clean)


os.register_at_fork(before=_Fork.before, after_in_parent=_Fork.in_parent, after_in_child=_Fork.in_child)
