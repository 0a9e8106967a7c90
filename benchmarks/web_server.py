"""A process of its own: the server of W1 and W2. It ends when it is told to, or with whoever started it.

People are registered and have changed their passwords before it answers. Everything is the library's own and its
default but the keys, which everybody knows.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from html import escape
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from benchmarks.hashing import SLOTS
from benchmarks.web_client import PASSENGER, PASSWORD, PEOPLE
from benchmarks.web_setup import CERTIFICATE, KEY
from okmate_auth import (
    OKMATE,
    AcknowledgeChange,
    AsyncAuthenticator,
    Authenticated,
    Authenticator,
    ChangePasswords,
    Client,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordLogin,
    SQLiteStore,
)
from okmate_auth.commands import ByDesk, RegisterCompany, RegisterUser
from okmate_auth.hashing import HashingPool
from okmate_auth.replies import UserRegistered
from okmate_auth.storage import AsyncSQLiteStore
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.web import EntrancePage, WebRules
from okmate_auth.web.asgi import Gate, PageHeaders

_DESK: Final = ByDesk(operator="teller-7", ticket="T-1")
_CONFIRMATION: Final = "Qq77dert9s"
_KEEP_ALIVE_SECONDS: Final = 600  # the other side's turn comes in between


def register(file: Path) -> None:
    """Register everybody, and change their passwords to the one that everybody knows."""
    with Authenticator(SQLiteStore(file), profile=OKMATE, keys=unsafe_keys()) as auth:
        auth.submit(RegisterCompany(company="C0001", name="Made up Ltd.", authority=_DESK))
        with ThreadPoolExecutor(SLOTS) as threads:
            list(threads.map(partial(_first_day, auth), (*PEOPLE, PASSENGER)))


def _first_day(auth: Authenticator, login_id: str) -> None:
    client = Client("127.0.0.1", "Firefox", browser=auth.new_token())
    user = auth.submit(RegisterUser(login_id=login_id, company="C0001", authority=_DESK))
    if not isinstance(user, UserRegistered) or user.initial_password is None:
        raise TypeError(user)
    initial = user.initial_password
    due = auth.submit(PasswordLogin(login_id, initial, attempt=auth.new_token(), client=client))
    if not isinstance(due, PasswordChangeDue):
        raise TypeError(due)
    change = ChangePasswords(
        handle=due.handle,
        client=client,
        current_login_password=initial,
        new_login_password=PASSWORD,
        new_confirmation_password=_CONFIRMATION,
    )
    done = auth.submit(change)
    if not isinstance(done, PasswordChangeDone):
        raise TypeError(done)
    end = auth.submit(AcknowledgeChange(handle=done.handle, client=client))
    if not isinstance(end, Authenticated):
        raise TypeError(end)


def application(gate: Gate) -> Starlette:
    """Return an application with an entrance and a top page."""

    async def entrance(request: Request) -> Response:
        page = await gate.entrance(request)
        return gate.response(page, _form(page))

    async def login(request: Request) -> Response:
        answer = await gate.login(request)
        return gate.response(answer, _form(answer) if isinstance(answer, EntrancePage) else "")

    async def top(request: Request) -> Response:
        return HTMLResponse(f"<!doctype html><title>top</title><h1>{(await gate.session(request)).login_id}</h1>")

    app = Starlette(
        routes=[Route("/login", entrance), Route("/login", login, methods=["POST"]), Route("/", top)],
        middleware=[Middleware(PageHeaders, rules=gate.rules)],
    )
    gate.install(app)
    return app


def _form(page: EntrancePage) -> str:
    inputs = "".join(
        f'<input type="hidden" name="{name}" value="{escape(text)}">' for name, text in page.hidden.items()
    )
    return f'<!doctype html><title>login</title><form method="post">{inputs}<button>OK</button></form>'


def _when_input_ends(then: Callable[[], None]) -> None:
    """Call a function when whoever started this process is gone."""

    def wait() -> None:
        sys.stdin.buffer.read()
        then()

    threading.Thread(target=wait, daemon=True).start()


def main(folder: str, descriptor: str, port: str) -> None:
    """Serve."""
    file = Path(folder) / "bank.db"
    register(file)
    pool = HashingPool(OKMATE.kdf, slots=SLOTS)
    auth = AsyncAuthenticator(AsyncSQLiteStore(file), profile=OKMATE, keys=unsafe_keys(), pool=pool)
    config = uvicorn.Config(
        application(Gate(auth, WebRules(origins=[f"https://localhost:{port}"]))),
        ssl_certfile=str(Path(folder) / CERTIFICATE),
        ssl_keyfile=str(Path(folder) / KEY),
        proxy_headers=False,
        access_log=False,
        log_level="error",
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    server = uvicorn.Server(config)
    _when_input_ends(lambda: os._exit(1))

    async def until_told() -> None:
        async with auth:
            await server.serve(sockets=[socket.socket(fileno=int(descriptor))])

    asyncio.run(until_told())


if __name__ == "__main__":
    main(*sys.argv[1:])
