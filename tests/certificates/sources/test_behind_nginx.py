"""Sources behind a real nginx, with a real curl: what TLS proved arrives, and nothing that was only claimed."""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import attrs
import pytest

from okmate_auth.certificates.chain import CertificateChain, Unreadable, presented
from okmate_auth.certificates.sources import (
    CertificateSource,
    ClientCertHeaders,
    DeclaredPeer,
    DeclaredPeers,
    NginxHeader,
)
from tests.certificates.nginx import ADDRESS, PATIENCE_SECONDS, SECRET, Front, Settings, curl, front
from tests.certificates.sources.pki import Identity, Pki, installed
from tests.certificates.upstream import Answer, Request, listening

PEERS: Final = DeclaredPeers([DeclaredPeer(networks=[ADDRESS], secret=SECRET)])
SOURCE: Final = NginxHeader(PEERS)
NARROWED: Final = NginxHeader(PEERS, verdict_header="X-SSL-Client-Verify")
RFC9440: Final = ClientCertHeaders(PEERS)

Found = CertificateChain | Unreadable | None


@attrs.frozen
class Behind:
    """nginx, and what the sources behind it found, request by request.

    Attributes:
        nginx: The proxy.
        straight: The URL of the server behind it, past the proxy.
        found: What each source found of each request, in the order of the sources.
    """

    nginx: Front
    straight: str
    found: list[tuple[Found, ...]]

    def seen(self, *arguments: str, identity: Identity | None = None) -> tuple[Found, ...]:
        """Return what the sources find of one request through nginx."""
        assert self.nginx.get(*arguments, identity=identity) == (200, b"seen")
        return self.found.pop()

    def seen_straight(self, *arguments: str) -> tuple[Found, ...]:
        """Return what they find of a request that goes past nginx."""
        assert curl(*arguments, self.straight) == (200, b"seen")
        return self.found.pop()


def nginx_of(pki: Pki, folder: Path, url: str, settings: Settings | None = None) -> AbstractContextManager[Front]:
    """Return nginx with the bank's CAs."""
    authorities = pki.root.certificate, pki.issuing.certificate
    return front(folder, url, server=pki.server, authorities=authorities, settings=settings)


@contextmanager
def behind(
    folder: Path,
    pki: Pki,
    *sources: CertificateSource,
    settings: Settings | None = None,
    context: ssl.SSLContext | None = None,
) -> Iterator[Behind]:
    """Run nginx in front of some sources."""
    found: list[tuple[Found, ...]] = []

    def look(request: Request) -> Answer:
        found.append(tuple(source(request.connection) for source in sources))
        return Answer(200, b"seen")

    with listening(look, context=context) as url, nginx_of(pki, folder, url, settings) as nginx:
        yield Behind(nginx, url, found)


