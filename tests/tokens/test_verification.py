"""Judging one code: at login, and at enrollment."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

import attrs
import pytest
from hypothesis import given, settings

from okmate_auth.errors import MisuseError
from okmate_auth.tokens import (
    Accepted,
    OutOfStep,
    Position,
    Replayed,
    Verdict,
    Windows,
    Wrong,
    code_at,
    enroll,
    matching,
    resync,
    verify,
)
from tests.rounds import rounds
from tests.tokens.judges import FRESH, Judge, accepted, at, enroll_pressed, enroll_timed, pressed, timed
from tests.tokens.reference import enrolled, judged
from tests.tokens.samples import HOTP, LAST_COUNTER, NOW, STEP, at_step
from tests.tokens.situations import Situation, situations

MICROSECOND: Final = timedelta(microseconds=1)


# ------------------------------------------------------------------------------------------------------ what is said


@settings(max_examples=rounds(150, 2000))
@given(situations())
def test_a_code_is_judged_as_the_words_say(situation: Situation) -> None:
    """Any token, position, clock and code, broken records and odd texts included: the verdict of the reference."""
    assert verify(situation.entered, **situation.given) == judged(situation.entered, situation.token)


@settings(max_examples=rounds(150, 2000))
@given(situations())
def test_an_enrollment_is_judged_as_the_words_say(situation: Situation) -> None:
    """The same for the wider window, and what is learnt from it."""
    assert enroll(situation.entered, **situation.given) == enrolled(situation.entered, situation.token)


FAR: Final = (
    (-51, Wrong()),
    (-50, OutOfStep(STEP - 50)),
    (-2, OutOfStep(STEP - 2)),
    (-1, Accepted(STEP - 1, Position(next_counter=STEP, drift=-1))),
    (0, Accepted(STEP, Position(next_counter=STEP + 1))),
    (1, Accepted(STEP + 1, Position(next_counter=STEP + 2, drift=1))),
    (2, OutOfStep(STEP + 2)),
    (50, OutOfStep(STEP + 50)),
    (51, Wrong()),
)


@pytest.mark.parametrize(("steps", "verdict"), FAR)
def test_the_windows_of_time_steps_end_where_they_should(steps: int, verdict: Verdict) -> None:
    """One step either way is near, fifty are far, one more is neither (OTP-5)."""
    assert timed(at(STEP + steps)) == verdict


@pytest.mark.parametrize(
    ("presses", "verdict"),
    [
        (-51, Wrong()),
        (-50, Replayed(950)),
        (-2, Replayed(998)),
        (-1, Replayed(999)),
        (0, Accepted(1000, Position(next_counter=1001))),
        (10, Accepted(1010, Position(next_counter=1011))),
        (11, OutOfStep(1011)),
        (50, OutOfStep(1050)),
        (51, Wrong()),
    ],
)
def test_the_windows_of_presses_end_where_they_should(presses: int, verdict: Verdict) -> None:
    """Ten presses ahead are near, fifty are far; the fifty before are used (OTP-3, OTP-4, A09)."""
    assert pressed(at(1000 + presses)) == verdict


@pytest.mark.parametrize("steps", [-11, -10, 0, 10, 11])
def test_the_window_of_an_enrollment_is_wider(steps: int) -> None:
    """Ten steps either way, and the token's offset is learnt at once; drift is learnt later."""
    verdict = enroll_timed(at(STEP + steps))
    if abs(steps) > 10:
        assert verdict == OutOfStep(STEP + steps)
    else:
        assert verdict == Accepted(STEP + steps, Position(next_counter=STEP + steps + 1, offset=steps))


@pytest.mark.parametrize("presses", [-1, 0, 20, 21])
def test_the_window_of_an_enrollment_by_presses_has_its_own_width(presses: int) -> None:
    """As many presses as the profile says for enrollment, whatever it says for every day."""
    verdict = enroll_pressed(at(1000 + presses), windows=Windows(look_ahead=3, enrollment=20))
    expected: dict[int, Verdict] = {-1: Replayed(999), 21: OutOfStep(1021)}
    good = Accepted(1000 + presses, Position(next_counter=1001 + presses))
    assert verdict == expected.get(presses, good)


