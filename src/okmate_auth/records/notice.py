"""The outbox: what the bank tells a person by mail, written in the commit that it is about."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import attrs

from okmate_auth.records.base import Key, Record

NoticeEvent = Literal["login", "takeover", "lock", "change", "enrollment", "certificate", "revocation", "release"]


@attrs.frozen(kw_only=True)
class Notice(Record):
    """Something to tell.

    Attributes:
        id: Random; also the idempotency key for whoever sends it.
        subject: Whose account.
        bank: The bank's id.
        login_id: For the text.
        event: What happened.
        written_at: When.
        details: Pairs of name and value, without secrets.
        sent_at: When it was marked as sent, None while it is pending.
    """

    kind: ClassVar[str] = "notice"

    id: str
    subject: str
    bank: str
    login_id: str
    event: NoticeEvent
    written_at: datetime
    details: tuple[tuple[str, ...], ...] = ()
    sent_at: datetime | None = None

    @classmethod
    def at(cls, notice: str) -> Key[Notice]:
        """Return the key for a notice's id."""
        return Key(cls.kind, notice)

    @property
    def key(self) -> Key[Notice]:
        """Where this record stands."""
        return self.at(self.id)

    @property
    def due_at(self) -> datetime | None:
        """When it was written, while it is pending."""
        return None if self.sent_at is not None else self.written_at
