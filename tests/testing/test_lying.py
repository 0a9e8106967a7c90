"""The plain store that lies are made of, and the one lie that is not made of it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from okmate_auth.ports import ChangeSet
from okmate_auth.testing import broken
from okmate_auth.testing.checks import CHECKS, crashes
from okmate_auth.testing.lying import LIES, Lie, UnsafePlainStore, bench, durability
from okmate_auth.testing.samples import cell, cell_at, creation, number, row


def lie(name: str) -> Lie:
    """Return a lie by its name."""
    return next(each for each in LIES if str(each) == name)


def test_an_error_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """A step that raises takes back those before it."""

    class Interrupted(UnsafePlainStore):
        """Is interrupted between records and rows."""

        def append(self, database: object, change: ChangeSet) -> None:
            """Fail."""
            del database, change
            raise KeyboardInterrupt

    with closing(Interrupted(tmp_path / "plain.db")) as store:
        with pytest.raises(KeyboardInterrupt):
            store.commit(creation(cell("a", 1), appends=[row("x", 1, "x")]))
        assert not store.load([cell_at("a")])


def test_no_connection_lives_across_a_fork(tmp_path: Path) -> None:
    """Before the process forks all connections are closed; each side opens its own."""
    with closing(UnsafePlainStore(tmp_path / "plain.db")) as store:
        store.commit(creation(cell("a", 1)))
        before = store.database()
        bench.before_fork()
        assert store.database() is not before
        assert number(store.load([cell_at("a")]), "a") == 1


def test_answering_first_shows_nowhere_within_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all checks that stay in one process none finds it: only a kill, or a second process, does."""
    monkeypatch.setattr(durability, "LATE_SECONDS", 0.0)  # closing waits for what is late
    here = [str(check) for check in CHECKS if not check.processes]
    assert broken(lie("UnsafeAnswersFirst").contract(asynchronous=False), tmp_path, only=here) == {}


def test_answering_first_is_found_by_the_kill_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process alone writes and is killed: what it answered last is not there."""
    monkeypatch.setattr(crashes, "WRITERS", 1)
    only = ["3-what-was-answered-survives-a-kill"]
    found = broken(lie("UnsafeAnswersFirst").contract(asynchronous=False), tmp_path, only=only)
    assert str(found[only[0]]) == "guarantee 3 is broken: what was answered done is there after a kill"
