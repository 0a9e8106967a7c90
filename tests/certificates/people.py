"""A bank's CA and one of its clients, and what is said of a chain of theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from okmate_auth.certificates import CertificateChain, PathRules, TrustAnchors, VerifiedPath
from tests.certificates import ways
from tests.certificates.openssl import CLIENT, NOW, Identity, root

RULES: Final = PathRules()
ALICE: Final = "/C=JP/O=Bank/CN=NCB12345678"


def bank() -> Identity:
    """Return the CA that the bank trusts."""
    return root("/C=JP/O=Bank/CN=Root")


def without(extension: str, *instead: str) -> tuple[str, ...]:
    """Return the extensions of a client's certificate without one, or with something else in its place."""
    return (*(line for line in CLIENT if not line.startswith(f"{extension}=")), *instead)


def said(
    leaf: Identity | bytes,
    *sent: Identity,
    anchors: tuple[Identity, ...] = (),
    rules: PathRules = RULES,
    now: datetime = NOW,
) -> str:
    """Return ``accepted``, or why not, of a client's certificate and what was sent along."""
    trusted = TrustAnchors(tuple(one.der for one in anchors or (bank(),)))
    chain = CertificateChain(leaf if isinstance(leaf, bytes) else leaf.der, tuple(one.der for one in sent))
    verdict = ways.verdict(chain, trusted, rules, now)
    return "accepted" if isinstance(verdict, VerifiedPath) else verdict.reason
