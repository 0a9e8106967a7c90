"""Ending a login that is under way."""

from __future__ import annotations

from typing import ClassVar

import attrs

from okmate_auth.client import Client
from okmate_auth.commands.visits import declared_keys
from okmate_auth.decision import Command, Commit, Context, Draft
from okmate_auth.ports import AnyKey
from okmate_auth.records import Account, Flow
from okmate_auth.replies import Abandoned, Busy, Step
from okmate_auth.secret import Secret, as_secret


@attrs.frozen(kw_only=True)
class Abandon(Command[Abandoned | Busy]):
    """End a flow, whatever step it is at; one that is unknown or another browser's is left alone.

    Attributes:
        handle: The present step's handle.
        client: The caller.
    """

    handle: Secret = attrs.field(converter=as_secret)
    client: Client

    answers: ClassVar[type | None] = Step
    replies: ClassVar[tuple[type, ...]] = (Abandoned, Busy)

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return the keys that follow from the handle."""
        del context
        return declared_keys(self.handle)[:1]

    def decide(self, draft: Draft) -> Commit[Abandoned | Busy]:
        """Delete the flow, and take it from the account's list."""
        for key in declared_keys(self.handle)[:1]:
            flow = draft.get(key)
            if isinstance(flow, Flow) and flow.browser == self.client.browser_hash:
                account = draft.get(Account.at(flow.subject))
                if account is not None:
                    flows = tuple(ref for ref in account.flows if ref.id != flow.handle)
                    draft.put(attrs.evolve(account, flows=flows))
                draft.delete(flow.key)
        return draft.commit(Abandoned(), rests_on=())
