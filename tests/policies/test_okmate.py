"""The seed's profile: its numbers are those of the procedure's manual and of its stated choices."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth.commands import unanswered
from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.policies.profile import PASSWORD_CHANGE, TOKEN_ENROLLMENT

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((OKMATE.login_id.minimum, OKMATE.login_id.maximum, OKMATE.login_id.mixed), (6, 12, False)),
        ((OKMATE.kdf.memory_kib, OKMATE.kdf.iterations, OKMATE.kdf.lanes), (47104, 1, 1)),
        ((OKMATE.flow.step_lasts, OKMATE.flow.whole_lasts), (10 * MINUTE, 30 * MINUTE)),
        ((OKMATE.flow.at_once, OKMATE.flow.known_browsers, OKMATE.flow.repeat_lasts), (5, 5, MINUTE)),
        ((OKMATE.session.idle, OKMATE.session.absolute, OKMATE.session.fresh_for), (10 * MINUTE, 8 * HOUR, 5 * MINUTE)),
        ((OKMATE.session.double_login, OKMATE.session.at_once), ("refuse", 1)),
        ((OKMATE.source.failures, OKMATE.source.subjects, OKMATE.source.within), (30, 20, 10 * MINUTE)),
        ((OKMATE.initial_lasts, OKMATE.chosen_initial, OKMATE.initial_may_stay), (timedelta(days=30), True, True)),
        (OKMATE.order, (PASSWORD_CHANGE, TOKEN_ENROLLMENT)),
        (dict(OKMATE.code_at_login), {"password": "when_bound", "certificate": "when_bound"}),
        (OKMATE.token_services, {"transfer", "approval", "tax-payment", "administration"}),
        ((OKMATE.tokens.windows.back, OKMATE.tokens.windows.ahead, OKMATE.tokens.longest_period_seconds), (1, 1, 60)),
        ((OKMATE.tokens.wait_after_revocation, OKMATE.tokens.grace), (30 * MINUTE, 0 * MINUTE)),
        ((OKMATE.users, OKMATE.shown_logins, OKMATE.shown_operations), (100, 3, 5)),
        ((OKMATE.certificate_notices, OKMATE.token_notices), ((40 * DAY, 10 * DAY), (90 * DAY,))),
    ],
)
def test_the_numbers_are_the_procedures(value: object, expected: object) -> None:
    """Each default is the one that the documentation of the profile states."""
    assert value == expected


@pytest.mark.parametrize("factor", [LOGIN_PASSWORD, CONFIRMATION_PASSWORD, CODE])
def test_every_factor_locks_by_the_same_numbers(factor: str) -> None:
    """Six failures, 30 minutes, three within a day; 30 min, 2 h, 8 h, 24 h and closed at 100 for other browsers."""
    assert OKMATE.lockout_of(factor) == Lockout(
        limit=6,
        temporary=30 * MINUTE,
        full_after=3,
        full_within=24 * HOUR,
        growing=(30 * MINUTE, 2 * HOUR, 8 * HOUR, 24 * HOUR),
        close_at=100,
        place_lasts=MINUTE,
    )


def test_it_can_be_served() -> None:
    """Every step that it can come to is answered by a command of this version."""
    assert unanswered(OKMATE) == ()
