"""The lock: places, two tiers, two lanes; tables at every boundary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import Crowded, Locked, LockEvent, Lockout, Open, Standing
from okmate_auth.records import Lane, Place, Throttle
from okmate_auth.records.throttle import LaneName
from tests.stored_values import AT, throttle

RULES = Lockout()
TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LANES: tuple[LaneName, ...] = get_args(LaneName)

lanes = pytest.mark.parametrize("lane", LANES)


def place(
    lane: LaneName = "known", *, id_: str = "p", factor: str = LOGIN_PASSWORD, ends_at: datetime | None = None
) -> Place:
    """Return a place."""
    return Place(id=id_, owner="o", factor=factor, lane=lane, ends_at=ends_at or AT + 100 * 24 * HOUR)


def failed(
    state: Throttle,
    times: int,
    lane: LaneName,
    rules: Lockout = RULES,
    at: datetime = AT,
    factor: str = LOGIN_PASSWORD,
) -> tuple[Throttle, list[LockEvent | None]]:
    """Return a throttle after wrong guesses at one instant, each judged before the next, and what came of each."""
    events = list[LockEvent | None]()
    for number in range(times):
        one = place(lane, id_=f"{number}", factor=factor)
        state, event = lockout.fail(lockout.take(state, one), one, rules, at)
        events.append(event)
    return state, events


def stands(
    state: Throttle, lane: LaneName, at: datetime = AT, rules: Lockout = RULES, factor: str = LOGIN_PASSWORD
) -> Standing:
    """Say whether a guess may take a place at an instant."""
    return lockout.standing(lockout.settled(state, lambda _: rules, at), factor, lane, rules, at)


# ------------------------------------------------------------------------------------------------- refused numbers


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"limit": 0}, "limit: 1 to 100"),
        ({"limit": 101, "close_at": 101}, "limit: 1 to 100"),
        ({"temporary": -TICK}, "temporary: not negative"),
        ({"full_after": 0}, "full_after: at least 1"),
        ({"full_within": timedelta(0)}, "full_within: more than nothing"),
        ({"growing": ()}, "growing: at least one length"),
        ({"growing": (timedelta(0), HOUR)}, "growing: at least one length"),
        ({"growing": (HOUR, HOUR - TICK)}, "growing: no length shorter"),
        ({"close_at": 5}, "close_at: from limit to 100"),
        ({"close_at": 101}, "close_at: from limit to 100"),
        ({"place_lasts": timedelta(seconds=10) - TICK}, "place_lasts: 10 s"),
        ({"place_lasts": timedelta(minutes=10) + TICK}, "place_lasts: 10 s"),
    ],
)
def test_unsafe_numbers_are_refused_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    """A lock that locks nothing, or beyond what the standard allows, can't be configured."""
    with pytest.raises(ConfigurationError, match=reason):
        Lockout(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 1},
        {"limit": 100},
        {"temporary": timedelta(0)},
        {"full_after": 1},
        {"full_within": TICK},
        {"growing": (TICK,)},
        {"growing": (HOUR, HOUR)},
        {"close_at": 6},
        {"place_lasts": timedelta(seconds=10)},
        {"place_lasts": timedelta(minutes=10)},
    ],
)
def test_numbers_at_the_bound_are_taken(fields: dict[str, Any]) -> None:
    """Each bound itself is allowed."""
    assert isinstance(Lockout(**fields), Lockout)


# ----------------------------------------------------------------------------------------------------- first tier


@lanes
@pytest.mark.parametrize("limit", [1, 2, 6, 100])
def test_the_lock_comes_with_the_last_allowed_failure(lane: LaneName, limit: int) -> None:
    """One failure fewer locks nothing, the limit locks."""
    rules = Lockout(limit=limit, full_after=9)
    state, events = failed(throttle(), limit, lane, rules)
    closing = limit == 100
    last = "locked" if closing and lane == "known" else "closed" if closing else "locked-temporarily"
    assert events == [None] * (limit - 1) + [last]
    assert isinstance(stands(state, lane, rules=rules), Locked)
    fewer, events = failed(throttle(), limit - 1, lane, rules)
    assert not any(events)
    assert stands(fewer, lane, rules=rules) == Open()


