"""What the top page shows (the procedure's manual, step 5), as far as the library knows it."""

from __future__ import annotations

from datetime import datetime

import attrs

from okmate_auth.boards import BoardNotice, Listed, Transaction
from okmate_auth.client import Client, as_client
from okmate_auth.decision import Context
from okmate_auth.policies import lockout
from okmate_auth.policies.menu import MenuItem, menu_for
from okmate_auth.policies.reminders import Reminder, reminders
from okmate_auth.queries.query import Found, Need, Query, Slice
from okmate_auth.queries.session import CheckSession, Session
from okmate_auth.records import CODEC, Account, HardToken, OperationRecord, Throttle
from okmate_auth.records.history import Entrance, operation_chain
from okmate_auth.secret import Secret, as_secret
from okmate_auth.tokens import serial_skeleton


@attrs.frozen(kw_only=True)
class LastLogin:
    """A login that reached its end, before the one whose page it is.

    Attributes:
        at: When.
        entrance: By which method.
        took_over: Whether it ended another session.
        failures_since: Wrong passwords and codes from then until the login that followed it. What was not judged,
            because guesses were locked, is not among them; the history has it.
    """

    at: datetime
    entrance: Entrance
    took_over: bool = False
    failures_since: int = 0


@attrs.frozen(kw_only=True)
class TopPageView:
    """The top page's contents.

    Attributes:
        session: The session.
        name: The person's name as the company wrote it.
        logged_in_at: When this login was.
        failures_since: Wrong passwords and codes since the last login of the account, his own in sessions included.
        logins: The last logins, newest first, without this one; whoever does not recognise one calls the bank.
        operations: The last operations, newest first.
        menu: What this person sees of the profile's menu.
        reminders: What he is to be told, the most pressing first; logging out last.
        transactions: Of the bank's board: what is not approved or not sent off. None: not available, since there is no
            such board, it failed, or the page was read without asking it.
        notices: Of the bank's board: what he has not read; None as above.
    """

    session: Session
    name: str
    logged_in_at: datetime
    logins: tuple[LastLogin, ...]
    operations: tuple[OperationRecord, ...]
    failures_since: int = 0
    menu: tuple[MenuItem, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    transactions: Listed[Transaction] | None = None
    notices: Listed[BoardNotice] | None = None


@attrs.frozen
class TopPage(Query["TopPageView | None"]):
    """Show the top page; None where the session is not live.

    It only reads: whoever shows it calls ``Authenticator.session`` as well, on that request as on each, or the session
    counts as unused. ``Authenticator.top_page`` does both, and has what the bank's boards say besides.

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
        """Return what the session leads to: account, throttle, the token at login, the end of the operations."""
        check = CheckSession(self.handle, self.client)
        session = check.mine(found, context)
        if session is None or found.rows:
            return None
        token = (HardToken.at(session.bank, serial_skeleton(session.token)),) if session.token else ()
        operations = Slice(operation_chain(session.subject), context.profile.shown_operations)
        keys = (Account.at(session.subject), Throttle.at(session.subject, session.entrance), *token)
        return Need(keys, (operations,), chains=check.proof(session))

    def answer(self, found: Found, context: Context) -> TopPageView | None:
        """Return the page's contents."""
        session = CheckSession(self.handle, self.client).look(found, context)
        account = None if session is None else found.get(Account.at(session.subject), Account)
        if session is None or account is None:
            return None
        profile = context.profile
        failed = _failed(found, account, context)
        rows = [row for rows in found.rows.values() for row in rows]
        return TopPageView(
            session=session,
            name=account.name,
            logged_in_at=session.started_at,
            logins=_logins(account, session, failed)[: profile.shown_logins],
            operations=tuple(CODEC.loads(OperationRecord, row.body) for row in rows),
            failures_since=failed,
            menu=menu_for(
                profile.menu,
                role=session.role,
                entitlements=(*session.entitlements, *session.guarded),
                shut=set(session.guarded) - set(session.entitlements),
            ),
            reminders=reminders(account, _token(found, account), profile, context.now),
        )


def _failed(found: Found, account: Account, context: Context) -> int:
    """Return how many guesses failed since the last login, those included whose time to be judged is over."""
    throttle = found.get(Throttle.at(account.subject, account.method), Throttle)
    return 0 if throttle is None else lockout.settled(throttle, context.profile.lockout_of, context.now).failed


def _logins(account: Account, session: Session, failed: int) -> tuple[LastLogin, ...]:
    """Return the other logins, newest first, each with the failures up to the one after it."""
    since = (failed, *(login.failures_before for login in account.logins))
    return tuple(
        LastLogin(at=login.at, entrance=login.entrance, took_over=login.took_over, failures_since=failures)
        for login, failures in zip(account.logins, since, strict=False)
        if login.at != session.started_at
    )


def _token(found: Found, account: Account) -> HardToken | None:
    """Return the token that is bound; None where none is, or where it was not when the session began."""
    if account.token is None:
        return None
    token = found.get(HardToken.at(account.bank, serial_skeleton(account.token.serial)), HardToken)
    return token if token is not None and token.serial == account.token.serial else None
