"""The SQLite store: what is particular to it; the contract itself is tested with the kit."""

from __future__ import annotations

import itertools
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from okmate_auth.errors import (
    CommitUnknownError,
    CorruptRecordError,
    InfrastructureError,
    StoreContractError,
    StoreUnavailableError,
)
from okmate_auth.records import Note, Session
from okmate_auth.storage import SQLiteStore, sqlite_text
from tests.changes import AT, altered, change, creation, new_id, note, notice, row, session
from tests.children import BARE, run, started

CANARY = "canary-7f3a"
KEY = Note.at("n", "test")
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the store's file is made."""
    return tmp_path / "bank.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    """Return a store on a new file."""
    with SQLiteStore(path) as store:
        yield store


@pytest.fixture
def other(path: Path, store: SQLiteStore) -> Iterator[sqlite3.Connection]:  # noqa: ARG001  # it made the file
    """Return another program's connection to the file."""
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


def lent(store: SQLiteStore) -> sqlite3.Connection:
    """Return the connection that the next call will use."""
    connection = store._connections.take()
    store._connections.give(connection)
    return connection


def version(store: SQLiteStore) -> str:
    """Return the version of the one record that most facts are about."""
    return store.load((KEY,))[KEY].version


# --- what is kept, and for how long


def test_everything_is_there_when_the_file_is_opened_again(path: Path) -> None:
    """Records, versions, histories and ids of change sets outlive the store object."""
    made = creation(note("n", x="\u3042"), session("h"), appends=(row("c", 1, b"\x00\xff"), row("c", 2)))
    with SQLiteStore(path) as store:
        assert store.commit(made) == "done"
    with SQLiteStore(path) as store:
        assert store.load(made.guards) == {
            KEY: (note("n", x="\u3042"), made.id),
            Session.at("h"): (session("h"), made.id),
        }
        assert store.history("c", limit=9) == (row("c", 2), row("c", 1, b"\x00\xff"))
        assert store.due("session", AT, limit=9) == (session("h"),)
        assert store.commit(made) == "done"
        assert store.history("c", limit=9)[0].number == 2
        assert store.clock() is None


def kept(store: SQLiteStore) -> int:
    """Return how many ids of change sets are kept."""
    [(count,)] = lent(store).execute("select count(*) from commits").fetchall()
    return int(count)


@pytest.mark.parametrize(
    ("later", "outcome"),
    [
        (TEN_MINUTES - timedelta(microseconds=1), "done"),
        (TEN_MINUTES, "done"),
        (TEN_MINUTES + timedelta(microseconds=1), "conflict"),
    ],
)
def test_ids_are_kept_for_ten_minutes(store: SQLiteStore, later: timedelta, outcome: str) -> None:
    """Within them a change set sent again is answered done; after them its own guards refuse it."""
    made = [creation(note(f"n{number}")) for number in range(4)]
    for each in made:
        store.commit(each)
    store.commit(change(at=AT + later))
    assert [store.commit(each) for each in made] == [outcome] * 4


def test_ids_are_forgotten_four_at_a_time(store: SQLiteStore) -> None:
    """The first commit after a busy hour pays for four of its ids, not for all; each forgets more than it adds."""
    for number in range(50):
        store.commit(change(at=AT + timedelta(microseconds=number)))
    late = AT + TEN_MINUTES + timedelta(hours=1)
    counts = [kept(store)]
    for number in range(20):
        store.commit(change(at=late + timedelta(seconds=number)))
        counts.append(kept(store))
    assert counts[:4] == [50, 47, 44, 41]
    assert counts[12:] == [14, 15, 16, 17, 18, 19, 20, 21, 22]  # two of the old ones remain until there are four
    assert min(after - before for before, after in itertools.pairwise(counts)) == -3


# --- statements


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[SQLiteStore, list[str]]]:
    """Return a store and the statements it makes."""
    statements: list[str] = []
    with SQLiteStore(tmp_path / "told.db", on_statement=statements.append) as store:
        assert statements == []  # those of opening are no part of any call
        yield store, statements


