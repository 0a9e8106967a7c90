"""The verdict on a chain by every way there is to it: each must say the same."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509

from okmate_auth.certificates import (
    CertificateChain,
    PathRules,
    PathVerifier,
    TrustAnchors,
    Untrusted,
    VerifiedPath,
    verify_path,
)
from okmate_auth.certificates.hostile import attempt
from okmate_auth.certificates.signatures import descended


def verdict(
    chain: CertificateChain, anchors: TrustAnchors, rules: PathRules, now: datetime
) -> VerifiedPath | Untrusted:
    """Return what ``verify_path`` says of a chain, after a verifier said the same.

    It does so before it knows any CA, after that, and when it remembers all that it could: whatever was sent, is
    strong and leads to a strong anchor by signatures, though no verified path ever went through it.
    """
    expected = verify_path(chain, anchors, rules, now)
    fresh, knowing = PathVerifier(anchors, rules), PathVerifier(anchors, rules)
    assert fresh.verify(chain, now) == expected
    assert fresh.verify(chain, now) == expected
    knowing._remember(attempt(lambda: _leading(chain, anchors, rules)) or ())
    assert knowing.verify(chain, now) == expected
    return expected


def _leading(chain: CertificateChain, anchors: TrustAnchors, rules: PathRules) -> list[x509.Certificate]:
    trusted = [one for one in anchors.certificates if rules.strong(one, anchor=True)]
    sent = {x509.load_der_x509_certificate(der) for der in chain.intermediates}
    return descended(trusted, [one for one in sent - {*anchors.certificates} if rules.strong(one)])
