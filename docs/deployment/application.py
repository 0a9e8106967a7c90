"""The application behind nginx.conf: one for each entrance, ``uvicorn --factory application:entrance`` and its twin.

What is here is what a deployment has to decide; a bank's own pages take the place of ``form``. The suite runs this very
file behind that very nginx.conf (tests/deployment).

Rule 1. What a process is told stands in the environment, as systemd and ``bank@.service`` set it; secrets stand in
        files, and the environment names the folders.
Rule 2. Everything is made once in a process, and closed when it ends, after the logins that are under way.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from html import escape
from pathlib import Path
from typing import Final

import attrs
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from okmate_auth import OKMATE, AsyncAuthenticator, Client, KeyRing, PresentCertificate
from okmate_auth.certificates import TrustAnchors
from okmate_auth.certificates.sources import DeclaredPeer, DeclaredPeers, NginxHeader
from okmate_auth.errors import InfrastructureError
from okmate_auth.hashing import HashingPool
from okmate_auth.records.history import Entrance
from okmate_auth.replies import CodeDue, EnrollmentDue, PasswordChangeDone, PasswordChangeDue, PasswordDue, Step
from okmate_auth.revocation import CertificateDesk, Trust
from okmate_auth.storage import AsyncSQLiteStore
from okmate_auth.web import Answer, BusyPage, Callers, EntrancePage, StepPage, WebRules
from okmate_auth.web.asgi import Gate, PageHeaders

CONFIGURATION: Final = Path(os.environ["CONFIGURATION_DIRECTORY"])  # read by this service alone: keys, proxy's secret
STATE: Final = Path(os.environ["STATE_DIRECTORY"])  # the database
SOCKET: Final = os.environ["BANK_SOCKET"]  # where nginx connects to; a path that only nginx may open
ORIGIN: Final = os.environ["BANK_ORIGIN"]  # https://bank.example, as browsers write it
HASHES: Final = int(os.environ["BANK_HASHES"])  # at once in this process

FIELDS: Final[Mapping[type[Step], tuple[str, tuple[str, ...]]]] = {
    PasswordDue: ("password", ("password",)),
    PasswordChangeDue: (
        "change",
        ("current_login_password", "new_login_password", "current_confirmation_password", "new_confirmation_password"),
    ),
    PasswordChangeDone: ("acknowledge", ()),
    EnrollmentDue: ("enroll", ("serial", "code")),
    CodeDue: ("code", ("code",)),
}


def entrance() -> Starlette:
    """Return the application of the entrance by ID and password."""
    return application(Callers(peers=proxies()), "password", button="login", fields=("login_id", "password"))


def certificates() -> Starlette:
    """Return the application of the entrance by client certificate."""
    trust = Trust(
        anchors=TrustAnchors.from_pem((CONFIGURATION / "anchors.pem").read_bytes()),
        files=tuple(sorted((CONFIGURATION / "lists").glob("*.crl"))),
    )
    callers = Callers(peers=proxies(), certificates=NginxHeader(proxies()))
    return application(callers, "certificate", button="begin", fields=(), desk=CertificateDesk(trust))


def proxies() -> DeclaredPeers:
    """Return nginx: who connects to the socket, and knows the secret."""
    secret = (CONFIGURATION / "proxy-secret").read_text("ascii").strip()
    return DeclaredPeers([DeclaredPeer(unix_socket=SOCKET, secret=secret)])


def application(
    callers: Callers, method: Entrance, *, button: str, fields: tuple[str, ...], desk: CertificateDesk | None = None
) -> Starlette:
    """Return an entrance's application.

    Args:
        callers: How it knows who calls.
        method: By which logins begin here, and by no other.
        button: Of the entrance's form.
        fields: Of the entrance's form.
        desk: Who judges certificates.
    """
    auth = AsyncAuthenticator(
        AsyncSQLiteStore(STATE / "bank.db"),
        profile=OKMATE,
        keys=KeyRing.from_file(CONFIGURATION / "okmate.keys"),
        certificates=desk,
        pool=HashingPool(OKMATE.kdf, slots=HASHES),
    )
    rules = WebRules(origins=[ORIGIN], callers=callers, methods=[method])
    views = Views(Gate(auth, rules), button, fields)

    @asynccontextmanager
    async def closing(_app: Starlette) -> AsyncGenerator[None]:
        async with auth:
            yield

    app = Starlette(
        routes=[
            Route("/", views.top),
            Route("/login", views.entrance),
            Route("/login", views.login, methods=["POST"]),
            Route("/logout", views.logout, methods=["POST"]),
            *((Route("/refused", views.refused),) if desk else ()),  # nginx lets nobody ask for it but itself
            Route("/health", views.health),
        ],
        middleware=[Middleware(PageHeaders, rules=rules)],
        lifespan=closing,
    )
    views.gate.install(app)
    return app


@attrs.frozen
class Views:
    """The pages of an entrance, and those behind it.

    Attributes:
        gate: Who is let in.
        button: Of the entrance's form.
        fields: Of the entrance's form.
    """

    gate: Gate
    button: str
    fields: tuple[str, ...]

    async def entrance(self, request: Request) -> Response:
        """Show the form that a login begins with."""
        return self._page(await self.gate.entrance(request))

    async def login(self, request: Request) -> Response:
        """Take a form of the login, whichever."""
        return self._page(await self.gate.login(request))

    async def refused(self, request: Request) -> Response:
        """Say why nginx did not like a certificate: the library looks at it, and has the reason."""
        auth, visitor = self.gate.auth, await self.gate.visitor(request)
        reply = await auth.submit(PresentCertificate(attempt=auth.new_token(), client=visitor.client))
        return self._page(await self.gate.login_answer(request, reply))

    async def top(self, request: Request) -> Response:
        """Show who is logged in; whoever is not is sent to the entrance."""
        session, visitor = await self.gate.session(request), await self.gate.visitor(request)
        logout = {"token": visitor.token("logout")}
        return Response(form("top", logout, text=session.login_id, action="/logout"), media_type="text/html")

    async def logout(self, request: Request) -> Response:
        """End the session."""
        return self._page(await self.gate.logout(request))

    async def health(self, _request: Request) -> Response:
        """Say whether store and clock can be worked with, and nothing else: a session that nobody has is looked for."""
        auth = self.gate.auth
        try:
            await auth.session(auth.new_token(), Client("127.0.0.1", "health", browser=auth.new_token()))
        except InfrastructureError as error:
            return PlainTextResponse(error.code, 503)
        return PlainTextResponse("ok")

    def _page(self, answer: Answer) -> Response:
        """Write the page of an answer; a redirect has none."""
        html = ""
        match answer:
            case EntrancePage(hidden=hidden, refused=refused):
                html = form("entrance", hidden, self.button, self.fields, refused.message("ja") if refused else "")
            case StepPage(step=step, hidden=hidden, refused=refused):
                html = form(type(step).__name__, hidden, *FIELDS[type(step)], refused.message("ja") if refused else "")
            case BusyPage(busy=busy):
                html = form("busy", {}, text=busy.message("ja"))
        return self.gate.response(answer, html)


def form(
    name: str,
    hidden: Mapping[str, str],
    button: str = "",
    fields: tuple[str, ...] = (),
    text: str = "",
    *,
    action: str = "/login",
) -> str:
    """Return a page with one form: where a bank's templates come in."""
    inputs = [f'<input type="hidden" name="{key}" value="{escape(value)}">' for key, value in hidden.items()]
    inputs += [f'<label>{key} <input name="{key}" autocomplete="off"></label>' for key in fields]
    named = f' name="button" value="{button}"' if button else ""
    return (
        f'<!doctype html><html lang="ja"><title>{name}</title><h1>{name}</h1><p role="alert">{escape(text)}</p>'
        f'<form method="post" action="{action}">{"".join(inputs)}<button{named}>OK</button></form></html>'
    )
