"""A process that stops dead before or after any call of its store.

Done means, for commands of every kind and at every such moment, one by one: what is in the store is what was there
before, or what the whole command leaves, and nothing between; where it was a guess, its place may be held besides. A
minute later the place is a failure, and the person is helped as if nothing had happened. Both shells.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

import pytest

from okmate_auth import PasswordChangeDue
from okmate_auth.commands.passwords import ResetPasswords
from okmate_auth.decision import Command
from okmate_auth.replies import PasswordsReset
from okmate_auth.storage import AsyncMemoryStore, MemoryStore
from okmate_auth.testing import FakeClock, Operation
from okmate_auth.testing.through import AsyncThrough, Through
from tests.guarantees.cases import CASES, Case, Scene, scene_on
from tests.guarantees.days import GUESSES
from tests.guarantees.figures import Figure
from tests.guarantees.looking import Sight, look
from tests.guarantees.people import DESK, WRONG, attempt
from tests.guarantees.shells import KINDS, Kind, Shell

T = TypeVar("T")

PLACE_LASTS: Final = timedelta(seconds=60)
PLACES: Final = {**GUESSES, "change": frozenset({"login-password"})}
"""Factors of which a command holds places while it is at work; here a reset left the confirmation password unset."""


class StoppedError(Exception):
    """The process is no more."""


class Moments:
    """Counts moments, and stops at one of them and ever after."""

    def __init__(self, at: int) -> None:
        self.seen = 0
        self._at = at

    def passed(self) -> None:
        """Come to one more."""
        self.seen += 1
        if self.seen >= self._at:
            raise StoppedError


class Stops(Through):
    """A store that is never called again after a moment."""

    def __init__(self, store: Any, moments: Moments) -> None:  # noqa: ANN401 - a store
        super().__init__(store)
        self._moments = moments

    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> T:
        del operation, subject
        self._moments.passed()
        answer = call()
        self._moments.passed()
        return answer

    def close(self) -> None:
        """Stay open for what comes after."""


class AsyncStops(AsyncThrough):
    """The same for the asynchronous protocol."""

    def __init__(self, store: Any, moments: Moments) -> None:  # noqa: ANN401 - a store
        super().__init__(store)
        self._moments = moments

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:
        del operation, subject
        self._moments.passed()
        answer = await call()
        self._moments.passed()
        return answer

    async def close(self) -> None:
        """Stay open for what comes after."""


def prepared(kind: Kind, case: Case) -> tuple[Any, FakeClock, Scene, Command[Any]]:
    """Return a store for a kind of shell, the time, and what is prepared in it for a case."""
    clock = FakeClock()
    store: Any = MemoryStore() if kind == "sync" else AsyncMemoryStore()
    scene = scene_on(store if kind == "sync" else store._store, clock=clock)
    return store, clock, scene, case.prepare(scene)


def told(sight: Sight) -> tuple[object, ...]:
    """Return what a store holds about a person, without what is random, and without places."""
    used = [session.used_at is not None for session in sight.sessions]
    fresh = [len(session.fresh) for session in sight.sessions]
    return sight.results, sight.failures, sight.flows, used, fresh


def run(kind: Kind, store: object, clock: FakeClock, command: Command[Any], moments: Moments) -> bool:
    """Submit; say whether the process stopped."""
    shell = Shell(kind, (Stops if kind == "sync" else AsyncStops)(store, moments), clock=clock)
    try:
        shell.submit(command)
    except StoppedError:
        return True
    else:
        return False
    finally:
        shell.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CASES)
def test_before_or_after_and_nothing_between(name: str, kind: Kind, figure: Figure) -> None:
    """Stopped at each moment in turn; see the top of this file."""
    case = CASES[name]
    store, clock, scene, command = prepared(kind, case)
    assert not run(kind, store, clock, command, Moments(1000))
    whole = told(scene.look())
    held = 0
    for moment in itertools.count(1):
        store, clock, scene, command = prepared(kind, case)
        before = told(scene.look())
        if not run(kind, store, clock, command, Moments(moment)):
            break
        sight = scene.look()
        places = frozenset(place.factor for place in sight.places)
        assert told(sight) in (before, whole)
        assert not places or (told(sight) == before and places == PLACES[name])
        held += bool(places)
        check_nobody_is_stuck(kind, store, clock, scene, sight)
    assert moment > 4
    assert (held > 0) == (name in PLACES)
    figure(f"{name}, {kind}: stopped at each of {moment - 1} moments, {held} of them with a place in hand")


def check_nobody_is_stuck(kind: Kind, store: object, clock: FakeClock, scene: Scene, stopped: Sight) -> None:
    """A minute later what the dead process held is a failure; a reset and a login work."""
    clock.advance(PLACE_LASTS)
    shell = Shell(kind, (Stops if kind == "sync" else AsyncStops)(store, Moments(1000)), clock=clock)
    shell.submit(attempt(scene.person.login_id, WRONG, scene.client))
    dead = sum(place.factor == "login-password" for place in stopped.places)
    sight = look(scene.store, scene.person.login_id)
    assert (sight.places, sight.failures) == ((), stopped.failures + dead + 1)
    reset = shell.submit(ResetPasswords(login_id=scene.person.login_id, authority=DESK))
    assert isinstance(reset, PasswordsReset)
    due = shell.submit(attempt(scene.person.login_id, reset.initial_password.reveal(), scene.client))
    assert isinstance(due, PasswordChangeDue)
    shell.close()
