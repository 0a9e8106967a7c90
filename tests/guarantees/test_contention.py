"""Commits that are refused because somebody else was first, or because what was read is out of date.

Done means: a guess that meets conflicts is hashed once and counted once, however often it has to try again; one that
meets too many before it has its place is told ``Busy``, and nothing is counted; one that meets too many after it goes
on four times as long, and where even that is in vain the place counts when its time is over. A store that reads from a
replica that lags behind can at worst make everybody wait: nothing is granted on what is out of date. A flood of callers
beyond the pool's queue is told ``Busy`` and never more is judged than the limit. Both shells.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, Final, TypeVar

import attrs
import pytest

from okmate_auth import AsyncAuthenticator, Authenticated, Busy, Refused
from okmate_auth.hashing import HashingPool
from okmate_auth.ports import Clock, Loaded, Store
from okmate_auth.shells.setup import ROUNDS, ROUNDS_TO_SETTLE, utc_now
from okmate_auth.storage import AsyncMemoryStore, MemoryStore
from okmate_auth.testing import FakeClock, Operation
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.testing.through import AsyncThrough, Through
from tests.guarantees.figures import Figure
from tests.guarantees.looking import look
from tests.guarantees.people import FAST, LIMIT, LOGIN, WRONG, Person, attempt, open_account, register_company
from tests.guarantees.pools import WatchedPool, watched
from tests.guarantees.shells import KINDS, Kind, Shell

T = TypeVar("T")

PLACE_LASTS: Final = timedelta(seconds=60)


class Conflicts:
    """Chooses commits that are answered ``conflict`` and not done, counted from 1."""

    def __init__(self, chosen: Callable[[int], bool]) -> None:
        self.count = 0
        self._chosen = chosen

    def now(self, operation: Operation) -> bool:
        """Say whether this call is one of them."""
        self.count += operation.call == "commit"
        return operation.call == "commit" and self._chosen(self.count)


class Contended(Through):
    """A store in which somebody else is first at chosen commits."""

    def __init__(self, store: Any, conflicts: Conflicts) -> None:  # noqa: ANN401 - a store
        super().__init__(store)
        self._conflicts = conflicts

    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> Any:  # noqa: ANN401 - an outcome
        del subject
        return "conflict" if self._conflicts.now(operation) else call()


class AsyncContended(AsyncThrough):
    """The same for the asynchronous protocol."""

    def __init__(self, store: Any, conflicts: Conflicts) -> None:  # noqa: ANN401 - a store
        super().__init__(store)
        self._conflicts = conflicts

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> Any:  # noqa: ANN401 - as above
        del subject
        return "conflict" if self._conflicts.now(operation) else await call()


@attrs.define
class Bank:
    """A store in memory, with a shell of a kind over it in which commits are refused."""

    kind: Kind
    store: Store
    clock: FakeClock
    pool: WatchedPool
    person: Person
    shells: list[Shell] = attrs.field(factory=list)

    def refused(self, chosen: Callable[[int], bool]) -> Shell:
        """Return a shell whose chosen commits are refused."""
        wrapped: Any = self.store
        if self.kind == "async":
            wrapped = AsyncMemoryStore()
            wrapped._store = self.store
        contended = (Contended if self.kind == "sync" else AsyncContended)(wrapped, Conflicts(chosen))
        self.shells.append(Shell(self.kind, contended, clock=self.clock, pool=watched(self.pool)))
        return self.shells[-1]


@pytest.fixture(params=KINDS)
def bank(request: pytest.FixtureRequest) -> Iterator[Bank]:
    """A bank in memory."""
    store, clock = MemoryStore(), FakeClock()
    person = open_account_in(store, clock)
    bank = Bank(request.param, store, clock, WatchedPool(HashingPool(FAST.kdf, slots=1)), person)
    yield bank
    for shell in bank.shells:
        shell.close()


def open_account_in(store: Store, clock: Clock = utc_now) -> Person:
    """Register a person in an empty store."""
    shell = Shell("sync", store, clock=clock)
    register_company(shell.submit)
    return open_account(shell.submit)


@pytest.mark.parametrize("refused", [1, ROUNDS - 1])
@pytest.mark.parametrize("right", [True, False])
def test_a_place_that_is_taken_late_is_one_place(bank: Bank, refused: int, *, right: bool) -> None:
    """Conflicts before the place cost time, and nothing else."""
    shell = bank.refused(lambda commit: commit <= refused)
    reply = shell.submit(attempt(bank.person.login_id, LOGIN if right else WRONG, bank.person.client()))
    assert isinstance(reply, Authenticated if right else Refused)
    sight = look(bank.store, bank.person.login_id)
    assert (bank.pool.checks, sight.failures, sight.places) == (1, 0 if right else 1, ())
    assert shell.waited > 0


@pytest.mark.parametrize("refused", [1, ROUNDS_TO_SETTLE - 1])
@pytest.mark.parametrize("right", [True, False])
def test_a_verdict_that_is_written_late_is_one_verdict(bank: Bank, refused: int, *, right: bool) -> None:
    """Conflicts after the place was taken neither hash nor count again."""
    shell = bank.refused(lambda commit: 2 <= commit <= refused + 1)
    before = look(bank.store, bank.person.login_id)
    reply = shell.submit(attempt(bank.person.login_id, LOGIN if right else WRONG, bank.person.client()))
    assert isinstance(reply, Authenticated if right else Refused)
    sight = look(bank.store, bank.person.login_id)
    assert (bank.pool.checks, sight.failures, sight.places) == (1, 0 if right else 1, ())
    assert len(sight.judged) == len(before.judged) + 1


def test_too_many_conflicts_before_the_place_are_busy_and_count_nothing(bank: Bank) -> None:
    """After sixteen the submit gives up; it was never hashed, and its page's token is not spent."""
    shell = bank.refused(lambda commit: commit <= ROUNDS)
    command = attempt(bank.person.login_id, WRONG)
    assert isinstance(shell.submit(command), Busy)
    sight = look(bank.store, bank.person.login_id)
    assert (bank.pool.checks, sight.failures, sight.places) == (0, 0, ())
    assert isinstance(shell.submit(command), Refused)
    assert look(bank.store, bank.person.login_id).failures == 1


