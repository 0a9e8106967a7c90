"""Who acts: every command that is not a login step names its authority.

Rule 1. A customer's administrator is checked: his session, his role, his company, his confirmation password, which is
        judged and counted like any guess.
Rule 2. The bank's desk is vouched for by the bank's own system, and recorded with its ticket.
Rule 3. Nobody releases or resets himself; what an administrator may not see does not exist for him.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import attrs

from okmate_auth import fields
from okmate_auth.client import Client, as_client
from okmate_auth.commands.confirm import judge_confirmation
from okmate_auth.commands.leftovers import settle_leftovers
from okmate_auth.commands.session import live_session, session_keys
from okmate_auth.decision import Command, Commit, Context, Draft
from okmate_auth.errors import MisuseError
from okmate_auth.policies.tokens import ADMINISTRATION, closed
from okmate_auth.ports import AnyKey
from okmate_auth.records import Account
from okmate_auth.replies import Busy, Refused
from okmate_auth.secret import Secret, as_secret
from okmate_auth.text import canonical_login_id

R = TypeVar("R")


@attrs.frozen(kw_only=True)
class BySession:
    """A customer's administrator, in his session, with his confirmation password.

    Attributes:
        session: Handle of his session.
        confirmation_password: As typed.
        client: His circumstances.
    """

    session: Secret = attrs.field(converter=as_secret)
    confirmation_password: Secret = attrs.field(converter=as_secret)
    client: Client = attrs.field(converter=as_client)


@attrs.frozen(kw_only=True)
class ByDesk:
    """The bank's desk; the calling system has checked who it is.

    Attributes:
        operator: The bank's name for the person: 1 to 64 printable ASCII characters.
        ticket: The bank's reference for the case, of the same form.

    Raises:
        MisuseError: A field has another form.
    """

    operator: str = attrs.field(converter=fields.operator)
    ticket: str = attrs.field(converter=fields.ticket)


Authority = BySession | ByDesk


def by_desk(value: ByDesk) -> ByDesk:
    """Return the desk's authority, made sure that it is that.

    Raises:
        MisuseError: It is something else.
    """
    if not isinstance(value, ByDesk):
        message = "authority must be a ByDesk"
        raise MisuseError(message)
    return value


def _authority(value: Authority) -> Authority:
    if not isinstance(value, BySession | ByDesk):
        message = "authority must be a BySession or a ByDesk"
        raise MisuseError(message)
    return value


@attrs.frozen(kw_only=True)
class Actor:
    """An authority that was checked.

    Attributes:
        name: For the history: ``user:<login id>`` or ``desk:<operator>``.
        ticket: The desk's reference.
        company: The company he may act upon; None for the desk, which may act upon all of its bank.
        subject: His own subject; '' for the desk.
    """

    name: str
    ticket: str = ""
    company: str | None = None
    subject: str = ""


@attrs.frozen(kw_only=True)
class AuthorizedCommand(Command[R], Generic[R]):
    """Base of the commands that are no login steps.

    Attributes:
        authority: Who acts.
    """

    authority: Authority = attrs.field(converter=_authority)

    @property
    def source(self) -> str:
        """Address of the source that the limiter watches; the desk is not limited."""
        return self.authority.client.address if isinstance(self.authority, BySession) else ""

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return the keys that follow from the authority alone."""
        return session_keys(self.authority.session, context) if isinstance(self.authority, BySession) else ()

    def settle(self, draft: Draft, commit: Commit[R]) -> Commit[R]:
        """Settle what was judged for a session that is gone."""
        if isinstance(self.authority, BySession):
            return settle_leftovers(draft, commit, self.authority.client)
        return commit


def authorize(draft: Draft, authority: Authority) -> Actor | Commit[Refused | Busy]:
    """Check an authority.

    Returns:
        Who acts, or the commit that refuses it: ``not-logged-in``, ``not-allowed`` (no administrator), ``needs-token``
        (administration needs one, he has none, and no grace runs), or what
        :class:`~okmate_auth.commands.confirm.Confirm` refuses.
    """
    if isinstance(authority, ByDesk):
        return Actor(name=f"desk:{authority.operator}", ticket=authority.ticket)
    session = live_session(draft, authority.session, authority.client)
    if session is None:
        return draft.commit(Refused(code="not-logged-in"))
    if session.role not in ("master", "administrator"):
        return draft.commit(Refused(code="not-allowed"))
    if ADMINISTRATION in closed(session.guarded, session.guarded_until, draft.context.now):
        return draft.commit(Refused(code="needs-token"))
    refused = judge_confirmation(draft, session, authority.confirmation_password, authority.client)
    if refused is not None:
        return refused
    return Actor(name=f"user:{session.login_id}", company=session.company, subject=session.subject)


def target(draft: Draft, actor: Actor, login_id: str) -> Account | None:
    """Return the account an actor means; None where there is none that exists for him."""
    context = draft.context
    if not context.profile.login_id.well_formed(login_id):
        return None
    account = draft.get(Account.at(context.keys.subject(context.bank, canonical_login_id(login_id))))
    if account is None or account.closed_at is not None:
        return None
    return account if actor.company in (None, account.company) else None
