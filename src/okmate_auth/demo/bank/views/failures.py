"""Pages for what went wrong: requests that are refused as such, services that are closed, failures of our own.

Rule 1. Each says what to do next, and has a way there.
Rule 2. A failure of ours says nothing of what failed; the log of the server does.
"""

from __future__ import annotations

import attrs
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from okmate_auth import messages
from okmate_auth.demo.bank.pages import Pages
from okmate_auth.errors import InfrastructureError
from okmate_auth.web.asgi import Closed, Rejected
from okmate_auth.web.headers import Headers

__all__ = ["Failures"]

_FORBIDDEN = 403
_FAILED = 500
_UNAVAILABLE = 503
_TOLD = frozenset({404, 405})
_AGAIN: Headers = (("Retry-After", "30"),)


@attrs.frozen
class Failures:
    """The pages of failures.

    Attributes:
        pages: The listener's.
    """

    pages: Pages

    def install(self, app: Starlette) -> None:
        """Register the handlers, in the place of the gate's short pages."""
        app.add_exception_handler(Rejected, self.rejected)
        app.add_exception_handler(Closed, self.closed)
        app.add_exception_handler(HTTPException, self.http)
        app.add_exception_handler(InfrastructureError, self.unavailable)
        app.add_exception_handler(Exception, self.failed)

    async def rejected(self, request: Request, error: Exception) -> Response:
        """Say why a request is refused as such."""
        if not isinstance(error, Rejected):
            raise error
        words = self.pages.words(request)
        title = words.say(f"failure.{error.problem.status}")
        unread = (("Connection", "close"),) if error.problem.ends_connection else ()
        return self._page(request, title, (error.problem.message(words.language),), error.problem.status, unread)

    async def closed(self, request: Request, error: Exception) -> Response:
        """Say why a service is closed, within the session."""
        if not isinstance(error, Closed):
            raise error
        words, gate = self.pages.words(request), self.pages.listener.gate
        why = "needs-token" if error.needs_token else "not-yours"
        values = {
            "messages": (words.say(f"closed.{why}", title=messages.title(words.language, error.service)),),
            "ways": ((gate.rules.top, words.say("back-to-top")),),
        }
        return self.pages.page(
            request,
            "failure",
            words.say("closed"),
            values,
            status=_FORBIDDEN,
            visitor=await gate.visitor(request),
            session=await gate.session_if_any(request),
        )

    async def http(self, request: Request, error: Exception) -> Response:
        """Say that there is no such page, or not by this method."""
        if not isinstance(error, HTTPException):
            raise error
        words = self.pages.words(request)
        known = error.status_code if error.status_code in _TOLD else _FAILED
        lead = words.say(f"failure.{known}.lead")
        headers = tuple((error.headers or {}).items())
        return self._page(request, words.say(f"failure.{known}"), (lead,), error.status_code, headers)

    async def unavailable(self, request: Request, error: Exception) -> Response:
        """Say that something this service depends on failed; a form may be sent again."""
        del error
        words = self.pages.words(request)
        return self._page(request, words.say("failure.503"), (words.say("failure.503.lead"),), _UNAVAILABLE, _AGAIN)

    async def failed(self, request: Request, error: Exception) -> Response:
        """Say that there is a defect of ours."""
        del error
        words = self.pages.words(request)
        return self._page(request, words.say("failure.500"), (words.say("failure.500.lead"),), _FAILED)

    def _page(
        self, request: Request, title: str, told: tuple[str, ...], status: int, headers: Headers = ()
    ) -> Response:
        words, rules = self.pages.words(request), self.pages.listener.gate.rules
        ways = ((rules.top, words.say("back-to-top")), (rules.entrance, words.say("to-entrance")))
        return self.pages.page(
            request, "failure", title, {"messages": told, "ways": ways}, status=status, headers=headers
        )
