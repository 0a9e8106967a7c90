"""Reminders: when each begins and ends, at -1 s, exactly and +1 s; what they say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth import messages
from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.policies.profile import Profile
from okmate_auth.policies.reminders import Reminder, reminders
from okmate_auth.policies.tokens import TokenPolicy
from okmate_auth.records import Account, CertificateBinding, HardToken, TokenBinding, TokenHistory
from tests.stored_values import AT, account

SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)
AROUND: Final = (-SECOND, timedelta(0), SECOND)
LOG_OUT: Final = Reminder(code="log-out")
GRACE: Final = attrs.evolve(OKMATE, tokens=TokenPolicy(grace=30 * DAY))


def certificate(ends_at: datetime, name: str = "c1", *, used: bool = True) -> CertificateBinding:
    """Return a certificate that ends then."""
    return CertificateBinding(id=name, fingerprint=name * 32, ends_at=ends_at, used=used)


def token(ends_at: datetime | None) -> HardToken:
    """Return a token that is bound, with an end of life or none."""
    return HardToken(
        bank="",
        skeleton="TK1",
        serial="TK1",
        printed="TK-1",
        state="enrolled",
        type="totp",
        algorithm="SHA1",
        digits=6,
        period_seconds=60,
        seed=b"",
        seed_key="s1",
        sealed_at=AT,
        stocked_at=AT,
        ends_at=ends_at,
        holders=("someone",),
    )


def holder(**fields: Any) -> Account:  # noqa: ANN401 - fields of an account
    """Return somebody to whom a token is bound."""
    return account(tokens=(TokenBinding(id="t1", serial="TK1", enrolled_at=AT),), **fields)


def told(
    who: Account, bound: HardToken | None = None, *, profile: Profile = OKMATE, now: datetime = AT
) -> tuple[Reminder, ...]:
    """Return what somebody is told besides logging out, which is always told, and last."""
    *others, last = reminders(who, bound, profile, now)
    assert last == LOG_OUT
    return tuple(others)


def test_who_has_nothing_to_be_reminded_of_is_told_to_log_out() -> None:
    """The manual's own words about the end of every visit."""
    assert told(account()) == ()


# ------------------------------------------------------------------------------------------------- a certificate's end


@pytest.mark.parametrize("after", AROUND)
@pytest.mark.parametrize(("days", "earlier"), [(40, None), (10, 40)])
def test_a_certificates_end_is_told_from_each_notice_on(days: int, earlier: int | None, after: timedelta) -> None:
    """From 40 days before it on, inclusive; and from 10 days on as the second notice."""
    ends_at = AT + 200 * DAY
    now = ends_at - days * DAY + after
    begun = days if after >= timedelta(0) else earlier
    found = told(account(certificates=(certificate(ends_at),)), now=now)
    left = days + 1 if after < timedelta(0) else days
    expected = Reminder(code="certificate-ends", until=ends_at, days=left, notice=(begun or 0) * DAY)
    assert found == (() if begun is None else (expected,))


@pytest.mark.parametrize("after", AROUND)
def test_a_certificates_end_is_told_until_it_is_there(after: timedelta) -> None:
    """From the end on there is no page on which it could be told."""
    found = told(account(certificates=(certificate(AT),)), now=AT + after)
    last = Reminder(code="certificate-ends", until=AT, days=1, notice=10 * DAY)
    assert found == ((last,) if after < timedelta(0) else ())


def test_who_has_the_next_certificate_is_not_told_of_the_former_ones_end() -> None:
    """What counts is when the last one ends: with that he still gets in, in whatever order they stand."""
    both = (certificate(AT + DAY), certificate(AT + 300 * DAY, "c2", used=False))
    assert told(account(certificates=both)) == told(account(certificates=both[::-1])) == ()
    soon = (certificate(AT + DAY), certificate(AT + 5 * DAY, "c2", used=False))
    assert [one.until for one in told(account(certificates=soon))] == [AT + 5 * DAY]


# ------------------------------------------------------------------------------------------------------ a token's end


@pytest.mark.parametrize("after", AROUND)
def test_a_tokens_end_is_told_from_its_notice_on(after: timedelta) -> None:
    """From 90 days before it on, inclusive."""
    ends_at = AT + 200 * DAY
    found = told(holder(), token(ends_at), now=ends_at - 90 * DAY + after)
    expected = Reminder(code="token-ends", until=ends_at, days=90, notice=90 * DAY)
    assert found == (() if after < timedelta(0) else (expected,))


@pytest.mark.parametrize("after", AROUND)
def test_a_token_that_is_past_its_end_is_told_of_for_good(after: timedelta) -> None:
    """It goes on showing codes until its battery ends; from its end on, inclusive, that is what is said."""
    (found,) = told(holder(), token(AT), now=AT + after)
    if after < timedelta(0):
        assert found == Reminder(code="token-ends", until=AT, days=1, notice=90 * DAY)
    else:
        assert found == Reminder(code="token-ended", until=AT)


def test_a_token_without_an_end_of_life_ends_nothing() -> None:
    """Not every delivery says when."""
    assert told(holder(), token(None)) == ()


# ---------------------------------------------------------------------------------------------------- a missing token


