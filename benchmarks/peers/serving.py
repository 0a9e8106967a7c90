"""The worker's end: reads what to do, tells how long it took. Python alone, so that it runs in every environment.

::

    worker: ready
    asked:  go 20
    worker: 0.0123456
    asked:  (end of input: the worker ends)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Final

__all__ = ["READY", "serve"]

READY: Final = "ready"
_STDOUT: Final = 1
_STDERR: Final = 2


def serve(go: Callable[[int], float]) -> None:
    """Serve until standard input ends.

    Args:
        go: Does so many operations and returns how many seconds they took.

    Raises:
        ValueError: Something else than ``go n`` was asked.
    """
    with os.fdopen(os.dup(_STDOUT), "w", encoding="ascii", buffering=1) as answers:
        os.dup2(_STDERR, _STDOUT)  # what a library prints must not be taken for an answer
        print(READY, file=answers)
        for line in sys.stdin:
            word, number = line.split()
            if word != "go":
                message = "a worker is told: go n"
                raise ValueError(message)
            print(repr(go(int(number))), file=answers)
