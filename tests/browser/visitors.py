"""Somebody in front of a browser: finds things by their names as people and screen readers do, and types and presses.

Rule 1. Nothing waits for a time: every look is repeated until it is so, and fails when it has not become so.
Rule 2. Each browser remembers what it asked for and what it complained of; tests end by looking at that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final

import attrs
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    ViewportSize,
    expect,
)

from okmate_auth.demo.bank.wording import Wording, wording
from okmate_auth.messages import Language
from okmate_auth.records.history import Entrance
from tests.browser.banks import Bank

_LOCALES: Final[dict[Language, str]] = {"en": "en-US", "ja": "ja-JP"}
_POLICY: Final = "Content Security Policy"
_PATIENCE_MS: Final = 20_000
_DESK: Final[ViewportSize] = {"width": 1280, "height": 900}


@attrs.define(kw_only=True)
class Visitor:
    """Somebody in front of a browser.

    Attributes:
        page: The tab that he looks at.
        bank: Which he visits.
        words: In which language.
        asked: Addresses that the browser asked for.
        complaints: What it said of the pages' policy, and of scripts that failed.
        twice: Whether he presses every button twice, the second time before the first answer is there.
    """

    page: Page
    bank: Bank
    words: Wording
    asked: list[str] = attrs.field(factory=list[str])
    complaints: list[str] = attrs.field(factory=list[str])
    twice: bool = False

    def say(self, name: str, **values: str) -> str:
        """Return words of the bank's in the visitor's language."""
        return self.words.say(name, **values)

    # -- where he goes

    def open(self, path: str = "/", method: Entrance = "password") -> None:
        """Type an address."""
        self.page.goto(self.bank.url(path, method))

    def follow(self, name: str) -> None:
        """Follow a link of the page's own part, by the name of its text."""
        self.page.get_by_role("main").get_by_role("link", name=self.say(name), exact=True).first.click()

    # -- what he does

    def enter(self, **fields: str) -> None:
        """Type into fields, found by their labels."""
        for name, value in fields.items():
            self.page.get_by_label(self.say(f"field.{name}"), exact=True).fill(value)

    def button(self, name: str) -> Locator:
        """Return a button by the name of its text."""
        return self.page.get_by_role("button", name=self.say(name), exact=True).first

    def press(self, name: str) -> None:
        """Press a button by the name of its text."""
        self.click(self.button(name))

    def click(self, button: Locator) -> None:
        """Press a button, or press it twice.

        The second click comes when the bank has done what the first one asked and its answer is still on its way: the
        worst moment, and the same each time.
        """
        if self.twice:
            self.page.unroute_all()
            self.page.route("**/*", _hasty(button))
        button.click()

    # -- what he sees

    def sees(self, title: str, *, wrong: bool = False) -> None:
        """Expect a page by the name of its title, which is its heading too."""
        told = self.say("error-prefix", title=self.say(title)) if wrong else self.say(title)
        expect(self.page).to_have_title(f"{told} | {self.say('site')}", timeout=_PATIENCE_MS)
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.say(title))

    def reads(self, text: str | re.Pattern[str]) -> None:
        """Expect a text in the page's own part."""
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def is_at(self, path: str, method: Entrance = "password") -> None:
        """Expect the address of the page."""
        expect(self.page).to_have_url(self.bank.url(path, method))


def _hasty(button: Locator) -> Callable[[Route, Request], None]:
    """Return what lets a form reach the bank, and presses its button again instead of waiting for the answer."""
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    forms: list[Request] = []

    def pressed_again(route: Route, request: Request) -> None:
        if request.method != "POST" or forms:  # the page's icon may still be on its way, and the second goes as it is
            route.continue_()
            return
        forms.append(request)
        route.fetch(max_redirects=0)
        button.page.mouse.click(x, y)  # the browser gives the first request up for this one

    return pressed_again


@contextmanager
def visiting(
    browser: Browser, bank: Bank, *, language: Language = "en", certificate: str = "", twice: bool = False
) -> Generator[Visitor, None, None]:
    """Lend a visitor with a browser of his own; at the end it has asked nobody else and complained of nothing.

    Args:
        browser: A window of which.
        bank: Which he visits.
        language: His.
        certificate: Name of the certificate in his browser.
        twice: Whether he presses everything twice.
    """
    settings: dict[str, Any] = {}
    if certificate:
        settings["client_certificates"] = [
            {
                "origin": bank.origins["certificate"],
                "pfxPath": str(bank.folder / f"{certificate}.p12"),
                "passphrase": bank.handout.passphrase.reveal(),
            }
        ]
    context = browser.new_context(
        ignore_https_errors=True, locale=_LOCALES[language], viewport=_DESK, reduced_motion="reduce", **settings
    )
    try:
        visitor = met(context, bank, language=language, twice=twice)
        yield visitor
        origins = tuple(f"{origin}/" for origin in bank.origins.values())
        assert [address for address in visitor.asked if not address.startswith(origins)] == []
        assert visitor.complaints == []
    finally:
        context.close()


def met(context: BrowserContext, bank: Bank, *, language: Language = "en", twice: bool = False) -> Visitor:
    """Return a visitor in front of a window that is already there."""
    context.set_default_timeout(_PATIENCE_MS)
    visitor = Visitor(page=context.new_page(), bank=bank, words=wording(language), twice=twice)

    def heard(message: ConsoleMessage) -> None:
        if _POLICY in message.text:
            visitor.complaints.append(message.text)

    def asked(request: Request) -> None:
        visitor.asked.append(request.url)

    context.on("request", asked)
    context.on("console", heard)
    context.on("weberror", lambda error: visitor.complaints.append(str(error.error)))
    return visitor
