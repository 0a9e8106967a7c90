"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from okmate_auth.errors import MisuseError

__all__ = ["FakeClock"]

START: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday, in office hours of no particular place


class FakeClock:
    """Satisfies :class:`~okmate_auth.ports.Clock`; it may be set to any instant, earlier ones included.

    Args:
        now: What it shows first, aware and in UTC.

    Raises:
        MisuseError: The instant is naive or not in UTC.
    """

    def __init__(self, now: datetime = START) -> None:
        self._now = _checked(now)

    def __call__(self) -> datetime:
        """Return what the clock shows."""
        return self._now

    def __repr__(self) -> str:
        return f"FakeClock({self._now.isoformat()})"

    def set(self, instant: datetime) -> None:
        """Show another instant.

        Raises:
            MisuseError: The instant is naive or not in UTC.
        """
        self._now = _checked(instant)

    def advance(self, by: timedelta) -> datetime:
        """Move by a duration (a negative one moves back) and return what the clock then shows."""
        self._now += by
        return self._now


def _checked(instant: datetime) -> datetime:
    if instant.tzinfo is None or instant.utcoffset() != timedelta(0):
        message = "a clock shows aware instants in UTC"
        raise MisuseError(message)
    return instant
