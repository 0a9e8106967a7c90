"""The rules of one listener: everything a bank configures of them, in one frozen value."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, Literal

import attrs

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.records.history import Entrance
from okmate_auth.replies import Busy, LoggedOut
from okmate_auth.text import strict_str
from okmate_auth.web import answers, callers, forgery, forms, headers, steps, targets
from okmate_auth.web.answers import BusyPage, EntrancePage, LoginAnswer, Redirect, SessionAnswer, SessionReply
from okmate_auth.web.callers import Callers, Mint, Visitor
from okmate_auth.web.cookies import CookieNames
from okmate_auth.web.forms import Form
from okmate_auth.web.headers import HSTS_SECONDS, STATIC_SECONDS, Headers
from okmate_auth.web.problems import Problem
from okmate_auth.web.request import WebRequest
from okmate_auth.web.steps import LoginReply

Bound = Literal["session", "browser"]
"""What a form's token is made of: the session's handle, or, while there is no session, the browser's token."""


METHODS: Final = frozenset(steps.ENTRANCE_BUTTONS.values())
"""Both ways to log in."""


def _methods(value: Iterable[Entrance]) -> frozenset[Entrance]:
    if isinstance(value, str):
        message = "methods: several, not one"
        raise MisuseError(message)
    methods = frozenset(value)
    if not methods or not methods <= METHODS:
        message = "methods: password, certificate, or both"
        raise ConfigurationError(message)
    return methods


def _path(value: str) -> str:
    path = strict_str(value, "path")
    if not targets.is_local(path) or "?" in path or "#" in path:  # "next" is appended as a query
        message = "a path of this origin: begins with one slash, printable ASCII without spaces, no query"
        raise ConfigurationError(message)
    return path


def _cookies(value: CookieNames) -> CookieNames:
    if not isinstance(value, CookieNames):
        message = "cookies must be CookieNames"
        raise MisuseError(message)
    return value


def _callers(value: Callers) -> Callers:
    if not isinstance(value, Callers):
        message = "callers must be Callers"
        raise MisuseError(message)
    return value


def _hsts(value: int) -> int:
    headers.page_headers(hsts_seconds=value)
    return value


def _target(asked: str | None) -> str:
    return asked if asked is not None and targets.is_local(asked) else ""


