"""A Hypothesis machine that does everything a caller can do to a store, and compares each answer with the model's.

Each step goes through one of two openings of the same store, and after each step the other one is looked at, so that
what one keeps to itself shows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import attrs
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,  # pyright: ignore[reportUnknownVariableType] - its parameters have no types
)

from okmate_auth.errors import StoreContractError
from okmate_auth.ports import AnyKey, ChangeSet, Store
from okmate_auth.records import Note, Notice, Record, Repeat, Row
from okmate_auth.testing.checks.malformed import SPOILT
from okmate_auth.testing.kit import Kit, check, expect
from okmate_auth.testing.model import Model
from okmate_auth.testing.samples import change, new_id, now, row

__all__ = ["MACHINE", "StoreMachine"]

STEPS: Final = 30
EXAMPLES_PER_ROUND: Final = 4
NAMES: Final = ("a", "A", "a ")
CHAINS: Final = ("login:x", "login:X", "operation:x")

LARGEST: Final = 5
Values = st.integers(0, LARGEST)
Make = Callable[[int, datetime], Record]


def _note(name: str) -> Make:
    return lambda value, _: Note(
        subject=name, action="kit", data={"number": value}, unknown={"new": value} if value else {}
    )


def _notice(name: str) -> Make:
    def make(value: int, start: datetime) -> Record:
        at = start + timedelta(microseconds=value)
        return Notice(
            id=name,
            subject="s",
            bank="",
            login_id="kit",
            event="lock",
            written_at=at,
            sent_at=None if value < LARGEST else at,  # one that was sent is not due
        )

    return make


def _repeat(name: str) -> Make:
    return lambda value, start: Repeat(id=name, sealed=bytes([value]), until=start + timedelta(microseconds=value))


# What is written where: each place makes a record of its own key from a small number.
PLACES: Final[tuple[Make, ...]] = (*map(_note, NAMES), *map(_notice, NAMES), _repeat("a"))

Actions = st.dictionaries(
    st.integers(0, len(PLACES) - 1),
    st.tuples(st.sampled_from(["put", "delete", "read"]), Values),
    min_size=1,
    max_size=5,
)
Rows = st.dictionaries(st.sampled_from(CHAINS), st.integers(1, 3), max_size=2)


class StoreMachine(RuleBasedStateMachine):
    """A store and the model, side by side.

    Args:
        kit: Opens the store, in an empty directory.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._openings = [kit.open(), kit.open()]
        self._turn = 0
        self._model = Model()
        self._start = now()
        self._keys: list[AnyKey] = [make(0, self._start).key for make in PLACES]
        self._done: list[ChangeSet] = []
        self._refused: list[ChangeSet] = []
        self._versions = [new_id()]

    # ------------------------------------------------------------------------------------------- commits

    @rule(actions=Actions, rows=Rows)
    def commit_some(self, actions: Mapping[int, tuple[str, int]], rows: Mapping[str, int]) -> None:
        """The same; twice among the steps, so that there is something to be compared."""
        self._send(self._drawn(actions, rows))

    @rule(actions=Actions, rows=Rows)
    def commit(self, actions: Mapping[int, tuple[str, int]], rows: Mapping[str, int]) -> None:
        """Write, delete and append on what stands."""
        self._send(self._drawn(actions, rows))

    @rule(
        actions=Actions, rows=Rows, place=st.integers(0, len(PLACES) - 1), old=st.integers(0, 99), named=st.booleans()
    )
    def commit_on_a_guard_that_fails(
        self, actions: Mapping[int, tuple[str, int]], rows: Mapping[str, int], place: int, old: int, *, named: bool
    ) -> None:
        """The same, with one guard that names another version: an older one, another record's, or a forged one."""
        good = self._drawn(actions, rows)
        key = self._keys[place]
        wrong: str | None = self._versions[old % len(self._versions)]
        if self._model.version(key) == wrong or not named:
            wrong = new_id()
        bad = attrs.evolve(good, guards={**good.guards, key: wrong})
        expect(2, self._send(bad) == "conflict", "a guard that names another version conflicts")

    @rule(actions=Actions, rows=Rows, chain=st.sampled_from(CHAINS), offset=st.sampled_from([-2, -1, 1, 2]))
    def commit_a_row_that_does_not_fit(
        self, actions: Mapping[int, tuple[str, int]], rows: Mapping[str, int], chain: str, offset: int
    ) -> None:
        """The same, with a row whose number is taken or leaves a gap."""
        count = max(0, len(self._model.chains.get(chain, ())) + offset) + 1
        good = self._drawn(actions, {name: many for name, many in rows.items() if name != chain})
        bad = attrs.evolve(good, appends=(*good.appends, row(chain, count, "does not fit")))
        if count != len(self._model.chains.get(chain, ())) + 1:
            expect(7, self._send(bad) == "conflict", "a row that is taken or leaves a gap conflicts")

    @precondition(lambda self: self._done)
    @rule(which=st.integers(0, 99))
    def commit_again(self, which: int) -> None:
        """Send again what was done, however long ago."""
        again = self._done[which % len(self._done)]
        expect(6, self._send(again) == "done", "a change set that is sent again is done")

    @precondition(lambda self: self._refused)
    @rule(which=st.integers(0, 99))
    def commit_what_was_refused(self, which: int) -> None:
        """Send again what conflicted; it is decided anew."""
        self._send(self._refused[which % len(self._refused)])

    @precondition(lambda self: self._model.records)
    @rule(mistake=st.sampled_from(sorted(SPOILT)), place=st.integers(0, 99))
    def commit_what_is_malformed(self, mistake: str, place: int) -> None:
        """Send what no store may act on."""
        gone = sorted(self._model.records)[place % len(self._model.records)]
        put = next(make(1, self._start) for make, key in zip(PLACES, self._keys, strict=True) if key != gone)
        guards = {put.key: self._model.version(put.key), gone: self._model.version(gone)}
        chain = CHAINS[place % len(CHAINS)]
        good = change(guards, puts=[put], deletes=[gone], appends=[row(chain, 1, "x")])
        try:
            answer: str = self._opening().commit(SPOILT[mistake](good))
        except StoreContractError:
            answer = "refused"
        expect(5, answer == "refused", f"a change set is refused with StoreContractError where {mistake}")

    # ------------------------------------------------------------------------------------------- queries

    @rule(places=st.lists(st.integers(0, len(PLACES) - 1), max_size=9))
    def load(self, places: list[int]) -> None:
        """Load some keys, perhaps the same twice."""
        keys = [self._keys[place] for place in places]
        expect(8, dict(self._opening().load(keys)) == self._model.load(keys), "a load returns what was committed last")

    @rule(chain=st.sampled_from(CHAINS), limit=st.integers(1, 9), before=st.none() | st.integers(1, 12))
    def history(self, chain: str, limit: int, before: int | None) -> None:
        """Read a history from some point on."""
        rows = list(self._opening().history(chain, limit=limit, before=before))
        expect(7, rows == self._model.history(chain, limit=limit, before=before), "a history is whole and in order")

    @rule(kind=st.sampled_from(["notice", "repeat", "note"]), offset=st.integers(-1, 6), limit=st.integers(1, 4))
    def due(self, kind: str, offset: int, limit: int) -> None:
        """Ask what is due; which comes first of the same instant is left to the store."""
        until = self._start + timedelta(microseconds=offset)
        found = list(self._opening().due(kind, until, limit=limit))
        expected = self._model.due(kind, until)
        instants = [each.due_at for each in found]
        expect(8, instants == [each.due_at for each in expected[:limit]], "what is due is listed, earliest first")
        expect(8, all(each in expected for each in found), "what is due is returned as it was written")
        expect(8, len({each.key for each in found}) == len(found), "what is due is listed once")

    @precondition(lambda self: self._kit.subject.shared)
    @rule(which=st.integers(0, 1))
    def reopen(self, which: int) -> None:
        """Close one of the openings and open the store anew."""
        self._openings[which] = self._kit.reopen(self._openings[which])

    @invariant()
    def nothing_differs(self) -> None:
        """Compare everything there is, through the opening that did not just write."""
        opening = self._opening()
        expect(1, dict(opening.load(self._keys)) == self._model.records, "the store holds what the model holds")
        for chain in CHAINS:
            rows: list[Row] = list(opening.history(chain, limit=1000))
            expect(1, rows == self._model.history(chain, limit=1000), "the store's histories are those of the model")

    def teardown(self) -> None:
        """Close what was opened."""
        self._kit.close()

    # ------------------------------------------------------------------------------------------- inside

    def _opening(self) -> Store:
        """Return the openings in turn."""
        self._turn += 1
        return self._openings[self._turn % 2]

    def _drawn(self, actions: Mapping[int, tuple[str, int]], rows: Mapping[str, int]) -> ChangeSet:
        """Return the change set that does what was drawn, on what the model holds."""
        guards: dict[AnyKey, str | None] = {}
        puts: list[Record] = []
        deletes: list[AnyKey] = []
        for place, (action, value) in actions.items():
            key, record = self._keys[place], PLACES[place](value, self._start)
            if action == "put":
                puts.append(record)
            elif key not in self._model.records:
                continue
            elif action == "delete":
                deletes.append(key)
            guards[key] = self._model.version(key)
        appends = [
            row(chain, len(self._model.chains.get(chain, ())) + each, new_id())
            for chain, many in rows.items()
            for each in range(1, many + 1)
        ]
        return change(guards, puts=puts, deletes=deletes, appends=appends)

    def _send(self, sent: ChangeSet) -> str:
        """Commit to the store and to the model, and compare."""
        outcome, expected = self._opening().commit(sent), self._model.commit(sent)
        note(f"{outcome}: {len(sent.puts)} puts, {len(sent.deletes)} deletes, {len(sent.appends)} rows")
        expect(10, outcome == expected, f"a commit that is {expected} by the contract is answered so, not {outcome}")
        if outcome == "done" and sent not in self._done:
            self._done.append(sent)
            self._versions.append(sent.id)
        elif outcome == "conflict":
            self._refused.append(sent)
        return outcome


def a_machine_finds_no_difference(kit: Kit) -> None:
    """No sequence of calls tells the store from the model."""
    examples = itertools.count()

    class Machine(StoreMachine):
        """Begins with an empty store."""

        def __init__(self) -> None:
            super().__init__(kit.inside(f"example-{next(examples)}"))

    phases = tuple(phase for phase in Phase if kit.subject.shrink or phase not in {Phase.shrink, Phase.explain})
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES_PER_ROUND * kit.rounds,
            stateful_step_count=STEPS,
            deadline=None,
            phases=phases,
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
        ),
    )


MACHINE: Final = (check(8, a_machine_finds_no_difference),)
