"""The file of a SQLite store: whose it is, who may read it, and that what it promises is in force."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from okmate_auth.errors import ConfigurationError, OkmateAuthError, StoreUnavailableError
from okmate_auth.storage import SQLiteStore
from okmate_auth.storage import sqlite_file as module
from okmate_auth.storage.sqlite_text import APPLICATION_ID, IDENTITY, SCHEMA_VERSION
from tests.changes import creation, note
from tests.children import BARE, run, started
from tests.unchecked import unchecked

CANARY = "canary-7f3a"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a store may be made."""
    return tmp_path / "bank.db"


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def beside(path: Path, end: str) -> Path:
    """Return a file that SQLite keeps beside the database."""
    return path.with_name(path.name + end)


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    """Return what sets the process's umask; it is put back afterwards."""
    old = os.umask(0o022)
    os.umask(old)
    yield os.umask
    os.umask(old)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o277, 0o777])
def test_a_new_file_is_its_owners_alone(path: Path, mask: int, umask: Callable[[int], int]) -> None:
    """Database, log and index are mode 0600, whether the umask would have allowed more or less."""
    umask(mask)
    with SQLiteStore(path) as store:
        store.commit(creation(note("n")))
        assert {mode(path), mode(beside(path, "-wal")), mode(beside(path, "-shm"))} == {0o600}


def test_a_file_that_exists_keeps_its_permissions(path: Path) -> None:
    """An operator who made the file for a group has decided so."""
    path.touch()
    path.chmod(0o660)
    with SQLiteStore(path) as store:
        store.commit(creation(note("n")))
        assert {mode(path), mode(beside(path, "-wal"))} == {0o660}


def test_constructing_a_store_touches_nothing(path: Path) -> None:
    """The file is made on first use, which may be in another process."""
    store = SQLiteStore(path)
    assert not path.exists()
    store.open()
    assert path.exists()
    store.close()


def test_a_relative_path_is_meant_from_where_the_store_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that changes its directory later still uses the same file."""
    monkeypatch.chdir(tmp_path)
    store = SQLiteStore("bank.db")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with store:
        assert (tmp_path / "bank.db").exists()


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "q?mode=memory", "#.db", "\u53e3\u5ea7.db", ":memory:.db"])
def test_a_name_is_a_name(tmp_path: Path, name: str) -> None:
    """No character of a path is taken for a part of a URI."""
    with SQLiteStore(tmp_path / name):
        assert mode(tmp_path / name) == 0o600


def test_a_path_may_be_bytes_or_a_link(tmp_path: Path) -> None:
    """A link is followed when the store is made, so that the log lies beside the file itself."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "real" / "bank.db")
    with SQLiteStore(unchecked(os.fsencode(tmp_path / "link.db"))) as store:  # declared: os.PathLike or text
        store.commit(creation(note("n")))
        assert beside(tmp_path / "real" / "bank.db", "-wal").exists()


@pytest.mark.parametrize("path", ["", ":memory:", "a\0b", None, 1, 1.5, [], b""])
def test_what_is_no_file_is_refused_at_once(path: object) -> None:
    """A database in memory is neither durable nor shared between threads."""
    with pytest.raises(ConfigurationError, match="path"):
        SQLiteStore(unchecked(path))


@pytest.mark.parametrize("timeout", [-0.001, 60.001, float("nan"), float("inf"), "5", None])
def test_a_timeout_out_of_bounds_is_refused_at_once(path: Path, timeout: object) -> None:
    """Waiting for ever would stop the service without a word."""
    with pytest.raises(ConfigurationError, match="timeout"):
        SQLiteStore(path, timeout=unchecked(timeout))


@pytest.mark.parametrize("timeout", [0, 0.001, 60, 60.0])
def test_a_timeout_within_bounds_is_taken(path: Path, timeout: float) -> None:
    """Zero means not to wait at all."""
    with SQLiteStore(path, timeout=timeout) as store:
        assert store.commit(creation(note("n"))) == "done"


def test_a_hook_must_be_callable(path: Path) -> None:
    """A mistake shows when the store is made, not at its first statement."""
    with pytest.raises(ConfigurationError, match="on_statement"):
        SQLiteStore(path, on_statement=unchecked("print"))


def test_an_old_sqlite_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 3.24 SQLite knew no upsert."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 23, 1))
    with pytest.raises(ConfigurationError, match=r"3\.24"):
        SQLiteStore(path)


