"""A bank's web application of a few lines, behind nginx, without a framework: requests, commands, replies, pages.

It does as ``docs/web-views.md`` and ``docs/certificates.md`` say. Its pages are JSON, so that a test can read them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import parse_qsl

import attrs

from okmate_auth import (
    AcknowledgeChange,
    Authenticated,
    Authenticator,
    Busy,
    ChangePasswords,
    Client,
    EnterPassword,
    Logout,
    PresentCertificate,
    Refused,
)
from okmate_auth.certificates.sources import CertificateSource, Connection, DeclaredPeers
from okmate_auth.replies import PasswordDue, Step
from tests.certificates.upstream import Answer, Request

ADDRESS_FIELD: Final = "X-Client-Address"
"""Where nginx writes whom it talks to: ``proxy_set_header X-Client-Address $remote_addr``."""

BROWSER, SESSION = "__Host-browser", "__Host-session"
_COOKIE: Final = "{}={}; Secure; HttpOnly; SameSite=Lax; Path=/"

Form = Mapping[str, str]


@attrs.frozen
class Application:
    """The bank's views.

    Attributes:
        auth: Who decides.
        source: Where a request's certificate is.
        peers: Of whom the address of the client is believed.
    """

    auth: Authenticator
    source: CertificateSource
    peers: DeclaredPeers

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        cookies = _cookies(request.connection)
        new = "" if BROWSER in cookies else self.auth.new_token()
        browser = cookies.get(BROWSER, new)
        client = Client(
            self._address(request.connection), "curl", browser=browser, certificate=self.source(request.connection)
        )
        answer = self._page(request, cookies.get(SESSION, ""), client)
        made = (("Set-Cookie", _COOKIE.format(BROWSER, new)),) if new else ()
        return attrs.evolve(answer, headers=(*answer.headers, *made, ("Cache-Control", "no-store")))

    def _page(self, request: Request, session: str, client: Client) -> Answer:
        form = dict(parse_qsl(request.body.decode("ascii")))
        match request.method, request.target:
            case "GET", "/top":
                return self._top(session, client)
            case "POST", "/logout":
                self.auth.submit(Logout(session, client))
                return self._login(200)
            case "GET", "/refused":  # where nginx sends who shows a certificate that it finds fault with
                form = {"attempt": self.auth.new_token()}
                return self._shown(_SUBMITTED["/present"](self.auth, form, client))
            case "POST", path if path in _SUBMITTED:
                return self._shown(_SUBMITTED[path](self.auth, form, client))
            case _:
                return self._login(200)

    def _top(self, session: str, client: Client) -> Answer:
        found = self.auth.session(session, client)
        page = None if found is None else self.auth.top_page(session, client)
        if found is None or page is None:
            return self._login(403)
        return _json(200, "top", login_id=found.login_id, entrance=found.entrance, menu=[one.name for one in page.menu])

    def _shown(self, reply: object) -> Answer:
        match reply:
            case Authenticated(session=handle):
                cookie = ("Set-Cookie", _COOKIE.format(SESSION, handle.reveal()))
                return Answer(303, headers=(cookie, ("Location", "/top")))
            case Step() as step:
                return _json(200, type(step).__name__, **_step(step))
            case Refused(at=Step() as step, code=code):
                return _json(422, type(step).__name__, code=code, **_step(step))
            case Refused(code=code) as refused:
                return self._login(403, code=code, message=refused.message("ja"))
            case Busy() as busy:
                return _json(503, "busy", message=busy.message("ja"))
            case _:
                raise AssertionError(reply)

    def _login(self, status: int, **more: str) -> Answer:
        return _json(status, "login", attempt=self.auth.new_token(), **more)

    def _address(self, connection: Connection) -> str:
        """Return the client's address: what a declared proxy says, else whoever is at the other end."""
        told = connection.only(ADDRESS_FIELD) if self.peers.is_declared(connection) else None
        return told.decode("ascii") if isinstance(told, bytes) else connection.address


def _present(auth: Authenticator, form: Form, client: Client) -> object:
    return auth.submit(PresentCertificate(attempt=form["attempt"], client=client))


def _password(auth: Authenticator, form: Form, client: Client) -> object:
    return auth.submit(EnterPassword(handle=form["handle"], client=client, password=form["password"]))


def _change(auth: Authenticator, form: Form, client: Client) -> object:
    return auth.submit(
        ChangePasswords(
            handle=form["handle"],
            client=client,
            current_login_password=form["current"],
            new_login_password=form["login"],
            new_confirmation_password=form["confirmation"],
        )
    )


def _acknowledge(auth: Authenticator, form: Form, client: Client) -> object:
    return auth.submit(AcknowledgeChange(handle=form["handle"], client=client))


_SUBMITTED: Final[Mapping[str, Callable[[Authenticator, Form, Client], object]]] = {
    "/present": _present,
    "/password": _password,
    "/change": _change,
    "/acknowledge": _acknowledge,
}


def _step(step: Step) -> dict[str, str]:
    named = {"login_id": step.login_id} if isinstance(step, PasswordDue) else {}
    return {"handle": step.handle.reveal(), **named}


def _json(status: int, page: str, **more: object) -> Answer:
    return Answer(status, json.dumps({"page": page, **more}).encode("ascii"))


def _cookies(connection: Connection) -> dict[str, str]:
    field = connection.only("Cookie")
    cookie = SimpleCookie(field.decode("latin-1") if isinstance(field, bytes) else "")
    return {name: morsel.value for name, morsel in cookie.items()}
