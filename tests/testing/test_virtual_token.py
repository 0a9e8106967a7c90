"""VirtualToken: shows what a real token would, and tells nothing else."""

from __future__ import annotations

import base64
from datetime import timedelta

import attrs
import pytest

from okmate_auth.testing import FakeClock, VirtualToken
from okmate_auth.tokens import (
    LEGACY_SEED_BYTES,
    MINIMUM_SEED_BYTES,
    Accepted,
    Algorithm,
    OutOfStep,
    Parameters,
    Position,
    Verdict,
    Windows,
    code_at,
    verify,
)
from tests.tokens.samples import ALGORITHMS, HOTP, SEED, TOTP, at_step

SERIAL = "TK-000001"
STEP = 56_789_012


def entered(token: VirtualToken, clock: FakeClock, position: Position) -> Verdict:
    """Return what is said to the code on a display."""
    return verify(
        token.code(),
        seed=token.seed,
        parameters=token.parameters,
        position=position,
        windows=Windows(),
        now=clock(),
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("digits", [6, 7, 8])
@pytest.mark.parametrize("period", [10, 30, 60, 120, 300])
def test_it_shows_the_code_of_the_time(algorithm: Algorithm, digits: int, period: int) -> None:
    """Whatever a token may be, its display changes with the step, to the microsecond."""
    what = Parameters(kind="totp", digits=digits, period_seconds=period, algorithm=algorithm)
    clock = FakeClock()
    token = VirtualToken(SERIAL, SEED, what, clock)
    begins, ends = at_step(STEP, what), at_step(STEP + 1, what)
    moment = timedelta(microseconds=1)
    for now, step in ((begins - moment, -1), (begins, 0), (ends - moment, 0), (ends, 1)):
        clock.set(now)
        assert token.code() == token.code() == code_at(SEED, STEP + step, what)


@pytest.mark.parametrize(
    ("drift", "steps"),
    [(-600, -20), (-31, -2), (-30, -1), (-1, -1), (0, 0), (29, 0), (30, 1), (59, 1), (60, 2), (600, 20)],
)
def test_its_clock_may_be_wrong_by_as_much_as_a_test_says(drift: int, steps: int) -> None:
    """Ahead where the drift is positive, behind where it is negative; it may be set, and set right, at any time."""
    clock = FakeClock(at_step(STEP))
    token = VirtualToken(SERIAL, SEED, TOTP, clock)
    right = token.code()
    token.drift = timedelta(seconds=drift)
    assert token.code() == code_at(SEED, STEP + steps, TOTP)
    assert isinstance(entered(token, clock, Position()), Accepted if abs(steps) <= 1 else OutOfStep)
    token.drift = timedelta(0)
    assert token.code() == right


def test_its_button_counts() -> None:
    """Looking changes nothing, a press shows the next code, and where it was counted to can be set."""
    clock = FakeClock()
    token = VirtualToken(SERIAL, SEED, HOTP, clock)
    assert token.code() == token.code() == code_at(SEED, 0, HOTP)
    assert [token.press() for _ in range(3)] == [code_at(SEED, counter, HOTP) for counter in (1, 2, 3)]
    assert token.counter == 3
    clock.advance(timedelta(days=1))
    assert token.code() == code_at(SEED, 3, HOTP)
    token.counter = 2**63
    assert token.press() == code_at(SEED, 2**63 + 1, HOTP)
    assert entered(token, clock, Position(next_counter=2**63)) == Accepted(2**63 + 1, Position(next_counter=2**63 + 2))


def test_the_button_of_a_token_of_time_steps_changes_nothing() -> None:
    """It lights the display up."""
    token = VirtualToken(SERIAL, SEED, TOTP, FakeClock())
    assert token.press() == token.code()


@pytest.mark.parametrize("length", [1, LEGACY_SEED_BYTES, MINIMUM_SEED_BYTES - 1, MINIMUM_SEED_BYTES, 64, 65, 128])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_old_tokens_have_short_seeds(length: int, algorithm: Algorithm) -> None:
    """A seed that pyotp would refuse gives the codes of that seed, and so does one that is longer than a block."""
    seed, what = bytes(range(1, length + 1)), attrs.evolve(HOTP, algorithm=algorithm)
    token = VirtualToken(SERIAL, seed, what, FakeClock())
    assert token.code() == code_at(seed, 0, what)


@pytest.mark.parametrize("what", [HOTP, TOTP])
def test_it_tells_its_serial_number_and_nothing_secret(what: Parameters) -> None:
    """What a failing test prints holds no seed, in no spelling, and no code."""
    token = VirtualToken(SERIAL, SEED, what, FakeClock())
    said = f"{token!r} {token}"
    assert SERIAL in said
    assert what.kind in said
    for secret in (SEED.hex(), str(SEED), SEED.decode(), base64.b32encode(SEED).decode(), token.code()):
        assert secret.lower() not in said.lower()
