"""Submissions of every kind: at the entrance and at every step, right and wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from okmate_auth import Client
from okmate_auth.decision import Command
from tests.behaviour.bank import MICROSECOND, WRONG, Bank, User, but
from tests.behaviour.steps import At, at_action, at_change, at_result

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


STEPS: Final[list[Submission]] = [
    of(at_change),
    of(at_change, new_login_password="short"),
    of(at_change, current_login_password=WRONG),
    of(at_change, current_confirmation_password=WRONG),
    of(at_result),
    of(at_action),
    of(at_action, answer={"address": "nowhere"}),
]
EVERYWHERE: Final = [*ENTRANCE, *STEPS]


def moved(command: Command[Any]) -> Command[Any]:
    """Return the same command from the same browser, which has another address and name now."""
    client: Client = command.client  # type: ignore[attr-defined]  # every command here has one
    return but(command, client=Client("198.51.100.77", "Lynx/2.9", browser=client.browser))


def elsewhere(command: Command[Any], bank: Bank) -> Command[Any]:
    """Return the same command from another browser."""
    return but(command, client=bank.browser())
