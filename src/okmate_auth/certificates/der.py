"""Where things lie in DER, for what cryptography decodes but does not hand out as the bytes it was signed with.

Only for bytes that cryptography's own strict parser has taken: this one finds boundaries and judges nothing.
"""

from __future__ import annotations

from typing import Final

import attrs
from cryptography import x509

PRINTABLE_STRING: Final = 0x13  # X.680 table 1, as the next
UTF8_STRING: Final = 0x0C
_EXPLICIT_VERSION: Final = 0xA0  # RFC 5280 4.1: [0] EXPLICIT Version, left out in version 1
_LONG_FORM: Final = 0x80  # X.690 8.1.3.5


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
        start, at = at, at + 2
        header = content[start:at]
        length = header[1] if len(header) == at - start else len(content)
        if length & _LONG_FORM:
            start_of_content = at + length % _LONG_FORM
            length, at = int.from_bytes(content[at:start_of_content], "big"), start_of_content
        if at + length > len(content):
            message = "DER that does not end where it says"
            raise ValueError(message)
        found.append(Element(header[0], content[at : at + length], content[start : at + length]))
        at += length
    return tuple(found)


def inside(der: bytes) -> tuple[Element, ...]:
    """Return the members of a SEQUENCE or SET.

    Raises:
        ValueError: It is not one value.
    """
    (outer,) = elements(der)
    return elements(outer.content)


def issuer_and_key(certificate: x509.Certificate) -> tuple[bytes, bytes]:
    """Return a certificate's issuer (Name) and SubjectPublicKeyInfo, the bytes that were signed (RFC 5280 4.1)."""
    fields = inside(certificate.tbs_certificate_bytes)
    if fields[0].tag == _EXPLICIT_VERSION:
        fields = fields[1:]
    _serial, _algorithm, issuer, _validity, _subject, key = fields[:6]
    return issuer.whole, key.whole


def string_tag(attribute: x509.NameAttribute[str | bytes]) -> int:
    """Return the tag of the ASN.1 string type that a name's attribute was written in (X.501: AttributeTypeAndValue)."""
    (rdn,) = inside(x509.Name([attribute]).public_bytes())
    (pair,) = elements(rdn.content)
    _oid, value = elements(pair.content)
    return value.tag
