"""What an ASGI server says of a request, as the rules take it.

Rule 1. ``scope["client"]`` is taken for the TCP peer. It is while the server does not rewrite it from a header: uvicorn
        does so, for peers of its own host, unless it is started with ``proxy_headers=False`` (``--no-proxy-headers``).
Rule 2. The certificate of a direct TLS connection is what one of :mod:`okmate_auth.web.asgi.certificates` put into the
        connection's own state; nothing that a client sends gets there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from okmate_auth.certificates.chain import CertificateChain, Unreadable
from okmate_auth.certificates.sources import Connection
from okmate_auth.errors import ConfigurationError
from okmate_auth.web import forms
from okmate_auth.web.problems import Problem
from okmate_auth.web.request import WebRequest

CERTIFICATE_KEY: Final = "okmate_auth.peer_certificate"
"""Under which name a connection's certificate stands in ``scope["state"]``."""
FORM_SECONDS: Final = 10.0
"""How long a form may take to come in; ours: 64 KiB at 52 kbit/s."""


def connection_of(scope: Mapping[str, Any]) -> Connection:
    """Return the connection of a request, from its ASGI scope.

    Raises:
        ConfigurationError: The server rewrites the peer's address from a header.
    """
    client, server = scope.get("client"), scope.get("server")
    if client is not None and client[1] == 0:  # no TCP peer has port 0: uvicorn writes it where a header named none
        message = "the server takes a client's address from a header: start uvicorn with proxy_headers=False"
        raise ConfigurationError(message)
    shown = scope.get("state", {}).get(CERTIFICATE_KEY)
    return Connection(
        "" if client is None else client[0],
        scope["headers"],
        unix_socket=server[0] if server is not None and server[1] is None else "",
        peer_certificate=shown if isinstance(shown, CertificateChain | Unreadable) else None,
    )


def request_of(scope: Mapping[str, Any], body: bytes = b"") -> WebRequest:
    """Return a request as the rules take it, from its ASGI scope and what was read of it."""
    return WebRequest(method=scope["method"], path=scope["path"], connection=connection_of(scope), body=body)


async def form_body(request: Request, *, seconds: float = FORM_SECONDS) -> bytes | Problem:
    """Read the body of a form: no further than a form may go, and no longer than it may take.

    Problems: those of :func:`okmate_auth.web.forms.head_problem`, before anything is read; ``request-too-large``, as
    soon as it is; ``request-too-slow``; ``request-malformed`` (the client went away).
    """
    problem = forms.head_problem(connection_of(request.scope))
    if problem is not None:
        return problem
    read = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                read += chunk
                if len(read) > forms.MOST_BYTES:
                    return forms.TOO_LARGE
    except TimeoutError:
        return forms.TOO_SLOW
    except ClientDisconnect:  # nobody reads the answer; but it is no error of this process, and no log fills with it
        return forms.MALFORMED
    return bytes(read)
