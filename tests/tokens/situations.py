"""Everything that a code may meet: a token, where it stands, windows, a clock, and what is entered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, TypedDict

import attrs
from hypothesis import strategies as st

from okmate_auth.tokens import Parameters, Position, Windows, code_at
from tests.tokens.reference import Token
from tests.tokens.samples import EPOCH, LAST_COUNTER, parameters, positions, seeds, windows

__all__ = ["Given", "Situation", "situations"]

MICROSECOND: Final = timedelta(microseconds=1)


class Given(TypedDict):
    """What every way to judge takes besides what was entered."""

    seed: bytes
    parameters: Parameters
    position: Position
    windows: Windows
    now: datetime


@attrs.frozen(kw_only=True)
class Situation:
    """One of them.

    Attributes:
        given: What every way to judge takes.
        entered: A code, right or wrong or none.
        second: Another one, often that of the next counter.
    """

    given: Given
    entered: str
    second: str

    @property
    def token(self) -> Token:
        """The same for the reference."""
        given = self.given
        return Token(given["seed"], given["parameters"], given["position"], given["windows"], given["now"])


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Draw one: any token, any time, and codes from wherever a window may end, or of no form at all."""
    seed, what, reach = draw(seeds), draw(parameters), draw(windows())
    now = draw(st.one_of(_instants, _edges(what)))
    step = (now - EPOCH) // timedelta(seconds=what.period_seconds or 30)
    position = draw(positions(step))
    token = Token(seed, what, position, reach, now)
    middles = [position.next_counter]
    if token.timed:
        middles += [token.step, token.step + position.offset, token.step + position.offset + position.drift]
    counter = draw(st.sampled_from(middles)) + draw(st.integers(-reach.resync - 2, reach.resync + 2))
    shown = [code_at(seed, min(max(at, 0), LAST_COUNTER), what) for at in (counter, counter + 1)]
    return Situation(
        given={"seed": seed, "parameters": what, "position": position, "windows": reach, "now": now},
        entered=draw(st.one_of(st.just(shown[0]), _anything)),
        second=draw(st.one_of(st.just(shown[1]), st.just(shown[0]), _anything)),
    )


_instants = st.datetimes(
    min_value=datetime(1969, 12, 31),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(2106, 2, 8),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
_anything = st.one_of(
    st.from_regex(r"[0-9]{6,8}", fullmatch=True),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=10),
)


def _edges(what: Parameters) -> st.SearchStrategy[datetime]:
    """Return the instants at which a step begins, and those a microsecond before."""
    period = timedelta(seconds=what.period_seconds or 30)
    begins = st.integers(0, 2**32 // (what.period_seconds or 30)).map(lambda step: EPOCH + step * period)
    return st.one_of(begins, begins.map(lambda instant: instant - MICROSECOND))
