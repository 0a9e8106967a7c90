"""Every adapter satisfies its port; checked by mypy and pyright, never run."""

from __future__ import annotations

from pathlib import Path

from okmate_auth.boards import AsyncBoards, Boards
from okmate_auth.policies.sessions import SourceLimit
from okmate_auth.ports import AsyncStore, Clock, Entropy, SourceLimiter, Store
from okmate_auth.shells.setup import system_entropy, utc_now
from okmate_auth.shells.sources import InProcessSourceLimiter
from okmate_auth.storage import AsyncMemoryStore, AsyncSQLiteStore, MemoryStore, SQLiteStore
from okmate_auth.storage.boards import (
    AsyncMemoryNoticeBoard,
    AsyncMemoryTransactionBoard,
    MemoryNoticeBoard,
    MemoryTransactionBoard,
)
from okmate_auth.testing import FakeClock

stores: tuple[Store, ...] = (MemoryStore(), SQLiteStore(Path("bank.db")))
async_stores: tuple[AsyncStore, ...] = (AsyncMemoryStore(), AsyncSQLiteStore(Path("bank.db")))
limiter: SourceLimiter = InProcessSourceLimiter(SourceLimit())
clocks: tuple[Clock, ...] = (utc_now, FakeClock())
entropy: Entropy = system_entropy
boards = Boards(transactions=MemoryTransactionBoard(), notices=MemoryNoticeBoard())
async_boards = AsyncBoards(transactions=AsyncMemoryTransactionBoard(), notices=AsyncMemoryNoticeBoard())
