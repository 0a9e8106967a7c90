"""A hard token for tests and demonstrations: a display, a clock of its own that may be wrong, a button."""

from __future__ import annotations

import base64
import calendar
import hashlib
from datetime import timedelta
from typing import Any

from pyotp.hotp import HOTP

from okmate_auth.ports import Clock
from okmate_auth.tokens import MINIMUM_SEED_BYTES, Parameters

__all__ = ["VirtualToken"]


class VirtualToken:
    """Shows what a real token would; its codes come from pyotp, which shares nothing with what judges them.

    Args:
        serial: The serial number as printed on its back.
        seed: Its key.
        parameters: What is public about its codes.
        clock: The true time; only a token of time steps looks at it.

    Attributes:
        serial: As above.
        seed: As above; a real token shows it to nobody, and this one not in its ``repr``.
        parameters: As above.
        drift: How far its own clock is ahead of the true time; negative: behind. Set it as tests need it.
        counter: How often its button was pressed.
    """

    def __init__(self, serial: str, seed: bytes, parameters: Parameters, clock: Clock) -> None:
        self.serial = serial
        self.seed = seed
        self.parameters = parameters
        self.drift = timedelta(0)
        self.counter = 0
        self._clock = clock

    def code(self) -> str:
        """Return what its display shows now; looking twice changes nothing."""
        # pyotp refuses a seed under 112 bits, which old tokens have. HMAC puts zeros behind a key that is shorter than
        # the block (RFC 2104 section 2), so these change no code.
        secret = base64.b32encode(self.seed.ljust(MINIMUM_SEED_BYTES, b"\0")).decode()
        digest: Any = getattr(hashlib, self.parameters.algorithm.lower())
        display = HOTP(secret, digits=self.parameters.digits, digest=digest)
        if self.parameters.kind == "hotp":
            return str(display.at(self.counter))
        # Not by pyotp's TOTP, which refuses steps over two minutes (NIST SP 800-63B-4 3.1.4).
        seconds = calendar.timegm((self._clock() + self.drift).utctimetuple())
        return str(display.at(seconds // self.parameters.period_seconds))

    def press(self) -> str:
        """Press the button of a token that counts, and return what it shows then."""
        self.counter += 1
        return self.code()

    def __repr__(self) -> str:
        return f"VirtualToken({self.serial!r}, {self.parameters!r})"
