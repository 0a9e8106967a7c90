"""Where logins begin and end: the choice of the method, the entrances, every step's form, logout, the language."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from okmate_auth.demo.bank.pages import LANGUAGE_COOKIE, Pages
from okmate_auth.demo.bank.views.steps import entrance_page, submit
from okmate_auth.messages import LANGUAGES
from okmate_auth.web import BusyPage, local_target
from okmate_auth.web.asgi import Rejected
from okmate_auth.web.asgi.connections import form_body, request_of
from okmate_auth.web.forms import MALFORMED, read_form
from okmate_auth.web.problems import Problem

__all__ = ["Entrance"]

_KEPT: Final = int(timedelta(days=400).total_seconds())
_LOGGED_OUT: Final = "/?logged-out"
_SEE_OTHER: Final = 303


@attrs.frozen
class Entrance:
    """The views of a listener's entrance.

    Attributes:
        pages: The listener's.
    """

    pages: Pages

    def routes(self) -> list[Route]:
        """Return the routes; those of the method of this listener."""
        begin = "/certificate" if self.pages.listener.method == "certificate" else "/login"
        return [
            Route("/", self.choose, methods=["GET"]),
            Route(begin, self.begin, methods=["GET", "POST"]),
            Route("/login/step", self.step, methods=["GET", "POST"]),
            Route("/logout", self.log_out, methods=["GET", "POST"]),
            Route("/language", self.language, methods=["POST"]),
        ]

    async def choose(self, request: Request) -> Response:
        """Show both methods; where TLS asks for certificates, that method's button."""
        pages, gate = self.pages, self.pages.listener.gate
        if pages.listener.method == "certificate":
            return await entrance_page(pages, request, await gate.entrance(request))
        visitor, session = await gate.visitor(request), await gate.session_if_any(request)
        title = pages.words(request).say("entrance")
        values = {"logged_out": "logged-out" in request.query_params}
        return pages.page(request, "entrance", title, values, visitor=visitor, session=session)

    async def begin(self, request: Request) -> Response:
        """Show the form that begins a login, or do what it says."""
        if request.method == "POST":
            return await submit(self.pages, request)
        if self.pages.listener.method == "certificate":
            return RedirectResponse(self.pages.listener.gate.rules.entrance, _SEE_OTHER)
        return await entrance_page(self.pages, request, await self.pages.listener.gate.entrance(request))

    async def step(self, request: Request) -> Response:
        """Do what a step's form says; an address that was typed or kept leads to the entrance."""
        if request.method == "POST":
            return await submit(self.pages, request)
        return RedirectResponse(self.pages.listener.gate.rules.entrance, _SEE_OTHER)

    async def log_out(self, request: Request) -> Response:
        """End the session. The second click of two finds none, and is told the same."""
        gate = self.pages.listener.gate
        if request.method != "POST":
            return RedirectResponse(gate.rules.top, _SEE_OTHER)
        answer = await gate.logout(request, target=_LOGGED_OUT)
        if isinstance(answer, BusyPage):
            return self.pages.busy(request, answer, (gate.rules.top, "back-to-top"))
        return gate.response(answer)

    async def language(self, request: Request) -> Response:
        """Keep a language, and show the page again.

        The form has no token: it comes from our own page, as every form must, and a language is nobody's secret.
        """
        await self.pages.listener.gate.visitor(request)
        body = await form_body(request)
        form = body if isinstance(body, Problem) else read_form(request_of(request.scope, body), fields=_FIELDS)
        if isinstance(form, Problem):
            raise Rejected(form)
        if form.text("language") not in LANGUAGES:
            raise Rejected(MALFORMED)
        response = RedirectResponse(local_target(form.text("next"), "/"), _SEE_OTHER)
        kept = f"{LANGUAGE_COOKIE}={form.text('language')}; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age={_KEPT}"
        response.headers.append("Set-Cookie", kept)
        return response


_FIELDS: Final = ("language", "next")
