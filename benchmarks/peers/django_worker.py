"""Django: what its middleware does so that a view has ``request.user``, on a SQLite file.

One operation: a ``SessionStore`` with the key of the cookie is read from the database (its data verified by their
signature), and ``django.contrib.auth.get_user`` finds the user by it, who is read from the database too. Two point
reads, nothing written. No middleware, no request and no response is part of it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from benchmarks.peers.django_site import logged_in, set_up
from benchmarks.peers.serving import serve


def main() -> None:
    """Serve."""
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder) / "django.db")
        serve(_checking())


def _checking() -> Callable[[int], float]:
    # Django's models can be imported only once it is set up.
    from django.contrib.auth import get_user  # type: ignore[import-not-found]  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # type: ignore[import-not-found]  # noqa: PLC0415

    _, key = logged_in()

    def go(operations: int) -> float:
        found: list[bool] = [False] * operations
        began = time.perf_counter()
        for number in range(operations):
            found[number] = get_user(SimpleNamespace(session=SessionStore(key))).is_authenticated
        seconds = time.perf_counter() - began
        if not all(found):
            message = "Django did not find a live session"
            raise RuntimeError(message)
        return seconds

    return go


if __name__ == "__main__":
    main()
