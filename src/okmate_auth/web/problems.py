"""What is wrong with a request before any command is made of it: a status and a stable code, never what was sent."""

from __future__ import annotations

from typing import Final, Literal

import attrs

from okmate_auth.messages import Language
from okmate_auth.web import texts

Status = Literal[400, 403, 408, 413, 415]

_UNREAD: Final = frozenset({408, 413, 415})


@attrs.frozen
class Problem:
    """A request that is refused as such.

    Attributes:
        status: The status of the answer (RFC 9110 15.5).
        code: Stable name of the reason: ``request-malformed`` (400), ``request-forged`` (403, not from a page of this
            origin), ``page-outdated`` (403, the page's form token is not this browser's or session's),
            ``request-too-slow`` (408), ``request-too-large`` (413), ``request-wrong-type`` (415).
    """

    status: Status
    code: str

    @property
    def ends_connection(self) -> bool:
        """Whether the body was not read to its end, and is not going to be (RFC 9110 15.5.9, 15.5.14)."""
        return self.status in _UNREAD

    def message(self, language: Language) -> str:
        """Return what a page may say, in Japanese (``ja``) or English (``en``)."""
        return texts.text(language, self.code)