@lanes
@pytest.mark.parametrize(("after", "open_again"), [(-TICK, False), (timedelta(0), True), (TICK, True)])
def test_a_temporary_lock_ends_by_itself(lane: LaneName, after: timedelta, *, open_again: bool) -> None:
    """Up to its end, exclusive, no guess is judged; from its end on again as many as before."""
    state, _ = failed(throttle(), 6, lane)
    until = AT + timedelta(minutes=30)
    assert stands(state, lane) == Locked(until)
    assert stands(state, lane, until + after) == (Open() if open_again else Locked(until))
    if open_again:
        state, events = failed(state, 6, lane, at=until + after)
        assert events == [None] * 5 + ["locked-temporarily"]


@lanes
def test_a_lock_is_kept_for_show_after_its_end(lane: LaneName) -> None:
    """The end of a lock that is over stays in the record, so that a page can tell of it."""
    state, _ = failed(throttle(), 6, lane)
    later, _ = failed(state, 1, lane, at=AT + HOUR)
    assert later.counter(LOGIN_PASSWORD).lane(lane).locked_until == AT + HOUR / 2


# ---------------------------------------------------------------------------------------------------- second tier


@pytest.mark.parametrize(
    ("between", "event"),
    [(12 * HOUR - TICK, "locked"), (12 * HOUR, "locked-temporarily"), (12 * HOUR + TICK, "locked-temporarily")],
)
def test_three_temporary_locks_within_a_day_are_the_full_lock(between: timedelta, event: LockEvent) -> None:
    """The third lock of a known browser that began less than 24 h after the first stands until it is released."""
    state, _ = failed(throttle(), 6, "known")
    state, events = failed(state, 6, "known", at=AT + between)
    assert events[-1] == "locked-temporarily"
    state, events = failed(state, 6, "known", at=AT + 2 * between)
    assert events == [None] * 5 + [event]
    ended = AT + 2 * between + 365 * 24 * HOUR
    assert stands(state, "known", ended) == (Locked(None) if event == "locked" else Open())


def test_the_full_lock_closes_both_lanes() -> None:
    """Once locked for good, no browser's guess is judged; the instant is kept."""
    rules = Lockout(full_after=1)
    state, events = failed(throttle(), 6, "known", rules)
    assert events[-1] == "locked"
    assert state.counter(LOGIN_PASSWORD).locked_at == AT
    assert state.counter(LOGIN_PASSWORD).known.locked_until is None
    for lane in LANES:
        assert stands(state, lane, AT + 1000 * 24 * HOUR, rules) == Locked(None)


def test_a_bank_may_have_the_full_lock_at_once() -> None:
    """With no temporary lock the first lock of a known browser is the full one; other browsers' still grow."""
    rules = Lockout(temporary=timedelta(0))
    assert failed(throttle(), 6, "known", rules)[1][-1] == "locked"
    assert failed(throttle(), 6, "others", rules)[1][-1] == "locked-temporarily"


def test_other_browsers_never_bring_the_full_lock() -> None:
    """However often strangers guess, the known browser's lane stays open (A50)."""
    state = throttle()
    at = AT
    for _ in range(40):
        state, _ = failed(state, 6, "others", at=at)
        at += 25 * HOUR
        assert state.counter(LOGIN_PASSWORD).locked_at is None
        assert stands(state, "known", at) == Open()


def test_locks_of_other_browsers_grow_and_then_stay() -> None:
    """30 min, 2 h, 8 h, 24 h, 24 h, …, however much time is between them."""
    state, at = throttle(), AT
    lengths = []
    for _ in range(7):
        state, events = failed(state, 6, "others", at=at)
        assert events[-1] == "locked-temporarily"
        until = state.counter(LOGIN_PASSWORD).others.locked_until
        assert until is not None
        lengths.append(until - at)
        at += 30 * 24 * HOUR
    assert lengths == [HOUR / 2, 2 * HOUR, 8 * HOUR, *[24 * HOUR] * 4]


