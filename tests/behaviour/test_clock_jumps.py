"""A clock that was wrong and is right again: it locks nobody out for good, and leaves nothing that only waiting mends.

What a wrong clock dated into the future is not believed while it lies there; what it made look not yet begun is not
deleted for that, so that everything is as it was when the clock is right.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest

from okmate_auth import Authenticated, Busy, Client, Confirm, Logout, Refused, Secret
from okmate_auth.commands import BySession, EndSession, Release, RequireChange, Suspend
from okmate_auth.queries import ListSessions
from okmate_auth.replies import Done
from tests.behaviour.bank import CONFIRMATION, DESK, LOGIN, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.moments import Died
from tests.behaviour.steps import CORRECTING, MAIL, REACHABLE, At

BACK: Final = timedelta(minutes=2)
"""Further than hosts' clocks may differ, and less than anything that ends by itself."""
YEAR: Final = timedelta(days=365)
ADDRESS: Final = "203.0.113.9"

Use = Callable[[Bank, Secret, Client], object]
Reach = Callable[[Bank], At]


def _check(bank: Bank, session: Secret, client: Client) -> object:
    return bank.session(session, client)


def _list(bank: Bank, session: Secret, client: Client) -> object:
    return bank.read(ListSessions(session, client))


def _confirm(bank: Bank, session: Secret, client: Client) -> object:
    command = Confirm(session=session, client=client, password=CONFIRMATION, purpose="transfer")
    refused(bank.submit(command), "not-logged-in")
    return None


def _administer(bank: Bank, session: Secret, client: Client) -> object:
    authority = BySession(session=session, confirmation_password=CONFIRMATION, client=client)
    refused(bank.submit(Suspend(login_id="Nobody01", authority=authority)), "not-logged-in")
    return None


def _end_another(bank: Bank, session: Secret, client: Client) -> object:
    refused(bank.submit(EndSession(session=session, client=client, which="x" * 16)), "not-logged-in")
    return None


# -- a step back


@pytest.mark.parametrize("use", [_check, _list, _confirm, _administer, _end_another])
def test_a_step_back_logs_nobody_out_for_good(bank: Bank, use: Use) -> None:
    """Or a time server's mistake of two minutes would throw everybody out who did anything in them."""
    user = bank.customer(role="master")
    session = bank.log_in(user).session
    assert bank.session(session, user.home) is not None
    bank.wait(-BACK)
    with bank.unchanged(), bank.unhashed():
        assert use(bank, session, user.home) is None
    bank.wait(BACK)
    assert bank.session(session, user.home) is not None


@pytest.mark.parametrize("reach", REACHABLE)
def test_a_step_back_ends_no_login_under_way(open_bank: OpenBank, reach: Reach) -> None:
    """Or whoever clicks in those two minutes would have to begin again; until the clock is right he is told so."""
    at = reach(open_bank(CORRECTING, (MAIL,)))
    at.bank.wait(-BACK)
    with at.bank.unchanged(), at.bank.unhashed():
        assert at.bank.submit(at.answer()) == Refused(code="expired")
    at.bank.wait(BACK)
    assert not isinstance(at.bank.submit(at.answer()), Refused | Busy)


def test_a_logout_counts_whatever_the_clock_says(bank: Bank) -> None:
    """Or a session that seems not to have begun would outlive the logout of its owner."""
    user = bank.customer()
    session = bank.log_in(user).session
    bank.wait(-BACK)
    bank.submit(Logout(session, client=user.home))
    bank.wait(BACK)
    assert bank.session(session, user.home) is None


# -- a clock that was a year ahead


def test_failures_from_the_future_limit_no_source(bank: Bank) -> None:
    """Or everybody behind a branch office's address would be told Busy for a year."""
    user = bank.customer()
    bank.wait(YEAR)
    for number in range(20):
        refused(bank.guess(f"nobody{number:02}", bank.browser(ADDRESS)), "rejected")
    expect(Busy, bank.login(user, bank.browser(ADDRESS)))
    bank.wait(-YEAR)
    expect(Authenticated, bank.login(user, bank.browser(ADDRESS)))


def dead_guesses(bank: Bank, user: User) -> None:
    """Take every place of the other lane, and die before a verdict."""

    def dies() -> None:
        raise Died

    for _ in range(6):
        with bank.meanwhile("hash", dies), pytest.raises(Died):
            bank.login(user, bank.browser())


def test_a_release_takes_away_guesses_from_the_future(bank: Bank) -> None:
    """Or places that a wrong clock dated a year ahead would keep the owner's other browsers out until then."""
    user, elsewhere = bank.customer(), bank.browser()
    bank.wait(YEAR)
    dead_guesses(bank, user)
    bank.wait(-YEAR)
    expect(Busy, bank.login(user, elsewhere))
    expect(Done, bank.submit(Release(login_id=user.login_id, authority=DESK)))
    expect(Authenticated, bank.login(user, elsewhere))


def test_a_release_leaves_guesses_that_are_being_judged(bank: Bank) -> None:
    """Or whoever has himself released while he guesses would get a second set of guesses at once."""
    user, elsewhere = bank.customer(), bank.browser()
    dead_guesses(bank, user)
    expect(Done, bank.submit(Release(login_id=user.login_id, authority=DESK)))
    expect(Busy, bank.login(user, elsewhere))


def test_logins_from_the_future_take_nobodys_room(bank: Bank) -> None:
    """Or five logins begun under a wrong clock would keep every unknown browser out for a year."""
    user = bank.customer()
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    bank.wait(YEAR)
    for _ in range(5):
        bank.due_change(user)
    expect(Busy, bank.login(user, bank.browser()))
    bank.wait(-YEAR)
    bank.due_change(user, bank.browser())
    assert len(bank.account(user).flows) == 1


def test_a_session_from_the_future_keeps_nobody_out(bank: Bank) -> None:
    """Or a session that was used under a wrong clock would refuse its owner's logins elsewhere for a year."""
    user, elsewhere = bank.customer(), bank.browser()
    bank.wait(YEAR)
    assert bank.session(bank.log_in(user).session, user.home) is not None
    refused(bank.login(user, elsewhere), "already-logged-in")
    bank.wait(-YEAR)
    assert expect(Authenticated, bank.submit(bank.attempt(user, LOGIN, elsewhere))).took_over is False
