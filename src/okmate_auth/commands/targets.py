"""What belongs to an account: ending its sessions and logins, finding and detaching its token."""

from __future__ import annotations

import attrs

from okmate_auth.decision import Draft
from okmate_auth.records import Account, Flow, HardToken, Session
from okmate_auth.records.token import TokenState
from okmate_auth.tokens import serial_skeleton


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


def bound_token(draft: Draft, account: Account) -> HardToken | None:
    """Return the token that is bound to an account; None where none is."""
    if account.token is None:
        return None
    return draft.get(HardToken.at(account.bank, serial_skeleton(account.token.serial)), absence_by=account.key)


def detach_token(draft: Draft, account: Account, *, last: TokenState) -> None:
    """Put an account's token without him; ``last`` is what it becomes where nobody else holds it."""
    token = bound_token(draft, account)
    if token is not None and account.subject in token.holders:
        holders = tuple(subject for subject in token.holders if subject != account.subject)
        draft.put(attrs.evolve(token, holders=holders, state=token.state if holders else last))
