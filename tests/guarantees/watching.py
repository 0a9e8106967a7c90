"""Everything that a submit does outside itself, in one trace: what the store is asked, each statement, each hash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from pathlib import Path
from typing import Any, TypeVar

import attrs

from okmate_auth.decision import Command
from okmate_auth.hashing import HashingPool
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import AsyncStore, ChangeSet, Store
from okmate_auth.storage import AsyncSQLiteStore, SQLiteStore
from okmate_auth.testing import FakeClock, Operation
from okmate_auth.testing.through import AsyncThrough, Through
from tests.guarantees.people import FAST, register_company
from tests.guarantees.pools import Computed, WatchedPool, watched
from tests.guarantees.shells import Kind, Shell

__all__ = ["AsyncWatchedStore", "Call", "Trace", "WatchedBank", "WatchedStore", "calls_of"]

R = TypeVar("R")
T = TypeVar("T")


@attrs.frozen
class Call:
    """One call of the store.

    Attributes:
        operation: Its shape.
        kinds: Kinds of the records that are loaded, or put, in order.
        deleted: Kinds of the records that are removed.
    """

    operation: Operation
    kinds: tuple[str, ...]
    deleted: tuple[str, ...] = ()

    @classmethod
    def of(cls, operation: Operation, subject: object) -> Call:
        """Return what can be seen of a call."""
        if isinstance(subject, ChangeSet):
            puts = tuple(record.kind for record in subject.puts)
            return cls(operation, puts, tuple(key.kind for key in subject.deletes))
        keys = subject if isinstance(subject, Collection) and not isinstance(subject, str) else ()
        return cls(operation, tuple(key.kind for key in keys))


class Trace(list["Call | Computed | str"]):
    """What was seen, in order: calls of the store, texts of statements, hashes."""

    def store(self, kind: Kind, file: Path) -> Store | AsyncStore:
        """Return a store on a file that is watched."""
        if kind == "sync":
            return WatchedStore(SQLiteStore(file, on_statement=self.append), self)
        return AsyncWatchedStore(AsyncSQLiteStore(file, on_statement=self.append), self)

    def pool(self, profile: Profile = FAST, slots: int = 2) -> HashingPool:
        """Return a pool that is watched."""
        return watched(WatchedPool(HashingPool(profile.kdf, slots=slots), self.append))

    def taken(self) -> tuple[Call | Computed | str, ...]:
        """Return what was seen since the last time."""
        seen = tuple(self)
        self.clear()
        return seen


class WatchedStore(Through):
    """A store whose calls are added to a trace."""

    def __init__(self, store: Store, trace: Trace) -> None:
        super().__init__(store)
        self._trace = trace

    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> T:
        self._trace.append(Call.of(operation, subject))
        return call()


class AsyncWatchedStore(AsyncThrough):
    """The same for the asynchronous protocol."""

    def __init__(self, store: AsyncStore, trace: Trace) -> None:
        super().__init__(store)
        self._trace = trace

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:
        self._trace.append(Call.of(operation, subject))
        return await call()


class WatchedBank:
    """A bank on a file that is watched, with one company.

    Attributes:
        file: Where its store is.
        clock: Moved by the test.
        shell: Whichever.
        submit: The shell's.
    """

    def __init__(self, kind: Kind, file: Path) -> None:
        self.file = file
        self.clock = FakeClock()
        self._trace = Trace()
        self.shell = Shell(kind, self._trace.store(kind, file), pool=self._trace.pool(), clock=self.clock)
        self.submit = self.shell.submit
        register_company(self.submit)

    def traced(self, command: Command[R]) -> tuple[tuple[Call | Computed | str, ...], R]:
        """Submit; return the trace of that alone, and the reply."""
        self._trace.clear()
        reply = self.submit(command)
        return self._trace.taken(), reply

    def calls(self, command: Command[Any]) -> tuple[list[str], object]:
        """Submit; return which calls of the store that took, and the reply."""
        trace, reply = self.traced(command)
        return calls_of(trace), reply


def calls_of(trace: Iterable[object]) -> list[str]:
    """Return which calls of the store a trace has."""
    return [each.operation.call for each in trace if isinstance(each, Call)]
