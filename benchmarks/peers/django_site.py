"""Django as its workers need it: set up on a SQLite file, with a user who is logged in.

The file is kept as ours is: write-ahead log, ``synchronous=FULL``.
"""

# What this is about is installed in environments of its own, where mypy does not look.
# mypy: disable-error-code=import-not-found
# ruff: noqa: PLC0415 - models can be imported only when Django is set up

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django
from django.conf import settings


def set_up(file: Path, *apps: str, **options: str) -> None:
    """Set Django up, once in a process.

    Args:
        file: Of the database; made here.
        apps: What is installed besides users and sessions.
        options: Of the database, besides those that keep it as ours is.
    """
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": file,
                "OPTIONS": {"init_command": "pragma journal_mode=wal; pragma synchronous=full", **options},
            }
        },
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", *apps],
        SECRET_KEY=os.urandom(32).hex(),
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def logged_in() -> tuple[Any, str]:
    """Return a new user, and the key of the session that his login began."""
    from django.contrib.auth import login
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    user = User.objects.create_user("hanako01")
    request = SimpleNamespace(session=SessionStore(), META={}, user=user)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.save()
    return user, str(request.session.session_key)
