"""How much is computed does not tell why a code was refused, and nobody else can make it more."""

from __future__ import annotations

import time
from functools import partial
from typing import Final

import attrs
import pytest

from okmate_auth.tokens import Accepted, OutOfStep, Position, Replayed, Windows, Wrong
from tests.tokens.judges import FRESH, Judge, at, enroll_pressed, enroll_timed, pressed, timed
from tests.tokens.samples import LAST_COUNTER, STEP
from tests.tokens.work import Work

OUTCOMES: Final[dict[str, str]] = {
    "accepted first": at(STEP - 2),
    "accepted last": at(STEP + 2),
    "replayed": at(STEP - 1),
    "late": at(STEP - 50),
    "ahead": at(STEP + 50),
    "wrong": at(STEP + 1000),
    "no code": "",
    "too short": "12345",
    "too long": "12345678",
    "full-width": "１２３４５６",
    "huge": "1" * 1_000_000,
}


@pytest.mark.parametrize("offset", [0, 1, 49, 99, 100, 101, -100, -101, 10**6, -(10**30)])
@pytest.mark.parametrize(("judge", "reach"), [(timed, 2), (enroll_timed, 10)])
def test_every_refusal_takes_as_many_codes(judge: Judge, reach: int, offset: int, work: Work) -> None:
    """Replayed, out of step, wrong or no code: one call computes the same; a right code takes its window alone."""
    windows, refused, accepted = Windows(back=2, ahead=2), set[int](), set[int]()
    for position in (FRESH, Position(next_counter=STEP), Position(next_counter=STEP + 5)):
        stands = attrs.evolve(position, offset=offset)
        for code in OUTCOMES.values():
            call = partial(judge, code, position=stands, windows=windows)
            (accepted if isinstance(call(), Accepted) else refused).add(work.codes(call))
    near = range(STEP + offset - reach, STEP + offset + reach + 1)
    around = {*range(STEP - 50, STEP + 51), *range(STEP + offset - 50, STEP + offset + 51)}
    existing = [sum(0 <= counter <= LAST_COUNTER for counter in counters) for counters in (near, around)]
    assert refused == {sum(existing)}
    assert accepted <= {existing[0]}


@pytest.mark.parametrize(("judge", "ahead"), [(pressed, 10), (enroll_pressed, 10)])
def test_every_refusal_of_presses_takes_as_many_codes(judge: Judge, ahead: int, work: Work) -> None:
    """The same for a token that counts presses."""
    near, counters = ahead + 2, (949, 950, 998, 999, 1000, 1005, 1010, 1011, 1050, 1051)
    taken: dict[bool, set[int]] = {True: set(), False: set()}
    for code in ["", "12345", *map(at, counters)]:
        call = partial(judge, code)
        taken[isinstance(call(), Accepted)].add(work.codes(call))
    assert taken == {True: {near}, False: {near + 101}}


def test_outcomes_are_those_that_they_are_called() -> None:
    """The table above has every verdict in it: or it would say nothing about them."""
    windows, stands = Windows(back=2, ahead=2), Position(next_counter=STEP)
    verdicts = {name: type(timed(code, position=stands, windows=windows)) for name, code in OUTCOMES.items()}
    assert verdicts["replayed"] is Replayed
    assert verdicts["late"] is Replayed
    assert verdicts["ahead"] is OutOfStep
    assert {verdicts[name] for name in ("wrong", "no code", "too short", "too long", "full-width", "huge")} == {Wrong}
    for name in ("accepted first", "accepted last"):
        assert isinstance(timed(OUTCOMES[name], windows=windows), Accepted)


@pytest.mark.parametrize("number", [-(2**200), -(2**63), -1, 2**63, 2**64, 2**64 + 1, 2**200])
@pytest.mark.parametrize("field", ["next_counter", "offset", "drift"])
def test_numbers_that_nobody_should_have_stored_take_no_longer(number: int, field: str) -> None:
    """Whoever writes into the store can't make a login take longer, fail by an exception, or accept what is used."""
    stands = attrs.evolve(Position(next_counter=1000), **{field: number})
    before = time.perf_counter()
    for judge, counter in ((timed, STEP), (enroll_timed, STEP), (pressed, 1000), (enroll_pressed, 1000)):
        verdict = judge(at(counter), position=stands)
        assert not isinstance(verdict, Accepted) or verdict.counter >= stands.next_counter
    assert time.perf_counter() - before < 0.5
