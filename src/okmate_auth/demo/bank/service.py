"""The demo bank as it runs: the library on its database, the bank's own systems in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import attrs

from okmate_auth.boards import AsyncBoards, BoardNotice, Transaction
from okmate_auth.certificates import TrustAnchors
from okmate_auth.demo.bank.folder import Bank
from okmate_auth.demo.bank.ledger import Ledger
from okmate_auth.demo.bank.people import COMPANIES
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import Clock
from okmate_auth.revocation import CertificateDesk, Trust
from okmate_auth.shells.aio import AsyncAuthenticator
from okmate_auth.storage import AsyncSQLiteStore
from okmate_auth.storage.boards import AsyncMemoryNoticeBoard, AsyncMemoryTransactionBoard

__all__ = ["PAYROLL", "RENEWAL", "Service", "running"]

RENEWAL: Final = "N-17"
MAINTENANCE: Final = "N-18"
PAYROLL: Final = "P-1105"
_DAY: Final = timedelta(days=1)


@attrs.frozen(kw_only=True)
class Service:
    """What views work with.

    Attributes:
        bank: On the disk.
        auth: The library.
        profile: The bank's rules.
        ledger: The bank's transfers.
        transactions: What top pages show of them.
        notices: What top pages show of the bank's notices.
        clock: This machine's time.
    """

    bank: Bank
    auth: AsyncAuthenticator
    profile: Profile
    ledger: Ledger
    transactions: AsyncMemoryTransactionBoard
    notices: AsyncMemoryNoticeBoard
    clock: Clock


@asynccontextmanager
async def running(bank: Bank, *, profile: Profile, clock: Clock) -> AsyncGenerator[Service, None]:
    """Lend the service; it is closed at the end, after what is under way."""
    anchors = TrustAnchors((bank.authority.anchor,))
    desk = CertificateDesk(Trust(anchors=anchors, files=(bank.revoked,)))
    transactions, notices = AsyncMemoryTransactionBoard(), AsyncMemoryNoticeBoard()
    _fill(transactions, notices, clock())
    store, boards = AsyncSQLiteStore(bank.database), AsyncBoards(transactions=transactions, notices=notices)
    async with AsyncAuthenticator(
        store, profile=profile, keys=bank.keys, certificates=desk, boards=boards, clock=clock
    ) as auth:
        yield Service(
            bank=bank,
            auth=auth,
            profile=profile,
            ledger=Ledger(transactions.board),
            transactions=transactions,
            notices=notices,
            clock=clock,
        )


def _fill(transactions: AsyncMemoryTransactionBoard, notices: AsyncMemoryNoticeBoard, now: datetime) -> None:
    """Show what the bank's own systems would: salaries that wait for an approval, notices that nobody has read."""
    for company in COMPANIES:
        salaries = Transaction(
            id=f"{PAYROLL}-{company.id}",
            kind="payroll",
            title="給与振込 12件 / Salaries, 12 payees",
            state="unapproved",
            at=now - _DAY,
            amount=3_412_500,
        )
        transactions.board.put(salaries, company=company.id, subject="whoever entered it")
    for notice_id, title, days in (
        (RENEWAL, "電子証明書の更新について / Renewal of certificates", 2),
        (MAINTENANCE, "システムメンテナンスのお知らせ / Maintenance of the service", 5),
    ):
        notices.board.post(BoardNotice(id=notice_id, title=title, at=now - days * _DAY))
