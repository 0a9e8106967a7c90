"""Double clicks, two tabs, the back button, reloads: one effect, and a page that leads on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from playwright.sync_api import Error, expect

from okmate_auth import messages
from okmate_auth.demo.bank.people import HANAKO, JIRO, TARO
from tests.browser.visitors import Visitor
from tests.browser.ways import (
    NEW_CONFIRMATION,
    NEW_LOGIN,
    first_day,
    guess,
    log_in,
    log_out,
    to_change,
    to_code,
    to_enrollment,
    transfer,
)

pytestmark = pytest.mark.browser

STALE: Final = messages.text("en", "stale")


def back(visitor: Visitor) -> None:
    """Press the browser's back button; where that is an answer to a form, the browser asks before it sends it again."""
    try:
        visitor.page.go_back()
    except Error as error:
        assert "ERR_CACHE_MISS" in error.message  # noqa: PT017 - the other way round: it need not be raised
        expect(visitor.page.locator("body")).to_contain_text("ERR_CACHE_MISS")


def recent(visitor: Visitor, login_id: str) -> list[str]:
    """Return what the desk sees of somebody's history, newest first."""
    visitor.open("/desk")
    region = visitor.page.get_by_role("region", name=re.compile(f"^{login_id}"))
    return [text.split("\n")[0] for text in region.get_by_role("list").last.get_by_role("listitem").all_inner_texts()]


# --- each button pressed twice ---------------------------------------------------------------------------------------


def test_every_button_of_a_first_day_pressed_twice_is_one_login(visit: Callable[..., Visitor]) -> None:
    """Login, change, result, registration, logout."""
    visitor = visit(twice=True)
    first_day(visitor, HANAKO)
    visitor.reads(visitor.say("top.logins.none"))
    log_out(visitor)
    visitor.is_at("/?logged-out")
    assert recent(visitor, HANAKO.login_id).count("logged in") == 1


def test_every_button_of_the_certificate_method_pressed_twice_is_one_login(visit: Callable[..., Visitor]) -> None:
    """Presenting the certificate, then its password and what follows."""
    visitor = visit(twice=True, certificate="good")
    first_day(visitor, JIRO)
    visitor.reads(visitor.say("top.logins.none"))
    log_out(visitor)
    visitor.is_at("/?logged-out", "certificate")


def test_a_skip_pressed_twice_is_one(visit: Callable[..., Visitor]) -> None:
    """The top page follows, with what is closed for want of a token."""
    visitor = visit()
    to_enrollment(visitor, HANAKO)
    visitor.page.get_by_text(visitor.say("step.enrollment.skip"), exact=True).click()
    visitor.twice = True
    visitor.press("step.enrollment.skip-button")
    visitor.sees("top")


def test_a_transfer_s_buttons_pressed_twice_transfer_once(visit: Callable[..., Visitor]) -> None:
    """One draft, one transfer, one operation; the language's button and the logout's come after it."""
    visitor = visit(twice=True)
    log_in(visitor)
    transfer(visitor, "120000")
    visitor.follow("back-to-top")
    visitor.sees("top")
    operations = visitor.page.get_by_role("region", name=visitor.say("top.operations"))
    expect(operations.get_by_role("cell", name="Transfer", exact=True)).to_have_count(2)  # one is of the day before
    visitor.press("language.other")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "ja")


def test_a_wrong_password_sent_twice_is_one_failure(visit: Callable[..., Visitor]) -> None:
    """It comes once in the history."""
    visitor = visit(twice=True)
    guess(visitor)
    assert visitor.asked.count(visitor.bank.url("/login")) == 3  # the page, and its form twice
    assert recent(visitor, TARO.login_id)[:2] == ["wrong password", "logged in"]


def test_a_clock_corrected_twice_and_a_login_given_up_twice_lead_to_the_entrance(visit: Callable[..., Visitor]) -> None:
    """Two codes correct the token's clock once; giving up twice is giving up."""
    visitor = visit()
    to_code(visitor)
    visitor.page.get_by_text(visitor.say("step.code.resync"), exact=True).click()
    visitor.enter(first=visitor.bank.code(TARO.serial))
    visitor.enter(second=visitor.bank.code(TARO.serial))
    visitor.twice = True
    visitor.press("step.code.resync-button")
    visitor.sees("step.code")
    visitor.press("give-up")
    visitor.sees("login")
    visitor.is_at("/login")


def test_a_lock_released_twice_is_released(visit: Callable[..., Visitor]) -> None:
    """The desk's button."""
    visitor = visit()
    guess(visitor, TARO, 6)
    visitor.reads("The service is suspended until")
    visitor.open("/desk")
    visitor.twice = True
    visitor.click(visitor.page.get_by_role("button", name=visitor.say("desk.release-of", login_id=TARO.login_id)))
    visitor.reads(visitor.say("desk.released", login_id=TARO.login_id))
    visitor.twice = False
    log_in(visitor)


# --- two tabs --------------------------------------------------------------------------------------------------------


