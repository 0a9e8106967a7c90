"""The full lock: what brings it in known browsers, and what alone ends it."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import pytest

from okmate_auth import Authenticated, Refused
from okmate_auth.commands import Release
from okmate_auth.factors import LOGIN_PASSWORD
from tests.behaviour.bank import DESK, MICROSECOND, Bank, User, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.locking import HOUR, SOON_CLOSED, lock, write


def lock_at(bank: Bank, user: User, begins: list[timedelta]) -> datetime | None:
    """Lock from a known browser at several instants after the present one; return until when the last one lasts."""
    start, until = bank.clock(), None
    for begin in begins:
        bank.clock.set(start + begin)
        until = lock(bank, user, user.home)
    return until


@pytest.mark.parametrize(
    ("third", "full"), [(24 * HOUR - MICROSECOND, True), (24 * HOUR, False), (24 * HOUR + MICROSECOND, False)]
)
def test_three_temporary_locks_within_a_day_are_a_full_lock(bank: Bank, third: timedelta, *, full: bool) -> None:
    """The third counts if it begins less than 24 hours after the first; the full lock has no end."""
    user = bank.customer()
    until = lock_at(bank, user, [timedelta(0), HOUR, third])
    assert (until is None) is full
    assert (bank.throttle(user).counter(LOGIN_PASSWORD).locked_at is not None) is full


@pytest.mark.parametrize(("guesses", "full"), [(9, False), (10, True), (11, True)])
def test_failures_in_known_browsers_end_in_a_full_lock(open_bank: OpenBank, guesses: int, *, full: bool) -> None:
    """However slowly they come, so many since the last success are a full lock (63B-4 3.2.2: 100 at most)."""
    bank = open_bank(SOON_CLOSED)
    user = bank.customer()
    for _ in range(guesses):
        bank.wait(25 * HOUR)
        bank.guess(user)
    bank.wait(25 * HOUR)
    assert (bank.throttle(user).counter(LOGIN_PASSWORD).locked_at is not None) is full
    assert isinstance(bank.login(user), Refused if full else Authenticated)


def test_a_full_lock_stands_until_a_release(bank: Bank) -> None:
    """Neither time nor another browser ends it; a release does."""
    user = bank.customer()
    lock_at(bank, user, [timedelta(0), HOUR, 2 * HOUR])
    bank.wait(timedelta(days=3650))
    with bank.unhashed():
        assert bank.login(user) == Refused(code="locked")
        assert bank.login(user, bank.browser()) == Refused(code="locked")
    bank.submit(Release(login_id=user.login_id, authority=DESK))
    bank.log_in(user)


def test_a_full_lock_ends_a_login_under_way(bank: Bank) -> None:
    """A lock that comes while a step is open blocks that step, too (CVE-2026-9798)."""
    user = bank.newcomer()
    step = bank.due_change(user)
    throttle = bank.throttle(user)
    counter = attrs.evolve(throttle.counter(LOGIN_PASSWORD), locked_at=bank.clock())
    write(bank, attrs.evolve(throttle, counters=(counter,)))
    refused(bank.change(user, step), "locked")
    refused(bank.change(user, step), "stale")
