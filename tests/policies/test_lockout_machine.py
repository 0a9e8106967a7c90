"""The lock under any order of events: whatever happens, no more is judged than was promised.

What really happened is logged beside the throttle, and every promise is held against that log alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, get_args

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import Locked, LockEvent, Lockout, Open
from okmate_auth.records import Place
from okmate_auth.records.throttle import LaneName
from tests.stored_values import AT, throttle

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LANES: tuple[LaneName, ...] = get_args(LaneName)
JUMPS = [timedelta(microseconds=1), MINUTE, 10 * MINUTE, HOUR, 9 * HOUR, 24 * HOUR, -MINUTE, -HOUR]

numbers = st.builds(
    lambda limit, more, **fields: Lockout(limit=limit, close_at=limit + more, **fields),
    limit=st.integers(1, 4),
    more=st.integers(0, 9),
    temporary=st.sampled_from([timedelta(0), 10 * MINUTE]),
    full_after=st.integers(1, 3),
    full_within=st.sampled_from([HOUR, 24 * HOUR]),
    growing=st.sampled_from([(MINUTE,), (MINUTE, HOUR), (HOUR / 2, 2 * HOUR, 8 * HOUR)]),
    place_lasts=st.sampled_from([timedelta(seconds=10), MINUTE]),
)


@attrs.frozen
class Event:
    """What happened: a guess was judged wrong, or right, or everything was released (then ``lane`` says nothing).

    Attributes:
        kind: Which of these.
        lane: In which lane.
        at: When, in the throttle's own time.
        brought: The lock that came of a failure.
    """

    kind: Literal["failed", "right", "released"]
    lane: LaneName
    at: datetime
    brought: LockEvent | None = None


class Guessing(RuleBasedStateMachine):
    """Guesses of one factor: taken, judged, forgotten, over a clock that jumps, with releases between them."""

    def __init__(self) -> None:
        super().__init__()
        self.state = throttle()
        self.now = AT
        self.lockout = Lockout()
        self.log: list[Event] = []
        self.taken = 0

    @initialize(chosen=numbers)
    def choose(self, chosen: Lockout) -> None:
        """Begin with some numbers."""
        self.lockout = chosen

    # -- what may happen

    def look(self) -> None:
        """Look at the throttle as every commit does first: what is over counts."""
        now = lockout.later(self.now, self.state)
        expected = self.state
        for one in sorted(self.state.places, key=lambda one: one.ends_at):
            if one.ends_at <= now:
                expected, brought = lockout.fail(expected, one, self.lockout, one.ends_at)
                self.log.append(Event("failed", one.lane, one.ends_at, brought))
        self.state = lockout.settled(self.state, lambda _: self.lockout, self.now)
        assert self.state == attrs.evolve(expected, latest=now)

    @rule(lane=st.sampled_from(LANES))
    def take(self, lane: LaneName) -> None:
        """Take a place if there is one."""
        self.look()
        if lockout.standing(self.state, LOGIN_PASSWORD, lane, self.lockout, self.now) == Open():
            self.taken += 1
            ends_at = lockout.later(self.now, self.state) + self.lockout.place_lasts
            place = Place(id=f"{self.taken}", owner="o", factor=LOGIN_PASSWORD, lane=lane, ends_at=ends_at)
            self.state = lockout.take(self.state, place)

    @precondition(lambda self: self.state.places)
    @rule(data=st.data(), right=st.sampled_from([False, False, False, True]))
    def judge(self, data: st.DataObject, *, right: bool) -> None:
        """Judge one of the guesses that still have their places."""
        self.look()
        if not self.state.places:
            return
        place = data.draw(st.sampled_from(self.state.places))
        at = self.state.latest
        if right:
            self.state = lockout.succeed(self.state, place)
            self.log.append(Event("right", place.lane, at))
        else:
            self.state, brought = lockout.fail(self.state, place, self.lockout, self.now)
            self.log.append(Event("failed", place.lane, at, brought))

    @rule(by=st.sampled_from(JUMPS))
    def wait(self, by: timedelta) -> None:
        """Let the clock go on, or back."""
        self.now += by

    @rule()
    def release(self) -> None:
        """Let somebody release it."""
        self.look()
        self.state = lockout.release(self.state, self.now)
        self.log.append(Event("released", "known", self.now))

    # -- what must hold

    def failures(self, lane: LaneName, log: list[Event] | None = None) -> list[Event]:
        """Return the failures of a lane since the last success in either, or release."""
        found = list[Event]()
        for event in reversed(self.log if log is None else log):
            if event.kind != "failed":
                break
            found += [event] if event.lane == lane else []
        return found[::-1]

    def streak(self, failures: list[Event]) -> int:
        """Return how many of these came after the last lock."""
        locks = [number for number, event in enumerate(failures, 1) if event.brought is not None]
        return len(failures) - max(locks, default=0)

    def being_judged(self, lane: LaneName) -> int:
        """Return how many guesses of a lane have a place."""
        return sum(place.lane == lane for place in self.state.places)

    @invariant()
    def no_more_than_the_limit_is_judged(self) -> None:
        """Failures since the last success, release or lock, and guesses being judged: never more than the limit."""
        for lane in LANES:
            assert self.streak(self.failures(lane)) + self.being_judged(lane) <= self.lockout.limit

    @invariant()
    def no_more_than_the_standard_allows_is_judged(self) -> None:
        """Failures since the last success or release, whatever locks were between: never more than close_at."""
        for lane in LANES:
            assert len(self.failures(lane)) + self.being_judged(lane) <= self.lockout.close_at

    @invariant()
    def the_failure_that_is_due_locks_and_no_other(self) -> None:
        """Each failure brought exactly what the numbers say: nothing, a temporary lock, the full lock, the closing."""
        if not self.log or self.log[-1].kind != "failed":
            return
        last = self.log[-1]
        before = self.failures(last.lane, self.log[:-1])
        ended = len(before) + 1 >= self.lockout.close_at
        due: LockEvent | None = None
        if ended or self.streak(before) + 1 >= self.lockout.limit:
            within = [one for one in before if one.brought and last.at - one.at < self.lockout.full_within]
            full = not self.lockout.temporary or len(within) + 1 >= self.lockout.full_after
            if last.lane == "known":
                due = "locked" if ended or full else "locked-temporarily"
            else:
                due = "closed" if ended else "locked-temporarily"
        assert last.brought == due

    @invariant()
    def what_is_locked_is_not_open(self) -> None:
        """A full lock stands until a release, a closed lane until a success, a temporary lock for its whole length."""
        state = lockout.settled(self.state, lambda _: self.lockout, self.now)
        if state.places != self.state.places:
            return  # what is over meanwhile counts at the next look
        ends = [number for number, event in enumerate(self.log, 1) if event.kind == "released"]
        locked = any(event.brought == "locked" for event in self.log[max(ends, default=0) :])
        for lane in LANES:
            standing = lockout.standing(state, LOGIN_PASSWORD, lane, self.lockout, self.now)
            brought = [event for event in self.failures(lane) if event.brought is not None]
            if locked or any(event.brought == "closed" for event in brought):
                assert standing == Locked(None)
            elif brought:
                lengths = (self.lockout.temporary,) if lane == "known" else self.lockout.growing
                until = brought[-1].at + lengths[min(len(brought), len(lengths)) - 1]
                assert (standing == Locked(until)) is (state.latest < until)
            elif lane == "known":
                assert not isinstance(standing, Locked) or standing.until is not None


TestGuessing = Guessing.TestCase
