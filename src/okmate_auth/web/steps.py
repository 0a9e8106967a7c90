"""Which command a form of the login makes: its button names it, its fields are called as the command's attributes.

Rule 1. Every form of the login is read here, so that no view makes a command by hand.
Rule 2. Which button a page shows is the step's matter; a button that the step does not have makes a command all the
        same, and the library refuses it with the step that is due (A21, A28).

| button | command | fields |
|---|---|---|
| ``login`` | ``PasswordLogin`` | ``login_id``, ``password``, ``attempt`` |
| ``begin`` | ``PresentCertificate`` | ``attempt`` |
| ``password`` | ``EnterPassword`` | ``handle``, ``password`` |
| ``change`` | ``ChangePasswords`` | ``handle``, and those of the four passwords that are asked |
| ``acknowledge`` | ``AcknowledgeChange`` | ``handle`` |
| ``enroll`` | ``EnrollToken`` | ``handle``, ``serial``, ``code`` |
| ``skip`` | ``SkipEnrollment`` | ``handle`` |
| ``code`` | ``EnterCode`` | ``handle``, ``code`` |
| ``resync`` | ``ResyncToken`` | ``handle``, ``first``, ``second`` |
| ``answer`` | ``AnswerAction`` | ``handle``, ``name``, and ``answer.…`` for each member of the answer |
| ``give-up`` | ``Abandon`` | ``handle`` |

Each may carry ``token`` (the form token) and ``next`` (where to go after the login) besides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from okmate_auth.client import Client
from okmate_auth.commands import (
    Abandon,
    AcknowledgeChange,
    AnswerAction,
    ChangePasswords,
    EnrollToken,
    EnterCode,
    EnterPassword,
    PasswordLogin,
    PresentCertificate,
    ResyncToken,
    SkipEnrollment,
)
from okmate_auth.decision import Command
from okmate_auth.records.history import Entrance
from okmate_auth.replies import Abandoned, Authenticated, Busy, Refused, Step
from okmate_auth.web.forms import MALFORMED, Form
from okmate_auth.web.problems import Problem

LoginReply = Step | Authenticated | Refused | Busy | Abandoned
"""What a command of the login is answered with."""

STEP_FIELDS: Final = frozenset(
    {
        *("button", "token", "next", "attempt", "handle", "login_id", "password"),
        *("current_login_password", "new_login_password"),
        *("current_confirmation_password", "new_confirmation_password"),
        *("serial", "code", "first", "second", "name", "answer.*"),
    }
)
"""Every field that a form of the login may have, for ``read_form``: two buttons of a page may share a form."""

ENTRANCE_BUTTONS: Final[Mapping[str, Entrance]] = MappingProxyType({"login": "password", "begin": "certificate"})
"""Buttons that begin a login, by which method: their forms carry an attempt token, and on a first visit no form token.
"""

ENTRANCE: Final = "entrance"
STEP: Final = "step"

_MAKERS: Final[Mapping[str, Callable[[Form, Client], Command[Any]]]] = {
    "login": lambda form, client: PasswordLogin(
        form.text("login_id"), form.secret("password"), attempt=form.secret("attempt"), client=client
    ),
    "begin": lambda form, client: PresentCertificate(attempt=form.secret("attempt"), client=client),
    "password": lambda form, client: EnterPassword(
        handle=form.secret("handle"), client=client, password=form.secret("password")
    ),
    "change": lambda form, client: ChangePasswords(
        handle=form.secret("handle"),
        client=client,
        current_login_password=form.secret("current_login_password"),
        new_login_password=form.secret("new_login_password"),
        current_confirmation_password=form.secret("current_confirmation_password"),
        new_confirmation_password=form.secret("new_confirmation_password"),
    ),
    "acknowledge": lambda form, client: AcknowledgeChange(handle=form.secret("handle"), client=client),
    "enroll": lambda form, client: EnrollToken(
        handle=form.secret("handle"), client=client, serial=form.text("serial"), code=form.secret("code")
    ),
    "skip": lambda form, client: SkipEnrollment(handle=form.secret("handle"), client=client),
    "code": lambda form, client: EnterCode(handle=form.secret("handle"), client=client, code=form.secret("code")),
    "resync": lambda form, client: ResyncToken(
        handle=form.secret("handle"), client=client, first=form.secret("first"), second=form.secret("second")
    ),
    "answer": lambda form, client: AnswerAction(
        handle=form.secret("handle"), client=client, name=form.text("name"), answer=form.under("answer.")
    ),
    "give-up": lambda form, client: Abandon(handle=form.secret("handle"), client=client),
}
BUTTONS: Final = frozenset(_MAKERS)
"""Every button there is."""


def token_purpose(button: str) -> str:
    """Return what the form token of a login's form is for: its first form, or any other."""
    return ENTRANCE if button in ENTRANCE_BUTTONS else STEP


def command_for(form: Form, client: Client) -> Command[LoginReply] | Problem:
    """Return the command that a form of the login makes.

    Problems: ``request-malformed`` (there is no such button).

    Args:
        form: As read with ``STEP_FIELDS``.
        client: The caller.
    """
    make = _MAKERS.get(form.text("button"))
    return MALFORMED if make is None else cast("Command[LoginReply]", make(form, client))
