"""What a client presented and its TLS handshake proved: certificates as bytes, nothing of them believed yet."""

from __future__ import annotations

import hashlib
from typing import Final, Literal

import attrs

from okmate_auth.errors import MisuseError

# Ours: what is longer is refused before anything of it is read (A69).
LARGEST_CERTIFICATE: Final = 16 * 1024
MOST_INTERMEDIATES: Final = 8

_SEQUENCE: Final = b"\x30"  # the first byte of every certificate's DER, which no text of PEM begins with
_ARMOUR: Final = b"-----BEGIN "  # RFC 7468

UnreadableReason = Literal["malformed", "duplicated", "too-large", "too-deep", "pem"]


def _bytes(value: bytes) -> bytes:
    if not isinstance(value, bytes):
        message = "a certificate is DER bytes"
        raise MisuseError(message)
    return value


def _all_bytes(value: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if not isinstance(value, tuple):
        message = "intermediates: a tuple of DER bytes"
        raise MisuseError(message)
    return tuple(_bytes(one) for one in value)


def _fingerprint(chain: CertificateChain) -> str:
    return hashlib.sha256(chain.leaf).hexdigest()


@attrs.frozen
class CertificateChain:
    """A client's certificate, and what it sent along; bounded, unread.

    Nothing in it says that the client has the leaf's key. That is TLS's word, so a chain goes into a ``Client`` only
    as a certificate source returned it (:mod:`okmate_auth.certificates.sources`).

    Attributes:
        leaf: The client's certificate, DER, 16 KiB at most.
        intermediates: What came with it, DER, in any order, eight at most; they are hints for the path, no more.
        fingerprint: SHA-256 of the leaf's DER, 64 hexadecimal digits: flows and sessions are bound to it.

    Raises:
        MisuseError: It is not bytes, or beyond the bounds; :func:`presented` answers that as a value.
    """

    leaf: bytes = attrs.field(converter=_bytes, repr=False)
    intermediates: tuple[bytes, ...] = attrs.field(converter=_all_bytes, default=(), repr=False)
    fingerprint: str = attrs.field(init=False, default=attrs.Factory(_fingerprint, takes_self=True))

    def __attrs_post_init__(self) -> None:
        reason = _beyond(self.leaf, self.intermediates)
        if reason is not None:
            message = f"a certificate chain is {reason}: present it with presented()"
            raise MisuseError(message)


@attrs.frozen
class Unreadable:
    """Something that claims to be a client's certificate and can't be taken for one; every command refuses it by form.

    Attributes:
        reason: ``malformed``, ``duplicated``, ``too-large``, ``too-deep``, or ``pem``: text in armour stands where DER
            is wanted; at a desk :func:`~okmate_auth.certificates.presented_pem` takes it.
    """

    reason: UnreadableReason


def presented(leaf: bytes, intermediates: tuple[bytes, ...] = ()) -> CertificateChain | Unreadable:
    """Return a chain, or why it is not read at all.

    Args:
        leaf: DER; text of a PEM file is ``pem``.
        intermediates: DER.

    Raises:
        MisuseError: It is not bytes.
    """
    leaf, intermediates = _bytes(leaf), _all_bytes(intermediates)
    reason = _beyond(leaf, intermediates)
    if reason is None and any(one[:1] != _SEQUENCE and _ARMOUR in one for one in (leaf, *intermediates)):
        return Unreadable("pem")
    return CertificateChain(leaf, intermediates) if reason is None else Unreadable(reason)


def _beyond(leaf: bytes, intermediates: tuple[bytes, ...]) -> Literal["malformed", "too-large", "too-deep"] | None:
    if len(intermediates) > MOST_INTERMEDIATES:
        return "too-deep"
    if any(len(one) > LARGEST_CERTIFICATE for one in (leaf, *intermediates)):
        return "too-large"
    return None if leaf else "malformed"
