"""A login that is under way."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import attrs

from okmate_auth.codec import Part
from okmate_auth.records.base import Key, Record
from okmate_auth.records.history import Entrance


@attrs.frozen(kw_only=True)
class Proof(Part):
    """A credential that this flow proved: its factor, and the id it had then."""

    factor: str
    credential: str


@attrs.frozen(kw_only=True)
class Ledger(Part):
    """What a flow achieved; it grants nothing elsewhere.

    Attributes:
        proven: Each proven credential.
        changed: Names of the passwords of a change that is still to be acknowledged; empty for none.
        enrollment_skipped: Whether enrollment was put off in this flow.
        answered: Names of the bank's actions that were answered.
    """

    proven: tuple[Proof, ...] = ()
    changed: tuple[str, ...] = ()
    enrollment_skipped: bool = False
    answered: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Flow(Record):
    """A login under way; it belongs to one subject, entrance and browser from its first factor on.

    Attributes:
        handle: Hash of the handle that its next step must carry; the key.
        id: Random, the same through all steps: for histories and as idempotency key of a bank's actions.
        subject: Whose login.
        entrance: By which method.
        browser: Hash of the browser's cookie.
        known: Whether the browser was a known one when the flow began.
        certificate: Fingerprint of the certificate it is bound to, '' for none.
        company: The person's company, '' in a flow of a version that did not write it.
        token: Serial number of the token that was bound when the step was reached, '' for none; only a hint what to
            load together with the account, which alone decides.
        ends_at: End of the whole flow.
        step_ends_at: End of the present step.
        ledger: What it achieved.
        repeat: Key of the previous step's kept reply, deleted when this handle is spent.
    """

    kind: ClassVar[str] = "flow"

    handle: str
    id: str
    subject: str
    entrance: Entrance
    browser: str
    ends_at: datetime
    step_ends_at: datetime
    known: bool = False
    certificate: str = ""
    company: str = ""
    token: str = ""
    ledger: Ledger = Ledger()
    repeat: str = ""

    @classmethod
    def at(cls, handle: str) -> Key[Flow]:
        """Return the key for the hash of a handle."""
        return Key(cls.kind, handle)

    @property
    def key(self) -> Key[Flow]:
        """Where this record stands."""
        return self.at(self.handle)

    @property
    def due_at(self) -> datetime | None:
        """The end of the flow: a sweep may then delete it."""
        return self.ends_at
