"""Submissions of every kind: at the entrance and at every step, right and wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from okmate_auth import Client, Refused, SkipEnrollment
from okmate_auth.commands import ResyncToken
from okmate_auth.decision import Command
from okmate_auth.replies import Step
from tests.behaviour import tokens
from tests.behaviour.bank import MICROSECOND, WRONG, Bank, User, but, expect
from tests.behaviour.steps import At, at_action, at_change, at_code, at_enrollment, at_result, later_code
from tests.unchecked import unchecked

MINUTE: Final = timedelta(seconds=60)
AFTER: Final = [(MINUTE - MICROSECOND, True), (MINUTE, False), (MINUTE + MICROSECOND, False)]
"""How long after the first submit the second comes, and whether it is a repeat then."""

Submission = Callable[[Bank], "tuple[User, Command[Any]]"]


# -- at the entrance


def right(bank: Bank) -> tuple[User, Command[Any]]:
    """Log in, nothing due but the bank's own step."""
    user = bank.customer()
    return user, bank.attempt(user, user.login_password)


def right_with_a_change_due(bank: Bank) -> tuple[User, Command[Any]]:
    """Log in for the first time."""
    user = bank.newcomer()
    return user, bank.attempt(user, user.login_password)


def wrong(bank: Bank) -> tuple[User, Command[Any]]:
    """Guess."""
    user = bank.customer()
    return user, bank.attempt(user, WRONG)


def wrong_for_the_sixth_time(bank: Bank) -> tuple[User, Command[Any]]:
    """Guess, and be locked by it."""
    user = bank.customer()
    for _ in range(5):
        bank.guess(user)
    return user, bank.attempt(user, WRONG)


ENTRANCE: Final[list[Submission]] = [right, right_with_a_change_due, wrong, wrong_for_the_sixth_time]


# -- at the steps


def of(reach: Callable[[Bank], At], **changes: object) -> Submission:
    """Return the proper answer of a step, or one that says something else in these fields."""

    def submission(bank: Bank) -> tuple[User, Command[Any]]:
        at = reach(bank)
        return at.user, but(at.answer(), **changes)

    return submission


def with_a_wrong_code(reach: Callable[[Bank], At]) -> Submission:
    """Return an answer of a step about tokens with a code that the token shows at no time near now."""

    def submission(bank: Bank) -> tuple[User, Command[Any]]:
        at = reach(bank)
        return at.user, but(at.answer(), code=tokens.shown_wrong(bank, at.token))

    return submission


def for_the_sixth_time(wrong: Submission) -> Submission:
    """Return the wrong answer of a step that is one too many."""

    def submission(bank: Bank) -> tuple[User, Command[Any]]:
        user, command = wrong(bank)
        for _ in range(5):
            step = expect(Refused, bank.submit(command)).at
            command = but(command, handle=expect(Step, step).handle)
        return user, command

    return submission


def with_a_spent_code(bank: Bank) -> tuple[User, Command[Any]]:
    """Enter the code by which the token was enrolled."""
    at = at_code(bank)
    return at.user, but(at.answer(), code=later_code(at, -1))


def two_codes_in_a_row(bank: Bank) -> tuple[User, Command[Any]]:
    """Make token and bank agree again."""
    at = at_code(bank)
    pair = (later_code(at, 20), later_code(at, 21))
    return at.user, ResyncToken(handle=at.step.handle, client=at.client, first=pair[0], second=pair[1])


def two_codes_not_in_a_row(bank: Bank) -> tuple[User, Command[Any]]:
    """Fail to."""
    user, command = two_codes_in_a_row(bank)
    return user, but(command, second="000000")


def with_a_number_that_is_none(bank: Bank) -> tuple[User, Command[Any]]:
    """Enroll by a serial number that no token has and nobody typed before."""
    at = at_enrollment(bank)
    return at.user, but(at.answer(), serial=f"ZZ-{next(bank.numbers):06}")


def put_off(bank: Bank) -> tuple[User, Command[Any]]:
    """Put enrollment off."""
    at = at_enrollment(bank)
    return at.user, SkipEnrollment(handle=at.step.handle, client=at.client)


STEPS: Final[list[Submission]] = [
    of(at_change),
    of(at_change, new_login_password="short"),
    of(at_change, current_login_password=WRONG),
    of(at_change, current_confirmation_password=WRONG),
    for_the_sixth_time(of(at_change, current_login_password=WRONG)),
    for_the_sixth_time(of(at_change, current_confirmation_password=WRONG)),
    of(at_result),
    of(at_action),
    of(at_action, answer={"address": "nowhere"}),
    of(at_code),
    with_a_wrong_code(at_code),
    for_the_sixth_time(with_a_wrong_code(at_code)),
    with_a_spent_code,
    two_codes_in_a_row,
    two_codes_not_in_a_row,
    of(at_enrollment),
    with_a_number_that_is_none,
    with_a_wrong_code(at_enrollment),
    for_the_sixth_time(with_a_wrong_code(at_enrollment)),
    put_off,
]
EVERYWHERE: Final = [*ENTRANCE, *STEPS]


def moved(command: Command[Any]) -> Command[Any]:
    """Return the same command from the same browser, which has another address and name now."""
    client: Client = unchecked(command).client  # every command here has one
    return but(command, client=Client("198.51.100.77", "Lynx/2.9", browser=client.browser))


def elsewhere(command: Command[Any], bank: Bank) -> Command[Any]:
    """Return the same command from another browser."""
    return but(command, client=bank.browser())
