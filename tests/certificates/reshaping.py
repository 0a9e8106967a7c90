"""Revocation lists that ``openssl ca`` does not write: its own, taken apart, changed, and signed by openssl again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from okmate_auth.certificates.der import elements, inside
from tests.certificates import openssl
from tests.certificates.openssl import Identity

SEQUENCE: Final = 0x30
BIT_STRING: Final = 0x03
EXTENSIONS: Final = 0xA0
TIMES: Final = (0x17, 0x18)  # UTCTime, GeneralizedTime

CRITICAL: Final = bytes.fromhex("0101ff")  # BOOLEAN TRUE
UNKNOWN_OID: Final = bytes.fromhex("06032a0304")  # 1.2.3.4
REASON_OID: Final = bytes.fromhex("0603551d15")  # 2.5.29.21
CERTIFICATE_ISSUER_OID: Final = bytes.fromhex("0603551d1d")  # 2.5.29.29


@attrs.frozen
class Parts:
    """What a list's issuer signs (RFC 5280 5.1), each part as DER.

    Attributes:
        head: Version, algorithm, issuer.
        times: thisUpdate, and nextUpdate where it is there.
        entries: Entries.
        extensions: The extensions, with the tag around them; empty: none.
    """

    head: tuple[bytes, bytes, bytes]
    times: tuple[bytes, ...]
    entries: tuple[bytes, ...]
    extensions: bytes

    @property
    def der(self) -> bytes:
        """All of them."""
        listed = value(SEQUENCE, *self.entries) if self.entries else b""
        return value(SEQUENCE, *self.head, *self.times, listed, self.extensions)


def reshaped(
    crl: bytes,
    signer: Identity,
    change: Callable[[Parts], Parts] = lambda parts: parts,
    *,
    outer: bytes | None = None,
    options: tuple[str, ...] = (),
) -> bytes:
    """Return a list with something else in it, signed with an identity's key over SHA-256.

    Args:
        crl: The list.
        signer: Whose key signs.
        change: What is changed.
        outer: The algorithm that is named beside the signature; by default the one that is signed.
        options: Further words for ``openssl dgst``.
    """
    signed, _algorithm, _signature = inside(crl)
    version, algorithm, issuer, *rest = elements(signed.content)
    parts = change(
        Parts(
            head=(version.whole, algorithm.whole, issuer.whole),
            times=tuple(one.whole for one in rest if one.tag in TIMES),
            entries=tuple(entry.whole for one in rest if one.tag == SEQUENCE for entry in elements(one.content)),
            extensions=b"".join(one.whole for one in rest if one.tag == EXTENSIONS),
        )
    )
    signature = openssl.run("dgst", "-sha256", "-sign", signer.key, *options, into=parts.der)
    named = parts.head[1] if outer is None else outer
    return value(SEQUENCE, parts.der, named, value(BIT_STRING, b"\0", signature))


def entry_with(entry: bytes, *extensions: bytes) -> bytes:
    """Return an entry with these extensions, its own replaced."""
    serial, date, *_own = inside(entry)
    return value(SEQUENCE, serial.whole, date.whole, value(SEQUENCE, *extensions))


def extension(oid: bytes, content: bytes, *, critical: bool = False) -> bytes:
    """Return an extension."""
    return value(SEQUENCE, oid, CRITICAL if critical else b"", value(0x04, content))


def value(tag: int, *content: bytes) -> bytes:
    """Return a value in DER."""
    whole = b"".join(content)
    size = len(whole)
    octets = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (bytes([size]) if size < 0x80 else bytes([0x80 | len(octets)]) + octets) + whole
