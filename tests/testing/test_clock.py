"""FakeClock: stands still, moves when told to, and is never naive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from okmate_auth.errors import MisuseError
from okmate_auth.ports import Clock
from okmate_auth.testing import FakeClock

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


def test_it_stands_still() -> None:
    """Two readings are the same, and it satisfies the port."""
    clock: Clock = FakeClock(NOON)
    assert clock() == clock() == NOON


def test_it_moves_either_way_when_told_to() -> None:
    """A duration moves it and is returned as the new instant; an instant sets it, an earlier one as well."""
    clock = FakeClock(NOON)
    assert clock.advance(timedelta(seconds=1)) == clock() == NOON + timedelta(seconds=1)
    assert clock.advance(timedelta(days=-1)) == NOON + timedelta(days=-1, seconds=1)
    clock.set(NOON - timedelta(days=365))
    assert clock() == NOON - timedelta(days=365)
    assert repr(clock) == "FakeClock(2025-04-01T12:00:00+00:00)"


@pytest.mark.parametrize("instant", [datetime(2026, 4, 1), NOON.astimezone(timezone(timedelta(hours=9)))])  # noqa: DTZ001 - naive
def test_it_refuses_what_is_not_utc(instant: datetime) -> None:
    """A naive instant, or one of another zone, is the test's mistake."""
    with pytest.raises(MisuseError):
        FakeClock(instant)
    clock = FakeClock()
    before = clock()
    with pytest.raises(MisuseError):
        clock.set(instant)
    assert clock() == before
