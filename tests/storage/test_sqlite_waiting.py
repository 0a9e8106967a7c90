"""Waiting for another process's write lock: looked for often, for as long as the timeout says, and told to nobody."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from okmate_auth.errors import StoreUnavailableError
from okmate_auth.storage import SQLiteStore
from okmate_auth.testing.samples import cell, creation, fresh

LONGEST_PAUSE_SECONDS = 0.002


@contextmanager
def another_writer(path: Path) -> Iterator[sqlite3.Connection]:
    """Hold the write lock, as another process does in the midst of a commit."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("begin immediate")
    try:
        yield connection
    finally:
        connection.close()


def test_the_lock_is_looked_for_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a commit waits, it looks again within two milliseconds; SQLite by itself comes to 100."""
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    path = tmp_path / "bank.db"
    with SQLiteStore(path, timeout=0.3) as store, another_writer(path):
        began = time.monotonic()
        with pytest.raises(StoreUnavailableError, match="write lock"):
            store.commit(creation(cell(fresh("cell"), 1)))
        assert 0.3 <= time.monotonic() - began < 1
    assert len(pauses) > 100
    assert max(pauses) <= LONGEST_PAUSE_SECONDS


def test_a_commit_goes_on_when_the_other_is_done(tmp_path: Path) -> None:
    """It waits, and then it is done; the statements it tells of are those of a commit that never waited."""
    told: list[str] = []
    path = tmp_path / "bank.db"
    with SQLiteStore(path, on_statement=told.append) as store:
        store.commit(creation(cell(fresh("cell"), 1)))
        unhindered = told.copy()
        told.clear()
        with another_writer(path) as connection:
            threading.Timer(0.05, lambda: connection.execute("rollback")).start()
            assert store.commit(creation(cell(fresh("cell"), 1))) == "done"
    assert told == unhindered


def test_nobody_waits_where_the_timeout_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A timeout of zero refuses at once."""
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    path = tmp_path / "bank.db"
    with SQLiteStore(path, timeout=0) as store, another_writer(path), pytest.raises(StoreUnavailableError):
        store.commit(creation(cell(fresh("cell"), 1)))
    assert pauses == []


def test_what_is_not_a_lock_is_not_waited_for(tmp_path: Path) -> None:
    """Another error while waiting is raised as what it is, at once."""
    path = tmp_path / "bank.db"
    with SQLiteStore(path, timeout=30) as store:
        store.commit(creation(cell(fresh("cell"), 1)))
        connection = store._connections.take()
        connection.execute("begin")  # a transaction within a transaction is refused by SQLite itself
        store._connections.give(connection)
        began = time.monotonic()
        with pytest.raises(StoreUnavailableError, match="SQLITE_ERROR"):
            store.commit(creation(cell(fresh("cell"), 1)))
        assert time.monotonic() - began < 5
        assert store.commit(creation(cell(fresh("cell"), 1))) == "done"
