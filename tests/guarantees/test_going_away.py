"""Somebody goes away in the midst of a login: the view, the thread, the process; or there is no room to begin with.

Done means: a guess that was judged stays counted, whatever the view does then; one that found no room is not counted,
and its page's token is not spent; one whose process died while it was judged holds its place for 60 s, counts as a
failure from then on, and neither keeps the owner out nor is given back. Whoever is interrupted gives his slot back.
However many log in at once, as many hashes are computed at once as the pool has slots, and memory shows it.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import attrs
import pytest

from okmate_auth import (
    AsyncAuthenticator,
    Authenticated,
    Authenticator,
    Busy,
    ChangePasswords,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
)
from okmate_auth.commands.passwords import ResetPasswords
from okmate_auth.errors import InfrastructureError
from okmate_auth.hashing import HashingPool, Slot
from okmate_auth.storage import AsyncMemoryStore, AsyncSQLiteStore, MemoryStore, SQLiteStore
from okmate_auth.testing import FakeClock
from okmate_auth.testing.keys import unsafe_keys
from tests.children import environment, run
from tests.guarantees.branch import Settings
from tests.guarantees.branches import Line
from tests.guarantees.figures import Figure
from tests.guarantees.looking import Sight, look
from tests.guarantees.people import (
    CONFIRMATION,
    DESK,
    FAST,
    LIMIT,
    LOGIN,
    WRONG,
    Person,
    attempt,
    fresh_login_id,
    open_account,
    register_company,
)
from tests.guarantees.pools import WatchedPool, watched
from tests.guarantees.shells import KINDS, Kind, Shell
from tests.rounds import rounds

T = TypeVar("T")

PLACE_LASTS: Final = timedelta(seconds=60)
ONE_MICROSECOND: Final = timedelta(microseconds=1)


@attrs.define
class Bank:
    """A file and a shell over it."""

    kind: Kind
    file: Path
    store: SQLiteStore
    clock: FakeClock
    shell: Shell
    person: Person

    def look(self) -> Sight:
        """Return what the store holds about the person."""
        return look(self.store, self.person.login_id)

    def beside(self, pool: HashingPool) -> Shell:
        """Return another shell over the same file, with a pool of its own."""
        return Shell(self.kind, _store(self.kind, self.file), clock=self.clock, pool=pool)

    def owner_gets_in(self) -> None:
        """The person logs in from his own browser, at once."""
        reply = self.shell.submit(attempt(self.person.login_id, LOGIN, self.person.client()))
        assert isinstance(reply, Authenticated)


def _store(kind: Kind, file: Path) -> SQLiteStore | AsyncSQLiteStore:
    return SQLiteStore(file) if kind == "sync" else AsyncSQLiteStore(file)


@pytest.fixture(params=KINDS)
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bank]:
    """A bank on a file, with either shell."""
    file, clock = tmp_path / "bank.db", FakeClock()
    shell = Shell(request.param, _store(request.param, file), clock=clock)
    register_company(shell.submit)
    bank = Bank(request.param, file, SQLiteStore(file), clock, shell, open_account(shell.submit))
    yield bank
    shell.close()
    bank.store.close()


class ViewError(Exception):
    """What a view raises."""


def test_a_view_that_raises_after_a_refusal_takes_nothing_back(bank: Bank) -> None:
    """The count is committed before the view knows: rolling back its own request's work does not undo it."""

    def view() -> None:
        assert isinstance(bank.shell.submit(attempt(bank.person.login_id, WRONG)), Refused)
        raise ViewError

    for number in range(1, LIMIT + 1):
        with pytest.raises(ViewError):
            view()
        assert bank.look().failures == number
        assert bank.look().places == ()
    reply = bank.shell.submit(attempt(bank.person.login_id, LOGIN))
    assert isinstance(reply, Refused)
    assert reply.code == "locked"
    bank.owner_gets_in()