def test_a_step_that_another_tab_has_answered_leads_to_the_session(visitor: Visitor) -> None:
    """The answer opened in a second tab; the first one's button then says so, and has the way to the top page."""
    to_code(visitor)
    visitor.enter(code=visitor.bank.code(TARO.serial))
    with visitor.page.context.expect_page() as opened:
        visitor.button("step.code.button").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(visitor.say("top"))
    visitor.enter(code=visitor.bank.code(TARO.serial))
    visitor.press("step.code.button")
    visitor.sees("login", wrong=True)
    visitor.reads(STALE)
    visitor.follow("to-top")
    visitor.sees("top")


def test_a_logout_in_one_tab_is_the_other_one_s_too(visitor: Visitor) -> None:
    """Its next press leads to the entrance, and from there back to the page that was asked for."""
    log_in(visitor)
    other = visitor.page.context.new_page()
    other.goto(visitor.bank.url("/top"))
    log_out(visitor)
    other.get_by_role("navigation", name=visitor.say("menu")).get_by_role("link", name="Inquiry").click()
    expect(other.get_by_role("heading", level=1)).to_have_text(visitor.say("login"))
    expect(other.get_by_role("main")).to_contain_text(visitor.say("login.needed"))


def test_of_two_tabs_that_log_in_the_later_one_s_session_is_both_s(visitor: Visitor) -> None:
    """The second login takes the first one's place; in the first tab one goes on in it."""
    to_code(visitor)
    second = Visitor(page=visitor.page.context.new_page(), bank=visitor.bank, words=visitor.words)
    log_in(second)
    visitor.enter(code=visitor.bank.code(TARO.serial))
    visitor.press("step.code.button")
    visitor.sees("top")
    second.page.reload()
    second.sees("top")


# --- the back button -------------------------------------------------------------------------------------------------


def test_back_after_the_logout_shows_nothing_of_the_session(visitor: Visitor) -> None:
    """Neither a page from the browser's cache nor one from the bank: the entrance, however far one goes back."""
    log_in(visitor)
    visitor.open("/notices/N-17")
    visitor.open("/top")
    log_out(visitor)
    for _ in range(2):
        back(visitor)
        visitor.sees("login")
        expect(visitor.page.locator("body")).not_to_contain_text(TARO.login_id)
        expect(visitor.page.locator("body")).not_to_contain_text("Suzuki")


def test_back_from_the_top_page_to_the_code_is_another_login(visitor: Visitor) -> None:
    """The browser asks before it sends the password again; then that is a login like any other, with its own code."""
    log_in(visitor)
    back(visitor)
    visitor.page.reload()
    visitor.sees("step.code")
    visitor.enter(code=visitor.bank.code(TARO.serial))
    visitor.press("step.code.button")
    visitor.sees("top")


def test_back_from_a_step_to_the_entrance_begins_anew(visitor: Visitor) -> None:
    """The entrance is asked for again, so its form is a new one."""
    to_code(visitor)
    back(visitor)
    visitor.sees("login")
    log_in(visitor)


# --- reloads ---------------------------------------------------------------------------------------------------------


def test_a_reload_at_any_step_shows_it_again_and_the_way_goes_on(visitor: Visitor) -> None:
    """The same form is sent again, and answered with the same step; nothing is counted, changed or used up twice."""
    first_day(visitor, HANAKO, lambda _: (visitor.page.reload(), None)[1])
    visitor.reads("Proven: login password, confirmation password, one-time password")
    log_out(visitor)
    visitor.page.reload()
    visitor.is_at("/?logged-out")
    assert recent(visitor, HANAKO.login_id).count("logged in") == 1


def test_a_reload_of_a_step_after_its_reply_was_kept_leads_on_too(visitor: Visitor) -> None:
    """After the minute for which a reply is kept: the login form begins a login again, any other form is stale."""
    to_change(visitor, HANAKO)
    visitor.bank.wait(minutes=2)
    visitor.page.reload()
    visitor.sees("step.change")
    visitor.enter(
        current_login_password=visitor.bank.initial(HANAKO.login_id),
        new_login_password=NEW_LOGIN,
        new_confirmation_password=NEW_CONFIRMATION,
    )
    visitor.press("step.change.button")
    visitor.sees("step.changed")
    visitor.bank.wait(minutes=2)
    visitor.page.reload()
    visitor.sees("login", wrong=True)
    visitor.reads(STALE)
    visitor.enter(login_id=HANAKO.login_id, password=NEW_LOGIN)
    visitor.press("login.button")
    visitor.sees("step.enrollment")


def test_a_step_that_is_too_old_leads_to_the_entrance(visitor: Visitor) -> None:
    """As late as its page says, and a minute."""
    to_code(visitor)
    visitor.bank.wait(seconds=int(timedelta(hours=1).total_seconds()))
    visitor.enter(code=visitor.bank.code(TARO.serial))
    visitor.press("step.code.button")
    visitor.sees("login", wrong=True)
    log_in(visitor)


def test_a_reload_of_an_accepted_transfer_transfers_once(visitor: Visitor) -> None:
    """The page of what was accepted is asked for, not sent."""
    log_in(visitor)
    transfer(visitor, "5000")
    visitor.page.reload()
    visitor.sees("transfer.done")
    visitor.open("/top")
    operations = visitor.page.get_by_role("region", name=visitor.say("top.operations"))
    expect(operations.get_by_role("cell", name="Transfer", exact=True)).to_have_count(2)  # one is of the day before
