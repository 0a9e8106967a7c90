"""Sixteen contenders at the same moment: guards, absence, repeats and histories (guarantees 2, 5, 6 and 7).

Every fact here runs with contenders in one process (threads, or tasks of an event loop) and spread over processes. A
lost update or a write skew is what lets a guesser have more guesses than the limit, or two parallel logins both pass a
check that only one may pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from okmate_auth.ports import ChangeSet, Store
from okmate_auth.records import Row
from okmate_auth.testing import wire
from okmate_auth.testing.kit import CONTENDERS, Kit, expect, race
from okmate_auth.testing.programs import Job
from okmate_auth.testing.samples import cell, cell_at, change, creation, fresh, number, row, versions
from okmate_auth.testing.teams import Team

__all__ = ["RACES"]


def _winner(guarantee: int, team: Team, sent: Sequence[ChangeSet], what: str) -> ChangeSet:
    """Commit all at once and return the one that was done; exactly one may be, for each rests on what others write."""
    outcomes: list[str] = team.run([Job("commit", {"change": wire.dump(each)}) for each in sent])
    done = [each for each, outcome in zip(sent, outcomes, strict=True) if outcome == "done"]
    expect(guarantee, set(outcomes) <= {"done", "conflict"}, "a commit answers done or conflict")
    expect(guarantee, len(done) == 1, f"{what}: {len(done)} were done of which exactly one can be")
    return done[0]


def _stands(guarantee: int, store: Store, change: ChangeSet) -> None:
    """Make sure that what was answered ``done`` is what stands now."""
    found = store.load(list(change.guards))
    put = {record.key: record for record in change.puts}
    held = all(key in found and found[key] == (put[key], change.id) for key in put)
    expect(guarantee, held, "what was answered done stands in the store")
    expect(guarantee, not any(key in found for key in change.deletes), "what was deleted is absent")


def one_of_many_writes(kit: Kit, team: Team) -> None:
    """Of sixteen that write a record they all read in the same version, one is done and fifteen conflict."""
    store, name = kit.open(), fresh("cell")
    store.commit(creation(cell(name, 0)))
    for turn in range(kit.rounds):
        guards = versions(store.load([cell_at(name)]), [name])
        sent = [change(guards, puts=[cell(name, CONTENDERS * turn + each)]) for each in range(CONTENDERS)]
        _stands(2, store, _winner(2, team, sent, "sixteen that write one record"))


def one_of_many_creates(kit: Kit, team: Team) -> None:
    """Of sixteen that create a record they all found absent, one is done; also where only part of it overlaps."""
    store = kit.open()
    for _ in range(kit.rounds):
        name = fresh("cell")
        sent = [creation(cell(name, each)) for each in range(CONTENDERS)]
        _stands(5, store, _winner(5, team, sent, "sixteen that create one record"))
        ring = [fresh("ring") for _ in range(3)]  # any two of the three pairs have a record in common
        pairs = [(ring[each % 3], ring[(each + 1) % 3]) for each in range(CONTENDERS)]
        sent = [creation(cell(one, each), cell(two, each)) for each, (one, two) in enumerate(pairs)]
        winner = _winner(5, team, sent, "sixteen that create two of three records")
        _stands(5, store, winner)
        expect(1, len(store.load([cell_at(each) for each in ring])) == len(winner.puts), "losers create nothing")


def one_of_many_deletes(kit: Kit, team: Team) -> None:
    """Of sixteen that delete or write the same version of a record, one is done."""
    store = kit.open()
    for _ in range(kit.rounds):
        name = fresh("cell")
        store.commit(created := creation(cell(name, 0)))
        guards = {cell_at(name): created.id}
        sent = [
            change(guards, puts=[cell(name, each)]) if each % 2 else change(guards, deletes=[cell_at(name)])
            for each in range(CONTENDERS)
        ]
        _stands(2, store, _winner(2, team, sent, "sixteen that delete or write one record"))


def a_counter_loses_nothing(kit: Kit, team: Team) -> None:
    """Sixteen that raise a counter until each has done so several times leave it at exactly the sum."""
    store, name = kit.open(), fresh("counter")
    times = _times(kit)
    results = team.run([Job("increment", {"name": name, "times": times})] * CONTENDERS)
    done = [each for result in results for each in result]
    found = store.load([cell_at(name)])
    expect(2, number(found, name) == len(done) == times * CONTENDERS, "a counter holds what was counted")
    expect(4, len(set(done)) == len(done), "every commit is its own")
    expect(4, found[cell_at(name)].version in done, "the version is the id of a commit that was answered done")


def nobody_skews(kit: Kit, team: Team) -> None:
    """Of two groups that both read A and B, one writing A and the other B, one contender is done: never A and B."""
    store, one, two = kit.open(), fresh("A"), fresh("B")
    store.commit(creation(cell(one, 0), cell(two, 0)))
    for turn in range(kit.rounds):
        guards = versions(store.load([cell_at(one), cell_at(two)]), [one, two])
        sent = [change(guards, puts=[cell((one, two)[each % 2], turn)]) for each in range(CONTENDERS)]
        _stands(2, store, _winner(2, team, sent, "two groups, each of which reads what the other writes"))
    before = sum(number(store.load([cell_at(name)]), name) or 0 for name in (one, two))
    jobs = [
        Job("lean", {"names": [one, two], "own": (one, two)[each % 2], "times": _times(kit)})
        for each in range(CONTENDERS)
    ]
    rested = [tuple(each) for result in team.run(jobs) for each in result]
    expect(2, len(set(rested)) == len(rested), "no two commits that were done rest on the same versions of A and B")
    after = sum(number(store.load([cell_at(name)]), name) or 0 for name in (one, two))
    expect(2, after - before == len(rested) == _times(kit) * CONTENDERS, "A and B hold what was counted")


def nobody_skews_through_absence(kit: Kit, team: Team) -> None:
    """The same where what both groups read is absent: each writes a record of its own and creates the absent one."""
    store, one, two = kit.open(), fresh("A"), fresh("B")
    store.commit(creation(cell(one, 0), cell(two, 0)))
    for turn in range(kit.rounds):
        absent = fresh("absent")
        found = store.load([cell_at(one), cell_at(two)])
        sent = [
            change({**versions(found, [own]), cell_at(absent): None}, puts=[cell(own, turn), cell(absent, each)])
            for each, own in enumerate([one, two] * (CONTENDERS // 2))
        ]
        _stands(2, store, _winner(2, team, sent, "two groups that create what both found absent"))


def strangers_never_conflict(kit: Kit, team: Team) -> None:
    """Sixteen that read one record and each write another of their own are all done: a guard alone stops nobody."""
    store, read = kit.open(), fresh("read")
    own = [fresh("own") for _ in range(CONTENDERS)]
    store.commit(creation(cell(read, 0), *(cell(name, 0) for name in own)))
    keys = [cell_at(name) for name in (read, *own)]
    for turn in range(1, kit.rounds + 1):
        found = store.load(keys)
        sent = [
            change(versions(found, [read, name]), puts=[cell(name, turn)], appends=[row(name, turn, "own")])
            for name in own
        ]
        outcomes = team.run([Job("commit", {"change": wire.dump(each)}) for each in sent])
        expect(10, outcomes == ["done"] * CONTENDERS, "a change set whose guards hold is done, whatever others write")
        for each in sent:
            _stands(10, store, each)


def a_history_never_forks(kit: Kit, team: Team) -> None:
    """Of sixteen that append the next row, one is done; the history has each number once, in order, as answered."""
    store, chain = kit.open(), fresh("chain")
    expected: list[bytes] = []
    for _ in range(kit.rounds):
        sent = [change({}, appends=_next(chain, len(expected), each)) for each in range(CONTENDERS)]
        winner = _winner(7, team, sent, "sixteen that append the same number")
        expected += [each.body for each in winner.appends]
        rows = store.history(chain, limit=len(expected) + 1)
        expect(7, [each.number for each in rows] == list(range(len(expected), 0, -1)), "numbers are whole and in order")
        expect(7, [each.body for each in rows][::-1] == expected, "rows are those that were answered done")


def the_same_change_set_from_all_sides_is_done_once(kit: Kit, team: Team) -> None:
    """Sixteen that send the very same change set are all answered ``done``, and it happens once."""
    store, name, chain = kit.open(), fresh("counter"), fresh("chain")
    for turn in range(1, kit.rounds + 1):
        found = store.load([cell_at(name)])
        same = change(versions(found, [name]), puts=[cell(name, turn)], appends=[row(chain, turn, "once")])
        outcomes = team.run([Job("commit", {"change": wire.dump(same)})] * CONTENDERS)
        expect(6, outcomes == ["done"] * CONTENDERS, "the same change set is answered done to all who send it")
        _stands(6, store, same)
        expect(6, len(store.history(chain, limit=turn + 9)) == turn, "its row is appended once")


def _times(kit: Kit) -> int:
    """Return how often each contender must get through, where all of them go on until they do."""
    return max(4, kit.rounds // 3)


def _next(chain: str, count: int, each: int) -> list[Row]:
    return [row(chain, count + 1, f"{each}"), row(chain, count + 2, f"{each} too")][: 1 + each % 2]


RACES: Final = (
    *race(2, one_of_many_writes),
    *race(5, one_of_many_creates),
    *race(2, one_of_many_deletes),
    *race(2, a_counter_loses_nothing),
    *race(2, nobody_skews),
    *race(2, nobody_skews_through_absence),
    *race(10, strangers_never_conflict),
    *race(7, a_history_never_forks),
    *race(6, the_same_change_set_from_all_sides_is_done_once),
)
