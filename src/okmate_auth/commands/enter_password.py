"""Entering the login password after a certificate was presented (the procedure's manual, 1-1 B)."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, cast

import attrs

from okmate_auth.commands.guesses import Guess, Judged, judge, refused_by, rehashed
from okmate_auth.commands.journal import count_unjudged, heard, notify
from okmate_auth.commands.login import LoginReply, PasswordLogin
from okmate_auth.commands.login_password import login_guess, password_violations, private_reason
from okmate_auth.commands.visits import MALFORMED, StepCommand, Visit, visit
from okmate_auth.decision import Commit, Draft
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import Crowded, Locked
from okmate_auth.records import Flow, Proof
from okmate_auth.records.throttle import LaneName
from okmate_auth.replies import Busy, PasswordDue, Refused
from okmate_auth.secret import Secret, as_secret


@attrs.frozen(kw_only=True)
class EnterPassword(StepCommand[LoginReply]):
    """Answer :class:`~okmate_auth.replies.PasswordDue`.

    Attributes:
        handle: The step's handle.
        client: The caller, with the same certificate.
        password: The login password, as typed.

    Refusals, the same step again: ``malformed`` (the handle is not spent), ``rejected`` (one answer for a wrong
    password, a suspended account, an expired initial password). Refusals that end the flow: ``locked`` (with ``until``
    where it ends by itself), ``stale`` (also from another browser, or without the certificate), ``expired``,
    ``changed``, ``token-wait``, ``already-logged-in``, and the certificate's own as for
    :class:`~okmate_auth.commands.present.PresentCertificate`.

    Source: the procedure's manual, 1-1; ASVS 5.0 6.3.1; NIST SP 800-63B-4 3.2.2.
    """

    password: Secret = attrs.field(converter=as_secret)

    answers: ClassVar[type | None] = PasswordDue
    replies: ClassVar[tuple[type, ...]] = PasswordLogin.replies

    def decide(self, draft: Draft) -> Commit[LoginReply]:
        """Judge the password; go on from there if it is right."""
        found = visit(draft, self, PasswordDue)
        if isinstance(found, Commit):
            return found
        violations = password_violations(draft.context.profile, self.password)
        if violations:
            return draft.commit(Refused(code="malformed", at=found.step, violations=violations), source=MALFORMED)
        guess = login_guess(draft.context, found.account, "certificate", self.password)
        lane: LaneName = "known" if found.flow.known else "others"
        judged = judge(
            draft,
            found.throttle,
            lane=lane,
            place_id=found.submission.stored,
            guesses=(guess,),
            rests_on=(found.flow.key,),
        )
        if isinstance(judged, Locked):
            locked = Refused(code="locked", until=judged.until)
            return found.end(locked, throttle=found.throttle, result="locked")
        if isinstance(judged, Crowded):
            self._count(draft, found.flow, "crowded", of=f"{found.flow.subject}:certificate")
            return draft.commit(Busy(retry_after=lockout.SHORTEST_HINT), rests_on=())
        if judged.right == (True,):
            return self._right(draft, found, judged, guess)
        return self._wrong(draft, found, judged, lane)

    def turned_away(self, draft: Draft, retry_after: timedelta, reason: str) -> Commit[LoginReply]:
        """Say Busy; count it here, and let the owner's history know at the 1st, 2nd, 4th, 8th … time."""
        of = f"certificate:source:{self.client.address}"
        for key in self.keys(draft.context)[:1] if heard(draft, of) else ():
            flow = draft.get(key)
            if isinstance(flow, Flow) and self.client.holds(flow.browser, flow.certificate):
                self._count(draft, flow, reason, of=of)
        return draft.commit(Busy(retry_after=retry_after), rests_on=())

    def _count(self, draft: Draft, flow: Flow, result: str, *, of: str) -> None:
        count_unjudged(draft, flow.subject, flow.entrance, result, client=self.client, of=of, known=flow.known)

    def _right(self, draft: Draft, found: Visit, judged: Judged, guess: Guess) -> Commit[LoginReply]:
        credential = rehashed(draft, guess)
        proof = Proof(factor=LOGIN_PASSWORD, credential=credential.id)
        ledger = attrs.evolve(found.flow.ledger, proven=(*found.flow.ledger.proven, proof))
        reply = found.go_on(
            account=attrs.evolve(found.account, login_password=credential),
            throttle=judged.throttle,
            flow=attrs.evolve(found.flow, ledger=ledger),
            factor=LOGIN_PASSWORD,
        )
        return cast("Commit[LoginReply]", reply)

    def _wrong(self, draft: Draft, found: Visit, judged: Judged, lane: LaneName) -> Commit[LoginReply]:
        """Refuse with one answer; where the password is locked now, the flow has ended."""
        context = draft.context
        if judged.events:
            notify(draft, "lock", account=found.account, details={"address": self.client.address})
        reason = private_reason(context, found.account, "certificate")
        rejected = Refused(code="rejected")
        told = refused_by(context, judged.throttle, LOGIN_PASSWORD, lane, otherwise=rejected)
        if told is not rejected:
            return found.end(told, throttle=judged.throttle, result=reason, failed=True)
        again = found.again(rejected, throttle=judged.throttle, result=reason, factor=LOGIN_PASSWORD, failed=True)
        return cast("Commit[LoginReply]", again)
