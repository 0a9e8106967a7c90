"""Who may administer, and everything that can be administered: tables for the tests of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs

from okmate_auth import AcknowledgeChange, Authenticated, Client, PasswordChangeDone, Refused, Secret
from okmate_auth.commands import (
    Authority,
    BySession,
    ChangeEntitlements,
    CloseUser,
    RegisterCompany,
    RegisterUser,
    Release,
    RequireChange,
    ResetPasswords,
    Suspend,
)
from okmate_auth.decision import Command
from okmate_auth.factors import CONFIRMATION_PASSWORD
from okmate_auth.queries import ReadHistory
from okmate_auth.records import Account, Company, OperationRecord
from okmate_auth.records.account import Role
from okmate_auth.replies import CompanyRegistered, Done, PasswordsReset, UserRegistered
from tests.behaviour.bank import COMPANY, CONFIRMATION, DESK, LOGIN, Bank, User, expect

__all__ = [
    "CHOSEN",
    "COMMANDS",
    "ELSEWHERE",
    "ON_ACCOUNTS",
    "Administering",
    "Boss",
    "account_of",
    "boss",
    "company_of",
    "counted",
    "fields_of",
    "first_login",
    "operations",
    "register",
    "registered",
]

ELSEWHERE: Final = "C002"
"""Another company of the same bank."""


CHOSEN: Final = "Hana5pring"
"""An initial password that an administrator chose."""


@attrs.frozen
class Boss:
    """Somebody with a session, who may try to administer.

    Attributes:
        bank: Where.
        user: Who.
        session: His session.
    """

    bank: Bank
    user: User
    session: Secret

    def authority(self, password: str = CONFIRMATION, client: Client | None = None) -> BySession:
        """Return his authority; with his own confirmation password, from his own browser, by default."""
        return BySession(
            session=self.session, confirmation_password=password, client=self.user.home if client is None else client
        )


def registered(bank: Bank, login_id: str, company: str = COMPANY, role: Role = "user", **fields: Any) -> User:  # noqa: ANN401 - as below
    """Register a person at the desk, in any company of the bank, which is registered where it is missing."""
    if bank.record(Company.at("", company)) is None:
        expect(CompanyRegistered, bank.submit(RegisterCompany(company=company, name="別会社", authority=DESK)))
    command = RegisterUser(login_id=login_id, company=company, authority=DESK, role=role, **fields)
    initial = expect(UserRegistered, bank.submit(command)).initial_password
    return User(login_id, "" if initial is None else initial.reveal(), "", bank.browser())


def register(login_id: str = "Hanako01", **fields: Any) -> RegisterUser:  # noqa: ANN401 - fields of the command
    """Return the command of the desk that registers a person."""
    return RegisterUser(**{"login_id": login_id, "company": COMPANY, "authority": DESK, **fields})


def fields_of(refusal: Refused) -> set[str]:
    """Return the fields in which something is wrong."""
    return {violation.field for violation in refusal.violations}


def first_login(bank: Bank, user: User) -> Boss:
    """Go through a person's first login, to its session."""
    done = expect(PasswordChangeDone, bank.change(user, bank.due_change(user)))
    reply = bank.submit(AcknowledgeChange(handle=done.handle, client=user.home))
    user = attrs.evolve(user, login_password=LOGIN, confirmation_password=CONFIRMATION)
    return Boss(bank, user, expect(Authenticated, reply).session)


def boss(bank: Bank, role: Role = "administrator", company: str = COMPANY, login_id: str | None = None) -> Boss:
    """Return somebody of a company who is logged in."""
    return first_login(bank, registered(bank, login_id or f"Boss{next(bank.numbers):04}", company, role))


def account_of(bank: Bank, login_id: str) -> Account:
    """Return an account as stored."""
    return expect(Account, bank.record(Account.at(bank.subject(login_id))))


def company_of(bank: Bank, company: str = COMPANY) -> Company:
    """Return a company as stored."""
    return expect(Company, bank.record(Company.at("", company)))


def counted(bank: Bank, one: Boss) -> int:
    """Return how many wrong confirmation passwords of somebody are counted."""
    counter = bank.throttle(one.user).counter(CONFIRMATION_PASSWORD)
    return counter.known.failures + counter.others.failures


def operations(bank: Bank, user: User | str) -> list[OperationRecord]:
    """Return the operations of an account, newest first; their chain holds."""
    login_id = user if isinstance(user, str) else user.login_id
    page = bank.read(ReadHistory(login_id=login_id, which="operations", limit=200))
    assert page.defect is None
    return [expect(OperationRecord, record) for record in page.records]


@attrs.frozen
class Administering:
    """A command on a person.

    Attributes:
        name: As the operations of the account say it.
        command: Makes it, for an authority and a login ID.
        reply: What it is answered with.
        details: What the operation's row says besides.
        on_oneself: Whether an administrator may do it to himself.
        ends: Whether it ends what the person has under way.
    """

    name: str
    command: Callable[[Authority, str], Command[Any]]
    reply: type
    details: tuple[tuple[str, str], ...] = ()
    on_oneself: bool = False
    ends: bool = False


ON_ACCOUNTS: Final = (
    Administering("suspend", lambda by, who: Suspend(login_id=who, authority=by), Done, on_oneself=True, ends=True),
    Administering("release", lambda by, who: Release(login_id=who, authority=by), Done),
    Administering(
        "reset-passwords", lambda by, who: ResetPasswords(login_id=who, authority=by), PasswordsReset, ends=True
    ),
    Administering(
        "require-change",
        lambda by, who: RequireChange(login_id=who, authority=by),
        Done,
        details=(("passwords", "login-password"), ("reason", "administrator")),
        on_oneself=True,
    ),
    Administering(
        "require-change",
        lambda by, who: RequireChange(login_id=who, authority=by, reason="compromise"),
        Done,
        details=(("passwords", "login-password"), ("reason", "compromise")),
        on_oneself=True,
        ends=True,
    ),
    Administering(
        "change-entitlements",
        lambda by, who: ChangeEntitlements(login_id=who, authority=by, add=("transfer",), remove=("inquiry",)),
        Done,
        details=(("add", "transfer"), ("remove", "inquiry")),
    ),
    Administering("close", lambda by, who: CloseUser(login_id=who, authority=by), Done, ends=True),
)
"""Every command on an existing account; the last one closes it."""

COMMANDS: Final = (
    Administering(
        "register",
        lambda by, who: RegisterUser(login_id=who, company=COMPANY, authority=by),
        UserRegistered,
        details=(("role", "user"),),
    ),
    *ON_ACCOUNTS,
)
"""Every command of an administrator, in an order in which all of them succeed on one person."""