def pragma(store: SQLiteStore, name: str) -> object:
    """Return the value of a pragma on a connection that the store lends."""
    connection = store._connections.take()
    [(value,)] = connection.execute(f"pragma {name}").fetchall()
    store._connections.give(connection)
    return value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("fullfsync", 1),
        ("busy_timeout", 0),
        ("wal_autocheckpoint", 0),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("application_id", APPLICATION_ID),
        ("user_version", SCHEMA_VERSION),
    ],
)
def test_what_the_promises_rest_on_is_in_force(path: Path, name: str, value: object) -> None:
    """Each connection is set up, the first one of a new file and the next one alike."""
    for _ in range(2):
        with SQLiteStore(path) as store:
            assert pragma(store, name) == value


class Cursor:
    """Answers a pragma with what a test wants."""

    def __init__(self, *rows: tuple[object, ...]) -> None:
        self._rows = rows

    def fetchall(self) -> list[tuple[object, ...]]:
        """Return the rows."""
        return list(self._rows)


def answering(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Callable[[], Cursor]]) -> None:
    """Let SQLite answer some of the statements of an opening otherwise."""

    class Lying(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> Any:  # noqa: ANN401  # as sqlite3 has it
            return answers[sql]() if sql in answers else super().execute(sql, parameters)

    monkeypatch.setattr(sqlite3, "Connection", Lying)


def test_a_file_system_without_shared_memory_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite says by its answer that the mode could not be changed; going on would be a store without the log."""
    answering(monkeypatch, {"pragma journal_mode = wal": lambda: Cursor(("delete",))})
    with pytest.raises(StoreUnavailableError, match="write-ahead log is not in force"):
        SQLiteStore(path).open()


def test_a_build_that_does_not_sync_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pragma is read back: a build that ignores it would lose commits at a power failure."""
    answering(monkeypatch, {"pragma synchronous": lambda: Cursor((1,))})
    with pytest.raises(StoreUnavailableError, match="synchronous=FULL is not in force"):
        SQLiteStore(path).open()


def busy() -> sqlite3.OperationalError:
    """Return SQLite's error for a lock that others hold."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    error.sqlite_errorname = "SQLITE_BUSY"
    return error


@pytest.mark.parametrize(("times", "opens"), [(1, True), (4, True), (5, False)])
def test_openings_at_the_same_time_wait_for_each_other(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
    *,
    opens: bool,
) -> None:
    """SQLite answers BUSY at once while another connection switches to the log; it is asked again for the timeout."""
    left = [times]

    def answer() -> Cursor:
        if left[0]:
            left[0] -= 1
            raise busy()
        return Cursor(("wal",))

    answering(monkeypatch, {"pragma journal_mode = wal": answer})
    store = SQLiteStore(path, timeout=0.05)
    if opens:
        store.open()
        store.close()
    else:
        with pytest.raises(StoreUnavailableError, match="SQLITE_BUSY"):
            store.open()


def test_another_error_is_not_asked_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a lock is worth waiting for."""
    asked: list[int] = []

    def answer() -> Cursor:
        asked.append(1)
        raise sqlite3.OperationalError(CANARY)

    answering(monkeypatch, {"pragma journal_mode = wal": answer})
    with pytest.raises(StoreUnavailableError):
        SQLiteStore(path).open()
    assert asked == [1]


def foreign(path: Path, *statements: str) -> bytes:
    """Make a database of another application and return its bytes."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["create table users (name)"], "another application"),
        (["pragma application_id = 42"], "another application"),
        (["pragma user_version = 1"], "another application"),
        ([f"pragma application_id = {APPLICATION_ID}"], "another application"),
        (
            [f"pragma application_id = {APPLICATION_ID}", f"pragma user_version = {SCHEMA_VERSION + 1}"],
            "newer schema .* upgrade",
        ),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_was(path: Path, statements: list[str], message: str) -> None:
    """Not a byte of it is changed, not even its journal mode."""
    before = foreign(path, *statements)
    with pytest.raises(StoreUnavailableError, match=message):
        SQLiteStore(path).open()
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(path: Path) -> None:
    """The message advises to check the path and shows nothing of the file."""
    path.write_bytes(CANARY.encode() * 100)
    with pytest.raises(StoreUnavailableError, match=r"no SQLite database: check the path .SQLITE_NOTADB") as caught:
        SQLiteStore(path).open()
    assert path.read_bytes() == CANARY.encode() * 100
    assert CANARY not in repr(caught.value)


def test_a_directory_that_does_not_exist_is_named_as_the_reason(path: Path) -> None:
    """The advice comes with the system's name of the error."""
    with pytest.raises(StoreUnavailableError, match=r"directory exists .* .ENOENT"):
        SQLiteStore(path / "bank.db").open()


def test_a_directory_is_no_file(path: Path) -> None:
    """SQLite can't open it, and says so."""
    path.mkdir()
    with pytest.raises(StoreUnavailableError, match="SQLITE_CANTOPEN"):
        SQLiteStore(path).open()


def test_a_store_that_could_not_be_opened_can_be_later(path: Path) -> None:
    """Nothing of a failed opening stays behind; the next call tries again."""
    path.write_bytes(b"no database" * 100)
    store = SQLiteStore(path)
    with pytest.raises(StoreUnavailableError):
        store.open()
    path.unlink()
    with store:
        assert store.commit(creation(note("n"))) == "done"


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (sqlite3.SQLITE_BUSY, "write lock"),
        (sqlite3.SQLITE_LOCKED, "write lock"),
        (sqlite3.SQLITE_FULL, "full"),
        (sqlite3.SQLITE_READONLY, "permissions"),
        (sqlite3.SQLITE_IOERR, "disk reported an error"),
        (sqlite3.SQLITE_IOERR_FSYNC, "disk reported an error"),
        (sqlite3.SQLITE_CORRUPT, "restore a backup"),
        (sqlite3.SQLITE_NOTADB, "check the path"),
        (sqlite3.SQLITE_CANTOPEN, "check the path"),
        (sqlite3.SQLITE_PERM, "permissions"),
        (sqlite3.SQLITE_NOMEM, "memory"),
        (sqlite3.SQLITE_MISUSE, "refused to work"),
        (None, "refused to work"),
    ],
)
def test_an_error_of_sqlite_comes_with_advice(code: int | None, advice: str) -> None:
    """The message says what to do and SQLite's name for it, and quotes nothing of the driver's own message."""
    error = sqlite3.OperationalError(CANARY)
    if code is not None:
        error.sqlite_errorcode, error.sqlite_errorname = code, "SQLITE_SOMETHING"
    answer = module.unavailable(error)
    assert advice in str(answer)
    assert ("SQLITE_SOMETHING" if code is not None else "OperationalError") in str(answer)
    assert CANARY not in repr(answer)


