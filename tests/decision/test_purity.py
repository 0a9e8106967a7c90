"""Deciding is pure: over real runs of real commands, the same facts and context give the same decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeVar
from unittest import mock

import attrs
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth import Authenticator, Client, CodeDue, EnrollmentDue, PasswordChangeDone, PasswordChangeDue, Secret
from okmate_auth.commands import (
    AcknowledgeChange,
    ByDesk,
    BySession,
    ChangeEntitlements,
    ChangePasswords,
    CloseUser,
    Confirm,
    DispatchTokens,
    EnrollToken,
    EnterCode,
    Logout,
    MarkSent,
    PasswordLogin,
    RegisterCompany,
    RegisterUser,
    ReinitializeToken,
    Release,
    ReleaseToken,
    RequireChange,
    ResealTokens,
    ResetPasswords,
    ResyncInSession,
    ResyncToken,
    RetireToken,
    RevokeToken,
    SkipEnrollment,
    StepUp,
    StockTokens,
    Suspend,
    SuspendToken,
)
from okmate_auth.decision import Ask, CheckPassword, Command, Commit, Context, Facts, Reserve, decide, turn_away
from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.ports import Loaded
from okmate_auth.queries import PendingNotices
from okmate_auth.replies import Authenticated, PasswordsReset, Refused, Step, UserRegistered
from okmate_auth.shells import loop_sync
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing import FakeClock, VirtualToken
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.tokens import Parameters
from tests.stored_values import FAST, account, throttle

R = TypeVar("R")

DESK = ByDesk(operator="op", ticket="T1")
CONFIRMATION = "Qq77dert9s"
LOGINS = ("Zk4mwQ8xp", "Vb31kkRt0w")
WRONG = "Nope4you7"
TOTP = Parameters(kind="totp", period_seconds=60)
STEP = timedelta(seconds=60)


def elsewhere(facts: Facts) -> Facts:
    """Return the same facts: nothing in them can be written, and they were learnt in the opposite order."""
    records = MappingProxyType(dict(list(facts.records.items())[::-1]))
    return attrs.evolve(facts, records=records, answers=facts.answers[::-1])


def with_more(facts: Facts) -> Facts:
    """Return the facts with others that are about something else: stale verdicts, somebody else's records."""
    checks = [asked for asked, _ in facts.answers if isinstance(asked, CheckPassword)]
    stale = [attrs.evolve(asked, material=b"another password") for asked in checks]
    stale += [attrs.evolve(asked, phc="a former hash") for asked in checks]
    strangers = {record.key: Loaded(record, "v") for record in (account(), throttle())}
    answers = (*((asked, True) for asked in stale), *facts.answers)
    return attrs.evolve(facts, records={**strangers, **facts.records}, answers=answers)


def checked(
    command: Command[R], facts: Facts, decision: Callable[[Command[R], Facts], Ask | Reserve | Commit[R]]
) -> Ask | Reserve | Commit[R]:
    """Return a decision, made sure that it is made again, from the same facts and from more of them."""
    made = decision(command, facts)
    for other in (facts, elsewhere(facts), with_more(facts)):
        assert decision(command, other) == made
    return made


def decided(command: Command[R], facts: Facts, context: Context) -> Ask | Reserve | Commit[R]:
    """Stand in for ``decide``."""
    return checked(command, facts, lambda command, facts: decide(command, facts, context))


def away(
    command: Command[R], facts: Facts, context: Context, retry_after: timedelta, reason: str
) -> Ask | Reserve | Commit[R]:
    """Stand in for ``turn_away``."""
    return checked(command, facts, lambda command, facts: turn_away(command, facts, context, retry_after, reason))


@contextmanager
def watched() -> Iterator[mock.Mock]:
    """Let the shell's loop decide everything several times."""
    with (
        mock.patch.object(loop_sync, "decide", side_effect=decided) as spy,
        mock.patch.object(loop_sync, "turn_away", away),
    ):
        yield spy


