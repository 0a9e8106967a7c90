"""The demo bank's CA: its own certificate, the server's, people's with their keys, and the list of what is revoked.

Rule 1. It is made anew for each folder. Whoever has a browser trust it trusts whoever can read its key, so that lies
        beside the data, for its owner alone, and goes away with it.
Rule 2. What it issues says what it is for and no more: servers' certificates are good for this machine's own names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final, Self

import attrs
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from okmate_auth.demo.issuer import key_usage, named
from okmate_auth.errors import ConfigurationError

__all__ = ["HOSTS", "Authority", "Issued"]

HOSTS: Final = ("localhost", "127.0.0.1", "::1")
"""The names of this machine that its loopback interface answers to."""

_CURVE: Final = ec.SECP256R1()
_LASTS: Final = timedelta(days=398)  # the longest that browsers take from a server (CA/Browser Forum, 6.3.2)
_LIST_LASTS: Final = timedelta(days=31)
_ORGANIZATION: Final = "okmate_auth demo"

_Usage = x509.BasicConstraints | x509.KeyUsage | x509.ExtendedKeyUsage | x509.SubjectAlternativeName


@attrs.frozen
class Issued:
    """A certificate with its key.

    Attributes:
        key: The private key.
        certificate: The certificate.
    """

    key: ec.EllipticCurvePrivateKey = attrs.field(repr=False)
    certificate: x509.Certificate

    def pem(self) -> bytes:
        """Return key and certificate as a server takes them, the key in the clear."""
        return _key_pem(self.key) + self.certificate.public_bytes(Encoding.PEM)

    def pkcs12(self, name: str, authority: x509.Certificate, passphrase: str) -> bytes:
        """Return what a browser imports.

        Args:
            name: What the browser's list calls it.
            authority: The CA's certificate, which goes along.
            passphrase: What the browser asks for; ASCII.
        """
        encryption = BestAvailableEncryption(passphrase.encode("ascii"))
        return pkcs12.serialize_key_and_certificates(
            name.encode("ascii"), self.key, self.certificate, [authority], encryption
        )


@attrs.frozen
class Authority:
    """A CA of one level.

    Attributes:
        own: Its certificate and key.
    """

    own: Issued

    @classmethod
    def made(cls, name: str, since: datetime) -> Self:
        """Return a new CA.

        Args:
            name: Its common name.
            since: When its certificate begins.
        """
        key = ec.generate_private_key(_CURVE)
        authority = (x509.BasicConstraints(ca=True, path_length=0), key_usage(ca=True))
        return cls(Issued(key, _signed(key, key, named(name, _ORGANIZATION), None, (since, since + _LASTS), authority)))

    @classmethod
    def read(cls, pem: bytes) -> Self:
        """Return the CA that :meth:`pem` wrote.

        Raises:
            ConfigurationError: It is no such text.
        """
        message = "the demo bank's CA can't be read; give another folder, or empty this one"
        try:
            key, certificate = load_pem_private_key(pem, None), x509.load_pem_x509_certificate(pem)
        except (ValueError, TypeError):
            raise ConfigurationError(message) from None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ConfigurationError(message)
        return cls(Issued(key, certificate))

    def pem(self) -> bytes:
        """Return key and certificate, the key in the clear."""
        return self.own.pem()

    @property
    def anchor(self) -> bytes:
        """Its certificate, DER: what a bank's trust is given."""
        return self.own.certificate.public_bytes(Encoding.DER)

    @property
    def certificate_pem(self) -> bytes:
        """Its certificate, PEM: what TLS asks clients for certificates of, and what a browser may be given."""
        return self.own.certificate.public_bytes(Encoding.PEM)

    def server(self, since: datetime) -> Issued:
        """Return a new certificate for this machine's loopback names."""
        names = [x509.DNSName(HOSTS[0]), *(x509.IPAddress(ip_address(host)) for host in HOSTS[1:])]
        return self._issued(HOSTS[0], since, since + _LASTS, ExtendedKeyUsageOID.SERVER_AUTH, names)

    def client(self, login_id: str, since: datetime, until: datetime) -> Issued:
        """Return a new certificate in whose name a login ID stands."""
        return self._issued(login_id, since, until, ExtendedKeyUsageOID.CLIENT_AUTH, ())

    def revoked(self, serials: Mapping[int, datetime], number: int, now: datetime) -> bytes:
        """Return a revocation list, DER.

        Args:
            serials: When each certificate was revoked, by its serial number.
            number: Of the list; a later one has a higher number.
            now: When it is issued; it is good for 31 days.
        """
        entries = (
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            for serial, at in serials.items()
        )
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self.own.certificate.subject,
            last_update=now,
            next_update=now + _LIST_LASTS,
            revoked_certificates=[*entries],
        )
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
        builder = builder.add_extension(_key_id(self.own.key), critical=False)
        return builder.sign(self.own.key, SHA256()).public_bytes(Encoding.DER)

    def _issued(
        self,
        name: str,
        since: datetime,
        until: datetime,
        purpose: x509.ObjectIdentifier,
        alternatives: Iterable[x509.GeneralName],
    ) -> Issued:
        key, names = ec.generate_private_key(_CURVE), [*alternatives]
        extensions: tuple[_Usage, ...] = (
            x509.BasicConstraints(ca=False, path_length=None),
            key_usage(ca=False),
            x509.ExtendedKeyUsage([purpose]),
            *((x509.SubjectAlternativeName(names),) if names else ()),
        )
        issuer = self.own.certificate.subject
        return Issued(key, _signed(key, self.own.key, named(name, _ORGANIZATION), issuer, (since, until), extensions))


def _signed(
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    name: x509.Name,
    issuer: x509.Name | None,
    lasts: tuple[datetime, datetime],
    extensions: tuple[_Usage, ...],
) -> x509.Certificate:
    builder = x509.CertificateBuilder(
        issuer_name=name if issuer is None else issuer,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=lasts[0],
        not_valid_after=lasts[1],
    )
    for extension in extensions:
        critical = isinstance(extension, x509.BasicConstraints | x509.KeyUsage)
        builder = builder.add_extension(extension, critical=critical)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.add_extension(_key_id(by), critical=False).sign(by, SHA256())


def _key_id(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