@pytest.mark.parametrize(("back", "ahead"), list(itertools.product(range(3), repeat=2)))
def test_a_code_lives_from_its_first_microsecond_to_its_last(back: int, ahead: int) -> None:
    """Accepted from ``ahead`` steps before its own to the end of the ``back``-th after it, to the microsecond (A11)."""
    windows = Windows(back=back, ahead=ahead)
    first, last = at_step(STEP - ahead), at_step(STEP + back + 1) - MICROSECOND
    for now, good in (
        (first - MICROSECOND, False),
        (first, True),
        (at_step(STEP), True),
        (last, True),
        (last + MICROSECOND, False),
    ):
        assert isinstance(timed(at(STEP), windows=windows, now=now), Accepted) is good


def test_before_1970_every_code_is_wrong() -> None:
    """A clock that shows a time before 1970 is broken: there is no step, whatever offset or window would reach one."""
    code = at(0)
    assert isinstance(timed(code, now=at_step(0)), Accepted)
    for judge in (timed, enroll_timed):
        for position in (FRESH, Position(offset=1), Position(drift=1)):
            assert judge(code, position=position, now=at_step(0) - MICROSECOND) == Wrong()
            assert judge(code, position=position, now=at_step(-(10**6))) == Wrong()


def test_a_clock_that_is_wrong_does_not_touch_a_token_that_counts_presses() -> None:
    """A token that counts presses has no time: the clock may even be naive, since nobody reads it."""
    for now in (at_step(-1), at_step(0), NOW.replace(tzinfo=None)):
        assert pressed(at(1000), now=now) == pressed(at(1000))
        assert enroll_pressed(at(1000), now=now) == enroll_pressed(at(1000))


# -------------------------------------------------------------------------------------------------- only once, only on


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_is_accepted_once(steps: int) -> None:
    """The same code again is a replay, and so is every earlier one of the window; a later one is not (A01, A03)."""
    position = accepted(timed(at(STEP + steps)))
    for earlier in range(STEP - 1, STEP + steps + 1):
        verdict = timed(at(earlier), position=attrs.evolve(position, drift=0))
        assert verdict == Replayed(earlier)
    assert isinstance(timed(at(STEP + steps + 1), position=position), Accepted)


def test_the_code_of_an_enrollment_is_used() -> None:
    """What enrolled a token logs nobody in (OTP-12)."""
    for enrolling, judge, counter in ((enroll_timed, timed, STEP), (enroll_pressed, pressed, 1000)):
        position = accepted(enrolling(at(counter)))
        assert judge(at(counter), position=position) == Replayed(counter)
        assert enrolling(at(counter), position=position) == Replayed(counter)
        assert isinstance(judge(at(counter + 1), position=position), Accepted)


def test_an_enrollment_takes_no_used_code() -> None:
    """A token that somebody else used a minute ago is not enrolled by the code he entered."""
    used = Position(next_counter=STEP + 3)
    assert enroll_timed(at(STEP + 2), position=used) == Replayed(STEP + 2)
    assert isinstance(enroll_timed(at(STEP + 3), position=used), Accepted)


@pytest.mark.parametrize("next_counter", [STEP - 1, STEP, STEP + 1, STEP + 2, LAST_COUNTER, LAST_COUNTER + 1])
def test_nothing_below_the_next_counter_is_accepted(next_counter: int) -> None:
    """Wherever a token stands, what is accepted is at or above it."""
    for counter in range(STEP - 1, STEP + 2):
        verdict = timed(at(counter), position=Position(next_counter=next_counter))
        assert verdict == Replayed(counter) if counter < next_counter else isinstance(verdict, Accepted)


@pytest.mark.parametrize("counter", [2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, LAST_COUNTER - 1])
def test_counters_go_on_where_a_smaller_type_would_end(counter: int) -> None:
    """One press after another over the ends of 31, 32 and 63 bits (A10)."""
    position = accepted(pressed(at(counter), position=Position(next_counter=counter)))
    assert position == Position(next_counter=counter + 1)
    assert accepted(pressed(at(counter + 1), position=position)) == Position(next_counter=counter + 2)


