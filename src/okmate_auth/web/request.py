"""A request as the rules see it: what was sent, and the connection it came over."""

from __future__ import annotations

import attrs

from okmate_auth.certificates.sources import Connection
from okmate_auth.errors import MisuseError
from okmate_auth.text import strict_str

SAFE_METHODS = frozenset({"GET", "HEAD"})
"""Methods that change nothing; every other one has to come from a page of this origin (RFC 9110 9.2.1)."""


def _method(value: str) -> str:
    return strict_str(value, "method")


def _path(value: str) -> str:
    return strict_str(value, "path")


def _connection(value: Connection) -> Connection:
    if not isinstance(value, Connection):
        message = "connection must be a Connection"
        raise MisuseError(message)
    return value


def _body(value: bytes) -> bytes:
    if type(value) is not bytes:
        message = "body must be bytes"
        raise MisuseError(message)
    return value


@attrs.frozen(kw_only=True)
class WebRequest:
    """One request, read to its end.

    Attributes:
        method: As sent; names of methods have one case (RFC 9110 9.1).
        path: The path alone, decoded, without the query.
        connection: Header fields, address and certificate, raw.
        body: All of it, as long as the server let it become; b'' while nobody has read it.

    Raises:
        MisuseError: A field has the wrong type.
    """

    method: str = attrs.field(converter=_method)
    path: str = attrs.field(converter=_path)
    connection: Connection = attrs.field(converter=_connection)
    body: bytes = attrs.field(converter=_body, default=b"", repr=False)

    @property
    def is_safe(self) -> bool:
        """Whether the method changes nothing."""
        return self.method in SAFE_METHODS
