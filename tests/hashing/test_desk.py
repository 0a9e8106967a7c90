"""The queue and the threads of one process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import InfrastructureError
from okmate_auth.hashing import desk as module
from okmate_auth.hashing.desk import FIRST_GUESS_SECONDS, NICE_STEP, Desk, Waiter


def make(slots: int = 1, max_waiting: int = 8) -> Desk:
    """Make a desk of this process."""
    return Desk(os.getpid(), slots, max_waiting, time.monotonic)


def awake() -> bool:
    """Wake a caller who is there."""
    return True


def gone() -> bool:
    """Try to wake a caller who is not."""
    return False


steps = st.lists(st.tuples(st.sampled_from(["ask", "ask-gone", "forget", "settle", "give back"]), st.integers(0, 9)))


@given(slots=st.integers(1, 3), max_waiting=st.integers(0, 4), todo=steps)
def test_slots_are_neither_lost_nor_doubled(  # noqa: C901 - a model, to be read in one piece
    slots: int, max_waiting: int, todo: list[tuple[str, int]]
) -> None:
    """Whatever happens in whatever order: slots are served in the order asked, and each is free or held by one."""
    desk = make(slots, max_waiting)
    free, queue, held = slots, list[Waiter](), list[Waiter]()
    gone_ones: set[Waiter] = set()

    def serve() -> None:
        nonlocal free
        while free and queue:
            first = queue.pop(0)
            if first not in gone_ones:
                free -= 1
                held.append(first)

    for what, number in todo:
        if what.startswith("ask"):
            waiter = desk.ask(gone if what == "ask-gone" else awake)
            assert (waiter is None) is (not free and len(queue) >= max_waiting)
            if waiter is not None:
                queue.append(waiter)
                if what == "ask-gone":
                    gone_ones.add(waiter)
        elif what == "give back" and held:
            held.pop(number % len(held))
            free += 1
            desk.give_back(0.1)
        elif what == "forget" and held + queue:
            everybody = held + queue
            waiter = everybody[number % len(everybody)]
            free += waiter in held
            (held if waiter in held else queue).remove(waiter)
            desk.forget(waiter)
        elif what == "settle" and queue:
            waiter = queue.pop(number % len(queue))
            assert desk.settle(waiter) is False
        serve()
        assert desk.free == free
        assert list(desk.waiting) == queue
        assert all(waiter.granted for waiter in held)
        assert not any(waiter.granted for waiter in queue)


def test_a_grant_that_came_too_late_is_still_taken() -> None:
    """Who looks again after his time ran out finds the slot that was kept for him meanwhile."""
    desk = make()
    first, second = desk.ask(awake), desk.ask(awake)
    assert first is not None
    assert second is not None
    desk.give_back(0.1)
    assert desk.settle(second)
    assert desk.free == 0


def test_forgetting_twice_gives_back_once() -> None:
    """A caller that is forgotten again has nothing left to give back."""
    desk = make()
    waiter = desk.ask(awake)
    assert waiter is not None
    desk.forget(waiter)
    desk.forget(waiter)
    assert desk.free == 1


def test_the_collector_may_strike_at_any_time() -> None:
    """A caller thrown away in the very moment he, or another, is woken leaves the counts in order."""
    desk = make(slots=2)
    thrown: list[Waiter] = []

    def collected(*, here: bool) -> Callable[[], bool]:
        def wake() -> bool:
            while thrown:
                desk.forget(thrown.pop())
            return here

        return wake

    for here in (True, False):
        waiter = desk.ask(awake)
        assert waiter is not None
        thrown.append(waiter)
        other = desk.ask(collected(here=here))
        assert other is not None
        assert other.granted is here
        assert desk.free == 2 - here
        if here:
            desk.forget(other)
    blocked = [desk.ask(awake), desk.ask(awake)]
    itself = desk.ask(collected(here=False))
    assert itself is not None
    thrown.append(itself)
    desk.give_back(0.1)
    assert desk.free == 1
    assert all(blocked)


def test_the_mean_follows_what_is_measured() -> None:
    """Each use moves the running mean by an eighth of the way."""
    desk = make()
    assert desk.mean_seconds == FIRST_GUESS_SECONDS
    for _ in range(100):
        desk.ask(awake)
        desk.give_back(2.0)
    assert desk.mean_seconds == pytest.approx(2.0, rel=0.01)
    desk.ask(awake)
    desk.give_back(10.0)
    assert desk.mean_seconds == pytest.approx(3.0, rel=0.01)


def test_threads_are_started_when_needed_and_used_again() -> None:
    """No thread before the first job, no second one while jobs come one after another, one for each at once."""
    desk = make(slots=2)
    assert desk._threads == []
    names: list[str] = []
    done = threading.Semaphore(0)

    def job() -> None:
        names.append(threading.current_thread().name)
        desk.finish()
        done.release()

    for _ in range(5):
        desk.start(job)
        done.acquire()
    assert len(desk._threads) == 1
    gate = threading.Event()

    def waiting_job() -> None:
        gate.wait()
        job()

    desk.start(waiting_job)
    desk.start(waiting_job)
    assert len(desk._threads) == 2
    gate.set()
    assert desk.close(5.0)
    assert set(names) == {"okmate-hashing"}
    assert not any(thread.is_alive() for thread in desk._threads)


def test_without_a_thread_there_is_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives no more threads the job is refused and not left in the queue."""
    desk = make()

    def fail(_: object) -> NoReturn:
        message = "can't start new thread"
        raise RuntimeError(message)

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        with pytest.raises(InfrastructureError, match="no thread"):
            desk.start(desk.finish)
    assert desk._jobs.empty()
    ran = threading.Event()
    desk.start(ran.set)
    assert ran.wait(5.0)
    desk.close(5.0)


@pytest.mark.skipif(not module._ON_LINUX, reason="only Linux has priorities of threads")
def test_hashing_threads_run_at_a_lower_priority() -> None:
    """The thread is nicer than the process by ten, and nobody else became nicer."""
    desk = make()
    seen: list[int] = []
    ran = threading.Event()

    def job() -> None:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        ran.set()

    own = os.getpriority(os.PRIO_PROCESS, 0)
    desk.start(job)
    assert ran.wait(5.0)
    assert seen == [min(19, own + NICE_STEP)]
    assert os.getpriority(os.PRIO_PROCESS, 0) == own
    desk.close(5.0)


def test_a_priority_that_may_not_be_changed_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that forbids it, and one that has no such thing, get their hashes all the same."""

    def fail(*_: object) -> NoReturn:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "setpriority", fail)
        module._lower_priority()
        patch.setattr(module, "_ON_LINUX", False)
        patch.setattr(os, "getpriority", None)
        module._lower_priority()


def test_closing_wakes_everybody_and_waits_for_what_is_in_hand() -> None:
    """Those who wait are woken without a slot; a slot in hand ends the desk when it comes back."""
    desk = make()
    woken = threading.Event()

    def wake() -> bool:
        woken.set()
        return True

    held = desk.ask(awake)
    waiting = desk.ask(wake)
    assert held is not None
    assert waiting is not None
    assert desk.close(0.0) is False
    assert woken.is_set()
    assert desk.settle(waiting) is False
    assert desk.ask(awake) is None
    desk.give_back(0.1)
    assert desk.close(0.0) is True
    assert desk.close(0.0) is True
