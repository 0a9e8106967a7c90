"""The middleware: fields on every answer, a view's own kept, files cached, nothing held back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.web.asgi import Gate, PageHeaders
from okmate_auth.web.headers import page_headers, static_headers
from tests.web.asgi.site import RULES, Site
from tests.web.requests import ORIGIN

PAGE: Final = {name.lower(): value for name, value in page_headers()}
FILE: Final = {name.lower(): value for name, value in static_headers()}


async def plain(_: Request) -> Response:
    """Return a page."""
    return HTMLResponse("<p>page")


async def scripted(_: Request) -> Response:
    """Return a page that names its policy."""
    return HTMLResponse("<p>page", headers=dict(RULES.page_headers(script=True)))


async def streamed(_: Request) -> Response:
    """Return a page in parts."""

    async def parts() -> AsyncIterator[bytes]:
        for part in (b"one ", b"two"):
            yield part

    return StreamingResponse(parts())


async def failing(_: Request) -> Response:
    """Fail, as no view should."""
    message = "canary"
    raise RuntimeError(message)


async def echo(websocket: WebSocket) -> None:
    """Say one thing."""
    await websocket.accept()
    await websocket.send_text("here")
    await websocket.close()


def client(folder: Path, *, wrapped: bool = False) -> TestClient:
    """Return a browser of an application with files, the middleware within it or around it."""
    (folder / "bank.css").write_text("p {}", "ascii")
    routes = [
        Route("/", plain),
        Route("/scripted", scripted),
        Route("/streamed", streamed),
        Route("/failing", failing),
        Route("/static-page", plain),
        WebSocketRoute("/echo", echo),
        Mount("/static", StaticFiles(directory=folder)),
    ]
    within = [] if wrapped else [Middleware(PageHeaders, rules=RULES, static=["/static/"])]
    app: Any = Starlette(routes=routes, middleware=within)
    return TestClient(PageHeaders(app, rules=RULES) if wrapped else app, base_url=ORIGIN, raise_server_exceptions=False)


@pytest.mark.parametrize("path", ["/", "/streamed", "/nowhere", "/static-page", "/static/nowhere.css"])
def test_every_page_has_every_field_once(path: str, tmp_path: Path) -> None:
    """Pages, what is not there, and what only looks like a file's path."""
    page = client(tmp_path).get(path)
    for name, value in PAGE.items():
        assert page.headers.get_list(name) == [value]


def test_an_answer_that_gives_a_browser_its_token_is_not_kept() -> None:
    """A cache between would hand one browser's token to every other."""
    gate: Gate = Site().gate

    async def own(request: Request) -> Response:
        await gate.visitor(request)
        return Response()

    within = [Middleware(PageHeaders, rules=RULES, static=["/static/"])]
    browser = TestClient(Starlette(routes=[Route("/static/own.css", own)], middleware=within), base_url=ORIGIN)
    for cookies, kept in ((1, PAGE), (0, FILE)):
        page = browser.get("/static/own.css")
        assert len(page.headers.get_list("set-cookie")) == cookies
        assert page.headers["cache-control"] == kept["cache-control"]


def test_a_file_is_kept(tmp_path: Path) -> None:
    """The style sheet, and the answer that it has not changed."""
    browser = client(tmp_path)
    first = browser.get("/static/bank.css")
    again = browser.get("/static/bank.css", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    for page in (first, again):
        for name, value in FILE.items():
            assert page.headers.get_list(name) == [value]


def test_a_view_s_own_field_stands(tmp_path: Path) -> None:
    """A page with a script names its policy: that one is sent, and no second one beside it."""
    page = client(tmp_path).get("/scripted")
    assert page.headers.get_list("content-security-policy") == [
        dict(RULES.page_headers(script=True))["Content-Security-Policy"]
    ]
    assert page.headers.get_list("cache-control") == ["no-store"]


def test_an_error_that_nothing_handles_has_the_fields_where_the_middleware_is_around_it_all(tmp_path: Path) -> None:
    """Starlette makes that page outside of its middleware; put around the application it covers that one too."""
    assert "cache-control" not in client(tmp_path).get("/failing").headers
    page = client(tmp_path, wrapped=True).get("/failing")
    assert (page.status_code, page.headers["cache-control"]) == (500, "no-store")


def test_what_is_no_page_passes(tmp_path: Path) -> None:
    """A web socket is not touched."""
    with client(tmp_path).websocket_connect("/echo") as socket:
        assert socket.receive_text() == "here"


def test_one_within_another_adds_nothing() -> None:
    """Where an application with the middleware is mounted in one with it, each field and cookie is sent once."""
    site = Site()
    outer = Starlette(routes=[Mount("/inner", site.app)], middleware=[Middleware(PageHeaders, rules=RULES)])
    page = TestClient(outer, base_url=ORIGIN).get("/inner/client")
    assert len(page.headers.get_list("set-cookie")) == 1
    assert page.headers.get_list("cache-control") == ["no-store"]


def test_a_gate_without_the_middleware_is_found_out() -> None:
    """The browser would never get its token: the first request is an error, not the hundredth login."""
    site = Site()
    gate: Gate = site.gate

    async def view(request: Request) -> Response:
        await gate.visitor(request)
        return Response()

    bare = TestClient(Starlette(routes=[Route("/", view)]), base_url=ORIGIN)
    with pytest.raises(MisuseError, match="PageHeaders"):
        bare.get("/")


async def nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer nothing."""


@pytest.mark.parametrize("static", [["/"], ["static/"], ["/static"], [""]])
def test_a_file_s_path_begins_and_ends_with_a_slash(static: list[str]) -> None:
    """What ends with a letter would take pages for files, and "/" all of them."""
    with pytest.raises(ConfigurationError):
        PageHeaders(nothing, rules=RULES, static=static)


def test_the_middleware_is_made_of_rules_and_several_paths() -> None:
    """Anything else is told when the application is made."""
    anything: Any = {}
    with pytest.raises(MisuseError):
        PageHeaders(nothing, rules=anything)
    with pytest.raises(MisuseError):
        PageHeaders(nothing, rules=RULES, static="/static/")
