"""The standards' own vectors, and two other implementations: what we compute is what everybody computes.

Both ways are compared: one code (``code_at``) and what a login does with it (``verify``); they are written apart.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import random
import shutil
import subprocess
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyotp import hotp, totp

from okmate_auth.tokens import (
    MINIMUM_SEED_BYTES,
    Accepted,
    Algorithm,
    Parameters,
    Position,
    Replayed,
    Windows,
    Wrong,
    code_at,
    matching,
    step_at,
    verify,
)
from tests.rounds import rounds
from tests.tokens.samples import ALGORITHMS, EPOCH, HOTP, LAST_COUNTER, NOW, SEED, parameters, vectors

EXACT: Final = Windows(back=0, ahead=0, look_ahead=0, enrollment=0, resync=1)
RFC4226: Final = vectors("rfc4226")
RFC6238: Final = vectors("rfc6238")
CODES_4226: Final[list[dict[str, Any]]] = RFC4226["codes"]
CODES_6238: Final[list[dict[str, Any]]] = RFC6238["codes"]

# ---------------------------------------------------------------------------------------------------------- RFC 4226


def test_both_tables_are_whole() -> None:
    """Ten counters of RFC 4226 appendix D; six times and three algorithms of RFC 6238 appendix B (OTP-1)."""
    assert [row["counter"] for row in CODES_4226] == list(range(10))
    times = (59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000)
    assert [(row["seconds"], row["algorithm"]) for row in CODES_6238] == [
        (seconds, algorithm) for seconds in times for algorithm in ALGORITHMS
    ]
    lengths = {algorithm: len(bytes.fromhex(seed)) for algorithm, seed in RFC6238["seeds"].items()}
    assert lengths == {"SHA1": 20, "SHA256": 32, "SHA512": 64}


@pytest.mark.parametrize("row", CODES_4226, ids=lambda row: str(row["counter"]))
def test_the_codes_of_rfc_4226_are_accepted(row: dict[str, Any]) -> None:
    """Each at its counter, at its place in a look-ahead window, and then never again (RFC 4226 appendix D)."""
    seed, counter, code = bytes.fromhex(RFC4226["seed"]), row["counter"], row["code"]
    assert code_at(seed, counter, HOTP) == code
    for start in range(counter + 1):
        verdict = verify(
            code,
            seed=seed,
            parameters=HOTP,
            position=Position(next_counter=start),
            windows=Windows(),
            now=NOW,
        )
        assert verdict == Accepted(counter, Position(next_counter=counter + 1))
    stands = Position(next_counter=counter + 1)
    again = verify(code, seed=seed, parameters=HOTP, position=stands, windows=Windows(), now=NOW)
    assert again == Replayed(counter)


@pytest.mark.parametrize("row", CODES_4226, ids=lambda row: str(row["counter"]))
def test_the_steps_to_a_code_are_those_of_rfc_4226(row: dict[str, Any]) -> None:
    """MAC, 31 bits of it, remainder: the table's numbers lead from one to the next, and to ours for 6 to 8 digits."""
    seed = bytes.fromhex(RFC4226["seed"])
    mac = hmac.digest(seed, row["counter"].to_bytes(8, "big"), "sha1")
    assert mac.hex() == row["mac"]
    for digits in (6, 7, 8):
        expected = str(row["truncated"])[-digits:].rjust(digits, "0")
        assert code_at(seed, row["counter"], Parameters(kind="hotp", digits=digits)) == expected


# ---------------------------------------------------------------------------------------------------------- RFC 6238


@pytest.mark.parametrize("row", CODES_6238, ids=lambda row: f"{row['seconds']}-{row['algorithm']}")
def test_the_codes_of_rfc_6238_are_accepted(row: dict[str, Any]) -> None:
    """Each at its instant, in its step and in no other, and then never again (RFC 6238 appendix B)."""
    seed, code = bytes.fromhex(RFC6238["seeds"][row["algorithm"]]), row["code"]
    what = Parameters(
        kind="totp",
        digits=RFC6238["digits"],
        period_seconds=RFC6238["period_seconds"],
        algorithm=row["algorithm"],
    )
    now, step = datetime.fromisoformat(row["utc"]), int(row["step"], 16)
    assert now == EPOCH + timedelta(seconds=row["seconds"])
    assert step_at(now, 30) == step
    assert code_at(seed, step, what) == code
    judged = {
        seconds: verify(
            code,
            seed=seed,
            parameters=what,
            position=Position(),
            windows=EXACT,
            now=EPOCH + timedelta(seconds=seconds),
        )
        for seconds in (30 * step, row["seconds"], 30 * step + 29)
    }
    assert set(judged.values()) == {Accepted(step, Position(next_counter=step + 1))}
    stands = Position(next_counter=step + 1)
    assert verify(code, seed=seed, parameters=what, position=stands, windows=EXACT, now=now) == Replayed(step)
    for steps in (-2, 2):
        other = now + timedelta(seconds=30 * steps)
        if other >= EPOCH:
            verdict = verify(code, seed=seed, parameters=what, position=Position(), windows=EXACT, now=other)
            assert verdict == Wrong()


