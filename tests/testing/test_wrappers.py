"""Stores around a store: what they add, and that they hand everything else through, for both protocols."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from okmate_auth.errors import CommitUnknownError, StoreUnavailableError
from okmate_auth.ports import Store
from okmate_auth.records import Notice
from okmate_auth.storage.aio import AsyncMemoryStore
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing import (
    AsyncFaultyStore,
    AsyncRecordingStore,
    AsyncSlowStore,
    Faults,
    FaultyStore,
    Operation,
    Recording,
    RecordingStore,
    SlowStore,
)
from okmate_auth.testing.faces import SyncFace
from okmate_auth.testing.samples import cell, cell_at, change, creation, fresh, now, number, row

DELAY = timedelta(milliseconds=30)
BOTH = pytest.mark.parametrize("asynchronous", [False, True])


def slow(*, asynchronous: bool) -> Store:
    """Return a slow memory store, by its synchronous face."""
    return (
        SyncFace(AsyncSlowStore(AsyncMemoryStore(), delay=DELAY))
        if asynchronous
        else SlowStore(MemoryStore(), delay=DELAY)
    )


def faulty(faults: Faults, *, asynchronous: bool) -> Store:
    """Return a faulty memory store, by its synchronous face."""
    return (
        SyncFace(AsyncFaultyStore(AsyncMemoryStore(), faults)) if asynchronous else FaultyStore(MemoryStore(), faults)
    )


def recording(*, asynchronous: bool) -> tuple[Store, Recording]:
    """Return a recording memory store, by its synchronous face, and its recording."""
    if asynchronous:
        inner = AsyncRecordingStore(AsyncMemoryStore())
        return SyncFace(inner), inner.recording
    store = RecordingStore(MemoryStore())
    return store, store.recording


@BOTH
def test_every_call_takes_the_delay(*, asynchronous: bool) -> None:
    """Load, commit, history and due each take at least the delay; their answers are the store's."""
    store = slow(asynchronous=asynchronous)
    name = fresh("cell")
    sent = creation(cell(name, 1), appends=[row(name, 1, "x")])
    calls: list[tuple[Callable[[], Any], Any]] = [
        (lambda: store.commit(sent), "done"),
        (lambda: number(store.load([cell_at(name)]), name), 1),
        (lambda: [each.number for each in store.history(name, limit=9)], [1]),
        (lambda: list(store.due("notice", now(), limit=9)), []),
    ]
    for call, answer in calls:
        began = time.monotonic()
        assert call() == answer
        assert time.monotonic() - began >= DELAY.total_seconds()
    assert store.clock() is None
    store.close()


def test_a_slow_store_lets_other_tasks_run() -> None:
    """Two asynchronous calls wait side by side, not one after the other."""

    async def both() -> float:
        store = AsyncSlowStore(AsyncMemoryStore(), delay=timedelta(seconds=0.2))
        began = time.monotonic()
        await asyncio.gather(*(store.load([cell_at("x")]) for _ in range(5)))
        return time.monotonic() - began

    assert asyncio.run(both()) < 0.2 * 5


@BOTH
def test_chosen_calls_fail(*, asynchronous: bool) -> None:
    """Calls are counted from 1; a commit fails with nothing done, or with all done and the answer lost."""
    faults = Faults(loads=frozenset({2}), before=frozenset({1}), after=frozenset({2, 4}))
    store = faulty(faults, asynchronous=asynchronous)
    first, second = creation(cell("first", 1)), creation(cell("second", 1))
    with pytest.raises(StoreUnavailableError):
        store.commit(first)
    assert not store.load([cell_at("first")])
    with pytest.raises(StoreUnavailableError):
        store.load([cell_at("first")])
    with pytest.raises(CommitUnknownError):
        store.commit(second)
    assert number(store.load([cell_at("second")]), "second") == 1
    assert store.commit(second) == "done"  # sent again, it is settled
    with pytest.raises(CommitUnknownError):
        store.commit(creation(cell("second", 2)))  # a conflict whose answer is lost
    assert number(store.load([cell_at("second")]), "second") == 1
    assert not store.history("x", limit=1)
    assert not store.due("notice", now(), limit=1)
    store.close()


@BOTH
def test_a_recording_holds_the_shape_of_every_call(*, asynchronous: bool) -> None:
    """The trace has one entry for each call, with the numbers of keys, guards, puts, deletes and rows."""
    store, recorded = recording(asynchronous=asynchronous)
    notice = Notice(id="n", subject="s", bank="", login_id="l", event="lock", written_at=now())
    made = creation(cell("a", 1), notice)
    assert store.commit(made) == "done"
    store.load([cell_at("a"), cell_at("b"), notice.key])
    moved = change(
        {cell_at("a"): made.id, notice.key: made.id},
        puts=[cell("a", 2)],
        deletes=[notice.key],
        appends=[row("x", 1, "x"), row("x", 2, "y")],
    )
    assert store.commit(moved) == "done"
    assert store.commit(stale := change({cell_at("a"): made.id}, puts=[cell("a", 3)])) == "conflict"
    store.history("x", limit=1)
    store.due("notice", now(), limit=1)
    store.clock()
    assert recorded.trace == [
        Operation(call="commit", guards=2, puts=2),
        Operation(call="load", keys=3),
        Operation(call="commit", guards=2, puts=1, deletes=1, appends=2),
        Operation(call="commit", guards=1, puts=1),
        Operation(call="history"),
        Operation(call="due"),
    ]
    assert recorded.commits == [(made, "done"), (moved, "done"), (stale, "conflict")]
    recorded.clear()
    assert not recorded.trace
    assert not recorded.commits
    store.close()


def test_a_call_that_fails_is_in_the_trace_only() -> None:
    """What was asked is recorded when it is asked; an outcome only where there was one."""
    recorded = Recording()
    store = RecordingStore(FaultyStore(MemoryStore(), Faults(before=frozenset({1}))), recorded)
    with pytest.raises(StoreUnavailableError):
        store.commit(creation(cell("a", 1)))
    assert [each.call for each in recorded.trace] == ["commit"]
    assert recorded.commits == []


def test_a_lineage_follows_the_versions() -> None:
    """Commits of one record are returned in their true order, in whatever order their answers came."""
    store = RecordingStore(MemoryStore())
    sent = [creation(cell("a", 0))]
    for value in (1, 2, 3):
        sent.append(change({cell_at("a"): sent[-1].id}, puts=[cell("a", value)]))
    for each in sent:
        assert store.commit(each) == "done"
    assert store.commit(change({cell_at("a"): sent[0].id}, puts=[cell("a", 9)])) == "conflict"
    assert store.commit(change({cell_at("a"): sent[-1].id}, appends=[row("x", 1, "only reads a")])) == "done"
    store.recording.commits.reverse()
    assert store.recording.lineage(cell_at("a")) == sent
    assert store.recording.lineage(cell_at("b")) == []