def occupied() -> tuple[HashingPool, Slot]:
    """Return a pool that has no room for anybody, and the slot that occupies it."""
    pool = HashingPool(FAST.kdf, slots=1, max_waiting=0)
    slot = pool.acquire(0)
    assert slot is not None
    return pool, slot


def test_a_shed_hash_counts_nothing_and_spends_nothing(bank: Bank) -> None:
    """A full pool answers Busy: no place, no failure; the same page's attempt is judged when there is room."""
    pool, slot = occupied()
    shell = bank.beside(pool)
    before = bank.look()
    command = attempt(bank.person.login_id, WRONG)
    for _ in range(5):
        reply = shell.submit(command)
        assert isinstance(reply, Busy)
        assert reply.retry_after > timedelta(0)
    sight = bank.look()
    assert (sight.failures, sight.places, sight.judged) == (0, (), before.judged)
    assert sight.results[len(before.results) :] == ("busy",) * 3  # the 1st, 2nd and 4th
    slot.release()
    assert isinstance(shell.submit(command), Refused)
    assert (bank.look().failures, bank.look().places) == (1, ())
    assert pool.in_use == 0
    shell.close()


def test_a_shed_hash_spends_no_handle(bank: Bank) -> None:
    """A change of passwords that found no room is done with the same handle when there is room."""
    reset = bank.shell.submit(ResetPasswords(login_id=bank.person.login_id, authority=DESK))
    initial = cast("Any", reset).initial_password.reveal()
    client = bank.person.client()
    due = bank.shell.submit(attempt(bank.person.login_id, initial, client))
    assert isinstance(due, PasswordChangeDue)
    command = ChangePasswords(
        handle=due.handle,
        client=client,
        current_login_password=initial,
        new_login_password=LOGIN,
        new_confirmation_password=CONFIRMATION,
    )
    pool, slot = occupied()
    shell = bank.beside(pool)
    assert isinstance(shell.submit(command), Busy)
    assert bank.look().places == ()
    slot.release()
    assert isinstance(shell.submit(command), PasswordChangeDone)
    shell.close()


class Interrupted(WatchedPool):
    """A pool in which something goes wrong after a hash was computed, or instead of it."""

    def __init__(self, pool: HashingPool, error: BaseException) -> None:
        super().__init__(pool)
        self._error = error

    def computed(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        """Compute, and raise all the same."""
        super().computed(function, arguments)
        raise self._error


def interrupted(bank: Bank, error: BaseException) -> None:
    """What holds when a hash ends in an error: it is raised, the slot is back, the place has its time."""
    pool = HashingPool(FAST.kdf, slots=1)
    shell = bank.beside(watched(Interrupted(pool, error)))
    before = bank.look()
    with pytest.raises(type(error)):
        shell.submit(attempt(bank.person.login_id, WRONG))
    assert pool.in_use == 0
    assert bank.look().judged == before.judged
    assert len(bank.look().places) == 1
    bank.owner_gets_in()
    bank.clock.advance(PLACE_LASTS)
    assert isinstance(bank.shell.submit(attempt(bank.person.login_id, WRONG)), Refused)
    assert (bank.look().failures, bank.look().places) == (2, ())
    shell.close()


def test_a_hash_that_fails_is_no_wrong_password_and_no_free_guess(bank: Bank) -> None:
    """A machine that has no memory left raises; the guess counts when its time is over, as if its process had died."""
    interrupted(bank, InfrastructureError("no memory"))


@pytest.mark.parametrize("bank", ["sync"], indirect=True)
@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt()])
def test_a_worker_that_is_told_to_end_gives_no_guess_away(bank: Bank, error: BaseException) -> None:
    """A server that ends a thread's work by an exception, in the midst of a hash, is like a process that died."""
    interrupted(bank, error)


