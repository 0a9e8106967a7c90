"""Ways to each step that a login can come to, and what answers it.

The bank of these tests has one step of its own, :data:`MAIL`: a mail address is asked for at every login until it has
an ``@`` in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from okmate_auth import (
    AcknowledgeChange,
    ActionDue,
    AnswerAction,
    ChangePasswords,
    Client,
    PasswordChangeDone,
    PasswordChangeDue,
    Secret,
)
from okmate_auth.actions import Action, Person, Problems
from okmate_auth.codec import Json
from okmate_auth.commands import RequireChange
from okmate_auth.decision import Command
from okmate_auth.policies.profile import PASSWORD_CHANGE, TOKEN_ENROLLMENT
from okmate_auth.replies import Step
from okmate_auth.violations import Violation
from tests.behaviour.bank import CONFIRMATION, DESK, FAST, LOGIN, Bank, User, but, expect

__all__ = ["ANSWERS", "CORRECTING", "MAIL", "NEW", "REACHABLE", "At", "at_action", "at_change", "at_result", "rival"]

NEW: Final = "Vb31kkRt0w"
"""A login password that nobody had before."""


def mail_is_due(person: Person, note: Mapping[str, Json] | None, now: datetime) -> Mapping[str, Json] | None:
    """Ask until there is an address."""
    del now
    return {"login_id": person.login_id} if note is None else None


def take_mail(
    note: Mapping[str, Json] | None, answer: Mapping[str, Json], now: datetime
) -> Mapping[str, Json] | Problems:
    """Take anything with an ``@``."""
    del note, now
    address = answer.get("address")
    if not isinstance(address, str) or "@" not in address:
        return Problems((Violation("malformed", "address"),))
    return {"address": address}


MAIL: Final = Action(name="mail", is_due=mail_is_due, apply=take_mail)
CORRECTING: Final = attrs.evolve(FAST, order=(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail"))
"""The procedure's rules, with :data:`MAIL` before the top page."""


@attrs.frozen
class At:
    """A login that has come to a step.

    Attributes:
        bank: Where.
        user: Whose.
        step: Which.
    """

    bank: Bank
    user: User
    step: Step

    @property
    def client(self) -> Client:
        """The browser it belongs to."""
        return self.user.home

    def answer(self, client: Client | None = None, handle: Secret | None = None) -> Command[Any]:
        """Return the command that answers this step properly."""
        return ANSWERS[type(self.step)](self, client or self.client, handle or self.step.handle)


def at_change(bank: Bank) -> At:
    """Come to the forced change of a login password; both current passwords are asked."""
    user = bank.customer()
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    return At(bank, user, bank.due_change(user))


def at_result(bank: Bank) -> At:
    """Come to the result of a change."""
    at = at_change(bank)
    return attrs.evolve(at, step=expect(PasswordChangeDone, bank.submit(at.answer())))


def at_action(bank: Bank) -> At:
    """Come to the bank's own step."""
    user = bank.customer()
    return At(bank, user, expect(ActionDue, bank.login(user)))


def _change(_: At, client: Client, handle: Secret) -> Command[Any]:
    """Change the login password to :data:`NEW`."""
    return ChangePasswords(
        handle=handle,
        client=client,
        current_login_password=LOGIN,
        current_confirmation_password=CONFIRMATION,
        new_login_password=NEW,
    )


def rival(at: At, number: int = 0) -> Command[Any]:
    """Return a command with the same handle that says something else; a different one for each number."""
    match at.step:
        case PasswordChangeDue():
            return but(at.answer(), new_login_password=f"Xy{number:07}z")
        case ActionDue():
            return but(at.answer(), answer={"address": f"{number}@example.com"})
        case _:
            return AnswerAction(handle=at.step.handle, client=at.client, name="mail", answer={"n": number})


ANSWERS: Final[dict[type[Step], Callable[[At, Client, Secret], Command[Any]]]] = {
    PasswordChangeDue: _change,
    PasswordChangeDone: lambda _, client, handle: AcknowledgeChange(handle=handle, client=client),
    ActionDue: lambda _, client, handle: AnswerAction(
        handle=handle, client=client, name="mail", answer={"address": "hanako@example.co.jp"}
    ),
}
"""What answers each step properly."""

REACHABLE: Final = (at_change, at_result, at_action)
"""The ways to every step that a login can come to so far."""
