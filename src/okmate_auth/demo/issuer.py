"""The story's CA: it issues certificates, revokes them, and lays its list where the bank looks for it.

Rule 1. It is made anew for each show, and its key is never written: whatever a bank kept of the story trusts, nobody
        can issue any more.
Rule 2. Whoever holds a certificate holds its key. A story has no TLS to prove that, so its roles are taken at their
        word; a bank's page never is (:mod:`okmate_auth.certificates.sources`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from okmate_auth.certificates import CertificateChain
from okmate_auth.ports import Clock

__all__ = ["Issuer", "key_usage", "named"]

_CURVE: Final = ec.SECP256R1()
_LASTS: Final = timedelta(days=3650)  # the CA's own certificate
_CLIENT_LASTS: Final = timedelta(days=365)  # as banks with this procedure issue them
_LIST_LASTS: Final = timedelta(days=7)

_Usage: TypeAlias = x509.BasicConstraints | x509.KeyUsage | x509.ExtendedKeyUsage


class Issuer:
    """A CA of one level.

    Args:
        name: Its common name.
        clock: The story's time.

    Attributes:
        anchor: Its certificate, DER: what trusts it is given.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self._clock: Final = clock
        self._key: Final = ec.generate_private_key(_CURVE)
        self._name: Final = named(name)
        self._issued: Final[dict[str, x509.Certificate]] = {}
        self._revoked: Final[dict[int, datetime]] = {}
        self._lists = 0
        authority = (x509.BasicConstraints(ca=True, path_length=0), key_usage(ca=True))
        self.anchor: Final = self._signed(self._name, self._key.public_key(), _LASTS, authority).public_bytes(
            Encoding.DER
        )

    def certificate(self, login_id: str) -> CertificateChain:
        """Return the certificate in whose name a login ID stands; it is issued when somebody first asks for it."""
        if login_id not in self._issued:
            client = (
                x509.BasicConstraints(ca=False, path_length=None),
                key_usage(ca=False),
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]),
            )
            key = ec.generate_private_key(_CURVE).public_key()
            self._issued[login_id] = self._signed(named(login_id), key, _CLIENT_LASTS, client)
        return CertificateChain(self._issued[login_id].public_bytes(Encoding.DER))

    def revoke(self, login_id: str) -> None:
        """Have the certificate of a login ID on every list from now on.

        Raises:
            KeyError: None was issued.
        """
        self._revoked[self._issued[login_id].serial_number] = self._now()

    def publish(self, file: Path) -> None:
        """Lay a new list there in place of the last one: whoever reads meanwhile has the one or the other, whole."""
        self._lists += 1
        now = self._now()
        entries = (
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            for serial, at in self._revoked.items()
        )
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self._name, last_update=now, next_update=now + _LIST_LASTS, revoked_certificates=[*entries]
        )
        builder = builder.add_extension(x509.CRLNumber(self._lists), critical=False)
        builder = builder.add_extension(self._key_id(), critical=False)
        beside = file.with_name(f"{file.name}.new")
        beside.write_bytes(builder.sign(self._key, SHA256()).public_bytes(Encoding.DER))
        beside.replace(file)

    def _signed(
        self, name: x509.Name, key: ec.EllipticCurvePublicKey, lasts: timedelta, extensions: tuple[_Usage, ...]
    ) -> x509.Certificate:
        now = self._now()
        builder = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=name,
            public_key=key,
            serial_number=x509.random_serial_number(),
            not_valid_before=now,
            not_valid_after=now + lasts,
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=not isinstance(extension, x509.ExtendedKeyUsage))
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        return builder.add_extension(self._key_id(), critical=False).sign(self._key, SHA256())

    def _key_id(self) -> x509.AuthorityKeyIdentifier:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())

    def _now(self) -> datetime:
        """Return now in whole seconds, which is what a certificate can say, and never later than it is."""
        return self._clock().replace(microsecond=0)


def named(common_name: str, organization: str = "Demo") -> x509.Name:
    """Return the name that stands in a certificate of the demo's."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def key_usage(*, ca: bool) -> x509.KeyUsage:
    """Return what RFC 5280 4.2.1.3 has a CA's key used for, or another's."""
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
