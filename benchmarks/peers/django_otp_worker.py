"""django-otp: a code accepted by ``TOTPDevice.verify_token``, through Django's ORM, on a SQLite file.

One operation of ``verify``: the device is read by its id and its ``verify_token`` accepts a code (window ±1, one commit
by ``save``). That is less than ours do: no session is looked at, the seed is in the clear, nothing is guarded against
another request (a code can be accepted twice), and there is no history.

One operation of ``session``: what a view of a logged-in user does to the same end as our step-up: the session is read
from the database and the user through it, ``django_otp.match_token`` finds the device and accepts the code in a
transaction, ``django_otp.login`` notes the device in the session, which is written. Two commits.

The codes are of the real time; that a code was used is forgotten before each operation, not timed.
"""

# What this program is about is installed in an environment of its own, where mypy does not look.
# mypy: disable-error-code=import-not-found
# ruff: noqa: PLC0415 - models can be imported only when Django is set up

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.peers.codes import code_now
from benchmarks.peers.django_site import logged_in, set_up
from benchmarks.peers.serving import serve


def main(which: str) -> None:
    """Serve ``verify`` or ``session``."""
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder) / "django.db", "django_otp", "django_otp.plugins.otp_totp", transaction_mode="IMMEDIATE")
        serve(_timed({"verify": _verifying, "session": _in_session}[which]))


def _timed(operation: Callable[[Any, Any, str], bool]) -> Callable[[int], float]:
    # Django's models can be imported only once it is set up.
    from django_otp.plugins.otp_totp.models import TOTPDevice

    seed = os.urandom(20)
    user, key = logged_in()
    device = TOTPDevice.objects.create(user=user, name="hard token", key=seed.hex())

    def go(operations: int) -> float:
        seconds = 0.0
        for _ in range(operations):
            TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1)
            code = code_now(seed)
            began = time.perf_counter()
            accepted = operation(device.pk, key, code)
            seconds += time.perf_counter() - began
            if not accepted:
                message = "django-otp refused a right code"
                raise RuntimeError(message)
        return seconds

    return go


def _verifying(device: object, key: object, code: str) -> bool:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    del key
    return bool(TOTPDevice.objects.get(pk=device).verify_token(code))


def _in_session(device: object, key: object, code: str) -> bool:
    from django.contrib.auth import get_user
    from django.contrib.sessions.backends.db import SessionStore
    from django_otp import login, match_token

    request = SimpleNamespace(session=SessionStore(key))
    request.user = get_user(request)
    found = match_token(request.user, code)
    if found is None or found.pk != device:
        return False
    login(request, found)
    request.session.save()
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