def test_after_the_last_counter_nothing_is_accepted() -> None:
    """The last counter is good once; then there is none, and 0 does not come again (RFC 4226 5.1, A10)."""
    position = accepted(pressed(at(LAST_COUNTER), position=Position(next_counter=LAST_COUNTER)))
    assert position == Position(next_counter=2**64)
    assert pressed(at(LAST_COUNTER), position=position) == Replayed(LAST_COUNTER)
    assert pressed(at(LAST_COUNTER - 1), position=position) == Replayed(LAST_COUNTER - 1)
    for counter in range(12):
        assert pressed(at(counter), position=position) == Wrong()
        assert enroll_pressed(at(counter), position=position) == Wrong()


def test_the_first_press_has_no_code_before_it() -> None:
    """At counter 0 the window does not reach below, nor around to the other end."""
    assert pressed(at(0), position=FRESH) == Accepted(0, Position(next_counter=1))
    assert pressed(at(LAST_COUNTER), position=FRESH) == Wrong()


def equal_codes(reach: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield seeds with two counters of one code, no further apart than the reach, from 1000 on."""
    for number in range(10_000):
        seed = number.to_bytes(20, "big")
        seen: dict[str, int] = {}
        for counter in range(1000, 1000 + reach + 1):
            code = code_at(seed, counter, HOTP)
            if code in seen:
                yield seed, seen[code], counter
            seen[code] = counter


def test_of_equal_codes_the_lowest_counter_that_is_still_good_is_taken() -> None:
    """By chance a code comes twice within a window: the token moves no further than it must, and each counts once."""
    seed, low, high = next(equal_codes(10))
    code = code_at(seed, low, HOTP)
    first = pressed(code, seed=seed)
    assert first == Accepted(low, Position(next_counter=low + 1))
    assert pressed(code, seed=seed, position=Position(next_counter=low)) == first
    second = pressed(code, seed=seed, position=Position(next_counter=low + 1))
    assert second == Accepted(high, Position(next_counter=high + 1))
    assert pressed(code, seed=seed, position=Position(next_counter=high + 1)) == Replayed(high)


def test_of_equal_codes_that_are_not_accepted_one_is_named() -> None:
    """Of two that were used the later one is told, of two that are out of step the earlier one."""
    seed, low, high = next(equal_codes(10))
    code, used = code_at(seed, low, HOTP), Position(next_counter=high + 1)
    assert enroll_timed(code, seed=seed, position=used, now=at_step(low + 5)) == Replayed(high)
    assert timed(code, seed=seed, position=used, now=at_step(low - 20)) == Replayed(high)
    assert timed(code, seed=seed, position=Position(next_counter=high), now=at_step(low - 20)) == OutOfStep(high)
    assert timed(code, seed=seed, now=at_step(low - 20)) == OutOfStep(low)
    assert pressed(code, seed=seed, position=Position(next_counter=low - 20)) == OutOfStep(low)


def test_a_code_that_is_good_near_by_is_not_taken_for_a_far_one() -> None:
    """Where a code matches a far counter below and a near one as well, it is the near one."""
    seed, low, high = next(equal_codes(30))
    code, stands = code_at(seed, low, HOTP), Position(next_counter=high)
    assert matching(seed, code, range(low, high + 1), HOTP) == (low, high)
    assert pressed(code, seed=seed, position=stands) == Accepted(high, Position(next_counter=high + 1))
    assert pressed(code, seed=seed, position=Position(next_counter=high + 1)) == Replayed(high)


# ------------------------------------------------------------------------------------------------------------- misuse


@pytest.mark.parametrize("bad", [None, 123456, b"123456", ["123456"]])
@pytest.mark.parametrize("judge", [timed, pressed, enroll_timed, enroll_pressed])
def test_only_text_is_judged(judge: Judge, bad: object) -> None:
    """Another type is the program's fault, and its value is not told."""
    with pytest.raises(MisuseError, match=r"^code must be text$"):
        judge(bad)


@pytest.mark.parametrize("judge", [timed, enroll_timed, partial(resync, second=at(STEP + 1), **timed.keywords)])
def test_a_naive_clock_is_refused(judge: Judge) -> None:
    """Steps would depend on where the server stands."""
    with pytest.raises(MisuseError, match=r"^instant: aware"):
        judge(at(STEP), now=NOW.replace(tzinfo=None))
