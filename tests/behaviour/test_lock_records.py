"""What guesses leave behind: rows, notices, and places that nobody settled."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from okmate_auth import Busy, Refused
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.queries import PendingNotices
from okmate_auth.records import LoginRecord, Place
from tests.behaviour.bank import Bank, expect, refused
from tests.behaviour.locking import HOUR, INSTANTS, RULES, lock, write


def test_unjudged_attempts_reach_the_history_in_doubling_rows(bank: Bank) -> None:
    """Of thirty attempts while locked the 1st, 2nd, 4th, 8th and 16th leave a row, with their number (HI-1)."""
    user, client = bank.customer(), bank.browser()
    lock(bank, user, client)
    rows = len(bank.results(user))
    for _ in range(30):
        refused(bank.guess(user, client), "locked")
    page = bank.history(user)
    news = [record for record in page.records[: len(page.records) - rows] if isinstance(record, LoginRecord)]
    assert [(record.result, record.attempts) for record in reversed(news)] == [
        ("locked", number) for number in (1, 2, 4, 8, 16)
    ]


def test_attempts_that_leave_no_row_commit_nothing(bank: Bank) -> None:
    """A flood against a locked account stays off the disk."""
    user, client = bank.customer(), bank.browser()
    lock(bank, user, client)
    for number in range(1, 20):
        before = len(bank.recording.commits)
        bank.guess(user, client)
        assert len(bank.recording.commits) - before == (number in (1, 2, 4, 8, 16))


def test_every_judged_guess_leaves_one_row(bank: Bank) -> None:
    """Six guesses, six rows with the real reason, and the chain holds."""
    user, client = bank.customer(), bank.browser()
    before = len(bank.results(user))
    lock(bank, user, client)
    assert bank.results(user)[:-before] == ["wrong-password"] * 6


def test_a_lock_is_told_to_its_owner(bank: Bank) -> None:
    """One notice for the lock, and none for an ID that nobody has."""
    user = bank.customer()
    lock(bank, user, bank.browser())
    lock(bank, "nobody01", bank.browser())
    notices = [notice for notice in bank.read(PendingNotices()) if notice.event == "lock"]
    assert [notice.login_id for notice in notices] == [user.login_id]


# -- places


@pytest.mark.parametrize(("later", "over"), INSTANTS)
def test_a_guess_that_nobody_settled_counts_when_its_time_is_over(bank: Bank, later: timedelta, *, over: bool) -> None:
    """Whoever died with a place in hand may have seen the verdict: until then Busy, from then on a failure (FL-5)."""
    user, client = bank.customer(), bank.browser()
    for _ in range(5):
        refused(bank.guess(user, client), "rejected")
    ends_at = bank.clock() + RULES.place_lasts
    place = Place(id="dead", owner="dead", factor=LOGIN_PASSWORD, lane="others", ends_at=ends_at)
    throttle = bank.throttle(user)
    write(bank, attrs.evolve(throttle, places=(place,)))
    assert isinstance(bank.guess(user, client), Busy)
    bank.clock.set(ends_at + later)
    reply = bank.login(user, client)
    if over:
        assert reply == Refused(code="locked", until=ends_at + HOUR / 2)
    else:
        assert isinstance(reply, Busy)


def test_guesses_of_others_being_judged_leave_the_owner_his_places(bank: Bank) -> None:
    """With every place of the other lane taken, a known browser is judged at once and everybody else told Busy."""
    user = bank.customer()
    ends_at = bank.clock() + RULES.place_lasts
    places = [Place(id=f"{n}", owner="x", factor=LOGIN_PASSWORD, lane="others", ends_at=ends_at) for n in range(6)]
    write(bank, attrs.evolve(bank.throttle(user), places=tuple(places)))
    expect(Busy, bank.login(user, bank.browser()))
    bank.log_in(user)
