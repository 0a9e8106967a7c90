"""Both methods from the entrance to the logout, and the turns that a day can take, in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from okmate_auth.demo.bank.people import HANAKO, JIRO, TARO
from tests.browser.visitors import Visitor
from tests.browser.ways import NEW_LOGIN, first_day, guess, log_in, log_out, to_enrollment, transfer

pytestmark = pytest.mark.browser


def test_the_first_day_leads_through_change_result_and_registration_to_the_logout(visitor: Visitor) -> None:
    """The password method; the code is read off the token's own page."""
    to_enrollment(visitor, HANAKO)
    visitor.bank.wait(minutes=1)
    token = visitor.page.context.new_page()
    token.goto(visitor.bank.url("/demo/token"))
    shown = token.get_by_role("region", name=HANAKO.serial).get_by_role("status").inner_text()
    visitor.enter(serial=HANAKO.serial, code=shown)
    visitor.press("step.enrollment.button")
    visitor.sees("top")
    visitor.reads("Proven: login password, confirmation password, one-time password")
    visitor.is_at("/top")
    log_out(visitor)
    visitor.is_at("/?logged-out")


def test_the_certificate_leads_the_same_way(visit: Callable[..., Visitor]) -> None:
    """The certificate method, with a certificate that TLS asks for; its entrance is where the logout leads."""
    visitor = visit(certificate="good")
    first_day(visitor, JIRO)
    visitor.reads("Proven: certificate, login password")
    visitor.is_at("/top", "certificate")
    log_out(visitor)
    visitor.is_at("/?logged-out", "certificate")


def test_a_skipped_registration_comes_again_at_the_next_login(visitor: Visitor) -> None:
    """What needs a token is closed meanwhile, and says how to open it; then the token opens it."""
    to_enrollment(visitor, HANAKO)
    visitor.page.get_by_text(visitor.say("step.enrollment.skip"), exact=True).click()
    visitor.press("step.enrollment.skip-button")
    visitor.sees("top")
    visitor.open("/transfer")
    visitor.sees("closed")
    visitor.reads("register your token on the page that comes then")
    log_out(visitor)
    visitor.open("/login")
    visitor.enter(login_id=HANAKO.login_id, password=NEW_LOGIN)
    visitor.press("login.button")
    visitor.sees("step.enrollment")
    visitor.enter(serial=HANAKO.serial, code=visitor.bank.code(HANAKO.serial))
    visitor.press("step.enrollment.button")
    visitor.sees("top")
    visitor.open("/transfer")
    visitor.sees("transfer")


def test_wrong_passwords_lock_and_the_desk_releases(visitor: Visitor) -> None:
    """The sixth locks; the right password is not taken then, and is again once the desk has taken the lock away."""
    guess(visitor, TARO, 6)
    visitor.reads("The service is suspended until")
    visitor.enter(login_id=TARO.login_id, password=TARO.login_password)
    visitor.press("login.button")
    visitor.reads("The service is suspended until")
    visitor.open("/desk")
    visitor.page.get_by_role("button", name=visitor.say("desk.release-of", login_id=TARO.login_id)).click()
    visitor.reads(visitor.say("desk.released", login_id=TARO.login_id))
    log_in(visitor)


def test_a_transfer_is_proven_and_stands_among_the_operations(visitor: Visitor) -> None:
    """Confirmation password and code, then the page of what was accepted."""
    log_in(visitor)
    transfer(visitor, "120000")
    visitor.reads("¥120,000")
    visitor.follow("back-to-top")
    operations = visitor.page.get_by_role("region", name=visitor.say("top.operations")).get_by_role("row")
    expect(operations.nth(1)).to_contain_text("Transfer")


def test_the_language_is_changed_by_one_press_and_stays(visitor: Visitor) -> None:
    """On the page that one looks at, and on every one after it, within the session too."""
    visitor.open("/login?next=%2Ftransfer")
    visitor.press("language.other")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "ja")
    visitor.is_at("/login?next=%2Ftransfer")
    japanese = Visitor(page=visitor.page, bank=visitor.bank, words=type(visitor.words)("ja"))
    log_in(japanese)
    japanese.press("language.other")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    visitor.is_at("/top")
    visitor.sees("top")


def test_what_a_page_would_fetch_elsewhere_is_blocked_and_noticed(visitor: Visitor) -> None:
    """The pages' policy is in force, and what every test ends with would have seen it break."""
    visitor.open("/")
    elsewhere = "https://elsewhere.example/"
    with (
        visitor.page.expect_console_message(lambda message: "Content Security Policy" in message.text),
        visitor.page.expect_event("requestfailed") as failed,
    ):
        visitor.page.evaluate("address => document.body.append(Object.assign(new Image(), {src: address}))", elsewhere)
    assert failed.value.failure == "csp"
    assert visitor.asked[-1] == elsewhere
    assert len(visitor.complaints) == 1
    visitor.asked.clear()
    visitor.complaints.clear()
