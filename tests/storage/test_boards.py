"""The boards in memory: what waits for whom, who has read what; both faces answer alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import attrs
import pytest

from okmate_auth.boards import BoardNotice, Transaction, TransactionState, Viewer
from okmate_auth.storage.boards import (
    AsyncMemoryNoticeBoard,
    AsyncMemoryTransactionBoard,
    MemoryNoticeBoard,
    MemoryTransactionBoard,
)

AT: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
WITHIN: Final = timedelta(seconds=2)
MAKER: Final = Viewer(subject="s1", login_id="Hanako01", company="C1", role="user", entitlements=("transfer",))
APPROVER: Final = attrs.evolve(MAKER, subject="s2", login_id="Taro0001", entitlements=("approval",))
COLLEAGUE: Final = attrs.evolve(MAKER, subject="s3", login_id="Jiro0001")
STRANGER: Final = attrs.evolve(APPROVER, subject="s4", login_id="Other001", company="C2")
FACES: Final = pytest.mark.parametrize("face", ["sync", "async"])

Pending = Callable[[Viewer, int], Sequence[Transaction]]
Unread = Callable[[Viewer, int], Sequence[BoardNotice]]


def transaction(number: int, state: TransactionState = "unapproved") -> Transaction:
    """Return a transaction, the later the higher its number."""
    return Transaction(id=f"T{number}", kind="transfer", title="x", state=state, at=AT + timedelta(minutes=number))


def notice(number: int) -> BoardNotice:
    """Return a notice, the later the higher its number."""
    return BoardNotice(id=f"N{number}", title="x", at=AT + timedelta(days=number))


def pending_of(face: str, board: MemoryTransactionBoard) -> Pending:
    """Return how one face of a board is asked."""
    if face == "sync":
        return lambda viewer, limit: board.pending(viewer, limit=limit, within=WITHIN)
    other = AsyncMemoryTransactionBoard(board)
    return lambda viewer, limit: asyncio.run(other.pending(viewer, limit=limit, within=WITHIN))


def unread_of(face: str, board: MemoryNoticeBoard) -> Unread:
    """Return how one face of a board is asked."""
    if face == "sync":
        return lambda viewer, limit: board.unread(viewer, limit=limit, within=WITHIN)
    other = AsyncMemoryNoticeBoard(board)
    return lambda viewer, limit: asyncio.run(other.unread(viewer, limit=limit, within=WITHIN))


@FACES
def test_what_waits_is_seen_by_who_made_it_and_who_approves(face: str) -> None:
    """What was begun and not sent off is its maker's alone; another company sees nothing of either."""
    board = MemoryTransactionBoard()
    board.put(transaction(1), company="C1", subject="s1")
    board.put(transaction(2, "in-progress"), company="C1", subject="s1")
    pending = pending_of(face, board)
    seen = {who.login_id: [one.id for one in pending(who, 9)] for who in (MAKER, APPROVER, COLLEAGUE, STRANGER)}
    assert seen == {"Hanako01": ["T2", "T1"], "Taro0001": ["T1"], "Jiro0001": [], "Other001": []}


@FACES
def test_a_transaction_moves_on_and_goes_away(face: str) -> None:
    """The same id is the same transaction; what is done is on no page, and done twice is no error."""
    board = MemoryTransactionBoard()
    pending = pending_of(face, board)
    board.put(transaction(1, "in-progress"), company="C1", subject="s1")
    assert pending(APPROVER, 9) == []
    board.put(transaction(1), company="C1", subject="s1")
    assert [one.state for one in pending(APPROVER, 9)] == ["unapproved"]
    board.done("T1")
    board.done("T1")
    assert pending(MAKER, 9) == []


@FACES
@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_the_newest_are_given_as_many_as_are_asked_for(face: str, limit: int) -> None:
    """Of transactions and of notices."""
    transactions, notices = MemoryTransactionBoard(), MemoryNoticeBoard()
    for number in (2, 3, 1):
        transactions.put(transaction(number), company="C1", subject="s1")
        notices.post(notice(number))
    assert [one.id for one in pending_of(face, transactions)(MAKER, limit)] == ["T3", "T2", "T1"][:limit]
    assert [one.id for one in unread_of(face, notices)(MAKER, limit)] == ["N3", "N2", "N1"][:limit]


@FACES
def test_a_notice_is_unread_until_its_reader_opens_it(face: str) -> None:
    """Whoever opens it has read it, and nobody else has."""
    board = MemoryNoticeBoard()
    board.post(notice(1))
    unread = unread_of(face, board)
    assert board.open(MAKER, "N1") == board.open(MAKER, "N1") == notice(1)
    assert unread(MAKER, 9) == []
    assert [unread(who, 9) for who in (COLLEAGUE, STRANGER)] == [[notice(1)]] * 2


@FACES
def test_a_notice_to_one_company_is_no_other_s(face: str) -> None:
    """Neither in its list nor by its id; what nobody posted can't be opened either."""
    board = MemoryNoticeBoard()
    board.post(notice(1), company="C1")
    unread = unread_of(face, board)
    assert (unread(COLLEAGUE, 9), unread(STRANGER, 9)) == ([notice(1)], [])
    assert board.open(STRANGER, "N1") is None
    assert board.open(MAKER, "N2") is None
    assert board.open(COLLEAGUE, "N1") == notice(1)


def test_the_asynchronous_boards_have_one_of_their_own() -> None:
    """Where none is given."""
    transactions, notices = AsyncMemoryTransactionBoard(), AsyncMemoryNoticeBoard()
    transactions.board.put(transaction(1), company="C1", subject="s1")
    notices.board.post(notice(1))
    assert asyncio.run(transactions.pending(MAKER, limit=1, within=WITHIN)) == [transaction(1)]
    assert asyncio.run(notices.unread(MAKER, limit=1, within=WITHIN)) == [notice(1)]
    assert asyncio.run(notices.open(MAKER, "N1")) == notice(1)
    assert asyncio.run(notices.unread(MAKER, limit=1, within=WITHIN)) == []
