"""One revocation list (CRL) as its issuer wrote it: RFC 5280 section 5, read strictly, and not verified yet.

cryptography reads much that RFC 5280 forbids or that we do not process; each of it is refused here by name, because a
list that is only half understood answers "not revoked" for the other half.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial
from typing import Final, Literal, TypeVar

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding

from okmate_auth.certificates.crl_entries import Entries, Revoked, read_entries
from okmate_auth.certificates.der import bounds
from okmate_auth.certificates.extensions import extension, is_authority
from okmate_auth.certificates.hostile import attempt
from okmate_auth.certificates.strength import DIGESTS
from okmate_auth.errors import MisuseError

LARGEST_LIST: Final = 64 * 1024 * 1024  # ours: a million entries with reasons, in PEM (A63)
LONGEST_NUMBER_BITS: Final = 159  # RFC 5280 5.2.3: twenty octets
_SEQUENCE: Final = 0x30  # X.680 table 1; as the first octet it tells DER from PEM
_VERSION_2: Final = b"\x02\x01\x01"  # INTEGER 1: RFC 5280 5.1.2.1
_BLOCK: Final = b"-----BEGIN "
_PROCESSED: Final = (x509.CRLNumber, x509.IssuingDistributionPoint)

UnusableReason = Literal[
    "too-large",
    "malformed",
    "weak-signature",
    "delta",
    "unknown-critical",
    "partial",
    "no-number",
    "no-next-update",
    "removed-entry",
]
Scope = Literal["all", "users", "authorities"]
T = TypeVar("T", bound=x509.ExtensionType)
_Signature = padding.PKCS1v15 | padding.PSS | ec.ECDSA


@attrs.frozen
class UnusableList:
    """Bytes that say nothing about any certificate; as good as no list.

    Attributes:
        reason: The first of these that holds:

            - ``too-large``: more than 64 MiB.
            - ``malformed``: not one list of version 2 in DER or PEM, or against RFC 5280 in its form: an extension
              twice or unreadable, a number that is negative or over 20 octets, signed by one algorithm and naming
              another.
            - ``weak-signature``: neither RSA nor ECDSA over SHA-256, SHA-384 or SHA-512.
            - ``delta``: says only what changed since another list (5.2.4).
            - ``unknown-critical``: a critical extension, of the list or an entry, that is not processed (5.2, 5.3).
            - ``partial``: of one distribution point, of some reasons, of attribute certificates, or of other issuers
              too (5.2.5): a certificate that is not on it may be on its sister.
            - ``no-number``: without cRLNumber an old list can't be told from a new one (5.2.3, A60).
            - ``no-next-update``: it would be in force for ever (5.1.2.5).
            - ``removed-entry``: an entry says removeFromCRL, which only a delta list may (5.3.1).
    """

    reason: UnusableReason


@attrs.frozen(kw_only=True)
class RevocationList:
    """A complete list of an issuer; made by :meth:`read`. Its bytes are not kept: a signature is over their digest.

    Attributes:
        fingerprint: SHA-256 of its DER, in hexadecimal; equal lists have the same.
        issuer: SHA-256 of the issuer's name, in the DER that was signed, in hexadecimal.
        name: The issuer's name, parsed.
        number: cRLNumber; a whole number, so that 10 comes after 9.
        this_update: Start of its time, inclusive.
        next_update: End of its time, exclusive.
        scope: Whose certificates it lists: ``all``, those of ``users`` alone, or of ``authorities`` alone.
    """

    fingerprint: str
    issuer: str = attrs.field(eq=False)
    name: x509.Name = attrs.field(eq=False, repr=False)
    number: int = attrs.field(eq=False)
    this_update: datetime = attrs.field(eq=False)
    next_update: datetime = attrs.field(eq=False)
    scope: Scope = attrs.field(eq=False)
    _entries: Entries = attrs.field(alias="entries", eq=False, repr=False)
    _signature: bytes = attrs.field(alias="signature", eq=False, repr=False)
    _parameters: _Signature = attrs.field(alias="parameters", eq=False, repr=False)
    _hash: hashes.HashAlgorithm = attrs.field(alias="hash", eq=False, repr=False)
    _digest: bytes = attrs.field(alias="digest", eq=False, repr=False)

    def __len__(self) -> int:
        return len(self._entries)

    @classmethod
    def read(cls, data: bytes) -> RevocationList | UnusableList:
        """Return the list that some bytes are, DER or PEM, or why they are of no use. Nothing of it is verified yet.

        It takes some 4 µs for each entry, and a few times the size of the bytes while it works.

        Raises:
            MisuseError: They are not bytes.
        """
        if not isinstance(data, bytes):
            message = "a revocation list: DER or PEM, as bytes"
            raise MisuseError(message)
        if len(data) > LARGEST_LIST:
            return UnusableList("too-large")
        found = attempt(partial(_read, data))
        if isinstance(found, RevocationList):
            return found
        return UnusableList("malformed" if found is None else found)

    def covers(self, certificate: x509.Certificate) -> bool:
        """Whether a certificate of this issuer would be on this list if it were revoked (RFC 5280 6.3.3(b)(2)).

        Raises:
            ValueError: Its extensions can't be read.
        """
        return self.scope in {"all", "authorities" if is_authority(certificate) else "users"}

    def signed_by(self, issuer: x509.Certificate) -> bool:
        """Whether it is signed with a certificate's key, and that certificate may sign lists (RFC 5280 6.3.3(f)).

        Where keyUsage is there it must have cRLSign. Names are not compared.
        """
        return attempt(lambda: self._signed_by(issuer)) is True

    def find(self, serial: int) -> Revoked | None:
        """Return what it says of a serial number of its issuer; None: it is not on it."""
        return self._entries.find(serial)

    def _signed_by(self, issuer: x509.Certificate) -> bool:
        usage = extension(issuer, x509.KeyUsage)
        if usage is not None and not usage.crl_sign:
            return False
        hashed = Prehashed(self._hash)
        match issuer.public_key(), self._parameters:
            case rsa.RSAPublicKey() as key, padding.PKCS1v15() | padding.PSS() as how:
                key.verify(self._signature, self._digest, how, hashed)
            case ec.EllipticCurvePublicKey() as key, ec.ECDSA():
                key.verify(self._signature, self._digest, ec.ECDSA(hashed))
            case _:
                return False
        return True  # a wrong signature raised


def _parsed(data: bytes) -> x509.CertificateRevocationList:
    """Return the one list that some bytes are.

    Raises:
        ValueError: They are none, or more.
    """
    if data[0] == _SEQUENCE:
        return x509.load_der_x509_crl(data)
    if data.count(_BLOCK) != 1:
        message = "PEM: one block"
        raise ValueError(message)
    return x509.load_pem_x509_crl(data)


def _read(data: bytes) -> RevocationList | UnusableReason:
    crl = _parsed(data)
    der, signed = crl.public_bytes(Encoding.DER), crl.tbs_certlist_bytes
    version, algorithm, issuer = _leading(signed)
    if version != _VERSION_2 or not _follows(der, signed, algorithm):
        return "malformed"
    digest, parameters = (
        attempt(lambda: crl.signature_hash_algorithm),
        attempt(lambda: crl.signature_algorithm_parameters),
    )
    if not isinstance(digest, DIGESTS) or not isinstance(parameters, _Signature):
        return "weak-signature"
    defect = _defect(crl.extensions)
    if defect is not None:
        return defect
    number = _value(crl.extensions, x509.CRLNumber)
    if number is None:
        return "no-number"
    if number.crl_number.bit_length() > LONGEST_NUMBER_BITS:
        return "malformed"
    next_update = crl.next_update_utc
    if next_update is None:
        return "no-next-update"
    entries = read_entries(crl)
    if not isinstance(entries, Entries):
        return entries
    return RevocationList(
        fingerprint=hashlib.sha256(der).hexdigest(),
        issuer=hashlib.sha256(issuer).hexdigest(),
        name=crl.issuer,
        number=number.crl_number,
        this_update=crl.last_update_utc,
        next_update=next_update,
        scope=_scope(crl.extensions),
        entries=entries,
        signature=crl.signature,
        parameters=parameters,
        hash=digest,
        digest=hashlib.new(digest.name, signed).digest(),
    )


def _defect(extensions: x509.Extensions) -> UnusableReason | None:
    """Return what of a list's extensions makes it useless."""
    if _value(extensions, x509.DeltaCRLIndicator) is not None:
        return "delta"
    if any(one.critical and not isinstance(one.value, _PROCESSED) for one in extensions):
        return "unknown-critical"
    point = _value(extensions, x509.IssuingDistributionPoint)
    incomplete = point is not None and (
        point.full_name is not None
        or point.relative_name is not None
        or point.only_some_reasons is not None
        or point.indirect_crl
        or point.only_contains_attribute_certs
    )
    return "partial" if incomplete else None


def _scope(extensions: x509.Extensions) -> Scope:
    point = _value(extensions, x509.IssuingDistributionPoint)
    if point is None:
        return "all"
    return "users" if point.only_contains_user_certs else "authorities"  # one or the other, or it would be partial


def _value(extensions: x509.Extensions, kind: type[T]) -> T | None:
    return next((one.value for one in extensions if isinstance(one.value, kind)), None)


def _leading(signed: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the first three fields of what was signed: version, algorithm and issuer (RFC 5280 5.1).

    Not by :func:`okmate_auth.certificates.der.elements`: that would copy a million entries over and over.
    """
    at, _ = bounds(signed, 0)
    fields: list[bytes] = []
    for _number in range(3):
        _, end = bounds(signed, at)
        fields.append(signed[at:end])
        at = end
    version, algorithm, issuer = fields
    return version, algorithm, issuer


def _follows(der: bytes, signed: bytes, algorithm: bytes) -> bool:
    """Whether the algorithm beside the signature is the one that was signed (RFC 5280 5.1.1.2, A62)."""
    start, _ = bounds(der, 0)
    return der.startswith(algorithm, start + len(signed))
