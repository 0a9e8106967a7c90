"""Acting within a session: finding it, ending it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Generic, TypeVar

import attrs

from okmate_auth import fields, handles
from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.verdict import VerifiedCertificate
from okmate_auth.client import Client, as_client
from okmate_auth.commands.journal import log_operation
from okmate_auth.decision import CheckCertificate, Command, Commit, Context, Draft
from okmate_auth.policies.sessions import session_is_live, session_is_over
from okmate_auth.ports import AnyKey
from okmate_auth.records import Account, Freshness, OperationHead, Repeat, Session
from okmate_auth.replies import Busy, Done, LoggedOut, Refused
from okmate_auth.secret import Secret, as_secret

R = TypeVar("R")

MOST_PURPOSES: Final = 8  # fresh at once in one session; the oldest goes


def session_key(handle: Secret, bank: str) -> AnyKey | None:
    """Return where the session of a handle stands; None for what can't be a handle."""
    if not handles.is_handle(handle.reveal()):
        return None
    return Session.at(handles.stored("session", handle, bank=bank))


def _key(context: Context, handle: Secret) -> AnyKey | None:
    """Return the same, worked out once in a submit."""
    return context.once(session_key, handle, context.bank)


def session_keys(handle: Secret, context: Context) -> tuple[AnyKey, ...]:
    """Return the key that follows from the handle of a session alone; () for what can't be a handle."""
    key = _key(context, handle)
    return () if key is None else (key,)


def live_session(draft: Draft, handle: Secret, client: Client) -> Session | None:
    """Return the session of a handle; None unless it is live and this browser's, and its certificate good.

    One that is seen ended is deleted in the commit that says so: no clock that goes back brings it back (A12).
    """
    key = _key(draft.context, handle)
    session = None if key is None else draft.get(key)
    if not isinstance(session, Session) or not client.holds(session.browser, session.certificate):
        return None
    chain = client.chain
    if session.certificate and chain is not None and not _is_good(draft, chain):
        return None
    if session_is_over(session, draft.context.profile.session, draft.context.now):
        draft.delete(session.key)
        return None
    return session if session_is_live(session, draft.context.profile.session, draft.context.now) else None


def _is_good(draft: Draft, chain: CertificateChain) -> bool:
    """Say whether a certificate that was proven now is good now: revoked after login is revoked (A59)."""
    return isinstance(draft.ask(CheckCertificate(chain))[0], VerifiedCertificate)


def put_fresh(draft: Draft, session: Session, factor: str, purpose: str, *, counter: int | None = None) -> datetime:
    """Put a session in which a factor was proven once more for a purpose; return until when that is good."""
    now = draft.context.now
    until = now + draft.context.profile.session.fresh_for
    others = [
        fresh for fresh in session.fresh if fresh.until > now and (fresh.factor, fresh.purpose) != (factor, purpose)
    ]
    mine = Freshness(factor=factor, purpose=purpose, until=until, counter=counter)
    if session.repeat:
        draft.delete(Repeat.at(session.repeat))
    draft.put(attrs.evolve(session, fresh=(*others, mine)[-MOST_PURPOSES:], used_at=now, repeat=""))
    return until


@attrs.frozen(kw_only=True)
class SessionCommand(Command[R], Generic[R]):
    """Base of the commands that somebody gives within his session.

    Attributes:
        session: The session's handle.
        client: The caller.
    """

    session: Secret = attrs.field(converter=as_secret)
    client: Client = attrs.field(converter=as_client)

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return the session's key."""
        return session_keys(self.session, context)


@attrs.frozen(kw_only=True)
class ProvingCommand(SessionCommand[R], Generic[R]):
    """Base of the commands by which somebody proves something within his session; guesses count at their source."""

    @property
    def source(self) -> str:
        """Address of the source that the limiter watches."""
        return self.client.address


@attrs.frozen
class Logout(Command[LoggedOut | Busy]):
    """End one's own session; one that is unknown or another browser's is left alone.

    Attributes:
        session: The session's handle.
        client: The caller.

    Source: the procedure's manual, step 5 ("always log out"); ASVS 5.0 7.4.1.
    """

    session: Secret = attrs.field(converter=as_secret)
    client: Client = attrs.field(converter=as_client)

    replies: ClassVar[tuple[type, ...]] = (LoggedOut, Busy)

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return the session's key."""
        return session_keys(self.session, context)

    def decide(self, draft: Draft) -> Commit[LoggedOut | Busy]:
        """Delete the session, and take it from the account's list."""
        key = _key(draft.context, self.session)
        session = None if key is None else draft.get(key)
        if isinstance(session, Session) and self.client.holds(session.browser, session.certificate):
            end_session(draft, session)
        return draft.commit(LoggedOut(), rests_on=())


@attrs.frozen(kw_only=True)
class EndSession(SessionCommand[Done | Refused | Busy]):
    """End another session of one's own account.

    Attributes:
        session: Handle of the session in which this is asked.
        client: The caller.
        which: Id of the session to end, as ``ListSessions`` gave it.

    Refusals: ``not-logged-in``, ``unknown-session``.

    Source: ASVS 5.0 7.4.5, 7.5.2.
    """

    which: str = attrs.field(converter=fields.which)

    replies: ClassVar[tuple[type, ...]] = (Done, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[Done | Refused | Busy]:
        """Delete the session that is meant, and take it from the account's list."""
        session = live_session(draft, self.session, self.client)
        if session is None:
            return draft.commit(Refused(code="not-logged-in"))
        draft.load([Account.at(session.subject), OperationHead.at(session.subject)])
        account = draft.get(Account.at(session.subject))
        for ref in () if account is None else account.sessions:
            other = draft.get(Session.at(ref.id), absence_by=Account.at(session.subject))
            if other is not None and handles.public_id(ref.id) == self.which:
                end_session(draft, other)
                log_operation(draft, session.subject, "end-session", actor=f"user:{session.login_id}")
                return draft.commit(Done(login_id=session.login_id))
        return draft.commit(Refused(code="unknown-session"))


def end_session(draft: Draft, session: Session) -> None:
    """Delete a session, and take it from its account's list."""
    account = draft.get(Account.at(session.subject))
    if account is not None:
        sessions = tuple(ref for ref in account.sessions if ref.id != session.handle)
        draft.put(attrs.evolve(account, sessions=sessions))
    draft.delete(session.key)
