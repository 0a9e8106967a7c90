"""Processes that open the same store: started, set off together, and killed.

Starting an interpreter for each would take a second; so one clean process, which has opened nothing and has no thread,
imports what is needed and forks the others (:mod:`okmate_auth.testing.worker`). POSIX only.
"""

from __future__ import annotations

import inspect
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from okmate_auth.errors import MisuseError
from okmate_auth.testing.programs import Job
from okmate_auth.testing.teams import PATIENCE_SECONDS

__all__ = ["Fleet", "Processes", "Worker"]

GRACE_SECONDS: Final = 5.0
HEAD_START_SECONDS: Final = 0.004  # to hand every process its jobs before the clock strikes


class Fleet:
    """The process that others are forked from; it is started when the first one is needed.

    Args:
        subject: An instance of a class that stands at the top level of a module, made anew in each process.
    """

    def __init__(self, subject: object) -> None:
        self._kind = type(subject)
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, directory: Path) -> Worker:
        """Start a process that has the store of a directory open.

        Raises:
            MisuseError: The subject's class can't be found from another process.
        """
        return self._start({"directory": str(directory)})[0]

    def fork(self, directory: Path, *, name: str, times: int, used: bool) -> int:
        """Let a process open the store, perhaps use it, and fork; see :func:`okmate_auth.testing.worker.fork`."""
        worker, said = self._start({"directory": str(directory), "fork": {"name": name, "times": times, "used": used}})
        worker.close()
        return int(said["status"])

    def _start(self, first: dict[str, Any]) -> tuple[Worker, dict[str, Any]]:
        if self._line is None:
            self._line = self._begin()
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._line, [b"+"], [theirs.fileno()])
        worker = Worker(ours)
        try:
            worker.receive()  # its process id
            worker.send(first)
            return worker, worker.receive()
        except BaseException:
            worker.close()
            raise

    def _begin(self) -> socket.socket:
        if "<locals>" in self._kind.__qualname__:
            message = "a store contract must be a class at the top level of a module, for other processes to find it"
            raise MisuseError(message)
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "okmate_auth.testing.worker", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=_environment())  # noqa: S603 - ours
        where = {
            "module": self._kind.__module__,
            "name": self._kind.__qualname__,
            "file": inspect.getfile(self._kind),
        }
        ours.sendall(json.dumps(where).encode() + b"\n")
        return ours

    def close(self) -> None:
        """End the process."""
        if self._line is not None and self._process is not None:
            self._line.close()
            self._process.wait(PATIENCE_SECONDS)


def _environment() -> dict[str, str]:
    """Return this process's environment with its import path, so that the other finds the same modules."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


class Worker:
    """A process that has the store open and does what it is told."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._ended = False
        self._said: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        threading.Thread(target=self._listen, name="okmate-kit-listener", daemon=True).start()
        self.pid: int | None = None  # until it has said it; 0 would mean this whole process group

    def _listen(self) -> None:
        """Take lines off the line at once, so that a process that is to be killed never waits for us."""
        with self._line.makefile("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):  # the last one may have been cut by a kill
                    self._said.put(json.loads(line))
        self._said.put(None)

    def send(self, command: dict[str, Any]) -> None:
        """Tell it what to do."""
        self._line.sendall(json.dumps(command).encode() + b"\n")

    def receive(self) -> dict[str, Any]:
        """Return what it says next.

        Raises:
            AssertionError: It said nothing for a minute, ended, or reports an error.
        """
        try:
            said = self._next(PATIENCE_SECONDS)
        except Empty:
            said = {"error": f"nothing for {PATIENCE_SECONDS} seconds"}
        if said is not None and "pid" in said:
            self.pid = int(said["pid"])
        if said is None or "error" in said:
            message = f"a process that uses the store says: {'nothing more' if said is None else said['error']}"
            raise AssertionError(message)
        return said

    def kill(self) -> list[dict[str, Any]]:
        """Kill it (SIGKILL: it can't tidy up) and return what it had said and nobody received."""
        if self.pid is not None and not self._ended:
            os.kill(self.pid, signal.SIGKILL)
        said = self._rest(PATIENCE_SECONDS)
        self._line.close()
        return said

    def close(self) -> None:
        """Let it close its store and end; kill it if it has other things to do."""
        if not self._ended:
            self._line.shutdown(socket.SHUT_WR)
            try:
                self._rest(GRACE_SECONDS)
            except Empty:
                self.kill()
        self._line.close()

    def _rest(self, patience: float) -> list[dict[str, Any]]:
        """Return everything up to its end."""
        said: list[dict[str, Any]] = []
        while (line := self._next(patience)) is not None:
            said.append(line)
        return said

    def _next(self, patience: float) -> dict[str, Any] | None:
        if self._ended:
            return None
        line = self._said.get(timeout=patience)
        self._ended = line is None
        return line


class Processes:
    """Contenders spread evenly over processes, in each of which they are threads or tasks."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers

    def run(self, jobs: Sequence[Job]) -> list[Any]:
        """Start all jobs at the same moment and return their results in the same order."""
        many = len(self._workers)
        go_at = time.monotonic() + HEAD_START_SECONDS  # one clock for all processes of a machine
        for place, worker in enumerate(self._workers):
            names = [[job.name, job.arguments] for job in jobs[place::many]]
            worker.send({"jobs": names, "go_at": go_at})
        results: list[Any] = [None] * len(jobs)
        for place, worker in enumerate(self._workers):
            results[place::many] = worker.receive()["results"]
        return results
