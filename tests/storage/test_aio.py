"""The asynchronous stores: threads of their own, one that writes, commits that outlive their caller."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from okmate_auth.errors import ConfigurationError, StoreContractError, StoreUnavailableError
from okmate_auth.ports import AsyncStore
from okmate_auth.records import Note
from okmate_auth.storage import AsyncMemoryStore, AsyncSQLiteStore, SQLiteStore
from tests.changes import AT, change, creation, note, row, session
from tests.unchecked import unchecked

KEY = Note.at("n", "test")

Story = Callable[[AsyncStore], Coroutine[Any, Any, None]]


@pytest.fixture(params=["memory", "sqlite"])
def tell(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Story], None]:
    """Return what runs a story with each kind of store in an event loop of its own."""

    async def run(story: Story) -> None:
        store: AsyncStore = AsyncMemoryStore() if request.param == "memory" else AsyncSQLiteStore(tmp_path / "bank.db")
        try:
            await story(store)
        finally:
            await store.close()

    return lambda story: asyncio.run(run(story))


def test_every_call_does_what_the_synchronous_one_does(tell: Callable[[Story], None]) -> None:
    """Load, commit, history, what is due and the clock."""

    async def story(store: AsyncStore) -> None:
        made = creation(note("n", x=1), session("h"), appends=(row("c", 1), row("c", 2)))
        assert await store.load((KEY,)) == {}
        assert await store.commit(made) == "done"
        assert await store.commit(made) == "done"
        assert await store.commit(creation(note("n"))) == "conflict"
        assert await store.load((KEY,)) == {KEY: (note("n", x=1), made.id)}
        assert await store.history("c", limit=1) == (row("c", 2),)
        assert await store.history("c", limit=9, before=2) == (row("c", 1),)
        assert await store.due("session", AT, limit=9) == (session("h"),)
        assert await store.clock() is None

    tell(story)


def test_mistakes_are_raised_to_their_caller(tell: Callable[[Story], None]) -> None:
    """An exception comes out of the thread as it is."""

    async def story(store: AsyncStore) -> None:
        with pytest.raises(StoreContractError):
            await store.commit(change({KEY: None}))

    tell(story)


def test_of_eight_tasks_that_create_a_record_one_does(tell: Callable[[Story], None]) -> None:
    """Tasks of one loop meet each other in the store."""

    async def story(store: AsyncStore) -> None:
        outcomes = await asyncio.gather(*(store.commit(creation(note("n"))) for _ in range(8)))
        assert sorted(outcomes) == ["conflict"] * 7 + ["done"]

    tell(story)


def test_a_closed_store_refuses_everything(tell: Callable[[Story], None]) -> None:
    """After close, which may be called twice, each call says that nothing was done."""

    async def story(store: AsyncStore) -> None:
        await store.commit(creation(note("n")))
        await store.close()
        await store.close()
        calls: list[Callable[[], Awaitable[object]]] = [
            lambda: store.load((KEY,)),
            lambda: store.commit(change()),
            lambda: store.history("c", limit=1),
            lambda: store.due("session", AT, limit=1),
        ]
        for call in calls:
            with pytest.raises(StoreUnavailableError, match="closed"):
                await call()

    tell(story)


def test_a_store_that_was_never_used_can_be_closed(tell: Callable[[Story], None]) -> None:
    """There is nothing to give back."""

    async def story(store: AsyncStore) -> None:
        await store.close()

    tell(story)


@pytest.mark.parametrize("readers", [0, 65, -1, True, 1.0, "4", None])
def test_the_number_of_readers_is_bounded(tmp_path: Path, readers: object) -> None:
    """A mistake shows when the store is made."""
    with pytest.raises(ConfigurationError, match="readers"):
        AsyncSQLiteStore(tmp_path / "bank.db", readers=unchecked(readers))


@pytest.mark.parametrize("readers", [1, 64])
def test_a_number_of_readers_within_bounds_is_taken(tmp_path: Path, readers: int) -> None:
    """One is enough to work."""

    async def story() -> None:
        async with AsyncSQLiteStore(tmp_path / "bank.db", readers=readers) as store:
            assert await store.load((KEY,)) == {}

    asyncio.run(story())


def test_the_file_is_opened_by_the_with_statement(tmp_path: Path) -> None:
    """A bad file is found when the service starts."""

    async def story() -> None:
        store = AsyncSQLiteStore(tmp_path / "bank.db")
        assert not (tmp_path / "bank.db").exists()
        async with store:
            assert (tmp_path / "bank.db").exists()
        (tmp_path / "bank.db").write_bytes(b"no database" * 100)
        with pytest.raises(StoreUnavailableError):
            await AsyncSQLiteStore(tmp_path / "bank.db").open()

    asyncio.run(story())


def test_calls_run_in_threads_of_their_own(tmp_path: Path) -> None:
    """The loop's thread never touches the file; commits have one thread, reads have others."""
    threads: dict[str, set[str]] = {"begin": set(), "select": set()}

    def note_thread(statement: str) -> None:
        threads.setdefault(statement.split(maxsplit=1)[0], set()).add(threading.current_thread().name)

    async def story() -> None:
        async with AsyncSQLiteStore(tmp_path / "bank.db", on_statement=note_thread) as store:
            await asyncio.gather(*(store.commit(creation(note(f"n{number}"))) for number in range(9)))
            threads["select"].clear()
            await asyncio.gather(*(store.load((KEY,)) for _ in range(9)))

    asyncio.run(story())
    assert threads["begin"] == {"okmate-write_0"}
    assert all(name.startswith("okmate-read") for name in threads["select"])


