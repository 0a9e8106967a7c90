"""Where records and histories are kept: adapters that satisfy :class:`okmate_auth.ports.Store`."""

from __future__ import annotations

from okmate_auth.storage.aio import AsyncMemoryStore, AsyncSQLiteStore
from okmate_auth.storage.change import check_change
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.storage.sqlite import SQLiteStore

__all__ = ["AsyncMemoryStore", "AsyncSQLiteStore", "MemoryStore", "SQLiteStore", "check_change"]
