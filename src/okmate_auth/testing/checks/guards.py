"""What one caller sees of guards, versions and repeats (guarantees 1, 2, 4, 5, 6 and 10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs

from okmate_auth.ports import MAX_GUARDS, MAX_KEYS, AnyKey, ChangeSet, Outcome, Store
from okmate_auth.testing.kit import Kit, check, expect
from okmate_auth.testing.samples import cell, cell_at, change, creation, fresh, new_id, now, number, row, versions

__all__ = ["GUARDS"]

NEARLY_TEN_MINUTES: Final = timedelta(minutes=9, seconds=50)  # ten seconds less, for a machine that is slow or busy


def _done(guarantee: int, store: Store, sent: ChangeSet, what: str) -> None:
    expect(guarantee, store.commit(sent) == "done", f"{what} is done")


def _cells(store: Store, count: int) -> tuple[list[str], ChangeSet]:
    """Create cells that hold 0 in one commit; return their names and the change set."""
    names = [fresh("cell") for _ in range(count)]
    sent = creation(*(cell(name, 0) for name in names))
    _done(5, store, sent, "a change set that creates records")
    return names, sent


def a_version_is_the_id_of_its_commit(kit: Kit) -> None:
    """Every record that a commit put carries the commit's id as its version; what it only guarded keeps its own."""
    store = kit.open()
    (written, guarded), created = _cells(store, 2)
    keys = [cell_at(written), cell_at(guarded)]
    expect(4, {each.version for each in store.load(keys).values()} == {created.id}, "a version is its commit's id")
    sent = change(dict.fromkeys(keys, created.id), puts=[cell(written, 1)])
    _done(2, store, sent, "a change set whose guards hold")
    found = store.load(keys)
    expect(4, found[keys[0]].version == sent.id, "a record that is put carries the new commit's id")
    expect(4, found[keys[1]].version == created.id, "a record that is only guarded keeps its version")


def one_guard_that_fails_stops_all(kit: Kit) -> None:
    """Whichever of the guards fails, on a record that is put, deleted or only read, nothing at all is written."""
    store = kit.open()
    (put, gone, read, other), created = _cells(store, 4)
    _done(2, store, change({cell_at(other): created.id}, puts=[cell(other, 1)]), "a change set whose guards hold")
    current: dict[AnyKey, str | None] = {cell_at(name): created.id for name in (put, gone, read)}
    newest = store.load([cell_at(other)])[cell_at(other)].version
    absent = cell_at(fresh("absent"))
    wrong: list[tuple[AnyKey, str | None]] = [
        (cell_at(other), created.id),
        (cell_at(put), None),
        *((key, version) for key in (absent, *current) for version in (new_id(), newest)),
    ]
    chain = fresh("chain")
    for key, version in wrong:
        bad = {key: version}
        for guards in ({**current, **bad}, {**bad, **current, **bad}):  # the one that fails stands last, or first
            sent = change(guards, puts=[cell(put, 7)], deletes=[cell_at(gone)], appends=[row(chain, 1, "no")])
            for attempt in ("a change set with a guard that fails", "the same once more"):
                expect(2, store.commit(sent) == "conflict", f"{attempt} conflicts")
            found = store.load([*current, cell_at(other), absent])
            held = {key: loaded.version for key, loaded in found.items()}
            expect(2, held == {**current, cell_at(other): newest}, "a conflict leaves every record as it was")
            expect(2, not store.history(chain, limit=1), "a conflict leaves every history as it was")


def a_record_is_created_once(kit: Kit) -> None:
    """Who creates a record that exists meanwhile has a conflict, whatever else his change set creates."""
    store = kit.open()
    first, second = fresh("first"), fresh("second")
    _done(5, store, creation(cell(first, 1)), "a change set that creates a record")
    late = creation(cell(second, 2), cell(first, 2))
    expect(5, store.commit(late) == "conflict", "creating a record that exists conflicts")
    found = store.load([cell_at(first), cell_at(second)])
    expect(5, number(found, first) == 1 and number(found, second) is None, "such a conflict writes nothing")


def a_version_never_comes_back(kit: Kit) -> None:
    """A record that was deleted and created anew, however often, never again has a version it had before."""
    store = kit.open()
    name = fresh("cell")
    seen: list[str] = []
    for _ in range(4):
        _done(5, store, creation(cell(name, 0)), "creating a record that is absent")
        version = store.load([cell_at(name)])[cell_at(name)].version
        for old in seen:
            for sent in (
                change({cell_at(name): old}, puts=[cell(name, 9)]),
                change({cell_at(name): old}, deletes=[cell_at(name)]),
            ):
                outcome = store.commit(sent)
                expect(4, outcome == "conflict", "a version from before a delete does not guard what came after it")
        seen.append(version)
        _done(2, store, change({cell_at(name): version}, deletes=[cell_at(name)]), "deleting a record")
        expect(1, not store.load([cell_at(name)]), "a record that was deleted is absent")
    expect(4, len(set(seen)) == len(seen), "every creation gives a version of its own")


