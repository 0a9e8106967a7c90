"""The password method's entrance: who comes in, and what everybody else is told."""

from __future__ import annotations

from okmate_auth import AcknowledgeChange, Authenticated, PasswordChangeDone, PasswordChangeDue
from tests.behaviour.bank import Bank, expect


def test_a_first_login_goes_through_the_change_and_its_result_to_a_session(bank: Bank) -> None:
    """Login, forced change, result, session: the procedure's first login takes four submits."""
    user = bank.newcomer()
    due = expect(PasswordChangeDue, bank.login(user))
    done = expect(PasswordChangeDone, bank.change(user, due))
    ended = expect(Authenticated, bank.submit(AcknowledgeChange(handle=done.handle, client=user.home)))
    session = bank.session(ended.session, user.home)
    assert session is not None
    assert session.login_id == user.login_id
