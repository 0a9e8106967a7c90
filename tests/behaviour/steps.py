"""Ways to each step that a login can come to, and what answers it.

The bank of these tests has one step of its own, :data:`MAIL`: a mail address is asked for at every login until it has
an ``@`` in it. One of its services needs a token, so that people who may use it come to the steps about tokens, and
nobody else does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from okmate_auth import (
    Abandon,
    AcknowledgeChange,
    ActionDue,
    AnswerAction,
    ChangePasswords,
    Client,
    CodeDue,
    EnrollmentDue,
    EnrollToken,
    EnterCode,
    EnterPassword,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordDue,
    Secret,
)
from okmate_auth.actions import Action, Person, Problems
from okmate_auth.codec import Json
from okmate_auth.commands import RequireChange
from okmate_auth.decision import Command
from okmate_auth.policies.profile import PASSWORD_CHANGE, TOKEN_ENROLLMENT
from okmate_auth.replies import Abandoned, Step
from okmate_auth.testing import VirtualToken
from okmate_auth.tokens import code_at, step_at
from okmate_auth.violations import Violation
from tests.behaviour import certificates, tokens
from tests.behaviour.bank import CONFIRMATION, DESK, LOGIN, Bank, User, but, expect

__all__ = [
    "ANSWERS",
    "CORRECTING",
    "MAIL",
    "NEW",
    "REACHABLE",
    "At",
    "at_action",
    "at_change",
    "at_code",
    "at_enrollment",
    "at_password",
    "at_result",
    "later_code",
    "rival",
]

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
CORRECTING: Final = attrs.evolve(tokens.TOKENS, order=(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail"))
"""The procedure's rules with one service that needs a token, and :data:`MAIL` before the top page."""


@attrs.frozen
class At:
    """A login that has come to a step.

    Attributes:
        bank: Where.
        user: Whose.
        step: Which.
        in_hand: The token by which a step about tokens is answered.
    """

    bank: Bank
    user: User
    step: Step
    in_hand: VirtualToken | None = None

    @property
    def client(self) -> Client:
        """The browser it belongs to."""
        return self.user.home

    @property
    def token(self) -> VirtualToken:
        """The token, where there is one."""
        return expect(VirtualToken, self.in_hand)

    def answer(self, client: Client | None = None, handle: Secret | None = None) -> Command[Any]:
        """Return the command that answers this step properly."""
        return ANSWERS[type(self.step)](self, client or self.client, handle or self.step.handle)


def at_password(bank: Bank) -> At:
    """Come to the password of the certificate method."""
    user = certificates.holder(bank)
    return At(bank, user, certificates.at_the_password(bank, user))


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


def at_code(bank: Bank) -> At:
    """Come to the code of a token whose button is pressed (HOTP); it is bound since a login that was given up."""
    user, token = tokens.entitled(bank), tokens.dispatched(bank, parameters=tokens.HOTP)
    due = tokens.at_enrollment(bank, user)
    enroll = EnrollToken(handle=due.handle, client=user.home, serial=token.serial, code=token.code())
    given_up = expect(ActionDue, bank.submit(enroll))
    expect(Abandoned, bank.submit(Abandon(handle=given_up.handle, client=user.home)))
    tokens.next_code(bank, token)
    return At(bank, user, tokens.at_code(bank, user), token)


def at_enrollment(bank: Bank) -> At:
    """Come to enrollment, with a token in hand that shows a code for each minute (TOTP)."""
    user, token = tokens.entitled(bank), tokens.dispatched(bank)
    return At(bank, user, tokens.at_enrollment(bank, user), token)


def later_code(at: At, further: int) -> str:
    """Return what the token in hand shows so many codes after the next one that is good."""
    what = at.token.parameters
    start = tokens.stored(at.bank, at.token).next_counter
    if what.kind == "totp":
        start = max(start, step_at(at.bank.clock(), what.period_seconds))
    return code_at(at.token.seed, start + further, what)


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
        case CodeDue() | EnrollmentDue():
            return but(at.answer(), code=later_code(at, number + 1))
        case _:
            return AnswerAction(handle=at.step.handle, client=at.client, name="mail", answer={"n": number})


ANSWERS: Final[dict[type[Step], Callable[[At, Client, Secret], Command[Any]]]] = {
    PasswordDue: lambda at, client, handle: EnterPassword(
        handle=handle, client=client, password=at.user.login_password
    ),
    PasswordChangeDue: _change,
    PasswordChangeDone: lambda _, client, handle: AcknowledgeChange(handle=handle, client=client),
    ActionDue: lambda _, client, handle: AnswerAction(
        handle=handle, client=client, name="mail", answer={"address": "hanako@example.co.jp"}
    ),
    CodeDue: lambda at, client, handle: EnterCode(handle=handle, client=client, code=at.token.code()),
    EnrollmentDue: lambda at, client, handle: EnrollToken(
        handle=handle, client=client, serial=at.token.serial, code=at.token.code()
    ),
}
"""What answers each step properly."""

REACHABLE: Final = (at_password, at_change, at_result, at_action, at_code, at_enrollment)
"""The ways to every step that a login can come to."""
