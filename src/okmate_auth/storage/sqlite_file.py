"""Opening the file of a SQLite store: whose it is, who may read it, and that it is as durable as the contract says.

Rule 1. A file of another application, or of a newer schema, is refused before anything in it is changed.
Rule 2. What durability rests on is not only set but read back (guarantee 3): write-ahead log, ``synchronous=FULL``.
Rule 3. A file that is created here is readable by its owner alone, whatever the umask is; SQLite gives the files beside
        it (``-wal``, ``-shm``) the same permissions. A file that exists keeps its own.
Rule 4. No message and no cause quotes the driver: its messages may hold stored text. They hold SQLite's error name.

Sources: https://www.sqlite.org/pragma.html, https://www.sqlite.org/wal.html, https://www.sqlite.org/rescode.html
"""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, cast

from okmate_auth.errors import ConfigurationError, StoreUnavailableError
from okmate_auth.storage.sqlite_text import APPLICATION_ID, IDENTITY, SCHEMA, SCHEMA_VERSION

__all__ = ["OnStatement", "connect", "identity", "patiently", "primary_code", "real_path", "unavailable"]

OnStatement = Callable[[str], None]
Run = Callable[[str], sqlite3.Cursor]

_ADVICE: Final = {
    sqlite3.SQLITE_BUSY: "others held the write lock for longer than the timeout: look for a long transaction",
    sqlite3.SQLITE_LOCKED: "others held the write lock for longer than the timeout: look for a long transaction",
    sqlite3.SQLITE_FULL: "no room: the disk or its quota is full",
    sqlite3.SQLITE_READONLY: "the file can't be written: check its permissions, its directory's, and the mount's",
    sqlite3.SQLITE_CANTOPEN: "the file can't be opened: check the path, permissions and the limit of open files",
    sqlite3.SQLITE_PERM: "the file can't be opened: check its permissions",
    sqlite3.SQLITE_IOERR: "the disk reported an error: check the device before the service goes on",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: restore a backup, then verify the histories",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database: check the path",
    sqlite3.SQLITE_NOMEM: "out of memory",
}
_PRIMARY: Final = 0xFF  # extended result codes carry the primary one in their low byte

_RETRY_SECONDS: Final = 0.01
_LOOK_SECONDS: Final = 0.0005
_STATEMENTS: Final = 256  # prepared statements kept for each connection: texts differ by their number of keys


def real_path(path: object) -> str:
    """Return the absolute path of a file, the same when the process changes its directory.

    Raises:
        ConfigurationError: It names no file; an in-memory database is not durable and not shared.
    """
    try:
        text = os.fsdecode(cast("str", path))
    except TypeError:
        text = ""
    if text in {"", ":memory:"} or "\0" in text:
        message = "path: the name of a file, as text, bytes or os.PathLike"
        raise ConfigurationError(message)
    return os.path.realpath(text)


def connect(
    path: str, *, timeout: float, on_statement: OnStatement | None, synchronous: Literal["full", "normal"]
) -> sqlite3.Connection:
    """Open, and where needed create, the file of a store.

    Args:
        path: Absolute path.
        timeout: For how many seconds other connections' locks are waited for while it is opened.
        on_statement: Is told the text of each statement from then on, not those of opening.
        synchronous: ``normal`` breaks guarantee 3 and exists for measurements only.

    Raises:
        StoreUnavailableError: The file can't be opened, is not ours, or is not as durable as it must be.
    """
    _create(path)
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(
            f"{Path(path).as_uri()}?mode=rw",  # never creates: _create did, with the right permissions
            uri=True,
            timeout=timeout,
            isolation_level=None,  # transactions begin and end where this package says so, nowhere else
            check_same_thread=False,  # lent to one thread at a time
            cached_statements=_STATEMENTS,
            factory=sqlite3.Connection if on_statement is None else _telling(on_statement),
        )
        run = partial(sqlite3.Connection.execute, connection)  # not told to on_statement: no part of any call
        _prepare(run, timeout, synchronous)
    except sqlite3.Error as error:
        failure = unavailable(error)
    except StoreUnavailableError as error:
        failure = error
    else:
        return connection
    if connection is not None:
        connection.close()
    raise failure


