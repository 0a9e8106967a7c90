"""The forced change of passwords: when it is due and what it asks."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from okmate_auth import AcknowledgeChange, Authenticated, Confirm, PasswordChangeDone
from okmate_auth.commands import ResetPasswords
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.replies import PasswordsReset
from tests.behaviour.bank import CONFIRMATION, DESK, FAST, Bank, User, expect, refused
from tests.behaviour.changing import BOTH, Prepare, lock_confirmation, require
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import NEW


def _newcomer(bank: Bank) -> User:
    return bank.newcomer()


def _newcomer_who_may_keep_it(bank: Bank) -> User:
    return bank.newcomer(force_change=False)


def _required(*passwords: str, compromise: bool = False) -> Prepare:
    def prepare(bank: Bank) -> User:
        user = bank.customer()
        require(bank, user, *passwords, compromise=compromise)
        return user

    return prepare


def _reset(bank: Bank) -> User:
    user = bank.customer()
    reset = expect(PasswordsReset, bank.submit(ResetPasswords(login_id=user.login_id, authority=DESK)))
    return attrs.evolve(user, login_password=reset.initial_password.reveal(), confirmation_password="")


def _locked(*passwords: str) -> Prepare:
    def prepare(bank: Bank) -> User:
        user = bank.customer()
        lock_confirmation(bank, user)
        require(bank, user, *passwords)
        return user

    return prepare


DUE: list[tuple[Prepare, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = [
    # prepared, change, reasons, current, unusable
    (_newcomer, BOTH, ("initial", "unset"), BOTH[:1], ()),
    (_newcomer_who_may_keep_it, BOTH[1:], ("unset",), BOTH[:1], ()),
    (_required(LOGIN_PASSWORD), BOTH[:1], ("administrator",), BOTH, ()),
    (_required(CONFIRMATION_PASSWORD), BOTH[1:], ("administrator",), BOTH, ()),
    (_required(*BOTH), BOTH, ("administrator", "administrator"), BOTH, ()),
    (_required(LOGIN_PASSWORD, compromise=True), BOTH[:1], ("compromise",), BOTH, ()),
    (_required(*BOTH, compromise=True), BOTH, ("compromise", "compromise"), BOTH, ()),
    (_reset, BOTH, ("reset", "unset"), BOTH[:1], ()),
    (_locked(LOGIN_PASSWORD), BOTH[:1], ("administrator",), BOTH[:1], ()),
    (_locked(*BOTH), BOTH[:1], ("administrator",), BOTH[:1], BOTH[1:]),
]


@pytest.mark.parametrize(("prepare", "change", "reasons", "current", "unusable"), DUE)
def test_the_step_says_what_is_due_and_why(
    bank: Bank,
    prepare: Prepare,
    change: tuple[str, ...],
    reasons: tuple[str, ...],
    current: tuple[str, ...],
    unusable: tuple[str, ...],
) -> None:
    """New values for what is due, the current values of all that exist and are not locked, and the reasons."""
    user = prepare(bank)
    step = bank.due_change(user)
    assert (step.change, step.reasons, step.current, step.unusable) == (change, reasons, current, unusable)
    assert step.login_id == user.login_id
    assert step.until == bank.clock() + timedelta(minutes=10)


@pytest.mark.parametrize("prepare", [prepare for prepare, *_ in DUE])
def test_the_change_that_is_asked_can_be_done(bank: Bank, prepare: Prepare) -> None:
    """Whatever the state, answering what is asked leads to the result, and from there into the session."""
    user = prepare(bank)
    step = bank.due_change(user)
    done = expect(
        PasswordChangeDone, bank.submit(bank.change_command(user, step, login=NEW, confirmation="Wm55aaPe2x"))
    )
    assert done.changed == step.change
    expect(Authenticated, bank.submit(AcknowledgeChange(handle=done.handle, client=user.home)))


def test_a_locked_confirmation_password_alone_stays_due_and_lets_the_login_through(bank: Bank) -> None:
    """It can't be asked, so it can't be changed; the user gets in, and it stays unusable there."""
    user = _locked(CONFIRMATION_PASSWORD)(bank)
    session = bank.log_in(user).session
    confirm = Confirm(session=session, client=user.home, password=CONFIRMATION, purpose="transfer")
    refused(bank.submit(confirm), "confirmation-unusable")


def test_a_locked_confirmation_password_stays_due_until_it_was_compared(bank: Bank) -> None:
    """The new login password was not compared with it, so that it is due once the lock is over: not-compared."""
    user = _locked(LOGIN_PASSWORD)(bank)
    step = bank.due_change(user)
    done = expect(PasswordChangeDone, bank.submit(bank.change_command(user, step, login=NEW)))
    reply = bank.submit(AcknowledgeChange(handle=done.handle, client=user.home))
    session = expect(Authenticated, reply).session
    confirm = Confirm(session=session, client=user.home, password=CONFIRMATION, purpose="transfer")
    refused(bank.submit(confirm), "confirmation-unusable")
    bank.log_out(user, session)
    bank.wait(timedelta(minutes=30))
    step = bank.due_change(attrs.evolve(user, login_password=NEW))
    assert (step.change, step.reasons, step.current) == (BOTH[1:], ("not-compared",), BOTH)


def test_a_confirmation_password_that_was_due_anyway_keeps_its_reason(bank: Bank) -> None:
    """Locked while the login password changes, it is asked later for the reason it had."""
    user = _locked(*BOTH)(bank)
    bank.submit(bank.change_command(user, bank.due_change(user), login=NEW))
    bank.wait(timedelta(minutes=30))
    step = bank.due_change(attrs.evolve(user, login_password=NEW))
    assert step.reasons == ("administrator",)


def test_after_a_change_nothing_is_due(bank: Bank) -> None:
    """The next login reaches the session at once, however long after (PW-11)."""
    user = bank.customer()
    bank.wait(timedelta(days=3650))
    bank.log_in(user)


def test_a_bank_without_a_confirmation_password_asks_for_none(open_bank: OpenBank) -> None:
    """Nothing is unset there, so that an initial password is all there is to change."""
    bank = open_bank(attrs.evolve(FAST, confirmation_password=None))
    user = bank.newcomer()
    step = bank.due_change(user)
    assert (step.change, step.reasons, step.current) == (BOTH[:1], ("initial",), BOTH[:1])
    done = expect(PasswordChangeDone, bank.change(user, step))
    ended = expect(Authenticated, bank.submit(AcknowledgeChange(handle=done.handle, client=user.home)))
    assert ended.factors == (LOGIN_PASSWORD,)
