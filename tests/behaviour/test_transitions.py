"""The state machine, walked: every step with every command, and every declaration with its annotation."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from typing import Any, Final

import pytest

from okmate_auth import (
    Abandon,
    AcknowledgeChange,
    AnswerAction,
    Authenticated,
    Busy,
    ChangePasswords,
    Client,
    Confirm,
    Logout,
    PasswordLogin,
    Refused,
    Secret,
)
from okmate_auth.commands import COMMANDS, TRANSITIONS, BySession, EndSession, Suspend, unanswered
from okmate_auth.decision import Command
from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.nist import NIST_800_63B_4
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.replies import STEPS, CodeDue, EnrollmentDue, PasswordDue, Step
from tests.behaviour.bank import CONFIRMATION, LOGIN, WRONG, Bank, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import ANSWERS, CORRECTING, MAIL, NEW, REACHABLE, At

Reach = Callable[[Bank], At]
UNREACHABLE: Final = (PasswordDue, CodeDue, EnrollmentDue)
"""Steps whose commands are still to come."""


# -- declarations


def declared(command: type[Command[Any]]) -> set[type]:
    """Return the classes in a command's annotation: what ``Command[…]`` of its bases was made of."""
    for base in types.get_original_bases(command) if hasattr(types, "get_original_bases") else command.__orig_bases__:  # type: ignore[attr-defined]
        origin, arguments = typing.get_origin(base), typing.get_args(base)
        if isinstance(origin, type) and issubclass(origin, Command):
            (union,) = arguments
            return set(typing.get_args(union)) or {union}
    raise AssertionError(command)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_replies_of_a_command_are_those_of_its_annotation(command: type[Command[Any]]) -> None:
    """What the type checker is told and what the table is built from are the same, each once."""
    assert set(command.replies) == declared(command)
    assert len(command.replies) == len(set(command.replies))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_be_busy(command: type[Command[Any]]) -> None:
    """Whatever is submitted may find too much at work."""
    assert Busy in command.replies


def test_the_table_has_every_step_and_every_answer() -> None:
    """For each step the commands that say they answer it, for the state before the first step the entrances."""
    assert set(TRANSITIONS) == {None, *STEPS}
    for step in STEPS:
        answering = {command for command in COMMANDS if command.answers and issubclass(step, command.answers)}
        assert set(TRANSITIONS[step]) == answering
    assert set(TRANSITIONS[None]) == {PasswordLogin}
    assert all(replies == command.replies for row in TRANSITIONS.values() for command, replies in row.items())


def test_only_the_last_steps_can_end_in_a_session() -> None:
    """``Authenticated`` answers the entrance, the acknowledged result and a bank's own step, and nothing else."""
    assert {command for command in COMMANDS if Authenticated in command.replies} == {
        PasswordLogin,
        AcknowledgeChange,
        AnswerAction,
    }


@pytest.mark.parametrize("step", STEPS)
def test_every_step_can_be_given_up(step: type[Step]) -> None:
    """A login can be ended wherever it is."""
    assert Abandon in TRANSITIONS[step]


@pytest.mark.parametrize("step", UNREACHABLE)
def test_a_step_that_nothing_answers_can_not_be_reached(step: type[Step]) -> None:
    """Nothing but giving up answers it, and no profile that could come to it can be served."""
    assert set(TRANSITIONS[step]) == {Abandon}
    assert unanswered(OKMATE) == ()


def test_a_profile_that_could_come_to_an_unanswered_step_is_refused(open_bank: OpenBank) -> None:
    """The standards' profile waits for the commands about tokens: refused when a shell is made, with the steps."""
    with pytest.raises(ConfigurationError, match="EnrollmentDue, CodeDue"):
        open_bank(NIST_800_63B_4)


def test_the_table_can_not_be_changed() -> None:
    """Nobody adds a transition at run time."""
    with pytest.raises(TypeError):
        TRANSITIONS[PasswordDue] = {}  # type: ignore[index]


# -- walked

