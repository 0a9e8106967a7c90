"""The lock when its rules become stricter, when one factor is forgiven, and which of two locks lasts longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import Locked, Lockout, Open, Standing
from okmate_auth.records import Counter, Counters, Lane, Place
from okmate_auth.records.throttle import LaneName
from tests.stored_values import AT, throttle, token_throttle

T = TypeVar("T", bound=Counters)

TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
LANES: tuple[LaneName, ...] = get_args(LaneName)
FORMER = Lockout()

lanes = pytest.mark.parametrize("lane", LANES)
kinds = pytest.mark.parametrize("of", [throttle, token_throttle], ids=["of a person", "of a number"])


def failed(state: T, times: int, lane: LaneName, rules: Lockout = FORMER, at: datetime = AT, factor: str = CODE) -> T:
    """Return a throttle after wrong guesses at one instant, each judged before the next."""
    for number in range(times):
        place = Place(id=f"{number}", owner="o", factor=factor, lane=lane, ends_at=AT + 1000 * DAY)
        state, _ = lockout.fail(state, place, rules, at)
    return state


def stands(state: Counters, lane: LaneName, rules: Lockout, at: datetime = AT, factor: str = CODE) -> Standing:
    """Say whether a guess may take a place in a throttle that was settled by these rules."""
    return lockout.standing(lockout.settled(state, lambda _: rules, at), factor, lane, rules, at)


# ------------------------------------------------------------------------------------------------- stricter rules


@kinds
@lanes
@pytest.mark.parametrize(("failures", "locks"), [(1, False), (2, False), (3, True), (4, True), (5, True)])
def test_a_limit_that_is_lowered_locks_what_was_counted_before(
    of: Callable[..., Counters], lane: LaneName, failures: int, *, locks: bool
) -> None:
    """From 6 to 3: two failures leave one guess, three or more are as many as the new rules allow (A28)."""
    state, stricter = failed(of(), failures, lane), Lockout(limit=3)
    assert stands(state, lane, FORMER) == Open()
    assert stands(state, lane, stricter, AT + HOUR) == (Locked(AT + HOUR + HOUR / 2) if locks else Open())
    other: LaneName = "others" if lane == "known" else "known"
    assert stands(state, other, stricter) == Open()


@lanes
def test_the_lock_of_stricter_rules_begins_when_it_is_seen_and_comes_once(lane: LaneName) -> None:
    """Its length is the new rules', looking again does not prolong it, and after it the new limit is free."""
    rules = Lockout(limit=3, temporary=HOUR, growing=(HOUR,))
    state = lockout.settled(failed(throttle(), 4, lane), lambda _: rules, AT + HOUR)
    assert lockout.settled(state, lambda _: rules, AT + HOUR) == state
    assert stands(state, lane, rules, AT + 2 * HOUR - TICK) == Locked(AT + 2 * HOUR)
    assert stands(state, lane, rules, AT + 2 * HOUR) == Open()
    assert state.counter(CODE).lane(lane).total == 4  # nothing was counted by it
    again = failed(state, 2, lane, rules, AT + 2 * HOUR)
    assert stands(again, lane, rules, AT + 2 * HOUR) == Open()
    assert isinstance(stands(failed(again, 1, lane, rules, AT + 2 * HOUR), lane, rules, AT + 2 * HOUR), Locked)


@lanes
@pytest.mark.parametrize(("close_at", "ends"), [(8, True), (9, True), (10, False)])
def test_a_lower_end_counts_as_well(lane: LaneName, close_at: int, *, ends: bool) -> None:
    """Nine failures over days are the end where nine are allowed from now on, in each lane in its own way."""
    state = throttle()
    for day in range(9):
        state = failed(state, 1, lane, at=AT + day * DAY)
    rules, now = Lockout(close_at=close_at), AT + 9 * DAY
    assert stands(state, lane, FORMER, now) == Open()
    assert stands(state, lane, rules, now) == (Locked(None) if ends else Open())
    counter = lockout.settled(state, lambda _: rules, now).counter(CODE)
    assert (counter.locked_at, counter.closed_at) == {
        ("known", True): (now, None),
        ("others", True): (None, now),
    }.get((lane, ends), (None, None))


@lanes
def test_a_lock_that_stands_is_not_replaced(lane: LaneName) -> None:
    """Whatever the new rules say, a lock that runs keeps its end, and a full one stays full."""
    running = failed(throttle(), 6, lane)
    assert stands(running, lane, Lockout(limit=3, temporary=9 * HOUR, growing=(9 * HOUR,))) == Locked(AT + HOUR / 2)
    full = failed(throttle(), 6, "known", Lockout(full_after=1))
    assert stands(full, lane, Lockout(limit=1)) == Locked(None)
    assert lockout.settled(full, lambda _: Lockout(limit=1), AT + DAY).counter(CODE).locked_at == AT


def test_stricter_rules_of_one_factor_lock_no_other() -> None:
    """Each counter is held against its own factor's numbers (FL-6)."""
    state = failed(failed(throttle(), 4, "known"), 4, "known", factor=LOGIN_PASSWORD)
    rules = {CODE: Lockout(limit=3), LOGIN_PASSWORD: Lockout(limit=5)}
    state = lockout.settled(state, rules.__getitem__, AT)
    assert isinstance(lockout.standing(state, CODE, "known", rules[CODE], AT), Locked)
    assert lockout.standing(state, LOGIN_PASSWORD, "known", rules[LOGIN_PASSWORD], AT) == Open()


