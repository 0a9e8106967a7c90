"""Each protocol worn by a store of the other."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from okmate_auth.errors import StoreUnavailableError
from okmate_auth.ports import AsyncStore, ChangeSet, Outcome, Store
from okmate_auth.records import Notice
from okmate_auth.storage.aio import AsyncMemoryStore
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing.faces import AsyncFace, SyncFace, face
from okmate_auth.testing.samples import cell, cell_at, creation, now, number, row


def test_a_face_is_put_on_where_it_is_needed() -> None:
    """A synchronous store is its own face; an asynchronous one gets one."""
    plain = MemoryStore()
    assert face(plain) is plain
    worn = face(AsyncMemoryStore())
    assert isinstance(worn, SyncFace)
    worn.close()


def test_every_call_goes_through_both_faces() -> None:
    """A synchronous store behind an asynchronous face behind a synchronous one still answers as itself."""
    inner: AsyncStore = AsyncFace(MemoryStore())
    store: Store = SyncFace(inner)
    notice = Notice(id="n", subject="s", bank="", login_id="l", event="lock", written_at=now())
    assert store.commit(creation(cell("a", 1), notice, appends=[row("x", 1, "x"), row("x", 2, "y")])) == "done"
    assert number(store.load([cell_at("a")]), "a") == 1
    assert [each.number for each in store.history("x", limit=1, before=2)] == [1]
    assert list(store.due("notice", now(), limit=9)) == [notice]
    assert store.clock() is None
    store.close()
    store.close()


def test_a_loop_can_be_left_without_closing_the_store() -> None:
    """After leaving, no thread of the face is left and the store can be worn again."""
    before = set(threading.enumerate())
    inner = AsyncFace(MemoryStore())
    first = SyncFace(inner)
    first.commit(creation(cell("a", 1)))
    first.leave()
    assert not any(thread.name == "okmate-kit-loop" for thread in set(threading.enumerate()) - before)
    second = SyncFace(inner)
    assert number(second.load([cell_at("a")]), "a") == 1
    second.close()
    with pytest.raises(StoreUnavailableError):
        asyncio.run(inner.load([cell_at("a")]))


def test_a_loop_ends_where_the_store_fails_to_close() -> None:
    """Nothing of the face is left, and the store's error is told."""
    before = set(threading.enumerate())

    class Jammed(AsyncMemoryStore):
        """Can't be closed."""

        async def close(self) -> None:
            """Fail."""
            message = "jammed"
            raise StoreUnavailableError(message)

    store = SyncFace(Jammed())
    with pytest.raises(StoreUnavailableError):
        store.close()
    assert not set(threading.enumerate()) - before  # another test's thread may still be ending


def test_closing_waits_for_a_call_whose_caller_went_away() -> None:
    """A store is not closed under a thread that is still at work in it."""
    ended: list[str] = []

    class Slow(MemoryStore):
        """Takes its time."""

        def commit(self, change: ChangeSet, /) -> Outcome:
            """Commit late."""
            time.sleep(0.1)
            outcome = super().commit(change)
            ended.append(outcome)
            return outcome

    async def leave() -> None:
        store = AsyncFace(Slow())
        task = asyncio.ensure_future(store.commit(creation(cell("a", 1))))
        await asyncio.sleep(0.01)
        task.cancel()
        await store.close()

    asyncio.run(leave())
    assert ended == ["done"]
