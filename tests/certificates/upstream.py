"""A web server of a few lines, behind a proxy or without one, that hands over each request's raw facts.

It reads header fields as they come, because that is what is tested: neither joined, nor renamed, nor decoded. It serves
tests on loopback and is no example for anything else.
"""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

from okmate_auth.certificates.sources import Connection, peer_certificate

PATIENCE_SECONDS: Final = 20


@attrs.frozen
class Request:
    """A request as it came.

    Attributes:
        method: GET, POST.
        target: Path and query.
        body: What was posted.
        connection: The facts that a certificate source asks for.
    """

    method: str
    target: str
    body: bytes
    connection: Connection


@attrs.frozen
class Answer:
    """What is answered.

    Attributes:
        status: Status code.
        body: The body.
        headers: Further fields, such as cookies.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Request], Answer]


class _Conversation(socketserver.StreamRequestHandler):
    """One connection with one request."""

    timeout = PATIENCE_SECONDS
    server: _Server

    def setup(self) -> None:
        """Make the handshake where the server speaks TLS, on this connection's own thread."""
        self.tls: ssl.SSLSocket | None = None
        if self.server.context is not None:
            self.request.settimeout(PATIENCE_SECONDS)
            self.request = self.tls = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        """Say good-bye in TLS's way too."""
        super().finish()
        self.request.close()

    def handle(self) -> None:
        """Read a request, ask the handler, answer, close."""
        words = self.rfile.readline().decode("latin-1").split()
        if not words:  # somebody looked whether the port is open
            return
        headers: list[tuple[bytes, bytes]] = []
        while (line := self.rfile.readline()) not in (b"\r\n", b"\n", b""):
            if line[:1] in b" \t" and headers:  # folded: it stays what it is
                headers[-1] = (headers[-1][0], headers[-1][1] + b"\r\n" + line.rstrip(b"\r\n"))
            else:
                name, _, value = line.rstrip(b"\r\n").partition(b":")
                headers.append((name, value.strip(b" \t")))
        length = next((int(value) for name, value in headers if name.lower() == b"content-length"), 0)
        body = self.rfile.read(length)
        connection = Connection(
            "" if self.server.path else self.client_address[0],
            headers,
            unix_socket=self.server.path,
            peer_certificate=None if self.tls is None else peer_certificate(self.tls),
        )
        answer = self.server.handler(Request(words[0], words[1], body, connection))
        fields = (*answer.headers, ("Content-Length", str(len(answer.body))), ("Connection", "close"))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields)
        self.wfile.write(f"HTTP/1.1 {answer.status} answered\r\n{head}\r\n".encode("latin-1") + answer.body)


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """It has a thread for each connection, and all of them have ended when it is closed."""

    daemon_threads = False
    allow_reuse_address = True

    def __init__(self, path: str, handler: Handler, context: ssl.SSLContext | None) -> None:
        self.path = path
        self.handler = handler
        self.context = context
        if path:
            self.address_family = socket.AF_UNIX
        super().__init__(path or ("127.0.0.1", 0), _Conversation)  # type: ignore[arg-type]  # a unix socket's is a path


@contextmanager
def listening(
    handler: Handler, *, unix_socket: Path | None = None, context: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Serve a handler until the block ends, and give the URL that nginx's ``proxy_pass`` takes.

    Args:
        handler: Answers each request, on a thread of the connection's own.
        unix_socket: Where to listen; otherwise on a free port of loopback.
        context: Speak TLS with it.
    """
    path = "" if unix_socket is None else str(unix_socket)
    with _Server(path, handler, context) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            scheme = "http" if context is None else "https"
            yield f"http://unix:{path}:" if path else f"{scheme}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(PATIENCE_SECONDS)
