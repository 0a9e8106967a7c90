"""Slots for both shells: bounded, in turn, never lost."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NoReturn

import pytest

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.hashing import HashingPool, Slot, hash_password, verify
from okmate_auth.hashing import pool as module
from okmate_auth.hashing.pool import MAX_SLOTS, MEMORY_BUDGET_KIB
from okmate_auth.policies.kdf import OWASP_47104_1, RFC_9106_FIRST, RFC_9106_SECOND
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST, UnsafeArgon2Parameters
from tests.children import environment, run
from tests.rounds import rounds

SALT = bytes(16)
LONG = 20.0  # seconds; no test waits that long unless it fails
forks = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


async def until_async(condition: Callable[[], bool]) -> None:
    """Wait for something that another task or thread does."""
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)


def exit_code(child: int) -> int:
    """Wait for a child process, kill it if it hangs."""
    deadline = time.monotonic() + LONG
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, 9)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def in_child(function: Callable[[], bool]) -> int:
    """Run a function in a forked child; 0 if it returned True."""
    child = os.fork()
    if not child:
        code = 1
        try:
            code = 0 if function() else 2
        finally:
            os._exit(code)
    return exit_code(child)


def pool_of(slots: int, **options: Any) -> HashingPool:  # noqa: ANN401 - whatever the pool takes
    """Make a pool of so many slots."""
    return HashingPool(UNSAFE_CHEAPEST, slots=slots, **options)


def waiting(pool: HashingPool, count: int) -> Callable[[], bool]:
    """Return what says whether so many wait for a slot."""
    return lambda: pool.waiting == count


def taken(pool: HashingPool, timeout_seconds: float = LONG) -> Slot:
    """Take a slot that must be there."""
    slot = pool.acquire(timeout_seconds)
    assert slot is not None
    return slot


@pytest.fixture(name="pool")
def one_slot() -> Iterator[HashingPool]:
    """A pool of one slot."""
    pool = pool_of(1)
    yield pool
    assert pool.close(wait_seconds=LONG)


class Counter:
    """How many run at once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running = 0
        self.most = 0
        self.total = 0

    def work(self) -> None:
        """Do something that takes a moment."""
        with self.lock:
            self.running += 1
            self.total += 1
            self.most = max(self.most, self.running)
        time.sleep(0.001)
        with self.lock:
            self.running -= 1


# --- size ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("processors", "memory_kib", "lanes", "budget_kib", "slots"),
    [
        (8, 47104, 1, MEMORY_BUDGET_KIB, 8),
        (16, 47104, 1, MEMORY_BUDGET_KIB, 11),
        (8, 65536, 4, MEMORY_BUDGET_KIB, 2),
        (3, 65536, 4, MEMORY_BUDGET_KIB, 1),
        (8, 47104, 1, 47104, 1),
        (8, 47104, 1, 2 * 47104 - 1, 1),
        (8, 47104, 1, 2 * 47104, 2),
        (10_000, 8, 1, MEMORY_BUDGET_KIB, MAX_SLOTS),
    ],
)
def test_the_default_size_fits_processors_and_memory(
    monkeypatch: pytest.MonkeyPatch, processors: int, memory_kib: int, lanes: int, budget_kib: int, slots: int
) -> None:
    """As many slots as processors over lanes, and never more than the budget holds."""
    monkeypatch.setattr(module, "_processors", lambda: processors)
    parameters = UnsafeArgon2Parameters(memory_kib=memory_kib, lanes=lanes)
    assert HashingPool(parameters, memory_budget_kib=budget_kib).slots == slots


