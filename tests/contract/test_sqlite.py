"""The SQLite store keeps the contract."""

from __future__ import annotations

from pathlib import Path

from okmate_auth.storage.sqlite import SQLiteStore
from okmate_auth.testing import StoreContract
from tests.rounds import rounds


class TestSQLiteStore(StoreContract):
    """One file, opened by several threads and processes."""

    rounds = rounds(10, 200)

    def open(self, directory: Path) -> SQLiteStore:
        """Return an opening of the directory's file."""
        return SQLiteStore(directory / "store.db", timeout=60)
