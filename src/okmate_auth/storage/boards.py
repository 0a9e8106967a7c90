"""Boards in this process's memory: for tests and demonstrations, and to read what a bank's own ones have to do.

Rule 1. What somebody began and has not sent off is his alone. What waits for an approval is seen by whoever began it,
        and by everybody of his company who is entitled to approve.
Rule 2. A notice is for a company, or for every one; who opened it has read it, and nobody else has.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import attrs

from okmate_auth.boards import BoardNotice, Transaction, Viewer

APPROVAL: Final = "approval"
"""The entitlement of whoever approves."""


@attrs.frozen
class _Kept:
    transaction: Transaction
    company: str
    subject: str


class MemoryTransactionBoard:
    """Satisfies :class:`okmate_auth.boards.TransactionBoard`, for as long as the process lives."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def put(self, transaction: Transaction, *, company: str, subject: str) -> None:
        """Keep a transaction, in the place of one with the same id.

        Args:
            transaction: In its present state.
            company: Whose it is.
            subject: Who began it.
        """
        with self._lock:
            self._kept[transaction.id] = _Kept(transaction, company, subject)

    def done(self, transaction_id: str) -> None:
        """Take a transaction away that was approved, sent off or given up; one that is not there is no error."""
        with self._lock:
            self._kept.pop(transaction_id, None)

    def pending(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[Transaction]:
        """See :meth:`okmate_auth.boards.TransactionBoard.pending`; newest first."""
        del within  # memory answers at once
        with self._lock:
            kept = list(self._kept.values())
        seen = [one.transaction for one in kept if _sees(viewer, one)]
        return sorted(seen, key=lambda one: one.at, reverse=True)[:limit]


def _sees(viewer: Viewer, kept: _Kept) -> bool:
    if viewer.company != kept.company:
        return False
    approves = kept.transaction.state == "unapproved" and APPROVAL in viewer.entitlements
    return approves or viewer.subject == kept.subject


class MemoryNoticeBoard:
    """Satisfies :class:`okmate_auth.boards.NoticeBoard`, for as long as the process lives."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notices: dict[str, tuple[BoardNotice, str | None]] = {}
        self._read: set[tuple[str, str]] = set()

    def post(self, notice: BoardNotice, *, company: str | None = None) -> None:
        """Publish a notice, to one company or to every one, in the place of one with the same id."""
        with self._lock:
            self._notices[notice.id] = (notice, company)

    def unread(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[BoardNotice]:
        """See :meth:`okmate_auth.boards.NoticeBoard.unread`."""
        del within  # memory answers at once
        with self._lock:
            mine = [one for one, company in self._notices.values() if company in (None, viewer.company)]
            unread = [one for one in mine if (viewer.subject, one.id) not in self._read]
        return sorted(unread, key=lambda one: one.at, reverse=True)[:limit]

    def open(self, viewer: Viewer, notice_id: str, /) -> BoardNotice | None:
        """See :meth:`okmate_auth.boards.NoticeBoard.open`."""
        with self._lock:
            notice, company = self._notices.get(notice_id, (None, None))
            if notice is None or company not in (None, viewer.company):
                return None
            self._read.add((viewer.subject, notice_id))
            return notice


class AsyncMemoryTransactionBoard:
    """Satisfies :class:`okmate_auth.boards.AsyncTransactionBoard`.

    Attributes:
        board: Where transactions are put.
    """

    def __init__(self, board: MemoryTransactionBoard | None = None) -> None:
        self.board: Final = MemoryTransactionBoard() if board is None else board

    async def pending(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[Transaction]:
        """See :meth:`okmate_auth.boards.TransactionBoard.pending`."""
        return self.board.pending(viewer, limit=limit, within=within)


class AsyncMemoryNoticeBoard:
    """Satisfies :class:`okmate_auth.boards.AsyncNoticeBoard`.

    Attributes:
        board: Where notices are posted and opened.
    """

    def __init__(self, board: MemoryNoticeBoard | None = None) -> None:
        self.board: Final = MemoryNoticeBoard() if board is None else board

    async def unread(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[BoardNotice]:
        """See :meth:`okmate_auth.boards.NoticeBoard.unread`."""
        return self.board.unread(viewer, limit=limit, within=within)

    async def open(self, viewer: Viewer, notice_id: str, /) -> BoardNotice | None:
        """See :meth:`okmate_auth.boards.NoticeBoard.open`."""
        return self.board.open(viewer, notice_id)
