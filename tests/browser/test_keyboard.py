"""The whole first day by keyboard alone, with the focus always to be seen."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from okmate_auth.demo.bank.people import HANAKO
from tests.browser.visitors import Visitor
from tests.browser.ways import NEW_CONFIRMATION, NEW_LOGIN

pytestmark = pytest.mark.browser

_MOST_STOPS: Final = 40
_VISIBLE: Final = """() => {
  const style = getComputedStyle(document.activeElement), box = document.activeElement.getBoundingClientRect();
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 &&
    box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
}"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there; at each stop on the way it is to be seen, and on the screen."""
    expect(wanted).to_be_visible()
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        assert page.evaluate(_VISIBLE), page.evaluate("document.activeElement.outerHTML")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(wanted)


class Typist:
    """Somebody without a mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def follow(self, name: str) -> None:
        """Go to a link and press Enter."""
        page = self._visitor.page
        tab_to(page, page.get_by_role("main").get_by_role("link", name=self._visitor.say(name), exact=True))
        page.keyboard.press("Enter")

    def enter(self, **fields: str) -> None:
        """Go to fields in their order and type."""
        page = self._visitor.page
        for name, value in fields.items():
            tab_to(page, page.get_by_label(self._visitor.say(f"field.{name}"), exact=True))
            page.keyboard.type(value)

    def press(self, name: str) -> None:
        """Go to a button and press it."""
        tab_to(self._visitor.page, self._visitor.button(name))
        self._visitor.page.keyboard.press("Enter")

    def finish(self) -> None:
        """Press Enter in the last field."""
        self._visitor.page.keyboard.press("Enter")


def test_the_whole_first_day_by_keyboard(visitor: Visitor) -> None:
    """Tab and Enter alone, from the entrance to the logout, with a mistake at each form that one can make one at."""
    typist, page, initial = Typist(visitor), visitor.page, visitor.bank.initial(HANAKO.login_id)
    error = page.get_by_role("alert")
    visitor.open("/")
    typist.follow("entrance.password.go")
    visitor.sees("login")
    typist.enter(login_id=HANAKO.login_id, password="wrong123")
    typist.finish()
    visitor.sees("login", wrong=True)
    expect(error).to_be_focused()
    typist.enter(password=initial)  # the login ID is still there
    typist.finish()
    visitor.sees("step.change")
    typist.enter(current_login_password=initial, new_login_password="short1", new_confirmation_password="short1")
    typist.press("step.change.button")
    visitor.sees("step.change", wrong=True)
    expect(error).to_be_focused()
    link = error.get_by_role("link").first
    tab_to(page, link)
    page.keyboard.press("Enter")
    field = page.locator(str(link.get_attribute("href")))
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    page.reload()
    visitor.sees("step.change", wrong=True)
    typist.enter(
        current_login_password=initial, new_login_password=NEW_LOGIN, new_confirmation_password=NEW_CONFIRMATION
    )
    typist.finish()
    visitor.sees("step.changed")
    typist.press("step.changed.button")
    visitor.sees("step.enrollment")
    typist.enter(serial=HANAKO.serial, code="000000")
    typist.press("step.enrollment.button")
    visitor.sees("step.enrollment", wrong=True)
    expect(error).to_be_focused()
    typist.enter(code=visitor.bank.code(HANAKO.serial))  # the serial is still there
    typist.finish()
    visitor.sees("top")
    typist.press("log-out")
    visitor.reads(visitor.say("logged-out"))


def test_the_first_stop_of_every_page_leads_past_its_head(visitor: Visitor) -> None:
    """The link is to be seen once it has the focus, and moves it to the page's own part."""
    visitor.open("/login")
    skip = visitor.page.get_by_role("link", name=visitor.say("skip-to-main"))
    tab_to(visitor.page, skip)
    expect(skip).to_be_in_viewport()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("main")).to_be_focused()
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_label(visitor.say("field.login_id"), exact=True)).to_be_focused()
