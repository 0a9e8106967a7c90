"""A middleware that sends every page with the rules' header fields, and with the cookies a visitor was given.

It is pure ASGI: it reads nothing and holds nothing back. A field that a view sets itself stands as the view set it;
so a page with a script of its own names its policy.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.web.headers import Headers
from okmate_auth.web.rules import WebRules, some_rules

COOKIES_KEY: Final = "okmate_auth.set_cookies"
"""Under which name the scope of a request has the list of ``Set-Cookie`` values that its answer is to carry."""

_GOOD: Final = frozenset({200, 206, 304})


class PageHeaders:
    """Put ``page_headers`` on every answer, and ``static_headers`` on files.

    As the outermost middleware, ``Middleware(PageHeaders, rules=rules)``, it covers every page of the application but
    the one of an error that nothing handled: Starlette makes that further out. Put around the whole application,
    ``PageHeaders(app, rules=rules)``, it covers that one, too.

    Args:
        app: The application.
        rules: The listener's.
        static: Beginnings of the paths of files that are the same for everybody, such as ``/static/``.

    Raises:
        ConfigurationError: One is no path, or does not end with a slash.
        MisuseError: A part is of another type.
    """

    def __init__(self, app: ASGIApp, *, rules: WebRules, static: Iterable[str] = ()) -> None:
        if isinstance(static, str):
            message = "static: several paths, not one"
            raise MisuseError(message)
        self._app: Final = app
        self._static: Final = tuple(static)
        if not all(one.startswith("/") and one.endswith("/") and one != "/" for one in self._static):
            message = "static: paths that begin and end with a slash"
            raise ConfigurationError(message)
        self._page_fields: Final = _encoded(some_rules(rules).page_headers())
        self._static_fields: Final = _encoded(rules.static_headers())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cookies: list[str] = scope.setdefault(COOKIES_KEY, [])

        async def send_with_fields(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_fields(message, scope["path"], cookies)
            await send(message)

        await self._app(scope, receive, send_with_fields)

    def _add_fields(self, message: Message, path: str, cookies: list[str]) -> None:
        there = [*message.get("headers", ())]
        names = {name.lower() for name, _ in there}
        # an answer that gives a browser its token is no file that is the same for everybody, wherever it stands
        kept = path.startswith(self._static) and message["status"] in _GOOD and not cookies
        fields = self._static_fields if kept else self._page_fields
        there += [(name, value) for name, value in fields if name not in names]
        sent = {value for name, value in there if name.lower() == b"set-cookie"}
        there += [(b"set-cookie", value) for one in cookies if (value := one.encode("ascii")) not in sent]
        message["headers"] = there


def _encoded(fields: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in fields]
