"""A bank's site behind uvicorn itself: TLS on loopback, certificates of clients, in this process."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import attrs
import httpx2
import uvicorn

from tests.certificates.bank import Authority
from tests.certificates.sources.pki import Identity
from tests.web.asgi.site import Bank, Site

PATIENCE_SECONDS: Final = 20


@attrs.frozen(kw_only=True)
class Served:
    """A site that answers on a port.

    Attributes:
        bank: The bank, and its desk.
        port: On loopback.
        client: Makes what speaks HTTP for a browser: with a certificate, or without.
        tls: A connection for what no browser sends.
    """

    bank: Bank
    port: int
    client: Callable[[Identity | None], httpx2.Client]
    tls: Callable[[], ssl.SSLSocket]


@contextmanager
def served(
    site: Callable[[str], Site],
    authority: Authority,
    protocol: type[asyncio.Protocol],
    **options: Any,  # noqa: ANN401 - uvicorn's own
) -> Generator[Served]:
    """Serve a site, as long as it is wanted.

    Args:
        site: Makes it, for an origin.
        authority: Whose server certificate it has, and of whom it asks certificates.
        protocol: Which of uvicorn's protocol classes.
        options: Others of uvicorn's configuration.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as stack:
        port: int = listening.getsockname()[1]
        made = site(f"https://localhost:{port}")
        server = uvicorn.Server(
            uvicorn.Config(
                made.app,
                **{
                    "http": protocol,
                    "lifespan": "off",
                    "log_config": None,
                    "proxy_headers": False,
                    "ssl_certfile": authority.server.certificate,
                    "ssl_keyfile": authority.server.key,
                    "ssl_context_factory": lambda _, default: asking(default(), authority),
                    "timeout_graceful_shutdown": 1,
                    **options,
                },
            )
        )
        loop = stack.enter_context(_running(server, listening))

        def run(function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - whatever the function takes and returns
            return asyncio.run_coroutine_threadsafe(function(*arguments), loop).result(PATIENCE_SECONDS)

        def client(identity: Identity | None = None) -> httpx2.Client:
            context = ssl.create_default_context(cafile=str(authority.root))
            if identity is not None:
                context.load_cert_chain(identity.certificate, identity.key)
            return stack.enter_context(
                httpx2.Client(verify=context, base_url=f"https://localhost:{port}", timeout=PATIENCE_SECONDS)
            )

        def tls() -> ssl.SSLSocket:
            context = ssl.create_default_context(cafile=str(authority.root))
            plain = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
            return stack.enter_context(context.wrap_socket(plain, server_hostname="localhost"))

        stack.callback(run, made.auth.close)
        bank = Bank(made, run, client)
        bank.open()
        yield Served(bank=bank, port=port, client=client, tls=tls)


def asking(context: ssl.SSLContext, authority: Authority) -> ssl.SSLContext:
    """Ask for certificates of the bank's CA, and resume nothing (A72)."""
    for trusted in (authority.root, authority.issuing.certificate):
        context.load_verify_locations(trusted)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0
    return context


@contextmanager
def _running(server: uvicorn.Server, listening: socket.socket) -> Generator[asyncio.AbstractEventLoop]:
    """Run a server in a thread with an event loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(sockets=[listening]),))
    thread.start()
    try:
        pause = threading.Event()
        for _ in range(PATIENCE_SECONDS * 100):
            if server.started or not thread.is_alive():
                break
            pause.wait(0.01)
        assert server.started
        yield loop
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        loop.close()
