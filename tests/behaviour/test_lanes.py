"""Two lanes of guesses: known browsers and all others; whoever knows an ID can not shut its owner out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth import Authenticated, Refused
from okmate_auth.commands import Release
from okmate_auth.factors import LOGIN_PASSWORD
from tests.behaviour.bank import DESK, Bank, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.locking import GROWING, SOON_CLOSED, LaneName, browser_of, close, closed, lock


def test_the_locks_of_other_browsers_grow(bank: Bank) -> None:
    """30 minutes, 2, 8, 24 hours, and 24 hours again and again."""
    user, client = bank.customer(), bank.browser()
    for length in GROWING:
        until = lock(bank, user, client)
        assert until == bank.clock() + length
        bank.clock.set(until)


def test_every_other_browser_is_in_the_same_lane(bank: Bank) -> None:
    """Who takes a new browser, or another address, for each guess gets no guess more (A05)."""
    user = bank.customer()
    for _ in range(5):
        refused(bank.guess(user, bank.browser()), "rejected")
    refused(bank.guess(user, bank.browser()), "locked")


@pytest.mark.parametrize(("guesses", "comes_in"), [(99, True), (100, False), (101, False)])
def test_a_hundred_failures_close_the_lane_of_other_browsers(bank: Bank, guesses: int, *, comes_in: bool) -> None:
    """At the hundredth since the last success only a known browser gets in, however long one waits (63B-4 3.2.2)."""
    user, client = bank.customer(), bank.browser()
    reply = None
    for _ in range(guesses):
        reply = bank.guess(user, client)
        until = expect(Refused, reply).until
        bank.clock.set(until or bank.clock())
    assert reply == Refused(code="rejected" if comes_in else "locked")
    bank.wait(timedelta(days=3650))
    assert isinstance(bank.login(user, bank.browser()), Authenticated if comes_in else Refused)


def test_a_success_in_a_known_browser_opens_a_closed_lane(open_bank: OpenBank) -> None:
    """The owner comes in from home, and then from anywhere."""
    bank = open_bank(SOON_CLOSED)
    user = bank.customer()
    close(bank, user)
    bank.log_out(user, bank.log_in(user).session)
    assert not closed(bank, user)
    bank.log_in(user, bank.browser())


def test_a_release_opens_a_closed_lane(open_bank: OpenBank) -> None:
    """Who has lost his browsers is let in again by the desk."""
    bank = open_bank(SOON_CLOSED)
    user = bank.customer()
    close(bank, user)
    bank.submit(Release(login_id=user.login_id, authority=DESK))
    bank.log_in(user, bank.browser())


def test_guesses_of_others_never_lock_the_owner_out(bank: Bank) -> None:
    """18 posts from one address against a master: not fully locked, he comes in from his browser (A50)."""
    master, attacker = bank.customer(role="master"), bank.browser("203.0.113.9")
    for _ in range(18):
        bank.guess(master, attacker)
    assert bank.throttle(master).counter(LOGIN_PASSWORD).locked_at is None
    bank.log_in(master)


def test_three_locks_of_other_browsers_in_a_day_are_no_full_lock(bank: Bank) -> None:
    """Even with every temporary lock waited for, the owner's browser is not concerned."""
    user, client = bank.customer(), bank.browser()
    for _ in range(3):
        until = lock(bank, user, client)
        assert until is not None
        bank.clock.set(until)
    assert bank.throttle(user).counter(LOGIN_PASSWORD).locked_at is None
    bank.log_in(user)


# -- what ends failures


@pytest.mark.parametrize("failing", ["known", "others"])
@pytest.mark.parametrize("succeeding", ["known", "others"])
def test_a_success_ends_the_failures_of_both_lanes(bank: Bank, failing: LaneName, succeeding: LaneName) -> None:
    """Five failures, a success, five failures: not locked, whichever browsers they came from (63B-4 3.2.2)."""
    user = bank.customer()
    client = browser_of(bank, user, failing)
    success = browser_of(bank, user, succeeding)
    for _ in range(2):
        for _ in range(5):
            refused(bank.guess(user, client), "rejected")
        bank.log_out(user, bank.log_in(user, success).session, success)
    bank.log_in(user, client)


def test_a_success_at_home_leaves_the_running_lock_of_others(bank: Bank) -> None:
    """Whoever guesses elsewhere is not let go on by the owner's login."""
    user, client = bank.customer(), bank.browser()
    until = lock(bank, user, client)
    bank.log_in(user)
    assert bank.guess(user, client) == Refused(code="locked", until=until)


def test_after_a_success_locks_grow_from_the_beginning(bank: Bank) -> None:
    """The owner's success forgives what others did before it; the next lock is 30 minutes again."""
    user, client = bank.customer(), bank.browser()
    for length in GROWING[:3]:
        until = lock(bank, user, client)
        assert until == bank.clock() + length
        bank.clock.set(until)
    bank.log_in(user)
    assert lock(bank, user, client) == bank.clock() + GROWING[0]


def test_failures_do_not_grow_old(bank: Bank) -> None:
    """Time alone takes back no failure: five today and one next year lock."""
    user, client = bank.customer(), bank.browser()
    for _ in range(5):
        refused(bank.guess(user, client), "rejected")
    bank.wait(timedelta(days=365))
    refused(bank.guess(user, client), "locked")


# -- known browsers


def test_the_last_five_browsers_are_known(bank: Bank) -> None:
    """A browser that reached the end of a login is known until five others did after it."""
    user = bank.customer()
    browsers = [user.home, *(bank.browser() for _ in range(5))]
    for place, client in enumerate(browsers[1:], start=1):
        bank.log_out(user, bank.log_in(user, client).session, client)
        known = [bank.account(user).knows(one.browser_hash) for one in browsers[: place + 1]]
        assert known == ([True] * (place + 1) if place < 5 else [False] + [True] * 5)


def test_a_browser_that_comes_often_makes_no_other_unknown(bank: Bank) -> None:
    """The list has each browser once, the one that came last in front."""
    user, elsewhere = bank.customer(), bank.browser()
    for client in (elsewhere, *[user.home] * 6):
        bank.log_out(user, bank.log_in(user, client).session, client)
    known = [known.browser for known in bank.account(user).known_browsers]
    assert known == [user.home.browser_hash, elsewhere.browser_hash]


def test_a_browser_is_not_known_before_the_end_of_a_login(bank: Bank) -> None:
    """The right password alone makes no browser known: the change is still due."""
    user = bank.newcomer()
    bank.due_change(user)
    assert bank.account(user).known_browsers == ()