class Gate:
    """Lets a commit wait in the middle until the test says go on."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, statement: str) -> None:
        """Be told of a statement."""
        if statement == "begin immediate":
            self.reached.set()
            self.opened.wait(10)


async def until(event: threading.Event) -> None:
    """Wait for a thread's event without blocking the loop."""
    while not event.is_set():  # noqa: ASYNC110  # the event is a thread's
        await asyncio.sleep(0.001)


def test_a_session_check_does_not_wait_for_commits(tmp_path: Path) -> None:
    """However many commits stand in line, a load is answered, and the loop runs."""
    gate = Gate()

    async def story() -> None:
        async with AsyncSQLiteStore(tmp_path / "bank.db", readers=1, on_statement=gate) as store:
            commits = [asyncio.ensure_future(store.commit(creation(note(f"n{number}")))) for number in range(20)]
            await until(gate.reached)
            assert await store.load((KEY,)) == {}
            assert not any(each.done() for each in commits)
            gate.opened.set()
            assert await asyncio.gather(*commits) == ["done"] * 20

    asyncio.run(story())


def test_a_cancelled_commit_is_done_all_the_same(tmp_path: Path) -> None:
    """Whoever waits is told that he was cancelled; the change set is committed whole, the one behind it as well."""
    gate = Gate()

    async def story() -> None:
        async with AsyncSQLiteStore(tmp_path / "bank.db", on_statement=gate) as store:
            at_work = asyncio.ensure_future(store.commit(creation(note("n"))))
            in_line = asyncio.ensure_future(store.commit(creation(note("o"))))
            await until(gate.reached)
            for each in (at_work, in_line):
                each.cancel()
                await asyncio.wait((each,))
                assert each.cancelled()
            gate.opened.set()
            await store.close()

    asyncio.run(story())
    with SQLiteStore(tmp_path / "bank.db") as store:
        assert len(store.load((KEY, Note.at("o", "test")))) == 2


def test_closing_waits_for_what_is_under_way_even_if_it_is_cancelled(tmp_path: Path) -> None:
    """The commit is done, and the connections are given back."""
    gate = Gate()

    async def story() -> AsyncSQLiteStore:
        store = AsyncSQLiteStore(tmp_path / "bank.db", on_statement=gate)
        commit = asyncio.ensure_future(store.commit(creation(note("n"))))
        await until(gate.reached)
        closing = asyncio.ensure_future(store.close())
        await asyncio.sleep(0.01)
        assert not closing.done()
        closing.cancel()
        gate.opened.set()
        assert await commit == "done"
        return store

    store = asyncio.run(story())  # waits for the loop's own threads, of which one closes the store
    assert not store._store._connections._all


def test_a_store_may_be_used_by_one_loop_after_another(tmp_path: Path) -> None:
    """Its threads belong to the process, not to a loop."""
    store = AsyncSQLiteStore(tmp_path / "bank.db")

    async def first() -> None:
        assert await store.commit(creation(note("n"))) == "done"

    async def second() -> None:
        assert len(await store.load((KEY,))) == 1
        await store.close()

    asyncio.run(first())
    asyncio.run(second())


def test_a_forked_child_has_threads_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads don't live on in a child; it makes new ones, and leaves the parent's alone when it closes."""
    store = AsyncSQLiteStore(tmp_path / "bank.db")

    async def parent() -> None:
        await store.open()

    async def child() -> None:
        real, process = os.getpid(), iter([-1, -1])
        monkeypatch.setattr("okmate_auth.storage.aio.os.getpid", lambda: next(process, real))
        threads = store._pool()
        monkeypatch.undo()
        assert threads is not store._pool()
        assert set(store._threads) == {real, -1}
        store._finish(store._threads.pop(-1))
        store._finish(store._threads.pop(real))

    asyncio.run(parent())
    asyncio.run(child())


def test_another_loop_that_closes_meanwhile_is_told_as_closed(tmp_path: Path) -> None:
    """Threads that take no more work are no error of the caller."""

    async def story() -> None:
        store = AsyncSQLiteStore(tmp_path / "bank.db")
        await store.open()
        store._pool().reading.shutdown()
        with pytest.raises(StoreUnavailableError, match="closed"):
            await store.load((KEY,))
        await store.close()

    asyncio.run(story())
