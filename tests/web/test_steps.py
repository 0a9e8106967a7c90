"""Steps: each button makes its command, of the fields that are called as the command's attributes."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest

from okmate_auth.client import Client
from okmate_auth.commands import (
    COMMANDS,
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
from okmate_auth.commands.transitions import ENTRANCES, LOGIN_STEPS
from okmate_auth.decision import Command
from okmate_auth.secret import Secret
from okmate_auth.web import STEP_FIELDS, Form, Problem, command_for, token_purpose
from okmate_auth.web.steps import BUTTONS, ENTRANCE_BUTTONS

CLIENT: Final = Client("192.0.2.1", browser="B" * 43)
FIELDS: Final[dict[str, str]] = {
    name: f"entered as {name}" for name in sorted(STEP_FIELDS) if name not in {"answer.*", "button"}
} | {"answer.mail": "a@b.example", "answer.days": "1"}

MADE: Final[dict[str, Command[Any]]] = {
    "login": PasswordLogin(
        "entered as login_id", "entered as password", attempt=Secret("entered as attempt"), client=CLIENT
    ),
    "begin": PresentCertificate(attempt=Secret("entered as attempt"), client=CLIENT),
    "password": EnterPassword(handle="entered as handle", client=CLIENT, password="entered as password"),
    "change": ChangePasswords(
        handle="entered as handle",
        client=CLIENT,
        current_login_password="entered as current_login_password",
        new_login_password="entered as new_login_password",
        current_confirmation_password="entered as current_confirmation_password",
        new_confirmation_password="entered as new_confirmation_password",
    ),
    "acknowledge": AcknowledgeChange(handle="entered as handle", client=CLIENT),
    "enroll": EnrollToken(
        handle="entered as handle", client=CLIENT, serial="entered as serial", code="entered as code"
    ),
    "skip": SkipEnrollment(handle="entered as handle", client=CLIENT),
    "code": EnterCode(handle="entered as handle", client=CLIENT, code="entered as code"),
    "resync": ResyncToken(
        handle="entered as handle", client=CLIENT, first="entered as first", second="entered as second"
    ),
    "answer": AnswerAction(
        handle="entered as handle",
        client=CLIENT,
        name="entered as name",
        answer={"mail": "a@b.example", "days": "1"},
    ),
    "give-up": Abandon(handle="entered as handle", client=CLIENT),
}


@pytest.mark.parametrize("button", sorted(BUTTONS))
def test_a_button_makes_its_command(button: str) -> None:
    """Each attribute is what was entered in the field of its name; what else the form holds is left aside."""
    made = command_for(Form(FIELDS | {"button": button}), CLIENT)
    assert type(made) is type(MADE[button])
    assert made == MADE[button]


@pytest.mark.parametrize("button", sorted(BUTTONS))
def test_an_empty_form_makes_a_command_too(button: str) -> None:
    """What is missing is empty: the library refuses it, with the step and its texts; nothing raises."""
    made = command_for(Form({"button": button}), CLIENT)
    assert type(made) is type(MADE[button])


def test_every_command_of_the_login_has_a_button() -> None:
    """A command that a step or an entrance needs can be sent from a page."""
    assert {type(command) for command in MADE.values()} == {*ENTRANCES, *LOGIN_STEPS}
    assert set(COMMANDS) > {type(command) for command in MADE.values()}
    assert set(MADE) == BUTTONS


def test_every_field_of_those_commands_may_be_in_a_form() -> None:
    """What a command asks for is listed, or its page could never be read."""
    kinds: list[Any] = [type(command) for command in MADE.values()]  # attrs' own type is not a base of its classes
    asked = {field.name for kind in kinds for field in attrs.fields(kind) if not field.name.startswith("_")}
    assert asked - {"client", "answer"} <= STEP_FIELDS


@pytest.mark.parametrize("button", ["", "Login", "login ", "transfer", "answer.mail"])
def test_another_button_makes_none(button: str) -> None:
    """A form without one is not from a page of ours."""
    assert command_for(Form(FIELDS | {"button": button}), CLIENT) == Problem(400, "request-malformed")
    assert command_for(Form(FIELDS), CLIENT) == Problem(400, "request-malformed")


def test_the_two_first_forms_are_the_entrances_and_every_other_a_step_s() -> None:
    """A token that the entrance shows is of no use in a step, nor the other way round."""
    assert {button: token_purpose(button) for button in BUTTONS} == {
        button: "entrance" if button in ENTRANCE_BUTTONS else "step" for button in BUTTONS
    }
    assert {type(MADE[button]) for button in ENTRANCE_BUTTONS} == {*ENTRANCES}
    assert token_purpose("nothing") == "step"
