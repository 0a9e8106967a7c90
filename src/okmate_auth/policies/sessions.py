"""How long flows and sessions live, and how many of them there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

import attrs

from okmate_auth.errors import ConfigurationError
from okmate_auth.records import Flow, Session

ZERO: Final = timedelta(0)
SLACK: Final = timedelta(seconds=30)
"""How far two web hosts' clocks may differ; beyond it a host stops serving."""


@attrs.frozen(kw_only=True)
class FlowPolicy:
    """Limits of a login that is under way.

    Attributes:
        step_lasts: How long one step may take.
        whole_lasts: How long all of it may take.
        at_once: Flows of one account; one more ends the one with the fewest factors proven.
        repeat_lasts: How long a reply is kept for whoever submits the very same thing again.
        known_browsers: How many browsers of an account are remembered.
    """

    step_lasts: timedelta = timedelta(minutes=10)
    whole_lasts: timedelta = timedelta(minutes=30)
    at_once: int = 5
    repeat_lasts: timedelta = timedelta(seconds=60)
    known_browsers: int = 5

    def __attrs_post_init__(self) -> None:
        """Refuse limits that contradict each other.

        Raises:
            ConfigurationError: Says which field breaks which rule.
        """
        for broken, message in (
            (self.step_lasts <= ZERO, "step_lasts: more than nothing"),
            (self.whole_lasts < self.step_lasts, "whole_lasts: at least step_lasts"),
            (self.whole_lasts > timedelta(hours=24), "whole_lasts: at most 24 h"),
            (not 1 <= self.at_once <= 20, "at_once: 1 to 20"),  # noqa: PLR2004 - the message says it
            (not ZERO < self.repeat_lasts <= timedelta(minutes=5), "repeat_lasts: more than nothing, at most 5 min"),
            (not 1 <= self.known_browsers <= 20, "known_browsers: 1 to 20"),  # noqa: PLR2004 - the message says it
        ):
            if broken:
                raise ConfigurationError(message)


@attrs.frozen(kw_only=True)
class SessionPolicy:
    """Limits of a session, exclusive at the limit.

    Attributes:
        idle: Ends this long after its last use.
        absolute: Ends this long after login, used or not.
        double_login: ``refuse`` while another is live, unless that one was never used, or this login proved a
            certificate or a code, or comes from the browser that holds it: then it is taken over. ``refuse-outright``:
            no exception. ``allow``: up to :attr:`at_once`.
        at_once: Live sessions of one account under ``allow``.
        fresh_for: How long a factor that was proven again stays good for its purpose.

    Source: NIST SP 800-63B-4 2.2.3 (AAL2: 24 h and 1 h at most), ASVS 5.0 7.1.1, 7.3.1, 7.3.2.
    """

    idle: timedelta = timedelta(minutes=10)
    absolute: timedelta = timedelta(hours=8)
    double_login: Literal["refuse", "refuse-outright", "allow"] = "refuse"
    at_once: int = 1
    fresh_for: timedelta = timedelta(minutes=5)

    def __attrs_post_init__(self) -> None:
        """Refuse limits beyond the standard's, or that contradict each other.

        Raises:
            ConfigurationError: Says which field breaks which rule.
        """
        allowed = range(2, 11) if self.double_login == "allow" else range(1, 2)
        for broken, message in (
            (not ZERO < self.idle <= timedelta(hours=1), "idle: more than nothing, at most 1 h (63B-4 2.2.3)"),
            (not self.idle <= self.absolute <= timedelta(hours=24), "absolute: from idle to 24 h (63B-4 2.2.3)"),
            (self.double_login not in ("refuse", "refuse-outright", "allow"), "double_login: no such rule"),
            (self.at_once not in allowed, "at_once: 1 where double login is refused, 2 to 10 where it is allowed"),
            (not ZERO < self.fresh_for <= timedelta(minutes=15), "fresh_for: more than nothing, at most 15 min"),
        ):
            if broken:
                raise ConfigurationError(message)


@attrs.frozen(kw_only=True)
class SourceLimit:
    """What one source may do before it has to wait; approximate.

    Attributes:
        failures: Failed logins …
        subjects: … or different login IDs that failed …
        within: … within this time.
    """

    failures: int = 30
    subjects: int = 20
    within: timedelta = timedelta(minutes=10)

    def __attrs_post_init__(self) -> None:
        """Refuse a limit that limits nothing.

        Raises:
            ConfigurationError: Says which field breaks which rule.
        """
        if self.failures < 1 or self.subjects < 1 or self.within <= ZERO:
            message = "source limit: failures, subjects and within are more than nothing"
            raise ConfigurationError(message)


def session_ends_at(session: Session, policy: SessionPolicy) -> datetime:
    """Return when a session ends if it is not used any more; exclusive."""
    return min(session.ends_at, (session.used_at or session.started_at) + policy.idle)


def session_is_over(session: Session, policy: SessionPolicy, now: datetime) -> bool:
    """Say whether a session has ended, so that it may be deleted and no clock brings it back."""
    return now >= session_ends_at(session, policy)


def session_is_live(session: Session, policy: SessionPolicy, now: datetime) -> bool:
    """Say whether a session may be used; one whose ends are further away than its limits allow is not believed.

    Such ends come of a clock that was ahead, or is behind now, or of limits that became stricter since.
    """
    ends_at = session_ends_at(session, policy)
    believed = session.ends_at - now <= policy.absolute + SLACK and ends_at - now <= policy.idle + SLACK
    return now < ends_at and believed


def flow_is_over(flow: Flow, now: datetime) -> bool:
    """Say whether a login under way has run out of time, so that it may be deleted and no clock brings it back."""
    return now >= min(flow.ends_at, flow.step_ends_at)


def flow_is_live(flow: Flow, policy: FlowPolicy, now: datetime) -> bool:
    """Say whether a login under way may go on; one whose ends are further away than its limits allow may not."""
    whole, step = flow.ends_at - now, flow.step_ends_at - now
    return min(whole, step) > ZERO and whole <= policy.whole_lasts + SLACK and step <= policy.step_lasts + SLACK
