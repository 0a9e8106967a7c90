"""Ways round a rule that a review found and that are closed: each test says who would win if one were open again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, Literal

import attrs
import pytest

from okmate_auth import (
    AcknowledgeChange,
    AnswerAction,
    Authenticated,
    ChangePasswords,
    Client,
    Confirm,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
)
from okmate_auth.commands import BySession, ChangeEntitlements, RegisterUser, RequireChange, ResetPasswords
from okmate_auth.decision import Command
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.replies import Confirmed, PasswordsReset
from tests.behaviour.bank import CONFIRMATION, DESK, FAST, WRONG, Bank, User, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import NEW

BOTH: Final = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)
LOCK: Final = timedelta(minutes=30)
PLACE_LASTS: Final = timedelta(seconds=60)
LIMIT: Final = 6
STRICT: Final = attrs.evolve(FAST, lockout={LOGIN_PASSWORD: Lockout(temporary=timedelta(0))})
"""Rules of a bank whose first lock of a known browser is a full one."""

Reason = Literal["administrator", "compromise"]


def require(bank: Bank, user: User, *passwords: str, reason: Reason = "administrator") -> None:
    """Have passwords changed at the next login."""
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK, passwords=passwords or BOTH[:1], reason=reason))


def lock_lane(bank: Bank, user: User, client: Client) -> None:
    """Guess at the entrance until the login password is locked for a browser's lane."""
    for _ in range(LIMIT):
        bank.guess(user, client)
    refused(bank.login(user, client), "locked")


def thiefs_step(bank: Bank, user: User) -> tuple[Client, PasswordChangeDue]:
    """Return the change to which somebody comes who has the login password and nothing else."""
    thief = bank.browser()
    return thief, bank.due_change(user, thief)


def credentials(bank: Bank, user: User) -> tuple[object, object]:
    """Return both passwords as stored."""
    account = bank.account(user)
    return account.login_password, account.confirmation_password


# -- a change is not skipped by locking what it asks


@pytest.mark.parametrize("reason", ["administrator", "compromise"])
def test_no_step_is_skipped_by_locking_the_login_password(bank: Bank, reason: Reason) -> None:
    """Or a thief would lock its lane himself and walk past the change that was to stop him, into a session."""
    user = bank.customer()
    require(bank, user, reason=reason)
    thief, step = thiefs_step(bank, user)
    lock_lane(bank, user, thief)
    commands: list[Command[Any]] = [
        AnswerAction(handle=step.handle, client=thief, name="mail", answer={}),
        AcknowledgeChange(handle=step.handle, client=thief),
    ]
    for command in commands:
        assert refused(bank.submit(command), "wrong-step").at == step
    assert bank.sessions(user) == []


def test_no_initial_password_stays_by_locking_it(bank: Bank) -> None:
    """Or whoever knows an initial password would set the confirmation password alone and keep the initial one."""
    user = bank.newcomer()
    step = bank.due_change(user)
    lock_lane(bank, user, user.home)
    before = credentials(bank, user)
    alone = ChangePasswords(handle=step.handle, client=user.home, new_confirmation_password=CONFIRMATION)
    reply = refused(bank.submit(alone), "malformed")
    assert reply.at == step
    assert [(one.code, one.field) for one in reply.violations] == [
        ("empty", "current_login_password"),
        ("empty", "new_login_password"),
    ]
    assert credentials(bank, user) == before


def test_nothing_is_judged_for_a_locked_change(bank: Bank) -> None:
    """Or the step would be a second place to guess: all it asks, right or wrong, is refused with the lock."""
    user = bank.customer()
    require(bank, user)
    thief, step = thiefs_step(bank, user)
    lock_lane(bank, user, thief)
    until = bank.clock() + LOCK
    command = bank.change_command(user, step, thief, login=NEW)
    with bank.unhashed():
        for one in (command, but(command, current_login_password=WRONG)):
            assert bank.submit(one) == Refused(code="locked", until=until, at=step)


