"""``docs/deployment/nginx.conf``: how much a client may ask for, how slowly, and what of TLS is not offered."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from okmate_auth.hashing.pool import MAX_WAITING
from okmate_auth.shells.setup import POOL_WAIT_SECONDS
from okmate_auth.storage.sqlite import DEFAULT_TIMEOUT_SECONDS
from okmate_auth.web.forms import MOST_BYTES
from tests.certificates.nginx import PATIENCE_SECONDS
from tests.certificates.sources.pki import installed
from tests.deployment.browser import SAME_ORIGIN, Page, fetch
from tests.deployment.host import DOCS, NAMES, Host

NGINX: Final = (DOCS / "nginx.conf").read_text("utf-8")
SERVICE: Final = (DOCS / "bank@.service").read_text("utf-8")
COMMITS: Final = 2  # of a login: the one that takes a place, the one that settles it
HASH_SECONDS: Final = 1
BURST: Final = 40


def directive(name: str) -> str:
    """Return what the one directive of a name says."""
    (value,) = re.findall(rf"^ *{name} +([^;]+);", NGINX, re.MULTILINE)
    return str(value)


def seconds(name: str) -> int:
    """Return how long the one directive of a name says."""
    return int(directive(name).removesuffix("s"))


def secured(
    host: Host, address: str, *, name: str = NAMES["entrance"], protocols: tuple[str, ...] = ()
) -> ssl.SSLSocket:
    """Return a connection by TLS to one of the names."""
    context = ssl.create_default_context(cafile=str(host.authorities))
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # as from Python 3.13 on
    if protocols:
        context.set_alpn_protocols(list(protocols))
    plain = socket.create_connection(("127.0.0.1", host.port), PATIENCE_SECONDS, (address, 0))
    return context.wrap_socket(plain, server_hostname=name)


def answered(connection: ssl.SSLSocket, address: str) -> http.client.HTTPConnection:
    """Return a client of HTTP on a connection."""
    client = http.client.HTTPConnection(address)
    client.sock = connection
    return client


# -------------------------------------------------------------------------------------------------------------- bodies


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_may_be_as_long_as_a_form(host: Host, address: str, chunked: bool, tmp_path: Path) -> None:  # noqa: FBT001 - pytest's
    """Up to the bound the application refuses it, above nginx does; nothing was written to the disk on the way."""
    as_chunks = ("-H", "Transfer-Encoding: chunked") if chunked else ()

    def sent(size: int) -> Page:
        body = tmp_path / str(size)
        body.write_bytes(b"password=".ljust(size, b"x"))
        words = (*SAME_ORIGIN, *as_chunks, "--interface", address, "--data-binary", f"@{body}")
        return fetch(host, "entrance", "/login", *words)

    statuses = {size: sent(size).status for size in (MOST_BYTES - 1, MOST_BYTES, MOST_BYTES + 1, 10**7)}
    assert statuses == {MOST_BYTES - 1: 403, MOST_BYTES: 403, MOST_BYTES + 1: 413, 10**7: 413}
    assert "temporary file" not in host.logs()
    assert [file for file in (host.folder / "nginx").rglob("*") if file.is_file()] == []


SLOW: Final = {
    "no head": b"",
    "half a head": b"GET /login HTTP/1.1\r\nHost: bank.example\r\n",
    "no body": b"POST /login HTTP/1.1\r\nHost: bank.example\r\nContent-Length: 9\r\n\r\n",
    "half a body": b"POST /login HTTP/1.1\r\nHost: bank.example\r\nContent-Length: 9\r\n\r\npass",
}


def test_who_sends_slowly_is_dropped(host: Host, address: str) -> None:
    """After five seconds, without an answer or with one of refusal; the application never hears of it."""

    def dropped(begun: bytes) -> float:
        with secured(host, address) as connection:
            connection.sendall(begun)
            began = time.monotonic()
            try:
                told = connection.recv(1024)
            except ConnectionResetError:  # reset_timedout_connection
                told = b""
            assert not told or told.startswith(b"HTTP/1.1 408")
            return time.monotonic() - began

    before = host.logs().count('"status":408')
    with ThreadPoolExecutor(len(SLOW)) as threads:
        waited = dict(zip(SLOW, threads.map(dropped, SLOW.values()), strict=True))
    assert seconds("client_header_timeout") == seconds("client_body_timeout") == 5
    assert {which: 4 < duration < 12 for which, duration in waited.items()} == dict.fromkeys(SLOW, True)
    assert host.logs().count('"status":408') - before == len(SLOW) - 1  # who says nothing at all makes no line


# ---------------------------------------------------------------------------------------------------------------- work


def test_an_address_may_ask_for_so_much_work(host: Host, address: str) -> None:
    """A burst of forms passes, then a page says to wait; looking is not counted, nor is anybody else's address."""

    def statuses(method: str, times: int, place: str) -> list[int]:
        found = []
        with secured(host, place) as connection:
            client = answered(connection, NAMES["entrance"])
            for _ in range(times):
                client.request(method, "/nothing", headers={"Sec-Fetch-Site": "same-origin"})
                answer = client.getresponse()
                body = answer.read().decode()
                assert (answer.status == 429) == ("もう一度お試しください" in body)
                found.append(answer.status)
        return found

    assert set(statuses("GET", 2 * BURST, address)) == {404}
    sent = statuses("POST", 4 * BURST, address)
    assert sent[:BURST] == [404] * BURST
    assert 429 in sent[BURST:]
    assert statuses("GET", 1, address) == [404]
    assert statuses("POST", 1, "127.0.3.1") == [404]


