"""The login ID in a certificate's subject, read from the parsed name and never from its text form (A70)."""

from __future__ import annotations

from typing import Final

import attrs
from cryptography import x509
from cryptography.x509.oid import NameOID

from okmate_auth.certificates.der import PRINTABLE_STRING, UTF8_STRING, string_tag
from okmate_auth.certificates.hostile import attempt
from okmate_auth.errors import ConfigurationError

LONGEST_VALUE: Final = 64  # RFC 5280 appendix A.1, ub-common-name
LONGEST_PREFIX: Final = 32  # ours


@attrs.frozen(kw_only=True)
class SubjectRule:
    """Where a bank's CA writes a client's login ID.

    Attributes:
        attribute: Of the subject; the common name by default.
        prefix: What stands before the ID in its value, such as ``NCB``: up to 32 printable characters of ASCII,
            compared as they are.

    Raises:
        ConfigurationError: A field is not as said.
    """

    attribute: x509.ObjectIdentifier = NameOID.COMMON_NAME
    prefix: str = ""

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.attribute, x509.ObjectIdentifier):
            message = "attribute: an object identifier"
            raise ConfigurationError(message)
        if not _plain(self.prefix, LONGEST_PREFIX):
            message = f"prefix: up to {LONGEST_PREFIX} printable characters of ASCII"
            raise ConfigurationError(message)

    def login_id(self, name: x509.Name) -> str | None:
        """Return what stands for the login ID in a subject, or None where a subject leaves any doubt.

        The subject must have the attribute once, in an RDN of its own (a multi-valued one has no order), as a
        PrintableString or UTF8String of up to 64 printable characters of ASCII, and more than the prefix. Everything
        else has been read in two ways by two programs before: a NUL that ends a name (CVE-2009-2408), two common names,
        one that spells out ``CN=a,OU=b``, BMPString and TeletexString.

        It is text and no more: whether it has the form of a login ID is for the caller to ask.
        """
        rdns = [rdn for rdn in name.rdns if rdn.get_attributes_for_oid(self.attribute)]
        if len(rdns) != 1 or len(rdns[0]) != 1:
            return None
        (attribute,) = rdns[0]
        if attempt(lambda: string_tag(attribute)) not in {PRINTABLE_STRING, UTF8_STRING}:
            return None
        value = attribute.value
        if not isinstance(value, str) or not _plain(value, LONGEST_VALUE) or not value.startswith(self.prefix):
            return None
        return value.removeprefix(self.prefix) or None


def _plain(text: object, longest: int) -> bool:
    return isinstance(text, str) and len(text) <= longest and text.isascii() and text.isprintable()