@pytest.mark.parametrize("keys", [1, 2, 3, 64])
def test_a_load_is_one_statement(told: tuple[SQLiteStore, list[str]], keys: int) -> None:
    """However many keys, whether their records exist or not."""
    store, statements = told
    store.load([Note.at(f"n{number}", "test") for number in range(keys)])
    assert statements == [sqlite_text.load_text(keys)]


def test_no_keys_are_no_statement(told: tuple[SQLiteStore, list[str]]) -> None:
    """There is nothing to ask."""
    store, statements = told
    assert store.load(()) == {}
    assert statements == []


def shapes(statements: list[str]) -> list[str]:
    """Return the first word of each statement."""
    return [statement.split()[0] for statement in statements]


COMMITS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["begin", "select", "insert", "delete", "commit"]),
    ({"puts": (note("n"),)}, ["begin", "select", "insert", "delete", "insert", "commit"]),
    ({"deletes": (KEY,)}, ["begin", "select", "insert", "delete", "delete", "commit"]),
    (
        {"puts": (note("n"),), "appends": (row("c", 1),)},
        ["begin", "select", "insert", "delete", "insert", "insert", "commit"],
    ),
    (
        {"puts": (note("n"),), "appends": (row("c", 1), row("c", 2), row("d", 1))},
        ["begin", "select", "insert", "delete", "insert", "insert", "commit"],
    ),
]


@pytest.mark.parametrize(("fields", "expected"), COMMITS)
def test_a_commit_has_as_many_statements_as_its_shape_says(
    told: tuple[SQLiteStore, list[str]], fields: dict[str, Any], expected: list[str]
) -> None:
    """All guards are checked in one; puts, deletes and appends are one each, if there are any."""
    store, statements = told
    store.commit(creation(note("n"), note("o")))
    guards = dict.fromkeys((KEY, Note.at("o", "test")), version(store))
    statements.clear()
    assert store.commit(change(guards, **fields)) == "done"
    assert shapes(statements) == expected


def test_statements_do_not_tell_what_exists(told: tuple[SQLiteStore, list[str]]) -> None:
    """Loads and commits of the same shape have the same texts, whether records are created or replaced."""
    store, statements = told
    traces: list[list[str]] = []
    guard: str | None = None
    for number in range(2):
        statements.clear()
        store.load((KEY, Note.at(CANARY, "test")))
        made = change({KEY: guard}, puts=(note("n", x=CANARY),), appends=(row("c", number + 1, CANARY.encode()),))
        store.commit(made)
        guard = made.id
        traces.append(list(statements))
    assert traces[0] == traces[1]
    assert CANARY not in repr(traces)


def test_a_refusal_writes_nothing(told: tuple[SQLiteStore, list[str]]) -> None:
    """A conflict and a repeated change set end after the check."""
    store, statements = told
    made = creation(note("n"))
    store.commit(made)
    statements.clear()
    assert store.commit(made) == "done"
    assert store.commit(creation(note("n"))) == "conflict"
    assert shapes(statements) == ["begin", "select", "rollback"] * 2


PLANNED = [
    (sqlite_text.load_text(1), 2),
    (sqlite_text.load_text(64), 128),
    (sqlite_text.guard_text(0, 0), 2),
    (sqlite_text.guard_text(256, 3), 2 + 256 * 3 + 3 * 2),
    (sqlite_text.PUT, 5),
    (sqlite_text.DELETE, 2),
    (sqlite_text.APPEND, 5),
    (sqlite_text.REMEMBER, 2),
    (sqlite_text.FORGET, 1),
    (sqlite_text.HISTORY, 3),
    (sqlite_text.DUE, 3),
]


@pytest.mark.parametrize(("statement", "values"), PLANNED)
def test_no_statement_scans_or_sorts(store: SQLiteStore, statement: str, values: int) -> None:
    """Each finds its rows by a key or an index, in the order that is asked for."""
    plan = [detail for *_, detail in lent(store).execute(f"explain query plan {statement}", ["1"] * values).fetchall()]
    bad = [each for each in plan if (each.startswith("SCAN") and "CONSTANT" not in each) or "TEMP B-TREE" in each]
    assert bad == []


