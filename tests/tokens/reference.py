"""What the words say about judging a code, counter by counter, as slowly and plainly as it can be put.

Nothing here is shared with the library but the code that a token shows at a counter, which other tests compare with the
standards and with two other implementations.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction

from okmate_auth.tokens import Accepted, OutOfStep, Parameters, Position, Replayed, Verdict, Windows, Wrong, code_at
from tests.tokens.samples import EPOCH, LAST_COUNTER

__all__ = ["enrolled", "judged", "resynchronized"]


class Token:
    """A token and where it stands.

    Args:
        seed: Its key.
        parameters: What is public about its codes.
        position: Where it stands.
        windows: How far to look.
        now: The clock.
    """

    def __init__(
        self, seed: bytes, parameters: Parameters, position: Position, windows: Windows, now: datetime
    ) -> None:
        self.seed, self.parameters, self.position, self.windows, self.now = seed, parameters, position, windows, now

    @property
    def timed(self) -> bool:
        """Whether it shows codes of time steps."""
        return self.parameters.kind == "totp"

    @property
    def step(self) -> int:
        """The time step of the clock: whole periods since 1970."""
        delta = self.now - EPOCH
        seconds = Fraction(delta.days * 86_400 + delta.seconds) + Fraction(delta.microseconds, 1_000_000)
        return (seconds / self.parameters.period_seconds).__floor__()

    def shows(self, code: str, counter: int) -> bool:
        """Whether it shows a code at a counter."""
        return 0 <= counter <= LAST_COUNTER and code_at(self.seed, counter, self.parameters) == code

    def at(self, code: str, counters: Iterable[int]) -> list[int]:
        """Return at which of the counters it shows a code."""
        if self.timed and self.now < EPOCH:
            return []
        return sorted({counter for counter in counters if self.shows(code, counter)})

    def far(self) -> list[int]:
        """Return every counter at which a code is looked for."""
        reach = self.windows.resync
        if not self.timed:
            return [self.position.next_counter + by for by in range(-reach, reach + 1)]
        expected = self.step + self.position.offset + self.position.drift
        return [middle + by for middle in (self.step, expected) for by in range(-reach, reach + 1)]

    def judge(self, code: str, near: list[int]) -> Verdict:
        """Return the first verdict that is true, in the order of their priority; positions not yet learnt from."""
        good = [counter for counter in self.at(code, near) if counter >= self.position.next_counter]
        if good:
            stands = self.position
            return Accepted(good[0], Position(next_counter=good[0] + 1, offset=stands.offset, drift=stands.drift))
        used = self.at(code, near)
        if used:
            return Replayed(used[-1])
        away = self.at(code, self.far())
        unused = [counter for counter in away if counter >= self.position.next_counter]
        if unused:
            return OutOfStep(unused[0])
        return Replayed(away[-1]) if away else Wrong()


def judged(code: str, token: Token) -> Verdict:
    """Return what :func:`okmate_auth.tokens.verify` should."""
    stands, windows = token.position, token.windows
    if not token.timed:
        return token.judge(code, [stands.next_counter + by for by in range(-1, windows.look_ahead + 1)])
    expected = token.step + stands.offset + stands.drift
    verdict = token.judge(code, [expected + by for by in range(-windows.back, windows.ahead + 1)])
    if isinstance(verdict, Accepted):
        learnt = verdict.counter - token.step - stands.offset
        drift = sorted((-windows.drift, learnt, windows.drift))[1]
        return Accepted(verdict.counter, Position(next_counter=verdict.counter + 1, offset=stands.offset, drift=drift))
    return verdict


def enrolled(code: str, token: Token) -> Verdict:
    """Return what :func:`okmate_auth.tokens.enroll` should."""
    stands, reach = token.position, token.windows.enrollment
    if not token.timed:
        return token.judge(code, [stands.next_counter + by for by in range(-1, reach + 1)])
    expected = token.step + stands.offset + stands.drift
    verdict = token.judge(code, [expected + by for by in range(-reach, reach + 1)])
    if isinstance(verdict, Accepted):
        return Accepted(
            verdict.counter, Position(next_counter=verdict.counter + 1, offset=verdict.counter - token.step)
        )
    return verdict


def resynchronized(first: str, second: str, token: Token) -> Verdict:
    """Return what :func:`okmate_auth.tokens.resync` should."""
    stands, reach = token.position, token.windows.resync
    middle, back = (token.step, reach) if token.timed else (stands.next_counter, 0)
    for counter in token.at(first, range(middle - back, middle + reach + 1)):
        if counter >= stands.next_counter and token.shows(second, counter + 1):
            offset = counter + 1 - token.step if token.timed else 0
            return Accepted(counter + 1, Position(next_counter=counter + 2, offset=offset))
    return Wrong()
