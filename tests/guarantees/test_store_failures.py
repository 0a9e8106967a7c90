"""The store fails in the midst of a login.

Done means: where nothing was committed it is raised as that, nothing has happened, and the next try works. Where the
answer to a commit was lost the very same change set is sent again, by its id, and there is one effect; where it stays
lost that is raised, and submitting the same command settles it without a second effect. A verdict that could not be
written leaves its place, which counts when its time is over, and keeps nobody out. Both shells, on SQLite.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
import pytest

from okmate_auth import Authenticated, Busy, PasswordLogin, Refused
from okmate_auth.commands import RegisterUser
from okmate_auth.decision import Command
from okmate_auth.errors import CommitUnknownError, InfrastructureError, StoreUnavailableError
from okmate_auth.ports import ChangeSet
from okmate_auth.replies import UserRegistered
from okmate_auth.storage import AsyncSQLiteStore, SQLiteStore
from okmate_auth.testing import AsyncFaultyStore, FakeClock, Faults, FaultyStore, Operation
from okmate_auth.testing.through import AsyncThrough, Through
from tests.guarantees.looking import Sight, look
from tests.guarantees.people import (
    COMPANY,
    DESK,
    LOGIN,
    WRONG,
    Person,
    attempt,
    fresh_login_id,
    open_account,
    register_company,
)
from tests.guarantees.shells import KINDS, Kind, Shell

T = TypeVar("T")

PLACE_LASTS: Final = timedelta(seconds=60)
RESERVATION, VERDICT = 1, 2  # commits of a judged login, in their order


class Noting(Through):
    """A store that notes the id of every change set that it is sent."""

    def __init__(self, store: Any, sent: list[str]) -> None:  # noqa: ANN401 - a store
        super().__init__(store)
        self._sent = sent

    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> T:
        del operation
        if isinstance(subject, ChangeSet):
            self._sent.append(subject.id)
        return call()


class AsyncNoting(AsyncThrough):
    """The same for the asynchronous protocol."""

    def __init__(self, store: Any, sent: list[str]) -> None:  # noqa: ANN401 - a store
        super().__init__(store)
        self._sent = sent

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:
        del operation
        if isinstance(subject, ChangeSet):
            self._sent.append(subject.id)
        return await call()


@attrs.define
class Bank:
    """A file, a shell over it that works, and others whose store fails at chosen calls.

    Attributes:
        kind: Which shell.
        file: Where.
        store: The test's own opening.
        clock: The time.
        shell: The shell that works.
        person: Who has been through his first login.
    """

    kind: Kind
    file: Path
    store: SQLiteStore
    clock: FakeClock
    shell: Shell
    person: Person
    sent: list[str] = attrs.field(factory=list)
    _failing: list[Shell] = attrs.field(factory=list)

    def failing(self, **faults: set[int]) -> Shell:
        """Return a shell whose store fails at these calls, counted from now on."""
        chosen = Faults(**{name: frozenset(calls) for name, calls in faults.items()})
        store: Any
        if self.kind == "sync":
            store = Noting(FaultyStore(SQLiteStore(self.file), chosen), self.sent)
        else:
            store = AsyncNoting(AsyncFaultyStore(AsyncSQLiteStore(self.file), chosen), self.sent)
        shell = Shell(self.kind, store, clock=self.clock)
        self._failing.append(shell)
        return shell

    def look(self) -> Sight:
        """Return what the store holds about the person."""
        return look(self.store, self.person.login_id)

    def close(self) -> None:
        """Close everything."""
        for shell in (*self._failing, self.shell):
            shell.close()
        self.store.close()

    def wrong(self) -> PasswordLogin:
        """Return a guess from the person's own browser."""
        return attempt(self.person.login_id, WRONG, self.person.client())

    def right(self) -> PasswordLogin:
        """Return a login from the person's own browser."""
        return attempt(self.person.login_id, LOGIN, self.person.client())

    def owner_gets_in(self) -> None:
        """The person logs in, at once."""
        assert isinstance(self.shell.submit(self.right()), Authenticated)


