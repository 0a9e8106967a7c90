"""What we have of cryptography's verifier: the one place that knows its interface, which it calls unstable.

Its policy for CAs is taken whole, since one put together by hand lets an issuer without keyCertSign pass. It asks for
version 3, a critical basicConstraints with the CA bit, keyCertSign, the path length, clientAuth or anyExtendedKeyUsage
where a CA has an extendedKeyUsage, and no critical extension that it does not know. Its signatures are RSA (PKCS #1, or
PSS with a salt as long as the digest) and ECDSA; its work is bounded by a count of signatures (A69).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store

from okmate_auth.certificates.extensions import extension
from okmate_auth.certificates.hostile import attempt


def path_between(
    leaf: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    *,
    most_intermediates: int,
    at: datetime,
    store: Store | None = None,
) -> tuple[x509.Certificate, ...] | None:
    """Return the path from a client's certificate to an anchor by RFC 5280 6.1 at an instant, or None.

    Nothing is asked of the client's certificate but its version, its validity and that no critical extension is
    unknown.

    Args:
        leaf: The client's.
        intermediates: In any order.
        anchors: One at least.
        most_intermediates: Between the leaf and the anchor.
        at: The instant, aware, in whole seconds.
        store: Of the anchors, made before; others in it must have other names.
    """
    verifier = (
        PolicyBuilder()
        .store(store_of(anchors) if store is None else store)
        .time(at)
        .max_chain_depth(most_intermediates)
        .extension_policies(
            ca_policy=ExtensionPolicy.webpki_defaults_ca(),
            ee_policy=ExtensionPolicy.permit_all(),
        )
        .build_client_verifier()
    )
    verified = attempt(lambda: verifier.verify(leaf, [*intermediates]))
    if verified is None:
        return None
    # The verifier returns copies, of which everything would be parsed once more.
    given = (leaf, *intermediates, *anchors)
    path = tuple(next(own for own in given if own == one) for one in verified.chain)
    return path if all(_names_understood(one, path[:place]) for place, one in enumerate(path)) else None


def store_of(anchors: Sequence[x509.Certificate]) -> Store:
    """Return anchors, one at least, as the verifier takes them: so their keys are loaded once."""
    return Store([*anchors])


def may_anchor(certificate: x509.Certificate) -> bool:
    """Whether the policy for CAs lets a certificate stand at the end of a path at all.

    Raises:
        ValueError: Its extensions can't be read.
    """
    ca_policy = ExtensionPolicy.webpki_defaults_ca()
    verifier = (
        PolicyBuilder()
        .store(store_of([certificate]))
        .time(certificate.not_valid_before_utc)
        .extension_policies(ca_policy=ca_policy, ee_policy=ca_policy)
        .build_client_verifier()
    )
    return attempt(lambda: verifier.verify(certificate, [])) is not None and _names_understood(certificate, ())


def _names_understood(issuer: x509.Certificate, below: Sequence[x509.Certificate]) -> bool:
    """Whether all that a CA's nameConstraints say of the certificates below it was looked at (RFC 5280 4.2.1.10).

    The verifier refuses constraints on directory names only where they are critical and passes over them otherwise, but
    those are the ones that a client's subject has to keep. Constraints on mail addresses it holds against a
    subjectAltName, never against an emailAddress in a subject.
    """
    constraints = extension(issuer, x509.NameConstraints)
    if constraints is None:
        return True
    mailed = any(one.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS) for one in below)
    understood = (x509.DNSName, x509.IPAddress) if mailed else (x509.DNSName, x509.IPAddress, x509.RFC822Name)
    trees = (*(constraints.permitted_subtrees or ()), *(constraints.excluded_subtrees or ()))
    return all(isinstance(tree, understood) for tree in trees)
