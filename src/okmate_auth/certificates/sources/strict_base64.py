"""Base64 that has one spelling: the alphabet, the padding and the last bits are exactly those of RFC 4648."""

from __future__ import annotations

import binascii
from typing import Final

from okmate_auth.certificates.chain import LARGEST_CERTIFICATE

LONGEST: Final = (LARGEST_CERTIFICATE + 2) // 3 * 4
"""How many characters the largest certificate has: what is longer need not be decoded to be refused."""


def decoded(text: bytes) -> bytes | None:
    """Return the bytes that a text says; None where another text would say them too, or it says none.

    Base64 of RFC 4648 4, padded, without line ends, last bits zero (3.5). Stricter than RFC 8941 4.2.7, which lets a
    reader forgive padding and last bits: what the proxy and we might read differently is not read.

    Args:
        text: At most as much as the caller is ready to decode.
    """
    try:
        found = binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        return None
    return found if binascii.b2a_base64(found, newline=False) == text else None