def test_processors_are_those_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """The affinity where there is one, else the machine's count, else one."""
    assert 1 <= module._processors() <= (os.cpu_count() or 1)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert module._processors() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert module._processors() == 1


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"slots": 0}, "slots"),
        ({"slots": -1}, "slots"),
        ({"slots": MAX_SLOTS + 1, "memory_budget_kib": 2**30}, "slots"),
        ({"memory_budget_kib": 47103}, "memory_budget_kib"),
        ({"memory_budget_kib": 2 * 47104 - 1, "slots": 2}, "memory_budget_kib"),
        ({"max_waiting": -1}, "max_waiting"),
    ],
)
def test_impossible_sizes_are_refused(options: dict[str, Any], field: str) -> None:
    """A pool that could not keep its promise is not made."""
    with pytest.raises(ConfigurationError, match=f"^{field}: "):
        HashingPool(OWASP_47104_1, **options)


def test_the_profiles_fit_or_say_that_they_do_not() -> None:
    """RFC 9106's second option fits the default budget, its first (2 GiB) needs one that is named."""
    assert HashingPool(RFC_9106_SECOND).slots >= 1
    with pytest.raises(ConfigurationError, match="memory_budget_kib"):
        HashingPool(RFC_9106_FIRST)
    assert HashingPool(RFC_9106_FIRST, memory_budget_kib=2**21).slots == 1


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_two_hundred_threads_share_the_slots() -> None:
    """At most as many run at once as there are slots, and every caller gets his turn."""
    pool, counter = pool_of(3), Counter()

    def call() -> None:
        with taken(pool) as slot:
            slot.run(counter.work)

    threads = [threading.Thread(target=call) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.total == 200
    assert counter.most <= 3
    assert pool.in_use == pool.waiting == 0
    assert pool.close(wait_seconds=LONG)


def test_two_hundred_tasks_share_the_slots() -> None:
    """The same for tasks, of which some are cancelled at random moments."""
    pool, counter = pool_of(3), Counter()

    async def call() -> None:
        slot = await pool.acquire_async(LONG)
        assert slot is not None
        async with slot:
            await slot.run_async(counter.work)

    async def main() -> None:
        tasks = [asyncio.create_task(call()) for _ in range(200)]
        for number, task in enumerate(tasks):
            if number % 3 == 1:
                await asyncio.sleep(0)
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(main())
    until(lambda: pool.in_use == 0)
    assert counter.total >= 200 - 67
    assert counter.most <= 3
    assert pool.waiting == 0
    assert pool.close(wait_seconds=LONG)


MEMORY = """
import asyncio, resource
from okmate_auth.hashing import HashingPool, hash_password
from okmate_auth.testing.kdf import UnsafeArgon2Parameters

parameters = UnsafeArgon2Parameters(memory_kib=16 * 1024)
pool = HashingPool(parameters, slots=2)

async def login():
    async with await pool.acquire_async(600) as slot:
        await slot.run_async(hash_password, parameters, bytes(16), b"material")

async def logins(count):
    await asyncio.gather(*(login() for _ in range(count)))

asyncio.run(logins(1))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
asyncio.run(logins({count}))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux")
def test_memory_is_bounded_by_the_pool() -> None:
    """However many log in at once, two slots of 16 MiB take no more than twice 16 MiB and a little."""
    program = MEMORY.replace("{count}", str(rounds(40, 200)))
    grown_kib = int(run(program, env=environment()))
    assert grown_kib <= 2 * 16 * 1024 + 16 * 1024


def test_hashes_run_in_slots(pool: HashingPool) -> None:
    """What the pool is for: a password hashed and verified in a slot, one after the other."""
    with taken(pool) as slot:
        stored = slot.run(hash_password, UNSAFE_CHEAPEST, SALT, b"right")
        assert slot.run(verify, stored, b"right")
        assert not slot.run(verify, stored, material=b"wrong")


# --- turns -----------------------------------------------------------------------------------------------------------


def test_first_come_first_served(pool: HashingPool) -> None:
    """Threads get the slot in the order in which they asked."""
    order: list[int] = []
    held = taken(pool)

    def call(number: int) -> None:
        with taken(pool):
            order.append(number)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for number, thread in enumerate(threads):
        thread.start()
        until(waiting(pool, number + 1))
    held.release()
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_tasks_and_threads_share_one_queue(pool: HashingPool) -> None:
    """A task that came first goes before a thread, and the other way round."""
    order: list[str] = []

    def thread_call(name: str) -> None:
        with taken(pool):
            order.append(name)

    async def task_call(name: str) -> None:
        slot = await pool.acquire_async(LONG)
        assert slot is not None
        order.append(name)
        slot.release()

    async def main() -> None:
        held = await pool.acquire_async(0)
        assert held is not None
        callers: list[Any] = []
        for number, name in enumerate(["thread 1", "task 1", "thread 2", "task 2"]):
            if name.startswith("task"):
                callers.append(asyncio.create_task(task_call(name)))
            else:
                callers.append(asyncio.create_task(asyncio.to_thread(thread_call, name)))
            await until_async(waiting(pool, number + 1))
        held.release()
        await asyncio.gather(*callers)

    asyncio.run(main())
    assert order == ["thread 1", "task 1", "thread 2", "task 2"]


@pytest.mark.parametrize("max_waiting", [0, 1, 2])
def test_the_queue_is_bounded(max_waiting: int) -> None:
    """So many may wait, the next is told "busy" at once, whatever time he has."""
    pool = pool_of(1, max_waiting=max_waiting)

    async def main() -> None:
        held = await pool.acquire_async(0)
        assert held is not None
        tasks = [asyncio.create_task(pool.acquire_async(LONG)) for _ in range(max_waiting)]
        await asyncio.sleep(0)
        assert pool.waiting == max_waiting
        assert await pool.acquire_async(LONG) is None
        assert pool.acquire(LONG) is None
        held.release()
        for task in tasks:
            slot = await task
            assert slot is not None
            slot.release()

    asyncio.run(main())
    assert pool.close()


@pytest.mark.parametrize("seconds", [0, 0.01])
def test_time_runs_out(pool: HashingPool, seconds: float) -> None:
    """Who waited in vain is told "busy", and the slot goes to the next all the same."""
    held = taken(pool, 0)
    assert pool.acquire(seconds) is None
    assert asyncio.run(pool.acquire_async(seconds)) is None
    assert pool.waiting == 0
    held.release()
    taken(pool, 0).release()


@pytest.mark.parametrize("seconds", [-0.001, -1, 3600.001, float("nan"), float("inf"), float("-inf")])
def test_waiting_times_are_sane(pool: HashingPool, seconds: float) -> None:
    """Negative, endless and undefined times are misuse."""
    with pytest.raises(MisuseError, match="timeout_seconds"):
        pool.acquire(seconds)
    with pytest.raises(MisuseError, match="timeout_seconds"):
        asyncio.run(pool.acquire_async(seconds))
    taken(pool, 3600.0).release()


# --- giving up -------------------------------------------------------------------------------------------------------


def test_a_cancelled_task_leaves_the_queue(pool: HashingPool) -> None:
    """Cancelled while waiting: the place in the queue is free at once."""

    async def main() -> None:
        with taken(pool, 0):
            task = asyncio.create_task(pool.acquire_async(LONG))
            await asyncio.sleep(0)
            assert pool.waiting == 1
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert pool.waiting == 0

    asyncio.run(main())


def test_a_slot_granted_to_a_cancelled_task_goes_to_the_next(pool: HashingPool) -> None:
    """Cancelled between the grant and the next turn of the loop: the slot is passed on, not lost."""

    async def main() -> None:
        held = taken(pool, 0)
        first = asyncio.create_task(pool.acquire_async(LONG))
        second = asyncio.create_task(pool.acquire_async(LONG))
        await asyncio.sleep(0)
        held.release()
        first.cancel()
        slot = await second
        assert slot is not None
        assert first.cancelled()
        assert pool.in_use == 1
        slot.release()

    asyncio.run(main())
    assert pool.in_use == 0


def test_a_slot_granted_as_time_runs_out_is_taken(pool: HashingPool) -> None:
    """Granted in the very turn of the loop in which the time ends: the caller gets it."""

    async def main() -> None:
        held = taken(pool, 0)
        task = asyncio.create_task(pool.acquire_async(0.01))
        await asyncio.sleep(0)
        time.sleep(0.02)  # noqa: ASYNC251 - the loop is held up on purpose
        held.release()
        slot = await task
        assert slot is not None
        slot.release()

    asyncio.run(main())


def test_an_interrupted_thread_takes_no_slot_along(pool: HashingPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller stopped by Ctrl-C while waiting, or just as he was served, leaves nothing behind."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Event, "wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            pool.acquire(LONG)
    assert pool.in_use == 0
    with taken(pool, 0), monkeypatch.context() as patch:
        patch.setattr(threading.Event, "wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            pool.acquire(LONG)
    assert pool.waiting == 0


@pytest.mark.parametrize("granted_first", [False, True])
def test_a_loop_that_was_closed_holds_no_slot(pool: HashingPool, *, granted_first: bool) -> None:
    """A task whose loop is closed under it never runs again: no slot stays with it once it is collected."""
    held = taken(pool, 0)
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # asyncio reports the task that is thrown away
    task = loop.create_task(pool.acquire_async(LONG))
    loop.run_until_complete(asyncio.sleep(0))
    assert pool.waiting == 1
    if granted_first:
        held.release()
        assert pool.in_use == 1
        loop.close()
    else:
        loop.close()
        held.release()
        assert pool.in_use == 0
    assert not task.done()
    del task
    gc.collect()
    assert pool.in_use == 0
    taken(pool, 0).release()


def test_a_cancelled_caller_does_not_free_the_slot(pool: HashingPool) -> None:
    """While the thread still hashes the slot is taken, whatever became of the caller; then it is free."""
    gate = threading.Event()

    async def call() -> None:
        slot = await pool.acquire_async(LONG)
        assert slot is not None
        async with slot:
            await slot.run_async(gate.wait, LONG)

    async def main() -> None:
        task = asyncio.create_task(call())
        await until_async(lambda: pool.in_use == 1)
        await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert pool.in_use == 1
        assert await pool.acquire_async(0.005) is None
        gate.set()
        slot = await pool.acquire_async(LONG)
        assert slot is not None
        slot.release()

    asyncio.run(main())
    assert pool.in_use == 0


# --- slots -----------------------------------------------------------------------------------------------------------


def test_a_slot_returns_and_raises_what_its_function_does(pool: HashingPool) -> None:
    """Results and exceptions come through as they are, and the slot works on."""

    def fail() -> NoReturn:
        message = "this"
        raise LookupError(message)

    async def main(slot: Slot) -> None:
        with pytest.raises(LookupError, match="this"):
            await slot.run_async(fail)
        assert await slot.run_async(divmod, 7, 2) == (3, 1)

    with taken(pool) as slot:
        with pytest.raises(LookupError, match="this"):
            slot.run(fail)
        assert slot.run(divmod, 7, 2) == (3, 1)
        asyncio.run(main(slot))
        assert slot.run(threading.current_thread) is not threading.current_thread()


def test_a_released_slot_refuses_work(pool: HashingPool) -> None:
    """After its release nothing runs in a slot, and releasing it again frees no other's."""
    slot = taken(pool)
    slot.release()
    other = taken(pool, 0)
    slot.release()
    assert pool.in_use == 1
    with pytest.raises(MisuseError, match="released"):
        slot.run(divmod, 7, 2)
    with pytest.raises(MisuseError, match="released"):
        asyncio.run(slot.run_async(divmod, 7, 2))
    other.release()


def test_a_slot_does_one_thing_at_a_time(pool: HashingPool) -> None:
    """A second function at the same time is refused, or one login would take the room of two."""
    gate = threading.Event()

    async def main() -> None:
        with taken(pool) as slot:
            first = asyncio.create_task(slot.run_async(gate.wait, LONG))
            await asyncio.sleep(0)
            with pytest.raises(MisuseError, match="one thing after another"):
                await slot.run_async(divmod, 7, 2)
            gate.set()
            assert await first
            assert await slot.run_async(divmod, 7, 2) == (3, 1)

    asyncio.run(main())


def test_the_hint_follows_queue_and_measured_time() -> None:
    """The more wait and the longer slots are held, the later; from 1 to 60 whole seconds."""
    now = [0.0]
    pool = pool_of(2, monotonic=lambda: now[0])
    assert pool.busy_hint() == timedelta(seconds=1)
    for _ in range(60):
        slot = taken(pool, 0)
        now[0] += 3.0
        slot.release()
    assert pool.busy_hint() == timedelta(seconds=2)

    async def main() -> None:
        held = [taken(pool, 0), taken(pool, 0)]
        hints = []
        tasks: list[asyncio.Task[Slot | None]] = []
        for _ in range(100):
            tasks.append(asyncio.create_task(pool.acquire_async(LONG)))
            await asyncio.sleep(0)
            hints.append(pool.busy_hint().total_seconds())
        assert hints[:4] == [3, 5, 6, 8]
        assert hints == sorted(hints)
        assert hints[-1] == 60
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for slot in held:
            slot.release()

    asyncio.run(main())
    assert pool.close()


# --- closing ---------------------------------------------------------------------------------------------------------


def test_a_closed_pool_hands_out_nothing() -> None:
    """After closing, asking is misuse; closing again is none."""
    pool = pool_of(1)
    assert pool.close()
    assert pool.close()
    with pytest.raises(MisuseError, match="closed"):
        pool.acquire(0)
    with pytest.raises(MisuseError, match="closed"):
        asyncio.run(pool.acquire_async(0))


def test_closing_turns_away_who_waits_and_lets_work_finish() -> None:
    """Waiting callers are told "busy" at once, a slot in hand still hashes, and the threads end with it."""
    pool = pool_of(1)
    slot = taken(pool)
    assert slot.run(divmod, 7, 2) == (3, 1)
    answers: list[Slot | None] = []

    async def wait_async() -> None:
        answers.append(await pool.acquire_async(LONG))

    threads = [
        threading.Thread(target=lambda: answers.append(pool.acquire(LONG))),
        threading.Thread(target=lambda: asyncio.run(wait_async())),
    ]
    for thread in threads:
        thread.start()
    until(lambda: pool.waiting == 2)
    assert pool.close() is False
    for thread in threads:
        thread.join(LONG)
    assert answers == [None, None]
    assert slot.run(divmod, 7, 2) == (3, 1)
    slot.release()
    assert pool.close(wait_seconds=LONG)
    assert not [thread for thread in pool._desk()._threads if thread.is_alive()]


def test_closing_from_a_slot_does_not_hang() -> None:
    """Who holds a slot himself and closes is not kept waiting for it, from the caller's thread or the pool's."""
    pool = pool_of(1)
    with taken(pool) as slot:
        assert slot.run(pool.close) is False
        assert pool.close() is False
    assert pool.close(wait_seconds=LONG)


def test_closing_while_many_call_ends() -> None:
    """Callers and closing at the same moment: everybody gets an answer and every thread ends."""
    pool, counter = pool_of(2), Counter()
    refused = threading.Semaphore(0)

    def call() -> None:
        try:
            while (slot := pool.acquire(LONG)) is not None:
                with slot:
                    slot.run(counter.work)
        except MisuseError:
            pass
        refused.release()

    threads = [threading.Thread(target=call) for _ in range(16)]
    for thread in threads:
        thread.start()
    until(lambda: counter.total > 20)
    assert pool.close(wait_seconds=LONG)
    for thread in threads:
        thread.join(LONG)
        assert not thread.is_alive()
        assert refused.acquire(blocking=False)
    assert pool.in_use == 0


# --- processes -------------------------------------------------------------------------------------------------------


@forks
def test_a_child_hashes_after_a_fork(pool: HashingPool) -> None:
    """After use in the parent, a forked child, and its child, have threads, slots and queues of their own."""
    with taken(pool) as slot:
        stored = slot.run(hash_password, UNSAFE_CHEAPEST, SALT, b"right")

        def child() -> bool:
            with taken(pool, 0) as own:
                return own.run(verify, stored, b"right") and pool.in_use == 1

        def grandchild() -> bool:
            return child() and in_child(child) == 0

        assert in_child(grandchild) == 0
        assert pool.in_use == 1
        assert slot.run(verify, stored, b"right")


@forks
def test_a_child_forked_in_the_midst_of_everything_hashes(pool: HashingPool) -> None:
    """Forked while another thread holds the lock and a hash runs: the child is not stuck on either."""
    gate, locked, go_on = threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        with pool._desk().lock:
            locked.set()
            go_on.wait(LONG)

    def hash_long() -> None:
        with taken(pool) as slot:
            slot.run(gate.wait, LONG)

    threads = [threading.Thread(target=hash_long), threading.Thread(target=hold)]
    threads[0].start()
    until(lambda: pool.in_use == 1)
    threads[1].start()
    locked.wait(LONG)
    try:
        assert in_child(lambda: taken(pool, 0).run(divmod, 7, 2) == (3, 1)) == 0
    finally:
        go_on.set()
        gate.set()
        for thread in threads:
            thread.join(LONG)


@forks
def test_a_slot_of_the_parent_is_none_of_the_child(pool: HashingPool) -> None:
    """In a child the parent's slot refuses work, and releasing it changes nothing in either."""
    slot = taken(pool)

    def child() -> bool:
        slot.release()
        try:
            slot.run(divmod, 7, 2)
        except MisuseError as error:
            return "process" in str(error) and pool.in_use == 0
        return False

    assert in_child(child) == 0
    assert pool.in_use == 1
    slot.release()


@forks
def test_a_closed_pool_stays_closed_in_a_child() -> None:
    """Closing is the pool's end in every process forked after it."""
    pool = pool_of(1)
    pool.close()

    def child() -> bool:
        with pytest.raises(MisuseError):
            pool.acquire(0)
        return pool.close()

    assert in_child(child) == 0


def test_a_process_that_never_closed_its_pool_ends() -> None:
    """Idle threads, and a slot nobody released, do not keep a process from ending."""
    program = (
        "from okmate_auth.hashing import HashingPool, hash_password\n"
        "from okmate_auth.testing.kdf import UNSAFE_CHEAPEST as cheapest\n"
        "slot = HashingPool(cheapest).acquire(0)\n"
        "print(slot.run(hash_password, cheapest, bytes(16), b'material')[:9])\n"
    )
    assert run(program, env=environment(), timeout=LONG).strip() == "$argon2id"


class Material:
    """An argument that can be watched."""

    alive = 0

    def __init__(self) -> None:
        Material.alive += 1

    def __del__(self) -> None:
        Material.alive -= 1


def test_what_was_hashed_is_not_kept(pool: HashingPool) -> None:
    """Once the answer is there, neither thread nor slot holds on to the material; nor after an exception."""

    def fail(_: Material) -> NoReturn:
        raise LookupError

    gc.disable()
    try:
        with taken(pool) as slot:
            slot.run(id, Material())
            until(lambda: Material.alive == 0)
            with pytest.raises(LookupError) as caught:
                slot.run(fail, Material())
            del caught
            until(lambda: Material.alive == 0)
    finally:
        gc.enable()
