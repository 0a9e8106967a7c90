"""How much a test repeats, by one setting.

``OKMATE_ROUNDS=small`` (the default) is for every run while working and in CI; ``OKMATE_ROUNDS=full`` takes the counts
that the promises are stated with (hundreds of races, of kills, of examples). Nothing else about a test may change.
"""

from __future__ import annotations

import os
from typing import Final

SETTING: Final = "OKMATE_ROUNDS"


def chosen() -> str:
    """Return ``"small"`` or ``"full"``.

    Raises:
        ValueError: The environment asks for something else; a typing mistake must not pass as a full run.
    """
    size = os.environ.get(SETTING, "small")
    if size not in {"small", "full"}:
        message = f"{SETTING} is small or full"
        raise ValueError(message)
    return size


def rounds(small: int, full: int) -> int:
    """Return the count of repetitions for this run: ``small`` or ``full``, as the environment says."""
    return full if chosen() == "full" else small
