"""What contenders do: little programs that thread, task and process run alike.

Rule 1. A program is a generator that yields what it asks of the store (a function of the store) and is sent the answer;
        so it is written once, and :func:`drive` and :func:`adrive` are all that differs.
Rule 2. Arguments and results are JSON, so that a program can be named to another process.
Rule 3. A program never judges. It returns what it saw, and the check that started it compares.
Rule 4. A program ends, whatever the store does: on one that never gets anywhere it gives up.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Final

import attrs

from okmate_auth.ports import AnyKey, AsyncStore, ChangeSet, Loaded, Outcome, Store
from okmate_auth.testing import wire
from okmate_auth.testing.samples import cell, cell_at, change, number, row, versions

__all__ = ["PARTS", "PROGRAMS", "Job", "Listener", "Say", "adrive", "drive", "start", "writing"]

PARTS: Final = 4  # cells of one writer: enough that a commit in halves shows
TRY_SECONDS: Final = 60.0  # without any progress; a commit takes milliseconds, and seconds where a disk is overloaded
LOOK_SECONDS: Final = 3.0  # without anything new


@attrs.frozen
class Say:
    """Tell whoever started the program, now."""

    line: dict[str, Any]


Listener = Callable[[dict[str, Any]], None] | None
Program = Generator[Callable[[Any], Any] | Say, Any, Any]


@attrs.frozen
class Job:
    """A program's name and its arguments."""

    name: str
    arguments: dict[str, Any]


def start(job: Job) -> Program:
    """Return the program that a job names."""
    return PROGRAMS[job.name](**job.arguments)


def drive(store: Store, program: Program, say: Listener = None) -> Any:  # noqa: ANN401 - whatever the program returns
    """Run a program on a synchronous store and return its result."""
    answer: Any = None
    while True:
        try:
            request = program.send(answer)
        except StopIteration as stop:
            return stop.value
        answer = _heard(request, say) if isinstance(request, Say) else request(store)


async def adrive(store: AsyncStore, program: Program, say: Listener = None) -> Any:  # noqa: ANN401 - as drive
    """Run a program on an asynchronous store and return its result."""
    answer: Any = None
    while True:
        try:
            request = program.send(answer)
        except StopIteration as stop:
            return stop.value
        answer = _heard(request, say) if isinstance(request, Say) else request(store)
        if inspect.isawaitable(answer):
            answer = await answer


def _heard(request: Say, say: Listener) -> bool:
    if say is None:
        return False
    say(request.line)
    return True


class _Hope:
    """Says whether it makes sense to go on."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.renew()

    def __bool__(self) -> bool:
        return time.monotonic() < self._until

    def renew(self) -> None:
        self._until = time.monotonic() + self._seconds


def commit(change: wire.Json) -> Program:
    """Commit one change set; returns the outcome."""
    sent = wire.load(change)
    return (yield _committing(sent))


def increment(name: str, times: int) -> Program:
    """Add one to a cell so many times, each time trying until it is done; returns the ids of what was done."""
    done: list[str] = []
    hope = _Hope(TRY_SECONDS)
    while len(done) < times and hope:
        found = yield _loading([name])
        raised = change(versions(found, [name]), puts=[cell(name, (number(found, name) or 0) + 1)])
        if (yield _committing(raised)) == "done":
            done.append(raised.id)
            hope.renew()
    return done


def lean(names: list[str], own: str, times: int) -> Program:
    """Raise one's own of these cells so many times, resting on all; returns the versions that each of them rests on."""
    rested: list[list[str | None]] = []
    hope = _Hope(TRY_SECONDS)
    while len(rested) < times and hope:
        found = yield _loading(names)
        guards = versions(found, names)
        if (yield _committing(change(guards, puts=[cell(own, (number(found, own) or 0) + 1)]))) == "done":
            rested.append(list(guards.values()))
            hope.renew()
    return rested


def write_together(names: list[str], times: int) -> Program:
    """Raise all of these cells in one commit, so many times; returns the outcomes."""
    outcomes: list[str] = []
    for value in range(1, times + 1):
        found = yield _loading(names)
        outcomes.append((yield _committing(change(versions(found, names), puts=[cell(name, value) for name in names]))))
    return outcomes