Make = Callable[[Client, Secret], Command[Any]]
STEP_COMMANDS: Final[dict[type[Command[Any]], Make]] = {
    ChangePasswords: lambda client, handle: ChangePasswords(
        handle=handle,
        client=client,
        current_login_password=LOGIN,
        current_confirmation_password=CONFIRMATION,
        new_login_password=NEW,
    ),
    AcknowledgeChange: lambda client, handle: AcknowledgeChange(handle=handle, client=client),
    AnswerAction: lambda client, handle: AnswerAction(
        handle=handle, client=client, name="mail", answer={"address": "hanako@example.co.jp"}
    ),
    Abandon: lambda client, handle: Abandon(handle=handle, client=client),
}
SESSION_COMMANDS: Final[dict[type[Command[Any]], Make]] = {
    Confirm: lambda client, handle: Confirm(session=handle, client=client, password=CONFIRMATION, purpose="transfer"),
    EndSession: lambda client, handle: EndSession(session=handle, client=client, which="x"),
    Suspend: lambda client, handle: Suspend(
        login_id="nobody01", authority=BySession(session=handle, confirmation_password=CONFIRMATION, client=client)
    ),
}


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with a step of its own, so that there is one of each kind."""
    return open_bank(CORRECTING, (MAIL,))


def test_the_walk_leaves_nothing_out() -> None:
    """Every step is reachable or known not to be, and every command that carries a step's handle is walked."""
    assert {*ANSWERS, *UNREACHABLE} == set(STEPS)
    assert set(STEP_COMMANDS) == {command for command in COMMANDS if command.answers is not None}


@pytest.mark.parametrize("command", STEP_COMMANDS)
@pytest.mark.parametrize("reach", REACHABLE)
def test_a_step_is_answered_by_its_commands_and_by_no_other(
    bank: Bank, reach: Reach, command: type[Command[Any]]
) -> None:
    """A legal command gives one of its declared replies; any other is a wrong step and changes nothing (FL-1, A21)."""
    at = reach(bank)
    submitted = STEP_COMMANDS[command](at.client, at.step.handle)
    if command in TRANSITIONS[type(at.step)]:
        reply = bank.submit(submitted)
        assert isinstance(reply, TRANSITIONS[type(at.step)][command])
        assert not isinstance(reply, Refused | Busy)
        return
    with bank.unchanged(), bank.unhashed():
        assert bank.submit(submitted) == Refused(code="wrong-step", at=at.step)
    assert not isinstance(bank.submit(at.answer()), Refused | Busy)


@pytest.mark.parametrize("command", SESSION_COMMANDS)
@pytest.mark.parametrize("reach", REACHABLE)
def test_at_no_step_anything_of_a_session_can_be_done(bank: Bank, reach: Reach, command: type[Command[Any]]) -> None:
    """Whatever a session protects refuses a step's handle, and the login goes on (A21)."""
    at = reach(bank)
    with bank.unchanged(), bank.unhashed():
        refused(bank.submit(SESSION_COMMANDS[command](at.client, at.step.handle)), "not-logged-in")
        bank.submit(Logout(at.step.handle, client=at.client))
    assert not isinstance(bank.submit(at.answer()), Refused | Busy)


@pytest.mark.parametrize("command", STEP_COMMANDS)
@pytest.mark.parametrize("reach", REACHABLE)
def test_two_wrong_things_at_once_tell_of_the_handle_first(
    bank: Bank, reach: Reach, command: type[Command[Any]]
) -> None:
    """From another browser no command learns which step is due."""
    at = reach(bank)
    with bank.unchanged(), bank.unhashed():
        reply = bank.submit(STEP_COMMANDS[command](bank.browser(), at.step.handle))
    assert not isinstance(reply, Refused) or reply == Refused(code="stale")


def test_the_login_under_way_is_not_disturbed_by_the_entrance(bank: Bank) -> None:
    """A wrong password typed in another window of the same browser leaves the step as it is."""
    at = REACHABLE[0](bank)
    refused(bank.submit(bank.attempt(at.user, WRONG)), "rejected")
    assert not isinstance(bank.submit(at.answer()), Refused | Busy)


@pytest.mark.parametrize("reach", REACHABLE)
def test_every_way_through_ends_in_a_session_that_has_nothing_due(bank: Bank, reach: Reach) -> None:
    """Answered step by step, each login comes to its end, and the next one to a session at once."""
    at = reach(bank)
    for _ in range(4):
        reply = bank.submit(at.answer())
        if isinstance(reply, Authenticated):
            break
        at = At(bank, at.user, expect(Step, reply))
    assert isinstance(reply, Authenticated)
    account = bank.account(at.user)
    for credential in (account.login_password, account.confirmation_password):
        assert credential is not None
        assert credential.change_due is None
