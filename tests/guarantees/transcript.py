"""A login suite that says everything it is answered, run as ``python -m tests.guarantees.transcript DIRECTORY``.

Time and randomness are the same in every run, so what is said, down to handles and stored bytes, depends on nothing but
the code. It uses no assertion: it is run by interpreters that have thrown them away.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from okmate_auth import (
    Abandon,
    AcknowledgeChange,
    AsyncAuthenticator,
    Authenticator,
    ChangePasswords,
    Client,
    Confirm,
    Logout,
    PasswordLogin,
    Secret,
)
from okmate_auth.commands import RegisterCompany, RegisterUser, Release, Suspend
from okmate_auth.errors import OkmateAuthError
from okmate_auth.handles import mint
from okmate_auth.ports import ChangeSet, Entropy
from okmate_auth.replies import PasswordChangeDue
from okmate_auth.storage import AsyncSQLiteStore, SQLiteStore
from okmate_auth.testing import FakeClock
from okmate_auth.testing.keys import unsafe_keys
from tests.guarantees.people import COMPANY, CONFIRMATION, DESK, FAST, LOGIN, PURPOSE, WRONG
from tests.unchecked import unchecked

LOGIN_ID = "hanako01"


def entropy() -> Entropy:
    """Return a source of bytes that gives the same in every run."""
    numbers = itertools.count()
    return lambda size: hashlib.shake_256(f"transcript {next(numbers)}".encode()).digest(size)


def told(value: object) -> str:
    """Return a reply with its secrets in the clear."""
    secrets = [getattr(value, name, None) for name in ("handle", "session", "initial_password")]
    return " ".join([repr(value), *(secret.reveal() for secret in secrets if isinstance(secret, Secret))])


class Suite:
    """One shell's part."""

    def __init__(self, submit: Callable[[Any], Any], session: Callable[[Any, Client], Any]) -> None:
        self._submit, self._session = submit, session
        self._tokens = itertools.count()
        self.said: list[str] = []
        self._client = Client("192.0.2.1", "Mozilla/5.0", browser=self._token())

    def _token(self) -> str:
        return mint(hashlib.sha256(f"token {next(self._tokens)}".encode()).digest())

    def submit(self, command: Any) -> Any:  # noqa: ANN401 - any command
        """Submit, and say the reply."""
        reply = self._submit(command)
        self.said.append(told(reply))
        return reply

    def wrong_use(self, call: Callable[[], object]) -> None:
        """Do what must be refused by an error, and say it."""
        try:
            self.said.append(f"nothing raised: {call()!r}")
        except (OkmateAuthError, TypeError) as error:
            self.said.append(repr(error))

    def attempt(self, password: str, login_id: str = LOGIN_ID) -> PasswordLogin:
        """Return a login."""
        return PasswordLogin(login_id, password, attempt=self._token(), client=self._client)

    def run(self) -> None:
        """Register, log in for the first time, guess, lock, release, misuse."""
        submit, client = self.submit, self._client
        submit(RegisterCompany(company=COMPANY, name="大垣商事", authority=DESK))
        initial = submit(RegisterUser(login_id=LOGIN_ID, company=COMPANY, authority=DESK)).initial_password.reveal()
        due = submit(self.attempt(initial))
        refused = submit(self._change(due, initial, initial, CONFIRMATION))
        done = submit(self._change(refused.at, initial, LOGIN, CONFIRMATION))
        submit(self._change(due, initial, LOGIN, CONFIRMATION))
        session = submit(AcknowledgeChange(handle=done.handle, client=client)).session
        self.said.append(repr(self._session(session, client)))
        submit(Confirm(session=session, client=client, password=CONFIRMATION, purpose=PURPOSE))
        submit(Confirm(session=session, client=client, password=WRONG, purpose=PURPOSE))
        submit(Suspend(login_id=LOGIN_ID, authority=DESK))
        submit(self.attempt(LOGIN))
        submit(Release(login_id=LOGIN_ID, authority=DESK))
        submit(Logout(submit(self.attempt(LOGIN)).session, client=client))
        for login_id in (LOGIN_ID, "nobody99"):
            for _ in range(8):
                submit(self.attempt(WRONG, login_id))
        for password in ("", "ａｂｃ", "\0", "x" * 10_000):
            submit(self.attempt(password))
        submit(Abandon(handle="no handle", client=client))
        self.wrong_use(lambda: PasswordLogin(unchecked(7), LOGIN, attempt=self._token(), client=client))
        self.wrong_use(lambda: self._submit("no command"))
        self.wrong_use(lambda: Secret(unchecked(b"bytes")))

    def _change(self, step: PasswordChangeDue, current: str, login: str, confirmation: str) -> ChangePasswords:
        return ChangePasswords(
            handle=step.handle,
            client=self._client,
            current_login_password=current,
            new_login_password=login,
            new_confirmation_password=confirmation,
        )


def main(directory: Path) -> None:
    """Run both shells' parts, and say what is in the files in the end."""
    said: dict[str, list[str]] = {}
    files = {"sync": directory / "sync.db", "async": directory / "async.db"}
    store = SQLiteStore(files["sync"])
    auth = Authenticator(store, profile=FAST, keys=unsafe_keys(), clock=FakeClock(), entropy=entropy())
    suite = Suite(auth.submit, auth.session)
    suite.run()
    unguarded = ChangeSet(id="0" * 32, at=FakeClock()(), guards={}, deletes=unchecked((("account", "x"),)))
    suite.wrong_use(lambda: store.commit(unguarded))
    auth.close()
    suite.wrong_use(lambda: auth.submit(suite.attempt(LOGIN)))
    said["sync"] = suite.said
    with asyncio.Runner() as runner:
        aio = AsyncAuthenticator(
            AsyncSQLiteStore(files["async"]),
            profile=FAST,
            keys=unsafe_keys(),
            clock=FakeClock(),
            entropy=entropy(),
        )
        suite = Suite(
            lambda command: runner.run(aio.submit(command)),
            lambda handle, client: runner.run(aio.session(handle, client)),
        )
        suite.run()
        runner.run(aio.close())
        said["async"] = suite.said
    for name, file in files.items():
        connection = sqlite3.connect(file)
        for table in ("records", "history", "commits"):
            said[f"{name} {table}"] = sorted(map(repr, connection.execute(f"select * from {table}")))  # noqa: S608 - ours
        connection.close()
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
