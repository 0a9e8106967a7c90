"""NIST's PKITS: no invalid path is accepted, valid ones are or have their cause listed, and none is a client's."""

from __future__ import annotations

from typing import Final

import pytest

from okmate_auth.certificates import CertificateChain, PathRules, TrustAnchors, Untrusted, VerifiedPath
from tests.certificates import pkits, ways
from tests.certificates.openssl import NOW

# cryptography warns of the suite's negative serial numbers, and then refuses them.
pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive")

ANCHORS: Final = TrustAnchors((pkits.certificate(pkits.ANCHOR),))
ANY_USE: Final = PathRules(usage=None)  # the suite's certificates have no extendedKeyUsage
SECTIONS: Final = {"4.1": 6, "4.2": 8, "4.3": 11, "4.4": 21, "4.5": 8, "4.6": 17, "4.7": 5, "4.13": 38, "4.16": 2}


def judged(case: pkits.Case, rules: PathRules) -> VerifiedPath | Untrusted:
    """Return the verdict on a test's path."""
    intermediates = tuple(pkits.certificate(name) for name in case.intermediates)
    return ways.verdict(CertificateChain(pkits.certificate(case.leaf), intermediates), ANCHORS, rules, NOW)


def expected(case: pkits.Case) -> str:
    """Return what the table says that we say."""
    if case.number in pkits.BEYOND:
        return pkits.BEYOND[case.number][0]
    return "accepted" if case.valid_path else pkits.SAID.get(case.number, "bad-path")


def reason_of(verdict: VerifiedPath | Untrusted) -> str:
    """Return why a path is refused."""
    return verdict.reason if isinstance(verdict, Untrusted) else "accepted"


@pytest.mark.parametrize("case", pkits.CASES, ids=lambda case: case.number)
def test_each_path_has_the_verdict_of_nist_or_its_cause(case: pkits.Case) -> None:
    """Without revocation: an invalid path is refused for its reason, a valid one accepted unless listed as beyond."""
    verdict = judged(case, ANY_USE)
    assert reason_of(verdict) == expected(case)


@pytest.mark.parametrize("case", pkits.CASES, ids=lambda case: case.number)
def test_none_is_a_clients(case: pkits.Case) -> None:
    """By a bank's rules each is refused, and what leads to the anchor for want of clientAuth."""
    verdict = judged(case, PathRules())
    lenient = judged(case, ANY_USE)
    leads = isinstance(lenient, VerifiedPath) or lenient.reason not in {"malformed", "unknown-issuer"}
    assert isinstance(verdict, Untrusted)
    assert verdict.reason == ("wrong-use" if leads else reason_of(lenient))
    assert ("no-extended-key-usage" in verdict.misfits) is leads


def test_a_path_is_that_of_the_suite() -> None:
    """What is accepted has all of its certificates, the client's to the anchor, and is good until the first ends."""
    case = next(case for case in pkits.CASES if case.number == "4.6.13")
    path = judged(case, ANY_USE)
    assert isinstance(path, VerifiedPath)
    assert len(path.certificates) == len(case.intermediates) + 2
    assert path.valid_until == min(one.not_valid_after_utc for one in path.certificates)


def test_the_table_is_whole() -> None:
    """Every test of each section is there once, and all that is said about a number is of one that is there."""
    numbers = [case.number for case in pkits.CASES]
    assert numbers == [f"{section}.{n}" for section, count in SECTIONS.items() for n in range(1, count + 1)]
    assert {*pkits.BEYOND, *pkits.SAID, *pkits.BY_REVOCATION} <= {*numbers}


def test_how_far_it_reaches() -> None:
    """Of the 62 valid paths of 4.1 to 4.5, 4.7 and 4.13, 42 are accepted: as many as cryptography's verifier takes."""
    valid = [case for case in pkits.CASES if case.valid_path and case.section not in {"4.6", "4.16"}]
    accepted = [case for case in valid if isinstance(judged(case, ANY_USE), VerifiedPath)]
    assert (len(valid), len(accepted)) == (62, 42)
