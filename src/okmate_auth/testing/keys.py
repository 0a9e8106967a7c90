"""Keys that everybody knows, for test suites."""

from __future__ import annotations

import hashlib

from okmate_auth.keys import ENTROPY_BYTES
from okmate_auth.shells.keyring import KeyRing


def unsafe_keys(seed: str = "") -> KeyRing:
    """Return the same keys for the same seed. ONLY FOR TESTS: whoever reads this line has them."""
    return KeyRing.from_entropy(hashlib.shake_256(f"okmate_auth/unsafe/{seed}".encode()).digest(ENTROPY_BYTES))
