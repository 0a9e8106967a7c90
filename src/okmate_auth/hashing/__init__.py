"""Argon2 in threads of its own: what a hash says, how many are computed at once, and whose turn it is.

Rule 1. Memory is bounded by the pool, never by the number of callers: a hash runs only in a slot, and a slot comes back
        only when its thread is done, also where the caller gave up long before.
Rule 2. First come, first served; who finds the queue full, or waits in vain, is told so and nothing was done.
Rule 3. What failed (no memory, no thread) is raised, never taken for a wrong password.
Rule 4. Threads, locks and the queue belong to one process; after a fork the child starts with its own.
"""

from __future__ import annotations

from okmate_auth.hashing.argon import hash_password, verify
from okmate_auth.hashing.pool import HashingPool
from okmate_auth.hashing.slot import Slot

__all__ = ["HashingPool", "Slot", "hash_password", "verify"]
