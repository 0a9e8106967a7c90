"""Stopping an account and letting it go on."""

from __future__ import annotations

from typing import ClassVar

import attrs

from okmate_auth.commands.administration import OnAccount
from okmate_auth.commands.authority import Actor
from okmate_auth.commands.guesses import load_throttle
from okmate_auth.commands.journal import notify
from okmate_auth.commands.targets import end_everything
from okmate_auth.decision import Draft
from okmate_auth.policies import lockout
from okmate_auth.records import Account, Suspension, Throttle
from okmate_auth.replies import Busy, Done, Refused


@attrs.frozen(kw_only=True)
class Suspend(OnAccount[Done | Refused | Busy]):
    """Stop an account until somebody releases it; its sessions and logins end at once. One may suspend oneself.

    Refusals: ``not-logged-in``, ``not-allowed``, ``wrong-password``, ``locked``, ``confirmation-unusable``,
    ``unknown-user``.
    """

    operation: ClassVar[str] = "suspend"
    on_oneself: ClassVar[bool] = True

    def apply(self, draft: Draft, account: Account, actor: Actor) -> Done | Refused | Busy:
        """Put the account with its suspension and nothing under way."""
        suspension = account.suspended
        if suspension is None or not suspension.by_desk:  # an administrator does not make the desk's stop his own
            suspension = Suspension(at=draft.context.now, actor=actor.name, by_desk=actor.company is None)
        draft.put(attrs.evolve(end_everything(draft, account), suspended=suspension))
        return Done(login_id=account.login_id)


@attrs.frozen(kw_only=True)
class Release(OnAccount[Done | Refused | Busy]):
    """Take away an account's suspension and every lock of its entrance. Never one's own.

    What the bank's desk suspended, the desk alone releases.

    Refusals: as for :class:`Suspend`, ``not-oneself``, and ``not-allowed`` for a suspension by the desk.
    """

    operation: ClassVar[str] = "release"

    def apply(self, draft: Draft, account: Account, actor: Actor) -> Done | Refused | Busy:
        """Put account and throttle without locks, and a notice."""
        suspension = account.suspended
        if suspension is not None and suspension.by_desk and actor.company is not None:
            return Refused(code="not-allowed")
        draft.put(attrs.evolve(account, suspended=None))
        take_locks_away(draft, account)
        notify(draft, "release", account=account)
        return Done(login_id=account.login_id)


def take_locks_away(draft: Draft, account: Account, *, but: frozenset[str] = frozenset()) -> None:
    """Put the throttle of an account's entrance without locks and failures, but for those of some factors."""
    key = Throttle.at(account.subject, account.method)
    draft.load((key,))
    draft.put(lockout.release(load_throttle(draft, account.subject, account.method), draft.context.now, but=but))
