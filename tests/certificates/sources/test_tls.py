"""The certificate of a real handshake: what the client proved arrives byte for byte, and nothing else does."""

from __future__ import annotations

import socket
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from okmate_auth.certificates.chain import (
    LARGEST_CERTIFICATE,
    MOST_INTERMEDIATES,
    CertificateChain,
    Unreadable,
    presented,
)
from okmate_auth.certificates.sources import CertificateSource, Connection, client_certificate, peer_certificate
from okmate_auth.errors import MisuseError
from tests.certificates.sources.pki import Pki

PATIENCE_SECONDS: Final = 20
TELLS_CHAIN: Final = sys.version_info >= (3, 13)


def contexts(pki: Pki, certificate: Path | None, key: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's context that asks for certificates, and a client's with or without one."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pki.server.certificate, pki.server.key)
    server.load_verify_locations(pki.root.certificate)
    server.load_verify_locations(pki.issuing.certificate)
    server.verify_mode = ssl.CERT_OPTIONAL
    client = ssl.create_default_context(cafile=str(pki.root.certificate))
    if certificate is not None:
        client.load_cert_chain(certificate, key)
    return server, client


def over_loopback(server: ssl.SSLContext, client: ssl.SSLContext) -> CertificateChain | Unreadable | None:
    """Return what a server reads off its socket after a handshake over TCP."""

    def serve(listening: socket.socket) -> CertificateChain | Unreadable | None:
        accepted, _ = listening.accept()
        accepted.settimeout(PATIENCE_SECONDS)
        with server.wrap_socket(accepted, server_side=True) as tls:
            tls.sendall(b"!")
            found = peer_certificate(tls)
            tls.recv(1)
            return found

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as threads:
        listening.settimeout(PATIENCE_SECONDS)
        serving = threads.submit(serve, listening)
        with (
            socket.create_connection(listening.getsockname(), PATIENCE_SECONDS) as plain,
            client.wrap_socket(plain, server_hostname="localhost") as tls,
        ):
            assert tls.recv(1) == b"!"
            tls.sendall(b"!")
            return serving.result(PATIENCE_SECONDS)


def in_memory(
    server: ssl.SSLContext, client: ssl.SSLContext, session: ssl.SSLSession | None = None
) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """Return both ends of a handshake as servers on an event loop have it: without a socket, tickets delivered."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        server.wrap_bio(to_server, to_client, server_side=True),
        client.wrap_bio(to_client, to_server, server_hostname="localhost", session=session),
    )
    waiting = list(ends[::-1])
    while waiting:
        end = waiting.pop(0)
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            waiting.append(end)
    ends[0].write(b"!")
    assert ends[1].read(1) == b"!"
    return ends


def test_the_certificate_of_a_socket_arrives(pki: Pki) -> None:
    """The leaf byte for byte; what the client sent along from Python 3.13 on, and not before."""
    found = over_loopback(*contexts(pki, pki.hanako_with_ca, pki.hanako.key))
    assert found == presented(pki.hanako.der, (pki.issuing.der,) if TELLS_CHAIN else ())


def test_the_certificate_of_an_event_loop_arrives(pki: Pki) -> None:
    """``ssl.SSLObject``, which asyncio's servers have, says the same; without the anchor that ``ssl`` found."""
    server, _ = in_memory(*contexts(pki, pki.hanako_with_ca, pki.hanako.key))
    assert peer_certificate(server) == presented(pki.hanako.der, (pki.issuing.der,) if TELLS_CHAIN else ())
    server, _ = in_memory(*contexts(pki, pki.taro.certificate, pki.taro.key))
    assert peer_certificate(server) == presented(pki.taro.der)


def test_without_a_certificate_there_is_none(pki: Pki) -> None:
    """A client that is asked and shows none has proved nothing."""
    assert over_loopback(*contexts(pki, None, pki.hanako.key)) is None
    assert peer_certificate(in_memory(*contexts(pki, None, pki.hanako.key))[0]) is None


def test_a_stranger_does_not_come_in(pki: Pki) -> None:
    """``ssl`` ends the handshake with a certificate of a CA that it doesn't know; nothing is left to ask."""
    with pytest.raises(ssl.SSLError):
        in_memory(*contexts(pki, pki.stranger.certificate, pki.stranger.key))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_resumed_session_has_the_leaf_alone(pki: Pki, version: ssl.TLSVersion) -> None:
    """A session that is resumed shows the first handshake's certificate, without what came along (CE-11)."""
    server, client = contexts(pki, pki.hanako_with_ca, pki.hanako.key)
    server.maximum_version = version
    first, ours = in_memory(server, client)
    again, resumed = in_memory(server, client, ours.session)
    assert (ours.session_reused, resumed.session_reused) == (False, True)
    assert peer_certificate(first) == presented(pki.hanako.der, (pki.issuing.der,) if TELLS_CHAIN else ())
    assert peer_certificate(again) == presented(pki.hanako.der)


def test_resumption_can_be_switched_off(pki: Pki) -> None:
    """As the module says, TLS 1.3 without tickets: each connection proves the key again (A72)."""
    server, client = contexts(pki, pki.hanako_with_ca, pki.hanako.key)
    server.minimum_version = ssl.TLSVersion.TLSv1_3
    server.num_tickets = 0
    _, ours = in_memory(server, client)
    again, resumed = in_memory(server, client, ours.session)
    assert not resumed.session_reused
    assert peer_certificate(again) == presented(pki.hanako.der, (pki.issuing.der,) if TELLS_CHAIN else ())


# ------------------------------------------------------------------ what a TLS object of any version may say


@attrs.frozen
class Leaf:
    """A TLS object as before Python 3.13, or of another library."""

    leaf: Any

    def getpeercert(self, binary_form: Any) -> Any:  # noqa: ANN401 - of a table
        """Return the leaf, as DER only."""
        assert binary_form is True
        return self.leaf


@attrs.frozen
class LeafAndChain(Leaf):
    """A TLS object as from Python 3.13 on."""

    chain: Any

    def get_unverified_chain(self) -> Any:  # noqa: ANN401 - of a table
        """Return the chain; 3.13.0 fails here on a server whose client showed nothing."""
        if self.leaf is None:
            raise AttributeError
        return self.chain


SAID: Final = [
    (Leaf(None), None),
    (Leaf(b"leaf"), presented(b"leaf")),
    (LeafAndChain(None, None), None),
    (LeafAndChain(b"leaf", []), presented(b"leaf")),
    (LeafAndChain(b"leaf", [b"leaf"]), presented(b"leaf")),
    (LeafAndChain(b"leaf", [b"leaf", b"ca", b"root"]), presented(b"leaf", (b"ca", b"root"))),
    (LeafAndChain(b"leaf", [b"ca"]), presented(b"leaf", (b"ca",))),  # resumed, or left out by the library
    (LeafAndChain(b"leaf", [b"leaf", b"ca", b"leaf"]), presented(b"leaf", (b"ca",))),
    (Leaf(b"d" * LARGEST_CERTIFICATE), presented(b"d" * LARGEST_CERTIFICATE)),
    (Leaf(b"d" * (LARGEST_CERTIFICATE + 1)), Unreadable("too-large")),
    (
        LeafAndChain(b"leaf", [b"leaf", *[b"ca"] * MOST_INTERMEDIATES]),
        presented(b"leaf", (b"ca",) * MOST_INTERMEDIATES),
    ),
    (LeafAndChain(b"leaf", [b"leaf", *[b"ca"] * (MOST_INTERMEDIATES + 1)]), Unreadable("too-deep")),
    (LeafAndChain(b"leaf", [b"leaf", *[b"ca"] * 1000]), Unreadable("too-deep")),
]


@pytest.mark.parametrize(("tls", "found"), SAID)
def test_what_comes_along_is_bounded(tls: Leaf, found: CertificateChain | Unreadable | None) -> None:
    """The leaf is itself and not a hint for its own path; eight others are taken, nine refuse (A69)."""
    assert peer_certificate(tls) == found


@pytest.mark.parametrize("tls", [Leaf("leaf"), LeafAndChain(b"leaf", ["ca"])])
def test_a_tls_object_of_another_kind_is_told(tls: Leaf) -> None:
    """What gives no bytes is no TLS object."""
    with pytest.raises(MisuseError):
        peer_certificate(tls)


@pytest.mark.parametrize("found", [None, Unreadable("too-deep"), presented(b"leaf", (b"ca",))])
def test_the_source_says_what_the_handshake_said(found: CertificateChain | Unreadable | None) -> None:
    """It reads no header, whoever sends them."""
    source: CertificateSource = client_certificate
    spoofed = [(b"client-cert", b":YWJj:"), (b"x-ssl-client-cert", b"x"), (b"x-ssl-client-verify", b"SUCCESS")]
    assert source(Connection("192.0.2.7", spoofed, peer_certificate=found)) == found
