"""Reading an account's histories, and verifying that nobody changed them."""

from __future__ import annotations

from typing import Final, Literal

import attrs

from okmate_auth import fields
from okmate_auth.decision import Context
from okmate_auth.errors import CorruptRecordError, MisuseError
from okmate_auth.history import ChainDefect, verify_newest
from okmate_auth.ports import AnyKey
from okmate_auth.queries.query import Found, Need, Query, Slice, check_limit
from okmate_auth.records import (
    CODEC,
    ChainHead,
    LoginRecord,
    OperationHead,
    OperationRecord,
    Row,
    Throttle,
)
from okmate_auth.records.history import login_chain, operation_chain
from okmate_auth.text import canonical_login_id

MOST: Final = 200
History = Literal["password", "certificate", "operations"]


@attrs.frozen(kw_only=True)
class HistoryPage:
    """A page of a history.

    Attributes:
        records: Newest first; without those that can't be read any more where the chain does not hold.
        defect: The first place at which the page's chain does not hold, None where it does.
        older: Give it as ``before`` for the next page; None where there is none.
    """

    records: tuple[LoginRecord | OperationRecord, ...]
    defect: ChainDefect | None
    older: int | None


@attrs.frozen(kw_only=True)
class ReadHistory(Query[HistoryPage]):
    """Read a page of a login ID's history, verified; for the bank's desk, which the bank's own system checks.

    Attributes:
        login_id: Whose; IDs that nobody has have a history of attempts, too.
        which: Logins by ``password`` or ``certificate``, or ``operations``.
        limit: Rows, 1 to 200.
        before: Number below which to read, from ``older`` of the page before; None for the newest.

    Raises:
        MisuseError: ``limit``, ``before`` or ``which`` is another one.

    Source: ASVS 5.0 16.4.2; NIST SP 800-63B-4 has no such rule.
    """

    login_id: str = attrs.field(converter=fields.login_id)
    which: History = "password"
    limit: int = 50
    before: int | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an unbounded page."""
        check_limit(self.limit, MOST)
        if self.before is not None and (type(self.before) is not int or self.before < 1):
            message = "before: the number of a row, or None"
            raise MisuseError(message)
        if self.which not in ("password", "certificate", "operations"):
            message = "which: password, certificate or operations"
            raise MisuseError(message)

    def need(self, context: Context) -> Need:
        """Return the chain's head and its rows, one more than asked so that the oldest one's link is verified."""
        if not context.profile.login_id.well_formed(self.login_id):
            return Need()
        chain = self._chain(context)
        return Need((self._head_key(context),), (Slice(chain, self.limit + 1, self.before),))

    def answer(self, found: Found, context: Context) -> HistoryPage:
        """Return the page, and whether it holds."""
        if not context.profile.login_id.well_formed(self.login_id):
            return HistoryPage(records=(), defect=None, older=None)
        record = found.get(self._head_key(context), Throttle) or found.get(self._head_key(context), OperationHead)
        head = ChainHead() if record is None else record.head
        rows = [row for rows in found.rows.values() for row in rows]
        chain = self._chain(context)
        defect = verify_newest(rows, head, context.keys, chain=chain, asked=self.limit + 1, before=self.before)
        shown = rows[: self.limit]
        records = (self._record(row, damaged=defect is not None) for row in shown)
        return HistoryPage(
            records=tuple(record for record in records if record is not None),
            defect=defect,
            older=shown[-1].number if len(rows) > self.limit else None,
        )

    def _record(self, row: Row, *, damaged: bool) -> LoginRecord | OperationRecord | None:
        """Return what a row says; None where it can't be read and the chain says why."""
        try:
            if self.which == "operations":
                return CODEC.loads(OperationRecord, row.body)
            return CODEC.loads(LoginRecord, row.body)
        except CorruptRecordError:
            if not damaged:
                raise
            return None

    def _subject(self, context: Context) -> str:
        return context.keys.subject(context.bank, canonical_login_id(self.login_id))

    def _chain(self, context: Context) -> str:
        subject = self._subject(context)
        return operation_chain(subject) if self.which == "operations" else login_chain(subject, self.which)

    def _head_key(self, context: Context) -> AnyKey:
        subject = self._subject(context)
        return OperationHead.at(subject) if self.which == "operations" else Throttle.at(subject, self.which)
