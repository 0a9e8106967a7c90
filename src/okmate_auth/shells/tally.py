"""Counting what is turned away unjudged, in this process: a flood against a locked account stays off the disk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

MOST_COUNTS: Final = 10_000
"""Locks and sources that are counted at most; the one that was quiet longest starts again at 1."""


class Tally:
    """A bounded count by what is counted; thread-safe."""

    def __init__(self, most: int = MOST_COUNTS) -> None:
        self._most: Final = most
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def next(self, of: str) -> int:
        """Return the how-many-th this is, from 1."""
        with self._lock:
            number = self._counts.get(of, 0) + 1
            self._counts[of] = number
            self._counts.move_to_end(of)
            while len(self._counts) > self._most:
                self._counts.popitem(last=False)
            return number
