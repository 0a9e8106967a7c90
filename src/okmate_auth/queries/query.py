"""Reading: what a query declares is loaded at once, then a pure function answers. No loop, and nothing is written.

What a query answers never feeds a decision: every rule about a set has one guarded record that stands for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

import attrs

from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.verdict import Verdict
from okmate_auth.decision import Context
from okmate_auth.errors import MisuseError
from okmate_auth.ports import AnyKey, Loaded
from okmate_auth.records import Key, Record, Row

R = TypeVar("R")
RecordT = TypeVar("RecordT", bound=Record)


@attrs.frozen
class Slice:
    """The newest rows of a history: at most ``limit``, below number ``before`` where that is given."""

    chain: str
    limit: int
    before: int | None = None


@attrs.frozen
class DueList:
    """The records of a kind whose ``due_at`` is not after ``until``, earliest first, at most ``limit``."""

    kind: str
    until: datetime
    limit: int


@attrs.frozen
class Need:
    """What a query wants to read.

    Attributes:
        keys: Records, read as of one instant.
        slices: Ends of histories.
        due: Lists of what is due.
        chains: Certificates to verify.
    """

    keys: tuple[AnyKey, ...] = ()
    slices: tuple[Slice, ...] = ()
    due: tuple[DueList, ...] = ()
    chains: tuple[CertificateChain, ...] = ()


@attrs.frozen
class Found:
    """What was read.

    Attributes:
        records: With their versions, by key; what does not exist is missing.
        rows: Newest first, by slice.
        due: By list.
        verdicts: By certificate.
    """

    records: Mapping[AnyKey, Loaded]
    rows: Mapping[Slice, tuple[Row, ...]]
    due: Mapping[DueList, tuple[Record, ...]]
    verdicts: Mapping[CertificateChain, Verdict] = attrs.field(factory=dict[CertificateChain, Verdict])

    def get(self, key: Key[RecordT], cls: type[RecordT]) -> RecordT | None:
        """Return the record under a key, None where there is none."""
        loaded = self.records.get(key)
        return loaded.record if loaded is not None and isinstance(loaded.record, cls) else None

    def listed(self, cls: type[RecordT]) -> tuple[RecordT, ...]:
        """Return the records of a kind in the lists of what is due."""
        return tuple(record for records in self.due.values() for record in records if isinstance(record, cls))

    def and_also(self, more: Found) -> Found:
        """Return both findings together."""
        return Found(
            {**self.records, **more.records},
            {**self.rows, **more.rows},
            {**self.due, **more.due},
            {**self.verdicts, **more.verdicts},
        )


def check_limit(limit: int, most: int) -> None:
    """Refuse an unbounded list.

    Raises:
        MisuseError: The limit is no number from 1 to ``most``.
    """
    if type(limit) is not int or not 1 <= limit <= most:
        message = f"limit: 1 to {most}"
        raise MisuseError(message)


class Query(ABC, Generic[R]):
    """Base of the queries: frozen attrs classes, generic in their answer."""

    @abstractmethod
    def need(self, context: Context) -> Need:
        """Return what follows from the query alone."""

    def then(self, found: Found, context: Context) -> Need | None:
        """Return what follows from what was read first; None, or what was wanted before, where that was all."""
        del found, context
        return None

    @abstractmethod
    def answer(self, found: Found, context: Context) -> R:
        """Answer; pure."""
