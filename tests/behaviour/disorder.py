"""A bank in disorder: several people, browsers and operators, in any order, with a clock that moves both ways."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Final

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, multiple, rule

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
)
from okmate_auth.commands import CloseUser, Release, RequireChange, ResetPasswords, Suspend
from okmate_auth.decision import Command
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.replies import PasswordsReset, Step
from tests.behaviour.bank import DESK, WRONG, Bank
from tests.behaviour.conftest import IN_MEMORY
from tests.behaviour.fronts import Kind
from tests.behaviour.steps import CORRECTING, MAIL

BOTH: Final = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)
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
    """Everything that people, browsers, operators and clocks can do; what must hold is said by whoever inherits it."""

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
    def log_in(self, person: Person, client: Client, *, right: bool) -> Held | MultipleResults[Held]:
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
    def require_change(self, person: Person, passwords: tuple[str, ...], *, compromise: bool) -> None:
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
    def reset(self, person: Person, *, really: bool) -> None:
        """Make new initial passwords, now and then."""
        if not really:
            return
        reply = self.submit(ResetPasswords(login_id=person.login_id, authority=DESK))
        if isinstance(reply, PasswordsReset):
            person.login, person.confirmation = reply.initial_password.reveal(), ""

    @rule(person=people, really=SELDOM)
    def close(self, person: Person, *, really: bool) -> None:
        """Close an account, now and then."""
        if really:
            self.submit(CloseUser(login_id=person.login_id, authority=DESK))

    @rule(by=st.sampled_from(JUMPS))
    def let_time_pass(self, by: timedelta) -> None:
        """Move the clock, forward or back."""
        self.bank.wait(by)

    # -- what comes of it

    def submit(self, command: Command[Any]) -> object:
        """Submit a command and return its reply."""
        if isinstance(command, PasswordLogin | ChangePasswords | AcknowledgeChange | AnswerAction | Abandon):
            self.submitted.append(command)
        return self.bank.submit(command)

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