def slowly(times: int, lane: LaneName, rules: Lockout = RULES) -> tuple[Throttle, list[LockEvent | None], datetime]:
    """Return a throttle after so many wrong guesses, two days apart, so that every temporary lock is over."""
    state, at, events = throttle(), AT, list[LockEvent | None]()
    for _ in range(times):
        assert stands(state, lane, at, rules) == Open()
        state, (event,) = failed(state, 1, lane, rules, at)
        events.append(event)
        at += 48 * HOUR
    return state, events, at


@pytest.mark.parametrize(("lane", "event"), [("known", "locked"), ("others", "closed")])
def test_a_hundred_failures_without_a_success_are_the_end(lane: LaneName, event: LockEvent) -> None:
    """However slowly they come, the hundredth closes the lane of other browsers, and locks in that of known ones."""
    state, events, at = slowly(99, lane)
    assert set(events) == {None, "locked-temporarily"}
    assert stands(state, lane, at) == Open()
    state, (last,) = failed(state, 1, lane, at=at)
    assert last == event
    assert state.counter(LOGIN_PASSWORD).lane(lane).locked_until is None
    assert stands(state, lane, at + 1000 * 24 * HOUR) == Locked(None)
    assert stands(state, "others" if lane == "known" else "known", at) == (Locked(None) if lane == "known" else Open())


@pytest.mark.parametrize("lane", LANES)
def test_the_bank_chooses_the_number_at_which_it_ends(lane: LaneName) -> None:
    """close_at counts all failures since the last success, temporary locks or not."""
    rules = Lockout(limit=4, close_at=5)
    state, events, _ = slowly(5, lane, rules)
    assert events == [None, None, None, "locked-temporarily", "locked" if lane == "known" else "closed"]
    assert state.counter(LOGIN_PASSWORD).lane(lane).total == 5


# --------------------------------------------------------------------------------------------- success and release


@lanes
def test_a_success_ends_the_failures_of_its_factor_in_both_lanes(lane: LaneName) -> None:
    """After it, the whole limit is free again in both lanes (NIST SP 800-63B-4 3.2.2)."""
    state, _ = failed(throttle(), 5, "known")
    state, _ = failed(state, 5, "others")
    mine = place(lane)
    state = lockout.succeed(lockout.take(state, mine), mine)
    assert state.places == ()
    for one in LANES:
        _, events = failed(state, 6, one)
        assert events == [None] * 5 + ["locked-temporarily"]


def test_a_success_of_a_known_browser_opens_the_closed_lane() -> None:
    """The owner's login opens what strangers had closed."""
    state, _, at = slowly(100, "others")
    mine = place("known")
    state = lockout.succeed(lockout.take(state, mine), mine)
    assert stands(state, "others", at) == Open()
    assert state.counter(LOGIN_PASSWORD).closed_at is None


def test_a_success_ends_no_running_lock_of_the_other_lane() -> None:
    """A thief whose victim logs in meanwhile still waits for the end of his lock (rule 4)."""
    state, _ = failed(throttle(), 6, "others")
    mine = place("known")
    state = lockout.succeed(lockout.take(state, mine), mine)
    assert stands(state, "others") == Locked(AT + HOUR / 2)
    assert stands(state, "known") == Open()


def test_a_success_ends_no_full_lock() -> None:
    """A full lock stands until somebody releases it, even if a guess that was under way turns out right."""
    mine = place("others")
    state, _ = failed(lockout.take(throttle(), mine), 6, "known", Lockout(full_after=1))
    state = lockout.succeed(state, mine)
    assert stands(state, "known") == stands(state, "others") == Locked(None)


def test_after_a_success_locks_grow_from_the_beginning() -> None:
    """What was counted towards the next lock's length, or towards the full lock, is forgotten with the failures."""
    for lane in LANES:
        state, _ = failed(throttle(), 6, lane)
        state, _ = failed(state, 6, lane, at=AT + HOUR)
        mine = place(lane)
        state = lockout.succeed(lockout.take(state, mine), mine)
        state, events = failed(state, 6, lane, at=AT + 5 * HOUR)
        assert events[-1] == "locked-temporarily"
        assert stands(state, lane, AT + 5 * HOUR) == Locked(AT + 5 * HOUR + HOUR / 2)


