"""What the core asks of the world: a store, a hasher's answers, a source limiter, a clock, randomness.

The numbered guarantees of a store (tested by :mod:`okmate_auth.testing`, explained in ``docs/store-contract.md``):

1.  All or nothing: of a change set everything is seen by later loads, or nothing.
2.  Guarded by every version named, whether the record is written or not: if one differs, nothing is written.
3.  Durable when ``commit`` returns.
4.  A record's version is the id of the commit that wrote it: random, never used again, not even after a delete.
5.  Absence is guarded by creating: a guard of None must name a record that the change set puts; of two change sets
    that create the same record one conflicts.
6.  The id of a change set is kept for ten minutes: the same change set sent again is answered "done" and not doubled.
7.  Histories keep their order: rows are numbered 1, 2, 3, …; a row whose number is taken, or leaves a gap, conflicts.
8.  ``load`` returns what was committed last: no replica, no cache, and all keys as of one instant.
9.  Fields of records that this library does not know are kept (the codec does it, if it is used).
10. A conflict is answered as such, never swallowed, and never raised; what is raised says whether anything happened:
    :class:`~okmate_auth.errors.StoreUnavailableError` nothing did, :class:`~okmate_auth.errors.CommitUnknownError`
    the answer was lost.
11. The store owns its connections and transactions, and makes them on first use in each process.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, Protocol

import attrs

from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.verdict import Verdict
from okmate_auth.records import Key, Record, Row

AnyKey = Key[Any]
MAX_KEYS: Final = 64
"""Keys of one load."""
MAX_GUARDS: Final = 256
"""Guards of one change set: what comes in whole, such as a delivery of tokens, is larger than what is read at once."""


class Loaded(NamedTuple):
    """A record as it was loaded, with the version that guards it."""

    record: Record
    version: str


@attrs.frozen(kw_only=True)
class ChangeSet:
    """Everything one commit does.

    Attributes:
        id: Random name of this commit (32 hex digits); the version of every record it puts.
        at: When it was decided; a store may forget change set ids ten minutes older.
        guards: The version of every record that was read, None for one that was absent and is created here; 256 at the
            most.
        puts: Records written whole, at most one for a key.
        deletes: Keys of records removed; each is guarded by its version.
        appends: History rows, in the order of their numbers.
    """

    id: str
    at: datetime
    guards: Mapping[AnyKey, str | None]
    puts: tuple[Record, ...] = ()
    deletes: tuple[AnyKey, ...] = ()
    appends: tuple[Row, ...] = ()


Outcome = Literal["done", "conflict"]


class Store(Protocol):
    """Where records and histories are kept, for the synchronous shell; must be usable from several threads."""

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """Return the records that exist among ``keys``, as of one instant (at most 64 keys)."""
        ...

    def commit(self, change: ChangeSet, /) -> Outcome:
        """Do all of ``change`` or nothing of it.

        Returns:
            ``done`` when everything is durable, now or since the same change set was sent before; ``conflict`` when a
            guard did not hold and nothing was written.

        Raises:
            StoreUnavailableError: Nothing was committed.
            CommitUnknownError: The answer was lost; send the same change set again.
            StoreContractError: The change set is malformed, see :func:`check_change`.
        """
        ...

    def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """Return up to ``limit`` rows of a chain, newest first, with numbers below ``before`` where that is given."""
        ...

    def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """Return up to ``limit`` records of a kind whose ``due_at`` is not after ``until``, earliest first."""
        ...

    def clock(self) -> datetime | None:
        """Return the store's own clock in UTC, None where it has none but this machine's."""
        ...

    def close(self) -> None:
        """Give back connections; calling it twice is no error."""
        ...


class AsyncStore(Protocol):
    """The same for the asynchronous shell."""

    async def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`Store.load`."""
        ...

    async def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`Store.commit`."""
        ...

    async def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`Store.history`."""
        ...

    async def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`Store.due`."""
        ...

    async def clock(self) -> datetime | None:
        """See :meth:`Store.clock`."""
        ...

    async def close(self) -> None:
        """See :meth:`Store.close`."""
        ...


@attrs.frozen(kw_only=True)
class SourceOutcome:
    """What one submit tells the source limiter.

    Attributes:
        result: ``malformed``, ``failed`` or ``succeeded``.
        subject: Which subject was tried, '' for none.
    """

    result: Literal["malformed", "failed", "succeeded"]
    subject: str = ""


class SourceLimiter(Protocol):
    """An approximate limit on one source's failures, whatever accounts they concern (password spraying, A51)."""

    def verdict(self, address: str, now: datetime, /) -> timedelta | None:
        """Return None if the source may go on, else how long it should wait."""
        ...

    def tell(self, address: str, outcome: SourceOutcome, now: datetime, /) -> None:
        """Learn what became of a submit; a success of one subject never helps another."""
        ...


class CertificateJudge(Protocol):
    """Whoever holds a bank's trust anchors and revocation lists; must be usable from several threads."""

    def judge(self, chain: CertificateChain, now: datetime, /) -> Verdict:
        """Verify a chain as of ``now``, revocation included; what can't be established refuses."""
        ...


class Clock(Protocol):
    """Returns the present instant, aware, in UTC."""

    def __call__(self) -> datetime:
        """Return now."""
        ...


class Entropy(Protocol):
    """Returns random bytes from the operating system's generator."""

    def __call__(self, size: int, /) -> bytes:
        """Return ``size`` random bytes."""
        ...
