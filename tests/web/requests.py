"""Requests as tests write them: a method, header fields as text, a body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from okmate_auth.certificates.chain import CertificateChain, Unreadable
from okmate_auth.certificates.sources import Connection
from okmate_auth.web import WebRequest

ORIGIN: Final = "https://bank.example"
FORM: Final = "application/x-www-form-urlencoded"
BROWSER: Final = "B" * 43
SESSION: Final = "S" * 43

Fields = Sequence[tuple[str, str]]

OURS: Final[Fields] = (("Sec-Fetch-Site", "same-origin"), ("Origin", ORIGIN))
"""What a browser says of a form of our own page."""


def connection(
    *fields: tuple[str, str],
    address: str = "192.0.2.1",
    unix_socket: str = "",
    certificate: CertificateChain | Unreadable | None = None,
) -> Connection:
    """Return a connection whose request has these header fields."""
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]
    return Connection(address, pairs, unix_socket=unix_socket, peer_certificate=certificate)


def get(*fields: tuple[str, str], method: str = "GET") -> WebRequest:
    """Return a request for a page."""
    return WebRequest(method=method, path="/", connection=connection(*fields))


def post(*fields: tuple[str, str], body: bytes = b"", kind: str = FORM, method: str = "POST") -> WebRequest:
    """Return a form that was sent, with its type."""
    return WebRequest(method=method, path="/", connection=connection(("Content-Type", kind), *fields), body=body)
