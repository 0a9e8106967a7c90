"""The whole login by certificate, of real parts: openssl's CA, nginx with mutual TLS, curl, SQLite, the real time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from okmate_auth.commands import RevokeCertificate
from okmate_auth.queries import ReadHistory
from okmate_auth.records import LoginRecord
from okmate_auth.revocation.desk import LOOK_EVERY
from tests.certificates import openssl
from tests.certificates.bank import CONFIRMATION, DAY, DESK, LOGIN, SERVER, Authority, Bank, at_work, made_now, shown
from tests.certificates.browser import straight
from tests.certificates.nginx import ADDRESS, SECRET
from tests.certificates.web import SESSION

HANAKO: Final = "/C=JP/O=Bank/CN=hanako01"


def stranger() -> openssl.Identity:
    """Return a certificate of hanako's name, of a CA that nobody trusts."""
    return openssl.root("/CN=Somebody else").issue(HANAKO, label="stranger")


@pytest.fixture(scope="module")
def authority() -> Authority:
    """The bank's CA, good now."""
    return made_now()


@pytest.fixture
def bank(authority: Authority, tmp_path: Path) -> Iterator[Bank]:
    """A bank with two people, hanako01 and taro0002, whose certificates are registered."""
    with at_work(authority, tmp_path) as working:
        yield working


# ------------------------------------------------------------------------------------------------------------ the login


def test_a_first_and_a_second_day(bank: Bank) -> None:
    """Certificate, password, change, result, top page; then certificate, password, top page, by the cookie."""
    browser = bank.of("hanako01")
    step = browser.present()
    assert (step.status, step.name, step["login_id"]) == (200, "PasswordDue", "hanako01")
    step = browser.post("/password", handle=step["handle"], password=bank.initial["hanako01"])
    assert (step.status, step.name) == (200, "PasswordChangeDue")
    change = {"current": bank.initial["hanako01"], "login": LOGIN, "confirmation": CONFIRMATION}
    step = browser.post("/change", handle=step["handle"], **change)
    assert (step.status, step.name) == (200, "PasswordChangeDone")
    assert browser.get("/top").name == "login"
    assert browser.post("/acknowledge", handle=step["handle"]).status == 303
    top = browser.get("/top")
    assert (top.status, top["login_id"], top["entrance"]) == (200, "hanako01", "certificate")
    browser.post("/logout")
    assert (browser.get("/top").status, browser.get("/top").name) == (403, "login")

    step = browser.present()
    wrong = browser.post("/password", handle=step["handle"], password="Wrong7wrong")
    assert (wrong.status, wrong.name, wrong.code) == (422, "PasswordDue", "rejected")
    assert browser.post("/password", handle=wrong["handle"], password=LOGIN).status == 303
    assert browser.get("/top")["login_id"] == "hanako01"
    rows = bank.auth.read(ReadHistory(login_id="hanako01", which="certificate")).records
    told = {row.address for row in rows if isinstance(row, LoginRecord)}
    assert told == {"127.0.0.1"}  # curl's, as nginx says it, and not nginx's own


def test_nobody_comes_in_without_a_certificate(bank: Bank) -> None:
    """The page says what to do."""
    refused = bank.browser("hanako01").present()
    assert (refused.status, refused.name, refused.code) == (403, "login", "no-certificate")
    assert "電子証明書" in refused["message"]


# What is wrong with a certificate of hanako's name, and what is told of it. nginx finds fault with some of them itself,
# also with optional_no_ca, and sends them on to a page of the application's: the library's reason is told for all.
BROKEN: Final[dict[str, tuple[Callable[[Authority], openssl.Identity], str]]] = {
    "another CA's": (lambda _: stranger(), "certificate-unknown-issuer"),
    "her own CA's": (lambda _: openssl.root(HANAKO, openssl.CLIENT), "certificate-unknown-issuer"),
    "not registered": (lambda ca: ca.person("hanako01", label=" again"), "certificate-unregistered"),
    "expired": (lambda ca: ca.person("hanako01", start=-2 * DAY, end=-DAY), "certificate-expired"),
    "not yet valid": (lambda ca: ca.person("hanako01", start=DAY, end=2 * DAY), "certificate-not-yet-valid"),
    "a server's": (lambda ca: ca.person("hanako01", extensions=SERVER), "certificate-wrong-use"),
    "of no use": (lambda ca: ca.person("hanako01", extensions=openssl.CLIENT[:2]), "certificate-wrong-use"),
}


@pytest.mark.parametrize("which", BROKEN)
def test_of_each_certificate_its_own_reason_is_told(bank: Bank, which: str) -> None:
    """Whether nginx or the library found it out first; and with the right one she gets on."""
    made, code = BROKEN[which]
    browser = bank.of("hanako01").showing(shown(made(bank.authority)))
    found = [page for page in (browser.get("/"), browser.get("/top"), browser.get("/refused")) if page.code]
    assert {page.code for page in found} == {code}
    assert found[-1]["message"]
    assert bank.of("hanako01").present().name == "PasswordDue"


# -------------------------------------------------------------------------------------------------------------- revoked


def test_revoked_at_the_desk(bank: Bank) -> None:
    """The session has ended, so has a login under way, and there is no other; nobody else notices."""
    browser, other = bank.first_day("hanako01"), bank.first_day("taro0002")
    step = browser.present()
    bank.auth.submit(RevokeCertificate(login_id="hanako01", authority=DESK))
    assert browser.get("/top").status == 403
    refused = browser.post("/password", handle=step["handle"], password=LOGIN)
    assert (refused.status, refused.name, refused.code) == (403, "login", "stale")
    refused = browser.present()
    assert (refused.status, refused.code) == (403, "certificate-revoked")
    assert "失効" in refused["message"]
    assert other.get("/top")["login_id"] == "taro0002"


