"""The throttles' records: a counter for each factor, two lanes in each."""

from __future__ import annotations

from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.records import Counter, Counters, Lane
from tests.stored_values import throttle, token_throttle


def test_a_factor_has_its_own_counter_and_a_fresh_one_at_first() -> None:
    """Nothing that was counted for one factor is seen by another."""
    mine = Counter(factor=LOGIN_PASSWORD, known=Lane(failures=1), others=Lane(failures=2))
    other = Counter(factor=CONFIRMATION_PASSWORD, known=Lane(failures=3))
    of_a_person, of_a_token = throttle(counters=(mine, other)), token_throttle(counters=(mine, other))
    both: Counters
    for both in (of_a_person, of_a_token):
        assert both.counter(LOGIN_PASSWORD) == mine
        assert both.counter(CONFIRMATION_PASSWORD) == other
        assert both.counter(CODE) == Counter(factor=CODE)


def test_a_counter_has_two_lanes() -> None:
    """Known browsers and all others are counted apart."""
    counter = Counter(factor=CODE, known=Lane(failures=1), others=Lane(failures=2))
    assert counter.lane("known") == Lane(failures=1)
    assert counter.lane("others") == Lane(failures=2)