@pytest.fixture(scope="module")
def usual(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """Nginx as the documentation has it, in front of the source for it, the narrowed one and RFC 9440's."""
    with behind(tmp_path_factory.mktemp("nginx"), pki, SOURCE, NARROWED, RFC9440) as running:
        yield running


# ------------------------------------------------------------------------------------------------------ what TLS proved


def test_the_certificate_arrives_byte_for_byte(usual: Behind, pki: Pki) -> None:
    """Of each person their own, in the format that nginx has."""
    for person in (pki.hanako, pki.taro, pki.hanako):
        chain = presented(person.der)
        assert usual.seen(identity=person) == (chain, chain, None)


def test_without_a_certificate_there_is_none(usual: Behind) -> None:
    """A client that shows none has none, and is served."""
    assert usual.seen() == (None, None, None)


def test_a_strangers_certificate_is_ours_to_judge(usual: Behind, pki: Pki) -> None:
    """With optional_no_ca nginx lets it through, and a bank that wants nginx's verdict too has it refused (A57)."""
    chain = presented(pki.stranger.der)
    assert usual.seen(identity=pki.stranger) == (chain, Unreadable("malformed"), None)


def test_a_stranger_is_turned_away_by_optional(pki: Pki, tmp_path: Path) -> None:
    """With optional nginx answers 400 itself; people of its CA and people without certificate come through."""
    with behind(tmp_path, pki, SOURCE, NARROWED, settings=Settings(verify="optional")) as running:
        assert running.nginx.get(identity=pki.stranger)[0] == 400
        assert running.found == []
        assert running.seen(identity=pki.hanako) == (presented(pki.hanako.der),) * 2
        assert running.seen() == (None, None)


# ------------------------------------------------------------------------------------------------- what is only claimed


def claims(pki: Pki) -> list[list[str]]:
    """Return fields by which a client claims to be taro, as arguments of curl, one way after another."""
    escaped = quote(pki.taro.pem, safe="")
    sequence = f":{base64.b64encode(pki.taro.der).decode()}:"
    ways = [
        [f"X-SSL-Client-Cert: {escaped}"],
        [f"x-ssl-client-cert: {escaped}"],
        [f"X-SSL-Client-Cert: {escaped}", f"X-SSL-Client-Cert: {escaped}"],
        [f"X_SSL_Client_Cert: {escaped}"],
        [f"X-SSL-Client_Cert: {escaped}", "X_SSL_Client_Verify: SUCCESS"],
        [f"X-SSL-Client-Cert: {escaped}", "X-SSL-Client-Verify: SUCCESS"],
        [f"X-SSL-Client-Cert: {escaped}", "X-Proxy-Secret: guessed-guessed-guessed-guessed-"],
        [f"Client-Cert: {sequence}"],
        [f"Client-Cert: {sequence}", f"Client-Cert-Chain: {sequence}"],
        [f"CLIENT-CERT: {sequence}", f"client-cert: {sequence}"],
        [f"Client_Cert: {sequence}"],
        [f"X-Forwarded-For: {ADDRESS}", f"X-Real-IP: {ADDRESS}", f"Client-Cert: {sequence}"],
    ]
    return [[word for field in fields for word in ("-H", field)] for fields in ways]


def test_nothing_claimed_comes_through_nginx(usual: Behind, pki: Pki) -> None:
    """A client that writes the fields itself is who its certificate says, or nobody without one (A53, A54)."""
    chain = presented(pki.hanako.der)
    for fields in claims(pki):
        assert usual.seen(*fields) == (None, None, None)
        assert usual.seen(*fields, identity=pki.hanako) == (chain, chain, None)


def test_nothing_claimed_is_believed_past_nginx(usual: Behind, pki: Pki) -> None:
    """Whoever reaches the server without the proxy is nobody, also with the proxy's secret: it is not there (A53)."""
    for fields in claims(pki):
        assert usual.seen_straight(*fields) == (None, None, None)
        assert usual.seen_straight(*fields, "-H", f"X-Proxy-Secret: {SECRET}") == (None, None, None)


def test_from_the_proxys_address_the_secret_is_missing(usual: Behind, pki: Pki) -> None:
    """A process on the proxy's own host has its address and not its secret; with it, it would be the proxy (A53)."""
    there = ("--interface", ADDRESS)
    for fields in claims(pki):
        assert usual.seen_straight(*there, *fields) == (None, None, None)
    as_nginx = (*there, *claims(pki)[5], "-H", f"X-Proxy-Secret: {SECRET}")
    assert usual.seen_straight(*as_nginx) == (presented(pki.taro.der), presented(pki.taro.der), None)


def test_a_look_alike_that_nginx_lets_through_is_refused(pki: Pki, tmp_path: Path) -> None:
    """With underscores_in_headers on, a second name of the field refuses the first, true one (A54)."""
    settings = Settings(http="underscores_in_headers on;")
    with behind(tmp_path, pki, SOURCE, settings=settings) as running:
        alias = ("-H", f"X_SSL_Client_Cert: {quote(pki.taro.pem, safe='')}")
        assert running.seen(*alias, identity=pki.hanako) == (Unreadable("malformed"),)
        assert running.seen(*alias) == (Unreadable("malformed"),)
        assert running.seen("-H", "X_Proxy_Secret: x", identity=pki.hanako) == (None,)
        assert running.seen(identity=pki.hanako) == (presented(pki.hanako.der),)


def test_folded_and_raw_fields_are_refused(usual: Behind, pki: Pki) -> None:
    """What curl would not send, sent by hand from the proxy's address with its secret: folded over two lines (A54)."""
    escaped = quote(pki.taro.pem, safe="").encode()
    port = int(usual.straight.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS, (ADDRESS, 0)) as plain:
        plain.sendall(
            b"GET / HTTP/1.1\r\nX-Proxy-Secret: "
            + SECRET.encode()
            + b"\r\nX-SSL-Client-Cert: "
            + escaped[:90]
            + b"\r\n "
            + escaped[90:]
            + b"\r\n\r\n"
        )
        assert plain.makefile("rb").read().endswith(b"seen")
    assert usual.found.pop() == (Unreadable("malformed"), Unreadable("malformed"), None)


# --------------------------------------------------------------------------------------------------------- other proofs


def test_a_unix_socket_is_a_proof(pki: Pki, tmp_path: Path) -> None:
    """Behind a socket of its own nginx needs no secret; the same request on a port is nobody's."""
    path = tmp_path / "s"
    source = NginxHeader(DeclaredPeers([DeclaredPeer(unix_socket=str(path))]))
    found: list[Found] = []

    def look(request: Request) -> Answer:
        found.append(source(request.connection))
        return Answer(200)

    with listening(look, unix_socket=path) as url, nginx_of(pki, tmp_path, url) as nginx:
        assert nginx.get(identity=pki.hanako) == (200, b"")
        assert nginx.get(*claims(pki)[0]) == (200, b"")
    assert found == [presented(pki.hanako.der), None]
    with listening(look) as url:
        assert curl(*claims(pki)[0], url) == (200, b"")
    assert found[2:] == [None]


def test_the_certificate_of_nginx_is_a_proof(pki: Pki, tmp_path: Path) -> None:
    """Where nginx speaks mutual TLS with the server, its own certificate proves it; a person's does not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.server.certificate, pki.server.key)
    context.load_verify_locations(pki.root.certificate)
    context.load_verify_locations(pki.issuing.certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    fingerprint = presented(pki.proxy.der)
    assert isinstance(fingerprint, CertificateChain)
    source = NginxHeader(DeclaredPeers([DeclaredPeer(networks=[ADDRESS], certificate=fingerprint.fingerprint)]))
    settings = Settings(
        location=f"proxy_ssl_certificate {pki.proxy.certificate}; proxy_ssl_certificate_key {pki.proxy.key};"
    )
    with behind(tmp_path, pki, source, settings=settings, context=context) as running:
        assert running.seen(identity=pki.hanako) == (presented(pki.hanako.der),)
        assert running.seen(*claims(pki)[0]) == (None,)
        for person, expected in ((pki.taro, None), (pki.proxy, presented(pki.taro.der))):
            shown = "--cert", str(person.certificate), "--key", str(person.key), "--cacert", str(pki.root.certificate)
            assert running.seen_straight("--interface", ADDRESS, *shown, *claims(pki)[0]) == (expected,)


# ----------------------------------------------------------------------------------------------------------- resumption


def reused(pki: Pki, nginx: Front, version: ssl.TLSVersion) -> bool:
    """Say whether nginx resumes the session of a client that showed hanako's certificate."""
    context = ssl.create_default_context(cafile=str(pki.root.certificate))
    context.load_cert_chain(pki.hanako.certificate, pki.hanako.key)
    context.maximum_version = version

    def asked(session: ssl.SSLSession | None) -> tuple[ssl.SSLSession | None, bool | None]:
        with (
            socket.create_connection(("127.0.0.1", nginx.port), PATIENCE_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname="localhost", session=session) as tls,
        ):
            tls.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert tls.makefile("rb").read().endswith(b"seen")
            return tls.session, tls.session_reused

    return bool(asked(asked(None)[0])[1])


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("resumes", [True, False])
def test_nothing_is_resumed_with_the_documented_settings(
    pki: Pki, tmp_path: Path, version: ssl.TLSVersion, *, resumes: bool
) -> None:
    """As nginx comes, a resumed session brings the certificate again; as the documentation has it, none is (A72)."""
    with behind(tmp_path, pki, SOURCE, settings=Settings(resumes=resumes)) as running:
        assert reused(pki, running.nginx, version) is resumes
        assert running.found == [(presented(pki.hanako.der),)] * 2


# ---------------------------------------------------------------------------------------------------- a missing program


@pytest.mark.parametrize(("everywhere", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_program_is_told(
    monkeypatch: pytest.MonkeyPatch, everywhere: str, outcome: Callable[..., BaseException]
) -> None:
    """CI fails where a program is not there; another machine says what is skipped, and why."""
    monkeypatch.setenv("CI", everywhere)
    with pytest.raises(outcome, match="no-such-program is"):  # type: ignore[call-overload]  # either of two classes
        installed("no-such-program", "it is needed for nothing")
