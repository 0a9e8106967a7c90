"""The certificates that a bank trusts by decision; whatever else is believed follows from them by signature."""

from __future__ import annotations

import hashlib
from typing import Final

import attrs
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from okmate_auth.certificates.chain import LARGEST_CERTIFICATE
from okmate_auth.certificates.extensions import extension, is_authority
from okmate_auth.certificates.hostile import attempt
from okmate_auth.certificates.signatures import issued
from okmate_auth.certificates.strength import strong_key, strong_signature
from okmate_auth.certificates.verifier import may_anchor
from okmate_auth.errors import ConfigurationError

MOST_ANCHORS: Final = 64  # ours: one bank's CAs and their successors, not a browser's list
_BLOCK: Final = b"-----BEGIN "


def _bounded(der: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if not isinstance(der, tuple):
        message = "trust anchors: a tuple of DER bytes, one each, not the names of files"
        raise ConfigurationError(message)
    if not 1 <= len(der) <= MOST_ANCHORS:
        message = f"trust anchors: 1 to {MOST_ANCHORS}"
        raise ConfigurationError(message)
    if len(set(der)) != len(der):
        message = "trust anchors: the same certificate is there twice"
        raise ConfigurationError(message)
    return der


def _parsed(anchors: TrustAnchors) -> tuple[x509.Certificate, ...]:
    return tuple(_anchor(number, one) for number, one in enumerate(anchors.der, start=1))


def _version(anchors: TrustAnchors) -> str:
    return hashlib.sha256(b"".join(sorted(hashlib.sha256(one).digest() for one in anchors.der))).hexdigest()


@attrs.frozen
class TrustAnchors:
    """The CAs whose client certificates a bank takes: bytes, fixed when it is made (CE-13).

    An anchor is trusted because it is configured, so its own signature counts for nothing: one over SHA-1 does no harm.
    What is beyond the verifier's reach is refused here, where an operator sees it, not at a customer's login: a CA's
    key is RSA of 2048 to 8192 bits, P-256, P-384 or P-521; not Ed25519. An anchor may be an intermediate CA. Its
    validity is judged with the rest of a path: an expired one anchors nothing.

    Attributes:
        der: The anchors, 1 to 64, each once; :meth:`from_pem` takes PEM.
        certificates: The same, parsed.
        version: SHA-256 over all of them whatever their order, 64 hexadecimal digits; anchors are equal if it is.

    Raises:
        ConfigurationError: There is none, or one is no CA to rely on; it says which and why.
    """

    der: tuple[bytes, ...] = attrs.field(converter=_bounded, repr=False, eq=False)
    certificates: tuple[x509.Certificate, ...] = attrs.field(
        init=False, default=attrs.Factory(_parsed, takes_self=True), repr=False, eq=False
    )
    version: str = attrs.field(init=False, default=attrs.Factory(_version, takes_self=True))

    @classmethod
    def from_pem(cls, text: bytes) -> TrustAnchors:
        """Return the anchors of a PEM file's content: certificates, and nothing else in armour.

        Raises:
            ConfigurationError: Also where a key, a request or a revocation list lies among them.
        """
        found = attempt(lambda: x509.load_pem_x509_certificates(text))
        if found is None or len(found) != text.count(_BLOCK):
            message = "trust anchors: PEM of certificates and nothing else"
            raise ConfigurationError(message)
        return cls(tuple(one.public_bytes(Encoding.DER) for one in found))


def _anchor(number: int, der: bytes) -> x509.Certificate:
    if not isinstance(der, bytes):
        message = f"trust anchor {number}: DER bytes, not the name of a file"
        raise ConfigurationError(message)
    certificate = attempt(lambda: x509.load_der_x509_certificate(der)) if len(der) <= LARGEST_CERTIFICATE else None
    defect = "not a certificate" if certificate is None else attempt(lambda: _defect(certificate))
    if certificate is None or defect != "":
        message = f"trust anchor {number}: {defect or 'can not be read'}"
        raise ConfigurationError(message)
    return certificate


def _defect(certificate: x509.Certificate) -> str:
    """Return what is wrong with an anchor; an empty text: nothing."""
    usage = extension(certificate, x509.KeyUsage)
    own = certificate.issuer == certificate.subject and strong_signature(certificate)  # else it is not relied on
    for broken, defect in (
        (certificate.version is not x509.Version.v3, "not of version 3 (RFC 5280 6.1.4(k))"),
        (not is_authority(certificate), "not a CA by its basicConstraints (RFC 5280 4.2.1.9)"),
        (usage is None or not usage.key_cert_sign, "no keyCertSign in its keyUsage (RFC 5280 4.2.1.3)"),
        (not certificate.subject.rdns, "no subject (RFC 5280 4.1.2.6)"),
        (
            certificate.not_valid_before_utc > certificate.not_valid_after_utc,
            "its validity ends before it begins (RFC 5280 4.1.2.5)",
        ),
        (not strong_key(certificate), "a weak key (ASVS 11.2.3)"),
        (
            isinstance(attempt(certificate.public_key), ed25519.Ed25519PublicKey),
            "an Ed25519 key, which no CA of a path may have",
        ),
        (own and not issued(certificate, certificate), "its own signature is not by its own key"),
        (not may_anchor(certificate), "an extension that the verifier lets no CA have"),
    ):
        if broken:
            return defect
    return ""
