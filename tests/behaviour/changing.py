"""What tests about the forced change share."""

from __future__ import annotations

from collections.abc import Callable

from okmate_auth import Confirm
from okmate_auth.commands import RequireChange
from okmate_auth.commands.passwords import Reason
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from tests.behaviour.bank import DESK, WRONG, Bank, User, refused

BOTH = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)
Prepare = Callable[[Bank], User]
"""Prepares a bank and returns somebody who is about to log in."""


def require(bank: Bank, user: User, *passwords: str, compromise: bool = False) -> None:
    """Have passwords changed at the next login."""
    reason: Reason = "compromise" if compromise else "administrator"
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK, passwords=passwords, reason=reason))


def lock_confirmation(bank: Bank, user: User) -> None:
    """Guess the confirmation password in a session until it is locked; nobody is logged in afterwards."""
    session = bank.log_in(user).session
    for _ in range(5):
        refused(
            bank.submit(Confirm(session=session, client=user.home, password=WRONG, purpose="transfer")),
            "wrong-password",
        )
    reply = bank.submit(Confirm(session=session, client=user.home, password=WRONG, purpose="transfer"))
    refused(reply, "locked")
    bank.log_out(user, session)
