"""Limits of flows and sessions: refused configurations, and every end at its exact instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.sessions import (
    SLACK,
    FlowPolicy,
    SessionPolicy,
    SourceLimit,
    flow_is_live,
    flow_is_over,
    session_ends_at,
    session_is_live,
    session_is_over,
)
from okmate_auth.shells.setup import CLOCK_BOUND
from tests.stored_values import AT, flow, session

TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ZERO = timedelta(0)

SESSIONS = SessionPolicy()
FLOWS = FlowPolicy()


# ------------------------------------------------------------------------------------------ refused configurations


@pytest.mark.parametrize(
    ("policy", "fields", "reason"),
    [
        (FlowPolicy, {"step_lasts": ZERO}, "step_lasts: more than nothing"),
        (FlowPolicy, {"step_lasts": -MINUTE}, "step_lasts: more than nothing"),
        (FlowPolicy, {"step_lasts": MINUTE, "whole_lasts": MINUTE - TICK}, "whole_lasts: at least step_lasts"),
        (FlowPolicy, {"whole_lasts": 24 * HOUR + TICK}, "whole_lasts: at most 24 h"),
        (FlowPolicy, {"at_once": 0}, "at_once: 1 to 20"),
        (FlowPolicy, {"at_once": 21}, "at_once: 1 to 20"),
        (FlowPolicy, {"repeat_lasts": ZERO}, "repeat_lasts: more than nothing"),
        (FlowPolicy, {"repeat_lasts": 5 * MINUTE + TICK}, "repeat_lasts: more than nothing"),
        (FlowPolicy, {"known_browsers": 0}, "known_browsers: 1 to 20"),
        (FlowPolicy, {"known_browsers": 21}, "known_browsers: 1 to 20"),
        (SessionPolicy, {"idle": ZERO}, "idle: more than nothing"),
        (SessionPolicy, {"idle": HOUR + TICK}, "idle: more than nothing, at most 1 h"),
        (SessionPolicy, {"idle": HOUR, "absolute": HOUR - TICK}, "absolute: from idle"),
        (SessionPolicy, {"absolute": 24 * HOUR + TICK}, "absolute: from idle to 24 h"),
        (SessionPolicy, {"double_login": "sometimes"}, "double_login: no such rule"),
        (SessionPolicy, {"at_once": 0}, "at_once: 1 where double login is refused"),
        (SessionPolicy, {"at_once": 2}, "at_once: 1 where double login is refused"),
        (SessionPolicy, {"at_once": 2, "double_login": "refuse-outright"}, "at_once: 1 where double login is refused"),
        (SessionPolicy, {"at_once": 1, "double_login": "allow"}, "at_once: .*2 to 10 where it is allowed"),
        (SessionPolicy, {"at_once": 11, "double_login": "allow"}, "at_once: .*2 to 10 where it is allowed"),
        (SessionPolicy, {"fresh_for": ZERO}, "fresh_for: more than nothing"),
        (SessionPolicy, {"fresh_for": 15 * MINUTE + TICK}, "fresh_for: more than nothing, at most 15 min"),
        (SourceLimit, {"failures": 0}, "source limit"),
        (SourceLimit, {"subjects": 0}, "source limit"),
        (SourceLimit, {"within": ZERO}, "source limit"),
    ],
)
def test_unsafe_limits_are_refused_with_the_reason(
    policy: type[SessionPolicy | FlowPolicy], fields: dict[str, Any], reason: str
) -> None:
    """Beyond the standard's limits, or contradicting each other: refused when the value is made."""
    with pytest.raises(ConfigurationError, match=reason):
        policy(**fields)


@pytest.mark.parametrize(
    ("policy", "fields"),
    [
        (FlowPolicy, {"step_lasts": TICK, "whole_lasts": TICK}),
        (FlowPolicy, {"whole_lasts": 24 * HOUR}),
        *((FlowPolicy, {name: number}) for name in ("at_once", "known_browsers") for number in (1, 20)),
        *((FlowPolicy, {"repeat_lasts": lasts}) for lasts in (TICK, 5 * MINUTE)),
        *((SessionPolicy, {"idle": idle}) for idle in (TICK, HOUR)),
        (SessionPolicy, {"idle": HOUR, "absolute": HOUR}),
        (SessionPolicy, {"absolute": 24 * HOUR}),
        (SessionPolicy, {"double_login": "refuse-outright"}),
        *((SessionPolicy, {"double_login": "allow", "at_once": number}) for number in (2, 10)),
        *((SessionPolicy, {"fresh_for": lasts}) for lasts in (TICK, 15 * MINUTE)),
        (SourceLimit, {"failures": 1, "subjects": 1, "within": TICK}),
    ],
)
def test_limits_at_the_bound_are_taken(policy: type[SessionPolicy | FlowPolicy], fields: dict[str, Any]) -> None:
    """Each bound itself is allowed."""
    made = policy(**fields)
    assert {name: getattr(made, name) for name in fields} == fields


def test_hosts_may_differ_by_what_their_clocks_are_held_to() -> None:
    """The slack with which another host's instants are believed is the bound at which a host stops serving."""
    assert SLACK == CLOCK_BOUND


# ------------------------------------------------------------------------------------------------------------ sessions


