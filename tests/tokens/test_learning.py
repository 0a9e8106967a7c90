"""What an accepted code teaches about a token's clock, and where what was not accepted is looked for."""

from __future__ import annotations

import attrs
import pytest

from okmate_auth.tokens import Accepted, OutOfStep, Position, Windows, Wrong
from tests.tokens.judges import FRESH, accepted, at, enroll_pressed, enroll_timed, pressed, timed
from tests.tokens.samples import STEP, at_step


@pytest.mark.parametrize("bound", [0, 1, 2, 10])
@pytest.mark.parametrize("way", [-1, 1])
def test_drift_is_learnt_one_step_at_a_time_and_within_its_bound(bound: int, way: int) -> None:
    """Whoever has a code from the window's edge every time leads the token to the bound, and not one step on (A15)."""
    windows, position, clock = Windows(drift=bound), FRESH, STEP
    for turn in range(1, 15):
        clock += 5
        expected = clock + position.drift
        verdict = timed(at(expected + way), position=position, windows=windows, now=at_step(clock))
        position = accepted(verdict)
        assert position.drift == way * min(turn, bound)
        assert (position.offset, position.next_counter) == (0, expected + way + 1)


@pytest.mark.parametrize("offset", [-30, 0, 30])
def test_drift_is_counted_from_the_offset(offset: int) -> None:
    """What was found at enrollment stays as it was found; drift is what came since."""
    stands = Position(offset=offset, drift=2)
    after = accepted(timed(at(STEP + offset + 3), position=stands))
    assert after == Position(next_counter=STEP + offset + 4, offset=offset, drift=3)
    assert accepted(timed(at(STEP + offset + 1), position=stands)).drift == 1
    assert timed(at(STEP + offset), position=stands) == OutOfStep(STEP + offset)


def test_a_profile_that_allows_less_drift_holds_from_the_next_code_on() -> None:
    """A token that learnt ten steps under other rules keeps working where it stands, and is bounded then."""
    stands = Position(drift=10)
    after = accepted(timed(at(STEP + 10), position=stands, windows=Windows(drift=3)))
    assert after == Position(next_counter=STEP + 11, drift=3)


@pytest.mark.parametrize("drift", [-10, 0, 10])
def test_the_next_holder_enrolls_a_token_where_it_is_expected(drift: int) -> None:
    """A shared token that drifted is looked for around where logins find it, and its offset is learnt anew."""
    stands = Position(offset=5, drift=drift)
    for steps in (-10, 0, 10):
        found = STEP + 5 + drift + steps
        after = accepted(enroll_timed(at(found), position=stands))
        assert after == Position(next_counter=found + 1, offset=found - STEP)


def test_presses_teach_nothing_about_time() -> None:
    """A token that counts presses keeps whatever stands in the two fields that are not its own."""
    odd = Position(next_counter=1000, offset=3, drift=-2)
    for judge in (pressed, enroll_pressed):
        assert judge(at(1004), position=odd) == Accepted(1004, attrs.evolve(odd, next_counter=1005))


def test_what_looks_like_drift_is_found_around_the_clock_and_around_the_token() -> None:
    """A token whose clock was reset is found at the clock's time, one that went on at its own; between is nothing."""
    stands = Position(offset=300)
    for middle in (STEP, STEP + 300):
        for steps in (-50, 50):
            assert timed(at(middle + steps), position=stands) == OutOfStep(middle + steps)
        for steps in (-51, 51):
            assert timed(at(middle + steps), position=stands) == Wrong()
    assert timed(at(STEP + 150), position=stands) == Wrong()
