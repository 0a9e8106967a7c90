"""Whoever awaits a submit may be cancelled at any moment; the submit leaves nothing half done.

Done means: cancelled after any number of turns of the event loop, at every single one up to the last, and, with a real
file and real threads, before and after every call that leaves the loop:

* no place is left: a guess that was counted was judged, and one that was hashed is in the history (so nobody gets a
  guess for free by hanging up);
* the very same command, submitted again, gets the one reply, and there is one effect;
* the slot is back in the pool, and the owner gets in.

What ends the whole process or its loop is another thing: then the place stands, and counts when its time is over.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import pytest

from okmate_auth import AsyncAuthenticator, Authenticated, Authenticator, Refused, Secret
from okmate_auth.decision import Command
from okmate_auth.hashing import HashingPool, verify
from okmate_auth.ports import AsyncStore, Store
from okmate_auth.storage import AsyncSQLiteStore, MemoryStore, SQLiteStore
from okmate_auth.testing import FakeClock, Operation
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.testing.through import AsyncThrough
from tests.guarantees.cases import CASES, Case, Scene, scene_on, session
from tests.guarantees.figures import Figure
from tests.guarantees.looking import Sight, look
from tests.guarantees.people import FAST, LOGIN, WRONG, attempt, open_account, register_company
from tests.guarantees.pools import Computed, WatchedPool, watched
from tests.guarantees.shells import Shell

T = TypeVar("T")

MOST_TURNS: Final = 200


class Turns(AsyncThrough):
    """A store in memory whose every call gives the event loop a turn before and after; nothing closes it."""

    def __init__(self, store: Store) -> None:
        super().__init__(cast("AsyncStore", store))

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:
        del operation, subject
        await asyncio.sleep(0)
        answer = cast("T", call())  # the store in memory answers at once
        await asyncio.sleep(0)
        return answer

    async def clock(self) -> None:
        """It has none."""

    async def close(self) -> None:
        """Stay open: another shell comes after this one."""


class TurnsPool:
    """A pool without threads: a hash takes two turns of the event loop."""

    def __init__(self) -> None:
        self.checks = 0
        self.in_use = 0

    async def acquire_async(self, timeout_seconds: float) -> TurnsPool:
        """Give a slot after a turn."""
        del timeout_seconds
        await asyncio.sleep(0)
        self.in_use += 1
        return self

    async def run_async(self, function: Callable[..., T], *arguments: object) -> T:
        """Compute between two turns."""
        await asyncio.sleep(0)
        self.checks += function is verify
        answer = function(*arguments)
        await asyncio.sleep(0)
        return answer

    def release(self) -> None:
        """Take the slot back."""
        self.in_use -= 1

    def close(self, *, wait_seconds: float = 0.0) -> bool:
        """Nothing is left to end."""
        del wait_seconds
        return True


def check(scene: Scene, case: Case, command: Command[Any], before: Sight, hashed: int) -> None:
    """State what holds after a submit was cancelled and everything under way has come to its end."""
    sight = scene.look()
    assert sight.places == (), "a guess is counted and will never be judged"
    assert scene.judged_since(before) == case.judged * hashed, "a guess was hashed and not written down"
    reply = scene.submit(command)
    assert isinstance(reply, case.reply), reply
    sight = scene.look()
    assert scene.judged_since(before) == case.judged * (1 if case.repeats else hashed + 1), "there are two effects"
    assert sight.places == ()
    assert len(sight.sessions) == case.sessions
    case.after(scene, reply)


@pytest.mark.parametrize("name", CASES)
def test_cancelled_after_any_number_of_turns(name: str, figure: Figure) -> None:
    """Every turn of the event loop is one at which the awaiter is cancelled, until he is too late."""
    case = CASES[name]

    async def cancelled_after(turns: int, scene: Scene, command: Command[Any], pool: TurnsPool) -> bool:
        auth = AsyncAuthenticator(Turns(scene.store), profile=FAST, keys=unsafe_keys(), pool=cast("HashingPool", pool))
        task = asyncio.ensure_future(auth.submit(command))
        for _ in range(turns):
            await asyncio.sleep(0)
        cancelled = task.cancel()
        if cancelled:
            with pytest.raises(asyncio.CancelledError):
                await task
        await auth.close()
        return cancelled

    for turns in range(MOST_TURNS):
        scene = scene_on(MemoryStore())
        command = case.prepare(scene)
        before, pool = scene.look(), TurnsPool()
        cancelled = asyncio.run(cancelled_after(turns, scene, command, pool))
        assert pool.in_use == 0, "a slot was lost"
        check(scene, case, command, before, pool.checks)
        if not cancelled:
            break
    assert not cancelled
    assert turns > 4
    figure(f"{name}: cancelled at each of {turns} turns")


class Points:
    """Counts the moments at which a submit leaves the event loop or comes back, and acts at one of them."""

    def __init__(self, at: int, act: Callable[[], object]) -> None:
        self.seen = 0
        self._at, self._act = at, act

    def passed(self) -> None:
        """Note one more."""
        self.seen += 1
        if self.seen == self._at:
            self._act()

    async def around(self, call: Callable[[], Awaitable[T]]) -> T:
        """Note one before and one after a call."""
        self.passed()
        answer = await call()
        self.passed()
        return answer


class PointedStore(AsyncThrough):
    """A store whose calls are such moments."""

    def __init__(self, store: AsyncStore, points: Points) -> None:
        super().__init__(store)
        self._points = points

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:
        del operation, subject
        return await self._points.around(call)


class PointedPool(WatchedPool):
    """A pool whose slots are handed out at such moments; the hash itself is one, too."""

    def __init__(self, pool: HashingPool, points: Points, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(pool, self._hashing)
        self._points, self._loop = points, loop

    def _hashing(self, computed: Computed) -> None:
        del computed
        self._loop.call_soon_threadsafe(self._points.passed)

    async def acquire_async(self, timeout_seconds: float) -> Any:  # noqa: ANN401 - a slot that is watched
        """See the base class."""
        acquire = super().acquire_async
        return await self._points.around(lambda: acquire(timeout_seconds))


@pytest.mark.parametrize("name", CASES)
def test_cancelled_at_each_call_of_a_real_store_and_pool(name: str, tmp_path: Path, figure: Figure) -> None:
    """With SQLite's threads and Argon2's the same holds, before and after each of their calls."""
    case, file = CASES[name], tmp_path / "bank.db"
    with Authenticator(SQLiteStore(file), profile=FAST, keys=unsafe_keys()) as first:
        register_company(first.submit)

    async def cancelled_at(point: int, command: Command[Any]) -> tuple[int, int]:
        points = Points(point, lambda: task.cancel())  # noqa: PLW0108 - the task is made below
        pool = PointedPool(HashingPool(FAST.kdf, slots=1), points, asyncio.get_running_loop())
        store = PointedStore(AsyncSQLiteStore(file), points)
        auth = AsyncAuthenticator(store, profile=FAST, keys=unsafe_keys(), pool=watched(pool))
        task = asyncio.ensure_future(auth.submit(command))
        await asyncio.wait({task})
        await auth.close()
        assert pool.pool.in_use == 0
        return points.seen, pool.checks

    for point in itertools.count(1):
        with SQLiteStore(file) as store:
            scene = scene_on(store, company=False)
            command = case.prepare(scene)
            before = scene.look()
            seen, checks = asyncio.run(cancelled_at(point, command))
            check(scene, case, command, before, checks)
        if seen < point:  # nobody was cancelled: there is no such call any more
            break
    assert point > 4
    figure(f"{name}: cancelled at each of {point - 1} calls")


def test_a_session_check_that_is_cancelled_takes_nothing_away() -> None:
    """Whoever hangs up during the first use of his session finds it again."""
    for turns in range(MOST_TURNS):
        scene = scene_on(MemoryStore())
        handle = session(scene).session

        async def cancelled(turns: int = turns, scene: Scene = scene, handle: Secret = handle) -> bool:
            auth = AsyncAuthenticator(Turns(scene.store), profile=FAST, keys=unsafe_keys())
            task = asyncio.ensure_future(auth.session(handle, scene.client))
            for _ in range(turns):
                await asyncio.sleep(0)
            was = task.cancel()
            if was:
                with pytest.raises(asyncio.CancelledError):
                    await task
            await auth.close()
            return was

        was_cancelled = asyncio.run(cancelled())
        shell = Shell("sync", scene.store)
        assert shell.session(handle, scene.client) is not None
        if not was_cancelled:
            break
    assert not was_cancelled
    assert turns > 2


def test_a_time_limit_of_the_callers_own_counts_the_guess_once() -> None:
    """``asyncio.timeout`` around a submit whose hash is slow: the guess is judged and counted all the same."""
    scene = scene_on(MemoryStore())
    before = scene.look()

    class Slow(TurnsPool):
        async def run_async(self, function: Callable[..., T], *arguments: object) -> T:
            await asyncio.sleep(0.05)
            return await super().run_async(function, *arguments)

    async def impatient() -> None:
        auth = AsyncAuthenticator(
            Turns(scene.store), profile=FAST, keys=unsafe_keys(), pool=cast("HashingPool", Slow())
        )
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await auth.submit(attempt(scene.person.login_id, WRONG, scene.client))
        await auth.close()

    asyncio.run(impatient())
    assert scene.judged_since(before) == ("wrong-password",)
    assert scene.look().places == ()


def test_a_loop_that_ends_leaves_the_place_to_its_time() -> None:
    """Where the whole loop is torn down the guess can't be judged; it counts when its time is over."""
    clock = FakeClock()
    store = MemoryStore()
    shell = Shell("sync", store, clock=clock)
    register_company(shell.submit)
    person = open_account(shell.submit)

    class Never(TurnsPool):
        async def run_async(self, function: Callable[..., T], *arguments: object) -> T:
            del function, arguments
            await asyncio.Event().wait()
            raise AssertionError

    async def torn_down() -> None:
        auth = AsyncAuthenticator(
            Turns(store), profile=FAST, keys=unsafe_keys(), pool=cast("HashingPool", Never()), clock=clock
        )
        task = asyncio.ensure_future(auth.submit(attempt(person.login_id, WRONG)))
        for _ in range(MOST_TURNS):
            await asyncio.sleep(0)
        assert len(look(store, person.login_id).places) == 1
        assert not task.done()

    asyncio.run(torn_down())
    assert len(look(store, person.login_id).places) == 1
    clock.advance(timedelta(seconds=60))
    assert isinstance(shell.submit(attempt(person.login_id, WRONG)), Refused)
    sight = look(store, person.login_id)
    assert (sight.places, sight.failures) == ((), 2)
    assert isinstance(shell.submit(attempt(person.login_id, LOGIN, person.client())), Authenticated)
