"""How many guesses of a factor are judged: places, two tiers of lock, two lanes.

Rule 1. A guess takes a place before it is judged; judged failures and open places together never pass the limit, so
        that between two successes no more than the limit is judged, at any parallelism (ASVS 5.0 2.3.4, 6.3.1).
Rule 2. A place that nobody settles in time counts as a failure: whoever held it may have seen the verdict and died.
Rule 3. Two lanes (OWASP, device cookies): guesses from browsers that reached the end of a login before, and all others.
        Only the first can lock an account for good; in the other the temporary locks grow, and then it closes. So
        whoever knows a login ID can't shut its owner out (A50). In neither more guesses are judged without a success
        than the standard's 100, however slowly they come (NIST SP 800-63B-4 3.2.2).
Rule 4. A success of the factor ends its failures in both lanes (NIST SP 800-63B-4 3.2.2); a temporary lock that is
        running in the other lane runs on.
Rule 5. Time is the later of the clock and what the throttle saw: a clock that goes back ends no lock (A12).

Failure of one factor touches no other factor's counter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeVar

import attrs

from okmate_auth.errors import ConfigurationError
from okmate_auth.records import Counter, Counters, Lane, Place
from okmate_auth.records.throttle import LaneName

SHORTEST_HINT: Final = timedelta(seconds=1)
"""What a caller is told to wait where guesses of the same account are being judged; a hash takes less."""

LONGEST_PLACE: Final = timedelta(minutes=10)
"""No place stands longer, by no rule; one that claims to was taken by a clock that was ahead."""

LANES: Final[tuple[LaneName, ...]] = ("known", "others")
LockEvent = Literal["locked-temporarily", "locked", "closed"]
T = TypeVar("T", bound=Counters)


@attrs.frozen(kw_only=True)
class Lockout:
    """The numbers of the lock; durations are exact, counts are judged failures.

    Attributes:
        limit: Consecutive failures that bring a temporary lock.
        temporary: Its length for a known browser; zero: there is none, the full lock comes at once.
        full_after: How many temporary locks of known browsers bring the full lock …
        full_within: … if they began within this time.
        growing: Lengths of the temporary locks of other browsers, the last one repeated.
        close_at: Failures since the last success at which the lane of other browsers is closed; in the lane of known
            browsers they bring the full lock.
        place_lasts: How long a place stands before it counts as a failure.

    Sources: two tiers as Japanese banks publish them; at most 100 consecutive failures (NIST SP 800-63B-4 3.2.2); the
    numbers themselves are choices.
    """

    limit: int = 6
    temporary: timedelta = timedelta(minutes=30)
    full_after: int = 3
    full_within: timedelta = timedelta(hours=24)
    growing: tuple[timedelta, ...] = (
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=8),
        timedelta(hours=24),
    )
    close_at: int = 100
    place_lasts: timedelta = timedelta(seconds=60)

    def __attrs_post_init__(self) -> None:
        """Refuse numbers that would make guessing cheap or a lock meaningless.

        Raises:
            ConfigurationError: Says which field breaks which rule.
        """
        zero = timedelta(0)
        for broken, message in (
            (not 1 <= self.limit <= 100, "limit: 1 to 100 consecutive failures (NIST SP 800-63B-4 3.2.2)"),  # noqa: PLR2004 - the message says it
            (self.temporary < zero, "temporary: not negative"),
            (self.full_after < 1, "full_after: at least 1"),
            (self.full_within <= zero, "full_within: more than nothing"),
            (not self.growing or min(self.growing) <= zero, "growing: at least one length, each more than nothing"),
            (list(self.growing) != sorted(self.growing), "growing: no length shorter than the one before it"),
            (not self.limit <= self.close_at <= 100, "close_at: from limit to 100 (NIST SP 800-63B-4 3.2.2)"),  # noqa: PLR2004 - the message says it
            (
                not timedelta(seconds=10) <= self.place_lasts <= LONGEST_PLACE,
                "place_lasts: 10 s, longer than a hash and its queue, to 10 min",
            ),
        ):
            if broken:
                raise ConfigurationError(message)


@attrs.frozen
class Open:
    """A guess may take a place."""


@attrs.frozen
class Crowded:
    """As many guesses are being judged as may be; a place is free again when one of them was, see SHORTEST_HINT."""


@attrs.frozen
class Locked:
    """No guess is judged.

    Attributes:
        until: Until when; None: until somebody releases it.
        mark: Tells this lock from the next one: its end, or its beginning where it has no end.
    """

    until: datetime | None
    mark: datetime | None = attrs.field(default=None, eq=False)


Standing = Open | Crowded | Locked


def later(now: datetime, throttle: Counters | None) -> datetime:
    """Return the instant that counts: the later of the clock and what the throttle saw (rule 5)."""
    return now if throttle is None else max(now, throttle.latest)


def end_of(lock: Locked) -> datetime:
    """Return when a lock ends; the end of time where it does not end by itself."""
    return datetime.max.replace(tzinfo=UTC) if lock.until is None else lock.until


def settled(throttle: T, rules_of: Callable[[str], Lockout], now: datetime) -> T:
    """Return the throttle as it is at ``now``: places whose time is over have become failures (rule 2).

    Where fewer failures are allowed than were counted under former rules, the lock that would have come comes now.
    """
    now = later(now, throttle)
    over = sorted((place for place in throttle.places if place.ends_at <= now), key=lambda place: place.ends_at)
    for place in over:
        throttle, _ = fail(throttle, place, rules_of(place.factor), place.ends_at)
    for counter in throttle.counters:
        stricter = _stricter(counter, rules_of(counter.factor), now)
        if stricter is not counter:
            throttle = _with(throttle, stricter)
    return throttle if throttle.latest == now else attrs.evolve(throttle, latest=now)


def standing(throttle: Counters, factor: str, lane: LaneName, rules: Lockout, now: datetime) -> Standing:
    """Say whether a guess may take a place in a settled throttle."""
    counter = throttle.counter(factor)
    locked = _standing(counter, lane, later(now, throttle))
    if isinstance(locked, Locked):
        return locked
    state = counter.lane(lane)
    open_places = sum(place.factor == factor and place.lane == lane for place in throttle.places)
    return Open() if open_places < min(rules.limit - state.failures, rules.close_at - state.total) else Crowded()


def _standing(counter: Counter, lane: LaneName, now: datetime) -> Open | Locked:
    """Return the lock of a lane, if there is one."""
    began = counter.locked_at or (counter.closed_at if lane == "others" else None)
    if began is not None:
        return Locked(None, began)
    until = counter.lane(lane).locked_until
    return Locked(until, until) if until is not None and now < until else Open()


def take(throttle: T, place: Place) -> T:
    """Return the throttle with one more guess counted; only where :func:`standing` said ``Open``."""
    return attrs.evolve(throttle, places=(*throttle.places, place))


def fail(throttle: T, place: Place, rules: Lockout, now: datetime) -> tuple[T, LockEvent | None]:
    """Return the throttle after a place's guess was wrong, or its time was over, and the lock that came of it."""
    now = later(now, throttle)
    counter = throttle.counter(place.factor)
    lane = counter.lane(place.lane)
    lane = attrs.evolve(lane, failures=lane.failures + 1, total=lane.total + 1)
    counter, event = _counted(counter, lane, place.lane, rules, now)
    throttle = attrs.evolve(throttle, failed=throttle.failed + 1)
    return _without(_with(throttle, counter), place), event


