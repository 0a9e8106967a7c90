"""What a client presented: bytes within bounds, or the reason why nothing of it is read."""

from __future__ import annotations

from typing import Any

import pytest

from okmate_auth.certificates import (
    LARGEST_CERTIFICATE,
    MOST_INTERMEDIATES,
    CertificateChain,
    Unreadable,
    presented,
)
from okmate_auth.errors import MisuseError

ONE = b"0"
FULL = bytes(LARGEST_CERTIFICATE)


@pytest.mark.parametrize(
    ("leaf", "intermediates", "reason"),
    [
        (ONE, (), None),
        (FULL, (), None),
        (FULL + ONE, (), "too-large"),
        (ONE, (FULL,) * MOST_INTERMEDIATES, None),
        (ONE, (ONE, FULL + ONE), "too-large"),
        (ONE, (ONE,) * (MOST_INTERMEDIATES - 1), None),
        (ONE, (ONE,) * (MOST_INTERMEDIATES + 1), "too-deep"),
        (b"", (), "malformed"),
    ],
)
def test_bounds(leaf: bytes, intermediates: tuple[bytes, ...], reason: str | None) -> None:
    """Up to 16 KiB each and eight intermediates are a chain, one more of either is none, however it is made."""
    chain = presented(leaf, intermediates)
    if reason is None:
        assert chain == CertificateChain(leaf, intermediates)
        return
    assert isinstance(chain, Unreadable)
    assert chain.reason == reason
    with pytest.raises(MisuseError, match=f"is {reason}"):
        CertificateChain(leaf, intermediates)


ARMOURED = b"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("leaf", "intermediates", "pem"),
    [
        (ARMOURED, (), True),
        (b"Certificate:\n Version: 3\n" + ARMOURED, (), True),  # openssl x509 -text
        (ONE, (ARMOURED,), True),
        (b"\x30" + ARMOURED, (), False),
        (ARMOURED[1:], (), False),
    ],
)
def test_pem_is_told_from_der(leaf: bytes, intermediates: tuple[bytes, ...], pem: bool) -> None:  # noqa: FBT001 - a column of the table
    """What begins like DER is never taken for PEM, whatever somebody wrote into a name; what is neither is no PEM."""
    assert (presented(leaf, intermediates) == Unreadable("pem")) is pem


@pytest.mark.parametrize(
    ("leaf", "intermediates"), [("0", ()), (None, ()), (bytearray(b"0"), ()), (ONE, [ONE]), (ONE, ONE), (ONE, ("0",))]
)
def test_bytes_alone(leaf: object, intermediates: object) -> None:
    """What is not bytes, or not a tuple of them, is the caller's mistake."""
    make: Any = presented
    with pytest.raises(MisuseError):
        make(leaf, intermediates)


def test_nothing_of_it_is_shown() -> None:
    """A chain shows its fingerprint and none of its bytes."""
    chain = CertificateChain(b"alice", (b"bank",))
    assert repr(chain) == f"CertificateChain(fingerprint='{chain.fingerprint}')"
