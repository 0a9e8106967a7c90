"""The memory store: the model that other stores are compared with, so each of its facts is stated plainly."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from okmate_auth.errors import StoreContractError, StoreUnavailableError
from okmate_auth.ports import ChangeSet, Store
from okmate_auth.records import Note, Row
from okmate_auth.storage import MemoryStore
from tests.changes import AT, change, creation, new_id, note, notice, row, session

KEY = Note.at("n", "test")
MICROSECOND = timedelta(microseconds=1)
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def store() -> MemoryStore:
    """Return an empty store."""
    return MemoryStore()


def version(store: Store) -> str:
    """Return the version of the one record that most facts are about."""
    return store.load((KEY,))[KEY].version


def test_a_store_is_empty_at_first(store: MemoryStore) -> None:
    """What was never put is not loaded; what was never appended is no history."""
    assert store.load((KEY,)) == {}
    assert store.load(()) == {}
    assert store.history("c", limit=9) == ()
    assert store.due("session", AT, limit=9) == ()
    assert store.clock() is None


def test_a_put_is_loaded_with_its_commits_id_as_version(store: MemoryStore) -> None:
    """The version of a record is the id of the change set that wrote it."""
    made = creation(note("n", x=1))
    assert store.commit(made) == "done"
    assert store.load((KEY, KEY, Note.at("o", "test"))) == {KEY: (note("n", x=1), made.id)}


def test_all_of_a_change_set_is_done(store: MemoryStore) -> None:
    """Puts, deletes and appends of one change set are seen together."""
    store.commit(creation(note("n"), note("o")))
    old = version(store)
    made = change(
        {KEY: old, Note.at("o", "test"): old},
        puts=(note("n", x=1),),
        deletes=(Note.at("o", "test"),),
        appends=(row("c", 1), row("c", 2), row("d", 1)),
    )
    assert store.commit(made) == "done"
    assert store.load((KEY, Note.at("o", "test"))) == {KEY: (note("n", x=1), made.id)}
    assert [each.number for each in store.history("c", limit=9)] == [2, 1]
    assert store.history("d", limit=9) == (row("d", 1),)


def refusals(old: str) -> list[ChangeSet]:
    """Return change sets of which one guard does not hold, each with something to write beside it."""
    return [
        change({KEY: None}, puts=(note("n", x=2),), appends=(row("c", 2),)),
        change({KEY: new_id()}, puts=(note("n", x=2),), appends=(row("c", 2),)),
        change({KEY: new_id()}, deletes=(KEY,), appends=(row("c", 2),)),
        change({KEY: new_id()}, appends=(row("c", 2),)),
        change({KEY: old, Note.at("o", "test"): old}, puts=(note("n", x=2),), appends=(row("c", 2),)),
        change({KEY: old}, puts=(note("n", x=2),), appends=(row("c", 1),)),
        change({KEY: old}, puts=(note("n", x=2),), appends=(row("c", 3),)),
        change({KEY: old}, puts=(note("n", x=2),), appends=(row("c", 2), row("d", 2))),
    ]


@pytest.mark.parametrize("number", range(len(refusals("v"))))
def test_a_guard_that_does_not_hold_stops_everything(store: MemoryStore, number: int) -> None:
    """Whatever differs, a version, an absence or the end of a chain, is a conflict and nothing is written."""
    store.commit(creation(note("n", x=1), appends=(row("c", 1),)))
    old = version(store)
    assert store.commit(refusals(old)[number]) == "conflict"
    assert store.load((KEY,)) == {KEY: (note("n", x=1), old)}
    assert store.history("c", limit=9) == (row("c", 1),)
    assert store.history("d", limit=9) == ()


def test_a_version_is_not_used_again_after_a_delete(store: MemoryStore) -> None:
    """Whoever still holds the version of a record that was deleted and created anew gets a conflict."""
    store.commit(creation(note("n")))
    old = version(store)
    assert store.commit(change({KEY: old}, deletes=(KEY,))) == "done"
    assert store.commit(creation(note("n"))) == "done"
    assert store.commit(change({KEY: old}, puts=(note("n", x=1),))) == "conflict"


@pytest.mark.parametrize(
    ("later", "outcome"),
    [
        (TEN_MINUTES - MICROSECOND, "done"),
        (TEN_MINUTES, "done"),
        (TEN_MINUTES + MICROSECOND, "conflict"),
    ],
)
def test_a_change_set_is_known_for_ten_minutes(store: MemoryStore, later: timedelta, outcome: str) -> None:
    """Sent again it is answered done; when it is forgotten, its own guards no longer hold."""
    made = creation(note("n"), appends=(row("c", 1),))
    store.commit(made)
    store.commit(change(at=AT + later))
    assert store.commit(made) == outcome
    assert store.history("c", limit=9) == (row("c", 1),)


def test_a_conflict_is_not_remembered(store: MemoryStore) -> None:
    """A change set that was refused once is done when its guards hold later."""
    store.commit(creation(note("n")))
    made = change({KEY: version(store)}, appends=(row("c", 2),))
    assert store.commit(made) == "conflict"
    assert store.commit(change(appends=(row("c", 1),))) == "done"
    assert store.commit(made) == "done"


@pytest.mark.parametrize(
    ("limit", "before", "numbers"),
    [
        (9, None, [5, 4, 3, 2, 1]),
        (2, None, [5, 4]),
        (0, None, []),
        (9, 6, [5, 4, 3, 2, 1]),
        (9, 5, [4, 3, 2, 1]),
        (2, 3, [2, 1]),
        (1, 2, [1]),
        (9, 1, []),
        (9, 0, []),
    ],
)
def test_history_is_read_newest_first(store: MemoryStore, limit: int, before: int | None, numbers: list[int]) -> None:
    """At most as many rows as asked for, below the number that is given."""
    store.commit(change(appends=tuple(row("c", number) for number in range(1, 6))))
    rows: Any = store.history("c", limit=limit, before=before)
    assert [each.number for each in rows] == numbers
    assert all(type(each) is Row for each in rows)


def test_what_is_due_comes_earliest_first(store: MemoryStore) -> None:
    """Records of one kind, up to the instant that is named and with it, of the same instant by id."""
    ends = [AT + timedelta(seconds=seconds) for seconds in (2, 1, 1, 3)]
    records = [session(name, ends_at=at) for name, at in zip(("d", "c", "b", "a"), ends, strict=True)]
    store.commit(creation(*records, notice("n"), note("n")))
    found = store.due("session", AT + timedelta(seconds=2), limit=9)
    assert found == (records[2], records[1], records[0])
    assert store.due("session", AT + timedelta(seconds=2) - MICROSECOND, limit=9) == (records[2], records[1])
    assert store.due("session", AT + timedelta(seconds=9), limit=1) == (records[2],)
    assert store.due("session", AT, limit=9) == ()
    assert store.due("note", AT, limit=9) == ()
    assert store.due("notice", AT, limit=9) == (notice("n"),)


def test_a_record_is_kept_as_it_was_put(store: MemoryStore) -> None:
    """Whoever changes the data he put, or what he loaded, changes nothing in the store."""
    data: dict[str, Any] = {"x": 1}
    store.commit(creation(Note(subject="n", action="test", data=data)))
    data["x"] = 2
    loaded: Any = store.load((KEY,))[KEY].record
    loaded.data["x"] = 3
    assert store.load((KEY,))[KEY].record == note("n", x=1)


def test_a_malformed_change_set_is_refused(store: MemoryStore) -> None:
    """The store checks before it looks at anything."""
    with pytest.raises(StoreContractError):
        store.commit(change({KEY: None}))


def test_a_closed_store_refuses_everything(store: MemoryStore) -> None:
    """After close, which may be called twice, each call says that nothing was done."""
    store.close()
    store.close()
    for call in (
        lambda: store.load((KEY,)),
        lambda: store.commit(change()),
        lambda: store.history("c", limit=1),
        lambda: store.due("session", AT, limit=1),
    ):
        with pytest.raises(StoreUnavailableError, match="closed"):
            call()


def test_of_eight_threads_that_create_a_record_one_does() -> None:
    """The lock covers check and write."""
    store, barrier, outcomes = MemoryStore(), threading.Barrier(8), list[str]()

    def create() -> None:
        barrier.wait()
        outcomes.append(store.commit(creation(note("n"))))

    threads = [threading.Thread(target=create) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["done"]
