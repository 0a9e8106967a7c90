"""Scopes: what an ASGI server says, taken as it is; bodies read as far as a form may go, and as long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest
from starlette.requests import Request
from starlette.types import Message

from okmate_auth.certificates.chain import Unreadable
from okmate_auth.errors import ConfigurationError
from okmate_auth.web import Problem
from okmate_auth.web.asgi import connection_of
from okmate_auth.web.asgi.connections import CERTIFICATE_KEY, form_body, request_of
from okmate_auth.web.forms import MALFORMED, MOST_BYTES, TOO_LARGE, TOO_SLOW, WRONG_TYPE
from tests.web.requests import FORM

SCOPE: Final[dict[str, Any]] = {
    "type": "http",
    "method": "POST",
    "path": "/a b",
    "headers": [(b"content-type", FORM.encode()), (b"x", b"1"), (b"x", b"2")],
    "client": ("192.0.2.1", 50_000),
    "server": ("192.0.2.2", 443),
}


def test_a_connection_is_as_the_server_has_it() -> None:
    """Address, fields in their order, doubles and all; a certificate where the connection has one."""
    found = connection_of(SCOPE)
    assert (found.address, found.headers, found.unix_socket) == ("192.0.2.1", tuple(SCOPE["headers"]), "")
    assert found.peer_certificate is None
    shown = Unreadable("too-large")
    assert connection_of(SCOPE | {"state": {CERTIFICATE_KEY: shown}}).peer_certificate == shown
    assert connection_of(SCOPE | {"state": {CERTIFICATE_KEY: "a text"}}).peer_certificate is None


def test_a_unix_socket_has_a_path_and_no_address() -> None:
    """As uvicorn tells it; where nothing is told there is neither."""
    found = connection_of(SCOPE | {"client": None, "server": ("/run/bank", None)})
    assert (found.address, found.unix_socket) == ("", "/run/bank")
    bare = {name: value for name, value in SCOPE.items() if name not in {"client", "server"}}
    assert (connection_of(bare).address, connection_of(bare).unix_socket) == ("", "")


def test_an_address_from_a_header_is_found_out() -> None:
    """Port 0 is what uvicorn writes for a client that a header names: no TCP peer has it."""
    with pytest.raises(ConfigurationError, match="proxy_headers=False"):
        connection_of(SCOPE | {"client": ("203.0.113.5", 0)})


def test_a_request_is_method_path_and_body() -> None:
    """The path is decoded, and without the query."""
    found = request_of(SCOPE | {"query_string": b"a=1"}, b"body")
    assert (found.method, found.path, found.body) == ("POST", "/a b", b"body")


def read(
    messages: Iterable[Message], *fields: tuple[bytes, bytes], pause: float = 0.0, seconds: float = 5.0
) -> tuple[bytes | Problem, int]:
    """Return what was read of a body that comes in these messages, and how many of them were asked for."""
    asked = 0
    waiting = iter(messages)

    async def receive() -> Message:
        nonlocal asked
        asked += 1
        await asyncio.sleep(pause)
        found = next(waiting, None)
        if found is None:
            await asyncio.Event().wait()  # for ever
        return found or {}

    scope = SCOPE | {"headers": [*SCOPE["headers"], *fields]}
    return asyncio.run(form_body(Request(scope, receive), seconds=seconds)), asked


def part(body: bytes, *, more: bool = True) -> Message:
    """Return a piece of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize("size", [0, 1, MOST_BYTES - 1, MOST_BYTES, MOST_BYTES + 1])
@pytest.mark.parametrize("pieces", [1, 7])
def test_a_body_is_read_up_to_its_bound(size: int, pieces: int) -> None:
    """In one piece or several: 64 KiB are read, a byte more is refused."""
    step = max(1, -(-size // pieces))
    cut = [b"a" * min(step, size - at) for at in range(0, size, step)]
    body, _ = read([*map(part, cut), part(b"", more=False)])
    assert body == (b"a" * size if size <= MOST_BYTES else TOO_LARGE)


def test_an_endless_body_is_not_read_on() -> None:
    """Refused with the piece that goes beyond the bound: what follows is never asked for."""
    endless = (part(b"a" * 16_384) for _ in range(10**9))
    assert read(endless) == (TOO_LARGE, 5)


def test_what_the_head_refuses_is_not_read_at_all() -> None:
    """Another type, a length beyond the bound: no piece is asked for."""
    assert read([part(b"")], (b"content-length", b"65537")) == (TOO_LARGE, 0)
    assert read([part(b"")], (b"content-type", FORM.encode())) == (WRONG_TYPE, 0)


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param(list, id="nothing comes"),
        pytest.param(lambda: [part(b"a=")], id="half of it comes"),
        pytest.param(lambda: (part(b"a") for _ in range(10**9)), id="a byte now and then"),
    ],
)
def test_a_slow_body_is_given_up(messages: Callable[[], Iterable[Message]]) -> None:
    """The time is the whole form's, not a piece's: it does not begin anew with every byte."""
    body, asked = read(messages(), pause=0.02, seconds=0.2)
    assert body == TOO_SLOW
    assert asked <= 12


def test_who_goes_away_is_no_error() -> None:
    """The connection ended within the body: a problem that nobody reads, and no exception."""
    assert read([part(b"a="), {"type": "http.disconnect"}])[0] == MALFORMED
