"""Current passwords at a forced change: guesses like any other; and what follows from the right ones."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from okmate_auth import PasswordChangeDone, PasswordChangeDue, Refused
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.queries import PendingNotices
from tests.behaviour.bank import CONFIRMATION, LOGIN, WRONG, Bank, but, expect, refused
from tests.behaviour.changing import BOTH, require
from tests.behaviour.steps import NEW, at_change


@pytest.mark.parametrize(
    ("login", "confirmation", "failures"),
    [(WRONG, CONFIRMATION, (1, 0)), (LOGIN, WRONG, (0, 1)), (WRONG, WRONG, (1, 1))],
)
def test_which_current_password_was_wrong_is_not_told(
    bank: Bank, login: str, confirmation: str, failures: tuple[int, int]
) -> None:
    """One public code for all; each wrong one counts against its own factor."""
    at = at_change(bank)
    command = but(at.answer(), current_login_password=login, current_confirmation_password=confirmation)
    reply = refused(bank.submit(command), "wrong-password")
    assert reply.violations == ()
    assert attrs.evolve(expect(PasswordChangeDue, reply.at), handle=at.step.handle) == at.step
    counters = [bank.throttle(at.user).counter(factor).known.failures for factor in BOTH]
    assert tuple(counters) == failures
    assert bank.results(at.user)[0] == "wrong-password"


def test_both_current_passwords_are_hashed_whichever_is_wrong(bank: Bank) -> None:
    """The time it takes does not tell which it was."""
    work = []
    for login, confirmation in ((WRONG, CONFIRMATION), (LOGIN, WRONG), (WRONG, WRONG)):
        at = at_change(bank)
        before = len(bank.hashes.computed)
        bank.submit(but(at.answer(), current_login_password=login, current_confirmation_password=confirmation))
        work.append(bank.hashes.computed[before:])
    assert work == [["check", "check"]] * 3


def test_six_wrong_login_passwords_end_the_flow_locked(bank: Bank) -> None:
    """The step is no second place to guess: the counter is the entrance's, and its lock ends the login."""
    at = at_change(bank)
    handle = at.step.handle
    for _ in range(5):
        command = but(at.answer(handle=handle), current_login_password=WRONG)
        handle = expect(PasswordChangeDue, refused(bank.submit(command), "wrong-password").at).handle
    reply = bank.submit(but(at.answer(handle=handle), current_login_password=WRONG))
    until = bank.clock() + timedelta(minutes=30)
    assert reply == Refused(code="locked", until=until)
    assert bank.login(at.user) == Refused(code="locked", until=until)
    assert bank.account(at.user).flows == ()


def test_six_wrong_confirmation_passwords_leave_the_login_password_to_change(bank: Bank) -> None:
    """Its lock is its own: the step comes again and asks it no more."""
    at = at_change(bank)
    step = expect(PasswordChangeDue, at.step)
    for _ in range(6):
        command = but(at.answer(handle=step.handle), current_confirmation_password=WRONG)
        step = expect(PasswordChangeDue, refused(bank.submit(command), "wrong-password").at)
    assert (step.change, step.current) == (BOTH[:1], BOTH[:1])
    expect(PasswordChangeDone, bank.submit(bank.change_command(at.user, step, login=NEW)))


# -- what follows


def test_the_new_passwords_are_the_only_ones(bank: Bank) -> None:
    """The old login password is wrong from now on, the new one right."""
    at = at_change(bank)
    bank.submit(at.answer())
    refused(bank.login(at.user), "rejected")
    bank.log_in(attrs.evolve(at.user, login_password=NEW))


def test_a_change_ends_the_sessions_of_the_account(bank: Bank) -> None:
    """Whoever else was logged in with the old password is out (ASVS 5.0 7.4.3)."""
    user, elsewhere = bank.customer(), bank.browser()
    session = bank.log_in(user, elsewhere).session
    assert bank.session(session, elsewhere) is not None
    require(bank, user, LOGIN_PASSWORD)
    step = bank.due_change(user)
    assert bank.session(session, elsewhere) is not None
    expect(PasswordChangeDone, bank.submit(bank.change_command(user, step, login=NEW)))
    assert bank.session(session, elsewhere) is None
    assert bank.account(user).sessions == ()


@pytest.mark.parametrize("changed", [LOGIN_PASSWORD, CONFIRMATION_PASSWORD])
def test_other_logins_under_way_end_when_what_they_proved_changes(bank: Bank, changed: str) -> None:
    """Two logins at the change: the first one through ends the other if it changed what that one proved (A33)."""
    user, elsewhere = bank.customer(), bank.browser()
    require(bank, user, changed)
    first, second = bank.due_change(user), bank.due_change(user, elsewhere)
    expect(PasswordChangeDone, bank.submit(bank.change_command(user, first, login=NEW, confirmation=NEW)))
    reply = bank.submit(bank.change_command(user, second, elsewhere, login="Pp90zzKq1", confirmation="Pp90zzKq1"))
    refused(reply, "changed")
    refused(bank.submit(bank.change_command(user, second, elsewhere, login=NEW, confirmation=NEW)), "stale")


def test_a_change_is_told_to_its_owner(bank: Bank) -> None:
    """A notice in the same commit, with what was changed and no secret."""
    at = at_change(bank)
    before = {notice.id for notice in bank.read(PendingNotices())}
    bank.submit(at.answer())
    news = [notice for notice in bank.read(PendingNotices()) if notice.id not in before]
    assert [(notice.event, notice.login_id, notice.details) for notice in news] == [
        ("change", at.user.login_id, (("changed", LOGIN_PASSWORD),))
    ]
