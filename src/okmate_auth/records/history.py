"""Histories: rows that are only ever appended, each chained to the one before it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import attrs

from okmate_auth.codec import Part
from okmate_auth.records.base import Key, Record

Entrance = Literal["password", "certificate"]


@attrs.frozen
class Row:
    """One row of a history, as it is stored.

    Attributes:
        chain: Name of the chain it belongs to.
        number: 1, 2, 3, … within the chain, without gaps.
        key_id: Which chain key its MAC was made with.
        body: The encoded record.
        mac: HMAC-SHA-256 over the previous row's MAC and everything above (32 bytes).
    """

    chain: str
    number: int
    key_id: str
    body: bytes
    mac: bytes


@attrs.frozen(kw_only=True)
class ChainHead(Part):
    """The end of a chain: how many rows it has, and the last one's MAC (empty before the first)."""

    count: int = 0
    mac: bytes = b""


@attrs.frozen(kw_only=True)
class LoginRecord(Part):
    """What happened at an entrance or at a step, with the real reason (never shown to whoever is not logged in).

    Attributes:
        at: When it was decided.
        entrance: By which method.
        result: Stable code: ``authenticated``, ``step``, or the private reason of a refusal.
        factor: Which factor was judged, '' for none.
        step: Name of the step that was reached or refused.
        address: Where it came from, as declared by the caller.
        user_agent: What the browser calls itself, made printable.
        known_browser: Whether the browser was one of the account's known ones; False where the account was not read.
        certificate: Fingerprint of the certificate that TLS proved on that request, as certificates are named
            everywhere; '' at the entrance by ID, and in rows of a version that did not write it.
        flow: Id of the flow, '' where none was begun.
        attempts: For attempts that were not judged, the how-many-th of its kind in its process this is; they are
            recorded at the 1st, 2nd, 4th, 8th …
    """

    at: datetime
    entrance: Entrance
    result: str
    factor: str = ""
    step: str = ""
    address: str = ""
    user_agent: str = ""
    known_browser: bool = False
    certificate: str = ""
    flow: str = ""
    attempts: int = 1


@attrs.frozen(kw_only=True)
class OperationRecord(Part):
    """What was done to or by an account after login or by an administrator.

    Attributes:
        at: When.
        operation: Stable name of the command or of the bank's operation.
        actor: Who did it: ``user:<login id>`` or ``desk:<operator>``.
        ticket: The reference of the desk, or of the bank's service that did it, '' for none.
        details: Pairs of name and value, without secrets.
    """

    at: datetime
    operation: str
    actor: str
    ticket: str = ""
    details: tuple[tuple[str, ...], ...] = ()


@attrs.frozen(kw_only=True)
class OperationHead(Record):
    """Head of an account's chain of operations; a record of that account alone, so that it adds no contention.

    Attributes:
        subject: Whose chain it is.
        head: Its end.
        recorded: Ids of the last operations that the bank's services recorded, newest first: a repeat stands once.
    """

    kind: ClassVar[str] = "operation-head"

    subject: str
    head: ChainHead = ChainHead()
    recorded: tuple[str, ...] = ()

    @classmethod
    def at(cls, subject: str) -> Key[OperationHead]:
        """Return the key for a subject."""
        return Key(cls.kind, subject)

    @property
    def key(self) -> Key[OperationHead]:
        """Where this record stands."""
        return self.at(self.subject)


def login_chain(subject: str, entrance: Entrance) -> str:
    """Name the chain of a subject's logins by one entrance."""
    return f"login:{subject}:{entrance}"


def operation_chain(subject: str) -> str:
    """Name the chain of an account's operations."""
    return f"operation:{subject}"
