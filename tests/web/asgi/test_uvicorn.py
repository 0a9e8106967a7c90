"""The adapter behind uvicorn itself: TLS, clients' certificates, slow and endless bodies, addresses in headers."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import uvicorn

from okmate_auth.certificates import TrustAnchors
from okmate_auth.certificates.sources import client_certificate
from okmate_auth.commands import RegisterCertificate, RegisterCompany, RegisterUser
from okmate_auth.replies import UserRegistered
from okmate_auth.revocation import CertificateDesk, Trust
from okmate_auth.web import Callers, WebRules
from okmate_auth.web.asgi.certificates import CertificateH11Protocol, CertificateHttpToolsProtocol
from tests.certificates import openssl
from tests.certificates.bank import DAY, Authority, chain, made_now, shown
from tests.web.asgi.serving import Served, asking, served
from tests.web.asgi.site import DESK, LOGIN, Site

PROTOCOLS: Final = (CertificateH11Protocol, CertificateHttpToolsProtocol)
Serve = Callable[..., AbstractContextManager[Served]]


@pytest.fixture(scope="module")
def authority() -> Authority:
    """The bank's CA, and a server's certificate."""
    return made_now()


@pytest.fixture(params=PROTOCOLS)
def serve(request: pytest.FixtureRequest, authority: Authority, tmp_path: Path) -> Serve:
    """Serves a site, on each of uvicorn's parsers; arguments of the site by name, others are uvicorn's."""
    crl = tmp_path / "issuing.crl"
    crl.write_bytes(authority.crl(1))
    desk = CertificateDesk(Trust(anchors=TrustAnchors((authority.issuing.der,)), files=(crl,)))

    def site(origin: str, form_seconds: float) -> Site:
        rules = WebRules(origins=[origin], top="/top", callers=Callers(certificates=client_certificate), hsts_seconds=0)
        made = Site(rules, form_seconds=form_seconds, certificates=desk)
        made.clock.set(authority.now)
        return made

    def start(form_seconds: float = 10.0, **options: Any) -> AbstractContextManager[Served]:  # noqa: ANN401 - uvicorn's own
        protocol: type[asyncio.Protocol] = request.param
        return served(partial(site, form_seconds=form_seconds), authority, protocol, **options)

    return start


@pytest.fixture
def at(serve: Serve) -> Iterator[Served]:
    """A site that answers."""
    with serve() as answering:
        yield answering


def client_of(http: httpx2.Client) -> dict[str, Any]:
    """Return what the site knows of a client."""
    page = http.get("/client")
    assert page.status_code == 200
    found: dict[str, Any] = page.json()
    return found


def test_each_connection_has_its_own_certificate(at: Served, authority: Authority) -> None:
    """Of three clients at once each is seen with its own, or none, on the first request and on every later one."""
    people = [authority.person("hanako01"), authority.person("taro0002")]
    clients = [at.client(shown(person)) for person in people] + [at.client(None)]
    expected = [chain(person).fingerprint for person in people] + [None]
    for _ in range(3):  # in turns, over connections that stay open
        assert [client_of(client)["certificate"] for client in clients] == expected


def test_a_certificate_of_nobody_we_ask_ends_the_connection(at: Served, authority: Authority) -> None:
    """Python refuses it before the application runs: there is no page, and no request without a certificate instead."""
    start, end = authority.now - DAY, authority.now + DAY
    nobody = openssl.root("/C=JP/O=Nobody/CN=Root", start=start, end=end)
    person = nobody.issue("/C=JP/O=Bank/CN=hanako01", openssl.CLIENT, label="nobody's", start=start, end=end)
    with pytest.raises((httpx2.NetworkError, httpx2.ProtocolError)):
        at.client(shown(person)).get("/client")
    assert client_of(at.client(None))["certificate"] is None


def test_an_expired_certificate_is_the_library_s_to_tell(serve: Serve, authority: Authority) -> None:
    """By default Python ends the connection; told to leave the dates alone, it shows the certificate."""
    person = authority.person("hanako01", label="expired", start=-3 * DAY, end=-DAY)
    with serve() as at, pytest.raises((httpx2.NetworkError, httpx2.ProtocolError)):
        at.client(shown(person)).get("/client")

    def without_dates(_: uvicorn.Config, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
        context = asking(default(), authority)
        context.verify_flags |= 0x200000
        return context

    with serve(ssl_context_factory=without_dates) as at:
        assert client_of(at.client(shown(person)))["certificate"] == chain(person).fingerprint


def test_no_header_is_a_certificate(at: Served, authority: Authority) -> None:
    """Whatever a client without one writes under whatever name."""
    pem = authority.person("hanako01").certificate.read_text("ascii").replace("\n", "%0A")
    http = at.client(None)
    for name in ("X-SSL-Client-Cert", "Client-Cert", "okmate_auth.peer_certificate", "state"):
        assert http.get("/client", headers={name: pem}).json()["certificate"] is None


def test_a_login_by_certificate_goes_from_the_button_to_the_top_page(at: Served, authority: Authority) -> None:
    """Certificate, password, change, result; and the session is there for requests with that certificate alone."""
    bank = at.bank
    bank.submit(RegisterCompany(company="C0002", name="証明書商事", authority=DESK, method="certificate"))
    user = bank.submit(RegisterUser(login_id="hanako01", company="C0002", authority=DESK))
    assert isinstance(user, UserRegistered)
    assert user.initial_password is not None
    person = authority.person("hanako01")
    bank.submit(RegisterCertificate(login_id="hanako01", certificate=chain(person), authority=DESK))
    origin = {"Origin": f"https://localhost:{at.port}"}

    def step(http: httpx2.Client, button: str, hidden: dict[str, str], **entered: str) -> httpx2.Response:
        return http.post("/login/step", data={"button": button, **hidden, **entered}, headers=origin)

    stranger = at.client(None)
    refused = step(stranger, "begin", stranger.get("/login").json()["hidden"])
    assert (refused.status_code, refused.json()["code"]) == (403, "no-certificate")

    http, initial = at.client(shown(person)), user.initial_password.reveal()
    page = step(http, "begin", http.get("/login").json()["hidden"]).json()
    assert page["step"] == "PasswordDue"
    page = step(http, "password", page["hidden"], password=initial).json()
    assert page["step"] == "PasswordChangeDue"
    new = {"new_login_password": LOGIN, "new_confirmation_password": "Zk4mmmQ8x"}
    page = step(http, "change", page["hidden"], current_login_password=initial, **new).json()
    end = step(http, "acknowledge", page["hidden"])
    assert (end.status_code, end.headers["location"]) == (303, "/top")
    assert http.get("/top").json()["login_id"] == "hanako01"

    thief = at.client(None)
    thief.cookies.update(http.cookies)
    assert thief.get("/top").status_code == 303


def raw(at: Served, *lines: str) -> ssl.SSLSocket:
    """Return a connection on which the head of a form was sent, without its body."""
    connection = at.tls()
    head = (
        "POST /survey HTTP/1.1",
        f"Host: localhost:{at.port}",
        f"Origin: https://localhost:{at.port}",
        "Content-Type: application/x-www-form-urlencoded",
        *lines,
    )
    connection.sendall("\r\n".join([*head, "", ""]).encode())
    return connection


def answer(connection: ssl.SSLSocket) -> str:
    """Return everything that is answered, up to the connection's end."""
    parts: list[bytes] = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts).decode()


