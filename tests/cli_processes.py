"""Running the command as a process of its own, in an environment and with outputs that a test chooses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Final

SOURCE: Final = Path(__file__).parent.parent / "src"
COMMAND: Final = (sys.executable, "-m", "okmate_auth.cli")
PATIENCE_SECONDS: Final = 120

Process = subprocess.Popen[bytes]
Done = subprocess.CompletedProcess[bytes]


def environment(**variables: str) -> dict[str, str]:
    """Return an environment of nothing but these variables, and what Python and its coverage need."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("COVERAGE", "COV_"))}
    return {"PATH": os.defpath, "PYTHONPATH": str(SOURCE), **kept, **variables}


def run(*arguments: str, stdout: int | IO[bytes] = subprocess.PIPE, **variables: str) -> Done:
    """Return what a run of the command did."""
    return subprocess.run(  # noqa: S603 - our own program
        [*COMMAND, *arguments],
        check=False,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=environment(**variables),
        timeout=PATIENCE_SECONDS,
    )


def run_with_closed(redirections: str, *arguments: str) -> Done:
    """Return what a run did that began with closed outputs, such as ``>&-``."""
    return subprocess.run(  # noqa: S603 - our own program
        ["/bin/sh", "-c", f'exec "$@" {redirections}', "sh", *COMMAND, *arguments],
        check=False,
        capture_output=True,
        env=environment(),
        timeout=PATIENCE_SECONDS,
    )


def started(*arguments: str, **variables: str) -> tuple[Process, IO[bytes], IO[bytes]]:
    """Return a run that goes on, with its standard output and error.

    It hears SIGINT even where the suite itself was started in the background, which has it ignored and handed down.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(**variables)
    )
    if process.stdout is None or process.stderr is None:
        raise AssertionError
    return process, process.stdout, process.stderr