def patiently(connection: sqlite3.Connection, text: str, arguments: Sequence[object], timeout: float) -> sqlite3.Cursor:
    """Run a statement that may find a lock of another process, looking often enough that no process waits for long.

    SQLite's own waiting ends up looking every 100 ms. Between two busy processes the write lock is free for a fraction
    of a millisecond at a time, so that some commits waited for seconds, and failed, while the other process never did
    (measured, two processes of eight threads: 0.4 to 2.0 s at worst; like this 0.03 to 0.15 s).

    Args:
        connection: Whose own timeout is nothing, as :func:`connect` leaves it.
        text: The statement; ``on_statement`` is told of it once, however long it waits.
        arguments: Its values.
        timeout: For how many seconds it is tried.

    Raises:
        sqlite3.Error: As the last try gave it.
    """
    try:
        return connection.execute(text, arguments)
    except sqlite3.OperationalError as error:
        if primary_code(error) != sqlite3.SQLITE_BUSY or not timeout:
            raise
    end = time.monotonic() + timeout
    while True:
        time.sleep(_LOOK_SECONDS)
        try:
            return sqlite3.Connection.execute(connection, text, arguments)
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise


def identity(path: str) -> tuple[int, int] | None:
    """Return what tells a file from another one put in its place (device and inode), None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116  # once for each commit, where a Path would cost as much as the call
    except OSError:
        return None
    return status.st_dev, status.st_ino


def unavailable(error: sqlite3.Error) -> StoreUnavailableError:
    """Say what SQLite's error means and what to do about it; nothing of the driver's own message is kept."""
    name: str = getattr(error, "sqlite_errorname", type(error).__name__)
    advice = _ADVICE.get(primary_code(error), "SQLite refused to work")
    return StoreUnavailableError(f"{advice} ({name})")


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code, 0 where the error is the driver's own."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & _PRIMARY


def _create(path: str) -> None:
    """Create the file if there is none.

    Callers hold the lock on opening: closing a file descriptor gives up all locks that this process holds on the file
    (POSIX fcntl), so it must not happen beside another thread's first connection.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "OSError")
        message = f"the file can't be created: check that its directory exists and can be written ({name})"
        raise StoreUnavailableError(message) from None
    try:
        os.fchmod(descriptor, 0o600)  # the umask may have taken bits away from the owner
    finally:
        os.close(descriptor)


def _prepare(run: Run, timeout: float, synchronous: Literal["full", "normal"]) -> None:
    fresh = _is_fresh(run)
    _set_write_ahead_log(run, timeout)
    for pragma in (
        f"synchronous = {synchronous}",
        "fullfsync = on",  # macOS: fsync alone does not reach the medium; elsewhere it changes nothing
        "wal_autocheckpoint = 0",  # see SQLiteStore: checkpoints are made under the writer's lock
        "trusted_schema = off",  # a schema that somebody else wrote runs no functions of ours
        "cell_size_check = on",  # damage is found where it is read, not where it is copied to
    ):
        run(f"pragma {pragma}")
    wanted = {"full": 2, "normal": 1}[synchronous]
    if run("pragma synchronous").fetchall() != [(wanted,)]:
        message = "synchronous=FULL is not in force, so a commit would not survive a power failure"
        raise StoreUnavailableError(message)
    if fresh:
        _create_schema(run)
    run("pragma busy_timeout = 0")  # from now on see patiently()


def _telling(on_statement: OnStatement) -> type[sqlite3.Connection]:
    class Telling(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401  # as sqlite3 has it
            on_statement(sql)
            return super().execute(sql, parameters)

        def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:  # noqa: ANN401  # as sqlite3 has it
            on_statement(sql)
            return super().executemany(sql, parameters)

    return Telling


def _is_fresh(run: Run) -> bool:
    """Return whether the file is still empty.

    Raises:
        StoreUnavailableError: It belongs to another application, or to a newer version of this one.
    """
    [(application, version, objects)] = run(IDENTITY).fetchall()
    if application == APPLICATION_ID and version == SCHEMA_VERSION:
        return False
    if application == APPLICATION_ID and version > SCHEMA_VERSION:
        message = "the file has a newer schema than this library knows: upgrade okmate_auth on this host first"
        raise StoreUnavailableError(message)
    if application or version or objects:
        message = "the file is a database of another application: check the path"
        raise StoreUnavailableError(message)
    return True


def _set_write_ahead_log(run: Run, timeout: float) -> None:
    """Switch to the write-ahead log; while others open the same new file, SQLite answers BUSY without waiting."""
    tries = max(1, int(timeout / _RETRY_SECONDS))
    while True:
        tries -= 1
        try:
            mode = run("pragma journal_mode = wal").fetchall()
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or not tries:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            break
    if mode != [("wal",)]:
        message = "the write-ahead log is not in force: the file system must be local and support shared memory"
        raise StoreUnavailableError(message)


def _create_schema(run: Run) -> None:
    run("begin immediate")
    if _is_fresh(run):  # another process may have been first
        for statement in SCHEMA:
            run(statement)
    run("commit")
