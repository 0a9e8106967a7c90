"""Connections of one process to one file: lent, given back, closed before a fork."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from okmate_auth.errors import StoreUnavailableError
from okmate_auth.storage import SQLiteStore, connections
from okmate_auth.storage.connections import MAX_IDLE, Connections, _Fork
from tests.changes import creation, note
from tests.children import BARE, run


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the hooks of a fork see the stores of this test only, and wait for a moment only."""
    monkeypatch.setattr(_Fork, "live", weakref.WeakSet())
    monkeypatch.setattr(_Fork, "torn", [])
    monkeypatch.setattr(connections, "_FORK_PATIENCE_SECONDS", 0.05)


@pytest.fixture
def pool(alone: None, tmp_path: Path) -> Iterator[Connections]:  # noqa: ARG001  # set up before the pool is made
    """Return a pool on a plain file."""
    path = (tmp_path / "file.db").as_posix()
    pool = Connections(path, lambda: sqlite3.connect(path, isolation_level=None, check_same_thread=False))
    yield pool
    pool.close()


def works(connection: sqlite3.Connection) -> bool:
    """Say whether a connection is open."""
    try:
        return connection.execute("select 1").fetchall() == [(1,)]
    except sqlite3.ProgrammingError:
        return False


def test_nothing_is_opened_before_it_is_needed(pool: Connections) -> None:
    """A store that is only constructed has no connection."""
    assert not pool._all


def test_a_connection_is_lent_again(pool: Connections) -> None:
    """The one that was given back last is lent next: what it read is still in its cache."""
    first, second = pool.take(), pool.take()
    assert first is not second
    pool.give(first)
    pool.give(second)
    assert pool.take() is second
    assert pool.take() is first
    pool.give(first)
    pool.give(second)


def test_as_many_are_open_as_were_needed_at_once(tmp_path: Path) -> None:
    """Threads come and go; their connections do not add up."""
    with SQLiteStore(tmp_path / "bank.db") as store:
        for _ in range(20):
            thread = threading.Thread(target=store.load, args=(creation(note("n")).guards,))
            thread.start()
            thread.join()
        assert len(store._connections._all) == 1


@pytest.mark.parametrize(
    ("lent", "kept"), [(MAX_IDLE - 1, MAX_IDLE - 1), (MAX_IDLE, MAX_IDLE), (MAX_IDLE + 1, MAX_IDLE)]
)
def test_so_many_stay_open_while_idle(pool: Connections, lent: int, kept: int) -> None:
    """After a rush the rest is closed when it is given back."""
    taken = [pool.take() for _ in range(lent)]
    for each in taken:
        pool.give(each)
    assert len(pool._all) == len(pool._idle) == kept
    assert [works(each) for each in taken].count(True) == kept


def test_a_dropped_connection_is_closed_and_forgotten(pool: Connections) -> None:
    """It is never lent again."""
    connection = pool.take()
    pool.drop(connection)
    assert not works(connection)
    assert not pool._all


def test_closing_closes_what_is_idle_now_and_the_rest_when_it_comes_back(pool: Connections) -> None:
    """Whoever is at work finishes; whoever comes later is refused."""
    idle, lent = pool.take(), pool.take()
    pool.give(idle)
    pool.close()
    assert not works(idle)
    assert works(lent)
    with pytest.raises(StoreUnavailableError, match="closed"):
        pool.take()
    pool.give(lent)
    assert not works(lent)
    assert not pool._all
    pool.close()


def test_a_file_that_was_replaced_is_refused(pool: Connections, tmp_path: Path) -> None:
    """Neither the new file is opened nor a deleted one made again: commits would go where nobody looks."""
    connection = pool.take()
    pool.check_file()
    (tmp_path / "file.db").rename(tmp_path / "moved.db")
    with pytest.raises(StoreUnavailableError, match="restart"):
        pool.check_file()
    with pytest.raises(StoreUnavailableError, match="restart"):
        pool.take()
    assert not (tmp_path / "file.db").exists()
    (tmp_path / "file.db").touch()
    with pytest.raises(StoreUnavailableError, match="restart"):
        pool.take()
    pool.drop(connection)


