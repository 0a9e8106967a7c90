"""privacyIDEA: a code accepted by ``check_token_list``, its library's own way to judge one, on a SQLite file.

One operation, within an application context of its own, as each request has one (or the objects of the request before
would answer): the token is read by its serial number with ``get_tokens``, and ``check_token_list`` accepts a code:
TOTP, window ±1, the seed decrypted, counter, drift and statistics written. No HTTP, no audit row, no user store and no
policy is part of it, all of which its server adds. It logs errors only.

The file is kept as ours is: write-ahead log, ``synchronous=FULL``. The codes are of the real time; that a code was used
is forgotten before each operation, not timed.
"""

# What this program is about is installed in an environment of its own, where mypy does not look.
# mypy: disable-error-code=import-not-found

from __future__ import annotations

import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from privacyidea.app import create_app
from privacyidea.lib.token import (
    check_token_list,
    get_tokens,
    init_token,
)
from privacyidea.models import db
from sqlalchemy import event

from benchmarks.peers.codes import DIGITS, STEP_SECONDS, code_now
from benchmarks.peers.serving import serve

SERIAL = "TK000001"


def main() -> None:
    """Serve."""
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder))
        seed = os.urandom(20)
        with app.app_context():
            event.listen(db.engine, "connect", _as_durable_as_ours)
            db.create_all()
            token = init_token(
                {
                    "type": "totp",
                    "serial": SERIAL,
                    "otpkey": seed.hex(),
                    "timeStep": str(STEP_SECONDS),
                    "otplen": DIGITS,
                    "hashlib": "sha1",
                }
            )
            token.write_tokeninfo("timeWindow", STEP_SECONDS)  # in seconds: one step on either side
            db.session.commit()
        serve(lambda operations: _taken(app, seed, operations))


def _taken(app: Any, seed: bytes, operations: int) -> float:  # noqa: ANN401 - untyped
    seconds = 0.0
    for _ in range(operations):
        with app.app_context():
            (token,) = get_tokens(serial=SERIAL)
            token.set_otp_count(0)
            token.write_tokeninfo("timeShift", 0)
            db.session.commit()
        code = code_now(seed)
        began = time.perf_counter()
        with app.app_context():
            accepted, _ = check_token_list(get_tokens(serial=SERIAL), code)
        seconds += time.perf_counter() - began
        if not accepted:
            message = "privacyIDEA refused a right code"
            raise RuntimeError(message)
    return seconds


def _app(folder: Path) -> Any:  # noqa: ANN401 - untyped
    (folder / "enckey").write_bytes(os.urandom(96))
    settings = {
        "SECRET_KEY": os.urandom(32).hex(),
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/privacyidea.db",
        "PI_ENCFILE": str(folder / "enckey"),
        "PI_PEPPER": os.urandom(16).hex(),
        "PI_LOGLEVEL": logging.ERROR,
        "PI_LOGFILE": str(folder / "privacyidea.log"),
        "PI_NODE_UUID": "00000000-0000-4000-8000-000000000001",
        "PI_BASE_URL": "https://localhost",
    }
    file = folder / "pi.cfg"
    file.write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()), "utf-8")
    return create_app("production", str(file), silent=True)


def _as_durable_as_ours(connection: Any, record: object) -> None:  # noqa: ANN401 - a driver's connection
    del record
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")


if __name__ == "__main__":
    main()