def test_a_process_that_dies_holding_places(tmp_path: Path) -> None:
    """Killed while it judges as many guesses as may be: they count after 60 s, not before; the owner gets in always."""
    file = tmp_path / "bank.db"
    store = SQLiteStore(file)
    shell = Shell("sync", SQLiteStore(file))
    register_company(shell.submit)
    person = open_account(shell.submit)
    with Line(Settings(file=str(file), stuck=True)) as line:
        line.send({"work": [("guess", {"login_id": person.login_id, "tries": 1})] * LIMIT, "go_at": 0.0})
        assert [line.receive() for _ in range(LIMIT)] == [{"hashing": "check"}] * LIMIT
        line.strike()
        assert line.last_words() == []
    places = look(store, person.login_id).places
    assert len(places) == LIMIT
    first, last = min(place.ends_at for place in places), max(place.ends_at for place in places)
    assert timedelta(0) <= last - first < timedelta(seconds=30)
    clock = FakeClock(first - ONE_MICROSECOND)
    later = Shell("sync", SQLiteStore(file), clock=clock)
    assert isinstance(later.submit(attempt(person.login_id, WRONG)), Busy)
    assert look(store, person.login_id).failures == 0
    clock.set(last)
    reply = later.submit(attempt(person.login_id, LOGIN))
    assert isinstance(reply, Refused)
    assert reply.code == "locked"
    assert reply.until == last + timedelta(minutes=30)
    assert isinstance(later.submit(attempt(person.login_id, LOGIN, person.client())), Authenticated)
    for each in (later, shell):
        each.close()
    store.close()


def test_the_owner_gets_in_while_a_dead_process_holds_the_places(tmp_path: Path) -> None:
    """His browser has a lane of its own, and what the dead one held still counts after his success."""
    file = tmp_path / "bank.db"
    shell = Shell("sync", SQLiteStore(file))
    register_company(shell.submit)
    person = open_account(shell.submit)
    with Line(Settings(file=str(file), stuck=True)) as line:
        line.send({"work": [("guess", {"login_id": person.login_id, "tries": 1})] * LIMIT, "go_at": 0.0})
        assert [line.receive() for _ in range(LIMIT)] == [{"hashing": "check"}] * LIMIT
        line.strike()
        line.last_words()
    assert isinstance(shell.submit(attempt(person.login_id, LOGIN, person.client())), Authenticated)
    with SQLiteStore(file) as store:
        places = look(store, person.login_id).places
        assert len(places) == LIMIT
        later = Shell("sync", SQLiteStore(file), clock=FakeClock(max(place.ends_at for place in places)))
        reply = later.submit(attempt(person.login_id, WRONG))
        assert isinstance(reply, Refused)
        assert reply.code == "locked"
        later.close()
    shell.close()