class Story:
    """A company in which anything may happen next."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.auth = Authenticator(MemoryStore(), profile=FAST, keys=unsafe_keys(), clock=self.clock)
        self.auth.submit(RegisterCompany(company="C1", name="会社", authority=DESK))
        self.tokens = {
            name: VirtualToken(f"TK-{number:06}", bytes(range(number, number + 20)), TOTP, self.clock)
            for number, name in enumerate(("Boss001", "Hanako01", "spare"), 1)
        }
        file = "".join(f"{token.serial},{token.seed.hex()},totp,6,60\n" for token in self.tokens.values())
        self.auth.submit(StockTokens(file=file, authority=DESK))
        serials = [self.tokens[name].serial for name in ("Boss001", "Hanako01")]
        self.auth.submit(DispatchTokens(company="C1", serials=serials, authority=DESK))
        self.homes = {name: Client("192.0.2.1", browser=self.auth.new_token()) for name in ("Boss001", "Hanako01")}
        self.passwords = dict.fromkeys(self.homes, WRONG)
        self.sessions: dict[str, Secret] = {}
        self.logins = 0
        master = RegisterUser(login_id="Boss001", company="C1", authority=DESK, role="master")
        self.told("Boss001", self.auth.submit(master))
        hanako = RegisterUser(login_id="Hanako01", company="C1", authority=DESK, entitlements=("transfer",))
        self.told("Hanako01", self.auth.submit(hanako))

    def told(self, name: str, reply: object) -> None:
        """Remember what a reply gives a person."""
        if isinstance(reply, UserRegistered | PasswordsReset) and reply.initial_password is not None:
            self.passwords[name] = reply.initial_password.reveal()
        if isinstance(reply, Authenticated):
            self.sessions[name] = reply.session

    def log_in(self, name: str) -> None:
        """Log in with what is due on the way."""
        home, old = self.homes[name], self.passwords[name]
        reply: object = self.auth.submit(PasswordLogin(name, old, attempt=self.auth.new_token(), client=home))
        if isinstance(reply, PasswordChangeDue):
            new = LOGINS[old == LOGINS[0]] if LOGIN_PASSWORD in reply.change else old
            confirmation = CONFIRMATION if CONFIRMATION_PASSWORD in reply.change else None
            reply = self.auth.submit(
                ChangePasswords(
                    handle=reply.handle,
                    client=home,
                    current_login_password=old,
                    new_login_password=new if LOGIN_PASSWORD in reply.change else None,
                    current_confirmation_password=CONFIRMATION if CONFIRMATION_PASSWORD in reply.current else None,
                    new_confirmation_password=confirmation,
                )
            )
            self.passwords[name] = new if isinstance(reply, PasswordChangeDone) else old
        if isinstance(reply, PasswordChangeDone):
            acknowledge = AcknowledgeChange(handle=reply.handle, client=home)
            reply = self.auth.submit(acknowledge)
            assert self.auth.submit(acknowledge) == reply
        if isinstance(reply, EnrollmentDue | CodeDue):
            reply = self.prove(name, reply)
        self.told(name, reply)

    def prove(self, name: str, due: EnrollmentDue | CodeDue) -> object:
        """Go through the steps about tokens, wrongly first; every third time enrollment is put off."""
        submit, home, token = self.auth.submit, self.homes[name], self.tokens[name]
        self.clock.advance(STEP)
        if isinstance(due, EnrollmentDue):
            self.logins += 1
            if not self.logins % 3:
                return submit(SkipEnrollment(handle=due.handle, client=home))
            wrong = submit(EnrollToken(handle=due.handle, client=home, serial="ZZ-9999", code=token.code()))
            handle = self.handle_of(wrong, due.handle)
            return submit(EnrollToken(handle=handle, client=home, serial=token.serial, code=token.code()))
        wrong = submit(EnterCode(handle=due.handle, client=home, code="000000"))
        handle, first = self.handle_of(wrong, due.handle), token.code()
        self.clock.advance(STEP)
        paired = submit(ResyncToken(handle=handle, client=home, first=first, second=token.code()))
        self.clock.advance(STEP)
        return submit(EnterCode(handle=self.handle_of(paired, handle), client=home, code=token.code()))

    @staticmethod
    def handle_of(reply: object, before: Secret) -> Secret:
        """Return the handle that is good after a reply."""
        step = reply.at if isinstance(reply, Refused) else reply
        return step.handle if isinstance(step, Step) else before

    def happens(self, what: int, name: str) -> None:
        """Let something happen to or by a person."""
        submit, home = self.auth.submit, self.homes[name]
        handle = self.sessions.get(name, Secret("A" * 43))
        boss = BySession(
            session=self.sessions.get("Boss001", Secret("B" * 43)),
            confirmation_password=CONFIRMATION if what % 2 else WRONG,
            client=self.homes["Boss001"],
        )
        stranger = Client("198.51.100.1", browser=self.auth.new_token())
        both = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)
        commands: tuple[Callable[[], Command[Any]], ...] = (
            lambda: PasswordLogin(name, WRONG, attempt=self.auth.new_token(), client=home),
            lambda: PasswordLogin(name, WRONG, attempt=self.auth.new_token(), client=stranger),
            lambda: PasswordLogin("Nobody99", WRONG, attempt=self.auth.new_token(), client=stranger),
            lambda: Confirm(session=handle, client=home, password=CONFIRMATION, purpose="transfer"),
            lambda: Confirm(session=handle, client=home, password=WRONG, purpose="transfer"),
            lambda: RequireChange(login_id=name, authority=boss, passwords=both),
            lambda: ChangeEntitlements(login_id=name, authority=boss, add=("inquiry",)),
            lambda: Suspend(login_id=name, authority=boss),
            lambda: Release(login_id=name, authority=DESK),
            lambda: ResetPasswords(login_id=name, authority=boss),
            lambda: RegisterUser(login_id="Taro0001", company="C1", authority=boss),
            lambda: CloseUser(login_id="Taro0001", authority=boss),
            lambda: MarkSent(tuple(notice.id for notice in self.auth.read(PendingNotices()))),
            lambda: Logout(handle, client=home),
            lambda: StepUp(session=handle, client=home, code=self.tokens[name].code(), purpose="transfer"),
            lambda: StepUp(session=handle, client=home, code="000000", purpose="transfer"),
            lambda: ResyncInSession(session=handle, client=home, first=self.tokens[name].code(), second="000000"),
            lambda: SuspendToken(login_id=name, authority=boss),
            lambda: ReleaseToken(login_id=name, serial="ZZ-9999", authority=DESK),
            lambda: RevokeToken(login_id=name, authority=boss),
            lambda: ReinitializeToken(login_id=name, authority=DESK),
            lambda: RetireToken(serial=self.tokens["spare"].serial, authority=DESK),
            lambda: ResealTokens(serials=[token.serial for token in self.tokens.values()], authority=DESK),
            lambda: ChangeEntitlements(login_id=name, authority=DESK, add=("transfer",)),
        )
        if what < len(commands):
            if what != 12 or self.auth.read(PendingNotices()):
                self.told(name, submit(commands[what]()))
        else:
            self.clock.advance(timedelta(minutes=7))


MOST = 24
"""How much may happen: so many commands, and that time passes."""


@given(st.lists(st.tuples(st.integers(0, MOST), st.sampled_from(["Boss001", "Hanako01"]), st.booleans()), max_size=14))
def test_the_same_facts_give_the_same_decision(story: list[tuple[int, str, bool]]) -> None:
    """Nothing but facts and context counts: no order in which they were learnt, nothing learnt about something else.

    Facts can't be written to, either: a decision that tried would raise.
    """
    with watched() as spy, (bank := Story()).auth:
        for what, name, first in story:
            if first:
                bank.log_in(name)
            bank.happens(what, name)
        assert spy.call_count > 3


def test_the_story_comes_to_its_end() -> None:
    """What the property above runs through does reach sessions, codes and administration."""
    with watched(), (bank := Story()).auth:
        for name in bank.homes:
            bank.log_in(name)
        assert set(bank.sessions) == set(bank.homes)
        bank.happens(13, "Hanako01")
        bank.log_in("Hanako01")
        seen = bank.auth.session(bank.sessions["Hanako01"], bank.homes["Hanako01"])
        assert seen is not None
        assert seen.factors == (LOGIN_PASSWORD, CODE)
        for what in range(MOST):
            bank.happens(what, "Hanako01")
        assert bank.auth.session(bank.sessions["Boss001"], bank.homes["Boss001"]) is not None
        bank.happens(MOST, "Hanako01")
