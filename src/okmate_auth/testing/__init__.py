"""What a test suite needs: the contract kit for a bank's own store, a clock, and stores around a store.

Needs the extra ``testing`` (pytest and Hypothesis); nothing else in this package imports it.
"""

from __future__ import annotations

from okmate_auth.testing.clock import FakeClock
from okmate_auth.testing.contract import AsyncStoreContract, StoreContract, broken
from okmate_auth.testing.faulty import AsyncFaultyStore, Faults, FaultyStore
from okmate_auth.testing.kit import ContractBrokenError
from okmate_auth.testing.recording import AsyncRecordingStore, Recording, RecordingStore
from okmate_auth.testing.slow import AsyncSlowStore, SlowStore
from okmate_auth.testing.through import Operation
from okmate_auth.testing.virtual_token import VirtualToken

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
