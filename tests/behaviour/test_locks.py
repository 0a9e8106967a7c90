"""How guesses of the login password lock: the limit, the end of a lock, what the clock can do about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth import Authenticated, Busy, Refused
from okmate_auth.commands import Suspend
from tests.behaviour.bank import DESK, WRONG, Bank, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.locking import HOUR, INSTANTS, RULES, SOON_CLOSED, LaneName, browser_of, lock


@pytest.mark.parametrize("lane", ["known", "others"])
@pytest.mark.parametrize(("guesses", "comes_in"), [(5, True), (6, False), (7, False)])
def test_the_limit_of_guesses_locks(bank: Bank, lane: LaneName, guesses: int, *, comes_in: bool) -> None:
    """After five wrong passwords the right one still comes in, after six it is not judged any more."""
    user = bank.customer()
    client = browser_of(bank, user, lane)
    for _ in range(guesses):
        bank.guess(user, client)
    judged = bank.hashes.computed.count("check")
    reply = bank.login(user, client)
    assert isinstance(reply, Authenticated if comes_in else Refused)
    assert bank.hashes.computed.count("check") == judged + comes_in


@pytest.mark.parametrize("lane", ["known", "others"])
def test_the_guess_that_locks_says_until_when(bank: Bank, lane: LaneName) -> None:
    """The sixth wrong password, and whatever follows, is told that it is locked and until when."""
    user = bank.customer()
    client = browser_of(bank, user, lane)
    until = bank.clock() + HOUR / 2
    assert lock(bank, user, client) == until
    bank.wait(timedelta(minutes=1))
    assert bank.guess(user, client) == Refused(code="locked", until=until)
    assert bank.login(user, client) == Refused(code="locked", until=until)


@pytest.mark.parametrize("lane", ["known", "others"])
@pytest.mark.parametrize(("later", "over"), INSTANTS)
def test_a_temporary_lock_ends_at_its_end(bank: Bank, lane: LaneName, later: timedelta, *, over: bool) -> None:
    """It stands up to the last microsecond before the instant that was told."""
    user = bank.customer()
    client = browser_of(bank, user, lane)
    until = lock(bank, user, client)
    assert until is not None
    bank.clock.set(until + later)
    assert isinstance(bank.login(user, client), Authenticated if over else Refused)


def test_an_unknown_id_locks_like_a_known_one(open_bank: OpenBank) -> None:
    """Limit, lengths and closing are the same for an ID that nobody has (FL-8)."""
    bank = open_bank(SOON_CLOSED)
    user, client, stranger = bank.customer(), bank.browser(), bank.browser()
    for _ in range(15):
        told = expect(Refused, bank.guess(user, client))
        assert bank.guess("nobody01", stranger) == told
        bank.clock.set(told.until or bank.clock())


def test_a_suspended_user_is_locked_by_guesses_like_any_other(bank: Bank) -> None:
    """The lock comes after as many guesses, so that it does not tell who is suspended."""
    user = bank.customer()
    bank.submit(Suspend(login_id=user.login_id, authority=DESK))
    for _ in range(5):
        refused(bank.login(user), "rejected")
    refused(bank.login(user), "locked")


def test_guesses_at_the_same_moment_share_the_limit(bank: Bank) -> None:
    """Of twenty guesses at once no more than six are judged; nobody else is told anything (A04, FL-4)."""
    user = bank.customer()
    before = bank.hashes.computed.count("check")
    commands = [bank.attempt(user, WRONG, bank.browser()) for _ in range(20)]
    replies = bank.together(*commands)
    assert bank.hashes.computed.count("check") - before == RULES.limit
    locked = Refused(code="locked", until=bank.clock() + HOUR / 2)
    assert replies.count(Refused(code="rejected")) == RULES.limit - 1
    assert replies.count(locked) >= 1
    assert {type(reply) for reply in replies} <= {Refused, Busy}
    assert all(reply.code in ("rejected", "locked") for reply in replies if isinstance(reply, Refused))
    assert bank.throttle(user).places == ()


# -- time


@pytest.mark.parametrize("lane", ["known", "others"])
def test_a_clock_that_goes_back_ends_no_lock(bank: Bank, lane: LaneName) -> None:
    """Set back by a day, the clock leaves the lock where it was; it ends at the instant that was told (A12)."""
    user = bank.customer()
    client = browser_of(bank, user, lane)
    until = lock(bank, user, client)
    assert until is not None
    bank.wait(-timedelta(days=1))
    assert bank.login(user, client) == Refused(code="locked", until=until)
    bank.clock.set(until)
    bank.log_in(user, client)


def test_a_lock_that_was_seen_ended_stays_ended(bank: Bank) -> None:
    """Once an attempt was judged after the lock, a clock that goes back does not bring it back."""
    user, client = bank.customer(), bank.browser()
    until = lock(bank, user, client)
    assert until is not None
    bank.clock.set(until)
    refused(bank.guess(user, client), "rejected")
    bank.wait(-timedelta(minutes=10))
    bank.log_in(user, client)
