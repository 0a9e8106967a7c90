"""Programs of the tests' own, each in an interpreter of its own, which finds the same modules."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["BARE", "ROOT", "environment", "run", "started"]

ROOT: Final = Path(__file__).parent.parent
BARE: Final = {"PYTHONPATH": os.pathsep.join([*sys.path, str(ROOT)])}
"""An environment of nothing but the import path."""


def environment() -> dict[str, str]:
    """Return this process's environment with its import path."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def run(program: str, *arguments: str, env: Mapping[str, str] | None = None, timeout: float | None = None) -> str:
    """Run a program to its end and return what it printed; its failure is the test's."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=timeout,
    ).stdout


def started(program: str, *arguments: str, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """Return a program that goes on, with its standard input and output."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
