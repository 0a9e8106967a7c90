"""One code, its form, and the time step of an instant."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import MisuseError
from okmate_auth.tokens import Parameters, code_at, is_code, step_at
from tests.tokens.samples import EPOCH, HOTP, LAST_COUNTER, NOW, SEED, parameters, seeds

MICROSECOND = timedelta(microseconds=1)


class Shapeless(tzinfo):
    """A time zone that does not know its offset."""

    def utcoffset(self, dt: datetime | None, /) -> None:
        """Return nothing: such an instant is naive all the same."""

    def dst(self, dt: datetime | None, /) -> None:
        """Return nothing."""

    def tzname(self, dt: datetime | None, /) -> None:
        """Return nothing."""


# ------------------------------------------------------------------------------------------------------------ code_at


@given(seeds, st.integers(0, LAST_COUNTER), parameters)
def test_a_code_has_the_form_of_one(seed: bytes, counter: int, what: Parameters) -> None:
    """Every code is as many digits as the token shows, with its zeros in front."""
    code = code_at(seed, counter, what)
    assert len(code) == what.digits
    assert is_code(code)


@given(seeds, st.integers(0, LAST_COUNTER), parameters)
def test_fewer_digits_are_the_last_ones(seed: bytes, counter: int, what: Parameters) -> None:
    """A shorter code is the end of the longer one (RFC 4226 5.3: a remainder)."""
    eight = code_at(seed, counter, attrs.evolve(what, digits=8))
    assert code_at(seed, counter, what) == eight[-what.digits :]


@pytest.mark.parametrize("counter", [0, 1, 2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**63, LAST_COUNTER])
def test_counters_have_eight_bytes(counter: int) -> None:
    """No counter is cut, or read with a sign, on the way: neighbours, and those 2³² apart, differ (A10)."""
    others = {counter ^ 1, counter ^ 2**31, counter ^ 2**32, counter ^ 2**63} - {counter}
    eight = attrs.evolve(HOTP, digits=8)
    assert code_at(SEED, counter, eight) not in {code_at(SEED, other, eight) for other in others}


@pytest.mark.parametrize("counter", [-1, -(2**64), LAST_COUNTER + 1, 2**70, True, 1.0, "1", None])
def test_there_is_no_other_counter(counter: int) -> None:
    """Below 0 and above 2⁶⁴ - 1 nothing is shown, and nothing wraps around (RFC 4226 5.1)."""
    with pytest.raises(MisuseError, match=r"^counter: 0 to 2\^64 - 1"):
        code_at(SEED, counter, HOTP)


# ------------------------------------------------------------------------------------------------------------ step_at


@pytest.mark.parametrize("period", [1, 10, 30, 59, 60, 300])
@pytest.mark.parametrize("step", [-(10**6), -1, 0, 1, 56_789_012, 2**31 // 30, 2**31, 2**32])
def test_a_step_begins_on_time_and_ends_a_microsecond_before_the_next(step: int, period: int) -> None:
    """Instant k times the period is in step k, the one before it is not, before 1970 as well (A11)."""
    if abs(step) * period > 2 * 10**11:
        step //= period  # datetime ends with the year 9999
    begins = EPOCH + timedelta(seconds=step * period)
    assert step_at(begins, period) == step
    assert step_at(begins - MICROSECOND, period) == step - 1
    assert step_at(begins + timedelta(seconds=period) - MICROSECOND, period) == step
    assert step_at(begins + timedelta(seconds=period), period) == step + 1


@given(st.datetimes(timezones=st.just(UTC)), st.integers(1, 300))
def test_a_step_holds_its_instant(instant: datetime, period: int) -> None:
    """Every instant of the calendar is in the one step that begins before it and ends after it."""
    step = step_at(instant, period)
    assert timedelta(seconds=step * period) <= instant - EPOCH < timedelta(seconds=(step + 1) * period)


# Hypothesis wants naive bounds, and adds the zone.
@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)))  # noqa: DTZ001
def test_a_step_does_not_depend_on_the_zone(instant: datetime) -> None:
    """The same instant told in Tokyo, or in a zone with odd minutes, is in the same step."""
    for zone in (timezone(timedelta(hours=9)), timezone(timedelta(hours=-11, minutes=-13))):
        assert step_at(instant.astimezone(zone), 60) == step_at(instant, 60)


@pytest.mark.parametrize("instant", [NOW.replace(tzinfo=None), NOW.replace(tzinfo=Shapeless())])
def test_a_naive_instant_is_refused(instant: datetime) -> None:
    """What is no instant, but what a clock shows somewhere, has no step."""
    with pytest.raises(MisuseError, match=r"^instant: aware"):
        step_at(instant, 30)


@pytest.mark.parametrize("period", [0, -30, True, 30.0, "30", None])
def test_a_step_has_a_length(period: int) -> None:
    """A token that counts presses has no time steps, and nobody divides by its 0."""
    with pytest.raises(MisuseError, match=r"^period_seconds: at least 1"):
        step_at(NOW, period)


# ------------------------------------------------------------------------------------------------------------ is_code


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("", False),
        ("12345", False),
        ("123456", True),
        ("000000", True),
        ("1234567", True),
        ("12345678", True),
        ("123456789", False),
        ("1234567890", False),
        ("１２３４５６", False),  # full-width
        ("12345６", False),
        ("١٢٣٤٥٦", False),  # Arabic-Indic
        ("१२३४५६", False),  # Devanagari
        ("𝟏𝟐𝟑𝟒𝟓𝟔", False),  # mathematical bold
        ("¹²³⁴⁵⁶", False),  # superscript
        ("①②③④⑤⑥", False),
        ("+12345", False),
        ("-12345", False),
        ("12345-", False),
        ("1e5000", False),
        ("0x1234", False),
        ("12_34_56", False),
        (" 123456", False),
        ("123456 ", False),
        ("123 456", False),
        ("123456\n", False),
        ("\n123456", False),
        ("123456\r\n", False),
        ("123456\x00", False),
        ("\x00\x00\x00\x00\x00\x00", False),
        ("12345\u200b6", False),
        ("12345\ud800", False),
        ("abcdef", False),
    ],
)
def test_a_code_is_six_to_eight_half_width_digits(text: str, *, good: bool) -> None:
    """Nothing is trimmed, folded or converted: what Python takes for a number is far wider (A19)."""
    assert is_code(text) is good


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=10) | st.from_regex(r"\d{5,9}", fullmatch=True))
def test_the_form_of_a_code_is_the_set_of_its_characters(text: str) -> None:
    """Any text: it is a code exactly if it has 6 to 8 characters and each is one of ten."""
    assert is_code(text) is (len(text) in (6, 7, 8) and set(text) <= set("0123456789"))


@pytest.mark.parametrize("char", ["1", "１", "\ud800"])
def test_ten_megabytes_are_judged_like_a_line(char: str) -> None:
    """The length is asked first."""
    huge = char * 10_000_000
    before = time.perf_counter()
    assert not is_code(huge)
    assert time.perf_counter() - before < 0.1
