"""What a test suite needs: the contract kit for a bank's own store, a clock, and stores around a store.

The contract kit needs the extra ``testing`` (pytest and Hypothesis) and is imported when it is first named, so that the
rest, a clock and a token among it, needs nothing but the core. Nothing else in this package imports any of it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from okmate_auth.testing.clock import FakeClock
from okmate_auth.testing.faulty import AsyncFaultyStore, Faults, FaultyStore
from okmate_auth.testing.kit import ContractBrokenError
from okmate_auth.testing.recording import AsyncRecordingStore, Recording, RecordingStore
from okmate_auth.testing.slow import AsyncSlowStore, SlowStore
from okmate_auth.testing.through import Operation
from okmate_auth.testing.virtual_token import VirtualToken

if TYPE_CHECKING:
    from okmate_auth.testing.contract import AsyncStoreContract, StoreContract, broken

__all__ = [
    "AsyncFaultyStore",
    "AsyncRecordingStore",
    "AsyncSlowStore",
    "AsyncStoreContract",
    "ContractBrokenError",
    "FakeClock",
    "Faults",
    "FaultyStore",
    "Operation",
    "Recording",
    "RecordingStore",
    "SlowStore",
    "StoreContract",
    "VirtualToken",
    "broken",
]

_CONTRACT: Final = frozenset({"AsyncStoreContract", "StoreContract", "broken"})


def __getattr__(name: str) -> object:
    """Return what needs the extra.

    Raises:
        ModuleNotFoundError: The extra is not installed.
    """
    if name not in _CONTRACT:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found: object = getattr(importlib.import_module("okmate_auth.testing.contract"), name)
    return found


def __dir__() -> list[str]:
    """Return what is public, whether it was named before or not."""
    return [*__all__]