def test_revoked_by_its_issuer(bank: Bank) -> None:
    """The list in the file names it: that is all that happens, and it ends session, login under way and entrance."""
    browser, other = bank.first_day("hanako01"), bank.first_day("taro0002")
    step = browser.present()
    bank.publish(bank.authority.crl(2, bank.authority.person("hanako01")))
    bank.clock.ahead += LOOK_EVERY
    assert browser.get("/top").status == 403
    refused = browser.post("/password", handle=step["handle"], password=LOGIN)
    assert (refused.status, refused.code) == (403, "certificate-revoked")
    assert browser.present().code == "certificate-revoked"
    assert other.get("/top")["login_id"] == "taro0002"

    bank.publish(bank.authority.crl(1))  # the former list once more
    bank.clock.ahead += LOOK_EVERY
    assert browser.present().code == "certificate-revoked"


def test_a_list_that_nobody_renews(bank: Bank) -> None:
    """From its nextUpdate on nothing is known of anybody, and nobody comes in, until there is a new one (CE-6)."""
    bank.first_day("hanako01")
    bank.clock.ahead = 7 * DAY
    assert bank.of("hanako01").present().code == "certificate-revocation-unknown"
    bank.publish(bank.authority.crl(2, lasts=14 * DAY))
    bank.clock.ahead += LOOK_EVERY
    assert bank.of("hanako01").present().name == "PasswordDue"


# ------------------------------------------------------------------------------------- another certificate, or none


def others(bank: Bank) -> dict[str, openssl.Identity | None]:
    """Return what may be shown in the place of hanako's certificate."""
    return {
        "none": None,
        "another person's": bank.authority.person("taro0002"),
        "her next one": bank.authority.person("hanako01", label=" again"),
        "a stranger's of her name": stranger(),
    }


def test_another_certificate_in_the_middle_of_a_login(bank: Bank) -> None:
    """The same browser, the right handle and password: the login is unknown there, and goes on with hers (A26)."""
    browser = bank.first_day("hanako01")
    browser.post("/logout")
    step = browser.present()
    for other in others(bank).values():
        swapped = browser.showing(None if other is None else shown(other))
        refused = swapped.post("/password", handle=step["handle"], password=LOGIN)
        assert (refused.status, refused.name, refused.code) == (403, "login", "stale")
        assert swapped.get("/top").status == 403
    assert browser.post("/password", handle=step["handle"], password=LOGIN).status == 303


def test_a_session_needs_its_certificate_on_every_request(bank: Bank) -> None:
    """Cookies alone open nothing, nor do they with somebody else's certificate; with hers the session is there."""
    browser = bank.first_day("hanako01")
    for other in others(bank).values():
        refused = browser.showing(None if other is None else shown(other)).get("/top")
        assert (refused.status, refused.name) == (403, "login")
    assert browser.get("/top")["login_id"] == "hanako01"


# ------------------------------------------------------------------------------------------------- what is only claimed


def claims(person: openssl.Identity) -> list[tuple[str, ...]]:
    """Return fields that claim a person's certificate, as arguments of curl, one way after another."""
    escaped = quote(person.pem.decode("ascii"), safe="")
    ways = [
        (f"X-SSL-Client-Cert: {escaped}", "X-SSL-Client-Verify: SUCCESS"),
        (f"X-SSL-Client-Cert: {escaped}", f"X-SSL-Client-Cert: {escaped}"),
        (f"X_SSL_Client_Cert: {escaped}", f"X-Forwarded-For: {ADDRESS}"),
        (f"X-SSL-Client-Cert: {escaped}", "X-Proxy-Secret: guessed-guessed-guessed-guessed-"),
    ]
    return [tuple(word for field in fields for word in ("-H", field)) for fields in ways]


def test_a_claimed_certificate_comes_to_nothing_at_nginx(bank: Bank) -> None:
    """Who writes the header himself has no certificate, or his own; with stolen cookies as well (A53, A54)."""
    browser = bank.first_day("hanako01")
    thief = browser.showing(None)
    taro = bank.of("taro0002")
    for claim in claims(bank.authority.person("hanako01")):
        assert thief.present(*claim).code == "no-certificate"
        assert thief.get("/top", *claim).status == 403
        assert taro.present(*claim)["login_id"] == "taro0002"
        assert browser.showing(taro.identity).get("/top", *claim).status == 403
    assert browser.get("/top")["login_id"] == "hanako01"


def test_a_claimed_certificate_comes_to_nothing_past_nginx(bank: Bank) -> None:
    """Who reaches the application itself is not the proxy: by the secret alone, or by the address alone (A53)."""
    browser = bank.first_day("hanako01")
    stolen = browser.cookies()
    step = browser.present()
    proofs = [("-H", f"X-Proxy-Secret: {SECRET}"), ("--interface", ADDRESS), ()]
    for claim in claims(bank.authority.person("hanako01")):
        for proof in proofs:
            sent = (*claim, *proof)
            attempt = straight(bank.url, "/", stolen, *sent)["attempt"]
            assert straight(bank.url, "/present", stolen, *sent, attempt=attempt).code == "no-certificate"
            assert straight(bank.url, "/top", stolen, *sent).status == 403
            refused = straight(bank.url, "/password", stolen, *sent, handle=step["handle"], password=LOGIN)
            assert refused.code == "stale"
    assert SESSION in stolen
    both = (*claims(bank.authority.person("hanako01"))[0], "--interface", ADDRESS, "-H", f"X-Proxy-Secret: {SECRET}")
    assert straight(bank.url, "/top", stolen, *both)["login_id"] == "hanako01"  # that is what a proxy is