@pytest.fixture(params=KINDS)
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bank]:
    """A bank on a file, with either shell."""
    file, clock = tmp_path / "bank.db", FakeClock()
    kind: Kind = request.param
    shell = Shell(kind, SQLiteStore(file) if kind == "sync" else AsyncSQLiteStore(file), clock=clock)
    register_company(shell.submit)
    person = open_account(shell.submit)
    bank = Bank(kind, file, SQLiteStore(file), clock, shell, person)
    yield bank
    bank.close()


def fails(shell: Shell, command: Command[Any], kind: type[InfrastructureError]) -> None:
    """The submit raises exactly this."""
    with pytest.raises(InfrastructureError) as raised:
        shell.submit(command)
    assert type(raised.value) is kind


@pytest.mark.parametrize("faults", [{"loads": {1}}, {"before": {RESERVATION}}])
@pytest.mark.parametrize("right", [True, False])
def test_before_a_place_was_taken_nothing_has_happened(bank: Bank, faults: dict[str, set[int]], *, right: bool) -> None:
    """The read or the reservation fails: it is raised, nothing is counted, and the same command works the next time."""
    shell = bank.failing(**faults)
    command = bank.right() if right else bank.wrong()
    before = bank.look()
    fails(shell, command, StoreUnavailableError)
    assert bank.look() == before
    assert isinstance(shell.submit(command), Authenticated if right else Refused)
    after = bank.look()
    assert len(after.judged) == len(before.judged) + 1
    assert after.places == ()
    bank.owner_gets_in()


@pytest.mark.parametrize("right", [True, False])
def test_a_verdict_that_could_not_be_written_leaves_its_place(bank: Bank, *, right: bool) -> None:
    """It is raised, nothing was granted, the next login works at once; the place counts a minute later, not before."""
    shell = bank.failing(before={VERDICT})
    command = bank.right() if right else bank.wrong()
    before = bank.look()
    fails(shell, command, StoreUnavailableError)
    sight = bank.look()
    assert (sight.judged, sight.sessions, sight.failures) == (before.judged, before.sessions, 0)
    assert len(sight.places) == 1
    reply = shell.submit(command)  # the same attempt waits for its first try, which nobody will finish any more
    assert isinstance(reply, Busy)
    assert shell.waited > 5
    assert isinstance(shell.submit(attempt(bank.person.login_id, WRONG, bank.person.client())), Refused)
    assert bank.look().failures == 1
    bank.clock.advance(PLACE_LASTS - timedelta(microseconds=1))
    assert isinstance(shell.submit(bank.wrong()), Refused)
    assert (bank.look().failures, len(bank.look().places)) == (2, 1)
    bank.clock.advance(timedelta(microseconds=1))
    assert isinstance(shell.submit(command), Authenticated if right else Refused)
    assert (bank.look().failures, bank.look().places) == ((0, ()) if right else (4, ()))
    bank.owner_gets_in()


@pytest.mark.parametrize(
    "faults",
    [
        {"after": {RESERVATION}},
        {"after": {VERDICT}},
        {"after": {RESERVATION, VERDICT + 1}},
        {"after": {RESERVATION, RESERVATION + 1}},
        {"after": {VERDICT}, "before": {VERDICT + 1}},
    ],
)
@pytest.mark.parametrize("right", [True, False])
def test_a_lost_answer_is_asked_for_again(bank: Bank, faults: dict[str, set[int]], *, right: bool) -> None:
    """The same change set is sent again, by its id; the caller never learns of it, and there is one effect."""
    shell = bank.failing(**faults)
    before = bank.look()
    assert isinstance(shell.submit(bank.right() if right else bank.wrong()), Authenticated if right else Refused)
    lost = sum(len(calls) for calls in faults.values())
    assert len(bank.sent) == 2 + lost
    assert len(set(bank.sent)) == 2
    assert sorted(bank.sent, key=bank.sent.index) == bank.sent, "something else was sent in between"
    sight = bank.look()
    assert len(sight.results) == len(before.results) + 1
    assert (sight.places, sight.failures, len(sight.sessions)) == ((), 0 if right else 1, 1 if right else 0)
    bank.owner_gets_in()