@pytest.mark.parametrize(
    ("used_at", "ends_at", "expected"),
    [
        (None, AT + 8 * HOUR, AT + 10 * MINUTE),
        (AT + HOUR, AT + 8 * HOUR, AT + HOUR + 10 * MINUTE),
        (AT + 8 * HOUR - 10 * MINUTE, AT + 8 * HOUR, AT + 8 * HOUR),
        (AT + 8 * HOUR - 10 * MINUTE - TICK, AT + 8 * HOUR, AT + 8 * HOUR - TICK),
        (AT + 8 * HOUR - TICK, AT + 8 * HOUR, AT + 8 * HOUR),
    ],
)
def test_a_session_ends_by_idleness_or_at_its_absolute_end(
    used_at: datetime | None, ends_at: datetime, expected: datetime
) -> None:
    """Whichever comes first; idleness runs from the last use, before the first one from the login."""
    assert session_ends_at(session(used_at=used_at, ends_at=ends_at), SESSIONS) == expected


@pytest.mark.parametrize("used_at", [None, AT, AT + 3 * HOUR, AT + 8 * HOUR - MINUTE])
@pytest.mark.parametrize(("by", "live"), [(-TICK, True), (ZERO, False), (TICK, False)])
def test_a_session_is_over_at_its_end(used_at: datetime | None, by: timedelta, *, live: bool) -> None:
    """Exclusive at both limits (ASVS 5.0 7.3.1, 7.3.2)."""
    one = session(used_at=used_at)
    now = session_ends_at(one, SESSIONS) + by
    assert session_is_live(one, SESSIONS, now) is live
    assert session_is_over(one, SESSIONS, now) is not live


@pytest.mark.parametrize("used_at", [None, AT])
@pytest.mark.parametrize(("behind", "live"), [(SLACK - TICK, True), (SLACK, True), (SLACK + TICK, False)])
def test_a_session_from_the_future_is_believed_as_far_as_clocks_may_differ(
    used_at: datetime | None, behind: timedelta, *, live: bool
) -> None:
    """Ends further away than the limits allow come of a wrong clock, which must not lengthen a session."""
    one = session(used_at=used_at)
    assert session_is_live(one, SESSIONS, AT - behind) is live
    assert not session_is_over(one, SESSIONS, AT - behind)  # not believed, and not deleted for it either


def test_a_stricter_limit_counts_for_sessions_that_exist() -> None:
    """A session made under a longer absolute limit is not believed under a shorter one, nor an idle one (A28)."""
    one = session(used_at=AT)
    assert session_is_live(one, SESSIONS, AT)
    assert not session_is_live(one, SessionPolicy(absolute=7 * HOUR), AT)
    assert session_is_live(one, SessionPolicy(idle=5 * MINUTE), AT + 5 * MINUTE - TICK)
    assert not session_is_live(one, SessionPolicy(idle=5 * MINUTE), AT + 5 * MINUTE)


@given(
    st.timedeltas(min_value=-HOUR, max_value=9 * HOUR),
    st.none() | st.timedeltas(min_value=ZERO, max_value=8 * HOUR),
    st.timedeltas(min_value=ZERO, max_value=HOUR),
)
def test_once_over_a_session_stays_over(elapsed: timedelta, used: timedelta | None, more: timedelta) -> None:
    """Where it is over by its end, no later instant finds it live again (A95)."""
    one = session(used_at=None if used is None else AT + used)
    now = AT + elapsed
    if session_ends_at(one, SESSIONS) <= now:
        assert not session_is_live(one, SESSIONS, now + more)


# --------------------------------------------------------------------------------------------------------------- flows


@pytest.mark.parametrize(
    ("step_ends", "whole_ends", "first_end"),
    [
        (AT + 10 * MINUTE, AT + 30 * MINUTE, AT + 10 * MINUTE),
        (AT + 10 * MINUTE, AT + 10 * MINUTE, AT + 10 * MINUTE),
        (AT + 10 * MINUTE, AT + 5 * MINUTE, AT + 5 * MINUTE),
    ],
)
@pytest.mark.parametrize(("by", "live"), [(-TICK, True), (ZERO, False), (TICK, False)])
def test_a_flow_is_over_at_its_first_end(
    step_ends: datetime, whole_ends: datetime, first_end: datetime, by: timedelta, *, live: bool
) -> None:
    """The end of the step or of the whole, whichever comes first, exclusive."""
    one = flow(step_ends_at=step_ends, ends_at=whole_ends)
    assert flow_is_live(one, FLOWS, first_end + by) is live
    assert flow_is_over(one, first_end + by) is not live


@pytest.mark.parametrize("late", ["step_ends_at", "ends_at"])
@pytest.mark.parametrize(("behind", "live"), [(SLACK - TICK, True), (SLACK, True), (SLACK + TICK, False)])
def test_a_flow_from_the_future_is_believed_as_far_as_clocks_may_differ(
    late: str, behind: timedelta, *, live: bool
) -> None:
    """Neither end may be further away than its limit and the clocks' slack."""
    limits = {"step_ends_at": FLOWS.step_lasts, "ends_at": FLOWS.whole_lasts}
    ends: dict[str, Any] = {"step_ends_at": AT + MINUTE, "ends_at": AT + MINUTE, late: AT + limits[late] + behind}
    assert flow_is_live(flow(**ends), FLOWS, AT) is live


def test_a_stricter_limit_counts_for_flows_that_exist() -> None:
    """A flow begun under longer limits is not believed under shorter ones (A28)."""
    one = flow()
    assert flow_is_live(one, FLOWS, AT)
    assert not flow_is_live(one, FlowPolicy(step_lasts=5 * MINUTE), AT)
    assert not flow_is_live(one, FlowPolicy(whole_lasts=20 * MINUTE), AT)
