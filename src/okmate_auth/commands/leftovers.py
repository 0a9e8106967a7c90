"""Settling a guess that was judged for something that is gone: a flow that ended, a session that was logged out.

Whatever was judged is committed, whatever refusal follows: a wrong guess counts, and a right one is not counted as
wrong when its place runs out of time.
"""

from __future__ import annotations

from typing import TypeVar

from okmate_auth.client import Client
from okmate_auth.commands.guesses import owner_of
from okmate_auth.commands.journal import log_login
from okmate_auth.decision import Commit, Draft
from okmate_auth.policies import lockout
from okmate_auth.records import Throttle

R = TypeVar("R")


def settle_leftovers(draft: Draft, commit: Commit[R], client: Client) -> Commit[R]:
    """Return the commit, with every place of this submit settled by the verdict on it."""
    context, verdicts, owner = draft.context, draft.verdicts, owner_of(draft.context)
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
                throttle, _ = lockout.fail(throttle, place, context.profile.lockout_of(place.factor), context.now)
            result = "right-too-late" if verdicts[place.factor] else "wrong-password"
            throttle = log_login(
                draft, throttle, result, client=client, factor=place.factor, known=place.lane == "known"
            )
            draft.put(throttle)
    rests_on = () if commit.change is None else tuple(commit.change.guards)
    return draft.commit(commit.reply, source=commit.source, rests_on=rests_on)
