"""Our side: a bank on a real SQLite file, one user, with a token or without, a clock that stands until it is moved.

Everything is the library's own and its default, but for what would hide the figure: passwords are hashed at no cost
(what Argon2 costs is a benchmark of its own), and a session may live for as long as the standard allows.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, TypeVar

import attrs

from okmate_auth import (
    OKMATE,
    AcknowledgeChange,
    Authenticated,
    Authenticator,
    ChangePasswords,
    Client,
    CodeDue,
    EnrollmentDue,
    EnrollToken,
    EnterCode,
    Logout,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordLogin,
    Secret,
    SQLiteStore,
)
from okmate_auth.commands import ByDesk, DispatchTokens, RegisterCompany, RegisterUser, StockTokens
from okmate_auth.hashing import HashingPool
from okmate_auth.policies.profile import Profile
from okmate_auth.replies import CompanyRegistered, TokensDispatched, TokensStocked, UserRegistered
from okmate_auth.testing import FakeClock
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.tokens import Parameters, code_at, step_at

__all__ = ["PASSWORD", "STEP", "Bank", "Durability", "NormalSQLiteStore", "open_bank"]

T = TypeVar("T")
Durability = Literal["full", "normal"]

STEP: Final = timedelta(seconds=30)
PARAMETERS: Final = Parameters(kind="totp", period_seconds=30)
PROFILE: Final[Profile] = attrs.evolve(
    OKMATE,
    kdf=UNSAFE_CHEAPEST,
    session=attrs.evolve(OKMATE.session, absolute=timedelta(hours=24)),
)
DESK: Final = ByDesk(operator="teller-7", ticket="T-1")
COMPANY: Final = "C0001"
LOGIN_ID: Final = "hanako01"
SERIAL: Final = "TK000001"
PASSWORD: Final = "Zk4mwQ8xp"  # noqa: S105 - of nobody
CONFIRMATION: Final = "Qq77dert9s"
_SEED_BYTES: Final = 20


class NormalSQLiteStore(SQLiteStore):
    """Without the fsync of each commit; what is left is computing and writing. Breaks guarantee 3: for figures only."""

    synchronous = "normal"


class Bank:
    """The library over one file.

    Attributes:
        auth: The synchronous shell.
        clock: Moved by whoever measures.
        client: The user's browser.
    """

    def __init__(self, file: Path, durability: Durability, pool: HashingPool | None = None) -> None:
        self.clock: Final = FakeClock()
        store = SQLiteStore(file) if durability == "full" else NormalSQLiteStore(file)
        self.auth: Final = Authenticator(store, profile=PROFILE, keys=unsafe_keys(), clock=self.clock, pool=pool)
        self.client: Final = Client("192.0.2.1", "Firefox", browser=self.auth.new_token())
        self._seed: Final = os.urandom(_SEED_BYTES)

    def code(self) -> str:
        """Return what the token shows."""
        return code_at(self._seed, step_at(self.clock(), PARAMETERS.period_seconds), PARAMETERS)

    def next_code(self) -> str:
        """Let the token show its next code, and return it."""
        self.clock.advance(STEP)
        return self.code()

    def register(self) -> Secret:
        """Register company, user and token; return the session of the login in which the user enrolled it."""
        auth, client = self.auth, self.client
        self._register_company()
        delivery = f"{SERIAL},{self._seed.hex()},totp,{PARAMETERS.digits},{PARAMETERS.period_seconds}\n"
        _expect(TokensStocked, auth.submit(StockTokens(file=delivery, authority=DESK)))
        _expect(TokensDispatched, auth.submit(DispatchTokens(company=COMPANY, serials=(SERIAL,), authority=DESK)))
        done = self._register_user("transfer")
        due = _expect(EnrollmentDue, auth.submit(AcknowledgeChange(handle=done.handle, client=client)))
        enroll = EnrollToken(handle=due.handle, client=client, serial=SERIAL, code=self.code())
        return self._used(_expect(Authenticated, auth.submit(enroll)))

    def register_without_token(self) -> Secret:
        """Register company and a user of whom nothing but the password is asked; return the session of his first login.

        He is entitled to nothing that needs a token, so none is offered.
        """
        self._register_company()
        done = self._register_user("inquiry")
        acknowledge = AcknowledgeChange(handle=done.handle, client=self.client)
        return self._used(_expect(Authenticated, self.auth.submit(acknowledge)))

    def at_code(self) -> CodeDue:
        """Log in with the password, where a code is due."""
        return _expect(CodeDue, self.auth.submit(self.login(PASSWORD, self.auth.new_token())))

    def log_in(self) -> Secret:
        """Log in with password and code; return the session."""
        code = self.next_code()
        due = self.at_code()
        return self._used(
            _expect(Authenticated, self.auth.submit(EnterCode(handle=due.handle, client=self.client, code=code)))
        )

    def log_out(self, session: Secret) -> None:
        """End a session."""
        self.auth.submit(Logout(session, client=self.client))

    def login(self, password: Secret | str, attempt: str) -> PasswordLogin:
        """Return the user's login by password, with the attempt token of the page."""
        return PasswordLogin(LOGIN_ID, password, attempt=attempt, client=self.client)

    def _register_company(self) -> None:
        command = RegisterCompany(company=COMPANY, name="Made up Ltd.", authority=DESK)
        _expect(CompanyRegistered, self.auth.submit(command))

    def _register_user(self, entitlement: str) -> PasswordChangeDone:
        """Register the user, and let him change his initial password."""
        auth, client = self.auth, self.client
        register = RegisterUser(
            login_id=LOGIN_ID, company=COMPANY, role="user", entitlements=(entitlement,), authority=DESK
        )
        initial = _expect(Secret, _expect(UserRegistered, auth.submit(register)).initial_password)
        change = _expect(PasswordChangeDue, auth.submit(self.login(initial, auth.new_token())))
        return _expect(
            PasswordChangeDone,
            auth.submit(
                ChangePasswords(
                    handle=change.handle,
                    client=client,
                    current_login_password=initial,
                    new_login_password=PASSWORD,
                    new_confirmation_password=CONFIRMATION,
                )
            ),
        )

    def _used(self, reply: Authenticated) -> Secret:
        """Return the handle of a session after its first use, which writes."""
        if self.auth.session(reply.session, self.client) is None:
            message = "a new session is not found"
            raise RuntimeError(message)
        return reply.session


@contextmanager
def open_bank(durability: Durability, pool: HashingPool | None = None) -> Generator[tuple[Bank, Path], None, None]:
    """Yield a bank on a new file, and the folder it is in, which goes with it."""
    with tempfile.TemporaryDirectory(prefix="okmate-benchmark-") as folder:
        bank = Bank(Path(folder) / "bank.db", durability, pool)
        with bank.auth:
            yield bank, Path(folder)


def _expect(kind: type[T], reply: object) -> T:
    if not isinstance(reply, kind):
        message = f"{kind.__name__} expected, not {reply!r}"
        raise TypeError(message)
    return reply