def test_too_many_conflicts_after_the_place_leave_it_to_its_time(bank: Bank) -> None:
    """A verdict that can't be written in 64 rounds gives nothing away: the place counts a minute later."""
    shell = bank.refused(lambda commit: 2 <= commit <= ROUNDS_TO_SETTLE + 1)
    assert isinstance(shell.submit(attempt(bank.person.login_id, LOGIN)), Busy)
    sight = look(bank.store, bank.person.login_id)
    assert (bank.pool.checks, sight.failures, len(sight.places), sight.sessions) == (1, 0, 1, ())
    bank.clock.advance(PLACE_LASTS)
    assert isinstance(shell.submit(attempt(bank.person.login_id, WRONG)), Refused)
    sight = look(bank.store, bank.person.login_id)
    assert (sight.failures, sight.places) == (2, ())


class Lagging(Through):
    """A store whose loads show the first sight of each record for ever, as a replica that has stopped."""

    def __init__(self, store: Any) -> None:  # noqa: ANN401 - a store
        super().__init__(store)
        self._first: dict[Any, Loaded | None] = {}

    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> Any:  # noqa: ANN401 - an answer
        del subject
        return self._stale(call()) if operation.call == "load" else call()

    def _stale(self, found: Any) -> Any:  # noqa: ANN401 - records by key
        for key, loaded in found.items():
            self._first.setdefault(key, loaded)
        return {key: self._first[key] for key in found}


class AsyncLagging(AsyncThrough):
    """The same for the asynchronous protocol."""

    def __init__(self, store: Any) -> None:  # noqa: ANN401 - a store
        super().__init__(store)
        self._lagging = Lagging(store)

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> Any:  # noqa: ANN401 - as above
        del subject
        answer = await call()
        return self._lagging._stale(answer) if operation.call == "load" else answer


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_out_of_date_grants_nothing(kind: Kind) -> None:
    """With a store that never shows a change, the first guess is judged and no other; everybody else has to wait."""
    store: Any = MemoryStore() if kind == "sync" else AsyncMemoryStore()
    inner = store if kind == "sync" else store._store
    person = open_account_in(inner)
    shell = Shell(kind, (Lagging if kind == "sync" else AsyncLagging)(store))
    said = Counter(type(shell.submit(attempt(person.login_id, WRONG))).__name__ for _ in range(2 * LIMIT))
    assert said == {"Refused": 1, "Busy": 2 * LIMIT - 1}
    assert isinstance(shell.submit(attempt(person.login_id, LOGIN, person.client())), Busy)
    sight = look(inner, person.login_id)
    assert (sight.failures, sight.places, sight.sessions) == (1, (), ())
    shell.close()


def test_a_flood_beyond_the_queue_is_busy_and_the_limit_holds(figure: Figure) -> None:
    """Three hundred guesses at one ID at once, one slot and a queue of eight: never an error, never more than six."""
    store = AsyncMemoryStore()
    person = open_account_in(store._store)
    pool = WatchedPool(HashingPool(FAST.kdf, slots=1, max_waiting=8))

    async def flood() -> list[object]:
        auth = AsyncAuthenticator(store, profile=FAST, keys=unsafe_keys(), pool=watched(pool))
        commands = [attempt(person.login_id, WRONG) for _ in range(300)]
        return list(await asyncio.gather(*(auth.submit(command) for command in commands)))

    replies = asyncio.run(flood())
    said = Counter(reply.code if isinstance(reply, Refused) else type(reply).__name__ for reply in replies)
    assert set(said) <= {"rejected", "locked", "Busy"}
    assert said["Busy"] > 200
    assert pool.checks <= LIMIT
    sight = look(store._store, person.login_id)
    assert sight.places == ()
    assert sight.failures == pool.checks
    figure(f"300 guesses at once, a queue of 8: {dict(sorted(said.items()))}, {pool.checks} hashed")
