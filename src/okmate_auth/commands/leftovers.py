"""Settling a guess that was judged for something that is gone: a flow that ended, a session that was logged out.

Whatever was judged is committed, whatever refusal follows: a wrong guess counts, and a right one is not counted as
wrong when its place runs out of time.
"""

from __future__ import annotations

from typing import TypeVar

from okmate_auth.client import Client
from okmate_auth.commands.guesses import owner_of
from okmate_auth.commands.journal import log_login, notify
from okmate_auth.decision import Commit, Draft
from okmate_auth.policies import lockout
from okmate_auth.ports import SourceOutcome
from okmate_auth.records import Account, Throttle

R = TypeVar("R")


def settle_leftovers(draft: Draft, commit: Commit[R], client: Client) -> Commit[R]:
    """Return the commit, with every place of this submit settled by the verdict on it.

    A wrong guess is told to its source, and a lock that comes of it to the owner, like any other.
    """
    context, verdicts, owner, source = draft.context, draft.verdicts, owner_of(draft.context), commit.source
    draft.load(draft.unsettled)
    for key in draft.unsettled:
        throttle = draft.get(key)
        if not isinstance(throttle, Throttle):
            continue
        throttle = lockout.settled(throttle, context.profile.lockout_of, context.now)
        for place in [place for place in throttle.places if place.owner == owner and place.factor in verdicts]:
            if verdicts[place.factor]:
                throttle = lockout.succeed(throttle, place)
            else:
                throttle, event = lockout.fail(throttle, place, context.profile.lockout_of(place.factor), context.now)
                source = SourceOutcome(result="failed", subject=throttle.subject)
                if event is not None:
                    account = draft.get(Account.at(throttle.subject), absence_by=key)
                    details = {"factor": place.factor, "address": client.address}
                    notify(draft, "lock", account=account, subject=throttle.subject, details=details)
            result = "right-too-late" if verdicts[place.factor] else "wrong-password"
            throttle = log_login(
                draft, throttle, result, client=client, factor=place.factor, known=place.lane == "known"
            )
            draft.put(throttle)
    rests_on = () if commit.change is None else tuple(commit.change.guards)
    return draft.commit(commit.reply, source=source, rests_on=rests_on)
