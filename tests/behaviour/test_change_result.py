"""The result of a change: its own page, shown at most once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth import AcknowledgeChange, ActionDue, Authenticated, PasswordChangeDone, Refused
from okmate_auth.factors import LOGIN_PASSWORD
from tests.behaviour.bank import MICROSECOND, Bank, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import CORRECTING, MAIL, NEW, at_change, at_result


def test_the_result_names_what_was_changed(bank: Bank) -> None:
    """It says whose passwords changed and which, and has ten minutes of its own."""
    at = at_change(bank)
    bank.wait(timedelta(minutes=9))
    done = expect(PasswordChangeDone, bank.submit(at.answer()))
    assert (done.login_id, done.changed) == (at.user.login_id, (LOGIN_PASSWORD,))
    assert done.until == bank.clock() + timedelta(minutes=10)


def test_the_result_comes_before_everything_else(open_bank: OpenBank) -> None:
    """What else is due is asked once the result was acknowledged."""
    at = at_result(open_bank(CORRECTING, (MAIL,)))
    expect(ActionDue, at.bank.submit(at.answer()))


def test_an_acknowledged_result_ends_the_login(bank: Bank) -> None:
    """Where nothing else is due, 確認 leads into the session; the change proved both passwords."""
    at = at_result(bank)
    ended = expect(Authenticated, bank.submit(at.answer()))
    assert ended.factors == ("login-password", "confirmation-password")
    assert bank.session(ended.session, at.client) is not None


def test_a_result_is_not_due_again_if_the_browser_was_closed(bank: Bank) -> None:
    """The change is committed, so that the next login has nothing left to show or to do."""
    at = at_result(bank)
    reply = bank.submit(bank.attempt(at.user, NEW, bank.browser()))
    expect(Authenticated, reply)


@pytest.mark.parametrize("later", [timedelta(0), MICROSECOND])
def test_a_late_acknowledgement_gives_no_session(bank: Bank, later: timedelta) -> None:
    """After the step's end the login is over; what was changed stays changed (A35)."""
    at = at_result(bank)
    bank.clock.set(at.step.until + later)
    assert bank.submit(at.answer()) == Refused(code="expired")
    refused(bank.submit(at.answer()), "stale")
    assert bank.account(at.user).sessions == ()
    expect(Authenticated, bank.submit(bank.attempt(at.user, NEW)))


def test_an_acknowledgement_changes_no_password(bank: Bank) -> None:
    """Acknowledged or not, the credentials are those that the change wrote."""
    at = at_result(bank)
    before = bank.account(at.user)
    bank.submit(at.answer())
    after = bank.account(at.user)
    assert (after.login_password, after.confirmation_password) == (before.login_password, before.confirmation_password)


def test_a_result_can_be_acknowledged_from_its_own_browser_only(bank: Bank) -> None:
    """The handle alone is not enough; the owner's browser goes on undisturbed (A24)."""
    at = at_result(bank)
    with bank.unchanged():
        refused(bank.submit(AcknowledgeChange(handle=at.step.handle, client=bank.browser())), "stale")
    expect(Authenticated, bank.submit(at.answer()))
