"""Whose a certificate is: registering, superseding, revoking.

Rule 1. A certificate is registered for one person, once, and never again after it was revoked or superseded.
Rule 2. A person has one in use, and at most one newer one. The older is superseded at the newer one's first login that
        reaches its end, or ends by itself; until then both are good, so that nobody is shut out by a renewal.
Rule 3. Nothing but a registration by an authority makes a certificate somebody's: neither its name nor its key (A71).
"""

from __future__ import annotations

from typing import ClassVar, cast

import attrs

from okmate_auth.certificates.chain import CertificateChain, Unreadable
from okmate_auth.certificates.verdict import CertificateRefusal
from okmate_auth.commands.administration import OnAccount
from okmate_auth.commands.authority import Actor, ByDesk
from okmate_auth.commands.bindings import end_certificates, ended, named_after, refusal, revoke_certificates
from okmate_auth.commands.journal import notify
from okmate_auth.commands.targets import end_everything
from okmate_auth.decision import CheckCertificate, Draft
from okmate_auth.errors import MisuseError
from okmate_auth.records import Account, Certificate, CertificateBinding
from okmate_auth.replies import Busy, CertificateRegistered, Done, Refused
from okmate_auth.violations import Violation


def _certificate(value: CertificateChain | Unreadable) -> CertificateChain | Unreadable:
    if not isinstance(value, CertificateChain | Unreadable):
        message = "certificate must be what presented() returned"
        raise MisuseError(message)
    return value


def _form(unreadable: Unreadable) -> str:
    return "not-der" if unreadable.reason == "pem" else "malformed"


@attrs.frozen(kw_only=True)
class RegisterCertificate(OnAccount[CertificateRegistered | Refused | Busy]):
    """Register a certificate that the bank's CA issued to a person; one that waited for its first login is replaced.

    Attributes:
        certificate: With what leads to the anchor, as :func:`~okmate_auth.certificates.presented` returned it, or
            :func:`~okmate_auth.certificates.presented_pem`.

    Refusals: as for :class:`~okmate_auth.commands.locks.Suspend`, ``not-oneself``, ``malformed``, ``other-entrance``
    (the person logs in by ID), ``certificate-of-another`` (its name has another login ID), ``certificate-exists`` (it
    was registered before, for anybody), and the certificate's own as for
    :class:`~okmate_auth.commands.present.PresentCertificate`. The desk, which has to ask the CA for another one, is
    told by violations all that is wrong with a ``certificate-wrong-use``: ``is-ca``, ``no-key-usage``,
    ``no-digital-signature``, ``key-cert-sign``, ``crl-sign``, ``no-extended-key-usage``, ``no-client-auth``. PEM where
    DER is wanted is ``malformed`` with the violation ``not-der``.

    Source: what banks with this procedure call 電子証明書発行; NIST SP 800-63B-4 4.1.
    """

    certificate: CertificateChain | Unreadable = attrs.field(converter=_certificate, repr=False)

    operation: ClassVar[str] = "register-certificate"
    replies: ClassVar[tuple[type, ...]] = (CertificateRegistered, Refused, Busy)

    def apply(self, draft: Draft, account: Account, actor: Actor) -> CertificateRegistered | Refused | Busy:
        """Put the certificate, and the account with it."""
        del actor
        context, chain = draft.context, self.certificate
        if isinstance(chain, Unreadable):
            return Refused(code="malformed", violations=(Violation(_form(chain), "certificate"),))
        if account.method != "certificate":
            return Refused(code="other-entrance")
        verdict = draft.ask(CheckCertificate(chain))[0]
        if isinstance(verdict, CertificateRefusal):
            told = verdict.misfits if isinstance(self.authority, ByDesk) else ()
            return Refused(code=refusal(verdict), violations=tuple(Violation(misfit, "certificate") for misfit in told))
        if not named_after(context, account, verdict):
            return Refused(code="certificate-of-another")
        waiting = [one for one in account.certificates if not one.used]
        keys = [Certificate.at(context.bank, one.fingerprint) for one in waiting]
        mine = Certificate.at(context.bank, chain.fingerprint)
        draft.load([mine, *keys])
        if draft.get(mine) is not None:
            return Refused(code="certificate-exists")
        end_certificates(draft, account, waiting, "superseded")
        draft.put(
            Certificate(
                bank=context.bank,
                fingerprint=chain.fingerprint,
                issuer=verdict.issuer,
                serial=verdict.serial,
                subject=account.subject,
                state="registered",
                registered_at=context.now,
                ends_at=verdict.not_after,
            )
        )
        binding = CertificateBinding(
            id=context.random("certificate", 16).hex(), fingerprint=chain.fingerprint, ends_at=verdict.not_after
        )
        in_use = [one for one in account.certificates if one.used and not ended(one.ends_at, context.now)]
        draft.put(attrs.evolve(account, certificates=(*in_use, binding)))
        notify(draft, "certificate", account=account, details={"fingerprint": chain.fingerprint})
        return CertificateRegistered(
            login_id=account.login_id, fingerprint=chain.fingerprint, ends_at=verdict.not_after
        )

    def details(self, account: Account) -> dict[str, str]:
        """Return which one it is, and which one that waited for its first login it took the place of."""
        chain = cast("CertificateChain", self.certificate)  # what is none was refused
        waited = " ".join(one.fingerprint for one in account.certificates if not one.used)
        return {"fingerprint": chain.fingerprint, **({"superseded": waited} if waited else {})}


@attrs.frozen(kw_only=True)
class RevokeCertificate(OnAccount[Done | Refused | Busy]):
    """Revoke a person's certificates here, at once; one's own, too. His sessions and logins end.

    The issuer's list is the issuer's; until it names them, they are refused because of this.

    Refusals: as for :class:`~okmate_auth.commands.locks.Suspend`, and ``no-certificate-registered``.

    Source: what banks with this procedure call 電子証明書失効; ASVS 5.0 6.5.6; NIST SP 800-63B-4 4.5.
    """

    operation: ClassVar[str] = "revoke-certificate"
    on_oneself: ClassVar[bool] = True

    def apply(self, draft: Draft, account: Account, actor: Actor) -> Done | Refused | Busy:
        """Put the account without certificates, and each of them as revoked."""
        del actor
        if not account.certificates:
            return Refused(code="no-certificate-registered")
        draft.put(revoke_certificates(draft, end_everything(draft, account)))
        notify(draft, "revocation", account=account, details=self.details(account))
        return Done(login_id=account.login_id)

    def details(self, account: Account) -> dict[str, str]:
        """Return which they are."""
        return {"fingerprints": " ".join(one.fingerprint for one in account.certificates)}
