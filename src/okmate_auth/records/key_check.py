"""With which keys a bank's records were written: enough to tell them apart, of no use to find one."""

from __future__ import annotations

from typing import ClassVar

import attrs

from okmate_auth.codec import Part
from okmate_auth.records.base import Key, Record


@attrs.frozen(kw_only=True)
class KeyMark(Part):
    """One key.

    Attributes:
        purpose: ``subject``, ``pepper``, ``seed`` or ``chain``.
        id: Its id among those of its purpose; '' for the subject key, of which there is one.
        check: 8 hexadecimal digits of an HMAC under it (:meth:`okmate_auth.keys.KeyBytes.check`).
    """

    purpose: str
    id: str
    check: str


@attrs.frozen(kw_only=True)
class KeyCheck(Record):
    """The keys that were in the key file of any process that served this bank from this store.

    Attributes:
        bank: Whose keys.
        marks: Each key once; the handle key is not among them, since it is replaced at any time.
    """

    kind: ClassVar[str] = "key-check"

    bank: str
    marks: tuple[KeyMark, ...]

    @classmethod
    def at(cls, bank: str) -> Key[KeyCheck]:
        """Return the key for a bank."""
        return Key(cls.kind, f"{len(bank)}:{bank}")

    @property
    def key(self) -> Key[KeyCheck]:
        """Where this record stands."""
        return self.at(self.bank)
