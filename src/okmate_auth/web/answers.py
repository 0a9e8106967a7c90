"""How a reply is answered: status, header fields and cookies; the page itself is the bank's.

Rule 1. A step is shown as the answer to the form that led to it, without a redirect: its handle is in the reply and
        nowhere else. Whoever reloads the page sends the same form again and gets, for a minute, the same reply.
Rule 2. The session cookie is set by ``Authenticated`` and nothing else, and taken away by a logout and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal, assert_never

import attrs

from okmate_auth.replies import (
    Abandoned,
    Authenticated,
    Busy,
    Confirmed,
    LoggedOut,
    Refused,
    Resynchronized,
    Step,
    SteppedUp,
)
from okmate_auth.web.callers import Mint, Visitor
from okmate_auth.web.cookies import CookieNames, delete_session, set_browser, set_session
from okmate_auth.web.headers import LOGOUT_HEADERS, Headers
from okmate_auth.web.steps import ENTRANCE, STEP, LoginReply

_SECOND: Final = timedelta(seconds=1)


@attrs.frozen(kw_only=True)
class StepPage:
    """Show a step: its form.

    Attributes:
        step: Which.
        hidden: Names and values of its form's hidden fields: ``handle``, ``token``, and ``next`` where there is one.
        refused: Why it is shown again, for the page's message; None where it is shown first.
        headers: Header fields that the answer carries besides those of every page, cookies among them.
    """

    step: Step
    hidden: Mapping[str, str] = attrs.field(repr=False)
    refused: Refused | None = None
    headers: Headers = attrs.field(default=(), repr=False)

    @property
    def status(self) -> Literal[200, 422]:
        """The answer's status."""
        return 200 if self.refused is None else 422


@attrs.frozen(kw_only=True)
class EntrancePage:
    """Show the entrance: no login is begun, or the one that was has ended.

    Attributes:
        hidden: Names and values of its form's hidden fields: a new ``attempt``, ``token``, and ``next`` where there is
            one.
        refused: Why the login ended, for the page's message; None where none was begun.
        headers: As for :class:`StepPage`.
    """

    hidden: Mapping[str, str] = attrs.field(repr=False)
    refused: Refused | None = None
    headers: Headers = attrs.field(default=(), repr=False)

    @property
    def status(self) -> Literal[200, 403]:
        """The answer's status."""
        return 200 if self.refused is None else 403


@attrs.frozen(kw_only=True)
class FormPage:
    """Show the same form within a session again.

    Attributes:
        refused: Why, for the page's message.
        headers: As for :class:`StepPage`.
    """

    refused: Refused
    headers: Headers = attrs.field(default=(), repr=False)

    @property
    def status(self) -> Literal[422]:
        """The answer's status."""
        return 422


@attrs.frozen(kw_only=True)
class BusyPage:
    """Say when to try again; the same form may be sent again.

    Attributes:
        busy: What to say.
        headers: As for :class:`StepPage`, with ``Retry-After``.
    """

    busy: Busy
    headers: Headers = attrs.field(default=(), repr=False)

    @property
    def status(self) -> Literal[503]:
        """The answer's status."""
        return 503


@attrs.frozen(kw_only=True)
class Redirect:
    """Send the browser on, by GET.

    Attributes:
        location: A path of this origin.
        headers: As for :class:`StepPage`, with ``Location``.
    """

    location: str
    headers: Headers = attrs.field(default=(), repr=False)

    @property
    def status(self) -> Literal[303]:
        """The answer's status."""
        return 303


LoginAnswer = StepPage | EntrancePage | BusyPage | Redirect
"""How a reply to a command of the login is answered."""
SessionReply = Confirmed | SteppedUp | Resynchronized | Refused | Busy
"""What a command that proves something within a session is answered with."""
SessionAnswer = FormPage | BusyPage | Redirect
"""How that is answered, where it was not right."""
Answer = StepPage | EntrancePage | FormPage | BusyPage | Redirect
"""Every answer there is."""