def test_every_statement_is_planned_above() -> None:
    """A new statement can't be forgotten in the table."""
    texts = {getattr(sqlite_text, name) for name in sqlite_text.__all__}
    others = {sqlite_text.BEGIN, sqlite_text.COMMIT, sqlite_text.ROLLBACK, sqlite_text.IDENTITY}
    assert {text for text in texts if isinstance(text, str)} - others <= {text for text, _ in PLANNED}


# --- what may go wrong


def test_a_lock_that_others_hold_too_long_is_unavailable(path: Path, other: sqlite3.Connection) -> None:
    """Nothing happened, and the next commit succeeds when the lock is free; loads never wait."""
    store = SQLiteStore(path, timeout=0.02)
    other.execute("begin immediate")
    with pytest.raises(StoreUnavailableError, match="SQLITE_BUSY"):
        store.commit(creation(note("n")))
    assert store.load((KEY,)) == {}
    other.execute("rollback")
    assert store.commit(creation(note("n"))) == "done"
    store.close()


def test_a_lock_within_the_process_is_waited_for_as_long(path: Path) -> None:
    """Threads of one process queue for their own lock, with the same timeout."""
    store = SQLiteStore(path, timeout=0.02)
    with store._connections.writing, pytest.raises(StoreUnavailableError, match="this process"):
        store.commit(creation(note("n")))
    assert store.commit(creation(note("n"))) == "done"
    store.close()


def test_a_full_disk_is_unavailable_and_nothing_happened(store: SQLiteStore) -> None:
    """The whole change set is rolled back; with room again the same one is done."""
    store.commit(creation(note("n")))
    old = version(store)
    made = change({KEY: old}, puts=(note("n", x="x" * 100_000),), appends=(row("c", 1, b"x" * 100_000),))
    [(pages,)] = lent(store).execute("pragma page_count").fetchall()
    lent(store).execute(f"pragma max_page_count = {pages}")
    with pytest.raises(StoreUnavailableError, match=r"full .SQLITE_FULL"):
        store.commit(made)
    assert version(store) == old
    assert store.history("c", limit=9) == ()
    assert store.commit(made) == "done"  # the connection with the quota is gone: it was not used again


def test_a_file_that_can_only_be_read_is_unavailable_for_commits(store: SQLiteStore) -> None:
    """Loads go on."""
    store.commit(creation(note("n")))
    lent(store).execute("pragma query_only = on")
    with pytest.raises(StoreUnavailableError, match=r"permissions, .* .SQLITE_READONLY"):
        store.commit(change({KEY: version(store)}, puts=(note("n", x=1),)))
    assert store.load((KEY,))[KEY].record == note("n")


