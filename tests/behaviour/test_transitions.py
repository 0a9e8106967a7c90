"""The state machine, walked: every step with every command, and every declaration with its annotation."""

from __future__ import annotations

import typing
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

import attrs
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
    EnrollToken,
    EnterCode,
    EnterPassword,
    Logout,
    PasswordLogin,
    PresentCertificate,
    Refused,
    Secret,
    SkipEnrollment,
    StepUp,
)
from okmate_auth.commands import (
    COMMANDS,
    TRANSITIONS,
    BySession,
    EndSession,
    RecordOperation,
    ResyncInSession,
    ResyncToken,
    RevokeToken,
    Suspend,
    transitions,
    unanswered,
)
from okmate_auth.decision import Command
from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.nist import NIST_800_63B_4
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.policies.profile import Profile
from okmate_auth.replies import STEPS, Abandoned, CodeDue, EnrollmentDue, PasswordDue, Step
from tests.behaviour.bank import CONFIRMATION, FAST, LOGIN, WRONG, Bank, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import ANSWERS, CORRECTING, MAIL, NEW, REACHABLE, At, later_code
from tests.behaviour.tokens import TOKENS, asking
from tests.unchecked import unchecked

Reach = Callable[[Bank], At]


# -- declarations


def declared(command: type[Command[Any]]) -> set[type]:
    """Return the classes in a command's annotation: what ``Command[…]`` of its bases was made of."""
    for base in vars(command).get("__orig_bases__", command.__bases__):
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
    assert set(TRANSITIONS[None]) == {PasswordLogin, PresentCertificate}
    assert all(replies == command.replies for row in TRANSITIONS.values() for command, replies in row.items())


def test_only_the_last_steps_can_end_in_a_session() -> None:
    """``Authenticated`` answers a password, a result, one code, enrollment and a bank's own step.

    No certificate alone, and no pair of codes (A07).
    """
    assert {command for command in COMMANDS if Authenticated in command.replies} == {
        PasswordLogin,
        EnterPassword,
        EnterCode,
        AcknowledgeChange,
        EnrollToken,
        SkipEnrollment,
        AnswerAction,
    }


@pytest.mark.parametrize("step", STEPS)
def test_every_step_can_be_given_up(step: type[Step]) -> None:
    """A login can be ended wherever it is."""
    assert Abandon in TRANSITIONS[step]


@pytest.mark.parametrize("profile", [OKMATE, NIST_800_63B_4, TOKENS, asking("never"), asking("always")])
def test_every_profile_can_be_served(open_bank: OpenBank, profile: Profile) -> None:
    """Whatever it asks of tokens, each step that it can come to is answered."""
    assert unanswered(profile) == ()
    open_bank(profile)


