"""``docs/deployment/nginx.conf``, run as it stands: whom it lets through, and what it tells the application."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal
from urllib.parse import quote

import attrs
import pytest

from okmate_auth.messages import text
from okmate_auth.queries import ReadHistory
from okmate_auth.records import LoginRecord
from tests.certificates import openssl
from tests.certificates.bank import CONFIRMATION, DAY, LOGIN, SERVER, Authority
from tests.deployment.browser import SAME_ORIGIN, Page, curl, fetch
from tests.deployment.host import DOCS, Host
from tests.deployment.person import CHANGE, Browsers, by_certificate, by_password

SESSION: Final = "__Host-session"
Entrance = Literal["password", "certificate"]
STS: Final = "strict-transport-security"


def stranger(login_id: str) -> openssl.Identity:
    """Return a certificate of a person's name, of a CA that nobody trusts."""
    return openssl.root("/CN=Somebody else").issue(f"/C=JP/O=Bank/CN={login_id}", label="stranger")


def addresses(host: Host, login_id: str, which: Entrance) -> set[str]:
    """Return where a person's attempts came from, as his history has it."""
    rows = host.auth.read(ReadHistory(login_id=login_id, which=which)).records
    return {row.address for row in rows if isinstance(row, LoginRecord)}


# ----------------------------------------------------------------------------------------------------------- the logins


def test_a_login_by_password(host: Host, browsers: Browsers, login_id: str) -> None:
    """The first day, the second, a logout; and the history has the address that nginx saw."""
    browser = by_password(host, browsers, login_id)
    assert browser.get("/").message == login_id
    logout = browser.post("/logout", **browser.get("/").hidden)
    assert (logout.status, logout.fields("location")) == (303, ["/login"])
    assert browser.get("/").fields("location") == ["/login?next=%2F"]
    wrong = browser.begin("--interface", "127.0.0.8", login_id=login_id, password="Wrong7wrong")
    assert (wrong.status, wrong.name) == (403, "entrance")
    assert wrong.message
    assert browser.begin(login_id=login_id, password=LOGIN).fields("location") == ["/"]
    assert browser.get("/").message == login_id
    assert addresses(host, login_id, "password") == {browser.address, "127.0.0.8"}


def test_a_login_by_certificate(host: Host, browsers: Browsers, login_id: str) -> None:
    """Certificate, password, change, result, top page; and without the certificate the session is not there."""
    browser = by_certificate(host, browsers, login_id)
    assert browser.get("/").message == login_id
    assert attrs.evolve(browser, identity=None).get("/").status == 303
    assert addresses(host, login_id, "certificate") == {browser.address}


# What is wrong with a certificate, and what is told of it; nginx itself finds fault with the last four.
BROKEN: Final[dict[str, tuple[Callable[[Authority, str], openssl.Identity | None], str]]] = {
    "none": (lambda _ca, _id: None, "no-certificate"),
    "a stranger's": (lambda _ca, who: stranger(who), "certificate-unknown-issuer"),
    "not registered": (lambda ca, who: ca.person(who, label=" again"), "certificate-unregistered"),
    "expired": (lambda ca, who: ca.person(who, start=-2 * DAY, end=-DAY), "certificate-expired"),
    "not yet valid": (lambda ca, who: ca.person(who, start=DAY, end=2 * DAY), "certificate-not-yet-valid"),
    "a server's": (lambda ca, who: ca.person(who, SERVER), "certificate-wrong-use"),
    "its own CA's": (
        lambda _ca, who: openssl.root(f"/C=JP/O=Bank/CN={who}", openssl.CLIENT),
        "certificate-unknown-issuer",
    ),
}


@pytest.mark.parametrize("which", BROKEN)
def test_of_each_certificate_its_own_reason_is_told(host: Host, browsers: Browsers, which: str) -> None:
    """Never nginx's own error page: the application's, which says what is wrong, by GET and by a form alike."""
    made, code = BROKEN[which]
    browser = browsers("certificates", made(host.authority, "nobody01"))
    first = browser.get("/login")
    told = first if first.status == 403 else browser.begin()
    assert (told.status, told.name, told.message) == (403, "entrance", text("ja", code))
    sent = browser.post("/login", **told.hidden, button="begin")
    assert (sent.status, sent.message) == (403, text("ja", code))


@pytest.mark.parametrize("path", ["/refused", "//refused", "/x/../refused", "/%72efused", "/refused?a=b", "/REFUSED"])
def test_the_page_for_nginx_s_faults_is_asked_for_by_nginx_alone(host: Host, browsers: Browsers, path: str) -> None:
    """It presents the certificate though it is got by GET: with a good one, another site's link would begin a login."""
    for at, identity in (("entrance", None), ("certificates", host.authority.person("nobody03"))):
        assert browsers(at, identity).get(path, "--path-as-is").status == 404