@pytest.mark.parametrize("right", [True, False])
def test_an_answer_that_stays_lost_is_settled_by_the_same_command(bank: Bank, *, right: bool) -> None:
    """After three tries it is raised; submitted again the command finds its own effect, and makes no second one."""
    shell = bank.failing(after={VERDICT, VERDICT + 1, VERDICT + 2})
    command = bank.right() if right else bank.wrong()
    before = bank.look()
    fails(shell, command, CommitUnknownError)
    reply = shell.submit(command)
    assert isinstance(reply, Authenticated if right else Refused)
    sight = bank.look()
    assert len(sight.results) == len(before.results) + 1
    assert (sight.places, sight.failures, len(sight.sessions)) == ((), 0 if right else 1, 1 if right else 0)
    if isinstance(reply, Authenticated):
        assert shell.session(reply.session, command.client) is not None
    bank.owner_gets_in()


def test_a_reservation_whose_answer_stays_lost_keeps_nobody_out(bank: Bank) -> None:
    """The place is taken and nobody serves it: it counts when its time is over, and the owner gets in before that."""
    shell = bank.failing(after={RESERVATION, RESERVATION + 1, RESERVATION + 2})
    fails(shell, bank.wrong(), CommitUnknownError)
    assert len(bank.look().places) == 1
    bank.owner_gets_in()
    bank.clock.advance(PLACE_LASTS)
    assert isinstance(shell.submit(bank.wrong()), Refused)
    assert (bank.look().failures, bank.look().places) == (2, ())
    bank.owner_gets_in()


def test_a_registration_whose_answer_was_lost_is_one_registration(bank: Bank) -> None:
    """What an authority does is sent again as well: the person exists once, with the password that was answered."""
    shell = bank.failing(after={1})
    login_id = fresh_login_id()
    reply = shell.submit(RegisterUser(login_id=login_id, company=COMPANY, authority=DESK))
    assert isinstance(reply, UserRegistered)
    assert len(bank.sent) == 2
    assert len(set(bank.sent)) == 1
    assert reply.initial_password is not None
    step = bank.shell.submit(attempt(login_id, reply.initial_password.reveal()))
    assert not isinstance(step, Refused | Busy)


def test_a_session_check_fails_closed(bank: Bank) -> None:
    """A session that can't be read, or whose first use can't be written, is none; it is there when the store is."""
    client = bank.person.client()
    reply = bank.shell.submit(attempt(bank.person.login_id, LOGIN, client))
    assert isinstance(reply, Authenticated)
    for faults in ({"loads": {1}}, {"before": {1}}):
        with pytest.raises(StoreUnavailableError):
            bank.failing(**faults).session(reply.session, client)
    assert bank.shell.session(reply.session, client) is not None
    with pytest.raises(StoreUnavailableError):
        bank.failing(loads={1}).session(reply.session, client)


def test_the_first_use_of_a_session_whose_answer_was_lost_is_looked_up(bank: Bank) -> None:
    """The next look at the session tells whether it was written; only where every answer is lost it is raised."""
    client = bank.person.client()
    reply = bank.shell.submit(attempt(bank.person.login_id, LOGIN, client))
    assert isinstance(reply, Authenticated)
    assert bank.failing(after={1}).session(reply.session, client) is not None
    assert len(bank.sent) == 1
    bank.clock.advance(timedelta(minutes=5))  # the next write of the last use is due
    assert bank.failing(after={1}).session(reply.session, client) is not None
    assert len(bank.sent) == 2
    assert bank.look().sessions[0].used_at == bank.clock()


def test_a_session_whose_every_write_is_lost_is_raised(bank: Bank) -> None:
    """A store that never answers a commit, and never does one, ends in an error and not in a session."""

    class Silent(Noting):
        def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> T:
            if operation.call == "commit":
                raise CommitUnknownError
            return super()._around(operation, subject, call)

    class AsyncSilent(AsyncNoting):
        async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:
            if operation.call == "commit":
                raise CommitUnknownError
            return await super()._around(operation, subject, call)

    client = bank.person.client()
    reply = bank.shell.submit(attempt(bank.person.login_id, LOGIN, client))
    assert isinstance(reply, Authenticated)
    store: Any = (
        Silent(SQLiteStore(bank.file), []) if bank.kind == "sync" else AsyncSilent(AsyncSQLiteStore(bank.file), [])
    )
    shell = Shell(bank.kind, store, clock=bank.clock)
    with pytest.raises(CommitUnknownError):
        shell.session(reply.session, client)
    shell.close()
