"""The story's CA: what it issues and revokes, as the bank's desk for certificates judges it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from okmate_auth.certificates import CertificateChain, SubjectRule, TrustAnchors
from okmate_auth.certificates.verdict import CertificateRefusal, VerifiedCertificate
from okmate_auth.demo.issuer import Issuer
from okmate_auth.revocation import CertificateDesk, Trust
from okmate_auth.testing import FakeClock

NAME = "Hanako01"


@pytest.fixture
def clock() -> FakeClock:
    """Return the story's time."""
    return FakeClock()


@pytest.fixture
def issuer(clock: FakeClock) -> Issuer:
    """Return a CA that has issued nothing."""
    return Issuer("CA", clock)


@pytest.fixture
def judged(issuer: Issuer, clock: FakeClock, tmp_path: Path) -> Callable[[CertificateChain], str]:
    """Return what a bank that trusts the CA, and looks for its list in a file, says of a certificate now."""
    file = tmp_path / "revoked.crl"
    issuer.publish(file)
    desk = CertificateDesk(Trust(anchors=TrustAnchors((issuer.anchor,)), files=(file,)))

    def judge(chain: CertificateChain) -> str:
        verdict = desk.judge(chain, clock())
        if isinstance(verdict, VerifiedCertificate):
            return SubjectRule().login_id(verdict.subject) or ""
        assert isinstance(verdict, CertificateRefusal)
        return verdict.reason

    return judge


def test_a_certificate_says_whose_it_is(issuer: Issuer, judged: Callable[[CertificateChain], str]) -> None:
    """It is good at once, and the login ID is read from its name."""
    assert judged(issuer.certificate(NAME)) == NAME


def test_one_login_id_has_one_certificate(issuer: Issuer) -> None:
    """Issued when it is first asked for; another ID, or another CA, another one."""
    assert issuer.certificate(NAME) == issuer.certificate(NAME) != issuer.certificate("Other123")
    assert Issuer("CA", FakeClock()).certificate(NAME) != issuer.certificate(NAME)


def test_another_ca_of_the_same_name_is_another_ca(judged: Callable[[CertificateChain], str]) -> None:
    """What counts is the key."""
    assert judged(Issuer("CA", FakeClock()).certificate(NAME)) == "unknown-issuer"


def test_a_certificate_lasts_for_a_year(
    issuer: Issuer, clock: FakeClock, judged: Callable[[CertificateChain], str], tmp_path: Path
) -> None:
    """Its last second included; the CA goes on."""
    chain = issuer.certificate(NAME)
    for passes, said in ((timedelta(days=365), NAME), (timedelta(seconds=1), "expired")):
        clock.advance(passes)
        issuer.publish(tmp_path / "revoked.crl")
        assert judged(chain) == said


def test_what_was_revoked_is_on_every_list_from_then_on(
    issuer: Issuer, clock: FakeClock, judged: Callable[[CertificateChain], str], tmp_path: Path
) -> None:
    """From the list that is published next; a list has a number above the last one's, or the bank would not take it."""
    mine, hers = issuer.certificate(NAME), issuer.certificate("Other123")
    issuer.revoke(NAME)
    assert judged(mine) == NAME
    for number in (2, 3):
        clock.advance(timedelta(minutes=1))
        issuer.publish(tmp_path / "revoked.crl")
        assert (judged(mine), judged(hers)) == ("revoked", "Other123")
        listed = x509.load_der_x509_crl((tmp_path / "revoked.crl").read_bytes())
        assert listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == number


def test_nothing_is_left_beside_a_list(issuer: Issuer, tmp_path: Path) -> None:
    """It is written elsewhere and moved into its place."""
    issuer.publish(tmp_path / "revoked.crl")
    issuer.publish(tmp_path / "revoked.crl")
    assert [entry.name for entry in tmp_path.iterdir()] == ["revoked.crl"]


def test_what_was_not_issued_can_not_be_revoked(issuer: Issuer) -> None:
    """A name that is mistyped in the story shows."""
    with pytest.raises(KeyError):
        issuer.revoke(NAME)
