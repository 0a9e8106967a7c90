"""Handlers: what the gate raised is answered with a redirect or a short page in both languages."""

from __future__ import annotations

import asyncio
from typing import Final

import pytest
from starlette.requests import Request
from starlette.responses import Response

from okmate_auth.web import Problem, WebRules
from okmate_auth.web.asgi import Closed, NeedsCode, NeedsConfirmation, NeedsLogin, Rejected, Stopped
from okmate_auth.web.asgi.handlers import StoppedHandler
from tests.web.requests import ORIGIN

HANDLER: Final = StoppedHandler(WebRules(origins=[ORIGIN], entrance="/enter", code="/token", confirmation="/sure"))


def answered(stopped: Exception, version: str = "1.1", site: bytes = b"none") -> Response:
    """Return the answer, to a browser that says where it comes from."""
    request = Request({"type": "http", "http_version": version, "headers": [(b"sec-fetch-site", site)]})
    return asyncio.run(HANDLER(request, stopped))


@pytest.mark.parametrize(
    ("stopped", "location"),
    [
        (NeedsLogin(), "/enter"),
        (NeedsLogin(after="/a?b=c&d"), "/enter?next=%2Fa%3Fb%3Dc%26d"),
        (NeedsCode("transfer"), "/token?purpose=transfer"),
        (NeedsCode("transfer", after="/a"), "/token?purpose=transfer&next=%2Fa"),
        (NeedsConfirmation("transfer", after="/a"), "/sure?purpose=transfer&next=%2Fa"),
    ],
)
def test_what_is_missing_is_asked_for(stopped: Stopped, location: str) -> None:
    """303 to the rules' own path; where to come back to is escaped, so that it stays one value."""
    page = answered(stopped)
    assert (page.status_code, page.headers["location"]) == (303, location)


@pytest.mark.parametrize(
    ("stopped", "status"),
    [
        (Closed("transfer", needs_token=True), 403),
        (Closed("transfer", needs_token=False), 403),
        (Rejected(Problem(400, "request-malformed")), 400),
        (Rejected(Problem(403, "page-outdated")), 403),
        (Rejected(Problem(408, "request-too-slow")), 408),
        (Rejected(Problem(413, "request-too-large")), 413),
        (Rejected(Problem(415, "request-wrong-type")), 415),
    ],
)
def test_what_is_refused_is_told(stopped: Closed | Rejected, status: int) -> None:
    """In Japanese and English, as text; an unread body closes the connection, where the protocol has such a field."""
    page = answered(stopped)
    told = stopped.problem if isinstance(stopped, Rejected) else stopped
    assert (page.status_code, page.media_type) == (status, "text/plain")
    assert bytes(page.body).decode() == f"{told.message('ja')}\n{told.message('en')}"
    closing = "close" if status in {408, 413, 415} else None
    assert (page.headers.get("connection"), answered(stopped, "2").headers.get("connection")) == (closing, None)


def test_who_was_led_here_comes_again_from_here() -> None:
    """The page asks for itself, escaped; without a way back, and for who came by himself, the entrance follows."""
    page = answered(NeedsLogin(after="/a?b='&c=1"), site=b"cross-site")
    assert (page.status_code, page.media_type) == (200, "text/html")
    assert 'content="0; url=/a?b=&#x27;&amp;c=1"' in bytes(page.body).decode()
    assert answered(NeedsLogin(), site=b"cross-site").status_code == 303
    for site in (b"same-origin", b"none"):
        assert answered(NeedsLogin(after="/a"), site=site).status_code == 303
    assert answered(NeedsCode("transfer", after="/a"), site=b"cross-site").status_code == 303


def test_nothing_else_is_swallowed() -> None:
    """An error stays one."""
    with pytest.raises(ZeroDivisionError):
        answered(ZeroDivisionError())


def test_no_exception_says_what_was_sent() -> None:
    """Paths, purposes and services are attributes for the bank's pages, not part of the message that logs have."""
    for stopped in (
        NeedsLogin(after="/canary"),
        NeedsCode("canary", after="/canary"),
        NeedsConfirmation("canary"),
        Closed("canary", needs_token=True),
    ):
        assert "canary" not in str(stopped)
