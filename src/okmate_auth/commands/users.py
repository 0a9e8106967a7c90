"""Registering people, changing what they may do, closing their accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final, cast, get_args

import attrs

from okmate_auth import fields
from okmate_auth.commands import forms
from okmate_auth.commands.administration import OnAccount
from okmate_auth.commands.authority import Actor, AuthorizedCommand, authorize
from okmate_auth.commands.bindings import revoke_certificates
from okmate_auth.commands.guesses import load_throttle
from okmate_auth.commands.journal import log_operation
from okmate_auth.commands.passwords import initial_context, make_initial, new_credential
from okmate_auth.commands.targets import detach_token, end_everything
from okmate_auth.decision import Commit, Context, Draft
from okmate_auth.errors import CorruptRecordError
from okmate_auth.records import Account, Company, OperationHead, Session, Throttle
from okmate_auth.records.account import Role
from okmate_auth.records.history import Entrance
from okmate_auth.replies import Busy, Done, Refused, UserRegistered
from okmate_auth.secret import Secret
from okmate_auth.text import canonical_login_id, is_id, printable
from okmate_auth.violations import Violation

NAME_LIMIT: Final = 120
MOST_ENTITLEMENTS: Final = 64
ENTITLEMENT_LIMIT: Final = 64


@attrs.frozen(kw_only=True)
class RegisterUser(AuthorizedCommand[UserRegistered | Refused | Busy]):
    """Register a person of a company.

    Attributes:
        login_id: Unique over all customers of the bank; one that was ever closed stays taken.
        company: The company's id.
        authority: The desk, or an administrator of that company; only the desk registers a master.
        role: ``master`` (one in a company), ``administrator`` or ``user``.
        name: For show, at most 120 characters.
        method: By which entrance; None: the company's.
        entitlements: Names of services, 64 at most, each of which the profile knows
            (:meth:`~okmate_auth.policies.profile.Profile.knows_services`).
        initial_password: One the administrator chose, where the profile allows it; None: one is made.
        force_change: Whether it must be changed at the first login; what was chosen always must, and where the profile
            says so what was made, too.

    Refusals: ``malformed``, ``password-policy``, ``choosing-not-allowed``, ``change-is-forced``, ``unknown-company``,
    ``exists``, ``has-master``, ``not-allowed``, ``company-full``, and those of the authority.

    Source: the procedure's manual, step 2 (「パスワードを強制変更する」); ASVS 5.0 6.4.1, 6.4.6.
    """

    login_id: str = attrs.field(converter=fields.login_id)
    company: str = attrs.field(converter=fields.company)
    role: Role = attrs.field(converter=forms.role, default="user")
    name: str = attrs.field(converter=fields.name, default="")
    method: Entrance | None = attrs.field(converter=forms.optional_method, default=None)
    entitlements: tuple[str, ...] = attrs.field(converter=fields.names, default=())
    initial_password: Secret | None = attrs.field(converter=fields.optional_secret, default=None)
    force_change: bool = attrs.field(converter=fields.flag, default=True)

    replies: ClassVar[tuple[type, ...]] = (UserRegistered, Refused, Busy)

    def decide(self, draft: Draft) -> Commit[UserRegistered | Refused | Busy]:
        """Check form, authority and company; create the account."""
        violations = self._violations(draft.context)
        if violations:
            return draft.commit(Refused(code="malformed", violations=violations))
        actor = authorize(draft, self.authority)
        if not isinstance(actor, Actor):
            return cast("Commit[Any]", actor)
        refused = self._choice(draft.context)
        return self._register(draft, actor) if refused is None else draft.commit(refused, rests_on=())

    def _register(self, draft: Draft, actor: Actor) -> Commit[UserRegistered | Refused | Busy]:
        context = draft.context
        subject = context.keys.subject(context.bank, canonical_login_id(self.login_id))
        company_key, account_key = Company.at(context.bank, self.company), Account.at(subject)
        throttles = [Throttle.at(subject, "password"), Throttle.at(subject, "certificate")]
        draft.load([company_key, account_key, *throttles, OperationHead.at(subject)])
        company = draft.get(company_key) if actor.company in (None, self.company) else None
        code = (
            "unknown-company"
            if company is None
            else "not-allowed"
            if self.role == "master" and actor.company is not None
            else "has-master"
            if self.role == "master" and company.master
            else "exists"
            if draft.get(account_key) is not None
            else "company-full"
            if len(company.users) >= context.profile.users
            else ""
        )
        if company is None or code:
            return draft.commit(Refused(code=code), rests_on=())
        account_id = context.random("account", 16).hex()
        words = (self.company, context.bank)
        password = self.initial_password or make_initial(context, self.login_id, words=words)
        credential = new_credential(draft, account_id, password, due="initial" if self.force_change else None)
        account = Account(
            subject=subject,
            id=account_id,
            bank=context.bank,
            login_id=self.login_id,
            company=self.company,
            role=self.role,
            method=self.method or company.method,
            created_at=context.now,
            name=printable(self.name, NAME_LIMIT),
            login_password=credential,
            entitlements=self.entitlements,
        )
        draft.put(account)
        draft.put(
            attrs.evolve(
                company,
                users=(*company.users, subject),
                master=subject if self.role == "master" else company.master,
            )
        )
        # A throttle stands for the absence of its account: guesses at an ID that nobody had may be under way.
        for entrance in get_args(Entrance):
            draft.put(load_throttle(draft, subject, entrance))
        log_operation(draft, subject, "register", actor=actor.name, ticket=actor.ticket, details={"role": self.role})
        return draft.commit(
            UserRegistered(
                login_id=self.login_id,
                initial_password=None if self.initial_password is not None else password,
                until=credential.ends_at,
            )
        )

    def _choice(self, context: Context) -> Refused | None:
        """Return why this initial password can't be taken."""
        if self.initial_password is None:
            forced = not self.force_change and not context.profile.initial_may_stay
            return Refused(code="change-is-forced") if forced else None
        if not context.profile.chosen_initial:
            return Refused(code="choosing-not-allowed")
        if not self.force_change:
            return Refused(code="change-is-forced")
        compared = initial_context(self.login_id, (self.company, context.bank))
        violations = context.profile.login_password.violations(self.initial_password, compared)
        return Refused(code="password-policy", violations=violations) if violations else None

    def _violations(self, context: Context) -> tuple[Violation, ...]:
        return (
            *context.profile.login_id.violations(self.login_id),
            *(
                Violation("malformed", name)
                for name, good in (
                    ("company", is_id(self.company)),
                    ("role", self.role in ("master", "administrator", "user")),
                    ("name", len(self.name) <= NAME_LIMIT),
                    ("method", self.method in (None, "password", "certificate")),
                    ("entitlements", _well_named(self.entitlements)),
                )
                if not good
            ),
            *(_unknown(context, self.entitlements) if _well_named(self.entitlements) else ()),
        )