def test_before_a_fork_everything_is_closed(pool: Connections) -> None:
    """The child inherits no connection; the parent opens new ones."""
    connection = pool.take()
    pool.give(connection)
    _Fork.before()
    try:
        assert not works(connection)
        assert not pool._all
        assert _Fork.opening.locked()
    finally:
        _Fork.in_parent()
    another = pool.take()
    assert works(another)
    pool.give(another)


def test_a_fork_waits_for_who_is_at_work(pool: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is given back within the patience is closed before the fork goes on."""
    monkeypatch.setattr(connections, "_FORK_PATIENCE_SECONDS", 5.0)
    connection = pool.take()
    timer = threading.Timer(0.03, pool.give, (connection,))
    timer.start()
    _Fork.before()
    _Fork.in_parent()
    timer.join()
    assert not works(connection)
    assert not pool._all


def test_a_child_forked_in_the_middle_of_a_call_refuses_the_file(pool: Connections) -> None:
    """It inherited memory that speaks of locks it does not hold; a new store on the same file is refused as well."""
    connection = pool.take()
    _Fork.before()
    _Fork.in_parent()  # in this test, parent and child are the same process
    _Fork.in_child()
    for each in (pool, Connections(pool._path, pool._connect)):
        with pytest.raises(StoreUnavailableError, match="fork before the first use"):
            each.take()
    assert works(connection)  # never closed in the child: it would delete the parent's log
    connection.close()


def test_a_fork_beside_a_thread_that_opens_is_no_clean_one(pool: Connections) -> None:
    """The lock was not to be had in time, so nobody knows what the child inherits; it refuses the file."""
    with _Fork.opening:
        _Fork.before()
        _Fork.in_parent()
        assert _Fork.opening.locked()
    _Fork.in_child()
    with pytest.raises(StoreUnavailableError, match="fork before the first use"):
        pool.take()
    _Fork.clean = True


def test_a_clean_child_starts_anew(pool: Connections) -> None:
    """It has locks of its own, whoever held the parent's."""
    writing = pool.writing
    writing.acquire()
    _Fork.before()
    _Fork.in_parent()
    _Fork.in_child()
    assert pool.writing is not writing
    assert pool.writing.acquire(blocking=False)
    connection = pool.take()
    assert works(connection)
    pool.give(connection)


def test_a_fork_without_hooks_is_seen_at_the_next_call(pool: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that forks without telling Python is found out by its process id."""
    connection = pool.take()
    pool.give(connection)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(StoreUnavailableError, match="fork before the first use"):
        pool.take()
    connection.close()


FORKS = """
import os, sys
from okmate_auth.storage import SQLiteStore
from tests.changes import creation, note

store = SQLiteStore(sys.argv[1])
assert store.commit(creation(note("parent"))) == "done"
heard, tell = os.pipe()
waits, go = os.pipe()
child = os.fork()
if not child:
    assert store.commit(creation(note("child, while the parent has the file open"))) == "done"
    os.write(tell, b"x")
    os.read(waits, 1)
    assert store.commit(creation(note("child, after the parent closed it"))) == "done"
    os._exit(0)
os.read(heard, 1)
store.load(creation(note("parent")).guards)
store.close()
os.write(go, b"x")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_child_loses_nothing_when_its_parent_closes_the_file(tmp_path: Path) -> None:
    """All three commits are in the file, for a store that is used before a fork, in both processes, and after."""
    path = tmp_path / "bank.db"
    run(FORKS, str(path), env=BARE)
    names = ["parent", "child, while the parent has the file open", "child, after the parent closed it"]
    with SQLiteStore(path) as store:
        assert len(store.load([note(name).key for name in names])) == 3