def the_same_change_set_is_done_once(kit: Kit) -> None:
    """A change set that is sent again is answered ``done`` and does nothing, whatever was committed since."""
    store, other = kit.open(), kit.open()
    (name, gone), created = _cells(store, 2)
    chain = fresh("chain")
    guards = {cell_at(name): created.id, cell_at(gone): created.id}
    sent = change(guards, puts=[cell(name, 1)], deletes=[cell_at(gone)], appends=[row(chain, 1, "once")])
    again = attrs.evolve(sent, guards=dict(reversed(list(sent.guards.items()))))

    def repeat(writer: Store, value: int, rows: int) -> None:
        _done(6, writer, again, "the same change set sent again")
        found = store.load([cell_at(name), cell_at(gone)])
        expect(6, number(found, name) == value and number(found, gone) is None, "a repeat writes nothing")
        expect(6, len(store.history(chain, limit=9)) == rows, "a repeat appends nothing")

    _done(2, store, sent, "a change set whose guards hold")
    repeat(store, value=1, rows=1)
    found = store.load([cell_at(name)])
    later = change(versions(found, [name]), puts=[cell(name, 2)], appends=[row(chain, 2, "later")])
    _done(2, other, later, "a change set whose guards hold")
    for writer in (store, other):
        repeat(writer, value=2, rows=2)
    if kit.subject.shared:
        repeat(kit.reopen(other), value=2, rows=2)


def a_change_set_is_remembered_for_ten_minutes(kit: Kit) -> None:
    """A lost answer may be asked for again as long as a client may reasonably retry."""
    store = kit.open()
    name = fresh("cell")
    early = attrs.evolve(creation(cell(name, 1)), at=now() - NEARLY_TEN_MINUTES)
    _done(5, store, early, "a change set that creates a record")
    later = change({cell_at(name): early.id}, puts=[cell(name, 2)])
    _done(2, store, later, "a change set whose guards hold")
    _done(6, store, early, "a change set sent again within ten minutes")
    expect(6, store.load([cell_at(name)])[cell_at(name)].version == later.id, "a repeat writes nothing")


def a_refused_change_set_is_refused_again(kit: Kit) -> None:
    """A conflict is never remembered as if it had been done, and is decided anew when it is sent again."""
    store = kit.open()
    name = fresh("cell")
    absent: Outcome = store.commit(sent := creation(cell(name, 1)))
    expect(5, absent == "done", "creating a record that is absent is done")
    second = creation(cell(name, 2))
    for _ in range(3):
        expect(10, store.commit(second) == "conflict", "a change set that conflicts does so again")
    _done(2, store, change({cell_at(name): sent.id}, deletes=[cell_at(name)]), "deleting a record")
    _done(10, store, second, "a change set that conflicted, once its guards hold")
    expect(10, store.load([cell_at(name)])[cell_at(name)].version == second.id, "what is answered done is there")


def a_row_that_does_not_fit_stops_all(kit: Kit) -> None:
    """A row whose number is taken, or leaves a gap, conflicts; nothing else of its change set is written either."""
    store = kit.open()
    (name, gone), created = _cells(store, 2)
    chain, second = fresh("chain"), fresh("chain")
    _done(7, store, change({}, appends=[row(chain, 1, "a"), row(chain, 2, "b")]), "appending the first rows")
    guards = {cell_at(name): created.id, cell_at(gone): created.id}
    for rows in (
        [row(chain, 1, "again")],
        [row(chain, 2, "again")],
        [row(chain, 2, "again"), row(chain, 3, "then")],
        [row(chain, 4, "gap")],
        [row(second, 2, "gap")],
        [row(second, 1, "fits"), row(chain, 2, "again")],
        [row(second, 1, "fits"), row(second, 2, "fits"), row(chain, 5, "gap")],
    ):
        sent = change(guards, puts=[cell(name, 1)], deletes=[cell_at(gone)], appends=rows)
        expect(7, store.commit(sent) == "conflict", "a row that is taken or leaves a gap conflicts")
        found = store.load(list(guards))
        expect(1, {key: found[key].version for key in found} == guards, "a row that does not fit leaves the records")
        expect(1, not store.history(second, limit=1), "a row that does not fit leaves other histories")
        texts = [each.body for each in store.history(chain, limit=9)]
        expect(7, texts == [b"b", b"a"], "a row that does not fit leaves its history")


def a_change_set_may_be_large(kit: Kit) -> None:
    """With as many guards as there may be all of them count, and all of it is written or nothing.

    So is a delivery of tokens, which comes in whole.
    """
    store = kit.open()
    names, created = _cells(store, MAX_GUARDS)
    keys = [cell_at(name) for name in names]
    _expect_versions(store, keys, dict.fromkeys(keys, created.id), "a large change set is written whole")
    written = change(dict.fromkeys(keys, created.id), puts=[cell(name, 1) for name in names])
    _done(2, store, written, f"a change set with {MAX_GUARDS} guards that hold")
    versions_now = dict.fromkeys(keys, written.id)
    _expect_versions(store, keys, versions_now, "a large change set is written whole")
    for place in (0, MAX_GUARDS // 2, MAX_GUARDS - 1):
        guards: dict[AnyKey, str | None] = {**versions_now, keys[place]: created.id}
        puts = [cell(name, 2) for name in names]
        outcome = store.commit(change(guards, puts=puts))
        expect(2, outcome == "conflict", "a large change set conflicts wherever the one guard stands that fails")
        _expect_versions(store, keys, versions_now, "of a large change set that conflicts nothing is written")


def _expect_versions(store: Store, keys: list[AnyKey], versions: dict[AnyKey, str], fact: str) -> None:
    parts = (keys[at : at + MAX_KEYS] for at in range(0, len(keys), MAX_KEYS))
    held = {key: loaded.version for part in parts for key, loaded in store.load(part).items()}
    expect(2, held == versions, fact)


GUARDS: Final = (
    check(4, a_version_is_the_id_of_its_commit),
    check(2, one_guard_that_fails_stops_all),
    check(2, a_change_set_may_be_large),
    check(5, a_record_is_created_once),
    check(4, a_version_never_comes_back),
    check(6, the_same_change_set_is_done_once),
    check(6, a_change_set_is_remembered_for_ten_minutes),
    check(10, a_refused_change_set_is_refused_again),
    check(1, a_row_that_does_not_fit_stops_all),
)