def entrance_page(visitor: Visitor, *, target: str, mint: Mint, refused: Refused | None = None) -> EntrancePage:
    """Say how the entrance is shown.

    Args:
        visitor: Who asks for it.
        target: Where to go when the login is done; '' for the top page.
        mint: Asked for the attempt token.
        refused: Why a login ended.
    """
    hidden = {"attempt": mint(), "token": visitor.login_token(ENTRANCE), **_next(target)}
    return EntrancePage(hidden=hidden, refused=refused, headers=_set_cookies(visitor.set_cookies))


def login_answer(
    reply: LoginReply, visitor: Visitor, *, cookies: CookieNames, target: str, top: str, entrance: str, mint: Mint
) -> LoginAnswer:
    """Say how a reply to a command of the login is answered.

    Args:
        reply: As ``submit`` returned it.
        visitor: Who sent the form.
        cookies: What the listener's cookies are called.
        target: Where to go when the login is done: a path of this origin; '' for the top page.
        top: Path of the top page.
        entrance: Path of the entrance, where whoever gave up goes.
        mint: Asked for a new attempt token where the entrance is shown.
    """
    set_cookies = _set_cookies(visitor.set_cookies)
    match reply:
        case Authenticated(session=handle):
            kept = (
                () if visitor.browser is None else (set_browser(cookies, visitor.browser),)
            )  # its 400 days begin anew
            return _redirect(target or top, _set_cookies((set_session(cookies, handle), *kept)))
        case Step():
            return _step_page(reply, visitor, target, None)
        case Refused(at=Step() as step):
            return _step_page(step, visitor, target, reply)
        case Refused():
            return entrance_page(visitor, target=target, mint=mint, refused=reply)
        case Busy():
            return _busy(reply, set_cookies)
        case Abandoned():
            return _redirect(entrance, set_cookies)
        case _:
            assert_never(reply)


def session_answer(reply: SessionReply, *, entrance: str) -> SessionAnswer | None:
    """Say how a reply within a session is answered; None: what was asked is proven, go on.

    Args:
        reply: To ``Confirm``, ``StepUp`` or ``ResyncInSession``.
        entrance: Path of the entrance, where whoever is not logged in any more goes.
    """
    match reply:
        case Refused(code="not-logged-in"):
            return _redirect(entrance, ())
        case Refused():
            return FormPage(refused=reply)
        case Busy():
            return _busy(reply, ())
        case Confirmed() | SteppedUp() | Resynchronized():
            return None
        case _:
            assert_never(reply)


def logout_answer(reply: LoggedOut | Busy, *, cookies: CookieNames, target: str) -> Redirect | BusyPage:
    """Say how a logout is answered: the session cookie taken away, the cache cleared, whether or not there was one.

    Args:
        reply: To ``Logout``.
        cookies: What the listener's cookies are called.
        target: Where to go: a path of this origin.
    """
    if isinstance(reply, Busy):
        return _busy(reply, ())
    return _redirect(target, (*_set_cookies((delete_session(cookies),)), *LOGOUT_HEADERS))


def _step_page(step: Step, visitor: Visitor, target: str, refused: Refused | None) -> StepPage:
    hidden = {"handle": step.handle.reveal(), "token": visitor.login_token(STEP), **_next(target)}
    return StepPage(step=step, hidden=hidden, refused=refused, headers=_set_cookies(visitor.set_cookies))


def _next(target: str) -> dict[str, str]:
    return {"next": target} if target else {}


def _set_cookies(values: tuple[str, ...]) -> Headers:
    return tuple(("Set-Cookie", value) for value in values)


def _redirect(location: str, headers: Headers) -> Redirect:
    return Redirect(location=location, headers=(("Location", location), *headers))


def _busy(busy: Busy, headers: Headers) -> BusyPage:
    seconds = max(1, -(-busy.retry_after // _SECOND))
    return BusyPage(busy=busy, headers=(("Retry-After", str(seconds)), *headers))
