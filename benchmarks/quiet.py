"""Whether anybody else was at work on this machine while something was measured.

Turns cancel much of it, not all: where every processor is busy, whoever waited for the disk waits for a processor as
well (4 ms at 250 ticks a second, where the fsync itself takes 0.2), so that rows at ``synchronous=FULL`` come to look
like 1.0. A figure taken then is told with a warning, and is to be taken again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import attrs

__all__ = ["TOO_MUCH", "Watch", "processor_seconds"]

TOO_MUCH: Final = 0.2
"""Processors' worth of others' work, in the mean."""
_STAT: Final = Path("/proc/stat")
_IDLE: Final = (3, 4)  # idle, and waiting for the disk: proc(5)
_COUNTED: Final = 8  # what follows is counted in these already


def processor_seconds(stat: str) -> float:
    """Return for how long all processors together have worked since the start, as ``/proc/stat`` says."""
    ticks = [int(field) for field in stat.split("\n", 1)[0].split()[1 : _COUNTED + 1]]
    return sum(tick for place, tick in enumerate(ticks) if place not in _IDLE) / os.sysconf("SC_CLK_TCK")


def _all() -> float | None:
    try:
        return processor_seconds(_STAT.read_text("ascii"))
    except OSError:
        return None


def _own() -> float:
    """Return for how long this process, and those it started that have ended, have worked."""
    return sum(os.times()[:4])


@attrs.define
class Watch:
    """Looks at what others do, from when it is made.

    Args:
        everything: Returns the work of all processors in seconds; None where that can't be known.
        own: Returns our own.
        clock: Returns the time in seconds.
    """

    everything: Callable[[], float | None] = _all
    own: Callable[[], float] = _own
    clock: Callable[[], float] = time.monotonic
    _began: tuple[float | None, float, float] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Look for the first time."""
        self._began = self.everything(), self.own(), self.clock()

    def others(self) -> float | None:
        """Return how many processors others kept busy since then, in the mean; None where that can't be known."""
        everything, own, began = self._began
        now = self.everything()
        if everything is None or now is None:
            return None
        return max(0.0, (now - everything - (self.own() - own)) / max(self.clock() - began, 1e-9))
