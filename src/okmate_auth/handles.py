"""Handles: random names that grant something to whoever holds them, and the hashes that are stored in their place.

Rule 1. A handle is 256 random bits as 43 characters of base64url; it never comes from anything but the random bits.
Rule 2. Only its hash is stored, under a domain of its own, so that a flow's handle can never be found as a session's
        (the thief of one gets nothing of the other) and a reader of the database gets no handle at all.

Source: ASVS 5.0 7.2.2-7.2.4, NIST SP 800-63B-4 5.1 (64 bits are the floor there).
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final, Literal

from okmate_auth.errors import MisuseError
from okmate_auth.secret import Secret

HANDLE_BYTES: Final = 32
Domain = Literal["flow", "session", "attempt"]
_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def mint(random: bytes) -> str:
    """Return 32 random bytes as a handle of 43 characters.

    Raises:
        MisuseError: There are not exactly 32 bytes.
    """
    if len(random) != HANDLE_BYTES:
        message = "a handle is made of 32 random bytes"
        raise MisuseError(message)
    return base64.urlsafe_b64encode(random)[:-1].decode("ascii")  # without the "="


def is_handle(text: str) -> bool:
    """Say whether a text has the form of a handle; looks at no more than 44 characters."""
    return len(text) == 43 and _FORM.fullmatch(text) is not None  # noqa: PLR2004 - 43 = ceil(256 / 6)


def stored(domain: Domain, handle: Secret, *, bank: str) -> str:
    """Return the hash under which a handle is stored: 43 characters of SHA-256 over domain, bank and text.

    The bank is part of it, so that what one bank of a deployment granted is unknown to every other.
    """
    return _hash(f"okmate_auth/{domain}/{len(bank)}:{bank}/", handle)


def browser_hash(browser: Secret) -> str:
    """Return the hash under which a browser's token is stored: 43 characters."""
    return _hash("okmate_auth/browser/", browser)


def _hash(domain: str, handle: Secret) -> str:
    return mint(hashlib.sha256(domain.encode() + handle.encoded()).digest())


def public_id(stored_handle: str) -> str:
    """Return the id under which what a handle leads to is listed: the first part of its hash, which grants nothing."""
    return stored_handle[:16]
