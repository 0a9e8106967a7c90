"""Answering one of the bank's own actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, cast

import attrs

from okmate_auth import fields
from okmate_auth.actions import Problems, checked_note, json_object
from okmate_auth.codec import Json
from okmate_auth.commands.visits import MALFORMED, StepCommand, visit
from okmate_auth.decision import Commit, Draft
from okmate_auth.records import Note
from okmate_auth.replies import ActionDue, Authenticated, Busy, EnrollmentDue, PasswordChangeDue, Refused
from okmate_auth.violations import Violation

AnswerReply = Authenticated | PasswordChangeDue | EnrollmentDue | ActionDue | Refused | Busy


@attrs.frozen(kw_only=True)
class AnswerAction(StepCommand[AnswerReply]):
    """Answer :class:`~okmate_auth.replies.ActionDue`.

    Attributes:
        handle: The step's handle.
        client: The caller.
        name: Which action is answered.
        answer: What was entered: a JSON object of at most 4 KiB and 32 levels; anything else is None, and malformed.

    Refusals, the same step again: ``not-accepted`` (with the action's violations). Others as for every step:
    ``malformed``, ``stale``, ``expired``, ``changed``, ``locked``, ``wrong-step``, ``already-logged-in``.
    """

    name: str = attrs.field(converter=fields.name)
    answer: Mapping[str, Json] | None = attrs.field(converter=json_object, factory=dict[str, Json], repr=False)

    answers: ClassVar[type | None] = ActionDue
    replies: ClassVar[tuple[type, ...]] = (Authenticated, PasswordChangeDue, EnrollmentDue, ActionDue, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[AnswerReply]:
        """Let the action take the answer, keep its note, go on to what is due next."""
        found = visit(draft, self, ActionDue)
        if isinstance(found, Commit):
            return found
        account, flow, context = found.account, found.flow, draft.context
        step = found.step
        if isinstance(step, ActionDue) and step.name != self.name:
            return draft.commit(Refused(code="wrong-step", at=step))
        if isinstance(step, ActionDue):
            answer = self.answer
            if answer is None:
                violations = (Violation("malformed", "answer"),)
                return draft.commit(Refused(code="malformed", at=step, violations=violations), source=MALFORMED)
            key = Note.at(account.subject, self.name)
            note = draft.get(key, absence_by=account.key)
            outcome = context.actions[self.name].apply(None if note is None else note.data, answer, context.now)
            if isinstance(outcome, Problems):
                refused = Refused(code="not-accepted", violations=outcome.violations)
                return cast("Commit[AnswerReply]", found.again(refused, throttle=found.throttle, result="not-accepted"))
            draft.put(Note(subject=account.subject, action=self.name, data=checked_note(self.name, outcome)))
            answered = (*flow.ledger.answered, self.name)
            flow = attrs.evolve(flow, ledger=attrs.evolve(flow.ledger, answered=answered))
        return cast("Commit[AnswerReply]", found.go_on(account=account, throttle=found.throttle, flow=flow))
