"""The test's end of :mod:`tests.guarantees.branch`: processes that are started, told what to do, and killed."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Final, Self

import attrs

from okmate_auth.testing import Recording, wire
from tests.children import ROOT, environment
from tests.guarantees.branch import Settings

__all__ = ["Line", "Outcome", "Work", "race", "ran"]

PATIENCE_SECONDS: Final = 120.0
HEAD_START_SECONDS: Final = 0.02

Work = Sequence[tuple[str, dict[str, Any]]]


class Line:
    """A branch that was started, and the line to it; used in a ``with`` statement it is ended at the end.

    Args:
        settings: What it is made of.
        wrapper: A program, with its arguments, that it runs under.
    """

    def __init__(self, settings: Settings, wrapper: Sequence[str] = ()) -> None:
        command = [*wrapper, sys.executable, "-m", "tests.guarantees.branch", json.dumps(attrs.asdict(settings))]
        self.process = subprocess.Popen(  # noqa: S603 - ours
            command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._said: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        self.receive()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        self.process.wait(PATIENCE_SECONDS)
        self._listener.join(PATIENCE_SECONDS)

    def _listen(self) -> None:
        """Take lines off the line at once, so that a process that is to be killed never waits for us."""
        if self.process.stdout is not None:
            with self.process.stdout as lines:
                for line in lines:
                    if line.endswith(b"\n"):  # the last one may have been cut by a kill
                        self._said.put(json.loads(line))
        self._said.put(None)

    def send(self, command: dict[str, Any]) -> None:
        """Tell it what to do."""
        if self.process.stdin is not None:
            self.process.stdin.write(json.dumps(command).encode() + b"\n")
            self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """Return what it says next; a branch that says no more is an error."""
        try:
            said = self._said.get(timeout=PATIENCE_SECONDS)
        except Empty:
            said = None
        assert said is not None, "a branch says no more; its own error stands above"
        return said

    def strike(self) -> None:
        """Kill it (SIGKILL: it can't tidy up)."""
        self.process.send_signal(signal.SIGKILL)

    def last_words(self) -> list[dict[str, Any]]:
        """Return what a killed branch had said and nobody received."""
        said: list[dict[str, Any]] = []
        while (line := self._said.get(timeout=PATIENCE_SECONDS)) is not None:
            said.append(line)
        assert self.process.wait(PATIENCE_SECONDS) == -signal.SIGKILL, "it had ended by itself before it was killed"
        return said


@attrs.frozen
class Outcome:
    """What came of a race.

    Attributes:
        results: What each program returned, in the order of the work.
        hashed: How many guesses were hashed in all processes.
        recording: All commits of all processes.
    """

    results: list[Any]
    hashed: int
    recording: Recording

    @property
    def conflicts(self) -> int:
        """How many commits were refused because somebody else had been first."""
        return sum(outcome == "conflict" for _, outcome in self.recording.commits)


def race(lines: Sequence[Line], work: Work) -> Outcome:
    """Run programs at the same moment, spread evenly over the branches."""
    many = len(lines)
    go_at = time.monotonic() + HEAD_START_SECONDS  # one clock for all processes of a machine
    for place, line in enumerate(lines):
        line.send({"work": work[place::many], "go_at": go_at})
    return ran(len(work), [line.receive() for line in lines])


def ran(count: int, told: Sequence[dict[str, Any]]) -> Outcome:
    """Return the outcome of so many programs that were spread evenly, from what each branch told."""
    many = len(told)
    results: list[Any] = [None] * count
    recording, hashed = Recording(), 0
    for place, said in enumerate(told):
        results[place::many] = said["results"]
        hashed += said["hashed"]
        recording.commits += [(wire.load(change), outcome) for change, outcome in said["commits"]]
    raised = [result for result in results if isinstance(result, str)]
    assert raised == [], raised
    return Outcome(results, hashed, recording)
