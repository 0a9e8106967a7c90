"""Password hashing that costs nothing, for test suites."""

from __future__ import annotations

from typing import Final

import attrs

from okmate_auth.policies.kdf import Argon2Parameters


@attrs.frozen(kw_only=True)
class UnsafeArgon2Parameters(Argon2Parameters):
    """Argon2 parameters below the floor. ONLY FOR TESTS: such hashes are guessed by the million a second.

    By default the cheapest that Argon2 knows: 8 KiB, one pass, one lane (RFC 9106 section 3.1). Everything but the
    floor is checked as in :class:`~okmate_auth.policies.kdf.Argon2Parameters`.
    """

    memory_kib: int = 8
    iterations: int = 1

    def _refuse_below_floor(self) -> None:
        """Let everything pass; this is what makes the class unsafe."""


UNSAFE_CHEAPEST: Final = UnsafeArgon2Parameters()
