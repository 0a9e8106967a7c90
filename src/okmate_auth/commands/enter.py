"""Entering what a token shows at login."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, cast

import attrs

from okmate_auth.commands.code_steps import at_code, keys_of_bound_token, refuse_code
from okmate_auth.commands.codes import judge_code
from okmate_auth.commands.visits import StepCommand
from okmate_auth.decision import Commit, Context, Draft
from okmate_auth.factors import CODE
from okmate_auth.flow import credential_id
from okmate_auth.ports import AnyKey
from okmate_auth.records import Flow, Proof
from okmate_auth.replies import ActionDue, Authenticated, Busy, CodeDue, PasswordChangeDue, Refused
from okmate_auth.secret import Secret, as_secret
from okmate_auth.tokens import verify

EnterReply = Authenticated | PasswordChangeDue | ActionDue | Refused | Busy


@attrs.frozen(kw_only=True)
class EnterCode(StepCommand[EnterReply]):
    """Answer :class:`~okmate_auth.replies.CodeDue`.

    Attributes:
        handle: The step's handle.
        client: The caller.
        code: What the token shows, as typed: half-width digits.

    Refusals, the same step again: ``malformed`` (the handle is not spent, nothing counts against the person),
    ``wrong-code`` (also for a replay, and for one that came late), ``token-locked`` (with ``until`` where it ends by
    itself; also while the token is suspended). Others as for every step: ``stale``, ``expired``, ``changed``,
    ``locked``, ``wrong-step``, ``token-wait``, ``already-logged-in``.

    Source: RFC 6238 5.2 (accepted once); RFC 4226 7.2 to 7.4; ASVS 5.0 6.5.1; NIST SP 800-63B-4 3.1.4.2.
    """

    code: Secret = attrs.field(converter=as_secret)

    answers: ClassVar[type | None] = CodeDue
    replies: ClassVar[tuple[type, ...]] = (Authenticated, PasswordChangeDue, ActionDue, Refused, Busy)

    def keys_at(self, flow: Flow, context: Context) -> tuple[AnyKey, ...]:
        """Return where the token and its throttle stand."""
        return keys_of_bound_token(flow, context)

    def decide(self, draft: Draft) -> Commit[EnterReply]:
        """Judge the code; go on from there if it is right."""
        found = at_code(draft, self, {"code": self.code})
        if isinstance(found, Commit):
            return found
        visit = found.visit
        judged = judge_code(draft, found.bench, visit.throttle, found.lane, partial(verify, self.code.reveal()))
        if judged.token is None:
            return cast("Commit[EnterReply]", refuse_code(visit, judged, Refused(code="wrong-code")))
        proof = Proof(factor=CODE, credential=cast("str", credential_id(visit.account, CODE)))
        ledger = attrs.evolve(visit.flow.ledger, proven=(*visit.flow.ledger.proven, proof))
        flow = attrs.evolve(visit.flow, ledger=ledger)
        reply = visit.go_on(account=visit.account, throttle=judged.throttle, flow=flow, factor=CODE)
        return cast("Commit[EnterReply]", reply)
