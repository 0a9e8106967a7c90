"""Client certificates: a leaf library that knows bytes, names and keys, and no accounts.

Rule 1. Time, trust anchors and rules are arguments; what is judged comes back as a verified thing, or as the reason why
        it is none.
Rule 2. Paths are verified by cryptography's verifier (RFC 5280 6.1); what a client's certificate must be besides is
        here.
Rule 3. What a stranger sent can be anything: bounded before it is read, and whatever reading it raises becomes a value.
"""

from __future__ import annotations

from okmate_auth.certificates.anchors import MOST_ANCHORS, TrustAnchors
from okmate_auth.certificates.chain import (
    LARGEST_CERTIFICATE,
    MOST_INTERMEDIATES,
    CertificateChain,
    Unreadable,
    UnreadableReason,
    presented,
)
from okmate_auth.certificates.path import PathReason, Untrusted, VerifiedPath, verify_path
from okmate_auth.certificates.path_verifier import PathVerifier
from okmate_auth.certificates.pem import presented_pem
from okmate_auth.certificates.rules import Misfit, PathRules
from okmate_auth.certificates.subject import SubjectRule
from okmate_auth.certificates.verdict import CertificateRefusal, RefusalReason, Verdict, VerifiedCertificate

__all__ = [
    "LARGEST_CERTIFICATE",
    "MOST_ANCHORS",
    "MOST_INTERMEDIATES",
    "CertificateChain",
    "CertificateRefusal",
    "Misfit",
    "PathReason",
    "PathRules",
    "PathVerifier",
    "RefusalReason",
    "SubjectRule",
    "TrustAnchors",
    "Unreadable",
    "UnreadableReason",
    "Untrusted",
    "Verdict",
    "VerifiedCertificate",
    "VerifiedPath",
    "presented",
    "presented_pem",
    "verify_path",
]