@pytest.mark.parametrize(
    ("profile", "missing"),
    [
        (NIST_800_63B_4, (EnrollmentDue, CodeDue)),
        (TOKENS, (EnrollmentDue,)),
        (asking("always"), (CodeDue,)),
    ],
)
def test_a_profile_that_could_come_to_an_unanswered_step_is_refused(
    open_bank: OpenBank, profile: Profile, missing: tuple[type[Step], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were there a version without the commands for a step, no shell could be made that comes to it."""
    without = {step: MappingProxyType({Abandon: Abandon.replies}) for step in missing}
    monkeypatch.setattr(transitions, "TRANSITIONS", MappingProxyType({**TRANSITIONS, **without}))
    assert unanswered(profile) == missing
    assert unanswered(FAST) == ()
    with pytest.raises(ConfigurationError, match=", ".join(step.__name__ for step in missing)):
        open_bank(profile)


def test_the_table_can_not_be_changed() -> None:
    """Nobody adds a transition at run time."""
    with pytest.raises(TypeError):
        unchecked(TRANSITIONS)[PasswordDue] = {}


# -- walked

Make = Callable[[At, Client], Command[Any]]


def _pair(at: At, client: Client) -> ResyncToken:
    """Return two codes in a row where there is a token, and otherwise two that nobody looks at."""
    first, second = ("000000", "111111") if at.in_hand is None else (later_code(at, 0), later_code(at, 1))
    return ResyncToken(handle=at.step.handle, client=client, first=first, second=second)


STEP_COMMANDS: Final[dict[type[Command[Any]], Make]] = {
    EnterPassword: lambda at, client: EnterPassword(
        handle=at.step.handle, client=client, password=at.user.login_password
    ),
    EnterCode: lambda at, client: EnterCode(handle=at.step.handle, client=client, code=_code(at)),
    ResyncToken: _pair,
    ChangePasswords: lambda at, client: ChangePasswords(
        handle=at.step.handle,
        client=client,
        current_login_password=LOGIN,
        current_confirmation_password=CONFIRMATION,
        new_login_password=NEW,
    ),
    AcknowledgeChange: lambda at, client: AcknowledgeChange(handle=at.step.handle, client=client),
    EnrollToken: lambda at, client: EnrollToken(
        handle=at.step.handle,
        client=client,
        serial="TK-000000" if at.in_hand is None else at.in_hand.serial,
        code=_code(at),
    ),
    SkipEnrollment: lambda at, client: SkipEnrollment(handle=at.step.handle, client=client),
    AnswerAction: lambda at, client: AnswerAction(
        handle=at.step.handle, client=client, name="mail", answer={"address": "hanako@example.co.jp"}
    ),
    Abandon: lambda at, client: Abandon(handle=at.step.handle, client=client),
}
"""Every command that carries a step's handle, right as far as it can be."""


def _code(at: At) -> str:
    return "000000" if at.in_hand is None else at.in_hand.code()


def _by(handle: Secret, client: Client) -> BySession:
    return BySession(session=handle, confirmation_password=CONFIRMATION, client=client)


SESSION_COMMANDS: Final[dict[type[Command[Any]], Callable[[Client, Secret], Command[Any]]]] = {
    Confirm: lambda client, handle: Confirm(session=handle, client=client, password=CONFIRMATION, purpose="transfer"),
    StepUp: lambda client, handle: StepUp(session=handle, client=client, code="000000", purpose="transfer"),
    ResyncInSession: lambda client, handle: ResyncInSession(
        session=handle, client=client, first="000000", second="111111"
    ),
    RecordOperation: lambda client, handle: RecordOperation(session=handle, client=client, id="TR-1", name="transfer"),
    EndSession: lambda client, handle: EndSession(session=handle, client=client, which="x"),
    Suspend: lambda client, handle: Suspend(login_id="nobody01", authority=_by(handle, client)),
    RevokeToken: lambda client, handle: RevokeToken(login_id="nobody01", authority=_by(handle, client)),
}
"""What a session protects: all that is done in one but logging out, and administration."""


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with a step of its own, so that there is one of each kind."""
    return open_bank(CORRECTING, (MAIL,))


def test_the_walk_leaves_nothing_out() -> None:
    """Every step is reached, and every command that carries a step's handle is walked."""
    assert set(ANSWERS) == set(STEPS)
    assert set(STEP_COMMANDS) == {command for command in COMMANDS if command.answers is not None}
    assert {*SESSION_COMMANDS, Logout} >= set(transitions.IN_SESSION)


@pytest.mark.parametrize("command", STEP_COMMANDS)
@pytest.mark.parametrize("reach", REACHABLE)
def test_a_step_is_answered_by_its_commands_and_by_no_other(
    bank: Bank, reach: Reach, command: type[Command[Any]]
) -> None:
    """A legal command gives one of its declared replies; any other is a wrong step and changes nothing (FL-1, A21)."""
    at = reach(bank)
    submitted = STEP_COMMANDS[command](at, at.client)
    if command in TRANSITIONS[type(at.step)]:
        reply = bank.submit(submitted)
        assert isinstance(reply, TRANSITIONS[type(at.step)][command])
        assert not isinstance(reply, Refused | Busy)
        return
    with bank.unchanged(), bank.unhashed():
        assert bank.submit(submitted) == Refused(code="wrong-step", at=at.step)
    assert not isinstance(bank.submit(at.answer()), Refused | Busy)


@pytest.mark.parametrize("command", STEP_COMMANDS)
@pytest.mark.parametrize("reach", REACHABLE)
def test_a_spent_handle_answers_no_command(bank: Bank, reach: Reach, command: type[Command[Any]]) -> None:
    """The very same answer gets its reply again; any other is stale, and none disturbs the login that went on (A22)."""
    at = reach(bank)
    answer = at.answer()
    first = bank.submit(answer)
    went_on = bank.account(at.user)
    submitted = STEP_COMMANDS[command](at, at.client)
    expected = first if submitted == answer else Abandoned() if command is Abandon else Refused(code="stale")
    assert bank.submit(submitted) == expected
    assert bank.account(at.user) == went_on


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
        reply = bank.submit(STEP_COMMANDS[command](at, bank.browser()))
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
        at = attrs.evolve(at, step=expect(Step, reply))
    assert isinstance(reply, Authenticated)
    account = bank.account(at.user)
    for credential in (account.login_password, account.confirmation_password):
        assert credential is not None
        assert credential.change_due is None
