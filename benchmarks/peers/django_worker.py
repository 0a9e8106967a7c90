"""Django: what its middleware does so that a view has ``request.user``, on a SQLite file.

One operation: a ``SessionStore`` with the key of the cookie is read from the database (its data verified by their
signature), and ``django.contrib.auth.get_user`` finds the user by it, who is read from the database too. Two point
reads, nothing written. No middleware, no request and no response is part of it.

The file is kept as ours is: write-ahead log, ``synchronous=FULL``.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import django  # type: ignore[import-not-found]  # of the worker's own environment
from django.conf import settings  # type: ignore[import-not-found]  # the peer has an environment of its own

from benchmarks.peers.serving import serve


def main() -> None:
    """Serve."""
    with tempfile.TemporaryDirectory() as folder:
        _set_up(Path(folder) / "django.db")
        serve(_checking())


def _set_up(file: Path) -> None:
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": file,
                "OPTIONS": {"init_command": "pragma journal_mode=wal; pragma synchronous=full"},
            }
        },
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        SECRET_KEY=os.urandom(32).hex(),
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    django.setup()
    from django.core.management import call_command  # type: ignore[import-not-found]  # noqa: PLC0415 - after setup

    call_command("migrate", verbosity=0)


def _checking() -> Callable[[int], float]:
    # Django's models can be imported only once it is set up.
    from django.contrib.auth import get_user, login  # type: ignore[import-not-found]  # noqa: PLC0415
    from django.contrib.auth.models import User  # type: ignore[import-not-found]  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # type: ignore[import-not-found]  # noqa: PLC0415

    user = User.objects.create_user("hanako01")
    begun = SimpleNamespace(session=SessionStore(), META={}, user=user)
    login(begun, user, backend="django.contrib.auth.backends.ModelBackend")
    begun.session.save()
    key = begun.session.session_key

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
