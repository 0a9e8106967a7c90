"""The certificate method's entrance: the client certificate that TLS proved (the procedure's manual, 1-1).

Rule 1. The path is verified here, by us, whatever a proxy says of it (A55, A57); only then is anybody's account read.
Rule 2. A certificate is known by its fingerprint. The login ID in its name must be its owner's all the same (CE-4).
Rule 3. Its own reason is told to whoever proved its key, and only where its path leads to the bank's anchors.
Rule 4. Whoever shows a good certificate again and again fills neither the history nor the account: presentations since
        the last login are told at the 1st, 2nd, 4th, 8th … time, and a browser has one flow that waits for a password.
Rule 5. Attempts by ID never touch this entrance, and what is counted here never touches the other.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Final, cast

import attrs

from okmate_auth import handles
from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.verdict import CertificateRefusal, VerifiedCertificate
from okmate_auth.client import Client, as_client
from okmate_auth.commands.advance import advance
from okmate_auth.commands.bindings import bound_to, refusal
from okmate_auth.commands.guesses import load_throttle
from okmate_auth.commands.journal import count_unjudged, heard
from okmate_auth.commands.repeats import Submission, keep, kept
from okmate_auth.decision import CheckCertificate, Command, Commit, Context, Draft
from okmate_auth.factors import CERTIFICATE, LOGIN_PASSWORD
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import Locked
from okmate_auth.ports import AnyKey, SourceOutcome
from okmate_auth.records import Account, Certificate, Flow, Ledger, Note, Proof, Repeat, Throttle
from okmate_auth.records.account import CertificateBinding
from okmate_auth.records.throttle import LaneName
from okmate_auth.replies import Busy, PasswordDue, Refused
from okmate_auth.secret import Secret, as_secret
from okmate_auth.violations import Violation

PresentReply = PasswordDue | Refused | Busy

_NOBODY_S: Final = frozenset({"certificate-malformed", "certificate-unknown-issuer"})


@attrs.frozen(kw_only=True)
class PresentCertificate(Command[PresentReply]):
    """Begin a login by certificate; it is the client's, as TLS proved it on this very request.

    Attributes:
        attempt: The page's attempt token, new on every rendered page (``Authenticator.new_token``): the same command
            with the same token, browser and certificate is one attempt.
        client: The caller, with the certificate.

    Refusals: ``malformed``, ``no-certificate``, ``certificate-malformed``, ``certificate-unknown-issuer``; of one that
    the bank's CA issued ``certificate-expired``, ``certificate-not-yet-valid``, ``certificate-wrong-use``,
    ``certificate-weak-key``, ``certificate-bad-path``, ``certificate-revoked`` (by its issuer, or here),
    ``certificate-revocation-unknown``, ``certificate-unregistered``, ``certificate-superseded`` (a newer one was used);
    and ``locked`` (with ``until`` where it ends by itself).

    Source: the procedure's manual, 1-1; RFC 5280 6.1; ASVS 5.0 6.7.1, 6.8.1; NIST SP 800-63B-4 3.2.5.
    """

    attempt: Secret = attrs.field(converter=as_secret)
    client: Client = attrs.field(converter=as_client)

    replies: ClassVar[tuple[type, ...]] = (PasswordDue, Refused, Busy)

    @property
    def source(self) -> str:
        """Address of the source that the limiter watches."""
        return self.client.address

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return the certificate's key, and the kept reply's."""
        chain = self.client.chain
        if chain is None or self._violations():
            return ()
        return (Certificate.at(context.bank, chain.fingerprint), Repeat.at(self._attempt(context)))

    def decide(self, draft: Draft) -> Commit[PresentReply]:
        """Verify the certificate, find whose it is, and ask for the password."""
        violations = self._violations()
        if violations:
            refused = Refused(code="malformed", violations=violations)
            return draft.commit(refused, source=SourceOutcome(result="malformed"))
        chain = self.client.chain
        if chain is None:
            return draft.commit(Refused(code="no-certificate"))
        verdict = draft.ask(CheckCertificate(chain))[0]
        draft.load(self.keys(draft.context))
        record = draft.get(Certificate.at(draft.context.bank, chain.fingerprint))
        if isinstance(verdict, CertificateRefusal):
            return self._refuse(draft, record, refusal(verdict))
        if record is None:
            return self._refuse(draft, None, "certificate-unregistered")
        if record.state != "registered":
            return self._refuse(draft, record, f"certificate-{record.state}")
        return self._begin(draft, record, chain, cast("VerifiedCertificate", verdict))

    def turned_away(self, draft: Draft, retry_after: timedelta, reason: str) -> Commit[PresentReply]:
        """Say Busy; count it here, and let the owner's history know at the 1st, 2nd, 4th, 8th … time."""
        of, chain = f"certificate:source:{self.client.address}", None if self._violations() else self.client.chain
        if chain is not None and heard(draft, of):
            record = draft.get(Certificate.at(draft.context.bank, chain.fingerprint))
            if record is not None:
                self._count(draft, record.subject, reason, of=of)
        return draft.commit(Busy(retry_after=retry_after), rests_on=())

    def _begin(
        self, draft: Draft, record: Certificate, chain: CertificateChain, verdict: VerifiedCertificate
    ) -> Commit[PresentReply]:
        context, subject = draft.context, record.subject
        draft.load(
            [
                Account.at(subject),
                Throttle.at(subject, "certificate"),
                *(Note.at(subject, name) for name in context.profile.order if name in context.actions),
            ]
        )
        account = draft.get(Account.at(subject))
        binding = None if account is None else bound_to(context, account, verdict)
        known = account is not None and account.knows(self.client.browser_hash)
        if account is None or binding is None:
            return self._refuse(draft, record, "certificate-unregistered", known=known)
        stored = self._attempt(context)
        submission = Submission(command=self, spent=self.attempt, client=self.client, stored=stored)
        repeated = kept(draft, submission)
        if repeated is not None:
            return draft.commit(cast("PresentReply", repeated))
        throttle = load_throttle(draft, subject, "certificate")
        lane: LaneName = "known" if known else "others"
        lock = lockout.standing(throttle, LOGIN_PASSWORD, lane, context.profile.lockout_of(LOGIN_PASSWORD), context.now)
        if isinstance(lock, Locked):
            self._count(draft, subject, "locked", of=f"{subject}:certificate:{lock.mark}", known=known)
            return draft.commit(Refused(code="locked", until=lock.until), rests_on=())
        reply = advance(
            draft,
            account=account,
            throttle=throttle,
            flow=self._flow(context, subject, chain, binding, known=known),
            client=self.client,
            spent=stored,
            factor=CERTIFICATE,
            attempts=heard(draft, f"{subject}:presented:{account.logins[0].at if account.logins else None}"),
        )
        if isinstance(reply, Busy):
            return draft.commit(reply, rests_on=())
        keep(draft, submission, reply)
        return draft.commit(cast("PresentReply", reply))

    def _flow(
        self, context: Context, subject: str, chain: CertificateChain, binding: CertificateBinding, *, known: bool
    ) -> Flow:
        return Flow(
            handle="",
            id=context.random("flow", 16).hex(),
            subject=subject,
            entrance="certificate",
            browser=self.client.browser_hash,
            certificate=chain.fingerprint,
            known=known,
            ends_at=context.now + context.profile.flow.whole_lasts,
            step_ends_at=context.now,
            ledger=Ledger(proven=(Proof(factor=CERTIFICATE, credential=binding.id),)),
        )

    def _refuse(
        self, draft: Draft, record: Certificate | None, code: str, *, known: bool = False
    ) -> Commit[PresentReply]:
        """Refuse with the certificate's own reason; its owner's history has it at the 1st, 2nd, 4th, 8th … time."""
        source = None
        if record is not None:
            self._count(draft, record.subject, code, of=f"{record.fingerprint}:{code}", known=known)
        elif code in _NOBODY_S:  # whoever has others shown counts for his source, and for nobody else
            source = SourceOutcome(result="malformed")
        return draft.commit(Refused(code=code), source=source, rests_on=())

    def _count(self, draft: Draft, subject: str, result: str, *, of: str, known: bool = False) -> None:
        count_unjudged(draft, subject, "certificate", result, client=self.client, of=of, known=known)

    def _attempt(self, context: Context) -> str:
        return handles.stored("attempt", self.attempt, bank=context.bank)

    def _violations(self) -> tuple[Violation, ...]:
        bad = () if handles.is_handle(self.attempt.reveal()) else (Violation("malformed-token", "attempt"),)
        return (*self.client.violations(), *bad)