@lanes
def test_factors_are_counted_apart(lane: LaneName) -> None:
    """Failures and successes of one factor touch no other factor's counter (FL-6)."""
    state, _ = failed(throttle(), 5, lane)
    state, _ = failed(state, 5, lane, factor=CONFIRMATION_PASSWORD)
    mine = place(lane, factor=CONFIRMATION_PASSWORD)
    state = lockout.succeed(lockout.take(state, mine), mine)
    assert state.counter(CONFIRMATION_PASSWORD).lane(lane) == Lane()
    state, events = failed(state, 1, lane)
    assert events == ["locked-temporarily"]
    assert stands(state, lane, factor=CONFIRMATION_PASSWORD) == Open()


def test_open_places_of_another_factor_or_lane_take_no_room() -> None:
    """Six logins being judged keep nobody from confirming, nor a known browser from logging in."""
    state = throttle()
    for number in range(6):
        state = lockout.take(state, place("others", id_=f"{number}"))
    assert isinstance(stands(state, "others"), Crowded)
    assert stands(state, "known") == Open()
    assert stands(state, "others", factor=CONFIRMATION_PASSWORD) == Open()


@pytest.mark.parametrize("case", ["temporary", "full", "closed"])
def test_a_release_takes_every_lock_away(case: str) -> None:
    """Temporarily locked, fully locked or closed: after a release both lanes are as new."""
    if case == "closed":
        state, _, at = slowly(100, "others")
    else:
        at = AT
        state, _ = failed(throttle(), 6, "known", Lockout(full_after=1 if case == "full" else 3))
    open_one = attrs.evolve(place("others", id_="open"), ends_at=at + timedelta(minutes=10))
    from_the_future = attrs.evolve(open_one, id="ahead", ends_at=at + timedelta(minutes=10) + TICK)
    state = lockout.release(lockout.take(lockout.take(state, open_one), from_the_future), at)
    assert state.counters == ()
    assert state.places == (open_one,)
    for lane in LANES:
        assert stands(state, lane, at) == Open()


def test_a_release_believes_the_clock() -> None:
    """A throttle that saw a clock ahead of time is dated to the present again by whoever releases it."""
    ahead = throttle(latest=AT + 1000 * HOUR)
    assert lockout.release(ahead, AT).latest == AT


# ------------------------------------------------------------------------------------------------------------ places


@lanes
@pytest.mark.parametrize(("failures", "being_judged"), [(5, 0), (0, 5), (3, 2), (5, 1), (0, 6), (4, 2)])
def test_failures_and_open_places_share_the_limit(lane: LaneName, failures: int, being_judged: int) -> None:
    """No guess takes a place that could be one too many if all that are being judged are wrong (rule 1)."""
    state, _ = failed(throttle(), failures, lane)
    for number in range(being_judged):
        state = lockout.take(state, place(lane, id_=f"open-{number}"))
    assert stands(state, lane) == (Open() if failures + being_judged < 6 else Crowded())


@lanes
def test_open_places_count_towards_the_hundred(lane: LaneName) -> None:
    """Beside 98 failures only two guesses are judged at the same time."""
    state, _, at = slowly(98, lane)
    state = lockout.take(state, place(lane, id_="one"))
    assert stands(state, lane, at) == Open()
    state = lockout.take(state, place(lane, id_="two", ends_at=at + MINUTE))
    assert stands(state, lane, at) == Crowded()


@lanes
@pytest.mark.parametrize(("after", "counted"), [(-TICK, False), (timedelta(0), True), (TICK, True)])
def test_a_place_counts_when_its_time_is_over(lane: LaneName, after: timedelta, *, counted: bool) -> None:
    """If nobody settled it, it is a failure, dated at its end: whoever held it may have seen the verdict (rule 2)."""
    state, _ = failed(throttle(), 5, lane)
    state = lockout.take(state, place(lane, ends_at=AT + MINUTE))
    now = AT + MINUTE + after
    state = lockout.settled(state, lambda _: RULES, now)
    assert state.latest == now
    assert len(state.places) == (0 if counted else 1)
    locked = Locked(AT + MINUTE + HOUR / 2)
    assert lockout.standing(state, LOGIN_PASSWORD, lane, RULES, now) == (locked if counted else Crowded())


