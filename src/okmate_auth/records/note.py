"""What a bank's own action remembers about an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import attrs

from okmate_auth.codec import Json
from okmate_auth.records.base import Key, Record


@attrs.frozen(kw_only=True)
class Note(Record):
    """A bank action's own data about one account: JSON, at most 4 KiB when encoded.

    Attributes:
        subject: Whose account.
        action: Name of the action.
        data: What the action wrote.
    """

    kind: ClassVar[str] = "note"

    subject: str
    action: str
    data: Mapping[str, Json]

    @classmethod
    def at(cls, subject: str, action: str) -> Key[Note]:
        """Return the key for a subject and an action."""
        return Key(cls.kind, f"{subject}:{action}")

    @property
    def key(self) -> Key[Note]:
        """Where this record stands."""
        return self.at(self.subject, self.action)
