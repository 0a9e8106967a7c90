"""Stores some way off: every call takes time on its way there and on its way back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from okmate_auth.ports import AsyncStore, Store
from okmate_auth.testing.through import AsyncThrough, Operation, Through

__all__ = ["AsyncSlowStore", "SlowStore"]

T = TypeVar("T")
NETWORK: Final = timedelta(milliseconds=3)  # a durable commit on a database in another room of the same building


class SlowStore(Through):
    """A store some way off: half of the delay passes before the work is done, half before the answer is there.

    Args:
        store: What really keeps the data.
        delay: How long each call takes on top of that store's own time.
    """

    def __init__(self, store: Store, *, delay: timedelta = NETWORK) -> None:
        super().__init__(store)
        self._half = delay.total_seconds() / 2

    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> T:  # noqa: ARG002 - all alike
        time.sleep(self._half)
        answer = call()
        time.sleep(self._half)
        return answer


class AsyncSlowStore(AsyncThrough):
    """The same for the asynchronous protocol; a caller may be cancelled on the way there and on the way back."""

    def __init__(self, store: AsyncStore, *, delay: timedelta = NETWORK) -> None:
        super().__init__(store)
        self._half = delay.total_seconds() / 2

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:  # noqa: ARG002 - as above
        await asyncio.sleep(self._half)
        answer = await call()
        await asyncio.sleep(self._half)
        return answer
