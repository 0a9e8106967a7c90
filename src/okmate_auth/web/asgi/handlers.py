"""How a view that was not run is answered: what the gate raised, as a redirect or a short page.

Rule 1. A link on another site leads here without cookies (``SameSite=Strict``): whoever follows it looks as if he were
        not logged in. So he is not sent to the entrance but asked to come again from a page of ours, which brings the
        cookies; only who has no session then either goes on to the entrance.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from okmate_auth.messages import LANGUAGES, Language
from okmate_auth.web.asgi.connections import connection_of
from okmate_auth.web.asgi.exceptions import Closed, NeedsCode, NeedsConfirmation, NeedsLogin, Rejected
from okmate_auth.web.forgery import came_from_elsewhere
from okmate_auth.web.rules import WebRules

# A refresh at once is a redirect to its reader (WCAG 2.2, technique H76), and begins anew at this origin.
_AGAIN: Final = (
    '<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={0}">'
    '<title>ログイン</title><p><a href="{0}">次へ進む</a> <a lang="en" href="{0}">Continue</a></p></html>'
)


class StoppedHandler:
    """Starlette's handler of :class:`~okmate_auth.web.asgi.exceptions.Stopped`.

    Args:
        rules: The listener's: where entrance, code and confirmation are asked for.
    """

    def __init__(self, rules: WebRules) -> None:
        self._rules: Final = rules

    async def __call__(self, request: Request, stopped: Exception) -> Response:
        """Answer one; anything else is raised again."""
        rules = self._rules
        match stopped:
            case NeedsLogin(next=after):
                if after and came_from_elsewhere(connection_of(request.scope)):
                    return HTMLResponse(_AGAIN.format(escape(after)))
                return _sent_to(rules.entrance, next=after)
            case NeedsCode(purpose=purpose, next=after):
                return _sent_to(rules.code, purpose=purpose, next=after)
            case NeedsConfirmation(purpose=purpose, next=after):
                return _sent_to(rules.confirmation, purpose=purpose, next=after)
            case Closed():
                return _short_page(403, stopped.message)
            case Rejected(problem=problem):
                page = _short_page(problem.status, problem.message)
                if problem.ends_connection and request.scope["http_version"].startswith("1"):
                    page.headers["Connection"] = "close"
                return page
            case _:
                raise stopped


def _sent_to(path: str, **fields: str) -> Response:
    query = urlencode({name: text for name, text in fields.items() if text})
    return RedirectResponse(f"{path}?{query}" if query else path, 303)


def _short_page(status: int, message: Callable[[Language], str]) -> Response:
    return PlainTextResponse("\n".join(message(language) for language in LANGUAGES), status)
