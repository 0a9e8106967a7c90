"""W1, W2: logins through a real server, and those who are logged in meanwhile.

The server is a process of its own (:mod:`benchmarks.web_server`): uvicorn with TLS 1.3 on loopback, the ASGI adapter,
``AsyncSQLiteStore`` on disk at ``synchronous=FULL``, the profile's own Argon2 in a pool of two slots. Its people are
six who log in again and again, and one who is logged in. Who makes them log in (:mod:`benchmarks.web_load`) is another
process, at lower priority than anything of the server's, with six connections that stay open.

``W1-logins``: so many logins, each the entrance's page and its form, right up to the redirect, against as many hashes
by two threads of a bare pool with two slots: 1.111 is nine tenths of its throughput. What is beyond the hash takes
processors from it: TLS twice, HTTP twice, forms, two commits, and the work of whoever asks.

``W2-latency``: how long a request of whoever is logged in takes, whose session is looked for in the store: the 99th
percentile of a turn while the six log in, against the same while nobody does. Requests are 5 ms apart, on a connection
that is open, from this process at its usual priority; so what is told is what the server's hashing does to it.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import attrs

from benchmarks.contest import Benchmark, Contest, Side, UnavailableError
from benchmarks.hashing import SLOTS, hashing, percentile
from benchmarks.peers.process import ROOT, worker
from benchmarks.web_client import PASSENGER, PEOPLE, Line, log_in
from benchmarks.web_setup import CERTIFICATE, make_certificate
from okmate_auth import OKMATE
from okmate_auth.hashing import HashingPool

__all__ = ["ROWS", "Served", "served"]

APART_SECONDS: Final = 0.005
_END_SECONDS: Final = 30.0
_BACKLOG: Final = 64
_PERCENT: Final = 99
_THROUGHPUT: Final = 1.111  # 1 / 0.9
_LATENCY: Final = 3.0


@attrs.frozen
class Served:
    """A server at work.

    Attributes:
        port: Where it listens on loopback.
        certificate: File of its certificate, by which it is verified.
    """

    port: int
    certificate: Path

    def line(self) -> Line:
        """Return a new connection to it."""
        return Line(self.port, self.certificate)


@contextmanager
def served() -> Generator[Served, None, None]:
    """Run the server until the block ends; it is yielded when its people are registered and it answers.

    Raises:
        UnavailableError: uvicorn or Starlette is not installed, or there are fewer than two processors.
        OSError: It ended, or did not answer in time.
    """
    for needed in ("uvicorn", "starlette"):
        if importlib.util.find_spec(needed) is None:
            message = f"{needed} is not installed: pip install -e '.[dev]'"
            raise UnavailableError(message)
    if (os.cpu_count() or 1) < SLOTS:
        message = "two hashes at once need two processors"
        raise UnavailableError(message)
    with tempfile.TemporaryDirectory(prefix="okmate-benchmark-") as folder:
        make_certificate(Path(folder))
        with socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) as listening:
            port, descriptor = int(listening.getsockname()[1]), listening.fileno()
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "benchmarks.web_server", folder, str(descriptor), str(port)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                pass_fds=[descriptor],
            )
        with process:  # the socket is the server's alone by now: where it ends, whoever waits is told
            try:
                server = Served(port, Path(folder) / CERTIFICATE)
                _until_it_answers(server)
                yield server
            finally:
                process.terminate()
                try:
                    process.wait(_END_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()


def _until_it_answers(server: Served) -> None:
    """Wait: a connection waits in the socket's queue until there is somebody to make the handshake."""
    with closing(server.line()) as line:
        status, _, _ = line.request("GET", "/login")
    if status != 200:  # noqa: PLR2004 - HTTP's number
        message = "the server does not answer as it should"
        raise RuntimeError(message)


@contextmanager
def load(server: Served) -> Generator[Side, None, None]:
    """Yield what makes people log in, in a process of its own: so many logins by six at once."""
    command = (sys.executable, "-m", "benchmarks.web_load", str(server.port), server.certificate)
    with worker(command) as logging_in:
        yield logging_in


def _looking(line: Line) -> Side:
    """Return a side that tells the percentile as if each operation, a request, had taken as long."""

    def go(operations: int) -> float:
        taken: list[float] = []
        for _ in range(operations):
            time.sleep(APART_SECONDS)
            began = time.perf_counter()
            status, _, body = line.request("GET", "/")
            taken.append(time.perf_counter() - began)
            if status != 200 or PASSENGER.encode() not in body:  # noqa: PLR2004 - HTTP's number
                message = "somebody who is logged in did not see the top page"
                raise RuntimeError(message)
        return percentile(taken, _PERCENT) * operations

    return go


def _meanwhile(looking: Side, logging_in: Side) -> Side:
    """Return a side that looks while people log in, from before its first request to after its last."""

    def go(operations: int) -> float:
        over, failed = threading.Event(), []

        def keep_logging_in() -> None:
            try:
                while not over.is_set():
                    logging_in(len(PEOPLE))
            except Exception as error:  # noqa: BLE001 - told by the thread that waits
                failed.append(error)

        thread = threading.Thread(target=keep_logging_in)
        thread.start()
        try:
            time.sleep(10 * APART_SECONDS)  # hashing is under way
            told = looking(operations)
        finally:
            over.set()
            thread.join()
        if failed:
            message = "nobody logged in while the server was watched"
            raise RuntimeError(message) from failed[0]
        return told

    return go


@contextmanager
def _logins() -> Generator[Contest, None, None]:
    with served() as server, load(server) as logging_in, closing(HashingPool(OKMATE.kdf, slots=SLOTS)) as pool:
        yield {"server": logging_in, "pool": hashing(pool, SLOTS)}


@contextmanager
def _latency() -> Generator[Contest, None, None]:
    with served() as server, load(server) as logging_in, closing(server.line()) as line:
        log_in(line, PASSENGER)
        looking = _looking(line)
        yield {"hashing": _meanwhile(looking, logging_in), "idle": looking}


_ENGINE: Final = f"uvicorn, TLS, SQLite FULL, {OKMATE.kdf.memory_kib // 1024} MiB, {SLOTS} slots"
_ROW: Final = partial(Benchmark, engine=_ENGINE, rounds=20)

ROWS: Final = (
    _ROW(
        name="W1-logins",
        what="logins through a server / hashes of a bare pool (>= 0.9 x throughput)",
        open=_logins,
        budget=_THROUGHPUT,
        operations=100,
    ),
    _ROW(
        name="W2-latency",
        what="a request in a session, p99, while logins hash / while idle",
        open=_latency,
        budget=_LATENCY,
        operations=400,
    ),
)