def test_places_that_are_over_count_in_the_order_of_their_ends() -> None:
    """Whoever looks first, the lock begins at the end of the place that was the one too many."""
    state = throttle()
    for number in (3, 1, 6, 2, 5, 4):
        state = lockout.take(state, place("others", id_=f"{number}", ends_at=AT + number * MINUTE))
    state = lockout.settled(state, lambda _: RULES, AT + HOUR)
    assert state.counter(LOGIN_PASSWORD).others.locked_until == AT + 6 * MINUTE + HOUR / 2


def test_each_place_that_is_over_counts_by_its_own_factors_rules() -> None:
    """Settling asks the numbers of the factor that was guessed."""
    rules = {LOGIN_PASSWORD: Lockout(limit=1), CONFIRMATION_PASSWORD: Lockout(limit=2)}
    state = throttle()
    for factor in rules:
        state = lockout.take(state, place("others", factor=factor, ends_at=AT))
    state = lockout.settled(state, rules.__getitem__, AT)
    assert isinstance(lockout.standing(state, LOGIN_PASSWORD, "others", rules[LOGIN_PASSWORD], AT), Locked)
    assert lockout.standing(state, CONFIRMATION_PASSWORD, "others", rules[CONFIRMATION_PASSWORD], AT) == Open()


@pytest.mark.parametrize("settle", [lambda state, one: lockout.fail(state, one, RULES, AT)[0], lockout.succeed])
def test_settling_one_place_leaves_the_others(settle: Callable[[Throttle, Place], Throttle]) -> None:
    """A verdict gives back its own place and no other, not even one of the same submit for another factor."""
    mine, twin = place("known"), place("known", factor=CONFIRMATION_PASSWORD)
    state = lockout.take(lockout.take(throttle(), mine), twin)
    assert settle(state, mine).places == (twin,)


# -------------------------------------------------------------------------------------------------------------- time


def test_time_is_the_later_of_clock_and_record() -> None:
    """The instant that counts never lies before what the throttle saw (rule 5)."""
    seen = throttle(latest=AT)
    assert lockout.later(AT - HOUR, seen) == AT
    assert lockout.later(AT + HOUR, seen) == AT + HOUR
    assert lockout.later(AT, None) == AT


@lanes
def test_a_clock_that_goes_back_ends_no_lock(lane: LaneName) -> None:
    """A lock that stands stays, and what was seen over stays over (A12)."""
    state, _ = failed(throttle(), 6, lane)
    assert stands(state, lane, AT - 10 * HOUR) == Locked(AT + HOUR / 2)
    seen = lockout.settled(state, lambda _: RULES, AT + HOUR)
    assert stands(seen, lane, AT) == Open()


@lanes
def test_a_lock_that_begins_while_the_clock_is_behind_has_its_whole_length(lane: LaneName) -> None:
    """Guesses on a host whose clock is an hour behind are locked as long as on any other (A12, A14)."""
    behind = AT - HOUR
    state, events = failed(throttle(latest=AT), 6, lane, at=behind)
    assert events[-1] == "locked-temporarily"
    assert stands(state, lane, behind) == Locked(AT + HOUR / 2)
    assert stands(state, lane, AT) == Locked(AT + HOUR / 2)


@given(st.lists(st.timedeltas(min_value=-2 * HOUR, max_value=2 * HOUR), max_size=8))
def test_what_a_throttle_saw_never_goes_back(steps: list[timedelta]) -> None:
    """Whatever the clocks of the hosts that look at it say, its own time only goes on."""
    state, now = throttle(), AT
    for step in steps:
        now += step
        before = state.latest
        state = lockout.settled(state, lambda _: RULES, now)
        assert state.latest == max(before, now)
