"""NIST's PKITS with its revocation lists: the valid accepted, each other one refused for its own reason."""

from __future__ import annotations

from typing import Final

import pytest
from cryptography import x509

from okmate_auth.certificates import CertificateChain, PathRules, TrustAnchors, Untrusted, verify_path
from okmate_auth.certificates.crl import RevocationList, UnusableList
from okmate_auth.certificates.crl_lists import RevocationLists, Unknown, revocation
from tests.certificates import pkits
from tests.certificates.openssl import NOW

# cryptography warns of the suite's negative serial numbers.
pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive")

ANCHORS: Final = TrustAnchors((pkits.certificate(pkits.ANCHOR),))
ANY_USE: Final = PathRules(usage=None)  # the suite's certificates have no extendedKeyUsage
CASES: Final = tuple(case for case in pkits.CASES if case.section in {"4.4", "4.5", "4.7"})

# What is said of each path that is valid but for its lists, and of which list what can't be used.
SAID: Final[dict[str, str]] = {
    "4.4.1": "no-list",
    "4.4.2": "revoked",  # the intermediate CA
    "4.4.3": "revoked",
    "4.4.4": "unverified",  # a signature that does not verify
    "4.4.5": "no-list",  # it is in another name
    "4.4.6": "no-list",  # it is another CA's
    "4.4.8": "no-list",  # a critical extension of an entry that nobody knows
    "4.4.9": "no-list",  # one of the list
    "4.4.10": "no-list",  # as before
    "4.4.11": "stale",
    "4.4.12": "stale",
    "4.4.18": "revoked",  # a serial number of twenty octets
    "4.4.20": "revoked",  # by a list that another key signed
    "4.4.21": "unverified",  # the certificate of that key is revoked
    "4.5.2": "revoked",
    "4.5.5": "unverified",
    "4.5.7": "unverified",
    "4.7.4": "unverified",  # no cRLSign
    "4.7.5": "unverified",
}

# Valid by NIST, and refused here: the certificate that signs the list is on a list of one distribution point, and
# lists of parts of a CA's certificates are not used.
BEYOND: Final = frozenset({"4.5.3", "4.5.4", "4.5.6"})

UNUSABLE: Final[dict[str, str]] = {
    "DSACACRL": "weak-signature",
    "DSAParametersInheritedCACRL": "weak-signature",
    "UnknownCRLEntryExtensionCACRL": "unknown-critical",
    "UnknownCRLExtensionCACRL": "unknown-critical",
    "BasicSelfIssuedOldKeySelfIssuedCertCRL": "partial",
    "BasicSelfIssuedCRLSigningKeyCRLCertCRL": "partial",
}


def said(case: pkits.Case) -> str:
    """Return ``accepted``, why the path is refused, ``revoked``, or why nothing is known."""
    intermediates = tuple(pkits.certificate(name) for name in case.intermediates)
    path = verify_path(CertificateChain(pkits.certificate(case.leaf), intermediates), ANCHORS, ANY_USE, NOW)
    if isinstance(path, Untrusted):
        return path.reason
    read = [RevocationList.read(pkits.revocation_list(name)) for name in (*case.lists, pkits.ANCHOR_LIST)]
    lists = RevocationLists(tuple(one for one in read if not isinstance(one, UnusableList)))
    signers = [x509.load_der_x509_certificate(one) for one in intermediates]
    found = revocation(path.certificates, lists, NOW, signers=signers)
    if isinstance(found, Unknown):
        return found.reason
    return {"Good": "accepted", "Revoked": "revoked"}[type(found).__name__]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_each_path_with_its_lists(case: pkits.Case) -> None:
    """A valid one is accepted; an invalid one is refused by its path, by its lists, or because they say nothing."""
    expected: str
    if case.number in pkits.BEYOND:
        expected = pkits.BEYOND[case.number][0]
    elif not case.valid_path:
        expected = pkits.SAID.get(case.number, "bad-path")
    elif case.number in BEYOND:
        expected = "unverified"
    else:
        expected = SAID.get(case.number, "accepted")
    assert said(case) == expected


def test_none_that_is_invalid_is_accepted_and_all_valid_ones_of_4_4_are() -> None:
    """Told by NIST's names alone, not by our table."""
    accepted = {case.number for case in CASES if said(case) == "accepted"}
    assert not {case.number for case in CASES if case.verdict == "Invalid"} & accepted
    assert {case.number for case in CASES if case.verdict == "Valid" and case.section == "4.4"} <= accepted
    assert {case.number for case in CASES if case.verdict == "Valid"} - accepted == BEYOND


@pytest.mark.parametrize("name", sorted({name for case in pkits.CASES for name in case.lists}))
def test_each_list_of_the_suite_is_read_or_has_its_cause(name: str) -> None:
    """All lists of the table's sections but the named ones can be used."""
    found = RevocationList.read(pkits.revocation_list(name))
    assert (found.reason if isinstance(found, UnusableList) else None) == UNUSABLE.get(name)


@pytest.mark.parametrize("name", ["deltaCRLCA1deltaCRL", "deltaCRLCA2deltaCRL", "deltaCRLIndicatorNoBaseCACRL"])
def test_a_delta_list_is_not_taken_for_a_complete_one(name: str) -> None:
    """PKITS 4.15: what changed since a list is not all there is."""
    assert RevocationList.read(pkits.revocation_list(name)) == UnusableList("delta")


@pytest.mark.parametrize(
    "name",
    [
        "indirectCRLCA1CRL",
        "distributionPoint1CACRL",
        "onlySomeReasonsCA1compromiseCRL",
        "onlyContainsAttributeCertsCACRL",
    ],
)
def test_a_partial_list_is_not_taken_for_a_complete_one(name: str) -> None:
    """PKITS 4.14: of other issuers, of a distribution point, of some reasons, of attribute certificates."""
    assert RevocationList.read(pkits.revocation_list(name)) == UnusableList("partial")
