"""Finding a token by two codes that it showed one after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

import pytest
from hypothesis import given, settings

from okmate_auth.errors import MisuseError
from okmate_auth.tokens import Accepted, OutOfStep, Position, Verdict, Windows, Wrong, code_at, resync
from tests.rounds import rounds
from tests.tokens.judges import FRESH, PRESSED, at, timed
from tests.tokens.reference import resynchronized
from tests.tokens.samples import HOTP, LAST_COUNTER, NOW, SEED, STEP, TOTP, at_step
from tests.tokens.situations import Situation, situations
from tests.tokens.work import Work

Judge = Callable[..., Verdict]

found_timed: Final = partial(resync, seed=SEED, parameters=TOTP, position=FRESH, windows=Windows(), now=NOW)
found_pressed: Final = partial(resync, seed=SEED, parameters=HOTP, position=PRESSED, windows=Windows(), now=NOW)


def pair(counter: int) -> tuple[str, str]:
    """Return what the token of these tests shows at a counter, and at the next one."""
    return at(counter), at(counter + 1)


@settings(max_examples=rounds(100, 2000))
@given(situations())
def test_a_pair_is_judged_as_the_words_say(situation: Situation) -> None:
    """Any token, position, clock and two codes: what the reference finds, or nothing."""
    verdict = resync(situation.entered, situation.second, **situation.given)
    assert verdict == resynchronized(situation.entered, situation.second, situation.token)


@pytest.mark.parametrize("steps", [-51, -50, -1, 0, 1, 50, 51])
def test_a_token_of_time_steps_is_found_around_the_clock(steps: int) -> None:
    """Fifty steps either way; both codes are used, and where it stands is all offset."""
    verdict = found_timed(*pair(STEP + steps))
    found = Accepted(STEP + steps + 1, Position(next_counter=STEP + steps + 2, offset=steps + 1))
    assert verdict == (found if abs(steps) <= 50 else Wrong())


@pytest.mark.parametrize("presses", [-1, 0, 1, 50, 51])
def test_a_token_that_counts_is_found_ahead(presses: int) -> None:
    """From the next press to fifty beyond it; what was used before does not find it (RFC 4226 7.4)."""
    verdict = found_pressed(*pair(1000 + presses))
    found = Accepted(1001 + presses, Position(next_counter=1002 + presses))
    assert verdict == (found if 0 <= presses <= 50 else Wrong())


@pytest.mark.parametrize("offset", [-1000, -50, 0, 50, 1000])
def test_where_a_token_was_thought_to_be_does_not_matter(offset: int) -> None:
    """Offset and drift of before are forgotten: a token whose clock was set right is found at the clock."""
    verdict = found_timed(*pair(STEP + 7), position=Position(offset=offset, drift=9))
    assert verdict == Accepted(STEP + 8, Position(next_counter=STEP + 9, offset=8))


@pytest.mark.parametrize("steps", [-30, 0, 30])
def test_the_next_code_is_accepted_where_the_token_was_found(steps: int) -> None:
    """After a pair the token works again: its next code is right at the next step, and nothing before it is."""
    verdict = found_timed(*pair(STEP + steps))
    assert isinstance(verdict, Accepted)
    later = partial(timed, position=verdict.position, now=at_step(STEP + 2))
    assert isinstance(later(at(STEP + steps + 2)), Accepted)
    for used in pair(STEP + steps):
        assert not isinstance(later(used), Accepted)


PAIRS: Final[dict[str, tuple[str, str]]] = {
    "the wrong way round": (at(STEP + 1), at(STEP)),
    "one left out": (at(STEP), at(STEP + 2)),
    "the first twice": (at(STEP), at(STEP)),
    "the second twice": (at(STEP + 1), at(STEP + 1)),
    "first wrong": (at(STEP + 1000), at(STEP + 1)),
    "second wrong": (at(STEP), at(STEP + 1000)),
    "first missing": ("", at(STEP + 1)),
    "second missing": (at(STEP), ""),
    "first too short": (at(STEP)[1:], at(STEP + 1)),
    "second too long": (at(STEP), f"0{at(STEP + 1)}"),
    "first spaced": (f" {at(STEP)}", at(STEP + 1)),
    "second full-width": (at(STEP), at(STEP + 1).translate({48 + digit: 0xFF10 + digit for digit in range(10)})),
    "both missing": ("", ""),
    "both in one": (at(STEP) + at(STEP + 1), ""),
}
"""Pairs by which no token is found."""


@pytest.mark.parametrize("which", PAIRS)
def test_only_two_codes_in_a_row_find_a_token(which: str) -> None:
    """In order, nothing left out, both right and both spelled as the token shows them (OTP-4)."""
    assert isinstance(found_timed(*pair(STEP)), Accepted)
    assert found_timed(*PAIRS[which]) == Wrong()
    assert found_pressed(*PAIRS[which], position=Position(next_counter=STEP)) == Wrong()


def test_equal_codes_find_a_token_that_shows_them_in_a_row() -> None:
    """One code twice is refused, unless the token really shows the same twice, which happens once in a million."""
    seed, counter = (10_519).to_bytes(20, "big"), 1002  # the first that does, of seeds that are numbers
    code = code_at(seed, counter, HOTP)
    assert code_at(seed, counter + 1, HOTP) == code
    assert found_pressed(code, code, seed=seed) == Accepted(counter + 1, Position(next_counter=counter + 2))
    assert found_pressed(code, code) == Wrong()


@pytest.mark.parametrize("next_counter", [STEP - 1, STEP, STEP + 1, STEP + 2])
def test_a_used_code_finds_nothing(next_counter: int) -> None:
    """Both codes have to be at or above the next counter: whoever saw two of them gains nothing by them (A07)."""
    verdict = found_timed(*pair(STEP), position=Position(next_counter=next_counter))
    assert isinstance(verdict, Accepted) is (next_counter <= STEP)
    verdict = found_pressed(*pair(STEP), position=Position(next_counter=next_counter))
    assert isinstance(verdict, Accepted) is (next_counter <= STEP)


@pytest.mark.parametrize("counter", [2**31 - 1, 2**32 - 1, 2**63 - 1, LAST_COUNTER - 2])
def test_a_pair_may_stand_over_the_end_of_a_smaller_type(counter: int) -> None:
    """Over the ends of 31, 32 and 63 bits, and up to the last but one (A10)."""
    verdict = found_pressed(*pair(counter), position=Position(next_counter=counter))
    assert verdict == Accepted(counter + 1, Position(next_counter=counter + 2))


def test_no_pair_reaches_around_the_last_counter() -> None:
    """The last two counters are a pair, and leave nothing; the last one and 0 are none (RFC 4226 5.1)."""
    last = at(LAST_COUNTER - 1), at(LAST_COUNTER)
    stands = Position(next_counter=LAST_COUNTER - 1)
    assert found_pressed(*last, position=stands) == Accepted(LAST_COUNTER, Position(next_counter=2**64))
    assert found_pressed(at(LAST_COUNTER), at(0), position=Position(next_counter=LAST_COUNTER)) == Wrong()
    assert found_pressed(*last, position=Position(next_counter=2**64)) == Wrong()


def test_before_1970_nothing_is_found() -> None:
    """A clock that shows a time before 1970 is broken; from its first second on a token is found."""
    assert isinstance(found_timed(*pair(0), now=at_step(0)), Accepted)
    assert found_timed(*pair(0), now=at_step(0) - timedelta(microseconds=1)) == Wrong()


def test_one_code_that_is_out_of_step_is_found_by_a_pair() -> None:
    """Whatever one code shows to be out of step around the clock, two of them put right: the two windows are one."""
    for steps in (-50, -2, 2, 50):
        assert timed(at(STEP + steps)) == OutOfStep(STEP + steps)
        assert isinstance(found_timed(*pair(STEP + steps)), Accepted)


@pytest.mark.parametrize(
    ("judge", "codes"),
    [(found_timed, 2 * 101), (partial(found_pressed, position=Position(next_counter=STEP)), 2 * 51)],
)
def test_every_pair_takes_as_many_codes(judge: Judge, codes: int, work: Work) -> None:
    """Found at either end, or not, by both, one or none of the codes: one call computes the same."""
    entered = [*PAIRS.values(), *(pair(STEP + steps) for steps in (-50, -1, 0, 1, 49, 50))]
    assert {work.codes(partial(judge, *each)) for each in entered} == {codes}


@pytest.mark.parametrize("bad", [None, 123456, b"123456"])
@pytest.mark.parametrize("judge", [found_timed, found_pressed])
def test_only_text_is_judged(judge: Judge, bad: object) -> None:
    """Another type in place of either code is the program's fault."""
    for entered in ((bad, at(STEP)), (at(STEP), bad)):
        with pytest.raises(MisuseError, match=r"^code must be text$"):
            judge(*entered)
