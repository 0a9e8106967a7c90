"""Handles: 256 random bits, their form, and the hashes that are stored in their place."""

from __future__ import annotations

import base64
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import MisuseError
from okmate_auth.handles import HANDLE_BYTES, Domain, is_handle, mint, public_id, stored
from okmate_auth.secret import Secret

random_bytes = st.binary(min_size=HANDLE_BYTES, max_size=HANDLE_BYTES)


@given(random_bytes)
def test_a_handle_holds_all_its_random_bits(bits: bytes) -> None:
    """Every bit of the 256 is in the 43 characters, so two handles are as different as their bits."""
    handle = mint(bits)
    assert is_handle(handle)
    assert base64.urlsafe_b64decode(handle + "=") == bits


@pytest.mark.parametrize("size", [0, 1, 31, 33, 64])
def test_a_handle_is_made_of_exactly_32_bytes(size: int) -> None:
    """Fewer bits could be guessed, more would make another form: both are the program's mistake (ASVS 5.0 7.2.3)."""
    with pytest.raises(MisuseError, match="32 random bytes"):
        mint(b"\x01" * size)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 42,
        "A" * 44,
        "A" * 43 + "\n",
        "A" * 42 + "=",
        "A" * 42 + " ",
        "A" * 42 + "+",
        "A" * 42 + "/",
        "A" * 42 + "\x00",
        "A" * 42 + "é",
        "A" * 42 + "Ａ",
        "A" * 42 + "１",
        "A" * 42 + "\ud800",
    ],
)
def test_anything_else_is_no_handle(text: str) -> None:
    """43 characters of base64url in ASCII, and not one more: nothing else is ever looked up."""
    assert not is_handle(text)


@given(st.text(alphabet=st.characters(exclude_categories=()), min_size=40, max_size=45))
def test_a_handle_has_the_alphabet_of_base64url(text: str) -> None:
    """The form is exactly the alphabet of RFC 4648 section 5 without padding."""
    alphabet = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert is_handle(text) is (len(text) == 43 and set(text) <= alphabet)


@given(random_bytes)
def test_the_same_handle_has_another_hash_in_every_domain(bits: bytes) -> None:
    """A flow's handle is never found as a session's, an attempt's or a browser's (Rule 2)."""
    handle = Secret(mint(bits))
    hashes = [stored(domain, handle, bank="") for domain in get_args(Domain)]
    assert len({*hashes, handle.reveal()}) == len(hashes) + 1
    assert all(is_handle(one) for one in hashes)
    assert hashes == [stored(domain, Secret(handle.reveal()), bank="") for domain in get_args(Domain)]


@given(random_bytes, st.integers(0, 255))
def test_one_flipped_bit_leads_elsewhere(bits: bytes, bit: int) -> None:
    """A handle with a single bit changed has another hash, so it is unknown."""
    flipped = bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(bits))
    assert stored("session", Secret(mint(bits)), bank="") != stored("session", Secret(mint(flipped)), bank="")


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=5))
def test_any_text_has_a_hash(text: str) -> None:
    """Lone surrogates and NUL included: what is asked to be hashed never crashes the asker."""
    assert is_handle(stored("flow", Secret(text), bank=""))


def test_the_listed_id_grants_nothing() -> None:
    """A list shows 96 bits of a hash: enough to tell sessions apart, useless as a handle."""
    hashed = stored("session", Secret(mint(b"\x01" * 32)), bank="")
    assert hashed.startswith(public_id(hashed))
    assert len(public_id(hashed)) == 16
    assert not is_handle(public_id(hashed))