class Dawdling(WatchedPool):
    """A pool whose hashes take a while; it tells when one has begun."""

    def __init__(self, pool: HashingPool) -> None:
        super().__init__(pool)
        self.begun = threading.Event()

    def computed(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        """Take a while."""
        self.begun.set()
        time.sleep(0.2)
        return super().computed(function, arguments)


def test_closing_lets_the_guess_at_work_be_judged(bank: Bank) -> None:
    """A service that shuts down answers the submit that has a slot, writes its verdict, and closes the file then."""
    pool = Dawdling(HashingPool(FAST.kdf, slots=1))
    command = attempt(bank.person.login_id, WRONG)
    store: Any = _store(bank.kind, bank.file)
    reply: object
    if bank.kind == "sync":
        auth = Authenticator(store, profile=FAST, keys=unsafe_keys(), pool=watched(pool), clock=bank.clock)
        with ThreadPoolExecutor(1) as threads:
            running = threads.submit(auth.submit, command)
            assert pool.begun.wait(30)
            auth.close()
            reply = running.result()
    else:

        async def close_meanwhile() -> object:
            auth = AsyncAuthenticator(store, profile=FAST, keys=unsafe_keys(), pool=watched(pool), clock=bank.clock)
            task = asyncio.ensure_future(auth.submit(command))
            assert await asyncio.to_thread(pool.begun.wait, 30)
            await auth.close()
            return await task

        reply = asyncio.run(close_meanwhile())
    assert isinstance(reply, Refused)
    assert (bank.look().failures, bank.look().places) == (1, ())
    assert pool.pool.in_use == 0


MANY: Final = 200


def test_two_hundred_tasks_hash_no_more_at_once_than_the_pool_has_slots(figure: Figure) -> None:
    """As tasks of one event loop: all are answered, and never more than two hashes are computed together."""
    pool = WatchedPool(HashingPool(FAST.kdf, slots=2))

    async def at_once() -> list[object]:
        auth = AsyncAuthenticator(AsyncMemoryStore(), profile=FAST, keys=unsafe_keys(), pool=watched(pool))
        commands = [attempt(fresh_login_id(), WRONG) for _ in range(MANY)]
        replies = await asyncio.gather(*(auth.submit(command) for command in commands))
        await auth.close()
        return list(replies)

    replies = asyncio.run(at_once())
    assert replies == [Refused(code="rejected")] * MANY
    assert pool.checks == MANY
    assert 1 <= pool.peak <= 2
    figure(f"{MANY} tasks, at most {pool.peak} hashes at once")


def test_two_hundred_threads_hash_no_more_at_once_than_the_pool_has_slots(figure: Figure) -> None:
    """The same as threads."""
    pool = WatchedPool(HashingPool(FAST.kdf, slots=2))
    with (
        Authenticator(MemoryStore(), profile=FAST, keys=unsafe_keys(), pool=watched(pool)) as auth,
        ThreadPoolExecutor(MANY) as threads,
    ):
        commands = [attempt(fresh_login_id(), WRONG) for _ in range(MANY)]
        replies = list(threads.map(auth.submit, commands))
    assert replies == [Refused(code="rejected")] * MANY
    assert pool.checks == MANY
    assert 1 <= pool.peak <= 2
    figure(f"{MANY} threads, at most {pool.peak} hashes at once")


MEASURED: Final = """
import asyncio, json, resource, sys
from okmate_auth import OKMATE, AsyncAuthenticator
from okmate_auth.hashing import HashingPool
from okmate_auth.storage import AsyncMemoryStore
from okmate_auth.testing.keys import unsafe_keys
from tests.guarantees.people import attempt, fresh_login_id, WRONG

def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

async def main(many):
    pool = HashingPool(OKMATE.kdf, slots=2)
    auth = AsyncAuthenticator(AsyncMemoryStore(), profile=OKMATE, keys=unsafe_keys(), pool=pool)
    before = peak_mib()
    commands = [attempt(fresh_login_id(), WRONG) for _ in range(many)]
    replies = await asyncio.gather(*(auth.submit(command) for command in commands))
    await auth.close()
    said = [getattr(reply, "code", type(reply).__name__) for reply in replies]
    print(json.dumps({"before": before, "after": peak_mib(), "said": said}))

asyncio.run(main(int(sys.argv[1])))
"""


def test_memory_is_bounded_by_the_pool_and_not_by_the_callers(figure: Figure) -> None:
    """With the cost that a bank uses, a process with two slots grows by two hashes' memory, however many log in."""
    many = rounds(8, 200)
    measured = json.loads(run(MEASURED, str(many), env=environment()))
    grown = measured["after"] - measured["before"]
    hash_mib = 47104 / 1024
    assert grown < 2 * hash_mib + 40, "more memory than two hashes and what 200 submits need"
    answers = Counter(measured["said"])
    assert set(answers) <= {"rejected", "Busy"}
    assert answers["rejected"] >= 2
    figure(f"{many} logins at once, 46 MiB a hash, 2 slots: {grown:.0f} MiB more at the peak; {dict(answers)}")
