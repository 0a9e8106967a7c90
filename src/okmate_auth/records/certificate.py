"""A client certificate that a bank registered for a person."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import attrs

from okmate_auth.records.base import Key, Record

CertificateState = Literal["registered", "superseded", "revoked"]


@attrs.frozen(kw_only=True)
class Certificate(Record):
    """A certificate of a person; it stays after its end, so that an old one is told from a bad one.

    Attributes:
        bank: The bank's id.
        fingerprint: SHA-256 of its DER, in hexadecimal; the key. Never a text of its names (CE-4).
        issuer: SHA-256 of the issuer's name in DER, in hexadecimal.
        serial: Its serial number, in hexadecimal.
        subject: Whose it is: keyed hash of bank and canonical login ID.
        state: ``registered``: waiting for its first login, or in use; ``superseded``: by a newer one; ``revoked``.
        registered_at: When.
        ends_at: Its ``notAfter``.
        ended_at: When it was superseded or revoked.
    """

    kind: ClassVar[str] = "certificate"

    bank: str
    fingerprint: str
    issuer: str
    serial: str
    subject: str
    state: CertificateState
    registered_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def at(cls, bank: str, fingerprint: str) -> Key[Certificate]:
        """Return the key for a fingerprint."""
        return Key(cls.kind, f"{len(bank)}:{bank}:{fingerprint}")

    @property
    def key(self) -> Key[Certificate]:
        """Where this record stands."""
        return self.at(self.bank, self.fingerprint)
