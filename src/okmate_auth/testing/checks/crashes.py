"""Processes that are killed while they write, and processes that fork (guarantees 1, 3, 6 and 11).

What a kill can't show: whether the machine's own memory was the only place that had the data. A store that answers
before its disk did (``synchronous=OFF``, ``fsync=off``, an asynchronous replica) passes here and loses logins, used
codes and lock-outs when the power fails. Look at the system calls, or pull the plug.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, Final

from okmate_auth.ports import ChangeSet, Store
from okmate_auth.testing import wire
from okmate_auth.testing.kit import Kit, check, expect
from okmate_auth.testing.processes import Worker
from okmate_auth.testing.programs import PARTS
from okmate_auth.testing.samples import cell_at, fresh, number
from okmate_auth.testing.teams import PATIENCE_SECONDS

__all__ = ["CRASHES"]

WRITERS: Final = 2
LONGEST_LIFE_MS: Final = 40  # from the first answer on; long enough for checkpoints of a log, short enough for many
FORKED_TIMES: Final = 20


def what_was_answered_survives_a_kill(kit: Kit) -> None:
    """After a kill at any moment every answered commit is there whole, and the one under way is there whole or not."""
    store = kit.open()
    for _ in range(kit.rounds):
        shared = fresh("shared")
        names = [fresh("writer") for _ in range(WRITERS)]
        workers = [kit.process() for _ in names]
        for worker, name in zip(workers, names, strict=True):
            worker.send({"jobs": [["write", {"name": name, "shared": shared}]], "go_at": 0.0})
        begun = [_until_done(worker) for worker in workers]
        time.sleep(secrets.randbelow(LONGEST_LIFE_MS * 1000) / 1e6)
        said = [lines + worker.kill() for lines, worker in zip(begun, workers, strict=True)]
        store = kit.reopen(store)
        written = [_whole(store, name, lines) for name, lines in zip(names, said, strict=True)]
        expect(2, number(store.load([cell_at(shared)]), shared) == sum(written), "no commit of either writer is lost")
        for name, lines, count in zip(names, said, written, strict=True):
            _settled(store, name, lines, count)


def _until_done(worker: Worker) -> list[dict[str, Any]]:
    """Return what a writer says up to its first commit that was done."""
    said = [worker.receive()]
    until = time.monotonic() + PATIENCE_SECONDS
    while said[-1].get("answer") != "done":
        expect(10, time.monotonic() < until, "two writers get on")
        said.append(worker.receive())
    return said


def _whole(store: Store, name: str, said: list[dict[str, Any]]) -> int:
    """Make sure that all of a writer's answered commits stand, whole; return how many commits stand."""
    expect(10, not any("error" in line for line in said), "two writers do without errors")
    answered = [line["count"] for line in said if line.get("answer") == "done"]
    sent = {line["count"]: wire.load(line["sent"]) for line in said if "sent" in line}
    keys = [cell_at(f"{name}-{part}") for part in range(PARTS)]
    numbers = [number(store.load(keys), f"{name}-{part}") for part in range(PARTS)]
    expect(1, len(set(numbers)) == 1, "records of one commit are all there or none is")
    count = numbers[0] or 0
    expect(3, count >= max(answered), "what was answered done is there after a kill")
    expect(1, count in {max(answered), max(sent)}, "nothing is there that was never sent")
    rows = list(store.history(name, limit=count + 9))[::-1]
    expect(1, [each.number for each in rows] == list(range(1, count + 1)), "a commit's row is there with its records")
    expect(7, [each.body.decode() for each in rows] == [sent[each].id for each in range(1, count + 1)], "rows in order")
    marks = store.load([cell_at(f"{name}-mark-{each}") for each in range(max(0, count - 2), count + 3)])
    expect(1, set(marks) == {cell_at(f"{name}-mark-{count}")}, "a commit's puts and deletes are there together")
    return count


def _settled(store: Store, name: str, said: list[dict[str, Any]], count: int) -> None:
    """Send the last answered change set and the last sent one again, as a client does that got no answer."""
    sent: dict[int, ChangeSet] = {line["count"]: wire.load(line["sent"]) for line in said if "sent" in line}
    last = max(sent)
    expect(6, store.commit(sent[count]) == "done", "what was committed before a kill is answered done after it")
    if last > count:  # it was under way, and may now be done: unless the other writer was faster, its guards hold
        count += store.commit(sent[last]) == "done"
    found = store.load([cell_at(f"{name}-0")])
    expect(6, number(found, f"{name}-0") == count, "a change set that is sent again is done once")
    expect(6, len(store.history(name, limit=count + 9)) == count, "its row is appended once")


def a_store_is_opened_before_a_fork(kit: Kit) -> None:
    """A store that was made before its process forked works in both; no connection is shared between them."""
    _forked(kit, used=False)


def a_store_is_used_before_a_fork(kit: Kit) -> None:
    """The same where the process had already used it: a connection belongs to the process that made it."""
    _forked(kit, used=True)


def _forked(kit: Kit, *, used: bool) -> None:
    name = fresh("counter")
    store = kit.open()
    status = kit.forked(name=name, times=FORKED_TIMES, used=used)
    expect(11, status == 0, "a forked process can use a store that was made before the fork")
    raised = number(store.load([cell_at(name)]), name)
    expect(11, raised == 2 * FORKED_TIMES + used, "nothing is lost between a process and what it forked")


CRASHES: Final = (
    check(3, what_was_answered_survives_a_kill, processes=True),
    check(11, a_store_is_opened_before_a_fork, processes=True),
    check(11, a_store_is_used_before_a_fork, processes=True),
)