@pytest.mark.parametrize("after", AROUND)
def test_the_last_day_of_grace_is_told_after_a_skip(after: timedelta) -> None:
    """Up to its end, exclusive, with the days that are left; from then on that the services are closed."""
    until = AT + 30 * DAY
    who = account(entitlements=("transfer",), token_history=TokenHistory(skipped_at=AT))
    open_still = Reminder(code="grace-ends", until=until, days=1)
    shut = Reminder(code="services-closed")
    assert told(who, profile=GRACE, now=until + after) == (open_still if after < timedelta(0) else shut,)


def test_a_bank_without_a_grace_tells_at_once_what_is_closed() -> None:
    """Whoever skipped learns it on the top page, and not in the middle of a transfer."""
    who = account(entitlements=("transfer",), token_history=TokenHistory(skipped_at=AT))
    assert told(who) == (Reminder(code="services-closed"),)


def test_whose_token_was_revoked_has_no_grace() -> None:
    """It ended for good when he enrolled one."""
    history = TokenHistory(skipped_at=AT - DAY, enrolled_at=AT - DAY, revoked_at=AT)
    who = account(entitlements=("transfer",), token_history=history)
    assert told(who, profile=GRACE) == (Reminder(code="services-closed"),)


@pytest.mark.parametrize(
    "who", [account(entitlements=("inquiry",)), account(), holder(entitlements=("transfer", "approval"))]
)
def test_who_misses_no_token_is_told_of_none(who: Account) -> None:
    """Nothing of his needs one, or he has one."""
    assert told(who) == told(who, profile=GRACE) == ()


# ------------------------------------------------------------------------------------------------------- all together


def test_what_is_closed_comes_first_then_the_nearest_end() -> None:
    """The order of the page: what is wrong now, what will be, logging out."""
    who = account(
        entitlements=("transfer",),
        token_history=TokenHistory(skipped_at=AT),
        certificates=(certificate(AT + 20 * DAY),),
    )
    assert [one.code for one in told(who)] == ["services-closed", "certificate-ends"]
    assert [one.code for one in told(who, profile=GRACE)] == ["certificate-ends", "grace-ends"]
    assert [one.code for one in told(who, profile=GRACE, now=AT + 15 * DAY)] == ["certificate-ends", "grace-ends"]
    both = holder(certificates=(certificate(AT + 20 * DAY),))
    assert [one.code for one in told(both, token(AT + DAY))] == ["token-ends", "certificate-ends"]


def test_a_bank_may_give_other_notices_or_none() -> None:
    """The notices are the profile's."""
    who, bound = holder(certificates=(certificate(AT + 30 * DAY),)), token(AT + 30 * DAY)
    silent = attrs.evolve(OKMATE, certificate_notices=(), token_notices=())
    assert told(who, bound, profile=silent) == ()
    early = attrs.evolve(OKMATE, certificate_notices=(31 * DAY, 30 * DAY, 7 * DAY), token_notices=(29 * DAY,))
    assert [(one.code, one.notice) for one in told(who, bound, profile=early)] == [("certificate-ends", 30 * DAY)]


@pytest.mark.parametrize("field", ["certificate_notices", "token_notices"])
@pytest.mark.parametrize(
    ("notices", "good"),
    [
        ((), True),
        ((DAY,), True),
        ((365 * DAY, DAY), True),
        (tuple(n * DAY for n in range(8, 0, -1)), True),
        (tuple(n * DAY for n in range(9, 0, -1)), False),
        ((DAY - SECOND,), False),
        ((365 * DAY + SECOND,), False),
        ((10 * DAY, 40 * DAY), False),
        ((10 * DAY, 10 * DAY), False),
    ],
)
def test_notices_are_days_before_the_end_the_longest_first(
    field: str, notices: tuple[timedelta, ...], *, good: bool
) -> None:
    """Each once, from one day to a year, eight at most."""
    evolve: Any = attrs.evolve
    if good:
        assert getattr(evolve(OKMATE, **{field: notices}), field) == notices
    else:
        with pytest.raises(ConfigurationError, match=f"{field}: 1 to 365 days"):
            evolve(OKMATE, **{field: notices})


@given(left=st.timedeltas(min_value=SECOND, max_value=40 * DAY))
def test_days_left_are_never_told_too_few(left: timedelta) -> None:
    """Whole days, the last one begun counted: at least as long as it lasts, and less than a day longer."""
    (found,) = told(account(certificates=(certificate(AT + left),)))
    assert found.days is not None
    assert timedelta(0) <= found.days * DAY - left < DAY


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_each_reminder_says_its_end_and_the_days_left(language: messages.Language) -> None:
    """Day and minute in Japan's time; what has no end says none."""
    end = {"ja": "2026年1月15日18時00分", "en": "2026-01-15 18:00 JST"}[language]
    for code in ("certificate-ends", "token-ends", "grace-ends"):
        text = Reminder(code=code, until=AT + 10 * DAY, days=10).message(language)
        assert end in text
        assert {"ja": "あと10日", "en": "days left: 10"}[language] in text
    assert end in Reminder(code="token-ended", until=AT + 10 * DAY).message(language)
    for code in ("services-closed", "log-out"):
        assert "{" not in Reminder(code=code).message(language)