def move(names: list[str], times: int) -> Program:
    """Delete the cell that exists and create the next one, in one commit, so many times; returns the outcomes."""
    outcomes: list[str] = []
    for step in range(times):
        here, there = names[step % len(names)], names[(step + 1) % len(names)]
        found = yield _loading([here])
        guards = {**versions(found, [here]), cell_at(there): None}
        gone = [key for key in (cell_at(here),) if key in found]
        outcomes.append((yield _committing(change(guards, puts=[cell(there, step + 1)], deletes=gone))))
    return outcomes


def grow(name: str, times: int) -> Program:
    """Raise a cell and append the row of that number to a chain of its name, in one commit; returns the outcomes."""
    outcomes: list[str] = []
    for count in range(1, times + 1):
        found = yield _loading([name])
        grown = change(versions(found, [name]), puts=[cell(name, count)], appends=[row(name, count, "grown")])
        outcomes.append((yield _committing(grown)))
    return outcomes


def look_together(names: list[str], last: int) -> Program:
    """Load these cells again and again until one of them shows ``last``; returns every sight that differs."""
    sights: list[list[int | None]] = [[]]
    hope = _Hope(LOOK_SECONDS)
    while last not in sights[-1] and hope:
        found = yield _loading(names)
        sight = [number(found, name) for name in names]
        if sights[-1] != sight:
            sights.append(sight)
            hope.renew()
    return sights[1:]


def look_behind(name: str, last: int) -> Program:
    """Look at a cell, its chain, the cell and the chain, until ``last``; returns every such sight that differs."""
    sights: list[list[int]] = [[]]
    hope = _Hope(LOOK_SECONDS)
    while last not in sights[-1] and hope:
        sight: list[int] = []
        for _ in range(2):
            found = yield _loading([name])
            rows = yield lambda store: store.history(name, limit=1)
            sight += [number(found, name) or 0, rows[0].number if rows else 0]
        if sights[-1] != sight:
            sights.append(sight)
            hope.renew()
    return sights[1:]


def writing(name: str, shared: str, count: int, found: Mapping[AnyKey, Loaded]) -> ChangeSet:
    """Return the ``count``-th commit of :func:`write`.

    It puts all of its cells, a mark that replaces the last one, and a shared counter, and appends a row to its chain.

    Args:
        name: Of the writer.
        shared: Name of the counter that all writers raise.
        count: 1, 2, 3, …
        found: What was loaded of the cells' keys.
    """
    cells = [f"{name}-{part}" for part in range(PARTS)]
    mark, last = f"{name}-mark-{count}", f"{name}-mark-{count - 1}"
    gone = [last] if cell_at(last) in found else []  # before the first commit there is none
    sent = change(
        {**versions(found, [*cells, shared, *gone]), cell_at(mark): None},
        puts=[
            *(cell(each, count) for each in cells),
            cell(mark, count),
            cell(shared, (number(found, shared) or 0) + 1),
        ],
        deletes=[cell_at(each) for each in gone],
    )
    return attrs.evolve(sent, appends=(row(name, count, sent.id),))


def write(name: str, shared: str) -> Program:
    """Write for ever, saying before each commit what is sent and after it what was answered."""
    count = 1
    while True:
        names = [*(f"{name}-{part}" for part in range(PARTS)), f"{name}-mark-{count - 1}", shared]
        found = yield _loading(names)
        sent = writing(name, shared, count, found)
        yield Say({"sent": wire.dump(sent), "count": count})
        outcome: Outcome = yield _committing(sent)
        yield Say({"answer": outcome, "count": count})
        count += outcome == "done"


def _loading(names: Sequence[str]) -> Callable[[Any], Any]:
    keys = [cell_at(name) for name in names]
    return lambda store: store.load(keys)


def _committing(sent: ChangeSet) -> Callable[[Any], Any]:
    return lambda store: store.commit(sent)


PROGRAMS: Final[dict[str, Callable[..., Program]]] = {
    program.__name__: program
    for program in (commit, increment, lean, write_together, look_together, move, grow, look_behind, write)
}
