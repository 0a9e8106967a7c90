"""A process of its own in which many log in at once; it tells how much memory that took.

One operation is one login, all of a turn's at the same time: :class:`okmate_auth.PasswordLogin` through
``AsyncAuthenticator`` on a SQLite file, each of another login ID that nobody has, from another address and browser.
Such a login costs what everybody's does, hash included. Told is how far the peak of the process's resident memory lay
above what it held when it was ready, after a first login; times the number of operations, since a turn's figure is
divided by that.

Whoever waits longer than the pool lets him is told :class:`okmate_auth.Busy`; on a slow machine some are.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.peers.serving import serve
from okmate_auth import OKMATE, AsyncAuthenticator, Busy, Client, PasswordLogin, Refused
from okmate_auth.hashing import HashingPool
from okmate_auth.storage import AsyncSQLiteStore
from okmate_auth.testing.keys import unsafe_keys

_CLEAR: Final = Path("/proc/self/clear_refs")
_STATUS: Final = Path("/proc/self/status")
_FORGET_THE_PEAK: Final = "5"  # proc(5)


def resident(field: str) -> int:
    """Return ``VmRSS`` or ``VmHWM`` of this process in bytes."""
    for line in _STATUS.read_text("ascii").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024
    message = f"{_STATUS} has no {field}"
    raise OSError(message)


def main(slots: str) -> None:
    """Serve."""
    with tempfile.TemporaryDirectory(prefix="okmate-benchmark-") as folder, asyncio.Runner() as runner:
        pool = HashingPool(OKMATE.kdf, slots=int(slots))
        store = AsyncSQLiteStore(Path(folder) / "bank.db")
        auth = AsyncAuthenticator(store, profile=OKMATE, keys=unsafe_keys(), pool=pool)
        numbers = itertools.count()

        async def one() -> Busy | Refused:
            number = next(numbers)
            client = Client(f"192.0.{number // 250 % 250}.{number % 250}", "Firefox", browser=auth.new_token())
            reply = await auth.submit(
                PasswordLogin(f"nobody{number:06}", "Zk4mwQ8xp", attempt=auth.new_token(), client=client)
            )
            if isinstance(reply, Busy) or (isinstance(reply, Refused) and reply.code == "rejected"):
                return reply
            message = f"nobody was answered with {reply!r}"
            raise RuntimeError(message)

        async def all_of(logins: int) -> list[Busy | Refused]:
            return await asyncio.gather(*(one() for _ in range(logins)))

        runner.run(all_of(1))
        gc.collect()
        before = resident("VmRSS")

        def go(operations: int) -> float:
            _CLEAR.write_text(_FORGET_THE_PEAK, "ascii")
            replies = runner.run(all_of(operations))
            if sum(isinstance(reply, Refused) for reply in replies) < min(operations, 2 * int(slots)):
                message = "not more were hashed than the pool has slots"
                raise RuntimeError(message)
            return float((resident("VmHWM") - before) * operations)

        serve(go)
        runner.run(auth.close())


if __name__ == "__main__":
    main(*sys.argv[1:])
