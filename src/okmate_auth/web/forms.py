"""Forms: ``application/x-www-form-urlencoded`` as browsers send it, bounded, read in one way or not at all.

Rule 1. Nothing is guessed. Another type, another charset, a broken escape, bytes that are not UTF-8: refused, so that
        no two readers of a request (a filter before the bank, and the bank) read two different forms.
Rule 2. A field that is there twice is refused, not the first or the last of them taken (parameter pollution).
Rule 3. A field that the form does not have is refused: nobody's page sends it.
Rule 4. A field that is missing is empty, and a command refuses what is empty: with the step again, and its texts.
Rule 5. What was entered is in no repr and no problem.

Source: WHATWG URL 5.1, 5.2; RFC 3629; ASVS 5.0 2.2.1, 15.3.7.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from okmate_auth.certificates.sources import Connection
from okmate_auth.errors import MisuseError
from okmate_auth.secret import Secret
from okmate_auth.web.problems import Problem
from okmate_auth.web.request import WebRequest

MOST_BYTES: Final = 64 * 1024
"""Bytes of a form; ours. The largest form of a login has four passwords of 1,024 code points, each escaped: 48 KiB."""
MOST_FIELDS: Final = 64
"""Fields of a form; ours."""

MALFORMED: Final = Problem(400, "request-malformed")
TOO_LARGE: Final = Problem(413, "request-too-large")
WRONG_TYPE: Final = Problem(415, "request-wrong-type")
TOO_SLOW: Final = Problem(408, "request-too-slow")

_TYPE: Final = re.compile(
    rb'application/x-www-form-urlencoded(?:[ \t]*;[ \t]*charset=(?:utf-8|"utf-8"))?', re.IGNORECASE
)
# What WHATWG's serializer leaves as it is, and "~", which RFC 3986 2.3 leaves too.
_TEXT: Final = re.compile(rb"(?:[A-Za-z0-9*._~+-]|%[0-9A-Fa-f]{2})*")
_ESCAPE: Final = re.compile(rb"%(..)")
_LENGTH: Final = re.compile(rb"[0-9]{1,19}")


@attrs.frozen(repr=False)
class Form:
    """What was entered, by field.

    Attributes:
        fields: Name and text of each field that was sent.
    """

    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return what was entered in a field, '' where it was not sent."""
        return self.fields.get(name, "")

    def secret(self, name: str) -> Secret:
        """Return what was entered in a field, as a secret."""
        return Secret(self.text(name))

    def under(self, prefix: str) -> dict[str, str]:
        """Return the fields whose names begin so, without it: ``under("answer.")`` has ``mail`` for ``answer.mail``."""
        return {name[len(prefix) :]: text for name, text in self.fields.items() if name.startswith(prefix)}

    def __contains__(self, name: object) -> bool:
        return name in self.fields

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __repr__(self) -> str:
        return f"Form({len(self.fields)} fields)"


def head_problem(connection: Connection) -> Problem | None:
    """Say what is wrong with a form as far as its header fields tell, before its body is read; None: nothing.

    Problems: ``request-wrong-type`` (another type or charset, none, two, or encoded), ``request-too-large`` (it says
    so), ``request-malformed`` (two lengths, a length beside chunks, or one that is no number).
    """
    kind = connection.only("content-type")
    encoding = connection.only("content-encoding")
    if not isinstance(kind, bytes) or _TYPE.fullmatch(kind.strip(b" \t")) is None or encoding is not None:
        return WRONG_TYPE
    length = connection.only("content-length")
    if length is None:  # sent in chunks: counted while it is read
        return None
    chunked = (
        connection.only("transfer-encoding") is not None
    )  # which of the two is meant, two readers may read in two ways
    if not isinstance(length, bytes) or chunked or _LENGTH.fullmatch(length) is None:
        return MALFORMED
    return TOO_LARGE if int(length) > MOST_BYTES else None


def read_form(request: WebRequest, *, fields: Collection[str]) -> Form | Problem:
    """Read a form.

    Args:
        request: With its body.
        fields: Names of the fields the form may have; ``answer.*`` stands for each that begins with ``answer.``.

    Problems: those of :func:`head_problem`; ``request-too-large`` (above 64 KiB or 64 fields), ``request-malformed``
    (an escape, UTF-8, a field without ``=``, one without a name, one twice, one that the form does not have).

    Raises:
        MisuseError: ``fields`` is one text, not several.
    """
    if isinstance(fields, str):
        message = "fields: several names, not one"
        raise MisuseError(message)
    problem = head_problem(request.connection)
    if problem is not None:
        return problem
    body = request.body
    if len(body) > MOST_BYTES or body.count(b"&") >= MOST_FIELDS:
        return TOO_LARGE
    found: dict[str, str] = {}
    for part in body.split(b"&") if body else ():
        name, equals, value = part.partition(b"=")
        key, text = _decoded(name), _decoded(value)
        if not key or text is None or not equals or key in found or not _listed(key, fields):
            return MALFORMED
        found[key] = text
    return Form(MappingProxyType(found))


def _decoded(text: bytes) -> str | None:
    """Return what a name or value says; None where it is not encoded as browsers do it, or not UTF-8."""
    if _TEXT.fullmatch(text) is None:
        return None
    try:
        return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), text.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        return None


def _listed(name: str, fields: Collection[str]) -> bool:
    return name in fields or any(one.endswith("*") and name.startswith(one[:-1]) for one in fields)
