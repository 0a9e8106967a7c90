"""A bank in miniature: one company, people and their browsers, a clock that tests move.

>>> bank = Bank("sync-memory", directory)
>>> hanako = bank.customer()  # registered, first login done, logged out again
>>> session = bank.log_in(hanako)  # Authenticated, from the browser that is known to the bank
>>> refused(bank.guess(hanako, bank.browser()), "rejected")

Words: a *newcomer* was registered and has an initial password, which is due to be changed at the first login; a
*customer* has been through that; his ``home`` is the browser from which he did, a known one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import attrs

from okmate_auth import (
    OKMATE,
    Abandon,
    AcknowledgeChange,
    Authenticated,
    ChangePasswords,
    Client,
    Logout,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordLogin,
    Refused,
    Secret,
    Session,
)
from okmate_auth.actions import Action
from okmate_auth.commands import ByDesk, RegisterCompany, RegisterUser
from okmate_auth.commands.change import ChangeReply
from okmate_auth.commands.login import LoginReply
from okmate_auth.decision import Command
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.keys import Keys
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import ChangeSet
from okmate_auth.queries import HistoryPage, ReadHistory
from okmate_auth.queries.histories import History
from okmate_auth.queries.query import Query
from okmate_auth.records import Account, Key, LoginRecord, Record, Throttle
from okmate_auth.records import Session as SessionRecord
from okmate_auth.records.account import Role
from okmate_auth.records.history import Entrance
from okmate_auth.replies import CompanyRegistered, Step, UserRegistered
from okmate_auth.testing import FakeClock, Recording
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.text import canonical_login_id
from tests.behaviour.fronts import Front, Kind, Parts, front
from tests.behaviour.issuing import Issuer
from tests.behaviour.moments import Event, Hashes, Moment

__all__ = [
    "COMPANY",
    "CONFIRMATION",
    "DESK",
    "FAST",
    "LOGIN",
    "MICROSECOND",
    "SERVICES",
    "WRONG",
    "Bank",
    "User",
    "but",
    "expect",
    "refused",
]

R = TypeVar("R")
T = TypeVar("T")
RecordT = TypeVar("RecordT", bound=Record)
CommandT = TypeVar("CommandT", bound=Command[Any])

SERVICES: Final = tuple(f"service-{number:02}" for number in range(64))
"""Services of the bank's own, in no menu: as many as one person may be entitled to."""
FAST: Final = attrs.evolve(OKMATE, kdf=UNSAFE_CHEAPEST, token_services=frozenset[str](), services=frozenset(SERVICES))
"""The procedure's rules with hashes that cost nothing, at a bank where nothing needs a token."""
DESK: Final = ByDesk(operator="teller-7", ticket="T-1")
COMPANY: Final = "C001"
LOGIN: Final = "Zk4mwQ8xp"
CONFIRMATION: Final = "Qq77dert9s"
WRONG: Final = "Nope4you7"
MICROSECOND: Final = timedelta(microseconds=1)


@attrs.frozen
class User:
    """A person: what he knows, and the browser he usually has.

    Attributes:
        login_id: As registered.
        login_password: The present one.
        confirmation_password: The present one, '' while it is unset.
        home: His browser.
    """

    login_id: str
    login_password: str
    confirmation_password: str
    home: Client


def expect(kind: type[T], reply: object) -> T:
    """Return a reply that must be of a kind."""
    assert isinstance(reply, kind), f"{kind.__name__} expected, not {reply!r}"
    return reply


def but(command: CommandT, **changes: object) -> CommandT:
    """Return a command that says something else in these fields."""
    changed: CommandT = attrs.evolve(cast("Any", command), **changes)
    return changed


def refused(reply: object, code: str) -> Refused:
    """Return a refusal that must have a code."""
    refusal = expect(Refused, reply)
    assert refusal.code == code, f"{code!r} expected, not {refusal!r}"
    return refusal


