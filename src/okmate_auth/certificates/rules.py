"""What a bank demands of a client's certificate and of its path; never less than the defaults' floors."""

from __future__ import annotations

from typing import Final, Literal, get_args

import attrs
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from okmate_auth.certificates.chain import MOST_INTERMEDIATES
from okmate_auth.certificates.extensions import extension, is_authority
from okmate_auth.certificates.strength import LARGEST_RSA_BITS, SMALLEST_RSA_BITS, strong_key, strong_signature
from okmate_auth.errors import ConfigurationError

Misfit = Literal[
    "is-ca",
    "no-key-usage",
    "no-digital-signature",
    "key-cert-sign",
    "crl-sign",
    "no-extended-key-usage",
    "no-client-auth",
]
MISFITS: Final[tuple[Misfit, ...]] = get_args(Misfit)


@attrs.frozen(kw_only=True)
class PathRules:
    """Rules of a path, beyond those of RFC 5280 6.1, which no field can switch off.

    A client's certificate needs no subjectAltName: a bank's people are named by their subject.

    Attributes:
        usage: ``clientAuth``: extendedKeyUsage must be there and say so (RFC 5280 4.2.1.12 lets it be absent, this does
            not, or a certificate for signing mail would log in). ``None`` demands nothing of it: for conformance
            suites, whose certificates have none; no profile of a bank may.
        any_usage: Whether anyExtendedKeyUsage is as good as clientAuth.
        smallest_rsa_bits: 2048 to 8192; for every certificate of the path, the anchor too.
        most_intermediates: Between the client's certificate and the anchor, 0 to 8.

    Raises:
        ConfigurationError: A field is weaker than its floor, or contradicts another.

    Sources: RFC 5280 4.2.1.3, 4.2.1.12; ASVS 11.2.3.
    """

    usage: Literal["clientAuth"] | None = "clientAuth"
    any_usage: bool = False
    smallest_rsa_bits: int = SMALLEST_RSA_BITS
    most_intermediates: int = MOST_INTERMEDIATES

    def __attrs_post_init__(self) -> None:
        for broken, message in (
            (self.usage not in {"clientAuth", None}, "usage: clientAuth or None"),
            (not isinstance(self.any_usage, bool), "any_usage: True or False"),
            (self.any_usage is True and self.usage is None, "any_usage: says nothing where no usage is demanded"),
            (
                not _within(self.smallest_rsa_bits, SMALLEST_RSA_BITS, LARGEST_RSA_BITS),
                f"smallest_rsa_bits: {SMALLEST_RSA_BITS} to {LARGEST_RSA_BITS} (NIST SP 800-131A)",
            ),
            (
                not _within(self.most_intermediates, 0, MOST_INTERMEDIATES),
                f"most_intermediates: 0 to {MOST_INTERMEDIATES}",
            ),
        ):
            if broken:
                raise ConfigurationError(message)

    def strong(self, certificate: x509.Certificate, *, anchor: bool = False) -> bool:
        """Whether a certificate's key, and the signature on it unless it is an anchor, are strong enough."""
        return strong_key(certificate, self.smallest_rsa_bits) and (anchor or strong_signature(certificate))

    def fits(self, leaf: x509.Certificate) -> bool:
        """Whether a certificate is made for a client to prove who it is, and for nothing that a CA does.

        Raises:
            ValueError: Its extensions can't be read.
        """
        return not self.misfits(leaf)

    def misfits(self, leaf: x509.Certificate) -> tuple[Misfit, ...]:
        """Return what is wrong with a certificate's use, all of it; nothing where it fits.

        keyUsage must be there with digitalSignature, which is what TLS has a client's key do. RFC 5280 4.2.1.3 reads an
        absent one as "anything", keyCertSign too: too much for what is issued to a customer. A certificate of version 1
        can say none of it, and so never fits.

        Raises:
            ValueError: Its extensions can't be read.
        """
        usage = extension(leaf, x509.KeyUsage)
        purposes = extension(leaf, x509.ExtendedKeyUsage)
        table: tuple[tuple[bool, Misfit], ...] = (
            (is_authority(leaf), "is-ca"),
            (usage is None, "no-key-usage"),
            (usage is not None and not usage.digital_signature, "no-digital-signature"),
            (usage is not None and usage.key_cert_sign, "key-cert-sign"),
            (usage is not None and usage.crl_sign, "crl-sign"),
            (self.usage is not None and purposes is None, "no-extended-key-usage"),
            (self.usage is not None and purposes is not None and not self._used(purposes), "no-client-auth"),
        )
        return tuple(misfit for holds, misfit in table if holds)

    def _used(self, purposes: x509.ExtendedKeyUsage) -> bool:
        return ExtendedKeyUsageOID.CLIENT_AUTH in purposes or (
            self.any_usage and ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in purposes
        )


def _within(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
