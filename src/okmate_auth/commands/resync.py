"""Making a token and the bank agree again, at login."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, cast

import attrs

from okmate_auth.commands.code_steps import at_code, keys_of_bound_token, refuse_code
from okmate_auth.commands.codes import judge_code
from okmate_auth.commands.journal import log_login
from okmate_auth.commands.visits import StepCommand
from okmate_auth.decision import Commit, Context, Draft
from okmate_auth.factors import CODE
from okmate_auth.ports import AnyKey
from okmate_auth.records import Flow
from okmate_auth.replies import Busy, CodeDue, Refused
from okmate_auth.secret import Secret, as_secret
from okmate_auth.tokens import resync

ResyncReply = CodeDue | Refused | Busy


@attrs.frozen(kw_only=True)
class ResyncToken(StepCommand[ResyncReply]):
    """Make a token and the bank agree again, by two codes in a row; :class:`~okmate_auth.replies.CodeDue` stays due.

    The pair counts as one guess and proves nothing: whoever saw two codes an hour ago must not get in by them. The
    next code does, from where the token stands now.

    Attributes:
        handle: The step's handle.
        client: The caller.
        first: What the token showed.
        second: What it showed next.

    Refusals: as for :class:`~okmate_auth.commands.enter.EnterCode`.

    Source: RFC 4226 7.4; RFC 6238 6.
    """

    first: Secret = attrs.field(converter=as_secret)
    second: Secret = attrs.field(converter=as_secret)

    answers: ClassVar[type | None] = CodeDue
    replies: ClassVar[tuple[type, ...]] = (CodeDue, Refused, Busy)

    def keys_at(self, flow: Flow, context: Context) -> tuple[AnyKey, ...]:
        """Return where the token and its throttle stand."""
        return keys_of_bound_token(flow, context)

    def decide(self, draft: Draft) -> Commit[ResyncReply]:
        """Judge the pair; ask for the next code either way."""
        found = at_code(draft, self, {"first": self.first, "second": self.second})
        if isinstance(found, Commit):
            return found
        visit, judge = found.visit, partial(resync, self.first.reveal(), self.second.reveal())
        judged = judge_code(draft, found.bench, visit.throttle, found.lane, judge, proves=False)
        if judged.token is None:
            return cast("Commit[ResyncReply]", refuse_code(visit, judged, Refused(code="wrong-code")))
        flow, client = visit.flow, self.client
        throttle = log_login(
            draft, judged.throttle, "resynchronized", client=client, factor=CODE, flow=flow.id, known=flow.known
        )
        reply = visit.go_on(account=visit.account, throttle=throttle, flow=flow)
        return cast("Commit[ResyncReply]", reply)
