"""Tokens in disorder: people who share them or not, at every door, with clocks that jump and hands that mistype."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Final

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, multiple, rule

from okmate_auth import Authenticated, EnrollToken, EnterCode, Refused, SkipEnrollment, StepUp
from okmate_auth.commands import (
    ReinitializeToken,
    Release,
    ReleaseToken,
    ResyncInSession,
    ResyncToken,
    RevokeToken,
    SuspendToken,
)
from okmate_auth.decision import Command
from okmate_auth.replies import CodeDue, EnrollmentDue, Step
from okmate_auth.testing import VirtualToken
from okmate_auth.tokens import canonical_serial
from tests.behaviour.bank import DESK, Bank, User
from tests.behaviour.conftest import IN_MEMORY
from tests.behaviour.fronts import Kind
from tests.behaviour.tokens import HOTP, STEP, TOKENS, TOTP, dispatched, entitled, shown_wrong

JUMPS: Final = [timedelta(seconds=s) for s in (1, 30, 60, 60, 61, 120, 600, 1800, 1801, 90_000, -1, -60, -61, -3600)]
DRIFTS: Final = [0, 0, 0, 1, -1, 3, -9, 30, -40]


@attrs.define(eq=False)
class Holder:
    """A person, what he has in his hands, and where he stands.

    Attributes:
        user: What he knows.
        at: The step he is at, if any.
        former: A step that he was at before.
        session: His session's handle, if any.
        token: What he takes for his token.
    """

    user: User
    token: VirtualToken
    at: Step | None = None
    former: Step | None = None
    session: Any = None


class TokenDisorder(RuleBasedStateMachine):
    """Everything that people, tokens, operators and clocks can do; what must hold is said by whoever inherits it."""

    kind: ClassVar[Kind]
    told: ClassVar[Counter[str]]

    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.scratch = TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None)
        self.bank = Bank(self.kind, Path(self.scratch.name), TOKENS)
        self.tokens: list[VirtualToken] = []
        self.everybody: list[Holder] = []

    def teardown(self) -> None:
        """Close the bank."""
        self.bank.close()
        self.scratch.cleanup()

    @initialize(target=people)
    def open_up(self) -> MultipleResults[Holder]:
        """Three people and three tokens: one of presses, one of time steps, one that is shared."""
        self.tokens = [
            dispatched(self.bank, parameters=HOTP),
            dispatched(self.bank, parameters=TOTP),
            dispatched(self.bank, parameters=TOTP, shared=True),
        ]
        for token in (self.tokens[0], self.tokens[2], self.tokens[2]):
            self.everybody.append(Holder(entitled(self.bank), token))
        return multiple(*self.everybody)

    # -- logging in, and codes

    @rule(person=people)
    def log_in(self, person: Holder) -> None:
        """Come to the entrance with the right password, and a token that shows another code by then."""
        person.token.press()
        self.went(person, self.submit(self.bank.attempt(person.user, person.user.login_password)))

    @rule(person=people, right=st.sampled_from([True, True, True, False]))
    def answer(self, person: Holder, *, right: bool) -> None:
        """Answer whatever is due, with the code on display or with a wrong one."""
        code = person.token.code() if right else shown_wrong(self.bank, person.token)
        if isinstance(person.at, CodeDue):
            self.enter(person, code)
        elif isinstance(person.at, EnrollmentDue):
            command = EnrollToken(
                handle=person.at.handle, client=person.user.home, serial=person.token.serial, code=code
            )
            self.went(person, self.submit(command))

    @rule(person=people, right=st.sampled_from([True, True, False]))
    def all_the_way(self, person: Holder, *, right: bool) -> None:
        """Log in and answer, and use the session at once; what was due and is over is left behind."""
        if person.at is None:
            self.log_in(person)
        self.answer(person, right=right)
        if person.session is not None:
            self.bank.session(person.session, person.user.home)

    def enter(self, person: Holder, code: str) -> None:
        """Enter a code at login."""
        if person.at is not None:
            self.went(person, self.submit(EnterCode(handle=person.at.handle, client=person.user.home, code=code)))

    @rule(person=people, other=people)
    def enter_another_s(self, person: Holder, other: Holder) -> None:
        """Enter what somebody else's token shows."""
        self.enter(person, other.token.code())

    @rule(person=people, times=st.sampled_from([0, 0, 0, 1, 7]))
    def guess(self, person: Holder, times: int) -> None:
        """Enter wrong codes, now and then, wherever one can be entered."""
        if person.at is None and person.session is None:
            self.log_in(person)
        for _ in range(times):
            if person.at is not None:
                self.answer(person, right=False)
            else:
                self.step_up(person, right=False, purpose="transfer")

    @rule(person=people)
    def come_late(self, person: Holder) -> None:
        """Submit a step that was answered, or given up, before."""
        if person.former is not None:
            command = EnterCode(handle=person.former.handle, client=person.user.home, code=person.token.code())
            self.submit(command)

    @rule(person=people)
    def skip(self, person: Holder) -> None:
        """Put enrollment off, whatever is due."""
        if person.at is not None:
            self.went(person, self.submit(SkipEnrollment(handle=person.at.handle, client=person.user.home)))

    @rule(person=people, in_a_row=st.sampled_from([True, True, True, True, False]))
    def resync(self, person: Holder, *, in_a_row: bool) -> None:
        """Enter two codes, at login or in a session; one after the other, or the same one twice."""
        if person.at is None and person.session is None:
            self.log_in(person)
        first = self.shows_next(person)
        second = self.shows_next(person) if in_a_row else first
        if isinstance(person.at, CodeDue):
            command = ResyncToken(handle=person.at.handle, client=person.user.home, first=first, second=second)
            self.went(person, self.submit(command))
        elif person.session is not None:
            self.submit(ResyncInSession(session=person.session, client=person.user.home, first=first, second=second))

    @rule(person=people)
    def bring_back(self, person: Holder) -> None:
        """Take the token that is really one's own into one's hand, and enter two of its codes in a row."""
        self.take_ones_own(person)
        self.resync(person, in_a_row=True)

    def take_ones_own(self, person: Holder) -> None:
        """Put the token that somebody has enrolled into his hand; let him enroll one where he has none."""
        binding = self.bank.account(person.user).token
        if binding is None:
            self.all_the_way(person, right=True)
        else:
            person.token = next(one for one in self.tokens if canonical_serial(one.serial) == binding.serial)

    def shows_next(self, person: Holder) -> str:
        """Return the code that somebody's token shows a step, or a press, later."""
        self.bank.wait(STEP)
        return person.token.press()

    @rule(person=people, right=st.sampled_from([True, True, False]), purpose=st.sampled_from(["transfer", "approval"]))
    def step_up(self, person: Holder, *, right: bool, purpose: str) -> None:
        """Enter a code in a session, the right one of one's own token or a wrong one."""
        if right:
            self.take_ones_own(person)
        if person.session is None:
            self.all_the_way(person, right=True)
        code = self.shows_next(person) if right else shown_wrong(self.bank, person.token)
        if person.session is not None:
            command = StepUp(session=person.session, client=person.user.home, code=code, purpose=purpose)
            self.submit(command)

    # -- tokens

    @rule(person=people, times=st.integers(1, 3))
    def press(self, person: Holder, times: int) -> None:
        """Press a button without entering what it shows."""
        for _ in range(times):
            person.token.press()

    @rule(person=people, which=st.integers(0, 2))
    def take(self, person: Holder, which: int) -> None:
        """Take another token into one's hand."""
        person.token = self.tokens[which]

    @rule(which=st.integers(1, 2), steps=st.sampled_from(DRIFTS))
    def drift(self, which: int, steps: int) -> None:
        """Let a token's own clock go wrong, or right again."""
        self.tokens[which].drift = steps * STEP

    # -- administration and time

    @rule(
        person=people,
        command=st.sampled_from([RevokeToken, ReinitializeToken, SuspendToken, ReleaseToken, ReleaseToken, Release]),
        really=st.sampled_from([True, True, False]),
    )
    def administer(self, person: Holder, command: type[Any], *, really: bool) -> None:
        """Do something about somebody's token, in the middle of whatever he is doing."""
        if really:
            self.submit(command(login_id=person.user.login_id, authority=DESK))

    @rule(by=st.sampled_from(JUMPS))
    def let_time_pass(self, by: timedelta) -> None:
        """Move the clock, forward or back."""
        self.bank.wait(by)

    # -- what comes of it

    def submit(self, command: Command[Any]) -> object:
        """Submit a command and return its reply."""
        return self.bank.submit(command)

    def went(self, person: Holder, reply: object) -> None:
        """Note where somebody stands now, and where he stood."""
        person.former = person.at or person.former
        if isinstance(reply, Authenticated):
            person.session, person.at = reply.session, None
            return
        person.at = reply.at if isinstance(reply, Refused) else reply if isinstance(reply, Step) else None