@attrs.frozen(kw_only=True)
class ChangeEntitlements(OnAccount[Done | Refused | Busy]):
    """Change what a person may use. What is added counts from the next login; what is taken away, at once.

    Attributes:
        add: Names of services to add, each of which the profile knows.
        remove: Names of services to take away: ones that the profile knows, or that the person has.

    Refusals: as for :class:`~okmate_auth.commands.locks.Suspend`, ``not-oneself``, and ``malformed``.
    """

    add: tuple[str, ...] = attrs.field(converter=fields.names, default=())
    remove: tuple[str, ...] = attrs.field(converter=fields.names, default=())

    operation: ClassVar[str] = "change-entitlements"

    def apply(self, draft: Draft, account: Account, actor: Actor) -> Done | Refused | Busy:
        """Put the account, and every live session without what was taken away."""
        del actor
        kept = (name for name in account.entitlements if name not in self.remove)
        entitlements = tuple(dict.fromkeys((*kept, *self.add)))
        if not (_well_named(entitlements) and _well_named(self.remove)) or set(self.add) & set(self.remove):
            return Refused(code="malformed", violations=(Violation("malformed", "entitlements"),))
        strange = set(self.remove) - set(account.entitlements)  # what he has from other rules can be taken away
        unknown = _unknown(draft.context, {*self.add, *strange})
        if unknown:
            return Refused(code="malformed", violations=unknown)
        draft.put(attrs.evolve(account, entitlements=entitlements))
        draft.load([Session.at(ref.id) for ref in account.sessions])
        for ref in account.sessions:
            session = draft.get(Session.at(ref.id), absence_by=account.key)
            if session is not None and set(session.entitlements) & set(self.remove):
                left = tuple(name for name in session.entitlements if name not in self.remove)
                draft.put(attrs.evolve(session, entitlements=left))
        return Done(login_id=account.login_id)

    def details(self, account: Account) -> dict[str, str]:
        """Return what was added and taken away."""
        del account
        return {"add": " ".join(self.add), "remove": " ".join(self.remove)}


@attrs.frozen(kw_only=True)
class CloseUser(OnAccount[Done | Refused | Busy]):
    """Close an account for good; its login ID can never be registered again. Not one's own; a master's by the desk.

    Refusals: as for :class:`~okmate_auth.commands.locks.Suspend`, ``not-oneself``, and ``not-allowed`` for a master.

    Raises:
        CorruptRecordError: The store has the account and not its company.
    """

    operation: ClassVar[str] = "close"

    def apply(self, draft: Draft, account: Account, actor: Actor) -> Done | Refused | Busy:
        """Put the account without whatever proves or is under way, and take it from its company."""
        if account.role == "master" and actor.company is not None:
            return Refused(code="not-allowed")
        context = draft.context
        detach_token(draft, account, last="revoked")  # whoever left may still have it
        closed = attrs.evolve(
            revoke_certificates(draft, end_everything(draft, account)),
            closed_at=context.now,
            login_password=None,
            confirmation_password=None,
            entitlements=(),
            tokens=(),
        )
        draft.put(closed)
        company = draft.get(Company.at(account.bank, account.company))
        if company is None:
            message = "an account's company is not stored"
            raise CorruptRecordError(message)
        users = tuple(user for user in company.users if user != account.subject)
        master = "" if company.master == account.subject else company.master
        draft.put(attrs.evolve(company, users=users, master=master))
        return Done(login_id=account.login_id)


def _unknown(context: Context, names: Iterable[str]) -> tuple[Violation, ...]:
    """Return what is wrong with names of services that the profile does not know: misspelt, they would open nothing."""
    return () if context.profile.knows_services(names) else (Violation("unknown-service", "entitlements"),)


def _well_named(names: tuple[str, ...]) -> bool:
    return len(names) <= MOST_ENTITLEMENTS and all(
        0 < len(name) <= ENTITLEMENT_LIMIT and name == printable(name, ENTITLEMENT_LIMIT) and " " not in name
        for name in names
    )
