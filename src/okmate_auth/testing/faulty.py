"""Stores that fail at chosen calls, as a network does: nothing done, or done and the answer lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from threading import Lock
from typing import TypeVar

import attrs

from okmate_auth.errors import CommitUnknownError, StoreUnavailableError
from okmate_auth.ports import AsyncStore, Store
from okmate_auth.testing.through import AsyncThrough, Operation, Through

__all__ = ["AsyncFaultyStore", "Faults", "FaultyStore"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Faults:
    """Which calls fail, each kind of call counted from 1 over the life of the wrapper.

    Attributes:
        loads: Loads that fail.
        before: Commits that fail with nothing done.
        after: Commits whose answer is lost though the store did what it was asked.
    """

    loads: frozenset[int] = frozenset()
    before: frozenset[int] = frozenset()
    after: frozenset[int] = frozenset()


class _FaultCounter:
    """Raises what was chosen for a call."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._seen = dict.fromkeys(("load", "commit", "history", "due"), 0)
        self._lock = Lock()

    def before(self, operation: Operation) -> int:
        with self._lock:
            self._seen[operation.call] += 1
            number = self._seen[operation.call]
        chosen = {"load": self._faults.loads, "commit": self._faults.before}.get(operation.call, frozenset())
        if number in chosen:
            message = "this call was chosen to fail"
            raise StoreUnavailableError(message)
        return number

    def after(self, operation: Operation, number: int) -> None:
        if operation.call == "commit" and number in self._faults.after:
            message = "this call was chosen to lose its answer"
            raise CommitUnknownError(message)


class FaultyStore(Through):
    """A store that fails at chosen calls, as a network does.

    Args:
        store: What really keeps the data.
        faults: Which calls fail.

    Raises:
        StoreUnavailableError: From a load or a commit that was chosen to fail with nothing done.
        CommitUnknownError: From a commit that was chosen to lose its answer.
    """

    def __init__(self, store: Store, faults: Faults) -> None:
        super().__init__(store)
        self._faults = _FaultCounter(faults)

    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> T:  # noqa: ARG002 - all alike
        number = self._faults.before(operation)
        answer = call()
        self._faults.after(operation, number)
        return answer


class AsyncFaultyStore(AsyncThrough):
    """The same for the asynchronous protocol."""

    def __init__(self, store: AsyncStore, faults: Faults) -> None:
        super().__init__(store)
        self._faults = _FaultCounter(faults)

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:  # noqa: ARG002 - as above
        number = self._faults.before(operation)
        answer = await call()
        self._faults.after(operation, number)
        return answer
