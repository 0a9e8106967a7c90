"""Our end of a worker: starts it, asks it, ends it."""

from __future__ import annotations

import contextlib
import select
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from benchmarks.contest import Side
from benchmarks.peers.serving import READY

__all__ = ["ROOT", "WorkerError", "worker"]

ROOT: Final = Path(__file__).parents[2]
PATIENCE_SECONDS: Final = 300.0
"""How long one answer may take: more than any turn does."""
_END_SECONDS: Final = 10.0


class WorkerError(Exception):
    """A worker ended, said something else than it should, or nothing for too long."""


@contextmanager
def worker(command: Sequence[str | Path], *, patience: float = PATIENCE_SECONDS) -> Generator[Side, None, None]:
    """Start a worker, and yield it as a side once it is ready; it is ended at the end.

    Args:
        command: Program and arguments; it runs in the root of the repository. What it says on standard error is seen.
        patience: In seconds, for one answer.

    Raises:
        WorkerError: See there.
    """
    with subprocess.Popen(  # noqa: S603 - our own program
        [str(part) for part in command], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        try:
            if process.stdin is None or process.stdout is None:  # never: both are pipes
                raise WorkerError
            asking, answers = process.stdin, process.stdout
            greeting = _line(process, answers, patience)
            if greeting != READY:
                message = f"a worker says {READY!r} first"
                raise WorkerError(message)

            def go(operations: int) -> float:
                with contextlib.suppress(BrokenPipeError):  # it ended: reading tells
                    asking.write(f"go {operations}\n".encode("ascii"))
                return _seconds(_line(process, answers, patience))

            yield go
            asking.close()
            process.wait(_END_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()


def _line(process: subprocess.Popen[bytes], answers: IO[bytes], patience: float) -> str:
    ready, _, _ = select.select([answers], [], [], patience)
    if not ready:
        message = f"a worker said nothing for {patience:.0f} s"
        raise WorkerError(message)
    line = answers.readline().decode("ascii", "replace").strip()
    if not line:
        code = process.wait(_END_SECONDS)
        message = f"a worker ended with exit code {code}"
        raise WorkerError(message)
    return line


def _seconds(answer: str) -> float:
    try:
        return float(answer)
    except ValueError:
        message = "a worker answers with a number of seconds"
    raise WorkerError(message)
