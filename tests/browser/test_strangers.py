"""Cookies that are forged, doubled or gone, certificates that are not good: a page that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from playwright.sync_api import Error, Route, expect

from okmate_auth import messages
from okmate_auth.demo.bank.authority import Authority
from okmate_auth.demo.bank.people import TARO
from tests.browser.banks import Bank
from tests.browser.visitors import Visitor
from tests.browser.ways import log_in, to_code

pytestmark = pytest.mark.browser

SESSION: Final = "__Host-password-session"
BROWSER: Final = "__Host-password-browser"
FORGED: Final = "A" * 43


def put(visitor: Visitor, name: str, value: str) -> None:
    """Put a cookie in the place of another."""
    visitor.page.context.add_cookies(
        [{"name": name, "value": value, "url": visitor.bank.url(), "secure": True, "httpOnly": True}]
    )


@pytest.mark.parametrize("value", [FORGED, "x", "A" * 3_000, ""])
def test_a_forged_session_cookie_leads_to_the_login_and_on(visitor: Visitor, value: str) -> None:
    """Of the right form or not; the login that follows leads to the page that was asked for."""
    put(visitor, SESSION, value)
    visitor.open("/services/inquiry")
    visitor.sees("login")
    visitor.reads(visitor.say("login.needed"))
    visitor.enter(login_id=TARO.login_id, password=TARO.login_password)
    visitor.press("login.button")
    visitor.sees("step.code")
    visitor.enter(code=visitor.bank.code(TARO.serial))
    visitor.press("step.code.button")
    visitor.is_at("/services/inquiry")


def test_a_session_cookie_that_comes_twice_is_none(visitor: Visitor) -> None:
    """The live one beside a forged one: whichever was put there by another, the page is the entrance's."""
    log_in(visitor)
    jar = visitor.page.context.cookies(visitor.bank.url())
    own = "; ".join(f"{cookie.get('name')}={cookie.get('value')}" for cookie in jar)

    def doubled(route: Route) -> None:
        answer = route.fetch(headers={**route.request.headers, "cookie": f"{own}; {SESSION}={FORGED}"}, max_redirects=0)
        route.fulfill(response=answer)

    visitor.page.route(visitor.bank.url("/top"), doubled)
    visitor.page.goto(visitor.bank.url("/top"))
    visitor.page.unroute_all()
    visitor.is_at("/login?next=%2Ftop")
    visitor.sees("login")


def test_cookies_that_went_away_in_the_middle_of_a_login_lead_to_the_entrance(visitor: Visitor) -> None:
    """Its step belongs to the browser that began it; the page says that it is out of date and leads to a new login."""
    to_code(visitor)
    visitor.page.context.clear_cookies()
    visitor.enter(code=visitor.bank.code(TARO.serial))
    visitor.press("step.code.button")
    visitor.sees("failure.403")
    visitor.follow("to-entrance")
    log_in(visitor)


def test_a_forged_browser_cookie_in_the_middle_of_a_login_leads_to_the_entrance(visitor: Visitor) -> None:
    """The form was made for another browser."""
    to_code(visitor)
    put(visitor, BROWSER, FORGED)
    visitor.enter(code=visitor.bank.code(TARO.serial))
    visitor.press("step.code.button")
    visitor.sees("failure.403")
    visitor.follow("to-entrance")
    log_in(visitor)


def test_a_session_cookie_that_went_away_leads_from_any_button_to_the_login(visitor: Visitor) -> None:
    """The transfer's form is not carried out; a logout has nothing to end and says that it is done."""
    log_in(visitor)
    visitor.open("/transfer")
    visitor.page.context.clear_cookies(name=SESSION)
    visitor.press("transfer.draft-button")
    visitor.sees("login")
    log_in(visitor)
    visitor.page.context.clear_cookies(name=SESSION)
    visitor.click(visitor.page.get_by_role("banner").get_by_role("button", name=visitor.say("log-out")))
    visitor.reads(visitor.say("logged-out"))


def test_a_certificate_of_another_ca_does_not_get_as_far_as_a_page(visit: Callable[..., Visitor], bank: Bank) -> None:
    """TLS refuses it before there is a request to answer; the other entrance asks for none."""
    now = bank.now()
    elsewhere = Authority.made("CA elsewhere", now - timedelta(days=1))
    issued = elsewhere.client("Jiro2026", now - timedelta(days=1), now + timedelta(days=1))
    content = issued.pkcs12("Jiro2026", elsewhere.own.certificate, bank.handout.passphrase.reveal())
    (bank.folder / "foreign.p12").write_bytes(content)
    visitor = visit(certificate="foreign")
    with pytest.raises(Error):
        visitor.open("/", "certificate")
    expect(visitor.page).to_have_url("chrome-error://chromewebdata/")
    visitor.open("/login")
    visitor.sees("login")


def test_no_script_reads_a_cookie(visitor: Visitor) -> None:
    """Those of browser, session and language are there, and out of a page's reach."""
    visitor.open("/login")
    visitor.press("language.other")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "ja")
    assert {cookie.get("name") for cookie in visitor.page.context.cookies()} >= {BROWSER, "__Host-language"}
    assert visitor.page.evaluate("document.cookie") == ""


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        ("", "no-certificate"),
        ("expired", "certificate-expired"),
        ("revoked", "certificate-revoked"),
        ("unregistered", "certificate-unregistered"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said_at_its_entrance(
    visit: Callable[..., Visitor], certificate: str, code: str
) -> None:
    """TLS lets it through for the bank's own verdict; the same page offers to try again, or the other method."""
    visitor = visit(certificate=certificate)
    visitor.open("/", "certificate")
    visitor.press("begin.button")
    visitor.sees("begin", wrong=True)
    expect(visitor.page.get_by_role("alert")).to_be_focused()
    visitor.reads(messages.text("en", code))
    visitor.follow("begin.back")
    visitor.sees("entrance")
