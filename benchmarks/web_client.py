"""A client of the server of W1 and W2: one connection that stays open, one request after another, cookies kept.

It does no more than it must, for what it does is in our figure.
"""

from __future__ import annotations

import re
import socket
import ssl
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

__all__ = ["PASSENGER", "PASSWORD", "PEOPLE", "Line", "log_in"]

PEOPLE: Final = tuple(f"person{number:02}" for number in range(6))
"""Who logs in again and again: three for each slot, so that none is ever idle."""
PASSENGER: Final = "hanako01"
"""Who is logged in."""
PASSWORD: Final = "Zk4mwQ8xp"  # noqa: S105 - of nobody

_PATIENCE_SECONDS: Final = 120.0  # people are registered before the first answer
_CHUNK: Final = 65536
_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_COOKIE: Final = re.compile(rb"\r\nset-cookie: ([^=]+)=([^;]*)", re.IGNORECASE)
_HIDDEN: Final = re.compile(rb'name="([^"]+)" value="([^"]*)"')


class Line:
    """A connection by TLS.

    Args:
        port: On loopback.
        certificate: File of the certificate by which the server is verified.
    """

    def __init__(self, port: int, certificate: Path) -> None:
        context = ssl.create_default_context(cafile=str(certificate))
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        plain = socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._tls = context.wrap_socket(plain, server_hostname="localhost")
        self._same = f"Host: localhost\r\nOrigin: https://localhost:{port}\r\nSec-Fetch-Site: same-origin\r\n".encode()
        self._cookies: dict[bytes, bytes] = {}

    def request(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes, bytes]:
        """Send a request; return status, head and body of the answer.

        Raises:
            ConnectionError: The server closed the connection.
        """
        cookies = b"; ".join(b"=".join(pair) for pair in self._cookies.items())
        lines = [f"{method} {path} HTTP/1.1\r\n".encode(), self._same]
        if cookies:
            lines.append(b"Cookie: " + cookies + b"\r\n")
        if body:
            lines.append(b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n" % len(body))
        self._tls.sendall(b"".join((*lines, b"\r\n", body)))
        return self._answer()

    def close(self) -> None:
        """Close the connection."""
        self._tls.close()

    def _answer(self) -> tuple[int, bytes, bytes]:
        read = self._more(b"")
        while (end := read.find(b"\r\n\r\n")) < 0:
            read = self._more(read)
        head, body = read[: end + 2], read[end + 4 :]
        length = _LENGTH.search(head)
        while length is not None and len(body) < int(length[1]):
            body = self._more(body)
        self._cookies.update(_COOKIE.findall(head))
        return int(head[9:12]), head, body

    def _more(self, read: bytes) -> bytes:
        chunk = self._tls.recv(_CHUNK)
        if not chunk:
            message = "the server closed the connection"
            raise ConnectionError(message)
        return read + chunk


def log_in(line: Line, login_id: str) -> None:
    """Open the entrance and send its form.

    Raises:
        RuntimeError: The login was not answered with its end.
    """
    _, _, page = line.request("GET", "/login")
    hidden = {name.decode(): value.decode() for name, value in _HIDDEN.findall(page)}
    form = {**hidden, "button": "login", "login_id": login_id, "password": PASSWORD}
    status, _, _ = line.request("POST", "/login", urlencode(form).encode())
    if status != 303:  # noqa: PLR2004 - HTTP's number
        message = f"a right password was answered with {status}"
        raise RuntimeError(message)