def succeed(throttle: T, place: Place) -> T:
    """Return the throttle after a place's guess was right: its factor's failures are over (rule 4)."""
    counter = throttle.counter(place.factor)
    fresh = attrs.evolve(
        counter,
        known=Lane(locked_until=counter.known.locked_until),
        others=Lane(locked_until=counter.others.locked_until),
        closed_at=None,
    )
    return _without(throttle if fresh == counter else _with(throttle, fresh), place)


def release(throttle: T, now: datetime, *, but: frozenset[str] = frozenset()) -> T:
    """Return the throttle with every lock and failure taken away; guesses that are being judged keep their places.

    It is dated to the clock again: a clock that was ahead locks nobody for longer than until somebody releases him.

    Args:
        throttle: Settled.
        now: The clock.
        but: Factors whose locks and failures stay as they are.
    """
    places = tuple(place for place in throttle.places if place.ends_at <= now + LONGEST_PLACE)
    counters = tuple(counter for counter in throttle.counters if counter.factor in but)
    return attrs.evolve(throttle, counters=counters, places=places, latest=now)


def forgive(throttle: T, factor: str) -> T:
    """Return the throttle without one factor's locks and failures."""
    return attrs.evolve(throttle, counters=tuple(other for other in throttle.counters if other.factor != factor))


def _stricter(counter: Counter, rules: Lockout, now: datetime) -> Counter:
    """Return a counter with the locks that failures bring under the present rules, if they have not brought them."""
    for name in LANES:
        lane = counter.lane(name)
        many = lane.failures >= rules.limit or lane.total >= rules.close_at
        if many and isinstance(_standing(counter, name, now), Open):
            counter, _ = _counted(counter, lane, name, rules, now)
    return counter


def _counted(
    counter: Counter, lane: Lane, name: LaneName, rules: Lockout, now: datetime
) -> tuple[Counter, LockEvent | None]:
    """Return a counter with one of its lanes, and the lock that comes of the failures in it."""
    event: LockEvent | None = None
    if lane.failures >= rules.limit or lane.total >= rules.close_at:
        lane, event = _lock(lane, name, rules, now)
    if name == "known":
        return attrs.evolve(counter, known=lane, locked_at=now if event == "locked" else counter.locked_at), event
    return attrs.evolve(counter, others=lane, closed_at=now if event == "closed" else counter.closed_at), event


def _lock(lane: Lane, name: LaneName, rules: Lockout, now: datetime) -> tuple[Lane, LockEvent]:
    event: LockEvent = "locked-temporarily"
    if name == "known":
        locks = (*(began for began in lane.locks if now - began < rules.full_within), now)
        length = rules.temporary
        if not length or len(locks) >= rules.full_after or lane.total >= rules.close_at:
            event = "locked"
    else:
        locks = (*lane.locks, now)[-len(rules.growing) :]
        length = rules.growing[min(len(lane.locks), len(rules.growing) - 1)]
        if lane.total >= rules.close_at:
            event = "closed"
    until = now + length if event == "locked-temporarily" else None
    return attrs.evolve(lane, failures=0, locks=locks, locked_until=until), event


def _with(throttle: T, counter: Counter) -> T:
    others = tuple(other for other in throttle.counters if other.factor != counter.factor)
    return attrs.evolve(throttle, counters=(*others, counter))


def _without(throttle: T, place: Place) -> T:
    places = tuple(other for other in throttle.places if other != place)
    return throttle if len(places) == len(throttle.places) else attrs.evolve(throttle, places=places)