@attrs.frozen(kw_only=True)
class WebRules:
    """What a listener is configured with.

    Attributes:
        origins: Its origins, as browsers write them: ``https://bank.example``, ``https://localhost:8443``.
        cookies: What its cookies are called; two listeners of one host have names of their own.
        callers: How it knows who calls.
        methods: By which logins begin here: ``password``, ``certificate``; both by default. A listener that has its
            entrance to itself names it: whoever is kept out of the other one does not begin here.
        entrance: Path of the page where a login begins.
        top: Path of the page where a login ends.
        code: Path of the page that asks for a token's code within a session (``?purpose=…&next=…``).
        confirmation: Path of the page that asks for the confirmation password, alike.
        hsts_seconds: For how long browsers come back by TLS alone; 0: not sent, for a trial on ``localhost``.

    Raises:
        ConfigurationError: A field is unsafe or has the wrong form.
        MisuseError: A field has the wrong type.
    """

    origins: frozenset[str] = attrs.field(converter=forgery.some_origins)
    cookies: CookieNames = attrs.field(converter=_cookies, factory=CookieNames)
    callers: Callers = attrs.field(converter=_callers, factory=Callers)
    methods: frozenset[Entrance] = attrs.field(converter=_methods, default=METHODS)
    entrance: str = attrs.field(converter=_path, default="/login")
    top: str = attrs.field(converter=_path, default="/")
    code: str = attrs.field(converter=_path, default="/code")
    confirmation: str = attrs.field(converter=_path, default="/confirmation")
    hsts_seconds: int = attrs.field(converter=_hsts, default=HSTS_SECONDS)

    def problem(self, request: WebRequest) -> Problem | None:
        """Say whether a request may be another site's doing; to be asked before anything else (``request-forged``)."""
        return forgery.cross_site_problem(request, self.origins)

    def visitor(self, request: WebRequest, mint: Mint) -> Visitor:
        """Say who makes a request.

        Args:
            request: Its header fields are looked at.
            mint: ``auth.new_token``; asked where the browser needs a token.
        """
        return callers.visitor(request, callers=self.callers, cookies=self.cookies, origins=self.origins, mint=mint)

    def form(
        self, request: WebRequest, visitor: Visitor, *, fields: Collection[str], purpose: str, bound: Bound = "session"
    ) -> Form | Problem:
        """Read a form that came from our own page.

        Args:
            request: With its body.
            visitor: Who sent it.
            fields: Names of the fields it may have, besides ``token``.
            purpose: What its token is for.
            bound: What its token is made of.

        Problems: ``request-forged``, those of ``read_form``, ``page-outdated``.

        Raises:
            MisuseError: Purpose, fields or ``bound`` have the wrong form.
        """
        if bound not in ("session", "browser"):
            message = "bound: session or browser"
            raise MisuseError(message)
        form = self.problem(request) or forms.read_form(request, fields=(*fields, "token"))
        if isinstance(form, Problem):
            return form
        holder = visitor.session if bound == "session" else visitor.browser
        return forgery.token_problem(form.text("token"), holder, purpose) or form

    def login_form(self, request: WebRequest, visitor: Visitor) -> Form | Problem:
        """Read a form of the login, whichever: its button says what its token is for (``steps.token_purpose``).

        Problems: as for :meth:`form`; ``request-malformed`` besides where it begins a login by another method.
        """
        form = self.problem(request) or forms.read_form(request, fields=steps.STEP_FIELDS)
        if isinstance(form, Problem):
            return form
        button = form.text("button")
        method, purpose = steps.ENTRANCE_BUTTONS.get(button), steps.token_purpose(button)
        entrance = method is not None
        if entrance and method not in self.methods:
            return forms.MALFORMED
        return forgery.token_problem(form.text("token"), visitor.browser, purpose, entrance=entrance) or form

    def entrance_page(self, visitor: Visitor, *, mint: Mint, target: str | None = None) -> EntrancePage:
        """Say how the entrance is shown to whoever asks for it.

        Args:
            visitor: Who asks for it.
            mint: ``auth.new_token``; asked for the attempt token.
            target: Where to go when the login is done, as it was asked for; anything unsafe is the top page.
        """
        return answers.entrance_page(visitor, target=_target(target), mint=mint)

    def login_answer(
        self, reply: LoginReply, visitor: Visitor, *, mint: Mint, target: str | None = None
    ) -> LoginAnswer:
        """Say how a reply to a command of the login is answered.

        Args:
            reply: As ``submit`` returned it.
            visitor: Who sent the form.
            mint: ``auth.new_token``; asked where the entrance is shown.
            target: Where to go when the login is done, as it was asked for; anything unsafe is the top page.
        """
        return answers.login_answer(
            reply,
            visitor,
            cookies=self.cookies,
            target=_target(target),
            top=self.top,
            entrance=self.entrance,
            mint=mint,
        )

    def session_answer(self, reply: SessionReply) -> SessionAnswer | None:
        """Say how a reply within a session is answered; None: what was asked is proven, go on."""
        return answers.session_answer(reply, entrance=self.entrance)

    def logout_answer(self, reply: LoggedOut | Busy, *, target: str | None = None) -> Redirect | BusyPage:
        """Say how a logout is answered; the entrance follows unless another path of this origin is given."""
        return answers.logout_answer(reply, cookies=self.cookies, target=targets.local_target(target, self.entrance))

    def page_headers(self, *, script: bool = False) -> Headers:
        """Return what every page is sent with."""
        return headers.page_headers(hsts_seconds=self.hsts_seconds, script=script)

    def static_headers(self, *, kept_seconds: int = STATIC_SECONDS) -> Headers:
        """Return what files are sent with that are the same for everybody."""
        return headers.static_headers(hsts_seconds=self.hsts_seconds, kept_seconds=kept_seconds)


def some_rules(value: WebRules) -> WebRules:
    """Return rules, made sure that they are some.

    Raises:
        MisuseError: It is something else.
    """
    if not isinstance(value, WebRules):
        message = "rules must be WebRules"
        raise MisuseError(message)
    return value
