"""Serving: two listeners on the loopback interface, one event loop, one authenticator.

Rule 1. Sockets are bound before anything is made or printed: a port that is taken is told at once.
Rule 2. The address of a connection is the TCP peer's; no header may change it (``proxy_headers=False``).
Rule 3. It ends in order: no new connections, what is under way goes to its end, then the store is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from typing import Final

import attrs
import uvicorn
from starlette.types import ASGIApp

from okmate_auth.demo.bank import app, tls
from okmate_auth.demo.bank.folder import Bank
from okmate_auth.demo.bank.service import running
from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import Clock
from okmate_auth.shells.setup import utc_now
from okmate_auth.web.asgi.certificates import CertificateH11Protocol

__all__ = ["Ports", "bound", "serve"]

_V4: Final = "127.0.0.1"
_V6: Final = "::1"
_BACKLOG: Final = 128
_KEEP_ALIVE_SECONDS: Final = 20
_ENDING_SECONDS: Final = 5
_LARGEST_HEAD: Final = 32 * 1024  # bytes of a request's line and fields
_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MOST_AT_ONCE: Final = 200  # requests under way; more are told 503 by the server


@attrs.frozen
class Ports:
    """The sockets of both listeners.

    Attributes:
        entrance: Those of the first: no certificate is asked for.
        certificate: Those of the second.
    """

    entrance: tuple[socket.socket, ...]
    certificate: tuple[socket.socket, ...]

    @property
    def numbers(self) -> tuple[int, int]:
        """The two ports."""
        return _number(self.entrance), _number(self.certificate)

    def close(self) -> None:
        """Give the ports back."""
        for one in (*self.entrance, *self.certificate):
            one.close()


def bound(port: int) -> Ports:
    """Return sockets on the loopback interface, at a port and the one after it.

    Args:
        port: 1 to 65534; 0: two that are free.

    Raises:
        ConfigurationError: One is taken, or may not be used.
    """
    entrance = _bound(port)
    try:
        return Ports(entrance, _bound(port + 1 if port else 0))
    except ConfigurationError:
        for one in entrance:
            one.close()
        raise


def _bound(port: int) -> tuple[socket.socket, ...]:
    v4 = _listening(socket.AF_INET, _V4, port)
    try:
        return v4, _listening(socket.AF_INET6, _V6, v4.getsockname()[1])
    except _NoSuchFamily:
        return (v4,)  # a machine without IPv6: the names lead to the other one
    except ConfigurationError:
        v4.close()
        raise


class _NoSuchFamily(Exception):  # noqa: N818 - leaves this module never
    """The machine has no loopback interface of this kind."""


def _listening(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    try:
        one = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        raise _NoSuchFamily from None
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind((host, port))
        one.listen(
            _BACKLOG
        )  # at once: only then nobody else can have the port; who comes before the bank is open waits
    except OSError as error:
        one.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise _NoSuchFamily from None
        message = f"--port: {port} can't be used: it is taken, or not for everybody; name another"
        raise ConfigurationError(message) from None
    return one


async def serve(
    bank: Bank,
    ports: Ports,
    *,
    profile: Profile = OKMATE,
    clock: Clock = utc_now,
    started: Callable[[Callable[[], None]], None] = lambda stop: None,  # noqa: ARG005 - nobody wants to know
) -> None:
    """Serve a bank until it is told to stop: by a signal in the main thread, or by what ``started`` was given.

    Args:
        bank: On the disk.
        ports: Bound; they are closed at the end.
        profile: The bank's rules.
        clock: This machine's time.
        started: Called once connections are accepted, with a function that stops it, to be called in the loop's thread.
    """
    stopping = asyncio.Event()
    try:
        async with running(bank, profile=profile, clock=clock) as service:
            entrance, certificate = app.entrances(service, *ports.numbers)
            servers = (
                (_Server(_config(entrance, tls.not_asking(bank.server))), ports.entrance),
                (
                    _Server(_config(certificate, tls.asking(bank.server, bank.authority.certificate_pem))),
                    ports.certificate,
                ),
            )
            async with asyncio.TaskGroup() as tasks:
                for server, sockets in servers:
                    tasks.create_task(server.serve(sockets=[*sockets]))
                with _signals(stopping.set):
                    for server, _ in servers:
                        await server.ready.wait()
                    started(stopping.set)
                    await stopping.wait()
                for server, _ in servers:
                    server.should_exit = True
    finally:
        ports.close()


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs several of them, and says when it listens.

    Attributes:
        ready: Set once it accepts connections.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready: Final = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield


def _config(application: ASGIApp, context: ssl.SSLContext) -> uvicorn.Config:
    config = uvicorn.Config(
        application,
        http=CertificateH11Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_ENDING_SECONDS,
        h11_max_incomplete_event_size=_LARGEST_HEAD,
    )
    config.load()
    config.ssl = context  # one of our own: what uvicorn makes can't leave the time of a client's certificate to us
    return config


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Generator[None, None, None]:
    """Have signals stop the service, where this is the thread that gets them."""
    loop, mine = asyncio.get_running_loop(), threading.current_thread() is threading.main_thread()
    for number in _ENDINGS if mine else ():
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in _ENDINGS if mine else ():
            loop.remove_signal_handler(number)


def _number(sockets: tuple[socket.socket, ...]) -> int:
    port: int = sockets[0].getsockname()[1]
    return port
