"""Token enrollment, and putting it off (the procedure's manual, step 4)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, cast

import attrs

from okmate_auth import fields
from okmate_auth.commands.code_steps import judgeable, malformed, refuse_code
from okmate_auth.commands.codes import code_violations, enrollment_bench, judge_code, token_keys
from okmate_auth.commands.journal import log_login, notify
from okmate_auth.commands.visits import StepCommand, Visit, visit
from okmate_auth.decision import Commit, Context, Draft
from okmate_auth.factors import CODE
from okmate_auth.ports import AnyKey
from okmate_auth.records import Account, Flow, HardToken, Proof, Throttle, TokenBinding
from okmate_auth.replies import ActionDue, Authenticated, Busy, EnrollmentDue, PasswordChangeDue, Refused
from okmate_auth.secret import Secret, as_secret
from okmate_auth.tokens import canonical_serial, enroll, serial_violations

EnrollReply = Authenticated | PasswordChangeDue | ActionDue | Refused | Busy
SkipReply = Authenticated | PasswordChangeDue | ActionDue | Refused | Busy


@attrs.frozen(kw_only=True)
class EnrollToken(StepCommand[EnrollReply]):
    """Answer :class:`~okmate_auth.replies.EnrollmentDue` with the token in one's hand.

    It proves the code factor for its flow, and its code is spent (A02).

    Attributes:
        handle: The step's handle.
        client: The caller.
        serial: The serial number as printed; case, hyphens and spaces do not matter.
        code: What the token shows.

    Refusals, the same step again: ``malformed`` (the handle is not spent, nothing counts), ``wrong-token`` (one answer
    for a wrong code and for every number that is no token for this person: unknown, another company's, somebody
    else's, revoked, or one that only looks like his), ``token-locked`` (with ``until`` where it ends by itself). Others
    as for every step.

    Source: the procedure's manual, step 4; NIST SP 800-63B-4 4.1; ASVS 5.0 6.3.8.
    """

    serial: str = attrs.field(converter=fields.serial, repr=False)
    code: Secret = attrs.field(converter=as_secret)

    answers: ClassVar[type | None] = EnrollmentDue
    replies: ClassVar[tuple[type, ...]] = (Authenticated, PasswordChangeDue, ActionDue, Refused, Busy)

    def keys_at(self, flow: Flow, context: Context) -> tuple[AnyKey, ...]:
        """Return where the token stands that the serial number means, and its throttle."""
        if serial_violations(self.serial):
            return ()
        return token_keys(context, flow.company, canonical_serial(self.serial))

    def decide(self, draft: Draft) -> Commit[EnrollReply]:
        """Judge the code; bind the token if it is right, and go on."""
        at = visit(draft, self, EnrollmentDue)
        if isinstance(at, Commit):
            return at
        violations = (*serial_violations(self.serial), *code_violations(self.code))
        if violations:
            return malformed(at, violations)
        found = judgeable(at, enrollment_bench(draft, at.account, canonical_serial(self.serial)))
        if isinstance(found, Commit):
            return found
        judged = judge_code(draft, found.bench, at.throttle, found.lane, partial(enroll, self.code.reveal()))
        if judged.token is None:
            return cast("Commit[EnrollReply]", refuse_code(at, judged, Refused(code="wrong-token")))
        return self._bind(draft, at, judged.token, judged.throttle)

    def _bind(self, draft: Draft, at: Visit, token: HardToken, throttle: Throttle) -> Commit[EnrollReply]:
        context, account, flow = draft.context, at.account, at.flow
        draft.put(attrs.evolve(token, state="enrolled", holders=(*token.holders, account.subject)))
        binding = TokenBinding(
            id=context.random("token-binding", 16).hex(), serial=token.serial, enrolled_at=context.now
        )
        history = attrs.evolve(account.token_history, enrolled_at=context.now)
        account = attrs.evolve(account, tokens=(binding,), token_history=history)
        proven = (*flow.ledger.proven, Proof(factor=CODE, credential=binding.id))
        ledger = attrs.evolve(flow.ledger, proven=proven, enrollment_skipped=False)
        notify(draft, "enrollment", account=account, details={"serial": token.printed, "address": self.client.address})
        throttle = log_login(
            draft, throttle, "enrolled", client=self.client, factor=CODE, flow=flow.id, known=flow.known
        )
        flow = attrs.evolve(flow, ledger=ledger)
        return cast("Commit[EnrollReply]", at.go_on(account=account, throttle=throttle, flow=flow, factor=CODE))


@attrs.frozen(kw_only=True)
class SkipEnrollment(StepCommand[SkipReply]):
    """Answer :class:`~okmate_auth.replies.EnrollmentDue` by putting it off; it is due again at the next login.

    Services that need a token stay closed in the session, unless the profile's grace runs.

    Attributes:
        handle: The step's handle.
        client: The caller.

    Refusals, the same step again: ``may-not-skip`` (the handle is not spent). Others as for every step.

    Source: the procedure's manual, step 4 (「登録画面をスキップ」).
    """

    answers: ClassVar[type | None] = EnrollmentDue
    replies: ClassVar[tuple[type, ...]] = (Authenticated, PasswordChangeDue, ActionDue, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[SkipReply]:
        """Note that it was put off, and go on."""
        at = visit(draft, self, EnrollmentDue)
        if isinstance(at, Commit):
            return at
        if isinstance(at.step, EnrollmentDue) and not at.step.may_skip:
            return draft.commit(Refused(code="may-not-skip", at=at.step))
        account, flow = at.account, at.flow
        throttle = log_login(
            draft, at.throttle, "enrollment-skipped", client=self.client, flow=flow.id, known=flow.known
        )
        flow = attrs.evolve(flow, ledger=attrs.evolve(flow.ledger, enrollment_skipped=True))
        reply = at.go_on(account=_skipped(account, draft.context), throttle=throttle, flow=flow)
        return cast("Commit[SkipReply]", reply)


def _skipped(account: Account, context: Context) -> Account:
    """Return an account whose grace runs from now, unless it runs already."""
    since = account.token_history.skipped_at or context.now
    return attrs.evolve(account, token_history=attrs.evolve(account.token_history, skipped_at=since))
