"""What a code is judged by: what is public about a token's codes, where its counter stands, how far one looks.

Parameters and windows are bounded when they are made, so that nothing behind them has to ask again. A position comes
out of the store: whatever its numbers are, judging by them takes a bounded time, and accepts nothing below the counter.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import attrs

from okmate_auth.errors import ConfigurationError

Kind = Literal["hotp", "totp"]
Algorithm = Literal["SHA1", "SHA256", "SHA512"]

FEWEST_DIGITS: Final = 6  # RFC 4226 R4 and 5.3: six at least, possibly seven or eight
MOST_DIGITS: Final = 8
SHORTEST_PERIOD_SECONDS: Final = 10  # ours, as the next: tokens are sold with 30 and 60 (RFC 6238 5.2 recommends 30)
LONGEST_PERIOD_SECONDS: Final = 300  # a profile is stricter
END_OF_COUNTERS: Final = 2**64  # RFC 4226 5.1: a counter has eight bytes; there is none after the last

MINIMUM_SEED_BYTES: Final = 14  # 112 bits: NIST SP 800-63B-4 3.1.4.1; RFC 4226 R6 asks for 128
LEGACY_SEED_BYTES: Final = 10  # 80 bits, as old tokens have them; by an explicit switch alone
MAXIMUM_SEED_BYTES: Final = 128  # ours: the block of SHA-512; what is longer is hashed first (RFC 2104 section 2)


@attrs.frozen(kw_only=True)
class Parameters:
    """What is public about a token's codes.

    Attributes:
        kind: ``hotp`` counts presses (RFC 4226), ``totp`` time steps (RFC 6238).
        digits: Of a code, 6 to 8.
        period_seconds: Length of a time step, 10 to 300; 0 for ``hotp``.
        algorithm: Of the HMAC.

    Raises:
        ConfigurationError: A field is out of its bounds.
    """

    kind: Kind
    digits: int = FEWEST_DIGITS
    period_seconds: int = 0
    algorithm: Algorithm = "SHA1"

    def __attrs_post_init__(self) -> None:
        for broken, message in (
            (self.kind not in get_args(Kind), "kind: hotp or totp"),
            (not _within(self.digits, FEWEST_DIGITS, MOST_DIGITS), "digits: 6 to 8 (RFC 4226 5.3)"),
            (self.kind == "hotp" and not _within(self.period_seconds, 0, 0), "period_seconds: 0 for hotp"),
            (
                self.kind == "totp"
                and not _within(self.period_seconds, SHORTEST_PERIOD_SECONDS, LONGEST_PERIOD_SECONDS),
                "period_seconds: 10 to 300 for totp",
            ),
            (self.algorithm not in get_args(Algorithm), "algorithm: SHA1, SHA256 or SHA512 (RFC 6238 1.2)"),
        ):
            if broken:
                raise ConfigurationError(message)


@attrs.frozen(kw_only=True)
class Position:
    """Where a token stands; it moves by an accepted code alone, and never back.

    Attributes:
        next_counter: The lowest counter (``hotp``) or time step (``totp``) that is still good; 2⁶⁴: none is.
        offset: Time steps from the clock to the token, found at enrollment or by two codes in a row.
        drift: Time steps learnt since, within :attr:`Windows.drift`.

    Sources: RFC 4226 7.2 and 7.4; RFC 6238 5.2 and 6.
    """

    next_counter: int = 0
    offset: int = 0
    drift: int = 0


@attrs.frozen(kw_only=True)
class Windows:
    """How far a code may be from the expected one; what a guesser hits grows with each of these numbers (A08).

    Attributes:
        back: Time steps accepted before the expected one, 0 to 2.
        ahead: Time steps accepted after it, 0 to 2.
        look_ahead: Presses accepted beyond the expected one, 0 to 20.
        enrollment: Time steps either way, or presses, at enrollment, where the token is in its holder's hand; to 20.
        resync: Time steps either way, or presses, for two codes in a row, and how far one code is looked for that only
            looks like drift; 1 to 100.
        drift: Time steps that may be learnt, either way, 0 to 20.

    Raises:
        ConfigurationError: A number is out of its bounds, or a wider window is narrower than a narrower one.

    Sources: RFC 6238 5.2 and 6; RFC 4226 7.2 and 7.4; the bounds are ours.
    """

    back: int = 1
    ahead: int = 1
    look_ahead: int = 10
    enrollment: int = 10
    resync: int = 50
    drift: int = 10

    def __attrs_post_init__(self) -> None:
        for field, least, most, source in (
            ("back", 0, 2, "RFC 6238 5.2 recommends one step at most"),
            ("ahead", 0, 2, "as back"),
            ("look_ahead", 0, 20, "RFC 4226 7.4: no more than is needed"),
            ("enrollment", 0, 20, "as look_ahead"),
            ("resync", 1, 100, "RFC 4226 7.4"),
            ("drift", 0, 20, "RFC 6238 6: the drift is limited"),
        ):
            if not _within(getattr(self, field), least, most):
                message = f"{field}: {least} to {most} ({source})"
                raise ConfigurationError(message)
        if self.enrollment < max(self.back, self.ahead, self.look_ahead):
            message = "enrollment: not narrower than the window of every day"
            raise ConfigurationError(message)
        if self.resync < self.enrollment:
            message = "resync: not narrower than enrollment"
            raise ConfigurationError(message)


def _within(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
