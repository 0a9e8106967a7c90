"""Loads while somebody writes: all keys as of one instant, and never an older one (guarantees 1 and 8).

A torn load is how a login sees a throttle from before a lock beside an account from after it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from okmate_auth.testing.kit import Kit, expect, race
from okmate_auth.testing.programs import Job
from okmate_auth.testing.samples import cell, creation, fresh
from okmate_auth.testing.teams import Team

__all__ = ["TEARS"]

LOOKERS: Final = 3
WRITES_PER_ROUND: Final = 8


def no_load_is_torn(kit: Kit, team: Team) -> None:
    """Cells that are always written together are never seen with different numbers, nor with smaller ones later."""
    store, times = kit.open(), kit.rounds * WRITES_PER_ROUND
    names = [fresh("cell") for _ in range(6)]
    store.commit(creation(*(cell(name, 0) for name in names)))
    looks = [
        Job("look_together", {"names": names if each % 2 else names[::-1], "last": times}) for each in range(LOOKERS)
    ]
    outcomes, *all_sights = team.run([Job("write_together", {"names": names, "times": times}), *looks])
    expect(10, outcomes == ["done"] * times, "who writes alone never conflicts")
    for sights in [*all_sights, *_seen_afterwards(team, looks, times)]:
        expect(8, all(len(set(sight)) == 1 for sight in sights), "all keys of a load are as of one instant")
        expect(8, _rises([sight[0] for sight in sights]), "no load is older than one before it")


def a_record_that_moves_is_in_one_place(kit: Kit, team: Team) -> None:
    """While a record is deleted here and created there, in one commit, every load sees it exactly once."""
    store, times = kit.open(), kit.rounds * WRITES_PER_ROUND
    names = [fresh("place") for _ in range(3)]
    store.commit(creation(cell(names[0], 0)))
    looks = [Job("look_together", {"names": names, "last": times})] * LOOKERS
    outcomes, *all_sights = team.run([Job("move", {"names": names, "times": times}), *looks])
    expect(10, outcomes == ["done"] * times, "who writes alone never conflicts")
    for sights in [*all_sights, *_seen_afterwards(team, looks, times)]:
        seen = [[value for value in sight if value is not None] for sight in sights]
        expect(8, all(len(values) == 1 for values in seen), "a record that moves is neither lost nor doubled")
        expect(8, _rises([values[0] for values in seen]), "no load is older than one before it")


def a_history_is_never_behind(kit: Kit, team: Team) -> None:
    """A row is there as soon as the record that was committed with it is seen, and the other way round."""
    name, times = fresh("head"), kit.rounds * WRITES_PER_ROUND
    kit.open()
    looks = [Job("look_behind", {"name": name, "last": times})] * LOOKERS
    outcomes, *all_sights = team.run([Job("grow", {"name": name, "times": times}), *looks])
    expect(10, outcomes == ["done"] * times, "who writes alone never conflicts")
    for sights in [*all_sights, *_seen_afterwards(team, looks, times)]:
        expect(8, all(_rises(sight) for sight in sights), "record and history are committed as one")


def _seen_afterwards(team: Team, looks: list[Job], last: int) -> list[list[Any]]:
    """Let everybody look once more, now that all is written, and make sure that they see it."""
    all_sights: list[list[Any]] = team.run(looks)
    expect(8, all(last in sights[-1] for sights in all_sights), "what was committed last is seen")
    return all_sights


def _rises(values: list[Any]) -> bool:
    return all(one <= two for one, two in pairwise(values))


TEARS: Final = (
    *race(8, no_load_is_torn),
    *race(8, a_record_that_moves_is_in_one_place),
    *race(8, a_history_is_never_behind),
)
