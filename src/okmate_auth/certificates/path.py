"""Whether a client's certificate leads to one of a bank's anchors by the rules of RFC 5280 6.1, and if not, why.

Rule 1. Signatures first: what does not lead to an anchor is of an unknown issuer, whatever else is wrong with it. More
        would tell a forger what to mend, and would let anybody have a stranger's certificate called revoked or expired.
Rule 2. The verdict on a path is that of cryptography's verifier; what is said of the client's certificate is ours.
Rule 3. Nothing is decided by the text of an error.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final, Literal, TypeVar

import attrs
from cryptography import x509

from okmate_auth.certificates.anchors import TrustAnchors
from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.der import issuer_and_key
from okmate_auth.certificates.hostile import attempt
from okmate_auth.certificates.rules import Misfit, PathRules
from okmate_auth.certificates.signatures import descended
from okmate_auth.certificates.verifier import path_between
from okmate_auth.errors import MisuseError
from okmate_auth.fields import instant

T = TypeVar("T")

PathReason = Literal[
    "malformed", "unknown-issuer", "weak-key", "wrong-use", "bad-path", "expired", "not-yet-valid"
]  # in the order they are looked for: the first is told


@attrs.frozen(kw_only=True)
class VerifiedPath:
    """A client's certificate, and the path from it to an anchor.

    Attributes:
        fingerprint: SHA-256 of the certificate's DER, in hexadecimal.
        issuer: SHA-256 of the issuer's name, in the DER that was signed, in hexadecimal.
        serial: Its serial number, in hexadecimal without leading zeros.
        spki: SHA-256 of its SubjectPublicKeyInfo, in the DER that was signed, in hexadecimal.
        subject: Its subject, parsed; a login ID is read from it by a :class:`~okmate_auth.certificates.SubjectRule`.
        not_before: Start of its validity, inclusive.
        not_after: End of its validity, inclusive.
        valid_until: The first end of a validity on the path, inclusive.
        certificates: The path, from the client's certificate to the anchor.
    """

    fingerprint: str
    issuer: str
    serial: str
    spki: str
    subject: x509.Name = attrs.field(repr=False)
    not_before: datetime
    not_after: datetime
    valid_until: datetime
    certificates: tuple[x509.Certificate, ...] = attrs.field(repr=False)


@attrs.frozen
class Untrusted:
    """A chain that is not believed.

    Attributes:
        reason: The first of these that holds:

            - ``malformed``: a certificate of the chain can't be read.
            - ``unknown-issuer``: by its signatures it does not lead to an anchor; any further reason is of one that
              does.
            - ``weak-key``: it does only by a key or a digest that is too weak
              (:mod:`okmate_auth.certificates.strength`).
            - ``wrong-use``: the client's certificate is not made for a client (:meth:`PathRules.fits`).
            - ``bad-path``: the path breaks a rule of RFC 5280 6.1: CA bit, path length, keyCertSign, names, an unknown
              critical extension; a CA on it that has expired, or a CA with an Ed25519 key, which the verifier does not
              take.
            - ``expired``, ``not-yet-valid``: nothing else is wrong; at its last, or first, second the path was good.
        misfits: With ``wrong-use``, all that :meth:`PathRules.misfits` found.
    """

    reason: PathReason
    misfits: tuple[Misfit, ...] = ()


_UNREADABLE: Final = Untrusted("malformed")


def verify_path(
    chain: CertificateChain, anchors: TrustAnchors, rules: PathRules, now: datetime
) -> VerifiedPath | Untrusted:
    """Return the path from a client's certificate to an anchor, or why there is none. Revocation is not looked at.

    Validity is inclusive at both ends and counted in whole seconds (RFC 5280 4.1.2.5): the whole last second is good.

    Args:
        chain: What the client presented.
        anchors: What the bank trusts.
        rules: What it demands.
        now: The instant to judge at, aware.

    Raises:
        MisuseError: ``now`` is not an aware datetime, or another argument is not of its type.
    """
    of_type(chain, CertificateChain)
    of_type(anchors, TrustAnchors)
    of_type(rules, PathRules)
    second = whole_second(now)
    found = attempt(lambda: _judged(chain, anchors, rules, second))
    return _UNREADABLE if found is None else found


def of_type(value: object, kind: type[T]) -> T:
    """Return an argument of a verification.

    Raises:
        MisuseError: It is not of its type.
    """
    if not isinstance(value, kind):
        message = f"a path is verified with a {kind.__name__}"
        raise MisuseError(message)
    return value


def whole_second(now: datetime) -> datetime:
    """Return the second that validity is counted in.

    Raises:
        MisuseError: ``now`` is not an aware datetime.
    """
    return instant(now).astimezone(UTC).replace(microsecond=0)


def _judged(
    chain: CertificateChain, anchors: TrustAnchors, rules: PathRules, now: datetime
) -> VerifiedPath | Untrusted:
    leaf, *sent = (x509.load_der_x509_certificate(der) for der in (chain.leaf, *chain.intermediates))
    led = descended(anchors.certificates, {leaf, *sent})
    if leaf not in led:
        return Untrusted("unknown-issuer")
    trusted = [one for one in anchors.certificates if rules.strong(one, anchor=True)]
    strong = descended(trusted, [one for one in led if rules.strong(one)])
    if leaf not in strong:
        return Untrusted("weak-key")
    misfits = rules.misfits(leaf)
    if misfits:
        return Untrusted("wrong-use", misfits)
    start, end = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    others = [one for one in strong if one != leaf]
    at = min(max(now, start), end)
    path = path_between(leaf, others, trusted, most_intermediates=rules.most_intermediates, at=at)
    if path is None:
        return Untrusted("bad-path")
    if now > end:
        return Untrusted("expired")
    return Untrusted("not-yet-valid") if now < start else described(chain, path)


def described(chain: CertificateChain, path: tuple[x509.Certificate, ...]) -> VerifiedPath:
    """Return what is told of a path that was verified, from the chain's first certificate to an anchor."""
    leaf = path[0]
    issuer, key = issuer_and_key(leaf)
    return VerifiedPath(
        fingerprint=chain.fingerprint,
        issuer=hashlib.sha256(issuer).hexdigest(),
        serial=f"{leaf.serial_number:x}",
        spki=hashlib.sha256(key).hexdigest(),
        subject=leaf.subject,
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        valid_until=min(one.not_valid_after_utc for one in path),
        certificates=path,
    )
