"""What a type checker knows of the certificate method; checked by mypy and pyright, never run."""

from __future__ import annotations

from datetime import datetime
from typing import assert_type

from okmate_auth import (
    ActionDue,
    Authenticated,
    Authenticator,
    Busy,
    Client,
    CodeDue,
    EnrollmentDue,
    EnterPassword,
    PasswordChangeDue,
    PasswordDue,
    PresentCertificate,
    Refused,
)
from okmate_auth.certificates import CertificateChain, Unreadable, presented
from okmate_auth.certificates.sources import CertificateSource, Connection, DeclaredPeers, NginxHeader
from okmate_auth.certificates.verdict import CertificateRefusal, VerifiedCertificate
from okmate_auth.commands import ByDesk, RegisterCertificate, RevokeCertificate
from okmate_auth.ports import CertificateJudge
from okmate_auth.replies import CertificateRegistered, Done
from okmate_auth.revocation import CertificateDesk, Trust

Login = Authenticated | PasswordChangeDue | EnrollmentDue | CodeDue | ActionDue | Refused | Busy


def every_reply_is_exact(auth: Authenticator, client: Client, chain: CertificateChain | Unreadable) -> None:
    """``submit`` gives each command's own replies and nothing wider."""
    desk = ByDesk(operator="op", ticket="t")
    assert_type(auth.submit(PresentCertificate(attempt="t", client=client)), PasswordDue | Refused | Busy)
    assert_type(auth.submit(EnterPassword(handle="h", client=client, password="p")), Login)
    assert_type(
        auth.submit(RegisterCertificate(login_id="i", certificate=chain, authority=desk)),
        CertificateRegistered | Refused | Busy,
    )
    assert_type(auth.submit(RevokeCertificate(login_id="i", authority=desk)), Done | Refused | Busy)


def what_a_source_returns_goes_into_a_client(connection: Connection, peers: DeclaredPeers) -> Client:
    """A chain, something unreadable, or nothing: a client takes each as it is."""
    source: CertificateSource = NginxHeader(peers)
    certificate = source(connection)
    assert_type(certificate, CertificateChain | Unreadable | None)
    assert_type(presented(b"DER"), CertificateChain | Unreadable)
    return Client(connection.address, certificate=certificate)


def the_desk_is_a_judge(trust: Trust, chain: CertificateChain, now: datetime) -> CertificateJudge:
    """And whoever writes another one knows what to return."""
    desk = CertificateDesk(trust)
    assert_type(desk.judge(chain, now), VerifiedCertificate | CertificateRefusal)
    return desk
