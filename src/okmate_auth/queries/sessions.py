"""Listing one's own sessions."""

from __future__ import annotations

from datetime import datetime

import attrs

from okmate_auth import handles
from okmate_auth.client import Client, as_client
from okmate_auth.decision import Context
from okmate_auth.policies.sessions import session_ends_at, session_is_live
from okmate_auth.queries.query import Found, Need, Query
from okmate_auth.queries.session import CheckSession
from okmate_auth.records import Account, Session
from okmate_auth.secret import Secret, as_secret


@attrs.frozen(kw_only=True)
class ListedSession:
    """One of an account's live sessions.

    Attributes:
        id: For ``EndSession``; grants nothing.
        mine: Whether it is the one that asks.
        entrance: By which method.
        started_at: When its login reached its end.
        used_at: Its last use that was written, None before the first.
        ends_at: When it ends unless it is used.
    """

    id: str
    mine: bool
    entrance: str
    started_at: datetime
    used_at: datetime | None
    ends_at: datetime


@attrs.frozen
class ListSessions(Query["tuple[ListedSession, ...] | None"]):
    """List the live sessions of a session's own account; None where the session is not live.

    Attributes:
        handle: The session's handle.
        client: The caller.

    Source: ASVS 5.0 7.4.5, 7.5.2.
    """

    handle: Secret = attrs.field(converter=as_secret)
    client: Client = attrs.field(converter=as_client)

    def need(self, context: Context) -> Need:
        """Return the session's key."""
        return CheckSession(self.handle, self.client).need(context)

    def then(self, found: Found, context: Context) -> Need | None:
        """Return the account's key, then its sessions' keys."""
        check = CheckSession(self.handle, self.client)
        mine = check.mine(found, context)
        if mine is None:
            return None
        account = found.get(Account.at(mine.subject), Account)
        if account is None:
            return Need((Account.at(mine.subject),), chains=check.proof(mine))
        missing = [Session.at(ref.id) for ref in account.sessions if ref.id != mine.handle]
        return None if any(key in found.records for key in missing) or not missing else Need(tuple(missing))

    def answer(self, found: Found, context: Context) -> tuple[ListedSession, ...] | None:
        """Return the live ones, newest first."""
        if CheckSession(self.handle, self.client).look(found, context) is None:
            return None
        mine = CheckSession(self.handle, self.client).need(context).keys[0].id
        sessions = [one.record for one in found.records.values() if isinstance(one.record, Session)]
        policy = context.profile.session
        return tuple(
            ListedSession(
                id=handles.public_id(session.handle),
                mine=session.handle == mine,
                entrance=session.entrance,
                started_at=session.started_at,
                used_at=session.used_at,
                ends_at=session_ends_at(session, policy),
            )
            for session in sorted(sessions, key=lambda session: session.started_at, reverse=True)
            if session_is_live(session, policy, context.now)
        )
