"""What a bank may change about hard tokens: windows, waits, who is without one and may do what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import attrs

from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.sessions import SLACK, ZERO
from okmate_auth.records import TokenHistory
from okmate_auth.tokens import Windows

LONGEST_PERIOD_SECONDS: Final = 120  # 63B-4 3.1.4: what a time-based code is made of changes every two minutes at least
ADMINISTRATION: Final = "administration"
"""The entitlement that stands for the library's own administration: where it needs a token, so do the commands."""
LONGEST_CODE_SECONDS: Final = 300  # ours: from the beginning of its step to the end of its window (A08)
MOST_HOLDERS: Final = 20  # a token's holders are read and written together


@attrs.frozen(kw_only=True)
class TokenPolicy:
    """Rules for hard tokens.

    Attributes:
        windows: How far a code may be from the expected one.
        longest_period_seconds: Longest time step of a token that is taken into stock.
        wait_after_revocation: How long after a revocation no token can be enrolled; zero: no wait.
        grace: How long after a person put off enrollment for the first time he may use services that need a token
            without one; zero: not at all. It is over for good once he enrolled one.
        holders: Holders of a shared token, at most.

    Sources: 30 minutes are what banks with this procedure wait, and one of them gives 30 days of grace; the other
    numbers are choices. A time step of 60 s deviates from ASVS 5.0 6.5.5, which asks for 30 s.
    """

    windows: Windows = Windows()
    longest_period_seconds: int = 60
    wait_after_revocation: timedelta = timedelta(minutes=30)
    grace: timedelta = ZERO
    holders: int = MOST_HOLDERS

    def __attrs_post_init__(self) -> None:
        """Refuse what would make guessing cheap, or a rule meaningless.

        Raises:
            ConfigurationError: Says which field breaks which rule.
        """
        for broken, message in (
            (
                not 10 <= self.longest_period_seconds <= LONGEST_PERIOD_SECONDS,  # noqa: PLR2004 - the message says it
                f"longest_period_seconds: 10 to {LONGEST_PERIOD_SECONDS} (NIST SP 800-63B-4 3.1.4)",
            ),
            (
                self.longest_period_seconds * (1 + self.windows.back + self.windows.ahead) > LONGEST_CODE_SECONDS,
                f"longest_period_seconds: a code lives {LONGEST_CODE_SECONDS} s at most, with the steps around it",
            ),
            (not ZERO <= self.wait_after_revocation <= timedelta(days=7), "wait_after_revocation: nothing to 7 days"),
            (not ZERO <= self.grace <= timedelta(days=90), "grace: nothing to 90 days"),
            (not 1 <= self.holders <= MOST_HOLDERS, f"holders: 1 to {MOST_HOLDERS}"),
        ):
            if broken:
                raise ConfigurationError(message)

    def waits_until(self, history: TokenHistory, now: datetime) -> datetime | None:
        """Return until when no token can be enrolled because one was revoked; None where one can be.

        A revocation that a clock which was ahead dated into the future holds nobody up.
        """
        return _still(history.revoked_at, self.wait_after_revocation, now)

    def grace_until(self, history: TokenHistory, now: datetime) -> datetime | None:
        """Return until when somebody without a token may use what needs one; None where he may not.

        Args:
            history: His.
            now: Where enrollment was never put off, the grace would begin now.
        """
        if history.enrolled_at is not None:
            return None
        return _still(history.skipped_at or now, self.grace, now)


def _still(since: datetime | None, lasts: timedelta, now: datetime) -> datetime | None:
    """Return the end of what lasts since an instant; None where it is over, or is further away than it can be."""
    left = ZERO if since is None else since + lasts - now
    return now + left if ZERO < left <= lasts + SLACK else None


def guarded(entitlements: Iterable[str], services: frozenset[str]) -> tuple[str, ...]:
    """Return those of a person's entitlements that are protected by a token."""
    return tuple(name for name in entitlements if name in services)


def closed(without_token: tuple[str, ...], until: datetime | None, now: datetime) -> tuple[str, ...]:
    """Return the services that are closed in a session to somebody without a token.

    Args:
        without_token: His services that need one; () where he has one.
        until: Until when they may be used all the same, exclusive; None: not at all.
        now: This instant.
    """
    return () if until is not None and now < until else without_token
