"""The one place where what a library raises over a stranger's bytes becomes a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def attempt(read: Callable[[], T]) -> T | None:
    """Return what ``read`` returns, or None where it raised because of what it read.

    Parsing is lazy in cryptography, so a name, a key or an extension can fail long after the certificate was loaded;
    and it does not name all that it raises (ValueError, UnsupportedAlgorithm, and others as versions go). A panic of
    its Rust code reaches Python as ``pyo3_runtime.PanicException``, which is no Exception, can't be imported, and is
    known by its name alone; bytes must not be able to end a process by it.

    Raises:
        BaseException: What is no failure of reading, such as KeyboardInterrupt or SystemExit, passes.
    """
    try:
        return read()
    except Exception:  # noqa: BLE001 - whatever it is, a stranger's bytes caused it
        return None
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            return None
        raise