def test_a_damaged_file_is_unavailable(path: Path) -> None:
    """The advice is to restore a backup; nothing of the file is shown."""
    with SQLiteStore(path) as store:
        store.commit(creation(*(note(f"n{number}", x=CANARY * 100) for number in range(50))))
    data = bytearray(path.read_bytes())
    data[4096:] = CANARY.encode() * (len(data) // len(CANARY))
    path.write_bytes(data[: len(data) // 4096 * 4096])
    with SQLiteStore(path) as store, pytest.raises(StoreUnavailableError, match="SQLITE_CORRUPT") as caught:
        store.load([Note.at(f"n{number}", "test") for number in range(50)])
    assert CANARY not in repr((caught.value, caught.value.__cause__, caught.value.__context__))


def test_a_file_that_is_replaced_stops_commits(store: SQLiteStore, path: Path) -> None:
    """A commit into a file that nobody can open any more would be lost with the process."""
    store.commit(creation(note("n")))
    path.rename(path.with_name("moved.db"))
    with pytest.raises(StoreUnavailableError, match="moved, deleted or replaced"):
        store.commit(creation(note("o")))
    with pytest.raises(StoreUnavailableError, match="moved, deleted or replaced"):
        store.load((KEY,))


def failing(monkeypatch: pytest.MonkeyPatch, statement: str, error: BaseException) -> None:
    """Let one statement fail, once, before it runs."""
    left = [True]

    class Failing(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401  # as sqlite3 has it
            if sql == statement and left[0]:
                left[0] = False
                raise error
            return super().execute(sql, parameters)

    monkeypatch.setattr(sqlite3, "Connection", Failing)


def failure(code: int, name: str) -> sqlite3.OperationalError:
    """Return an error of SQLite whose message quotes something."""
    error = sqlite3.OperationalError(CANARY)
    error.sqlite_errorcode, error.sqlite_errorname = code, name
    return error


@pytest.mark.parametrize(
    ("code", "name", "raised"),
    [
        (sqlite3.SQLITE_BUSY, "SQLITE_BUSY", StoreUnavailableError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT", StoreUnavailableError),
        (sqlite3.SQLITE_FULL, "SQLITE_FULL", StoreUnavailableError),
        (sqlite3.SQLITE_IOERR_FSYNC, "SQLITE_IOERR_FSYNC", CommitUnknownError),
        (sqlite3.SQLITE_IOERR_WRITE, "SQLITE_IOERR_WRITE", CommitUnknownError),
        (sqlite3.SQLITE_NOMEM, "SQLITE_NOMEM", CommitUnknownError),
        (sqlite3.SQLITE_CORRUPT, "SQLITE_CORRUPT", CommitUnknownError),
    ],
)
def test_an_error_at_commit_says_whether_anything_happened(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int, name: str, raised: type[InfrastructureError]
) -> None:
    """A lock and a full disk leave no complete commit in the log; anything else may, so the outcome is unknown."""
    with SQLiteStore(path):
        pass  # the making of a new file commits as well
    failing(monkeypatch, "commit", failure(code, name))
    with SQLiteStore(path) as store:
        made = creation(note("n"))
        with pytest.raises(InfrastructureError, match=name) as caught:
            store.commit(made)
        assert type(caught.value) is raised
        assert CANARY not in repr((caught.value, caught.value.__cause__, caught.value.__context__))
        assert store.commit(made) == "done"
        assert store.commit(made) == "done"
        assert version(store) == made.id


@pytest.mark.parametrize("statement", ["begin immediate", sqlite_text.REMEMBER, sqlite_text.FORGET])
def test_an_error_before_commit_is_certain(path: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    """What was written so far is rolled back with the connection, so nothing happened."""
    with SQLiteStore(path):
        failing(monkeypatch, statement, failure(sqlite3.SQLITE_IOERR, "SQLITE_IOERR"))
    with SQLiteStore(path) as store:
        with pytest.raises(StoreUnavailableError, match="disk reported an error"):
            store.commit(creation(note("n")))
        assert store.load((KEY,)) == {}
        assert store.commit(creation(note("n"))) == "done"


@pytest.mark.parametrize("statement", ["commit", "begin immediate", sqlite_text.load_text(1)])
def test_an_interrupt_leaves_nothing_open(path: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    """Ctrl-C in the middle of a call passes through; the connection is closed, the lock is free."""
    with SQLiteStore(path):
        failing(monkeypatch, statement, KeyboardInterrupt())
    with SQLiteStore(path) as store:
        with pytest.raises(KeyboardInterrupt):
            store.load((KEY,)) if statement.startswith("select") else store.commit(creation(note("n")))
        assert not store._connections._all
        assert store.commit(creation(note("n"))) == "done"


LIMITED = """
import resource, signal, sys
from okmate_auth.errors import CommitUnknownError
from okmate_auth.storage import SQLiteStore
from tests.changes import creation, note

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with SQLiteStore(sys.argv[1]) as store:
    store.commit(creation(note("n")))
    large = creation(note("large", x="x" * 1_000_000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, resource.RLIM_INFINITY))
    try:
        store.commit(large)
    except CommitUnknownError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(store.commit(large), len(store.load(large.guards)))
"""


def test_a_real_failure_of_the_disk_at_commit_is_settled_by_sending_again(path: Path) -> None:
    """A log that can't be written to the end leaves the outcome unknown; the same change set sent again is done."""
    assert run(LIMITED, str(path), env=BARE).splitlines() == [
        "the disk reported an error: check the device before the service goes on (SQLITE_IOERR_WRITE)",
        "done 1",
    ]


def test_a_malformed_change_set_is_refused_before_the_file_is_touched(path: Path) -> None:
    """The store is not even opened."""
    with pytest.raises(StoreContractError):
        SQLiteStore(path).commit(change({KEY: None}))
    with pytest.raises(StoreContractError, match="Session"):
        SQLiteStore(path).commit(creation(altered(session("h"), ends_at=AT.replace(tzinfo=None))))
    assert not path.exists()


def test_a_closed_store_refuses_everything(store: SQLiteStore) -> None:
    """After close, which may be called twice, each call says that nothing was done."""
    store.commit(creation(note("n")))
    store.close()
    store.close()
    calls: list[Callable[[], object]] = [
        store.open,
        lambda: store.load((KEY,)),
        lambda: store.commit(change()),
        lambda: store.history("c", limit=1),
        lambda: store.due("session", AT, limit=1),
    ]
    for call in calls:
        with pytest.raises(StoreUnavailableError, match="closed"):
            call()


# --- what somebody else wrote into the file


def test_stored_text_never_reaches_an_error(store: SQLiteStore, other: sqlite3.Connection) -> None:
    """The driver quotes text that is no UTF-8 in its message; neither the error nor its causes hold it."""
    store.commit(creation(note("n")))
    other.execute("update records set body = cast(? as text)", (CANARY.encode() + b"\xff",))
    with pytest.raises(StoreUnavailableError, match="OperationalError") as caught:
        store.load((KEY,))
    assert CANARY not in repr((caught.value, caught.value.__cause__, caught.value.__context__))


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"schema": 99}', '{"schema": 1, "subject": 5}', b"\x00", 7])
def test_a_record_that_does_not_fit_is_corrupt(store: SQLiteStore, other: sqlite3.Connection, body: object) -> None:
    """It is refused as such, not taken for absent."""
    store.commit(creation(note("n"), session("h")))
    other.execute("update records set body = ?", (body,))
    for key in (KEY, Session.at("h")):
        with pytest.raises(CorruptRecordError):
            store.load((key,))
    with pytest.raises(CorruptRecordError):
        store.due("session", AT, limit=1)


@pytest.mark.parametrize(("field", "value"), [("body", "text"), ("body", 1), ("mac", "text"), ("mac", 1.5)])
def test_a_row_of_other_types_is_corrupt(
    store: SQLiteStore, other: sqlite3.Connection, field: str, value: object
) -> None:
    """A verifier gets bytes or an error, nothing that only looks like a row."""
    store.commit(change(appends=(row("c", 1),)))
    other.execute(f"update history set {field} = ?", (value,))  # noqa: S608  # a name of the table above
    with pytest.raises(CorruptRecordError, match="types"):
        store.history("c", limit=1)


def test_a_session_kept_decoded_is_found_by_its_text(store: SQLiteStore, other: sqlite3.Connection) -> None:
    """What stands in the file is what is loaded, even if it was changed under the same version."""
    store.commit(creation(session("h")))
    first = store.load((Session.at("h"),))[Session.at("h")]
    assert store.load((Session.at("h"),))[Session.at("h")].record is first.record
    other.execute("update records set body = replace(body, 'yamada01', 'suzuki02')")
    second = store.load((Session.at("h"),))[Session.at("h")]
    assert (second.record, second.version) == (altered(session("h"), login_id="suzuki02"), first.version)


# --- checkpoints


@pytest.mark.parametrize(("end", "moved"), [("00", True), ("80", True), ("01", False), ("08", False), ("0f", False)])
def test_a_checkpoint_follows_every_128th_id(
    store: SQLiteStore,
    path: Path,
    end: str,
    *,
    moved: bool,
) -> None:
    """Two of the 256 ends of a random id move the log into the file; the other commits leave that file alone."""
    store.commit(creation(note("n"), id=new_id("11")))
    before = path.read_bytes()
    store.commit(creation(note("o"), id=new_id(end)))
    assert (path.read_bytes() != before) is moved
    assert not (moved and b"n:test" not in path.read_bytes())


def test_a_checkpoint_is_not_told(tmp_path: Path) -> None:
    """The statements of a commit are the same whatever its id."""
    statements: list[str] = []
    with SQLiteStore(tmp_path / "told.db", on_statement=statements.append) as store:
        traces = []
        for end in ("00", "11"):
            statements.clear()
            store.commit(change(id=new_id(end)))
            traces.append(list(statements))
    assert traces[0] == traces[1]


def test_a_checkpoint_that_fails_takes_nothing_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit is durable already; the connection waits no longer than before."""
    asked: list[str] = []

    class Failing(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401  # as sqlite3 has it
            asked.append(sql)
            if "checkpoint(" in sql:
                raise failure(sqlite3.SQLITE_IOERR, "SQLITE_IOERR")
            return super().execute(sql, parameters)

    monkeypatch.setattr(sqlite3, "Connection", Failing)
    with SQLiteStore(path) as store:
        assert store.commit(creation(note("n"), id=new_id("00"))) == "done"
        assert asked[-3:] == ["pragma busy_timeout = 100", "pragma wal_checkpoint(full)", "pragma busy_timeout = 0"]
        assert lent(store).execute("pragma busy_timeout").fetchall() == [(0,)]


def test_a_reader_elsewhere_does_not_stop_commits(store: SQLiteStore, other: sqlite3.Connection) -> None:
    """A backup that holds a read transaction delays a checkpoint for a moment, and no commit fails."""
    store.commit(creation(note("n")))
    other.execute("begin")
    other.execute("select count(*) from records").fetchall()
    for number in range(3):
        assert store.commit(creation(note(f"o{number}"), id=new_id("00"))) == "done"
    other.execute("rollback")


# --- several at once

COUNTS = """
import sys
from okmate_auth.storage import SQLiteStore
from tests.changes import change, note, row
from okmate_auth.records import Note
import secrets

key = Note.at("n", "test")
with SQLiteStore(sys.argv[1], timeout=30) as store:
    done = 0
    while done < 20:
        loaded = store.load((key,))[key]
        number = loaded.record.data["x"] + 1
        fields = {"id": secrets.token_hex(16), "puts": (note("n", x=number),), "appends": (row("c", number),)}
        done += store.commit(change({key: loaded.version}, **fields)) == "done"
"""


def test_two_processes_lose_no_update(path: Path) -> None:
    """Each adds to one number and one chain; the sum is exact, and so is the history."""
    with SQLiteStore(path) as store:
        store.commit(creation(note("n", x=0)))
    children = [started(COUNTS, str(path), env=BARE) for _ in range(2)]
    assert [(child.communicate()[0], child.returncode) for child in children] == [("", 0)] * 2
    with SQLiteStore(path) as store:
        assert store.load((KEY,))[KEY].record == note("n", x=40)
        assert [each.number for each in store.history("c", limit=99)] == list(range(40, 0, -1))


def test_of_eight_threads_that_create_a_record_one_does(store: SQLiteStore) -> None:
    """The others are answered conflict, none an error."""
    barrier, outcomes = threading.Barrier(8), list[str]()

    def create() -> None:
        barrier.wait()
        outcomes.append(store.commit(creation(note("n"))))

    threads = [threading.Thread(target=create) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["done"]


def test_a_load_sees_all_keys_as_of_one_instant(store: SQLiteStore) -> None:
    """Two records that are always written together are never seen apart."""
    keys, stop = (KEY, Note.at("o", "test")), threading.Event()
    store.commit(creation(note("n"), note("o")))
    torn: list[object] = []

    def look() -> None:
        while not stop.is_set():
            found = store.load(keys)
            if len({loaded.version for loaded in found.values()}) != 1:
                torn.append(found)

    thread = threading.Thread(target=look)
    thread.start()
    for number in range(200):
        guards: dict[Any, str | None] = dict.fromkeys(keys, version(store))
        assert store.commit(change(guards, puts=(note("n", x=number), note("o", x=number)))) == "done"
    stop.set()
    thread.join()
    assert torn == []


def test_what_is_due_comes_earliest_first(store: SQLiteStore) -> None:
    """Of the same instant by id; what is never due is not listed."""
    records = [notice(name, written_at=AT + timedelta(seconds=order)) for name, order in (("b", 1), ("c", 0), ("a", 0))]
    store.commit(creation(*records, note("n")))
    assert store.due("notice", AT + timedelta(seconds=1), limit=9) == (records[2], records[1], records[0])
    assert store.due("notice", AT, limit=1) == (records[2],)
    assert store.due("note", AT, limit=9) == ()