def test_a_good_certificate_is_no_fault_of_nginx(host: Host, browsers: Browsers) -> None:
    """Its file of CAs is whole, so that a page that was asked for is the page that comes."""
    page = browsers("certificates", host.authority.person("nobody02")).get("/login")
    assert (page.status, page.name, page.message) == (200, "entrance", "")


# ----------------------------------------------------------------------------------------------- from one to the other


def test_a_session_by_certificate_is_none_at_the_other_name(host: Host, browsers: Browsers, login_id: str) -> None:
    """Stolen cookies open nothing where no certificate is asked for, whatever certificate is claimed or shown there."""
    browser = by_certificate(host, browsers, login_id)
    stolen = "; ".join("=".join(pair) for pair in browser.cookies().items())
    assert SESSION in stolen
    for claim in ((), *claims(host, login_id)):
        for identity in (None, browser.identity):
            page = fetch(host, "entrance", "/", "-H", f"Cookie: {stolen}", *claim, identity=identity)
            assert (page.status, page.fields("location")) == (303, ["/login?next=%2F"])
    assert browser.get("/").message == login_id


def test_a_login_begins_at_its_own_name_alone(browsers: Browsers) -> None:
    """Whoever is kept out of one entrance does not begin at the other one, where nobody looks for him."""
    for at, button in (("entrance", "begin"), ("certificates", "login")):
        browser = browsers(at)
        page = browser.post("/login", **browser.get("/login").hidden, button=button)
        assert (page.status, page.name) == (400, "")


def test_a_connection_of_one_name_is_none_of_the_other(host: Host) -> None:
    """Who greets with one name and asks for the other is sent away: no certificate was asked for in that handshake."""
    page = fetch(host, "entrance", "/login", "-H", f"Host: cert.bank.example:{host.port}")
    assert page.status == 421


def test_whoever_knows_neither_name_gets_no_certificate(host: Host) -> None:
    """The handshake ends; without TLS everybody is sent to the one address, never to what he asked for."""
    assert curl("--insecure", f"https://127.0.0.1:{host.port}/login").status == 0
    for url in (f"http://127.0.0.1:{host.plain_port}/x", f"http://127.0.0.1:{host.port}/x"):
        page = curl("-H", "Host: evil.example", url)
        assert [*page.fields("location"), page.status] in (["https://bank.example/", 301], [400]), page
    for name, port in (("bank.example", host.port), ("cert.bank.example", host.port)):
        page = curl("-H", f"Host: {name}", f"http://127.0.0.1:{port}/x")
        assert (page.status, page.fields("location")) == (301, [f"https://{name}/"])


# ------------------------------------------------------------------------------------------------- what is only claimed


def claims(host: Host, login_id: str) -> list[tuple[str, ...]]:
    """Return fields that claim another address and a person's certificate, as arguments of curl, in several ways."""
    escaped = quote(host.authority.person(login_id).pem.decode("ascii"), safe="")
    ways = [
        ("X-Real-IP: 203.0.113.7", f"X-SSL-Client-Cert: {escaped}"),
        ("X-Real-IP: 203.0.113.7", "X-Real-IP: 203.0.113.8", f"X-SSL-Client-Cert: {escaped}", "X-SSL-Client-Cert: x"),
        ("X_Real_IP: 203.0.113.7", f"X_SSL_Client_Cert: {escaped}"),
        ("X-Forwarded-For: 203.0.113.7", "Forwarded: for=203.0.113.7", "X-Forwarded-Host: evil.example"),
        ("X-Real-IP: 203.0.113.7", f"X-SSL-Client-Cert: {escaped}", f"X-Proxy-Secret: {'0' * 64}"),
        (f"Client-Cert: :{escaped}:", f"Client-Cert-Chain: :{escaped}:"),
    ]
    return [tuple(word for field in fields for word in ("-H", field)) for fields in ways]


def test_what_a_client_claims_comes_to_nothing(host: Host, browsers: Browsers, login_id: str) -> None:
    """Neither an address nor a certificate is taken from a client, under any name (A53, A54)."""
    browser = by_password(host, browsers, login_id)
    nobody = browsers("certificates")
    host.register(next_id := f"{login_id}c", certificate=host.authority.person(f"{login_id}c"))
    for claim in claims(host, next_id):
        assert browser.begin(*claim, login_id=login_id, password=LOGIN).status == 303
        assert browser.get("/", *claim).message == login_id
        assert nobody.begin(*claim).message == text("ja", "no-certificate")
    assert addresses(host, login_id, "password") == {browser.address}


def test_who_reaches_the_socket_is_not_yet_nginx(host: Host, browsers: Browsers, login_id: str) -> None:
    """Past nginx, with every field that it writes but the secret, a certificate is not there; with it, it is."""
    browser = by_certificate(host, browsers, login_id)
    stolen = "; ".join("=".join(pair) for pair in browser.cookies().items())
    past = ("--unix-socket", str(host.services["certificates"].path), "-H", f"Cookie: {stolen}")
    for claim in claims(host, login_id):
        assert curl(*past, *claim, "http://localhost/").status == 303
    proven = (*claims(host, login_id)[0], "-H", f"X-Proxy-Secret: {host.secret}")
    assert curl(*past, *proven, "http://localhost/").message == login_id  # that is what nginx is


