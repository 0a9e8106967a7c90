"""How guesses of the login password lock: two lanes, two tiers, exact boundaries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import attrs
import pytest

from okmate_auth import Authenticated, Busy, Client, Refused
from okmate_auth.commands import Release, Suspend
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.ports import ChangeSet
from okmate_auth.queries import PendingNotices
from okmate_auth.records import LoginRecord, Place, Throttle
from tests.behaviour.bank import DESK, FAST, MICROSECOND, WRONG, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank

LaneName = Literal["known", "others"]
RULES = Lockout()
SOON_CLOSED = attrs.evolve(FAST, lockout={LOGIN_PASSWORD: Lockout(close_at=10)})
HOUR = timedelta(hours=1)
GROWING = [HOUR / 2, 2 * HOUR, 8 * HOUR, 24 * HOUR, 24 * HOUR]
INSTANTS = [(-MICROSECOND, False), (timedelta(0), True), (MICROSECOND, True)]
"""Around the end of a lock: by how much later, and whether the lock is over then."""


def browser_of(bank: Bank, user: User, lane: LaneName) -> Client:
    """Return a browser whose guesses count in a lane."""
    return user.home if lane == "known" else bank.browser()


def lock(bank: Bank, user: User | str, client: Client) -> datetime | None:
    """Guess until it locks, which takes exactly the limit; return until when."""
    for _ in range(RULES.limit - 1):
        refused(bank.guess(user, client), "rejected")
    return refused(bank.guess(user, client), "locked").until


# -- the limit


@pytest.mark.parametrize("lane", ["known", "others"])
@pytest.mark.parametrize(("guesses", "comes_in"), [(5, True), (6, False), (7, False)])
def test_the_limit_of_guesses_locks(bank: Bank, lane: LaneName, guesses: int, comes_in: bool) -> None:  # noqa: FBT001
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
def test_a_temporary_lock_ends_at_its_end(bank: Bank, lane: LaneName, later: timedelta, over: bool) -> None:  # noqa: FBT001
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


# -- other browsers: growing, then closed


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
def test_a_hundred_failures_close_the_lane_of_other_browsers(bank: Bank, guesses: int, comes_in: bool) -> None:  # noqa: FBT001
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


def close(bank: Bank, user: User) -> None:
    """Guess until the lane of other browsers is closed."""
    client = bank.browser()
    while not closed(bank, user):
        bank.clock.set(expect(Refused, bank.guess(user, client)).until or bank.clock())


def closed(bank: Bank, user: User) -> bool:
    """Say whether the lane of other browsers is closed."""
    return bank.throttle(user).counter(LOGIN_PASSWORD).closed_at is not None


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


# -- known browsers: the full lock


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
def test_three_temporary_locks_within_a_day_are_a_full_lock(bank: Bank, third: timedelta, full: bool) -> None:  # noqa: FBT001
    """The third counts if it begins less than 24 hours after the first; the full lock has no end."""
    user = bank.customer()
    until = lock_at(bank, user, [timedelta(0), HOUR, third])
    assert (until is None) is full
    assert (bank.throttle(user).counter(LOGIN_PASSWORD).locked_at is not None) is full


@pytest.mark.parametrize(("guesses", "full"), [(9, False), (10, True), (11, True)])
def test_failures_in_known_browsers_end_in_a_full_lock(open_bank: OpenBank, guesses: int, full: bool) -> None:  # noqa: FBT001
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


# -- what is written down


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


def write(bank: Bank, throttle: Throttle) -> None:
    """Write a throttle past the shell."""
    loaded = bank.front.load((throttle.key,))[throttle.key]
    change = ChangeSet(
        id=f"{next(bank.numbers):032x}", at=bank.clock(), guards={throttle.key: loaded.version}, puts=(throttle,)
    )
    assert bank.front.commit(change) == "done"


@pytest.mark.parametrize(("later", "over"), INSTANTS)
def test_a_guess_that_nobody_settled_counts_when_its_time_is_over(bank: Bank, later: timedelta, over: bool) -> None:  # noqa: FBT001
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
