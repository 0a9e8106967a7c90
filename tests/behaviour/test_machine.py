"""A bank in disorder: several people, browsers and operators, in any order, with a clock that moves both ways.

What holds whatever happens is stated here once; what is exact about one situation is stated in the files beside it.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Final

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from okmate_auth import (
    Abandon,
    AcknowledgeChange,
    ActionDue,
    AnswerAction,
    Authenticated,
    ChangePasswords,
    Client,
    Confirm,
    Logout,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordLogin,
    Refused,
    Secret,
    TopPage,
    handles,
)
from okmate_auth.commands import CloseUser, Release, RequireChange, ResetPasswords, Suspend
from okmate_auth.decision import Command
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.lockout import Locked, Lockout, standing
from okmate_auth.ports import ChangeSet
from okmate_auth.queries import ReadHistory
from okmate_auth.records import Account, Flow, Note, Record, Session, Throttle
from okmate_auth.replies import Abandoned, PasswordsReset, Step
from tests.behaviour.bank import DESK, WRONG, Bank, User
from tests.behaviour.conftest import IN_MEMORY
from tests.behaviour.fronts import KINDS, Kind
from tests.behaviour.steps import CORRECTING, MAIL
from tests.rounds import rounds

BOTH: Final = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)
RULES: Final = Lockout()
STALE: Final = Refused(code="stale")
SELDOM: Final = st.sampled_from([False, False, False, True])
JUMPS: Final = [timedelta(seconds=seconds) for seconds in (1, 30, 59, 61, 540, 601, 1801, 86_401, -1, -20, -61, -3600)]


@attrs.define(eq=False)
class Person:
    """What a person knows."""

    login_id: str
    login: str
    confirmation: str = ""


@attrs.frozen
class Held:
    """A handle that somebody was given: whose, in which browser; of a step, or of a session where that is None."""

    person: Person
    client: Client
    handle: Secret
    step: Step | None


class Disorder(RuleBasedStateMachine):
    """Everything that people, browsers, operators and clocks can do."""

    kind: ClassVar[Kind]

    people = Bundle("people")
    browsers = Bundle("browsers")
    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.scratch = TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None)
        self.bank = Bank(self.kind, Path(self.scratch.name), CORRECTING, (MAIL,))
        self.everybody: list[Person] = []
        self.sessions: list[Held] = []
        self.submitted: list[Command[Any]] = []
        self.spent: dict[str, tuple[Command[Any], object]] = {}
        self.minted: dict[str, Command[Any]] = {}
        self.made = 0

    def teardown(self) -> None:
        """Close the bank."""
        self.bank.close()
        self.scratch.cleanup()

    # -- who there is

    @initialize(target=browsers)
    def open_up(self) -> MultipleResults[Client]:
        """Three browsers, so that people meet at them."""
        return multiple(*(self.bank.browser() for _ in range(3)))

    @initialize(target=people)
    def register_two(self) -> MultipleResults[Person]:
        """Two people, with their first logins before them."""
        for _ in range(2):
            newcomer = self.bank.newcomer()
            self.everybody.append(Person(newcomer.login_id, newcomer.login_password))
        return multiple(*self.everybody)

    # -- logging in

    @rule(target=held, person=people, client=browsers, right=st.sampled_from([True, True, True, False]))
    def log_in(self, person: Person, client: Client, right: bool) -> Held | MultipleResults[Held]:  # noqa: FBT001
        """Come to the entrance with a password."""
        password = person.login if right else WRONG
        command = PasswordLogin(person.login_id, password, attempt=self.bank.token(), client=client)
        return self.given(person, client, self.submit(command))

    @rule(
        target=held,
        person=people,
        client=browsers,
        mistakes=st.lists(st.sampled_from(["current", "new", "empty"]), max_size=7),
    )
    def log_in_all_the_way(self, person: Person, client: Client, mistakes: list[str]) -> Held | MultipleResults[Held]:
        """Come to the entrance and answer whatever is due, some of it wrongly first."""
        command = PasswordLogin(person.login_id, person.login, attempt=self.bank.token(), client=client)
        at = self.given(person, client, self.submit(command))
        for mistake in [*mistakes, "", "", "", ""]:
            if isinstance(at, Held) and at.step is not None:
                at = self.answer(at, mistake)
        return at

    @rule(person=people, client=browsers, times=st.integers(1, 7))
    def guess(self, person: Person, client: Client, times: int) -> None:
        """Come to the entrance with wrong passwords."""
        for _ in range(times):
            self.submit(PasswordLogin(person.login_id, WRONG, attempt=self.bank.token(), client=client))

    @rule(target=held, at=held, mistake=st.sampled_from(["", "", "", "current", "new", "empty"]))
    def answer(self, at: Held, mistake: str) -> Held | MultipleResults[Held]:
        """Answer a step, properly or with a mistake; a session's handle is tried as a step's."""
        if isinstance(at.step, ActionDue):
            return self.answer_action(at, "nowhere" if mistake else "a@example.com")
        if not isinstance(at.step, PasswordChangeDue):
            return self.acknowledge(at)
        fresh = {factor: "abc" if mistake == "new" else self.new_password() for factor in at.step.change}
        current = {LOGIN_PASSWORD: at.person.login, CONFIRMATION_PASSWORD: at.person.confirmation}
        given = {factor: WRONG if mistake == "current" else current[factor] for factor in at.step.current}
        command = ChangePasswords(
            handle=at.handle,
            client=at.client,
            current_login_password=given.get(LOGIN_PASSWORD),
            current_confirmation_password=given.get(CONFIRMATION_PASSWORD),
            new_login_password=None if mistake == "empty" else fresh.get(LOGIN_PASSWORD),
            new_confirmation_password=fresh.get(CONFIRMATION_PASSWORD),
        )
        reply = self.submit(command)
        if isinstance(reply, PasswordChangeDone):
            at.person.login = fresh.get(LOGIN_PASSWORD, at.person.login)
            at.person.confirmation = fresh.get(CONFIRMATION_PASSWORD, at.person.confirmation)
        return self.given(at.person, at.client, reply)

    @rule(target=held, at=held)
    def acknowledge(self, at: Held) -> Held | MultipleResults[Held]:
        """Press 確認, whatever is due."""
        reply = self.submit(AcknowledgeChange(handle=at.handle, client=at.client))
        return self.given(at.person, at.client, reply)

    @rule(target=held, at=held, address=st.sampled_from(["a@example.com", "b@example.com", "nowhere"]))
    def answer_action(self, at: Held, address: str) -> Held | MultipleResults[Held]:
        """Answer the bank's own step, whatever is due."""
        command = AnswerAction(handle=at.handle, client=at.client, name="mail", answer={"address": address})
        return self.given(at.person, at.client, self.submit(command))

    @rule(at=held)
    def give_up(self, at: Held) -> None:
        """Give a login up."""
        self.submit(Abandon(handle=at.handle, client=at.client))

    @rule(at=held, client=browsers)
    def steal(self, at: Held, client: Client) -> None:
        """Use a handle in another browser."""
        if client is not at.client:
            assert self.bank.submit(AcknowledgeChange(handle=at.handle, client=client)) == STALE
            assert self.bank.session(at.handle, client) is None

    @rule(place=st.integers(0, 11))
    def repeat(self, place: int) -> None:
        """Submit once more what was submitted lately."""
        if self.submitted:
            self.submit(self.submitted[-1 - place % len(self.submitted)])

    # -- being logged in

    @rule(at=held)
    def use(self, at: Held) -> None:
        """Open a page of the service; a step's handle is tried as a session's."""
        session = self.bank.session(at.handle, at.client)
        assert session is None or (at.step is None and session.login_id == at.person.login_id)

    @rule(at=held, guesses=st.integers(0, 7))
    def confirm(self, at: Held, guesses: int) -> None:
        """Enter the confirmation password, wrongly a few times first."""
        for password in [*[WRONG] * guesses, at.person.confirmation or WRONG]:
            reply = self.submit(Confirm(session=at.handle, client=at.client, password=password, purpose="transfer"))
            assert at.step is None or reply == Refused(code="not-logged-in")

    @rule(at=held)
    def log_out(self, at: Held) -> None:
        """Log out."""
        self.submit(Logout(at.handle, client=at.client))

    # -- administration and time

    @rule(person=people, which=st.sampled_from([Suspend, Release, Release, Release]))
    def stop_or_release(self, person: Person, which: type[Suspend | Release]) -> None:
        """Suspend or release somebody."""
        self.submit(which(login_id=person.login_id, authority=DESK))

    @rule(person=people, passwords=st.sampled_from([BOTH, BOTH[:1], BOTH[1:]]), compromise=st.booleans())
    def require_change(self, person: Person, passwords: tuple[str, ...], compromise: bool) -> None:  # noqa: FBT001
        """Have passwords changed."""
        self.submit(
            RequireChange(
                login_id=person.login_id,
                authority=DESK,
                passwords=passwords,
                reason="compromise" if compromise else "administrator",
            )
        )

    @rule(person=people, really=SELDOM)
    def reset(self, person: Person, really: bool) -> None:  # noqa: FBT001
        """Make new initial passwords, now and then."""
        if not really:
            return
        reply = self.submit(ResetPasswords(login_id=person.login_id, authority=DESK))
        if isinstance(reply, PasswordsReset):
            person.login, person.confirmation = reply.initial_password.reveal(), ""

    @rule(person=people, really=SELDOM)
    def close(self, person: Person, really: bool) -> None:  # noqa: FBT001
        """Close an account, now and then."""
        if really:
            self.submit(CloseUser(login_id=person.login_id, authority=DESK))

    @rule(by=st.sampled_from(JUMPS))
    def let_time_pass(self, by: timedelta) -> None:
        """Move the clock, forward or back."""
        self.bank.wait(by)

    # -- what every reply keeps

    def submit(self, command: Command[Any]) -> object:
        """Submit, and hold what happened against what must be true of any command."""
        before = len(self.bank.recording.commits)
        reply = self.bank.submit(command)
        changes = [change for change, outcome in self.bank.recording.commits[before:] if outcome == "done"]
        assert isinstance(reply, command.replies)
        if isinstance(command, PasswordLogin | ChangePasswords | AcknowledgeChange | AnswerAction | Abandon):
            self.submitted.append(command)
        if not isinstance(command, PasswordLogin) and isinstance(handle := getattr(command, "handle", None), Secret):
            self.a_handle_is_good_once(command, handle, reply, changes)
        self.a_handle_is_minted_once(command, reply)
        self.a_session_has_nothing_due(reply, changes)
        return reply

    def a_handle_is_good_once(
        self, command: Command[Any], handle: Secret, reply: object, changes: list[ChangeSet]
    ) -> None:
        """Once a commit has spent it, a handle has no effect but to use up its kept reply."""
        if handle.reveal() in self.spent:
            assert not [change for change in changes if change.puts or change.appends]
            assert reply in (STALE, Abandoned()) or (command, reply) == self.spent[handle.reveal()]
        elif Flow.at(handles.stored("flow", handle, bank="")) in [key for change in changes for key in change.deletes]:
            self.spent[handle.reveal()] = (command, reply)

    def a_handle_is_minted_once(self, command: Command[Any], reply: object) -> None:
        """No two replies carry the same handle, unless one is the repeat of the other, or it was not spent."""
        step = reply.at if isinstance(reply, Refused) else reply
        carried = step.session if isinstance(step, Authenticated) else step.handle if isinstance(step, Step) else None
        if carried is not None and carried != getattr(command, "handle", None):
            assert self.minted.setdefault(carried.reveal(), command) == command

    def a_session_has_nothing_due(self, reply: object, changes: list[ChangeSet]) -> None:
        """A session is minted with ``Authenticated`` alone, for whom it may be, when nothing is left to do."""
        minting = [change for change in changes if any(map(is_new, change.puts))]
        assert len(minting) == (isinstance(reply, Authenticated) and len(changes) > 0)
        if not minting:
            return
        (change,) = minting
        (session,) = (record for record in change.puts if isinstance(record, Session))
        (account,) = (record for record in change.puts if isinstance(record, Account))
        (throttle,) = (record for record in change.puts if isinstance(record, Throttle))
        assert account.usable
        assert [ref.id for ref in account.sessions] == [session.handle]
        assert LOGIN_PASSWORD in session.factors
        assert account.login_password is not None
        assert account.login_password.change_due is None
        assert account.confirmation_password is not None
        if account.confirmation_password.change_due is not None:
            lanes = [standing(throttle, CONFIRMATION_PASSWORD, lane, RULES, change.at) for lane in ("known", "others")]
            assert any(isinstance(state, Locked) for state in lanes)
        assert self.bank.record(Note.at(account.subject, "mail")) is not None

    def given(self, person: Person, client: Client, reply: object) -> Held | MultipleResults[Held]:
        """Return what a reply gives to hold; a step's handle is no session."""
        if isinstance(reply, Authenticated):
            self.sessions.append(Held(person, client, reply.session, None))
            return self.sessions[-1]
        step = reply.at if isinstance(reply, Refused) else reply
        if not isinstance(step, Step):
            return multiple()
        assert self.bank.session(step.handle, client) is None
        return Held(person, client, step.handle, step)

    def new_password(self) -> str:
        """Return a password that keeps the rules and that nobody had before."""
        self.made += 1
        return f"Q{hashlib.sha256(str(self.made).encode()).hexdigest()[:8]}x7"

    # -- what is always true

    @invariant()
    def whoever_is_stopped_has_no_session(self) -> None:
        """Every session that can be used is listed with an account that can be."""
        for at in self.sessions[-6:]:
            if self.bank.read(TopPage(at.handle, at.client)) is not None:
                account = self.bank.account(user(at.person))
                assert account.usable
                assert handles.stored("session", at.handle, bank="") in [ref.id for ref in account.sessions]

    @invariant()
    def whoever_is_stopped_has_nothing_under_way(self) -> None:
        """An account that was suspended or closed lists no login and no session."""
        for person in self.everybody:
            account = self.bank.account(user(person))
            assert account.usable or (account.flows, account.sessions) == ((), ())

    @invariant()
    def every_list_is_bounded(self) -> None:
        """Logins, sessions, browsers, places and locks: no sequence of events makes a record grow for ever."""
        for person in self.everybody:
            account, throttle = self.bank.account(user(person)), self.bank.throttle(user(person))
            assert len(account.flows) <= 5
            assert len(account.sessions) <= 1
            assert len(account.known_browsers) <= 5
            assert len(account.logins) <= 4
            assert throttle.places == ()
            assert {counter.factor for counter in throttle.counters} <= set(BOTH)
            for lane in (lane for counter in throttle.counters for lane in (counter.known, counter.others)):
                assert lane.failures < RULES.limit
                assert len(lane.locks) <= len(RULES.growing)

    @invariant()
    def every_chain_verifies(self) -> None:
        """Nobody's history has a gap, a fork or a row that was changed."""
        for person in self.everybody:
            assert self.bank.read(ReadHistory(login_id=person.login_id, limit=200)).defect is None
            assert self.bank.read(ReadHistory(login_id=person.login_id, which="operations", limit=200)).defect is None


def is_new(record: Record) -> bool:
    """Say whether a record is a session that was never used."""
    return isinstance(record, Session) and record.used_at is None


def user(person: Person) -> User:
    """Return a person as the bank's helpers want him."""
    return User(person.login_id, person.login, person.confirmation, Client("10.0.0.1"))


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_happens_the_rules_hold(kind: Kind) -> None:
    """No order of events breaks what is always true, over each shell and each store."""
    machine = type("Machine", (Disorder,), {"kind": kind})
    counts = settings(max_examples=rounds(8, 300), stateful_step_count=rounds(25, 60))
    run_state_machine_as_test(machine, settings=counts)
