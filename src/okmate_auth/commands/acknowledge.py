"""Acknowledging the result of a change (the procedure's manual, step 3)."""

from __future__ import annotations

from typing import ClassVar, cast

import attrs

from okmate_auth.commands.visits import StepCommand, visit
from okmate_auth.decision import Commit, Draft
from okmate_auth.replies import (
    ActionDue,
    Authenticated,
    Busy,
    CodeDue,
    EnrollmentDue,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
)

AcknowledgeReply = Authenticated | PasswordChangeDue | EnrollmentDue | CodeDue | ActionDue | Refused | Busy


@attrs.frozen(kw_only=True)
class AcknowledgeChange(StepCommand[AcknowledgeReply]):
    """Answer :class:`~okmate_auth.replies.PasswordChangeDone`; repeated or late it changes nothing (A35).

    Attributes:
        handle: The step's handle.
        client: The caller.

    Refusals that end the flow: ``stale``, ``expired``, ``changed``, ``locked``, ``token-wait`` and
    ``already-logged-in`` (with ``until``).

    Source: the procedure's manual, step 3.
    """

    answers: ClassVar[type | None] = PasswordChangeDone
    replies: ClassVar[tuple[type, ...]] = (
        Authenticated,
        PasswordChangeDue,
        EnrollmentDue,
        CodeDue,
        ActionDue,
        Refused,
        Busy,
    )

    def decide(self, draft: Draft) -> Commit[AcknowledgeReply]:
        """Go on to what is due next."""
        found = visit(draft, self, PasswordChangeDone)
        if isinstance(found, Commit):
            return found
        flow = attrs.evolve(found.flow, ledger=attrs.evolve(found.flow.ledger, changed=()))
        return cast("Commit[AcknowledgeReply]", found.go_on(account=found.account, throttle=found.throttle, flow=flow))
