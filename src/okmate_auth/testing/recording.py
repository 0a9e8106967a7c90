"""Stores that remember what they were asked, for tests that compare traces, count calls or read the commit log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from okmate_auth.ports import AnyKey, AsyncStore, ChangeSet, Outcome, Store
from okmate_auth.testing.through import AsyncThrough, Operation, Through

__all__ = ["AsyncRecordingStore", "Recording", "RecordingStore"]

T = TypeVar("T")


class Recording:
    """What a recording store was asked; one recording may be shared by several stores.

    Attributes:
        trace: The shape of every call, in the order in which they began.
        commits: Every change set with its outcome, in the order in which the answers came.
    """

    def __init__(self) -> None:
        self.trace: list[Operation] = []
        self.commits: list[tuple[ChangeSet, Outcome]] = []

    def clear(self) -> None:
        """Forget everything so far."""
        self.trace.clear()
        self.commits.clear()

    def lineage(self, key: AnyKey) -> list[ChangeSet]:
        """Return the commits that wrote a record since it was created, in their true order.

        Answers may overtake each other on their way back; the versions that commits guard can't, so the order is
        read from them.
        """
        done = [change for change, outcome in self.commits if outcome == "done" and key in change.guards]
        after = {change.guards[key]: change for change in done if any(record.key == key for record in change.puts)}
        out: list[ChangeSet] = []
        version: str | None = None
        while (change := after.get(version)) is not None:
            out.append(change)
            version = change.id
        return out

    def began(self, operation: Operation) -> None:
        """Note a call."""
        self.trace.append(operation)

    def ended(self, subject: object, answer: object) -> None:
        """Note a commit's outcome."""
        if isinstance(subject, ChangeSet):
            outcome: Any = answer
            self.commits.append((subject, outcome))


class RecordingStore(Through):
    """A store that remembers what it was asked, for tests that compare traces or count round trips.

    Args:
        store: What really keeps the data.
        recording: Where to note it; a new one by default.
    """

    def __init__(self, store: Store, recording: Recording | None = None) -> None:
        super().__init__(store)
        self.recording = Recording() if recording is None else recording

    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> T:
        self.recording.began(operation)
        answer = call()
        self.recording.ended(subject, answer)
        return answer


class AsyncRecordingStore(AsyncThrough):
    """The same for the asynchronous protocol."""

    def __init__(self, store: AsyncStore, recording: Recording | None = None) -> None:
        super().__init__(store)
        self.recording = Recording() if recording is None else recording

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:
        self.recording.began(operation)
        answer = await call()
        self.recording.ended(subject, answer)
        return answer