@lanes
def test_places_that_are_over_lock_by_the_stricter_rules(lane: LaneName) -> None:
    """Two failures and a guess that nobody settled are three, dated at the end of its place."""
    left = Place(id="left", owner="o", factor=CODE, lane=lane, ends_at=AT + HOUR)
    state = lockout.take(failed(throttle(), 2, lane), left)
    rules = Lockout(limit=3)
    assert stands(state, lane, rules, AT + 1.25 * HOUR) == Locked(AT + 1.5 * HOUR)


@lanes
def test_a_clock_that_is_behind_dates_that_lock_by_the_throttle(lane: LaneName) -> None:
    """A host an hour behind locks from what the throttle saw on, so that the lock has its whole length (A12)."""
    state = failed(throttle(latest=AT), 4, lane)
    assert stands(state, lane, Lockout(limit=3), AT - HOUR) == Locked(AT + HOUR / 2)


numbers = st.builds(
    lambda limit, more: Lockout(limit=limit, close_at=limit + more), st.integers(1, 6), st.integers(0, 20)
)


@given(
    st.lists(st.tuples(st.sampled_from(LANES), st.timedeltas(timedelta(0), 2 * DAY)), max_size=12),
    numbers,
    numbers,
    st.timedeltas(-HOUR, 2 * DAY),
)
def test_settling_comes_to_rest_and_leaves_nothing_judged_beyond_the_rules(
    story: list[tuple[LaneName, timedelta]], former: Lockout, rules: Lockout, later: timedelta
) -> None:
    """Whatever was counted under whatever rules: settled twice is settled once, and what is open is below the limits.

    Under the rules that it was counted by, settling brings no lock that was not there.
    """
    state, now = throttle(), AT
    for lane, wait in story:
        now += wait
        if stands(state, lane, former, now) == Open():
            state = failed(lockout.settled(state, lambda _: former, now), 1, lane, former, now)
    same = lockout.settled(state, lambda _: former, now)
    assert attrs.evolve(same, latest=state.latest) == state
    now += later
    settled = lockout.settled(state, lambda _: rules, now)
    assert lockout.settled(settled, lambda _: rules, now) == settled
    for lane in LANES:
        counted = settled.counter(CODE).lane(lane)
        if lockout.standing(settled, CODE, lane, rules, now) == Open():
            assert counted.failures < rules.limit
            assert counted.total < rules.close_at
        assert counted.total == state.counter(CODE).lane(lane).total


# --------------------------------------------------------------------------------------------------- forgiving one


@kinds
def test_one_factor_is_forgiven_and_no_other(of: Callable[..., Counters]) -> None:
    """Its locks and failures are gone in both lanes; those of others stand, and so do all places."""
    place = Place(id="p", owner="o", factor=CODE, lane="known", ends_at=AT + HOUR)
    state: Counters = of(places=(place,))
    for lane in LANES:
        state = failed(state, 6, lane, Lockout(full_after=1))
        state = failed(state, 5, lane, factor=CONFIRMATION_PASSWORD)
    forgiven = lockout.forgive(state, CODE)
    assert forgiven.counter(CODE) == Counter(factor=CODE)
    assert forgiven.counter(CONFIRMATION_PASSWORD) == state.counter(CONFIRMATION_PASSWORD)
    assert (forgiven.places, forgiven.latest) == (state.places, state.latest)
    for lane in LANES:
        assert stands(forgiven, lane, FORMER) == Open()
    assert lockout.forgive(forgiven, CODE) == forgiven
    assert lockout.forgive(forgiven, LOGIN_PASSWORD) == forgiven


# --------------------------------------------------------------------------------------------------- the longer one


def test_of_two_locks_the_one_that_ends_later_is_told() -> None:
    """A lock without an end lasts longer than any with one; so a person is never told to come back too early."""
    soon, late, never = Locked(AT), Locked(AT + TICK), Locked(None, AT)
    assert lockout.end_of(soon) == AT
    assert lockout.end_of(never) == datetime.max.replace(tzinfo=UTC)
    for locks in ([soon, late, never], [never, soon, late], [late, never, soon]):
        assert max(locks, key=lockout.end_of) == never
    assert max([late, soon], key=lockout.end_of) == late


@lanes
def test_a_lock_has_a_mark_of_its_own(lane: LaneName) -> None:
    """By it attempts during one lock are told from those during the next: its end, or its beginning without one."""
    state = failed(throttle(), 6, lane)
    first = stands(state, lane, FORMER)
    second = stands(failed(state, 6, lane, at=AT + HOUR), lane, FORMER, AT + HOUR)
    full = stands(failed(throttle(), 6, "known", Lockout(full_after=1)), lane, FORMER)
    assert isinstance(first, Locked)
    assert isinstance(second, Locked)
    assert isinstance(full, Locked)
    assert (first.mark, full.mark) == (AT + HOUR / 2, AT)
    assert second.mark != first.mark
    assert first == Locked(first.until)  # what is told is the end alone


def test_a_lane_without_failures_is_never_locked_by_any_rules() -> None:
    """The strictest rules allow one failure; none is none."""
    state = throttle(counters=(Counter(factor=CODE, known=Lane(), others=Lane()),))
    for lane in LANES:
        assert stands(state, lane, Lockout(limit=1, close_at=1)) == Open()
