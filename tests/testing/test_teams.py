"""Contenders: they start together, everybody is waited for, and nothing hangs where one fails."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

import pytest

from okmate_auth.errors import StoreUnavailableError
from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome, Store
from okmate_auth.storage.aio import AsyncMemoryStore
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing import Faults, FaultyStore, programs, teams
from okmate_auth.testing.faces import AsyncFace, SyncFace
from okmate_auth.testing.programs import Job
from okmate_auth.testing.samples import cell_at, number
from okmate_auth.testing.teams import Tasks, Threads, team_on


class Broken(MemoryStore):
    """Fails at its first commit, at once, and is slow at the others."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 0
        self._first = threading.Lock()

    def commit(self, change: ChangeSet, /) -> Outcome:
        """Fail or be slow."""
        if self._first.acquire(blocking=False):
            message = "no"
            raise StoreUnavailableError(message)
        time.sleep(0.1)
        self.left += 1
        return super().commit(change)


class Stubborn(MemoryStore):
    """Conflicts always."""

    def commit(self, change: ChangeSet, /) -> Outcome:
        """Conflict."""
        del change
        return "conflict"


class Blind(MemoryStore):
    """Sees nothing."""

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """Return nothing."""
        del keys
        return {}


def threads() -> Threads:
    """Return threads on a memory store."""
    return Threads([MemoryStore()])


def tasks() -> Tasks:
    """Return tasks on an asynchronous memory store."""
    return Tasks([SyncFace(AsyncMemoryStore())])


@pytest.mark.parametrize("make", [threads, tasks])
def test_results_come_in_the_order_of_the_jobs(make: Callable[[], Threads | Tasks]) -> None:
    """Whoever ends first, each result stands where its job stood; a second run works as well."""
    team = make()
    jobs = [Job("increment", {"name": f"cell-{place}", "times": place}) for place in range(5)]
    assert [len(each) for each in team.run(jobs)] == [0, 1, 2, 3, 4]
    assert [len(each) for each in team.run(jobs[:2])] == [0, 1]
    assert team.close()


def test_a_team_fits_its_store() -> None:
    """Tasks where a store is asynchronous, threads where it isn't."""
    assert isinstance(team_on([MemoryStore()]), Threads)
    worn = SyncFace(AsyncMemoryStore())
    assert isinstance(team_on([worn]), Tasks)
    worn.close()


@pytest.mark.parametrize("asynchronous", [False, True])
def test_everybody_is_waited_for_where_one_fails(*, asynchronous: bool) -> None:
    """The first failure is raised, but not before nobody is at work in the store any more."""
    broken = Broken()
    store: Store = SyncFace(AsyncFace(broken)) if asynchronous else broken
    team = team_on([store])
    with pytest.raises(StoreUnavailableError):
        team.run([Job("grow", {"name": f"cell-{place}", "times": 1}) for place in range(4)])
    assert broken.left == 3
    assert team.close()
    store.close()


def test_who_is_stuck_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody never comes back, the run ends all the same, and closing says that he is still at work."""
    gate = threading.Event()

    class Stuck(MemoryStore):
        """Never answers."""

        def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
            """Wait for the end of the test."""
            gate.wait()
            return super().load(keys)

    monkeypatch.setattr(teams, "PATIENCE_SECONDS", 0.2)
    team = Threads([Stuck()])
    with pytest.raises(TimeoutError):
        team.run([Job("increment", {"name": "cell", "times": 1})])
    assert not team.close()
    gate.set()


def test_threads_take_turns_only_while_they_race() -> None:
    """The interpreter's switch interval is as it was before once the race is over."""
    usual = sys.getswitchinterval()
    threads().run([Job("increment", {"name": "cell", "times": 1})])
    assert sys.getswitchinterval() == usual


@pytest.mark.parametrize(
    ("store", "job", "result"),
    [
        (Stubborn(), Job("increment", {"name": "a", "times": 3}), []),
        (Stubborn(), Job("lean", {"names": ["a", "b"], "own": "a", "times": 3}), []),
        (Blind(), Job("look_together", {"names": ["a"], "last": 1}), [[None]]),
        (Blind(), Job("look_behind", {"name": "a", "last": 1}), [[0, 0, 0, 0]]),
    ],
)
def test_programs_give_up(store: Store, job: Job, result: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a store that never gets anywhere a program ends, and returns as much as there was."""
    monkeypatch.setattr(programs, "TRY_SECONDS", 0.05)
    monkeypatch.setattr(programs, "LOOK_SECONDS", 0.05)
    assert Threads([store]).run([job]) == [result]


def test_a_task_says_the_same_as_a_thread() -> None:
    """On an asynchronous store a program tells what it does as it does on a synchronous one."""
    heard: list[dict[str, Any]] = []

    def listen(line: dict[str, Any]) -> None:
        heard.append(line)
        if "answer" in line:
            message = "enough"
            raise StoreUnavailableError(message)

    team = tasks()
    with pytest.raises(StoreUnavailableError, match="enough"):
        team.run([Job("write", {"name": "w", "shared": "s"})], say=listen)
    assert [line.get("answer", "sent") for line in heard] == ["sent", "done"]
    assert team.close()


def test_what_programs_say_is_heard_only_where_somebody_listens() -> None:
    """Without a listener a program goes on; with one it tells what it sends and what was answered."""
    store = MemoryStore()
    program = programs.start(Job("write", {"name": "w", "shared": "s"}))
    heard: list[dict[str, Any]] = []

    def listen(line: dict[str, Any]) -> None:
        heard.append(line)
        if line.get("count") == 2 and "answer" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        programs.drive(store, program, listen)
    assert [line.get("answer", "sent") for line in heard] == ["sent", "done", "sent", "done"]
    assert number(store.load([cell_at("s")]), "s") == 2

    deaf = programs.start(Job("write", {"name": "w", "shared": "s"}))
    with pytest.raises(StoreUnavailableError):
        programs.drive(FaultyStore(store, Faults(before=frozenset({3}))), deaf)
    assert number(store.load([cell_at("s")]), "s") == 2
