"""The bank's CA: what it issues and revokes is made by openssl, and what trusts it is the library's own desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from okmate_auth.certificates import CertificateChain, PathRules, TrustAnchors, presented
from okmate_auth.certificates.verdict import Verdict
from okmate_auth.revocation import CertificateDesk, Trust
from tests.certificates import openssl
from tests.certificates.openssl import Identity, Revoked

__all__ = ["OTHER_CA", "Issuer"]

OTHER_CA: Final = "/C=JP/O=Somebody else/CN=Root"


class Issuer:
    """A CA, its list, and the desk that trusts both; satisfies :class:`~okmate_auth.ports.CertificateJudge`.

    Everything of it is lazy: a bank whose tests show no certificate runs no openssl.

    Attributes:
        judged: Every chain it was asked about.
    """

    def __init__(self) -> None:
        self._revoked: tuple[Revoked, ...] = ()
        self._desk: CertificateDesk | None = None
        self.judged = list[CertificateChain]()

    @property
    def ca(self) -> Identity:
        """The CA."""
        return openssl.root()

    def judge(self, chain: CertificateChain, now: datetime, /) -> Verdict:
        """See :meth:`okmate_auth.ports.CertificateJudge.judge`."""
        self.judged.append(chain)
        if self._desk is None:
            self._desk = CertificateDesk(self._trust())
        return self._desk.judge(chain, now)

    def identity(self, login_id: str, *, label: str | None = None, ends_at: datetime = openssl.END) -> Identity:
        """Return a certificate with its key for a login ID; another label, another key."""
        return self.ca.issue(f"/C=JP/CN={login_id}", label=label, end=ends_at)

    def chain(self, identity: Identity) -> CertificateChain:
        """Return what TLS proves of somebody who has the key."""
        chain = presented(identity.der)
        assert isinstance(chain, CertificateChain)
        return chain

    def certificate(
        self, login_id: str, *, label: str | None = None, ends_at: datetime = openssl.END
    ) -> CertificateChain:
        """Return the chain of a certificate for a login ID."""
        return self.chain(self.identity(login_id, label=label, ends_at=ends_at))

    def revoke(self, *identities: Identity) -> None:
        """Publish a list that names these certificates, and have the desk trust it."""
        self._revoked += tuple(Revoked(serial=one.serial) for one in identities)
        self._desk = None

    def _trust(self) -> Trust:
        number = 1 + len(self._revoked)
        crl = self.ca.crl(*self._revoked, number=number, next_update=openssl.START + timedelta(days=700))
        return Trust(anchors=TrustAnchors((self.ca.der,)), rules=PathRules(), lists=(crl,))
