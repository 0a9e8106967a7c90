"""Ending a login that is under way."""

from __future__ import annotations

from typing import ClassVar

import attrs

from okmate_auth.commands.visits import StepCommand
from okmate_auth.decision import Commit, Draft
from okmate_auth.records import Account, Flow
from okmate_auth.replies import Abandoned, Busy, Step


@attrs.frozen(kw_only=True)
class Abandon(StepCommand[Abandoned | Busy]):
    """End a flow, whatever step it is at; one that is unknown or another browser's is left alone.

    Attributes:
        handle: The present step's handle.
        client: The caller.
    """

    answers: ClassVar[type | None] = Step
    replies: ClassVar[tuple[type, ...]] = (Abandoned, Busy)

    def decide(self, draft: Draft) -> Commit[Abandoned | Busy]:
        """Delete the flow, and take it from the account's list."""
        for key in self.keys(draft.context)[:1]:
            flow = draft.get(key)
            if isinstance(flow, Flow) and self.client.holds(flow.browser, flow.certificate):
                account = draft.get(Account.at(flow.subject))
                if account is not None:
                    flows = tuple(ref for ref in account.flows if ref.id != flow.handle)
                    draft.put(attrs.evolve(account, flows=flows))
                draft.delete(flow.key)
        return draft.commit(Abandoned(), rests_on=())
