"""AES-256-GCM as it is used here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import MisuseError
from okmate_auth.keys import open_sealed, seal

keys = st.binary(min_size=32, max_size=32)
nonces = st.binary(min_size=12, max_size=12)
KEY = bytes(range(32))
SEALED = seal(KEY, bytes(12), b"the reply", b"repeat")


@given(keys, nonces, st.binary(max_size=200), st.binary(max_size=50))
def test_what_was_sealed_can_be_opened(key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> None:
    """Opening gives back any plaintext, and the sealed text is 28 bytes longer and starts with the nonce."""
    sealed = seal(key, nonce, plaintext, associated)
    assert open_sealed(key, sealed, associated) == plaintext
    assert len(sealed) == len(plaintext) + 28
    assert sealed.startswith(nonce)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    """Any byte of nonce, ciphertext or tag that differs makes it unreadable."""
    changed = bytearray(SEALED)
    changed[place] ^= change
    assert open_sealed(KEY, bytes(changed), b"repeat") is None


@given(st.integers(0, len(SEALED) - 1))
def test_a_cut_text_is_noticed(size: int) -> None:
    """Whatever is missing at the end, down to nothing at all, makes it unreadable and raises nothing."""
    assert open_sealed(KEY, SEALED[:size], b"repeat") is None


@pytest.mark.parametrize(("key", "associated"), [(bytes(32), b"repeat"), (KEY, b"other"), (KEY, b"")])
def test_another_key_or_purpose_opens_nothing(key: bytes, associated: bytes) -> None:
    """A sealed text moved to another place stays closed."""
    assert open_sealed(key, SEALED, associated) is None


def test_the_answer_is_the_standard_one() -> None:
    """Test case 14 of the GCM specification (McGrew and Viega): zero key, zero nonce, one zero block."""
    expected = bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919")
    assert seal(bytes(32), bytes(12), bytes(16), b"") == bytes(12) + expected


@pytest.mark.parametrize(
    ("key_size", "nonce_size"), [(31, 12), (33, 12), (16, 12), (0, 12), (32, 11), (32, 13), (32, 0)]
)
def test_other_lengths_are_misuse(key_size: int, nonce_size: int) -> None:
    """A shorter key or another nonce is never quietly accepted."""
    with pytest.raises(MisuseError, match="32 bytes and a nonce of 12"):
        seal(b"k" * key_size, b"n" * nonce_size, b"", b"")
    if key_size != 32:
        with pytest.raises(MisuseError, match="32 bytes"):
            open_sealed(b"k" * key_size, SEALED, b"repeat")
