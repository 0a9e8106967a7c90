"""Ending what an account has under way: sessions and logins."""

from __future__ import annotations

import attrs

from okmate_auth.decision import Draft
from okmate_auth.records import Account, Flow, Session


def end_sessions(draft: Draft, account: Account) -> Account:
    """Delete every session of an account; return it without them, which is to be put (ASVS 5.0 7.4.1-7.4.3)."""
    draft.load([Session.at(ref.id) for ref in account.sessions])
    for ref in account.sessions:
        draft.delete(Session.at(ref.id))
    return attrs.evolve(account, sessions=())


def end_everything(draft: Draft, account: Account) -> Account:
    """Delete every session and every login under way; return the account without them, which is to be put."""
    draft.load([Flow.at(ref.id) for ref in account.flows])
    for ref in account.flows:
        draft.delete(Flow.at(ref.id))
    return attrs.evolve(end_sessions(draft, account), flows=())
