"""The gate: what stands between a request and a view, as callables that Starlette and FastAPI take alike.

::

    gate = Gate(auth, rules)
    gate.install(app)


    @app.get("/transfers")  # FastAPI
    async def transfers(session: Annotated[Session, Depends(gate.session)]): ...


    async def transfers(request):  # Starlette
        session = await gate.session(request)

Rule 1. A request that may be another site's doing reaches no view that asks the gate for anything (``Rejected``).
Rule 2. Who calls is worked out once for a request; the token that a new browser is given is one, however many ask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Final
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from okmate_auth.commands import Logout
from okmate_auth.errors import MisuseError
from okmate_auth.queries.session import Session
from okmate_auth.replies import Busy, LoggedOut
from okmate_auth.shells.aio import AsyncAuthenticator
from okmate_auth.web.answers import Answer, BusyPage, EntrancePage, LoginAnswer, Redirect, SessionAnswer, SessionReply
from okmate_auth.web.asgi.connections import FORM_SECONDS, form_body, request_of
from okmate_auth.web.asgi.exceptions import Closed, NeedsCode, NeedsConfirmation, NeedsLogin, Rejected, Stopped
from okmate_auth.web.asgi.handlers import StoppedHandler
from okmate_auth.web.asgi.pages import COOKIES_KEY
from okmate_auth.web.callers import Visitor
from okmate_auth.web.forgery import some_purpose
from okmate_auth.web.forms import Form
from okmate_auth.web.problems import Problem
from okmate_auth.web.request import SAFE_METHODS
from okmate_auth.web.rules import Bound, WebRules, some_rules
from okmate_auth.web.steps import LoginReply, command_for
from okmate_auth.web.targets import is_local

Guard = Callable[[Request], Awaitable[Session]]
"""Gives a view its session, or raises why the view is not run."""

_VISITOR_KEY: Final = "okmate_auth.visitor"


class Gate:
    """What a listener's views ask.

    Args:
        auth: The library's face.
        rules: The listener's.
        form_seconds: How long a form may take to come in.

    Raises:
        MisuseError: A part is of another type.
    """

    def __init__(self, auth: AsyncAuthenticator, rules: WebRules, *, form_seconds: float = FORM_SECONDS) -> None:
        self.auth: Final = _an_authenticator(auth)
        self.rules: Final = some_rules(rules)
        self._form_seconds: Final = form_seconds

    # -- who calls

    async def visitor(self, request: Request) -> Visitor:
        """Return who makes a request, as every command and query takes it.

        Raises:
            Rejected: ``request-forged``.
            MisuseError: The application has no ``PageHeaders``.
        """
        known = request.scope.get(_VISITOR_KEY)
        if known is not None and known[0] is self:
            found: Visitor = known[1]
            return found
        plain = request_of(request.scope)
        problem = self.rules.problem(plain)
        if problem is not None:
            raise Rejected(problem)
        visitor = self.rules.visitor(plain, self.auth.new_token)
        if COOKIES_KEY not in request.scope:
            message = "the application has no PageHeaders middleware: the browser would never get its token"
            raise MisuseError(message)
        request.scope[_VISITOR_KEY] = (self, visitor)
        request.scope[COOKIES_KEY].extend(visitor.set_cookies)
        return visitor

    async def session(self, request: Request) -> Session:
        """Return the live session of a request.

        Raises:
            NeedsLogin: There is none.
            Rejected: ``request-forged``.
            InfrastructureError: As ``AsyncAuthenticator.session`` raises it.
        """
        session = await self.session_if_any(request)
        if session is None:
            raise NeedsLogin(after=_here(request))
        return session

    async def session_if_any(self, request: Request) -> Session | None:
        """Return the live session of a request, None where there is none: for pages that are for everybody.

        Raises:
            Rejected: ``request-forged``.
            InfrastructureError: As ``AsyncAuthenticator.session`` raises it.
        """
        visitor = await self.visitor(request)
        return None if visitor.session is None else await self.auth.session(visitor.session, visitor.client)

    def service(self, name: str) -> Guard:
        """Return a callable that gives the session where a service may be used in it.

        It raises what :meth:`session` does, and ``Closed``.
        """

        async def open_service(request: Request) -> Session:
            """Return the session, where the service is open in it."""
            return _open(await self.session(request), name)

        return open_service

    def fresh_code(self, purpose: str, *, service: str | None = None) -> Guard:
        """Return a callable that gives the session where a token's code was entered lately for a purpose.

        It raises what :meth:`session` does, ``Closed`` where a service is named, and ``NeedsCode``.

        Raises:
            MisuseError: The purpose has the wrong form.
        """
        return self._fresh(purpose, service, Session.stepped_up, NeedsCode)

    def confirmed(self, purpose: str, *, service: str | None = None) -> Guard:
        """Return a callable that gives the session where the confirmation password was given lately for a purpose.

        It raises what :meth:`session` does, ``Closed`` where a service is named, and ``NeedsConfirmation``.

        Raises:
            MisuseError: The purpose has the wrong form.
        """
        return self._fresh(purpose, service, Session.confirmed, NeedsConfirmation)

    def _fresh(
        self,
        purpose: str,
        service: str | None,
        is_fresh: Callable[[Session, str], bool],
        needs: type[NeedsCode | NeedsConfirmation],
    ) -> Guard:
        some_purpose(purpose)

        async def proven(request: Request) -> Session:
            """Return the session, where what is asked for is fresh for the purpose."""
            session = await self.session(request)
            if service is not None:
                _open(session, service)
            if not is_fresh(session, purpose):
                raise needs(purpose, after=_here(request))
            return session

        return proven

    # -- what was sent

    async def form(self, request: Request, *, fields: Collection[str], purpose: str, bound: Bound = "session") -> Form:
        """Read a form of our own page: at most 64 KiB, within the seconds that a form may take.

        Args:
            request: Its body must not have been read.
            fields: Names of the fields it may have, besides ``token``.
            purpose: What its token is for; the page made it by ``visitor.token(purpose)``.
            bound: ``browser`` for a form outside of a session: made by ``visitor.login_token(purpose)``.

        Raises:
            Rejected: ``request-forged``, ``request-wrong-type``, ``request-too-large``, ``request-too-slow``,
                ``request-malformed``, ``page-outdated``.
            MisuseError: Purpose, fields or ``bound`` have the wrong form.
        """
        visitor = await self.visitor(request)
        plain = request_of(request.scope, await self._body(request))
        return _accepted(self.rules.form(plain, visitor, fields=fields, purpose=purpose, bound=bound))

    async def login_form(self, request: Request) -> Form:
        """Read a form of the login, whichever; ``steps.command_for`` makes its command.

        Raises:
            Rejected: As for :meth:`form`.
        """
        visitor = await self.visitor(request)
        plain = request_of(request.scope, await self._body(request))
        return _accepted(self.rules.login_form(plain, visitor))

    # -- how it is answered

    async def entrance(self, request: Request) -> EntrancePage:
        """Say how the entrance is shown to whoever asks for it; ``next`` in the query is where to go after the login.

        Raises:
            Rejected: ``request-forged``.
        """
        visitor = await self.visitor(request)
        return self.rules.entrance_page(visitor, mint=self.auth.new_token, target=request.query_params.get("next"))

    async def login(self, request: Request, form: Form | None = None) -> LoginAnswer:
        """Carry out a form of the login, whichever: read it, submit its command, say how the reply is answered.

        Args:
            request: The form's.
            form: As :meth:`login_form` returned it, where the page shows again what was entered.

        Raises:
            Rejected: As for :meth:`form`.
            InfrastructureError: As ``AsyncAuthenticator.submit`` raises it.
        """
        if form is None:
            form = await self.login_form(request)
        visitor = await self.visitor(request)
        command = command_for(form, visitor.client)
        if isinstance(command, Problem):
            raise Rejected(command)
        return await self.login_answer(request, await self.auth.submit(command), target=form.text("next"))

    async def logout(self, request: Request, *, target: str | None = None) -> Redirect | BusyPage:
        """Carry out a logout; its form carries ``visitor.token("logout")``. Who has no session is logged out already.

        Args:
            request: The form's.
            target: As for :meth:`logout_answer`.

        Raises:
            Rejected: As for :meth:`form`.
            InfrastructureError: As ``AsyncAuthenticator.submit`` raises it.
        """
        visitor = await self.visitor(request)
        if visitor.session is None:
            return self.logout_answer(LoggedOut(), target=target)
        await self.form(request, fields=(), purpose="logout")
        return self.logout_answer(await self.auth.submit(Logout(visitor.session, visitor.client)), target=target)

    async def login_answer(self, request: Request, reply: LoginReply, *, target: str | None = None) -> LoginAnswer:
        """Say how a reply to a command of the login is answered; :meth:`response` makes the response of it.

        Args:
            request: The form's.
            reply: As ``submit`` returned it.
            target: Where to go when the login is done, as it was asked for; anything unsafe is the top page.
        """
        visitor = await self.visitor(request)
        return self.rules.login_answer(reply, visitor, mint=self.auth.new_token, target=target)

    def session_answer(self, reply: SessionReply) -> SessionAnswer | None:
        """Say how a reply within a session is answered; None: what was asked is proven, go on."""
        return self.rules.session_answer(reply)

    def logout_answer(self, reply: LoggedOut | Busy, *, target: str | None = None) -> Redirect | BusyPage:
        """Say how a logout is answered; the entrance follows unless another path of this origin is given."""
        return self.rules.logout_answer(reply, target=target)

    def response(self, answer: Answer, html: str = "") -> Response:
        """Return the response of an answer, with its status, header fields and cookies.

        Args:
            answer: What :meth:`login_answer` and its like returned.
            html: The page; '' for a redirect.
        """
        response = Response(html, answer.status, media_type="text/html")
        for name, value in answer.headers:
            response.headers.append(name, value)
        return response

    # -- views that were not run

    def install(self, app: Starlette) -> None:
        """Register the handlers of what the gate raises; a bank that has pages of its own registers them afterwards.

        ``NeedsLogin``, ``NeedsCode`` and ``NeedsConfirmation``: 303 to the rules' paths, with ``purpose`` and ``next``.
        ``Closed`` and ``Rejected``: a short page without a design.
        """
        app.add_exception_handler(Stopped, StoppedHandler(self.rules))

    async def _body(self, request: Request) -> bytes:
        body = await form_body(request, seconds=self._form_seconds)
        if isinstance(body, Problem):
            raise Rejected(body)
        return body


def _an_authenticator(value: AsyncAuthenticator) -> AsyncAuthenticator:
    if not isinstance(value, AsyncAuthenticator):
        message = "auth must be an AsyncAuthenticator"
        raise MisuseError(message)
    return value


def _open(session: Session, service: str) -> Session:
    """Return the session, if a service may be used in it.

    Raises:
        Closed: It may not.
    """
    if service not in session.entitlements:
        raise Closed(service, needs_token=service in session.guarded)
    return session


def _accepted(form: Form | Problem) -> Form:
    if isinstance(form, Problem):
        raise Rejected(form)
    return form


def _here(request: Request) -> str:
    """Return where to come back to: the page that was asked for; '' for what was sent, which is not asked for again."""
    if request.method not in SAFE_METHODS:
        return ""
    path = quote(request.scope["path"], safe="/~!$&'()*+,;=:@", errors="replace")
    query = request.scope["query_string"].decode("latin-1")
    here = f"{path}?{query}" if query else path
    return here if is_local(here) else ""
