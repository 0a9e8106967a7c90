"""Which certificates of a heap were really signed by which, from the anchors down."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from okmate_auth.certificates.extensions import is_authority
from okmate_auth.certificates.hostile import attempt
from okmate_auth.certificates.strength import strong_signature


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether a certificate names another one's subject as its issuer and is signed with that one's key.

    Names are compared as DER. It says nothing of what the issuer may do, nor of the strength of keys and digests.
    """
    if attempt(lambda: certificate.issuer == issuer.subject) is not True:
        return False
    check = _checked if strong_signature(certificate) else _checked_though_weak
    return attempt(lambda: check(issuer, certificate)) is True


def _checked(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    certificate.verify_directly_issued_by(issuer)
    return True


def _checked_though_weak(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Check a signature over SHA-1 or MD5, which is never believed, so that it is refused for that and nothing else."""
    key, digest = issuer.public_key(), certificate.signature_hash_algorithm
    if digest is None:
        return False
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    match key:
        case rsa.RSAPublicKey():
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        case ec.EllipticCurvePublicKey():
            key.verify(signature, signed, ec.ECDSA(digest))
        case _:
            return False
    return True


def descended(anchors: Sequence[x509.Certificate], heap: Collection[x509.Certificate]) -> list[x509.Certificate]:
    """Return those certificates of a heap that lead to an anchor by signatures.

    From the anchors down, so that what a stranger sends costs one check of a signature for each anchor of the name it
    claims. What a certificate that is no CA's signed is found, to be called what it is, and nothing below that: whoever
    has a certificate of the bank's for himself could hang a tree of the largest keys under it (A69). Each certificate
    is found once, so cycles end.
    """
    found: list[x509.Certificate] = []
    issuers: list[x509.Certificate] = [*anchors]
    left: list[x509.Certificate] = [*heap]
    while issuers and left:
        issuer = issuers.pop()
        children = [one for one in left if issued(issuer, one)]
        left = [one for one in left if one not in children]
        issuers += children if issuer in anchors or _says_authority(issuer) else []
        found += children
    return found


def _says_authority(certificate: x509.Certificate) -> bool:
    """Whether a certificate says that it is a CA's; what can't be read says nothing."""
    return attempt(lambda: is_authority(certificate)) is True
