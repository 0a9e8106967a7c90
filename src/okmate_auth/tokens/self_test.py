"""Known answers: before a process judges codes it makes sure that it computes them as the standards say.

A build of OpenSSL, or a hand in this package, that computes something else would lock everybody out, or worse. The
answers are the standards' own, judged as a login judges them, and pyotp's, which shares nothing with ours.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from okmate_auth.errors import InfrastructureError
from okmate_auth.tokens.codes import EPOCH, code_at
from okmate_auth.tokens.parameters import Algorithm, Parameters, Position, Windows
from okmate_auth.tokens.verification import Accepted, verify

# RFC 4226 appendix D: this seed, counters 0 to 9.
HOTP_SEED: Final = b"12345678901234567890"
HOTP_CODES: Final = (
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
)  # fmt: skip
# RFC 6238 appendix B: seconds since 1970 and the codes of the three algorithms; the seeds are as long as the hashes.
TOTP_SEEDS: Final[dict[Algorithm, bytes]] = {
    "SHA1": HOTP_SEED,
    "SHA256": (HOTP_SEED * 2)[:32],
    "SHA512": (HOTP_SEED * 4)[:64],
}
TOTP_CODES: Final = (
    (59, ("94287082", "46119246", "90693936")),
    (1_111_111_109, ("07081804", "68084774", "25091201")),
    (20_000_000_000, ("65353130", "77737706", "47863826")),
)
_EXACT: Final = Windows(back=0, ahead=0, look_ahead=0, enrollment=0, resync=1, drift=0)


def self_test() -> None:
    """Make sure that codes are computed and judged as the standards say.

    Raises:
        InfrastructureError: They are not; this process must judge none.

    Source: RFC 4226 appendix D; RFC 6238 appendix B.
    """
    try:
        right = all(_answers())
    except ValueError as error:  # hashlib's, where a policy of the machine forbids an algorithm
        message = "one-time passwords can't be computed: an algorithm of RFC 6238 is not to be had here"
        raise InfrastructureError(message) from error
    if not right:
        message = "one-time passwords are not computed as RFC 4226 and RFC 6238 say"
        raise InfrastructureError(message)


def _answers() -> Iterator[bool]:
    """Yield whether each answer is the known one."""
    counting = Parameters(kind="hotp")
    for counter, code in enumerate(HOTP_CODES):
        yield _accepts(code, HOTP_SEED, counting, counter, seconds=0)
    for seconds, codes in TOTP_CODES:
        for (algorithm, seed), code in zip(TOTP_SEEDS.items(), codes, strict=True):
            timed = Parameters(kind="totp", digits=8, period_seconds=30, algorithm=algorithm)
            yield _accepts(code, seed, timed, seconds // 30, seconds=seconds)
            yield code_at(seed, seconds // 30, timed) == code == _theirs(seed, seconds, algorithm)


def _accepts(code: str, seed: bytes, parameters: Parameters, counter: int, *, seconds: int) -> bool:
    """Say whether a code is accepted where it must be, and no longer after it was."""
    now = EPOCH + timedelta(seconds=seconds)
    stands = Position(next_counter=counter)
    verdict = verify(code, seed=seed, parameters=parameters, position=stands, windows=_EXACT, now=now)
    if not isinstance(verdict, Accepted) or verdict.counter != counter:
        return False
    again = verify(code, seed=seed, parameters=parameters, position=verdict.position, windows=_EXACT, now=now)
    return not isinstance(again, Accepted)


def _theirs(seed: bytes, seconds: int, algorithm: str) -> str:
    from pyotp.totp import TOTP  # noqa: PLC0415 - importing it takes long; only who judges codes pays for that

    digest: Any = getattr(hashlib, algorithm.lower())
    return str(TOTP(base64.b32encode(seed).decode(), digits=8, digest=digest, interval=30).at(seconds))
