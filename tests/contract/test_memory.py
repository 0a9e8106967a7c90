"""The memory store keeps the contract, as far as it can be kept without sharing anything."""

from __future__ import annotations

from pathlib import Path

from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing import StoreContract
from tests.rounds import rounds


class TestMemoryStore(StoreContract):
    """Every opening of it is empty, so there is one."""

    rounds = rounds(10, 500)
    shared = False

    def open(self, directory: Path) -> MemoryStore:
        """Return an empty store."""
        del directory
        return MemoryStore()
