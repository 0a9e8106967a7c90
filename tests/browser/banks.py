"""Demo banks: each in a process of its own, on free ports, in a folder of the test's, with a clock that is moved."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, Protocol

import attrs

from okmate_auth.demo.bank.folder import kept
from okmate_auth.demo.bank.handout import Handout
from okmate_auth.demo.bank.server import bound, serve
from okmate_auth.records.history import Entrance
from okmate_auth.shells.setup import utc_now
from tests.shows import FAST

HOST: Final = "localhost"
_PATIENCE_SECONDS: Final = 60

# A server that forks: what takes a second to import is imported once for all banks.
_PROCESSES: Final = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


class _Number(Protocol):
    """A number that processes share."""

    value: float


@attrs.frozen(kw_only=True)
class Bank:
    """A demo bank that is served.

    Attributes:
        folder: Where it is kept.
        handout: What its visitors are handed.
        origins: Of its entrances, by method.
    """

    folder: Path
    handout: Handout
    origins: dict[Entrance, str]
    _ahead: _Number

    def url(self, path: str = "/", method: Entrance = "password") -> str:
        """Return the address of a page."""
        return f"{self.origins[method]}{path}"

    def now(self) -> datetime:
        """Return the bank's time."""
        return utc_now() + timedelta(seconds=self._ahead.value)

    def wait(self, **time: int) -> None:
        """Let time pass for the bank."""
        self._ahead.value += timedelta(**time).total_seconds()

    def code(self, serial: str) -> str:
        """Return what a token shows, one minute later than before, so that it is a new code each time."""
        self.wait(minutes=1)
        return self.handout.token(serial).code(self.now())

    def initial(self, login_id: str) -> str:
        """Return somebody's initial password."""
        return self.handout.initial[login_id].reveal()


def opened(folder: Path) -> Path:
    """Open a bank that nobody visited yet, and return its folder; tests take copies of it."""
    kept(folder, FAST, utc_now)
    return folder


@contextmanager
def served(folder: Path) -> Generator[Bank, None, None]:
    """Serve the bank of a folder."""
    ahead = _PROCESSES.RawValue("d", 0.0)  # the test alone writes it
    ours, its = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_run, args=(folder, its, ahead))
    process.start()
    its.close()
    try:
        assert ours.poll(_PATIENCE_SECONDS)
        ports: tuple[int, int] = ours.recv()
        methods: tuple[Entrance, Entrance] = ("password", "certificate")
        yield Bank(
            folder=folder,
            handout=Handout.from_json((folder / "handout.json").read_text("utf-8")),
            origins={method: f"https://{HOST}:{port}" for method, port in zip(methods, ports, strict=True)},
            ahead=ahead,
        )
    finally:
        ours.close()
        process.terminate()  # as a signal would end the command
        process.join(_PATIENCE_SECONDS)
        assert process.exitcode == 0
        process.close()


def done() -> None:
    """End the server that forks and wait for it: what it measured of coverage is on the disk then."""
    server: Any = vars(forkserver)["_forkserver"]
    server._stop()


def _run(folder: Path, told: Connection, ahead: _Number) -> None:
    def clock() -> datetime:
        return utc_now() + timedelta(seconds=ahead.value)

    bank, ports = kept(folder, FAST, clock), bound(0)

    def started(stop: Callable[[], None]) -> None:
        del stop  # a signal does it
        told.send(ports.numbers)

    asyncio.run(serve(bank, ports, profile=FAST, clock=clock, started=started))
