"""A company: whom its administrators may act upon. No login reads it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import attrs

from okmate_auth.records.base import Key, Record
from okmate_auth.records.history import Entrance


@attrs.frozen(kw_only=True)
class Company(Record):
    """A company at a bank.

    Attributes:
        bank: The bank's id.
        id: The company's id at the bank.
        name: For show.
        method: By which entrance its people log in unless a registration says otherwise.
        users: Subjects of its accounts, in the order of registration.
        master: Subject of its master, '' while there is none.
        created_at: When the desk registered it.
    """

    kind: ClassVar[str] = "company"

    bank: str
    id: str
    name: str
    method: Entrance
    created_at: datetime
    users: tuple[str, ...] = ()
    master: str = ""

    @classmethod
    def at(cls, bank: str, company: str) -> Key[Company]:
        """Return the key for a bank's company."""
        return Key(cls.kind, f"{len(bank)}:{bank}:{company}")

    @property
    def key(self) -> Key[Company]:
        """Where this record stands."""
        return self.at(self.bank, self.id)
