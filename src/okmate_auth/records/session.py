"""What a completed login left: a session."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import attrs

from okmate_auth.codec import Part
from okmate_auth.records.base import Key, Record
from okmate_auth.records.history import Entrance


@attrs.frozen(kw_only=True)
class Freshness(Part):
    """A factor that was proven once more within the session.

    Attributes:
        factor: Which.
        purpose: For which purpose alone.
        until: Up to when, exclusive.
        counter: Of a code, the counter it was shown at: who submits that code again is told the same, not refused.
    """

    factor: str
    purpose: str
    until: datetime
    counter: int | None = None


@attrs.frozen(kw_only=True)
class Session(Record):
    """A session; found by the hash of its handle, which no flow ever carried.

    Attributes:
        handle: Hash of the handle; the key.
        subject: Whose session.
        account: The account's random id.
        login_id: For show.
        bank: The bank's id.
        company: The company's id.
        role: The account's role at login.
        entrance: By which method.
        browser: Hash of the browser's cookie.
        certificate: Fingerprint of the certificate it is bound to, '' for none.
        factors: Names of the factors that the login proved.
        enrollment_skipped: Whether token enrollment was put off in that login.
        token: Serial number of the token that was bound at login, '' for none; a hint what to load with the account.
        entitlements: As at login; what is taken away later is taken away here at once.
        guarded: Those of the entitlements that need a token the person did not have at login …
        guarded_until: … and until when they may be used without one; None: not at all.
        started_at: When it was minted.
        ends_at: Absolute end.
        used_at: Last use that was written; None until its first use.
        fresh: Factors proven again for a purpose.
        repeat: Key of the kept reply that carried the handle, deleted at first use.
    """

    kind: ClassVar[str] = "session"

    handle: str
    subject: str
    account: str
    login_id: str
    bank: str
    company: str
    role: str
    entrance: Entrance
    browser: str
    started_at: datetime
    ends_at: datetime
    certificate: str = ""
    factors: tuple[str, ...] = ()
    enrollment_skipped: bool = False
    token: str = ""
    entitlements: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()
    guarded_until: datetime | None = None
    used_at: datetime | None = None
    fresh: tuple[Freshness, ...] = ()
    repeat: str = ""

    @classmethod
    def at(cls, handle: str) -> Key[Session]:
        """Return the key for the hash of a handle."""
        return Key(cls.kind, handle)

    @property
    def key(self) -> Key[Session]:
        """Where this record stands."""
        return self.at(self.handle)

    @property
    def due_at(self) -> datetime | None:
        """The absolute end: a sweep may then delete it."""
        return self.ends_at
