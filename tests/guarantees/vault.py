"""A bank whose every secret is a canary: what the tests do there, and what breaks in it."""

from __future__ import annotations

import io
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import okmate_auth
from okmate_auth import (
    AcknowledgeChange,
    Authenticated,
    ChangePasswords,
    Client,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordLogin,
    Refused,
    Secret,
)
from okmate_auth.decision import Command
from okmate_auth.errors import (
    ClockError,
    CommitUnknownError,
    InfrastructureError,
    MisuseError,
    OkmateAuthError,
    StoreUnavailableError,
)
from okmate_auth.hashing import HashingPool
from okmate_auth.storage import AsyncSQLiteStore, SQLiteStore
from okmate_auth.testing import AsyncFaultyStore, FakeClock, Faults, FaultyStore, Operation
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.testing.through import AsyncThrough, Through
from tests.guarantees.leaks import Canaries, shown
from tests.guarantees.people import (
    CONFIRMATION,
    FAST,
    LOGIN,
    WRONG,
    fresh_login_id,
    register,
    register_company,
    token,
)
from tests.guarantees.pools import WatchedPool, watched
from tests.guarantees.shells import Kind, Shell

__all__ = [
    "BROKEN",
    "TYPED_INTO_THE_WRONG_FIELD",
    "Bank",
    "NoMemory",
    "change",
    "customer",
    "everything_logged",
    "first_login",
    "newcomer",
    "outcome",
    "quiet_failures",
]

T = TypeVar("T")

NOW: Final = datetime(2026, 1, 5, tzinfo=UTC)
TYPED_INTO_THE_WRONG_FIELD: Final = "Hunt3rTw0pw"


class Bank:
    """A bank on a file, whose every secret is a canary."""

    def __init__(self, kind: Kind, file: Path) -> None:
        self.kind, self.file = kind, file
        self.canaries = Canaries()
        for name, secret in (("login", LOGIN), ("confirmation", CONFIRMATION), ("wrong", WRONG)):
            self.canaries.add(name, secret)
        self.canaries.add("typed into the wrong field", TYPED_INTO_THE_WRONG_FIELD)
        keys = unsafe_keys()
        for held in (keys.peppers, keys.seeds, keys.chains):
            for name, key in held.keys.items():
                self.canaries.add(f"key {name}", key.reveal())
        self.canaries.add("subject key", keys.subject_key.reveal())
        self.canaries.add("handle key", keys.handle_key.reveal())
        self.clock = FakeClock()
        self.shell = Shell(kind, self.opened(), clock=self.clock)
        register_company(self.shell.submit)
        self.client = self.browser()

    def opened(self) -> Any:  # noqa: ANN401 - a store
        """Return one more opening of the file."""
        return SQLiteStore(self.file) if self.kind == "sync" else AsyncSQLiteStore(self.file)

    def beside(self, store: Any = None, pool: HashingPool | None = None) -> Shell:  # noqa: ANN401 - a store
        """Return another shell over the same file."""
        return Shell(self.kind, store or self.opened(), clock=self.clock, pool=pool)

    def failing(self, **faults: frozenset[int]) -> Shell:
        """Return a shell whose store fails at these calls."""
        faulty = FaultyStore if self.kind == "sync" else AsyncFaultyStore
        return self.beside(faulty(self.opened(), Faults(**faults)))

    def browser(self) -> Client:
        """Return a browser whose cookie is a canary."""
        cookie = token()
        self.canaries.add("browser", cookie)
        return Client("192.0.2.1", "Mozilla/5.0", browser=cookie)

    def attempt(self, login_id: str, password: Secret) -> PasswordLogin:
        """Return a login whose token is a canary."""
        page = token()
        self.canaries.add("attempt", page)
        return PasswordLogin(login_id, password, attempt=page, client=self.client)

    def noted(self, reply: Any) -> Any:  # noqa: ANN401 - any reply
        """Add a reply's secrets to the canaries, and return it."""
        for name in ("handle", "session", "initial_password"):
            secret = getattr(reply, name, None)
            if isinstance(secret, Secret):
                self.canaries.add(name, secret.reveal())
        if isinstance(getattr(reply, "at", None), okmate_auth.replies.Step):
            self.noted(reply.at)
        return reply

    def quiet(self, text: str) -> None:
        """Nothing of what is secret stands in a text."""
        found = self.canaries.found_in(text)
        assert found == [], found


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """Catch what is logged by whomever, at every level."""
    stream = io.StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(1)
    try:
        yield stream
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def newcomer(bank: Bank) -> tuple[str, Secret]:
    """Register a person; return the login ID and the initial password."""
    login_id = fresh_login_id()
    initial = Secret(register(bank.shell.submit, login_id))
    bank.canaries.add("initial", initial.reveal())
    return login_id, initial


