"""The asynchronous stores keep the contract."""

from __future__ import annotations

from pathlib import Path

from okmate_auth.storage.aio import AsyncMemoryStore, AsyncSQLiteStore
from okmate_auth.testing import AsyncStoreContract
from tests.rounds import rounds


class TestAsyncSQLiteStore(AsyncStoreContract):
    """One file, opened by tasks of several event loops and by several processes."""

    rounds = rounds(6, 200)

    def open(self, directory: Path) -> AsyncSQLiteStore:
        """Return an opening of the directory's file."""
        return AsyncSQLiteStore(directory / "store.db", timeout=60)


class TestAsyncMemoryStore(AsyncStoreContract):
    """Every opening of it is empty, so there is one."""

    rounds = rounds(6, 500)
    shared = False

    def open(self, directory: Path) -> AsyncMemoryStore:
        """Return an empty store."""
        del directory
        return AsyncMemoryStore()
