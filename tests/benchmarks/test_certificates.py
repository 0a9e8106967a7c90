"""The certificates of the benchmark are good, and what is called cold is."""

from __future__ import annotations

from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from benchmarks.certificates import NOW, Algorithm, made, our_cold, our_remembered
from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.path import Untrusted, VerifiedPath, verify_path
from okmate_auth.certificates.path_verifier import PathVerifier
from okmate_auth.certificates.rules import PathRules

ALGORITHMS: tuple[Algorithm, ...] = ("ecdsa", "rsa")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_path_has_two_signatures_of_its_kind(algorithm: Algorithm) -> None:
    """Client, issuing CA, anchor: each path is verified, and is what the other side checks two signatures of."""
    found = made(algorithm)
    for chain, client in zip(found.chains, found.clients, strict=True):
        path = verify_path(chain, found.anchors, PathRules(), NOW)
        assert isinstance(path, VerifiedPath)
        assert path.certificates == (client, found.issuing, found.root)
    kind = ec.EllipticCurvePublicKey if algorithm == "ecdsa" else rsa.RSAPublicKey
    assert all(isinstance(one.public_key(), kind) for one in (*found.clients, found.issuing, found.root))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_cold_is_cold_and_remembered_is_remembered(algorithm: Algorithm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one verifies a path for each operation, from turn to turn; the other for each chain once."""
    verified: list[object] = []

    def counted(self: PathVerifier, chain: CertificateChain, now: datetime) -> VerifiedPath | Untrusted:
        verified.append(chain)
        return verify(self, chain, now)

    verify = PathVerifier.verify
    monkeypatch.setattr(PathVerifier, "verify", counted)
    for side, expected in ((our_cold, 3 + 3 + 1), (our_remembered, 2)):
        verified.clear()
        go = side(made(algorithm))
        for operations in (3, 3, 1):
            assert go(operations) > 0
        assert len(verified) == expected
