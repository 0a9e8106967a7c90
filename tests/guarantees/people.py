"""Who comes to the bank: passwords that keep the rules, browsers, and how a person is registered and first logs in."""

from __future__ import annotations

import hashlib
import itertools
import secrets
from collections.abc import Callable
from typing import Any, Final

import attrs

from okmate_auth import (
    OKMATE,
    AcknowledgeChange,
    Authenticated,
    ChangePasswords,
    Client,
    EnrollmentDue,
    Logout,
    PasswordLogin,
    SkipEnrollment,
)
from okmate_auth.commands import ByDesk, RegisterCompany, RegisterUser
from okmate_auth.handles import mint
from okmate_auth.policies.profile import Profile
from okmate_auth.replies import CompanyRegistered, PasswordChangeDone, PasswordChangeDue, UserRegistered
from okmate_auth.secret import Secret
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST, UnsafeArgon2Parameters

__all__ = [
    "COMPANY",
    "CONFIRMATION",
    "DESK",
    "FAST",
    "GUARDED",
    "LIMIT",
    "LOGIN",
    "PURPOSE",
    "WRONG",
    "Person",
    "anybody",
    "attempt",
    "costing",
    "fresh_login_id",
    "log_in",
    "numbered_password",
    "open_account",
    "register",
    "register_company",
    "token",
]

FAST: Final = attrs.evolve(OKMATE, kdf=UNSAFE_CHEAPEST, users=1000)
"""The procedure's rules with hashes that cost nothing, and room for an account in each of many rounds."""
GUARDED: Final = "approval"
"""A service that needs a token."""
LIMIT: Final = FAST.lockout_of("login-password").limit
DESK: Final = ByDesk(operator="desk-1", ticket="T-1")
COMPANY: Final = "C001"
LOGIN: Final = "Zk4mwQ8xp"
CONFIRMATION: Final = "Qq77dert9s"
WRONG: Final = "Nope4you7"
PURPOSE: Final = "transfer"

Submit = Callable[[Any], Any]

_NUMBERS: Final = itertools.count(1)
_LETTERS: Final = "BDFHKMPRTVXZbdfhkmprtvxz"
_DIGITS: Final = "23456789"


@attrs.frozen(kw_only=True)
class Person:
    """A person who has been through his first login.

    Attributes:
        login_id: As registered.
        browser: The cookie of the browser from which he did, a known one since.
    """

    login_id: str
    browser: str

    def client(self) -> Client:
        """Return his browser, at an address of its own."""
        return anybody(self.browser)


def costing(memory_kib: int) -> Profile:
    """Return the procedure's rules with hashes of one pass over so much memory."""
    return attrs.evolve(FAST, kdf=UnsafeArgon2Parameters(memory_kib=memory_kib))


def token() -> str:
    """Return what a cookie or a rendered page carries: 256 random bits."""
    return mint(secrets.token_bytes(32))


def anybody(browser: str | None = None) -> Client:
    """Return a browser (by default one that nobody knows) at a random address, as in a botnet."""
    address = ".".join(str(part) for part in (10, *secrets.token_bytes(3)))
    return Client(address, "Mozilla/5.0", browser=browser or token())


def fresh_login_id() -> str:
    """Return a login ID that no test of this process has used."""
    return f"user{next(_NUMBERS):06}"


def numbered_password(number: int) -> str:
    """Return the ``number``-th of a row of passwords that keep the rules and differ from each other."""
    digest = hashlib.sha256(f"password {number}".encode()).digest()
    pairs = (
        _LETTERS[one % len(_LETTERS)] + _DIGITS[other % len(_DIGITS)]
        for one, other in zip(digest[::2], digest[1::2], strict=True)
    )
    return "".join(pairs)[:10]


def attempt(login_id: str, password: str, client: Client | None = None, page: str | None = None) -> PasswordLogin:
    """Return a login, from anybody's browser and a page of its own unless told otherwise."""
    return PasswordLogin(login_id, password, attempt=page or token(), client=client or anybody())


def register_company(submit: Submit) -> None:
    """Register the company that everybody here works for."""
    reply = submit(RegisterCompany(company=COMPANY, name="大垣商事", authority=DESK))
    assert isinstance(reply, CompanyRegistered), reply


def register(submit: Submit, login_id: str, **more: Any) -> str:  # noqa: ANN401 - whatever RegisterUser takes
    """Register a person and return his initial password."""
    reply = submit(RegisterUser(login_id=login_id, company=COMPANY, authority=DESK, **more))
    assert isinstance(reply, UserRegistered), reply
    assert isinstance(reply.initial_password, Secret)
    return reply.initial_password.reveal()


def open_account(submit: Submit, login_id: str | None = None, **more: object) -> Person:
    """Register a person, go through his first login, and log out again; enrollment is put off where it is due."""
    login_id = login_id or fresh_login_id()
    initial = register(submit, login_id, **more)
    person = Person(login_id=login_id, browser=token())
    client = person.client()
    due = submit(attempt(login_id, initial, client))
    assert isinstance(due, PasswordChangeDue), due
    done = submit(
        ChangePasswords(
            handle=due.handle,
            client=client,
            current_login_password=initial,
            new_login_password=LOGIN,
            new_confirmation_password=CONFIRMATION,
        )
    )
    assert isinstance(done, PasswordChangeDone), done
    ended = submit(AcknowledgeChange(handle=done.handle, client=client))
    if isinstance(ended, EnrollmentDue):
        ended = submit(SkipEnrollment(handle=ended.handle, client=client))
    assert isinstance(ended, Authenticated), ended
    submit(Logout(ended.session, client=client))
    return person


def log_in(submit: Submit, person: Person, password: str = LOGIN) -> Authenticated:
    """Log in from the person's own browser, where nothing is due."""
    reply = submit(attempt(person.login_id, password, person.client()))
    assert isinstance(reply, Authenticated), reply
    return reply
