"""A server that makes everything before it forks, run as ``python -m tests.guarantees.forking KIND FILE``.

It makes an authenticator, uses it, forks four workers that all use it, goes on using it itself, and says what everybody
was answered.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, cast

from okmate_auth import Authenticated
from okmate_auth.storage import AsyncSQLiteStore, SQLiteStore
from tests.guarantees.people import LOGIN, WRONG, Person, attempt, open_account, register_company
from tests.guarantees.shells import Kind, Shell

WORKERS = 4
TIMES = 5


def use(shell: Shell, person: Person) -> list[str]:
    """Guess, log in and use the session, a few times."""
    said: list[str] = []
    for _ in range(TIMES):
        client = person.client()
        said.append(type(shell.submit(attempt(person.login_id, WRONG, client))).__name__)
        reply: Any = shell.submit(attempt(person.login_id, LOGIN, client))
        said.append(type(reply).__name__)
        if isinstance(reply, Authenticated):
            said.append(type(shell.session(reply.session, client)).__name__)
    return said


def main(kind: Kind, file: Path) -> None:
    """Make, use, fork, use."""
    made = Shell(kind, SQLiteStore(file) if kind == "sync" else AsyncSQLiteStore(file))
    register_company(made.submit)
    people = [open_account(made.submit) for _ in range(WORKERS + 1)]
    mine = people.pop()
    made.leave_loop()
    pipes: list[int] = []
    for person in people:
        ours, theirs = os.pipe()
        if os.fork() == 0:
            made.enter_loop()
            try:
                os.write(theirs, json.dumps(use(made, person)).encode())
            finally:
                os._exit(0)
        os.close(theirs)
        pipes.append(ours)
    made.enter_loop()
    said = [use(made, mine)]
    for pipe in pipes:
        with os.fdopen(pipe, "rb") as line:
            said.append(json.loads(line.read() or b"null"))
        os.wait()
    made.close()
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(cast("Kind", sys.argv[1]), Path(sys.argv[2]))
