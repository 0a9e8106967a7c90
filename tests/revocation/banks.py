"""A bank with two CAs, people of both, and their lists in files; all made by openssl."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

from okmate_auth.certificates import CertificateChain, TrustAnchors
from okmate_auth.certificates.verdict import Verdict, VerifiedCertificate
from okmate_auth.revocation import CertificateDesk, Trust
from tests.certificates import openssl
from tests.certificates.openssl import Identity, root

BRANCH_NAME: Final = "/C=JP/O=Bank/CN=Branch"


def bank() -> Identity:
    """Return the anchor."""
    return root()


def forger() -> Identity:
    """Return a CA of the anchor's name with another key."""
    return root(label="a forger's key")


def branch() -> Identity:
    """Return an intermediate CA."""
    return bank().intermediate(BRANCH_NAME)


def alice() -> Identity:
    """Return a person of the anchor's."""
    return bank().issue("/CN=Alice")


def bob() -> Identity:
    """Return a person of the intermediate CA's."""
    return branch().issue("/CN=Bob")


@functools.cache
def chain(*identities: Identity) -> CertificateChain:
    """Return what TLS proves: a person's certificate, and what is sent along."""
    leaf, *intermediates = identities
    return CertificateChain(leaf.der, tuple(one.der for one in intermediates))


def of_alice() -> CertificateChain:
    """Return Alice's chain."""
    return chain(alice())


def of_bob() -> CertificateChain:
    """Return Bob's chain."""
    return chain(bob(), branch())


def anchors() -> TrustAnchors:
    """Return the bank's anchor."""
    return TrustAnchors((bank().der,))


def revoked(*people: Identity) -> tuple[openssl.Revoked, ...]:
    """Return entries for people's certificates."""
    return tuple(openssl.Revoked(serial=one.serial) for one in people)


def desk(*data: bytes, files: tuple[Path, ...] = (), capacity: int = 16) -> CertificateDesk:
    """Return a desk that trusts the bank, with lists given as bytes and as files."""
    return CertificateDesk(Trust(anchors=anchors(), lists=data, files=files), capacity=capacity)


def replace(file: Path, data: bytes) -> Path:
    """Put a list where a file is looked for, in one step, as an operator should."""
    beside = file.with_name(f"{file.name}.new")
    beside.write_bytes(data)
    return beside.replace(file)


def word(verdict: Verdict) -> str:
    """Return ``good``, or why not."""
    return "good" if isinstance(verdict, VerifiedCertificate) else verdict.reason
