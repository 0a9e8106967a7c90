"""The records a store keeps: immutable, encoded as JSON, and complete in this list.

:func:`encode` and :func:`decode` are all that a storage adapter needs to know about them.
"""

from __future__ import annotations

from typing import Any, Final

from okmate_auth.codec import Codec, json_text, parsed
from okmate_auth.errors import CorruptRecordError
from okmate_auth.records.account import (
    Account,
    CertificateBinding,
    Credential,
    FlowRef,
    KnownBrowser,
    LoginRef,
    SessionRef,
    Suspension,
    TokenBinding,
    TokenHistory,
)
from okmate_auth.records.base import Key, Record
from okmate_auth.records.certificate import Certificate
from okmate_auth.records.company import Company
from okmate_auth.records.flow import Flow, Ledger, Proof
from okmate_auth.records.history import ChainHead, LoginRecord, OperationHead, OperationRecord, Row
from okmate_auth.records.key_check import KeyCheck, KeyMark
from okmate_auth.records.note import Note
from okmate_auth.records.notice import Notice
from okmate_auth.records.repeat import Repeat
from okmate_auth.records.session import Freshness, Session
from okmate_auth.records.throttle import Counter, Counters, Lane, Place, Throttle, TokenThrottle
from okmate_auth.records.token import HardToken

__all__ = [
    "CODEC",
    "KINDS",
    "Account",
    "Certificate",
    "CertificateBinding",
    "ChainHead",
    "Company",
    "Counter",
    "Counters",
    "Credential",
    "Flow",
    "FlowRef",
    "Freshness",
    "HardToken",
    "Key",
    "KeyCheck",
    "KeyMark",
    "KnownBrowser",
    "Lane",
    "Ledger",
    "LoginRecord",
    "LoginRef",
    "Note",
    "Notice",
    "OperationHead",
    "OperationRecord",
    "Place",
    "Proof",
    "Record",
    "Repeat",
    "Row",
    "Session",
    "SessionRef",
    "Suspension",
    "Throttle",
    "TokenBinding",
    "TokenHistory",
    "TokenThrottle",
    "decode",
    "encode",
]

CODEC: Final = Codec()
SCHEMA: Final = "schema"
KINDS: Final[dict[str, type[Record]]] = {
    cls.kind: cls
    for cls in (
        Account,
        Certificate,
        Company,
        Flow,
        HardToken,
        KeyCheck,
        Note,
        Notice,
        OperationHead,
        Repeat,
        Session,
        Throttle,
        TokenThrottle,
    )
}


def encode(record: Record) -> bytes:
    """Return a record as it is stored: a JSON object in ASCII with its schema number."""
    fields: dict[str, Any] = {SCHEMA: type(record).schema, **CODEC.encode(record)}
    return json_text(fields)


def decode(kind: str, body: bytes | str) -> Record:
    """Return the record that a stored body says.

    Raises:
        CorruptRecordError: The kind is unknown, the body does not fit it, or a newer library wrote it in a form that
            this one must not read.
    """
    cls = KINDS.get(kind)
    if cls is None:
        message = "a stored record has an unknown kind"
        raise CorruptRecordError(message)
    fields = parsed(body)
    if fields is None or SCHEMA not in fields:
        message = f"a stored {cls.__name__} is not an object with a schema number"
        raise CorruptRecordError(message)
    schema = fields.pop(SCHEMA)
    if type(schema) is not int or not 1 <= schema <= cls.schema:
        message = f"a stored {cls.__name__} has a schema that this library does not know: upgrade it first"
        raise CorruptRecordError(message)
    return CODEC.decode(cls, fields)
