"""What the top page shows (the procedure's manual, step 5), as far as the library knows it."""

from __future__ import annotations

from datetime import datetime

import attrs

from okmate_auth.client import Client, as_client
from okmate_auth.decision import Context
from okmate_auth.queries.query import Found, Need, Query, Slice
from okmate_auth.queries.session import CheckSession, Session
from okmate_auth.records import CODEC, Account, LoginRef, OperationRecord
from okmate_auth.records import Session as Record
from okmate_auth.records.history import operation_chain
from okmate_auth.secret import Secret, as_secret


@attrs.frozen(kw_only=True)
class TopPageView:
    """The top page's contents.

    Attributes:
        session: The session.
        name: The person's name as the company wrote it.
        logins: The last logins, newest first, without this one; whoever does not recognise one calls the bank.
        logged_in_at: When this one was.
        operations: The last operations, newest first.
    """

    session: Session
    name: str
    logged_in_at: datetime
    logins: tuple[LoginRef, ...]
    operations: tuple[OperationRecord, ...]


@attrs.frozen
class TopPage(Query["TopPageView | None"]):
    """Show the top page; None where the session is not live.

    Attributes:
        handle: The session's handle.
        client: The caller.

    Source: the procedure's manual, step 5.
    """

    handle: Secret = attrs.field(converter=as_secret)
    client: Client = attrs.field(converter=as_client)

    def need(self, context: Context) -> Need:
        """Return the session's key."""
        return CheckSession(self.handle, self.client).need(context)

    def then(self, found: Found, context: Context) -> Need | None:
        """Return the account's key and the end of its operations."""
        session = next((one.record for one in found.records.values() if isinstance(one.record, Record)), None)
        if session is None or found.rows:
            return None
        operations = Slice(operation_chain(session.subject), context.profile.shown_operations)
        return Need((Account.at(session.subject),), (operations,))

    def answer(self, found: Found, context: Context) -> TopPageView | None:
        """Return the page's contents."""
        seen = CheckSession(self.handle, self.client).answer(found, context)
        session = None if seen is None else seen.session
        account = None if session is None else found.get(Account.at(session.subject), Account)
        if session is None or account is None:
            return None
        rows = [row for rows in found.rows.values() for row in rows]
        others = [login for login in account.logins if login.at != session.started_at]
        return TopPageView(
            session=session,
            name=account.name,
            logged_in_at=session.started_at,
            logins=tuple(others[: context.profile.shown_logins]),
            operations=tuple(CODEC.loads(OperationRecord, row.body) for row in rows),
        )
