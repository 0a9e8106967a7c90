"""Rules for hard tokens: what is refused, how long a wait and a grace last over clocks that jump, what is guarded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.nist import NIST_800_63B_4
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.policies.profile import Profile
from okmate_auth.policies.sessions import SLACK
from okmate_auth.policies.tokens import TokenPolicy, guarded
from okmate_auth.records import TokenHistory
from okmate_auth.tokens import Windows
from tests.stored_values import AT

TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ZERO = timedelta(0)

POLICY = TokenPolicy(grace=30 * DAY)
WAIT, GRACE = POLICY.wait_after_revocation, POLICY.grace

# ------------------------------------------------------------------------------------------------- refused rules


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"longest_period_seconds": 9}, "longest_period_seconds: 10 to 120"),
        ({"longest_period_seconds": 121}, "longest_period_seconds: 10 to 120"),
        ({"longest_period_seconds": 101}, "a code lives 300 s at most"),
        ({"longest_period_seconds": 61, "windows": Windows(back=2, ahead=2)}, "a code lives 300 s at most"),
        ({"wait_after_revocation": -TICK}, "wait_after_revocation: nothing to 7 days"),
        ({"wait_after_revocation": 7 * DAY + TICK}, "wait_after_revocation: nothing to 7 days"),
        ({"grace": -TICK}, "grace: nothing to 90 days"),
        ({"grace": 90 * DAY + TICK}, "grace: nothing to 90 days"),
        ({"holders": 0}, "holders: 1 to 20"),
        ({"holders": 21}, "holders: 1 to 20"),
    ],
)
def test_unsafe_rules_are_refused_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    """Codes that live too long, waits without end, a token of a whole company: refused when the value is made."""
    with pytest.raises(ConfigurationError, match=reason):
        TokenPolicy(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        *({"longest_period_seconds": seconds} for seconds in (10, 11, 99, 100)),  # three steps: 300 s
        *({"longest_period_seconds": seconds, "windows": Windows(back=1, ahead=0)} for seconds in (119, 120)),
        {"longest_period_seconds": 60, "windows": Windows(back=2, ahead=2)},
        *({"wait_after_revocation": wait} for wait in (ZERO, TICK, 7 * DAY - TICK, 7 * DAY)),
        *({"grace": grace} for grace in (ZERO, TICK, 90 * DAY - TICK, 90 * DAY)),
        *({"holders": holders} for holders in (1, 2, 19, 20)),
        {"windows": Windows(back=0, ahead=0, look_ahead=0, enrollment=0)},
    ],
)
def test_rules_at_the_bound_are_taken(fields: dict[str, Any]) -> None:
    """Each bound itself is allowed."""
    made = TokenPolicy(**fields)
    assert {name: getattr(made, name) for name in fields} == fields


def test_the_usual_rules_are_those_that_are_stated() -> None:
    """30 minutes of wait as these banks publish it; no grace unless a bank says so."""
    assert TokenPolicy() == TokenPolicy(
        windows=Windows(),
        longest_period_seconds=60,
        wait_after_revocation=30 * MINUTE,
        grace=ZERO,
        holders=20,
    )
    assert OKMATE.tokens == TokenPolicy()


@pytest.mark.parametrize("profile", [OKMATE, NIST_800_63B_4], ids=lambda profile: profile.name)
def test_a_code_lives_no_longer_than_the_profile_states(profile: Profile) -> None:
    """Window and longest time step together: three steps of 60 s, which OKMATE states as a deviation; two of 30 s.

    What a code is made of changes every two minutes at least (NIST SP 800-63B-4 3.1.4).
    """
    tokens = profile.tokens
    steps = {OKMATE.name: 3, NIST_800_63B_4.name: 2}[profile.name]
    assert tokens.windows.back + 1 + tokens.windows.ahead == steps
    assert (tokens.windows.back + 1) * tokens.longest_period_seconds <= 120
    assert steps * tokens.longest_period_seconds == {OKMATE.name: 180, NIST_800_63B_4.name: 60}[profile.name]


# ------------------------------------------------------------------------------------------------------- the wait


def revoked(at: datetime | None) -> TokenHistory:
    """Return the past of somebody whose token was revoked, if it was."""
    return TokenHistory(enrolled_at=None if at is None else at - DAY, revoked_at=at)


@pytest.mark.parametrize(
    ("after", "waits"),
    [
        (-SLACK - TICK, False),  # dated further into the future than clocks may differ: by a clock that was wrong
        (-SLACK, True),
        (-SLACK + TICK, True),
        (-TICK, True),
        (ZERO, True),
        (TICK, True),
        (WAIT - TICK, True),
        (WAIT, False),
        (WAIT + TICK, False),
        (-365 * DAY, False),
        (365 * DAY, False),
    ],
)
def test_the_wait_runs_from_the_revocation_to_its_end(after: timedelta, *, waits: bool) -> None:
    """To the microsecond, exclusive at its end; a clock that was ahead holds nobody up for longer (A14)."""
    assert POLICY.waits_until(revoked(AT), AT + after) == (AT + WAIT if waits else None)


def test_without_a_revocation_or_a_wait_there_is_none() -> None:
    """Nor is there one where the bank wants none, not even in the instant of the revocation."""
    assert POLICY.waits_until(revoked(None), AT) is None
    assert POLICY.waits_until(TokenHistory(enrolled_at=AT, skipped_at=AT), AT) is None
    assert attrs.evolve(POLICY, wait_after_revocation=ZERO).waits_until(revoked(AT), AT) is None


@given(st.lists(st.timedeltas(-DAY, DAY), max_size=8))
def test_a_clock_that_jumps_prolongs_no_wait(jumps: list[timedelta]) -> None:
    """Whatever the clock says, the end is where it was when the token was revoked, or there is none."""
    now = AT
    for jump in jumps:
        now += jump
        until = POLICY.waits_until(revoked(AT), now)
        assert until in (None, AT + WAIT)
        if until is not None:
            assert ZERO < until - now <= WAIT + SLACK


def test_a_shorter_wait_counts_for_revocations_that_were() -> None:
    """A bank that shortens it lets go at once whoever has waited that long."""
    shorter = attrs.evolve(POLICY, wait_after_revocation=10 * MINUTE)
    assert shorter.waits_until(revoked(AT), AT + 10 * MINUTE - TICK) == AT + 10 * MINUTE
    assert shorter.waits_until(revoked(AT), AT + 10 * MINUTE) is None


# ------------------------------------------------------------------------------------------------------ the grace


@pytest.mark.parametrize(
    ("after", "runs"),
    [
        (-SLACK - TICK, False),
        (-SLACK, True),
        (-TICK, True),
        (ZERO, True),
        (TICK, True),
        (GRACE - TICK, True),
        (GRACE, False),
        (GRACE + TICK, False),
        (-365 * DAY, False),
        (365 * DAY, False),
    ],
)
def test_the_grace_runs_from_the_first_time_that_it_was_put_off(after: timedelta, *, runs: bool) -> None:
    """To the microsecond; a clock that was ahead gives nobody a longer one, it gives him none (A13)."""
    assert POLICY.grace_until(TokenHistory(skipped_at=AT), AT + after) == (AT + GRACE if runs else None)


@given(st.timedeltas(-1000 * DAY, 1000 * DAY))
def test_whoever_never_put_it_off_would_begin_now(by: timedelta) -> None:
    """The whole grace is before him, whatever the clock says."""
    assert POLICY.grace_until(TokenHistory(), AT + by) == AT + by + GRACE


@pytest.mark.parametrize("skipped_at", [None, AT, AT - 365 * DAY])
@pytest.mark.parametrize("revoked_at", [None, AT, AT - DAY])
@pytest.mark.parametrize("after", [-DAY, ZERO, TICK, 365 * DAY])
def test_an_enrollment_ends_the_grace_for_good(
    skipped_at: datetime | None, revoked_at: datetime | None, after: timedelta
) -> None:
    """Or a revocation would open again, without a token, what a token had opened."""
    history = TokenHistory(skipped_at=skipped_at, enrolled_at=AT, revoked_at=revoked_at)
    assert POLICY.grace_until(history, AT + after) is None


def test_where_a_bank_gives_none_there_is_none() -> None:
    """Not even for the instant in which it is put off."""
    assert TokenPolicy().grace_until(TokenHistory(), AT) is None
    assert TokenPolicy().grace_until(TokenHistory(skipped_at=AT), AT) is None


@given(st.lists(st.timedeltas(-40 * DAY, 40 * DAY), max_size=8))
def test_a_clock_that_jumps_prolongs_no_grace(jumps: list[timedelta]) -> None:
    """The end stays where it was; at no instant more than the grace and the slack of the clocks is left."""
    now, history = AT, TokenHistory(skipped_at=AT)
    for jump in jumps:
        now += jump
        until = POLICY.grace_until(history, now)
        assert until in (None, AT + GRACE)
        assert until is None or ZERO < until - now <= GRACE + SLACK


# -------------------------------------------------------------------------------------------------------- guarded


@pytest.mark.parametrize(
    ("entitlements", "services", "expected"),
    [
        ((), (), ()),
        (("transfer",), (), ()),
        ((), ("transfer",), ()),
        (("transfer",), ("transfer",), ("transfer",)),
        (("inquiry", "transfer", "approval"), ("approval", "transfer", "unheard-of"), ("transfer", "approval")),
        (("Transfer", "transfers"), ("transfer",), ()),
    ],
)
def test_what_needs_a_token_is_what_the_bank_names_of_ones_own(
    entitlements: tuple[str, ...], services: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    """In the order of the person's entitlements, to the letter; nothing that he has not."""
    assert guarded(entitlements, frozenset(services)) == expected


def test_what_the_procedure_s_banks_protect() -> None:
    """Transfers, approvals, payments of taxes and the administration of people, and nothing that only looks."""
    assert guarded(("inquiry", "transfer", "approval", "tax-payment", "administration"), OKMATE.token_services) == (
        "transfer",
        "approval",
        "tax-payment",
        "administration",
    )
