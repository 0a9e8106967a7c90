"""A person's days at the bank, step by step, and what each step leaves in the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import attrs

from okmate_auth import (
    AcknowledgeChange,
    Authenticated,
    Authenticator,
    Busy,
    ChangePasswords,
    Confirm,
    Logout,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
    Secret,
)
from okmate_auth.commands.passwords import RequireChange
from okmate_auth.queries import Session
from okmate_auth.replies import Confirmed, Done, LoggedOut
from tests.guarantees.people import CONFIRMATION, DESK, LOGIN, PURPOSE, WRONG, Person, attempt, numbered_password

__all__ = ["EFFECTS", "GUESSES", "STEPS", "Days", "Left", "told"]

STEPS: Final = (
    "wrong",
    "login",
    "use",
    "confirm",
    "require",
    "logout",
    "shared",
    "login-to-change",
    "change",
    "acknowledge",
    "use",
    "logout",
)
GUESSES: Final[Mapping[str, frozenset[str]]] = {
    "wrong": frozenset({"login-password"}),
    "login": frozenset({"login-password"}),
    "confirm": frozenset({"confirmation-password"}),
    "login-to-change": frozenset({"login-password"}),
    "change": frozenset({"login-password", "confirmation-password"}),
}
"""Of which factors a step holds places while it is at work."""


@attrs.frozen(kw_only=True)
class Left:
    """What is in the store about a person, as far as his steps change it.

    Attributes:
        rows: Results in the login history since his first login, oldest first.
        operations: How many rows his operations have.
        sessions: How many sessions exist.
        used: Whether one of them was used.
        confirmed: Whether one of them is fresh for a purpose.
        flows: How many logins are under way.
        password: Which of his passwords is the login password (:func:`tests.guarantees.people.numbered_password`; 0 is
            the first).
        due: Why it must be changed.
        failures: Of the login password from his own browser.
        places: Factors of which a guess is counted and not judged yet.
    """

    rows: tuple[str, ...] = ()
    operations: int = 1
    sessions: int = 0
    used: bool = False
    confirmed: bool = False
    flows: int = 0
    password: int = 0
    due: str | None = None
    failures: int = 0
    places: frozenset[str] = frozenset()

    def then(self, *rows: str, **changes: Any) -> Left:  # noqa: ANN401 - attributes of this class
        """Return the same with more rows and other changes."""
        return attrs.evolve(self, rows=(*self.rows, *rows), **changes)


EFFECTS: Final[Mapping[str, Callable[[Left], Left]]] = {
    "wrong": lambda left: left.then("wrong-password", failures=left.failures + 1),
    "login": lambda left: left.then("authenticated", failures=0, sessions=1),
    "use": lambda left: left.then(used=True),
    "confirm": lambda left: left.then("confirmed", confirmed=True),
    "require": lambda left: left.then(operations=left.operations + 1, due="administrator"),
    "logout": lambda left: left.then(sessions=0, used=False, confirmed=False),
    "shared": lambda left: left,
    "login-to-change": lambda left: left.then("step", failures=0, flows=1),
    "change": lambda left: left.then("changed", "step", password=left.password + 1, due=None),
    "acknowledge": lambda left: left.then("authenticated", flows=0, sessions=1),
}


def told(reply: object) -> str:
    """Return a reply in one word: its class, or the code of a refusal."""
    return reply.code if isinstance(reply, Refused) else type(reply).__name__


class Days:
    """A person's steps, for ever; each is given with what does it and returns the reply.

    Args:
        auth: Where he goes.
        person: Whose steps; his alone.
        shared: An account that others use at the same time from the same browser.
    """

    def __init__(self, auth: Authenticator, person: Person, shared: Person) -> None:
        self._auth = auth
        self._person, self._shared = person, shared
        self._client, self._visitor = person.client(), shared.client()
        self._handle = Secret("")
        self._password, self._number = LOGIN, 0

    def __iter__(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Give steps; one that is answered in another way than it must be raises :class:`TypeError`."""
        steps: dict[str, tuple[Callable[[], object], tuple[type, ...]]] = {
            "wrong": (self._wrong, (Refused,)),
            "login": (self._login, (Authenticated,)),
            "use": (self._use, (Session,)),
            "confirm": (self._confirm, (Confirmed,)),
            "require": (self._require, (Done,)),
            "logout": (self._logout, (LoggedOut,)),
            "shared": (self._share, (Authenticated, Busy)),
            "login-to-change": (self._login, (PasswordChangeDue,)),
            "change": (self._change, (PasswordChangeDone,)),
            "acknowledge": (self._acknowledge, (Authenticated,)),
        }
        while True:
            for step in STEPS:
                yield step, partial(_expected, step, *steps[step])

    def _wrong(self) -> object:
        return self._auth.submit(attempt(self._person.login_id, WRONG, self._client))

    def _login(self) -> object:
        reply = self._auth.submit(attempt(self._person.login_id, self._password, self._client))
        if isinstance(reply, Authenticated):
            self._handle = reply.session
        if isinstance(reply, PasswordChangeDue):
            self._handle = reply.handle
        return reply

    def _use(self) -> object:
        return self._auth.session(self._handle, self._client)

    def _confirm(self) -> object:
        return self._auth.submit(
            Confirm(session=self._handle, client=self._client, password=CONFIRMATION, purpose=PURPOSE)
        )

    def _require(self) -> object:
        return self._auth.submit(RequireChange(login_id=self._person.login_id, authority=DESK))

    def _logout(self) -> object:
        return self._auth.submit(Logout(self._handle, client=self._client))

    def _share(self) -> object:
        return self._auth.submit(attempt(self._shared.login_id, LOGIN, self._visitor))

    def _change(self) -> object:
        new = numbered_password(self._number + 1)
        reply = self._auth.submit(
            ChangePasswords(
                handle=self._handle,
                client=self._client,
                current_login_password=self._password,
                new_login_password=new,
                current_confirmation_password=CONFIRMATION,
            )
        )
        if isinstance(reply, PasswordChangeDone):
            self._handle, self._password, self._number = reply.handle, new, self._number + 1
        return reply

    def _acknowledge(self) -> object:
        reply = self._auth.submit(AcknowledgeChange(handle=self._handle, client=self._client))
        if isinstance(reply, Authenticated):
            self._handle = reply.session
        return reply


def _expected(step: str, does: Callable[[], object], kinds: tuple[type, ...]) -> object:
    reply = does()
    if not isinstance(reply, kinds):
        message = f"the step {step!r} was answered: {told(reply)}"
        raise TypeError(message)
    return reply
