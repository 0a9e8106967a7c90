"""A hard token: what it is, where it is, whose it is, and how far its counter has come."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import attrs

from okmate_auth.records.account import Suspension
from okmate_auth.records.base import Key, Record

TokenState = Literal["stock", "dispatched", "enrolled", "revoked", "retired"]


@attrs.frozen(kw_only=True)
class HardToken(Record):
    """A token of a bank.

    Attributes:
        bank: The bank's id.
        skeleton: What its serial number shares with every number that looks like it; the key, so that no two tokens of
            a bank look alike (A76).
        serial: The serial number in its one spelling.
        printed: The serial number as the delivery had it, for show.
        state: ``stock``: at the bank; ``dispatched``: sent to a company; ``enrolled``: somebody's; ``revoked``: it was
            somebody's and never is again (A75); ``retired``: taken out of use by the desk.
        type: ``hotp`` (RFC 4226) or ``totp`` (RFC 6238).
        algorithm: ``SHA1``, ``SHA256`` or ``SHA512``.
        digits: Of a code, 6 to 8.
        period_seconds: Of a time step; 0 for ``hotp``.
        seed: Sealed; bank, serial number and everything public about its codes are associated data (A97).
        seed_key: Id of the key it is sealed with.
        sealed_at: When it was sealed last.
        stocked_at: When it came.
        ends_at: End of its life as printed on it: nobody enrolls it from then on; None where it has none.
        company: To which company it was dispatched, '' while it is in stock.
        shared: Whether several people may enroll it.
        holders: Subjects of those who did.
        suspended: Set while stopped by an administrator or the desk.
        next_counter: The lowest counter, or time step, that is still good; it never moves back (RFC 6238 5.2).
        offset: Steps between the clock and the token, found at enrollment or by two codes in a row.
        drift: Steps learnt since, within the profile's bound.
    """

    kind: ClassVar[str] = "token"

    bank: str
    skeleton: str
    serial: str
    printed: str
    state: TokenState
    type: Literal["hotp", "totp"]
    algorithm: Literal["SHA1", "SHA256", "SHA512"]
    digits: int
    period_seconds: int
    seed: bytes = attrs.field(repr=False)
    seed_key: str
    sealed_at: datetime
    stocked_at: datetime
    ends_at: datetime | None = None
    company: str = ""
    shared: bool = False
    holders: tuple[str, ...] = ()
    suspended: Suspension | None = None
    next_counter: int = 0
    offset: int = 0
    drift: int = 0

    @classmethod
    def at(cls, bank: str, skeleton: str) -> Key[HardToken]:
        """Return the key for the skeleton of a serial number."""
        return Key(cls.kind, f"{len(bank)}:{bank}:{skeleton}")

    @property
    def key(self) -> Key[HardToken]:
        """Where this record stands."""
        return self.at(self.bank, self.skeleton)

    @property
    def due_at(self) -> datetime | None:
        """When it was sealed last: whoever seals anew after a rotation finds the oldest first."""
        return self.sealed_at