def test_a_form_that_trickles_in_is_refused_in_time(serve: Serve) -> None:
    """408, and the connection is closed: nobody keeps a place by sending a byte now and then."""
    with serve(form_seconds=0.3) as at:
        connection = raw(at, "Content-Length: 1000")
        connection.sendall(b"a=1")
        told = answer(connection)
        assert told.startswith("HTTP/1.1 408 ")
        assert "connection: close" in told.lower()


def test_a_form_that_says_it_is_huge_is_refused_unread(at: Served) -> None:
    """413 to the head alone, and the connection is closed."""
    told = answer(raw(at, f"Content-Length: {10**10}"))
    assert told.startswith("HTTP/1.1 413 ")


def test_a_form_that_never_ends_is_refused_on_its_way(at: Served) -> None:
    """In chunks, without a length: 413 at 64 KiB; what is sent on finds a closed connection."""
    connection = raw(at, "Transfer-Encoding: chunked")
    for sent in count():
        assert sent < 100_000
        try:
            connection.sendall(b"1000\r\n" + b"a" * 4096 + b"\r\n")
        except OSError:
            break
        if sent == 32:  # 128 KiB
            assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")
            break


def test_who_goes_away_in_a_form_is_no_error(at: Served, caplog: pytest.LogCaptureFixture) -> None:
    """The connection is cut in the middle of a body: no traceback fills the log, the next client is served."""
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            connection = raw(at, "Content-Length: 1000")
            connection.sendall(b"a=1")
            connection.close()
        assert client_of(at.client(None))["same"]
    assert caplog.records == []


def test_a_header_is_not_an_address(at: Served) -> None:
    """Without ``proxy_headers`` the address is TCP's, whatever a client on this host writes."""
    fields = {"X-Forwarded-For": "203.0.113.5", "X-Real-IP": "203.0.113.5", "Forwarded": "for=203.0.113.5"}
    assert at.client(None).get("/client", headers=fields).json()["address"] == "127.0.0.1"


def test_a_server_that_takes_addresses_from_headers_is_found_out(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """With its own ``proxy_headers`` uvicorn believes a stranger: the first such request is an error that says why."""
    with serve(proxy_headers=True) as at:
        http = at.client(None)
        assert http.get("/client").status_code == 200
        assert http.get("/client", headers={"X-Forwarded-For": "203.0.113.5"}).status_code == 500
    assert "proxy_headers=False" in caplog.text


def test_a_cookie_in_two_fields_is_not_there(at: Served) -> None:
    """The server hands fields on as they came: the same name in two of them is nobody's token."""
    connection = at.tls()
    cookie = f"Cookie: __Host-browser={'B' * 43}"
    head = ("GET /client HTTP/1.1", f"Host: localhost:{at.port}", "Connection: close", cookie, cookie, "", "")
    connection.sendall("\r\n".join(head).encode())
    assert "set-cookie: __Host-browser=" in answer(connection)


def test_a_page_that_is_not_there_has_the_fields_of_a_page(at: Served) -> None:
    """404 is a page like any other: not kept, not framed."""
    page = at.client(None).get("/nowhere")
    assert (page.status_code, page.headers["cache-control"]) == (404, "no-store")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
