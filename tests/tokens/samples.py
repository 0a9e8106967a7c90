"""Tokens for these tests, the standards' vectors, and strategies for everything a code is judged by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, get_args

from hypothesis import strategies as st

from okmate_auth.tokens import Algorithm, Parameters, Position, Windows

__all__ = [
    "ALGORITHMS",
    "HOTP",
    "LAST_COUNTER",
    "NOW",
    "SEED",
    "STEP",
    "TOTP",
    "at_step",
    "parameters",
    "positions",
    "seeds",
    "vectors",
    "windows",
]

VECTORS: Final = Path(__file__).parent.parent / "vectors"
ALGORITHMS: Final[tuple[Algorithm, ...]] = get_args(Algorithm)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST_COUNTER: Final = 2**64 - 1

SEED: Final = b"okmate_auth/tests-20"
HOTP: Final = Parameters(kind="hotp")
TOTP: Final = Parameters(kind="totp", period_seconds=30)
NOW: Final = datetime(2026, 1, 5, 9, 0, 10, tzinfo=UTC)
STEP: Final = int(NOW.timestamp()) // 30


def vectors(name: str) -> Mapping[str, Any]:
    """Return a table of a standard."""
    table: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return table


def at_step(step: int, what: Parameters = TOTP) -> datetime:
    """Return the instant at which a time step begins."""
    return EPOCH + timedelta(seconds=step * what.period_seconds)


seeds = st.binary(min_size=1, max_size=150)

_common: Final[dict[str, st.SearchStrategy[Any]]] = {
    "digits": st.integers(6, 8),
    "algorithm": st.sampled_from(ALGORITHMS),
}
parameters = st.one_of(
    st.builds(Parameters, kind=st.just("hotp"), **_common),
    st.builds(Parameters, kind=st.just("totp"), period_seconds=st.integers(10, 300), **_common),
)


@st.composite
def windows(draw: st.DrawFn) -> Windows:
    """Draw any windows that a profile may have; narrow ones, so that their edges are close."""
    back, ahead, look_ahead = draw(st.integers(0, 2)), draw(st.integers(0, 2)), draw(st.integers(0, 5))
    enrollment = draw(st.integers(max(back, ahead, look_ahead), 8))
    return Windows(
        back=back,
        ahead=ahead,
        look_ahead=look_ahead,
        enrollment=enrollment,
        resync=draw(st.integers(max(enrollment, 1), 12)),
        drift=draw(st.integers(0, 5)),
    )


@st.composite
def positions(draw: st.DrawFn, near: int) -> Position:
    """Draw where a token may stand: near a counter, at the ends of the counters, or what nobody should have stored."""
    return Position(
        next_counter=draw(
            st.one_of(
                st.integers(near - 15, near + 15),
                st.sampled_from([0, 1, 2**31, 2**32, 2**63, LAST_COUNTER - 1, LAST_COUNTER, LAST_COUNTER + 1]),
                st.integers(),
            )
        ),
        offset=draw(st.one_of(st.just(0), st.integers(-30, 30), st.integers())),
        drift=draw(st.one_of(st.just(0), st.integers(-5, 5), st.integers())),
    )
