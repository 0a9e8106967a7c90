"""What all commands on one account have in common: authority, target, refusals, the row in its operations."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Generic, TypeVar, cast

import attrs

from okmate_auth import fields
from okmate_auth.commands.authority import Actor, AuthorizedCommand, authorize, target
from okmate_auth.commands.journal import log_operation
from okmate_auth.decision import Commit, Draft
from okmate_auth.records import Account
from okmate_auth.replies import Busy, Done, Refused

R = TypeVar("R")


@attrs.frozen(kw_only=True)
class OnAccount(AuthorizedCommand[R], Generic[R]):
    """A command of an authority on one account.

    Attributes:
        login_id: Whose account.
        authority: Who acts.
    """

    login_id: str = attrs.field(converter=fields.login_id)

    operation: ClassVar[str] = ""
    on_oneself: ClassVar[bool] = False
    replies: ClassVar[tuple[type, ...]] = (Done, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[R]:
        """Check the authority, find the account, apply, write down who did it."""
        actor = authorize(draft, self.authority)
        if not isinstance(actor, Actor):
            return cast("Commit[R]", actor)
        account = target(draft, actor, self.login_id)
        if account is None:
            return self._refuse(draft, "unknown-user")
        if account.subject == actor.subject and not self.on_oneself:
            return self._refuse(draft, "not-oneself")
        reply = self.apply(draft, account, actor)
        if isinstance(reply, Refused):
            return self._refuse(draft, reply)
        log_operation(
            draft, account.subject, self.operation, actor=actor.name, ticket=actor.ticket, details=self.details(account)
        )
        return draft.commit(reply)

    @abstractmethod
    def apply(self, draft: Draft, account: Account, actor: Actor) -> R:
        """Put what the command changes, and return its reply, or a ``Refused`` before anything was put."""

    def details(self, account: Account) -> dict[str, str]:
        """Return what the operation's row says besides the command's name; the account is as it was before."""
        del account
        return {}

    def _refuse(self, draft: Draft, reason: str | Refused) -> Commit[Any]:
        """Refuse; the confirmation password that was judged stays judged."""
        refused = reason if isinstance(reason, Refused) else Refused(code=reason)
        return draft.commit(refused, rests_on=())
