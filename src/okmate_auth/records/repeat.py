"""A reply that is kept for a minute, for whoever submits the very same thing twice."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import attrs

from okmate_auth.records.base import Key, Record


@attrs.frozen(kw_only=True)
class Repeat(Record):
    """A kept reply.

    Attributes:
        id: Hash of the spent handle or of the page's attempt token; the key.
        sealed: The reply, sealed under a key made of handle key, spent handle, browser and command.
        until: Up to when it may be opened.
    """

    kind: ClassVar[str] = "repeat"

    id: str
    sealed: bytes = attrs.field(repr=False)
    until: datetime

    @classmethod
    def at(cls, spent: str) -> Key[Repeat]:
        """Return the key for the hash of a spent handle or attempt token."""
        return Key(cls.kind, spent)

    @property
    def key(self) -> Key[Repeat]:
        """Where this record stands."""
        return self.at(self.id)

    @property
    def due_at(self) -> datetime | None:
        """When it is useless: a sweep may then delete it."""
        return self.until