def customer(bank: Bank) -> tuple[str, Secret]:
    """Register a person and go through his first login; return the login ID and his session's handle."""
    login_id, initial = newcomer(bank)
    replies = list(first_login(bank, login_id, initial))
    assert isinstance(replies[-1], Authenticated)
    return login_id, replies[-1].session


def first_login(bank: Bank, login_id: str, initial: Secret) -> Iterator[object]:
    """Give the replies of a first login with a refused change in it."""
    submit = bank.shell.submit
    due = bank.noted(submit(bank.attempt(login_id, initial)))
    assert isinstance(due, PasswordChangeDue)
    yield due
    refused = bank.noted(submit(change(bank, due.handle, initial, Secret(LOGIN))))
    assert isinstance(refused, Refused)
    assert isinstance(refused.at, PasswordChangeDue)
    yield refused
    done = bank.noted(submit(change(bank, refused.at.handle, initial)))
    assert isinstance(done, PasswordChangeDone)
    yield done
    yield bank.noted(submit(AcknowledgeChange(handle=done.handle, client=bank.client)))


def change(bank: Bank, handle: Secret, initial: Secret, confirmation: Secret | None = None) -> ChangePasswords:
    """Return the command of a first login's change."""
    return ChangePasswords(
        handle=handle,
        client=bank.client,
        current_login_password=initial,
        new_login_password=LOGIN,
        new_confirmation_password=confirmation or CONFIRMATION,
    )


class WrongClock(Through):
    """A store in another time."""

    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> T:
        del operation, subject
        return call()

    def clock(self) -> datetime:
        """Return its time."""
        return NOW + timedelta(days=9)


class AsyncWrongClock(AsyncThrough):
    """The same for the asynchronous protocol."""

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:
        del operation, subject
        return await call()

    async def clock(self) -> datetime:
        """Return its time."""
        return NOW + timedelta(days=9)


class NoMemory(WatchedPool):
    """A pool on a machine without memory.

    Attributes:
        given: What it should have hashed.
    """

    def __init__(self) -> None:
        super().__init__(HashingPool(FAST.kdf))
        self.given: list[Any] = []

    def computed(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - never returns
        """Fail as Argon2 does."""
        del function
        self.given += arguments
        message = "a password could not be hashed: memory or threads are exhausted"
        raise InfrastructureError(message)


def closed(bank: Bank) -> Shell:
    """Return a shell that was closed."""
    shell = bank.beside()
    shell.run(shell.auth.close())
    return shell


BROKEN: Final[dict[str, tuple[Callable[[Bank], Shell], type[OkmateAuthError]]]] = {
    "load": (lambda bank: bank.failing(loads=frozenset(range(1, 9))), StoreUnavailableError),
    "first commit": (lambda bank: bank.failing(before=frozenset({1})), StoreUnavailableError),
    "second commit": (lambda bank: bank.failing(before=frozenset({2})), StoreUnavailableError),
    "lost": (lambda bank: bank.failing(after=frozenset({1, 2, 3})), CommitUnknownError),
    "second lost": (lambda bank: bank.failing(after=frozenset({2, 3, 4})), CommitUnknownError),
    "clock": (
        lambda bank: bank.beside((WrongClock if bank.kind == "sync" else AsyncWrongClock)(bank.opened())),
        ClockError,
    ),
    "memory": (lambda bank: bank.beside(pool=watched(NoMemory())), InfrastructureError),
    "closed": (closed, MisuseError),
}


def outcome(shell: Shell, command: Command[Any]) -> BaseException | None:
    """Return what a submit raises, None where it was answered."""
    try:
        shell.submit(command)
    except OkmateAuthError as error:
        return error
    return None


def quiet_failures(bank: Bank, broken: str, commands: Iterable[Command[Any]]) -> int:
    """Submit each command where something is broken: all locals of all frames are clean; return how many failed."""
    breaks, kind = BROKEN[broken]
    failed = 0
    for command in commands:
        shell = breaks(bank)
        error = outcome(shell, command)
        if error is not None:
            assert type(error) is kind
            bank.quiet(shown(error))
            failed += 1
        shell.close()
    return failed
