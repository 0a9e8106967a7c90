"""Sealing: what is stored so that only the holder of a key reads it, and nobody changes or moves it unseen.

AES-256-GCM, NIST SP 800-38D.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from okmate_auth.errors import MisuseError
from okmate_auth.keys.material import KEY_BYTES

NONCE_BYTES: Final = 12  # SP 800-38D section 5.2.1.1
TAG_BYTES: Final = 16  # SP 800-38D section 5.2.1.2, the longest


def seal(key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """Encrypt and authenticate.

    Args:
        key: 32 bytes.
        nonce: 12 bytes, never used twice with one key: two texts under one nonce give away both and the tags of all.
        plaintext: What only the holder of the key shall read.
        associated: What the sealed text belongs to; not in it, but needed to open it.

    Returns:
        Nonce, ciphertext and 16-byte tag.

    Raises:
        MisuseError: Key or nonce has another length.
    """
    if len(key) != KEY_BYTES or len(nonce) != NONCE_BYTES:
        message = f"sealing takes a key of {KEY_BYTES} bytes and a nonce of {NONCE_BYTES}"
        raise MisuseError(message)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, associated)


def open_sealed(key: bytes, sealed: bytes, associated: bytes) -> bytes | None:
    """Return what :func:`seal` encrypted; None if key or associated data differ, or anything was changed or cut.

    Raises:
        MisuseError: The key has another length.
    """
    if len(key) != KEY_BYTES:
        message = f"opening takes a key of {KEY_BYTES} bytes"
        raise MisuseError(message)
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        return None
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
    except InvalidTag:
        return None