class Bank:
    """A bank with one company.

    Args:
        kind: Which shell over which store.
        directory: An empty directory, for a store that keeps a file.
        profile: The bank's rules.
        actions: The bank's own steps, named by the profile's order.

    Attributes:
        name: The bank's id.
        clock: The time, moved by tests alone.
        front: The shell.
        recording: Everything its store was asked.
        hashes: Everything its pool computed.
        issuer: The CA that issues its people's certificates.
    """

    def __init__(self, kind: Kind, directory: Path, profile: Profile = FAST, actions: Iterable[Action] = ()) -> None:
        self.clock = FakeClock()
        self.recording = Recording()
        self.hashes = Hashes()
        self.issuer = Issuer()
        parts = Parts(clock=self.clock, recording=self.recording, hashes=self.hashes, certificates=self.issuer)
        self._moments = parts.moments
        self.front: Front = front(kind, directory, profile, parts, actions)
        self.name = ""
        self.profile = profile
        self._beside: list[Front] = []
        self.numbers = itertools.count(1)
        self._found_company()

    # -- the shell

    def submit(self, command: Command[R]) -> R:
        """Submit to the bank's shell."""
        return self.front.submit(command)

    def together(self, *commands: Command[R]) -> list[R]:
        """Submit several commands at the same moment."""
        return self.front.together(*commands)

    def read(self, query: Query[R]) -> R:
        """Read through the bank's shell."""
        return self.front.read(query)

    def session(self, handle: Secret | str, client: Client) -> Session | None:
        """Check a session, as every request of a view does."""
        return self.front.session(handle, client)

    def token(self) -> str:
        """Return a new attempt token, as every rendered login page has one."""
        return self.front.new_token()

    def beside(self, profile: Profile, actions: Iterable[Action] = (), *, keys: Keys | None = None) -> Front:
        """Return another shell over the same store with other rules or keys; it is closed with the bank."""
        other = self.front.beside(profile, actions, bank=self.name, keys=keys)
        self._beside.append(other)
        return other

    def neighbour(self, name: str, actions: Iterable[Action] = ()) -> Bank:
        """Return another bank of the same deployment: same store, rules and keys; it is closed with this one."""
        other = copy(self)
        other.name = name
        other.front = self.front.beside(self.profile, actions, bank=name)
        self._beside.append(other.front)
        other._found_company()
        return other

    def _found_company(self) -> None:
        expect(CompanyRegistered, self.submit(RegisterCompany(company=COMPANY, name="大垣商事", authority=DESK)))

    def close(self) -> None:
        """Close all shells."""
        for other in self._beside:
            other.close()
        self.front.close()

    @contextmanager
    def meanwhile(self, moment: Moment, *events: Event) -> Iterator[list[object]]:
        """While a submit in here is at work, commands are submitted, or anything else happens, at a moment of it.

        Yields what the commands are answered; where the moment does not come, the test fails.
        """
        waiting = self._moments.waiting.setdefault(moment, [])
        waiting.append(events)
        yield self._moments.replies
        assert not any(one is events for one in waiting), f"there was no {moment} in which it could have happened"

    # -- time

    def wait(self, by: timedelta) -> None:
        """Let time pass; a negative duration sets the clock back."""
        self.clock.advance(by)

    # -- people

    def browser(self, address: str | None = None) -> Client:
        """Return a browser that nobody knows yet, at an address of its own unless one is given."""
        number = next(self.numbers)
        address = address or f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return Client(address, "Mozilla/5.0", browser=self.token())

    def newcomer(
        self,
        login_id: str | None = None,
        *,
        role: Role = "user",
        entitlements: tuple[str, ...] = (),
        method: Entrance | None = None,
        force_change: bool = True,
    ) -> User:
        """Register a person at the desk; his first login is still to come."""
        login_id = login_id or f"User{next(self.numbers):04}"
        command = RegisterUser(
            login_id=login_id,
            company=COMPANY,
            authority=DESK,
            role=role,
            entitlements=entitlements,
            method=method,
            force_change=force_change,
        )
        initial = expect(UserRegistered, self.submit(command)).initial_password
        return User(login_id, expect(Secret, initial).reveal(), "", self.browser())

    def customer(self, login_id: str | None = None, *, role: Role = "user", entitlements: tuple[str, ...] = ()) -> User:
        """Register a person and go through the change of his first login; he is logged out again.

        Where something else is due after that, this login is given up before it, and his browser is not
        known to the bank yet.
        """
        user = self.newcomer(login_id, role=role, entitlements=entitlements)
        return self.changed(user, self.due_change(user))

    def changed(self, user: User, step: PasswordChangeDue) -> User:
        """Go through the change of a first login, as :meth:`customer` does."""
        done = expect(PasswordChangeDone, self.change(user, step))
        reply = self.submit(AcknowledgeChange(handle=done.handle, client=user.home))
        if isinstance(reply, Step):
            self.submit(Abandon(handle=reply.handle, client=user.home))
        else:
            self.log_out(user, expect(Authenticated, reply).session)
        return attrs.evolve(user, login_password=LOGIN, confirmation_password=CONFIRMATION)

    # -- logging in

    def attempt(
        self, user: User | str, password: str, client: Client | None = None, *, token: str | None = None
    ) -> PasswordLogin:
        """Return the command of a login by ID; ``client`` is the user's home, ``token`` a new page's, by default."""
        login_id = user if isinstance(user, str) else user.login_id
        client = client or (self.browser() if isinstance(user, str) else user.home)
        return PasswordLogin(login_id, password, attempt=token or self.token(), client=client)

    def login(self, user: User, client: Client | None = None) -> LoginReply:
        """Log in with the right password."""
        return self.submit(self.attempt(user, user.login_password, client))

    def guess(self, user: User | str, client: Client | None = None) -> LoginReply:
        """Log in with a wrong password."""
        return self.submit(self.attempt(user, WRONG, client))

    def log_in(self, user: User, client: Client | None = None) -> Authenticated:
        """Log in, where nothing is due."""
        return expect(Authenticated, self.login(user, client))

    def log_out(self, user: User, session: Secret, client: Client | None = None) -> None:
        """End a session."""
        self.submit(Logout(session, client=client or user.home))

    def due_change(self, user: User, client: Client | None = None) -> PasswordChangeDue:
        """Log in, where a change is due."""
        return expect(PasswordChangeDue, self.login(user, client))

    def change_command(
        self,
        user: User,
        step: PasswordChangeDue,
        client: Client | None = None,
        *,
        login: str = LOGIN,
        confirmation: str = CONFIRMATION,
    ) -> ChangePasswords:
        """Return the command that answers a forced change with all it asks for, and the right current passwords."""
        return ChangePasswords(
            handle=step.handle,
            client=client or user.home,
            current_login_password=user.login_password if LOGIN_PASSWORD in step.current else None,
            new_login_password=login if LOGIN_PASSWORD in step.change else None,
            current_confirmation_password=user.confirmation_password if CONFIRMATION_PASSWORD in step.current else None,
            new_confirmation_password=confirmation if CONFIRMATION_PASSWORD in step.change else None,
        )

    def change(self, user: User, step: PasswordChangeDue, client: Client | None = None) -> ChangeReply:
        """Answer a forced change properly, with :data:`LOGIN` and :data:`CONFIRMATION` as the new passwords."""
        return self.submit(self.change_command(user, step, client))

    # -- looking behind the counter

    def subject(self, user: User | str) -> str:
        """Return the subject of a login ID."""
        login_id = user if isinstance(user, str) else user.login_id
        return unsafe_keys().subject(self.name, canonical_login_id(login_id))

    def record(self, key: Key[RecordT]) -> RecordT | None:
        """Return what the store has under a key."""
        loaded = self.front.load((key,)).get(key)
        return None if loaded is None else cast("RecordT", loaded.record)

    def put_record(self, record: Record) -> None:
        """Write a record as somebody does who can write to the store, past the library."""
        loaded = self.front.load((record.key,)).get(record.key)
        version = None if loaded is None else loaded.version
        change = ChangeSet(
            id=f"{next(self.numbers):032x}", at=self.clock(), guards={record.key: version}, puts=(record,)
        )
        assert self.front.commit(change) == "done"

    def drop_record(self, key: Key[Any]) -> None:
        """Delete a record as somebody does who can write to the store, past the library."""
        guards = {key: self.front.load((key,))[key].version}
        change = ChangeSet(id=f"{next(self.numbers):032x}", at=self.clock(), guards=guards, deletes=(key,))
        assert self.front.commit(change) == "done"

    def account(self, user: User) -> Account:
        """Return a person's account as stored."""
        return expect(Account, self.record(Account.at(self.subject(user))))

    def throttle(self, user: User | str, entrance: Entrance = "password") -> Throttle:
        """Return the throttle of an entrance as stored."""
        return expect(Throttle, self.record(Throttle.at(self.subject(user), entrance)))

    def sessions(self, user: User) -> list[SessionRecord]:
        """Return the sessions that the account's list leads to."""
        keys = [SessionRecord.at(ref.id) for ref in self.account(user).sessions]
        return [record for key in keys if (record := self.record(key)) is not None]

    def history(self, user: User | str, which: History = "password", limit: int = 200) -> HistoryPage:
        """Return the newest rows of a history, newest first."""
        login_id = user if isinstance(user, str) else user.login_id
        return self.read(ReadHistory(login_id=login_id, which=which, limit=limit))

    def results(self, user: User | str, limit: int = 200, which: History = "password") -> list[str]:
        """Return the real reasons in a login history, newest first."""
        page = self.history(user, which, limit)
        assert page.defect is None
        return [record.result for record in page.records if isinstance(record, LoginRecord)]

    # -- what something really did

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Nothing is committed in here."""
        before = len(self.recording.commits)
        yield
        assert self.recording.commits[before:] == []

    @contextmanager
    def unhashed(self) -> Iterator[None]:
        """Nothing is hashed in here."""
        before = len(self.hashes.computed)
        yield
        assert self.hashes.computed[before:] == []
