"""Nothing is accepted twice, and nothing moves back: over any story of codes, pairs, presses and clocks."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from okmate_auth.testing import FakeClock, VirtualToken
from okmate_auth.tokens import (
    Accepted,
    OutOfStep,
    Position,
    Replayed,
    Verdict,
    Windows,
    Wrong,
    code_at,
    enroll,
    resync,
    step_at,
    verify,
)
from tests.rounds import rounds
from tests.tokens.samples import HOTP, LAST_COUNTER, NOW, SEED, TOTP
from tests.tokens.situations import Given

WINDOWS: Final = Windows(back=2, ahead=2, look_ahead=6, enrollment=8, resync=15, drift=3)
JUMPS: Final = st.integers(-3600, 3600) | st.sampled_from([-86_400, -31, -30, -1, 0, 1, 29, 30, 31, 86_400])


class Story(RuleBasedStateMachine):
    """A token, its clock and the server's, somebody who wrote down every code it showed, and what was accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock(NOW)
        self.token = VirtualToken("TK-000001", SEED, TOTP, self.clock)
        self.position = Position()
        self.accepted: list[int] = []
        self.seen: list[str] = []

    @initialize(timed=st.booleans(), start=st.sampled_from([0, 1000, 2**32 - 3, LAST_COUNTER - 12]))
    def begin(self, start: int, *, timed: bool) -> None:
        """Take a token of either kind out of its box."""
        if not timed:
            self.token = VirtualToken("TK-000001", SEED, HOTP, self.clock)
            self.token.counter = start
            self.position = Position(next_counter=start)

    @property
    def timed(self) -> bool:
        """Whether it shows codes of time steps."""
        return self.token.parameters.kind == "totp"

    def shown(self) -> str:
        """Look at the display, and write down what it shows."""
        self.seen.append(self.token.code())
        return self.seen[-1]

    def take(self, verdict: Verdict, used: int = 1) -> None:
        """Do what a caller does: move the token by what was accepted, and by nothing else."""
        if not isinstance(verdict, Accepted):
            assert isinstance(verdict, Wrong | OutOfStep | Replayed)
            return
        assert self.position.next_counter <= verdict.counter - used + 1
        assert verdict.position.next_counter == verdict.counter + 1
        self.accepted += range(verdict.counter - used + 1, verdict.counter + 1)
        self.position = verdict.position

    # ------------------------------------------------------------------------------------------------- what happens

    @rule(seconds=JUMPS)
    def jump(self, seconds: int) -> None:
        """The server's clock jumps, either way (A12, A13); the token's goes with it."""
        self.clock.advance(timedelta(seconds=seconds))

    @rule(seconds=st.integers(-600, 600))
    def drift(self, seconds: int) -> None:
        """The token's clock is wrong by another amount."""
        self.token.drift = timedelta(seconds=seconds)

    @precondition(lambda self: self.token.counter < LAST_COUNTER)
    @rule(times=st.integers(1, 8))
    def press(self, times: int) -> None:
        """Somebody plays with the button."""
        for _ in range(min(times, LAST_COUNTER - self.token.counter)):
            self.seen.append(self.token.press())

    @rule()
    def log_in(self) -> None:
        """The code on the display is entered."""
        self.take(self.verify(self.shown()))

    @precondition(lambda self: self.accepted)
    @rule()
    def again(self) -> None:
        """The code that was accepted last is entered once more: it is never accepted, and nothing moves."""
        code = code_at(SEED, self.accepted[-1], self.token.parameters)
        self.take(self.verify(code))

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def from_notes(self, data: st.DataObject) -> None:
        """Somebody enters a code that he wrote down, at login or at enrollment (A02)."""
        code = data.draw(st.sampled_from(self.seen))
        self.take(data.draw(st.sampled_from([self.verify, self.enroll]))(code))

    @precondition(lambda self: len(self.seen) > 1)
    @rule(data=st.data())
    def pair_from_notes(self, data: st.DataObject) -> None:
        """Somebody enters two codes that he wrote down (A07)."""
        first, second = data.draw(st.sampled_from(self.seen)), data.draw(st.sampled_from(self.seen))
        self.take(self.resync(first, second), used=2)

    @rule()
    def enroll_it(self) -> None:
        """The token is enrolled, perhaps again, by what it shows."""
        self.take(self.enroll(self.shown()))

    @rule()
    def find_it(self) -> None:
        """The token is found by what it shows and what it shows next."""
        first = self.shown()
        if self.timed:
            self.clock.advance(timedelta(seconds=30))
        elif self.token.counter < LAST_COUNTER:
            self.token.press()
        self.take(self.resync(first, self.shown()), used=2)

    @rule(steps=st.integers(-20, 20))
    def from_the_edge(self, steps: int) -> None:
        """Somebody who has the seed enters codes from wherever he likes, to lead the token away (A15)."""
        step = step_at(self.clock(), 30) + self.position.offset + self.position.drift
        counter = min(max(step + steps if self.timed else self.token.counter + steps, 0), LAST_COUNTER)
        self.take(self.verify(code_at(SEED, counter, self.token.parameters)))

    # ---------------------------------------------------------------------------------------------- how it is judged

    def given(self) -> Given:
        """Return what every way to judge takes, as it is now."""
        return {
            "seed": SEED,
            "parameters": self.token.parameters,
            "position": self.position,
            "windows": WINDOWS,
            "now": self.clock(),
        }

    def verify(self, code: str) -> Verdict:
        """Judge it as a login does."""
        return verify(code, **self.given())

    def enroll(self, code: str) -> Verdict:
        """Judge it as an enrollment does."""
        return enroll(code, **self.given())

    def resync(self, first: str, second: str) -> Verdict:
        """Judge a pair."""
        return resync(first, second, **self.given())

    # ------------------------------------------------------------------------------------------------ what is true

    @invariant()
    def no_counter_twice_and_none_back(self) -> None:
        """What was accepted only grows, whatever the clocks did (OTP-2, OTP-3, A03, A12)."""
        assert all(one < other for one, other in zip(self.accepted, self.accepted[1:], strict=False))
        assert not self.accepted or self.position.next_counter == self.accepted[-1] + 1
        assert all(0 <= counter <= LAST_COUNTER for counter in self.accepted)

    @invariant()
    def drift_is_bounded(self) -> None:
        """No story leads the token further than its bound (A15)."""
        assert -WINDOWS.drift <= self.position.drift <= WINDOWS.drift

    @invariant()
    def presses_know_no_time(self) -> None:
        """A token that counts presses learns nothing of the clock."""
        assert self.timed or attrs.evolve(self.position, next_counter=0) == Position()


Story.TestCase.settings = settings(max_examples=rounds(60, 1000), stateful_step_count=rounds(30, 60))
TestStory = Story.TestCase
TestStory.__doc__ = "Whatever story is told of a token, no counter is accepted twice, and none below another one."
