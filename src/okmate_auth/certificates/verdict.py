"""What is said of a certificate chain once it was verified: a verified thing, or why it is none."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, get_args

import attrs
from cryptography import x509

from okmate_auth.certificates.rules import Misfit

RefusalReason = Literal[
    "malformed",
    "unknown-issuer",
    "expired",
    "not-yet-valid",
    "wrong-use",
    "weak-key",
    "bad-path",
    "revoked",
    "revocation-unknown",
]
REASONS: Final[tuple[RefusalReason, ...]] = get_args(RefusalReason)


@attrs.frozen(kw_only=True)
class VerifiedCertificate:
    """A client certificate whose path leads to one of the bank's anchors and that is not revoked.

    Attributes:
        fingerprint: SHA-256 of its DER, in hexadecimal.
        issuer: SHA-256 of the issuer's name in DER, in hexadecimal.
        serial: Its serial number, in hexadecimal.
        spki: SHA-256 of its public key (SubjectPublicKeyInfo in DER), in hexadecimal.
        subject: Its subject, parsed; a login ID is read from it by a profile's rule, never from its text (CE-4).
        not_before: Start of its validity, inclusive.
        not_after: End of its validity, inclusive (RFC 5280 4.1.2.5).
        good_until: Up to when this verdict may be used again, exclusive: the first end on the path, of a revocation
            list, or of a look at the files.
    """

    fingerprint: str
    issuer: str
    serial: str
    spki: str
    subject: x509.Name = attrs.field(repr=False)
    not_before: datetime
    not_after: datetime
    good_until: datetime


@attrs.frozen
class CertificateRefusal:
    """A chain is not accepted.

    Attributes:
        reason: ``malformed`` and ``unknown-issuer`` are said of what does not lead to one of the bank's anchors, and no
            more of it; any other reason only of what does.
        misfits: With ``wrong-use``, what of its use is wrong: for whoever registers it, not for whoever shows it.
    """

    reason: RefusalReason
    misfits: tuple[Misfit, ...] = ()


Verdict = VerifiedCertificate | CertificateRefusal
