"""Standard output and standard error as they really are: closed, full, read by nobody, in some encoding."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable

__all__ = ["can_show", "complain", "give_up", "prepare", "write"]


def prepare() -> None:
    """Have characters that the encoding lacks shown as escapes, instead of failing at them."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)  # what tests put there has none
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def can_show(text: str) -> bool:
    """Say whether standard output's encoding has all characters of a text."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def write(line: str) -> None:
    """Print a line at once: whoever reads it may want to act on it before the next one."""
    print(line, flush=True)


def complain(reason: str) -> None:
    """Print a reason to standard error; where that is closed, too, the exit code has to do."""
    with contextlib.suppress(OSError, ValueError):
        print(f"okmate-auth: {reason}", file=sys.stderr or io.StringIO())


def give_up() -> None:
    """Send what is still to be written nowhere, or Python would complain about it once more at its end."""
    with contextlib.suppress(OSError, ValueError):  # no descriptor: nothing to give up
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