def test_a_login_that_changed_passwords_has_proven_the_login_password(bank: Bank) -> None:
    """Or a session would be weaker than it seems to whoever reads its factors, however its change came about."""
    for user, change in ((bank.newcomer(), BOTH), (bank.newcomer(force_change=False), BOTH[1:])):
        step = bank.due_change(user)
        assert step.change == change
        done = expect(PasswordChangeDone, bank.change(user, step))
        reply = bank.submit(AcknowledgeChange(handle=done.handle, client=user.home))
        assert expect(Authenticated, reply).factors == BOTH


# -- after a compromise


def lock_by_the_change(bank: Bank, user: User, thief: Client, step: PasswordChangeDue) -> PasswordChangeDue:
    """Guess the confirmation password at the step until it is locked; return the step that comes then."""
    for _ in range(LIMIT):
        command = but(bank.change_command(user, step, thief, login=NEW), current_confirmation_password=WRONG)
        step = expect(PasswordChangeDue, refused(bank.submit(command), "wrong-password").at)
    return step


def test_a_locked_confirmation_password_is_asked_after_a_compromise(bank: Bank) -> None:
    """Or a thief of the login password would lock the other one and make the account his by the very change."""
    user = bank.customer()
    require(bank, user, reason="compromise")
    thief, step = thiefs_step(bank, user)
    step = lock_by_the_change(bank, user, thief, step)
    assert (step.change, step.current) == (BOTH[:1], BOTH)
    before = credentials(bank, user)
    full = bank.change_command(user, step, thief, login=NEW)
    refused(bank.submit(but(full, current_confirmation_password=None)), "malformed")
    with bank.unhashed():
        assert bank.submit(full) == Refused(code="locked", until=bank.clock() + LOCK, at=step)
    assert credentials(bank, user) == before


def test_the_owner_changes_at_home_what_a_thief_has_locked(bank: Bank) -> None:
    """Or a thief would keep the owner from ending the compromise."""
    user = bank.customer()
    require(bank, user, reason="compromise")
    lock_by_the_change(bank, user, *thiefs_step(bank, user))
    step = bank.due_change(user)
    expect(PasswordChangeDone, bank.submit(bank.change_command(user, step, login=NEW)))


def test_a_compromise_is_not_forgotten_when_a_change_is_required_again(bank: Bank) -> None:
    """Or an administrator who presses the usual button later would open the way round for the thief."""
    user = bank.customer()
    require(bank, user, reason="compromise")
    require(bank, user)
    thief, step = thiefs_step(bank, user)
    assert step.reasons == ("compromise",)
    assert lock_by_the_change(bank, user, thief, step).current == BOTH


def test_a_password_of_a_reset_becomes_neither_of_the_new_ones(bank: Bank) -> None:
    """Or whoever read the letter would know the confirmation password after the change that was to end that."""
    user = bank.customer()
    reset = expect(PasswordsReset, bank.submit(ResetPasswords(login_id=user.login_id, authority=DESK)))
    initial = reset.initial_password.reveal()
    user = attrs.evolve(user, login_password=initial, confirmation_password="")
    for field, values in (("login", (initial, NEW)), ("confirmation", (NEW, initial))):
        step = bank.due_change(user)
        command = bank.change_command(user, step, login=values[0], confirmation=values[1])
        reply = refused(bank.submit(command), "password-policy")
        assert [(one.code, one.field) for one in reply.violations] == [("same-as-current", f"new_{field}_password")]


# -- a full lock while a guess is being judged


@pytest.mark.parametrize("due", [False, True])
def test_no_login_goes_on_after_a_full_lock(open_bank: OpenBank, *, due: bool) -> None:
    """Or of many parallel guesses the right one would still come in after the account was locked until a release."""
    bank = open_bank(STRICT)
    user = bank.customer()
    if due:
        require(bank, user)
    guesses = [bank.attempt(user, WRONG) for _ in range(LIMIT)]
    with bank.meanwhile("hash", *guesses) as replies:
        reply = bank.login(user, bank.browser())
    assert replies == [Refused(code="rejected")] * 5 + [Refused(code="locked")]
    assert reply == Refused(code="locked")
    assert (bank.sessions(user), bank.account(user).flows) == ([], ())
    assert bank.results(user)[0] == "locked"