def test_the_bounds_fit_to_each_other() -> None:
    """What nginx waits for and holds is no less than what the application may need, and is told in its place."""
    assert directive("client_max_body_size") == f"{MOST_BYTES // 1024}k"
    assert directive("client_body_buffer_size") == f"{2 * MOST_BYTES // 1024}k"
    longest = POOL_WAIT_SECONDS + COMMITS * DEFAULT_TIMEOUT_SECONDS + HASH_SECONDS
    assert seconds("proxy_read_timeout") > longest
    graceful = int(re.findall(r"--timeout-graceful-shutdown (\d+)", SERVICE)[0])
    stop = int(re.findall(r"^TimeoutStopSec=(\d+)$", SERVICE, re.MULTILINE)[0])
    assert longest < graceful < stop
    assert int(re.findall(r"burst=(\d+)", NGINX)[0]) == BURST < MAX_WAITING


# ----------------------------------------------------------------------------------------------------------------- TLS


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
@pytest.mark.parametrize("at", NAMES)
def test_nothing_is_resumed(host: Host, at: str, version: str, tmp_path: Path) -> None:
    """Whoever keeps a session makes a whole handshake all the same, and proves the key anew (CE-11, A72)."""
    identity = host.authority.person("nobody03")
    program = installed("openssl", "it keeps sessions")
    kept = tmp_path / "session"
    shown = ("-cert", str(identity.certificate), "-key", str(identity.key))
    words = (program, "s_client", "-connect", f"127.0.0.1:{host.port}", "-servername", NAMES[at], version, *shown)
    asked = f"GET /login HTTP/1.1\r\nHost: {NAMES[at]}\r\nConnection: close\r\n\r\n".encode()

    def handshake(*more: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own words
            [*words, "-ign_eof", *more], input=asked, capture_output=True, check=False, timeout=PATIENCE_SECONDS
        )
        return done.stdout.decode("utf-8", "replace")

    assert "\nNew, TLSv1." in handshake("-sess_out", str(kept))
    if kept.exists():  # TLS 1.2 gives a session an id all the same; TLS 1.3 may give none
        assert "\nNew, TLSv1." in handshake("-sess_in", str(kept))


def test_one_connection_is_of_one_name(host: Host, address: str) -> None:
    """HTTP/2 is not spoken, so no browser takes a connection of one name for the other; nor is TLS below 1.2."""
    with secured(host, address, protocols=("h2", "http/1.1")) as connection:
        assert connection.selected_alpn_protocol() in {None, "http/1.1"}
        assert connection.version() == "TLSv1.3"
    assert directive("ssl_protocols") == "TLSv1.2 TLSv1.3"
