"""Where things lie in DER, for what cryptography decodes but does not hand out as the bytes it was signed with.

Only for bytes that cryptography's own strict parser has taken: this one finds boundaries and judges nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import attrs
from cryptography import x509

PRINTABLE_STRING: Final = 0x13  # X.680 table 1, as the next
UTF8_STRING: Final = 0x0C
_EXPLICIT_VERSION: Final = 0xA0  # RFC 5280 4.1: [0] EXPLICIT Version, left out in version 1
_LONG_FORM: Final = 0x80  # X.690 8.1.3.5
_MEMO: Final = 64  # ours: of certificates of 16 KiB at most; a bank's CAs are asked for most


@attrs.frozen
class Element:
    """A value in DER.

    Attributes:
        tag: Its identifier octet.
        content: What it holds.
        whole: All of its bytes, tag and length too.
    """

    tag: int
    content: bytes = attrs.field(repr=False)
    whole: bytes = attrs.field(repr=False)


def elements(content: bytes) -> tuple[Element, ...]:
    """Return the values that follow each other in some bytes.

    Raises:
        ValueError: They do not end where the bytes end.
    """
    found: list[Element] = []
    at = 0
    while at < len(content):
        start, (within, at) = at, bounds(content, at)
        found.append(Element(content[start], content[within:at], content[start:at]))
    return tuple(found)


def bounds(der: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the value at a place begins and ends.

    Raises:
        ValueError: It does not end within the bytes.
    """
    within = at + 2
    length = der[at + 1] if within <= len(der) else len(der)
    if length & _LONG_FORM:
        within, octets = within + length % _LONG_FORM, within
        length = int.from_bytes(der[octets:within], "big")
    if within + length > len(der):
        message = "DER that does not end where it says"
        raise ValueError(message)
    return within, within + length


def inside(der: bytes) -> tuple[Element, ...]:
    """Return the members of a SEQUENCE or SET.

    Raises:
        ValueError: It is not one value.
    """
    (outer,) = elements(der)
    return elements(outer.content)


@lru_cache(maxsize=_MEMO)
def issuer_and_key(certificate: x509.Certificate) -> tuple[bytes, bytes]:
    """Return a certificate's issuer (Name) and SubjectPublicKeyInfo, the bytes that were signed (RFC 5280 4.1).

    Remembered for the certificates asked for last: each is asked for several times in one verdict, CAs in each.
    """
    signed = certificate.tbs_certificate_bytes
    at, _end = bounds(signed, 0)
    if signed[at] == _EXPLICIT_VERSION:
        at = _after(signed, at, 1)
    issuer = _after(signed, at, 2)  # behind serial number and algorithm
    validity = _after(signed, issuer, 1)
    key = _after(signed, validity, 2)  # behind validity and subject
    return signed[issuer:validity], signed[key : _after(signed, key, 1)]


def _after(der: bytes, at: int, values: int) -> int:
    for _ in range(values):
        _, at = bounds(der, at)
    return at


def string_tag(attribute: x509.NameAttribute[str | bytes]) -> int:
    """Return the tag of the ASN.1 string type that a name's attribute was written in (X.501: AttributeTypeAndValue)."""
    (rdn,) = inside(x509.Name([attribute]).public_bytes())
    (pair,) = elements(rdn.content)
    _oid, value = elements(pair.content)
    return value.tag