def test_another_sites_form_comes_to_nothing(host: Host, browsers: Browsers) -> None:
    """The origin that the application compares with is the one of its name, not of the field Host."""
    browser = browsers("entrance")
    hidden = browser.get("/login").hidden
    form = "&".join(f"{name}={value}" for name, value in {**hidden, "button": "login"}.items())
    for fields in (
        ("-H", "Sec-Fetch-Site: cross-site"),
        ("-H", "Origin: https://evil.example"),
        ("-H", "Origin: https://evil.example", "-H", "X-Forwarded-Host: evil.example"),
        (),
    ):
        page = browser.get("/login", "--data-raw", form, *fields)
        assert page.status == 403
        assert page.name != "entrance"
    assert browser.get("/login", "--data-raw", form, "-H", f"Origin: {host.origin('entrance')}").name == "entrance"


# -------------------------------------------------------------------------------------------------- every answer of it


def test_every_answer_says_once_that_tls_is_due(host: Host) -> None:
    """What nginx answers itself and what the application answers have exactly one Strict-Transport-Security."""
    for at in ("entrance", "certificates"):
        pages = {
            200: fetch(host, at, "/login"),
            303: fetch(host, at, "/"),
            404: fetch(host, at, "/health"),
            405: fetch(host, at, "/login", "-X", "DELETE", *SAME_ORIGIN),
            413: fetch(host, at, "/login", *SAME_ORIGIN, "--data-raw", "x" * 70_000),
        }
        assert {status: page.status for status, page in pages.items()} == {status: status for status in pages}
        assert {status: page.fields(STS) for status, page in pages.items()} == {
            status: ["max-age=31536000"] for status in pages
        }
        assert all("nginx/" not in f"{page.headers}{page.body}" for page in pages.values())
        assert all("uvicorn" not in f"{page.headers}" for page in pages.values())


def test_the_health_of_the_host_is_told_to_the_host_alone(host: Host) -> None:
    """At the socket one word, outside nothing; and no cookie is given."""
    for name, service in host.services.items():
        assert service.health() == (200, "ok")
        assert fetch(host, name, "/health").status == 404
        for path in ("/Health", "/health/", "/%68ealth", "//health", "/x/../health"):
            page = fetch(host, name, path, "--path-as-is")
            assert "ok" not in page.body.split(), (path, page)


def test_where_the_application_is_gone_a_page_says_so(host: Host) -> None:
    """502 with a page in both languages that nobody keeps; afterwards everything is as before."""
    path = host.services["entrance"].path
    gone = path.rename(path.with_suffix(".gone"))
    try:
        page = fetch(host, "entrance", "/login")
    finally:
        gone.rename(path)
    assert page.status == 502
    assert "もう一度お試しください" in page.body
    assert "Please try again" in page.body
    assert (page.fields("cache-control"), page.fields(STS)) == (["no-store"], ["max-age=31536000"])
    assert fetch(host, "entrance", "/unavailable.html").status == 404
    assert fetch(host, "entrance", "/login").status == 200


def test_no_secret_is_in_any_log(host: Host, browsers: Browsers, login_id: str) -> None:
    """Passwords, handles, tokens, cookies and the proxy's secret are sent and answered, and nobody writes them down."""
    browser, initial = browsers("entrance"), host.register(login_id)
    pages: list[Page] = [browser.get("/login"), browser.begin(login_id=login_id, password=initial)]
    pages.append(browser.go_on(pages[-1], "change", current_login_password=initial, **CHANGE))
    browser.go_on(pages[-1], "acknowledge")
    pages.append(browser.get("/"))
    browser.post("/login", "--form", "password=Wrong7wrong")  # refused, and told in no log either
    fetch(host, "entrance", "/login?next=/transfers", "-H", "Referer: https://bank.example/x")
    secrets = {initial, LOGIN, CONFIRMATION, host.secret, *browser.cookies().values()}
    secrets |= {value for page in pages for name, value in page.hidden.items() if name != "next"}
    assert len(secrets) >= 10
    log = host.logs()
    assert '"path":"/login","status":200' in log
    assert [secret for secret in secrets if secret in log] == []
    assert "transfers" not in log
    assert "Referer" not in log


# --------------------------------------------------------------------------------------------------------- the file


def test_no_location_loses_the_fields() -> None:
    """A proxy_set_header in a server or location would drop those of http, and with them what a client claims."""
    lines = (DOCS / "nginx.conf").read_text("utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if re.match(r" +server \{", line))
    assert [line for line in lines[first:] if line.strip().startswith("proxy_set_header")] == []
    assert [line for line in lines if "proxy_set_header" in line and re.match(r" {4}proxy_set_header", line)]