def test_the_seeds_of_rfc_6238_are_as_long_as_its_hashes() -> None:
    """With the 20 bytes that its text names for all, the codes of SHA-256 and SHA-512 are others: its known erratum."""
    short = bytes.fromhex(RFC6238["seeds"]["SHA1"])
    for row in CODES_6238:
        what = Parameters(kind="totp", digits=8, period_seconds=30, algorithm=row["algorithm"])
        assert (code_at(short, int(row["step"], 16), what) == row["code"]) is (row["algorithm"] == "SHA1")


# -------------------------------------------------------------------------------------------------------------- pyotp


def theirs(seed: bytes, counter: int, what: Parameters) -> str:
    """Return what pyotp computes."""
    digest: Any = getattr(hashlib, what.algorithm.lower())
    return str(hotp.HOTP(base64.b32encode(seed).decode(), digits=what.digits, digest=digest).at(counter))


@settings(max_examples=rounds(100, 2000))
@given(
    st.binary(min_size=MINIMUM_SEED_BYTES, max_size=150),
    st.integers(0, LAST_COUNTER) | st.sampled_from([0, 1, 2**31, 2**32, 2**63, LAST_COUNTER]),
    parameters,
)
def test_pyotp_computes_the_same_codes(seed: bytes, counter: int, what: Parameters) -> None:
    """Any seed from 112 bits on, beyond the block of each hash too, any counter, digits and algorithm."""
    code = theirs(seed, counter, what)
    assert code_at(seed, counter, what) == code
    assert counter in matching(seed, code, range(counter - 3, counter + 4), what)


@settings(max_examples=rounds(50, 1000))
@given(
    st.binary(min_size=20, max_size=64),
    st.integers(0, 2**33),
    st.sampled_from([10, 30, 60, 120]),
    st.sampled_from(ALGORITHMS),
)
def test_pyotp_shows_the_same_code_at_the_same_time(
    seed: bytes, seconds: int, period: int, algorithm: Algorithm
) -> None:
    """What pyotp shows at an instant is accepted at that instant, and nowhere else than in its step."""
    what = Parameters(kind="totp", period_seconds=period, algorithm=algorithm)
    digest: Any = getattr(hashlib, algorithm.lower())
    code = str(totp.TOTP(base64.b32encode(seed).decode(), digest=digest, interval=period).at(seconds))
    now = EPOCH + timedelta(seconds=seconds)
    verdict = verify(code, seed=seed, parameters=what, position=Position(), windows=EXACT, now=now)
    assert verdict == Accepted(seconds // period, Position(next_counter=seconds // period + 1))


# ----------------------------------------------------------------------------------------------------------- oathtool


@pytest.fixture
def oathtool() -> str:
    """The program of the OATH Toolkit; a machine that is meant to check everything has it."""
    found = shutil.which("oathtool")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("oathtool is missing, and this machine is meant to check everything")
        pytest.skip("oathtool is not installed; it is the third implementation that codes are compared with")
    return found


def printed(*command: str) -> list[str]:
    """Return the lines that a program prints."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)  # noqa: S603 - our own words
    return done.stdout.split()


def test_oathtool_counts_alike(oathtool: str) -> None:
    """Codes of presses, for seeds of 80 to 1024 bits and 6 to 8 digits, over the ends of 31, 32, 63 and 64 bits."""
    draw = random.Random(4226)
    starts = [0, 2**31 - 2, 2**32 - 2, 2**63 - 2, LAST_COUNTER - 4]
    for number in range(rounds(40, 1000)):
        seed, digits = draw.randbytes(draw.choice([10, 14, 16, 20, 32, 64, 65, 128])), draw.randint(6, 8)
        start = starts[number] if number < len(starts) else draw.randrange(LAST_COUNTER - 4)
        shown = printed(oathtool, "-c", str(start), "-w", "4", "-d", str(digits), seed.hex())
        what = Parameters(kind="hotp", digits=digits)
        assert shown == [code_at(seed, counter, what) for counter in range(start, start + 5)]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_oathtool_tells_the_time_alike(oathtool: str, algorithm: Algorithm) -> None:
    """Codes of time steps, by each algorithm, for seeds on either side of its block, at the edges of steps."""
    draw = random.Random(6238)
    edges = [0, 29, 30, 59, 60, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 20_000_000_000]
    for number in range(rounds(30, 1000)):
        seed, digits = draw.randbytes(draw.choice([10, 20, 32, 63, 64, 65, 127, 128])), draw.randint(6, 8)
        period = draw.choice([10, 30, 60, 300])
        seconds = edges[number] if number < len(edges) else draw.randrange(20_000_000_000)
        shown = printed(
            oathtool,
            f"--totp={algorithm.lower()}",
            *("-d", str(digits), "-s", f"{period}s", "-N", f"@{seconds}", "-w", "2"),
            seed.hex(),
        )
        what = Parameters(kind="totp", digits=digits, period_seconds=period, algorithm=algorithm)
        now = EPOCH + timedelta(seconds=seconds)
        step = step_at(now, period)
        assert shown == [code_at(seed, step + ahead, what) for ahead in range(3)]
        verdict = verify(shown[0], seed=seed, parameters=what, position=Position(), windows=EXACT, now=now)
        assert verdict == Accepted(step, Position(next_counter=step + 1))


def test_the_seed_of_these_tests_is_an_ordinary_one() -> None:
    """It has the 160 bits that RFC 4226 R6 recommends, and is none of the standards'."""
    assert len(SEED) == 20
    assert SEED.hex() != RFC4226["seed"]