def test_a_file_that_went_away_has_no_identity(path: Path) -> None:
    """There is nothing to compare."""
    assert module.identity(path.as_posix()) is None
    path.touch()
    assert module.identity(path.as_posix()) == (path.stat().st_dev, path.stat().st_ino)


def test_a_file_that_another_process_made_meanwhile_is_taken_as_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at an empty file and the lock on it somebody else may have made the schema."""
    looks = iter([Cursor((0, 0, 0))])

    class Slow(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> Any:  # noqa: ANN401  # as sqlite3 has it
            empty = next(looks, None) if sql == IDENTITY else None
            return super().execute(sql, parameters) if empty is None else empty

    with SQLiteStore(path):
        monkeypatch.setattr(sqlite3, "Connection", Slow)
    with SQLiteStore(path) as store:
        assert store.commit(creation(note("n"))) == "done"


OPEN = """
import sys, time
from okmate_auth.storage import SQLiteStore
print("ready", flush=True)
start = float(sys.stdin.readline())
for number in range(10):
    while time.time() < start + number / 50:
        pass
    SQLiteStore(f"{sys.argv[1]}{number}").open()
print("opened")
"""


def test_processes_may_make_the_same_file_at_the_same_moment(path: Path) -> None:
    """One of them creates it, the others find it empty or whole, never half made."""
    children = [started(OPEN, str(path), env=BARE) for _ in range(3)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    start = time.time() + 0.05  # noqa: TID251  # for all children the same
    assert [child.communicate(f"{start}\n")[0] for child in children] == ["opened\n"] * 3
    with SQLiteStore(f"{path}0") as store:
        assert store.commit(creation(note("n"))) == "done"


READ_ONLY = """
import os, pathlib, sys, tempfile
from okmate_auth.errors import StoreUnavailableError
from okmate_auth.storage import SQLiteStore
from tests.changes import creation, note
with tempfile.TemporaryDirectory() as name:
    path = pathlib.Path(name, "bank.db")
    with SQLiteStore(path) as store:
        store.commit(creation(note("n")))
    path.chmod(0o444)
    path.parent.chmod(0o555)
    if not os.getuid():
        os.seteuid(65534)
    try:
        SQLiteStore(path).open()
    except StoreUnavailableError as error:
        print(error)
    if not os.getuid():
        os.seteuid(0)
    path.parent.chmod(0o755)
"""


def test_a_file_that_may_not_be_written_is_refused_with_advice() -> None:
    """A service that runs as the wrong user is told to check permissions."""
    assert "permissions" in run(READ_ONLY, env=BARE)


def test_every_failure_to_open_is_the_stores_own(path: Path) -> None:
    """Whoever catches this package's errors catches all of them."""
    path.mkdir()
    with pytest.raises(OkmateAuthError) as caught:
        SQLiteStore(path).load(creation(note("n")).guards)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