def test_no_password_is_changed_after_a_full_lock(open_bank: OpenBank) -> None:
    """Or a login under way elsewhere would make the account its own while the owner is told that it is locked."""
    bank = open_bank(STRICT)
    user = bank.customer()
    require(bank, user)
    elsewhere, step = thiefs_step(bank, user)
    before = credentials(bank, user)
    with bank.meanwhile("hash", *(bank.attempt(user, WRONG) for _ in range(LIMIT))):
        reply = bank.submit(bank.change_command(user, step, elsewhere, login=NEW))
    assert reply == Refused(code="locked")
    assert credentials(bank, user) == before
    assert bank.account(user).flows == ()


# -- a double click on the submit that locks


def clicked_twice(bank: Bank, command: Command[Any]) -> object:
    """Submit the very same thing twice, with one reply and one effect."""
    first = bank.submit(command)
    with bank.unchanged(), bank.unhashed():
        assert bank.submit(command) == first
    return first


def test_the_click_that_locks_an_entrance_is_repeated_like_any_other(bank: Bank) -> None:
    """Or an impatient person would be told two things, and count twice."""
    user = bank.customer()
    replies = [clicked_twice(bank, bank.attempt(user, WRONG)) for _ in range(LIMIT)]
    assert replies == [Refused(code="rejected")] * 5 + [Refused(code="locked", until=bank.clock() + LOCK)]


@pytest.mark.parametrize(("due", "wrong"), [(BOTH[:1], "login"), (BOTH[1:], "login"), (BOTH[1:], "confirmation")])
def test_the_click_that_locks_a_step_is_repeated_like_any_other(bank: Bank, due: tuple[str, ...], wrong: str) -> None:
    """Or a double click on the sixth guess would be told that his handle is stale, and not that he is locked."""
    user = bank.customer()
    require(bank, user, *due)
    step, replies = bank.due_change(user), list[object]()
    for _ in range(LIMIT):
        command = but(
            bank.change_command(user, step, login=NEW, confirmation=NEW), **{f"current_{wrong}_password": WRONG}
        )
        reply = expect(Refused, clicked_twice(bank, command))
        replies.append(attrs.evolve(reply, at=None))
        step = reply.at if isinstance(reply.at, PasswordChangeDue) else step
    assert replies == [Refused(code="wrong-password")] * 5 + [Refused(code="locked", until=bank.clock() + LOCK)]
    assert reply.at is None
    assert bank.account(user).flows == ()


# -- administrators


def test_a_company_that_can_not_be_is_refused_before_any_guess(bank: Bank) -> None:
    """Or an administrator's typing mistakes would be charged as guesses, and lock him with the right password."""
    master = bank.customer(role="master")
    session = bank.log_in(master).session
    authority = BySession(session=session, confirmation_password=CONFIRMATION, client=master.home)
    with bank.unchanged(), bank.unhashed():
        for company in ["会社", "", "C 1", "a" * 33, "\ud800", "C\x00"] * 2:
            reply = bank.submit(RegisterUser(login_id="Newcom1", company=company, authority=authority))
            assert [(one.code, one.field) for one in refused(reply, "malformed").violations] == [
                ("malformed", "company")
            ]
    bank.wait(PLACE_LASTS)
    expect(Confirmed, bank.submit(Confirm(session=session, client=master.home, password=CONFIRMATION, purpose="x")))


@pytest.mark.parametrize(
    "names", [("\x1b]0;x\x07",), ("a" * 65,), ("a b",), ("",), ("\ud800",), tuple(f"s{n}" for n in range(65))]
)
def test_rights_are_taken_away_by_names_that_can_be(bank: Bank, names: tuple[str, ...]) -> None:
    """Or an administrator would write terminal escapes, or a megabyte, into the history that the bank's desk reads."""
    user = bank.customer(entitlements=("inquiry",))
    rows = bank.history(user, "operations").records
    reply = bank.submit(ChangeEntitlements(login_id=user.login_id, authority=DESK, remove=names))
    assert [one.code for one in refused(reply, "malformed").violations] == ["malformed"]
    assert bank.history(user, "operations").records == rows
