"""Finding a secret in a text, whatever it was written as."""

from __future__ import annotations

import base64
import hashlib
import re
import traceback
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final
from urllib.parse import quote

import attrs

__all__ = ["Canaries", "provoked", "shown"]


def _written(secret: bytes) -> set[str]:
    """Return how bytes may stand in a text."""
    return {
        repr(secret)[2:-1],
        secret.hex(),
        secret.hex().upper(),
        base64.b64encode(secret).decode().rstrip("="),
        base64.urlsafe_b64encode(secret).decode().rstrip("="),
        secret.decode("latin-1"),
    }


@attrs.define
class Canaries:
    """Secrets that were put somewhere, and must not come out.

    Attributes:
        known: Each by the name under which a failure reports it.
    """

    known: dict[str, bytes] = attrs.field(factory=dict)

    def add(self, name: str, secret: str | bytes) -> None:
        """Add one more."""
        self.known[f"{name} ({len(self.known)})"] = secret.encode() if isinstance(secret, str) else secret

    def found_in(self, text: str) -> list[str]:
        """Return the names of those that a text shows, written as text, hexadecimal digits, base64 or escapes."""
        return [
            name
            for name, secret in self.known.items()
            if any(form in text for form in {*_written(secret), quote(secret, safe="")})
        ]

    def found_in_bytes(self, data: bytes) -> list[str]:
        """Return the names of those that stand in a file, in any of those forms, or hashed without salt and key.

        Whatever in it may be base64 is decoded, too: a secret in the midst of something longer has another look there.
        """
        text = "\n".join([data.decode("latin-1"), *_decoded(data)])
        found = set(self.found_in(text))
        for name, secret in self.known.items():
            digests = (hashlib.new(kind, secret, usedforsecurity=False).digest() for kind in ("md5", "sha1", "sha256"))
            if any(form in text for digest in digests for form in _written(digest)):
                found.add(f"{name}, hashed")
        return sorted(found)


def _decoded(data: bytes) -> Iterator[str]:
    for token in re.findall(rb"[A-Za-z0-9+/_-]{16,}", data):
        for start in range(4):  # a token may begin earlier than what was encoded
            usable = token[start : start + (len(token) - start) // 4 * 4].translate(_URL_SAFE)
            yield base64.b64decode(usable).decode("latin-1")


_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")


def provoked(call: Callable[[], object]) -> BaseException:
    """Return what a call raises."""
    try:
        call()
    except BaseException as error:  # noqa: BLE001 - whatever it is
        return error
    message = "nothing was raised"
    raise AssertionError(message)


def shown(error: BaseException, *, with_locals: bool = True) -> str:
    """Return all that can be seen of an exception: texts, arguments, causes, and the locals of every frame."""
    lines: list[str] = []
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or each in seen:
            continue
        seen.append(each)
        waiting += [each.__cause__, each.__context__]
        lines += [*traceback.format_exception(each), str(each), repr(each), repr(each.args)]
        lines += getattr(each, "__notes__", [])
        if with_locals:
            lines += (line for frame, _ in traceback.walk_tb(each.__traceback__) for line in _locals(frame))
    return "\n".join(lines)


def _locals(frame: FrameType) -> Iterator[str]:
    """Give a frame's locals as an error reporter shows them."""
    for name, value in frame.f_locals.items():
        try:
            yield f"{name} = {value!r}"
        except Exception as error:  # noqa: BLE001 - half made: a copy of something that refuses to be copied
            yield f"{name}: {type(error).__name__}"
