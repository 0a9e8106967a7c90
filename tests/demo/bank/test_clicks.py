"""Double clicks, the back button, reloads, two tabs: every one ends in a page that helps."""

from __future__ import annotations

from urllib.parse import urlencode

from okmate_auth import messages
from tests.demo.bank.browser import Browser, Page
from tests.demo.bank.serving import Served


def before_top(demo: Served) -> tuple[Browser, Page, str]:
    """Return a browser that shows the step of the code, that page, and the code."""
    browser = demo.browser()
    step = browser.submit(browser.get("/login"), "login", login_id="Taro2026", password="Mori3kawa")
    return browser, step, demo.code("NB-70010536")


def test_a_double_click_on_the_login_button_is_one_attempt(demo: Served) -> None:
    """Both clicks get the very same step."""
    browser = demo.browser()
    entrance = browser.get("/login")
    first = browser.submit(entrance, "login", login_id="Taro2026", password="Mori3kawa")
    second = browser.submit(entrance, "login", login_id="Taro2026", password="Mori3kawa")
    assert first.form("code").fields == second.form("code").fields


def test_a_double_click_on_a_wrong_login_is_one_failure(demo: Served) -> None:
    """Ten clicks on five pages are five failures, one less than what locks; the sixth page locks."""
    browser = demo.browser()

    def guessed(entrance: Page) -> str:
        return browser.submit(entrance, "login", login_id="Taro2026", password="wrong123").text

    for _ in range(5):
        entrance = browser.get("/login")
        assert all(messages.text("en", "rejected") in guessed(entrance) for _ in range(2))
    assert "The service is suspended until" in guessed(browser.get("/login"))


def test_a_double_click_on_the_code_logs_in_once(demo: Served) -> None:
    """The second click gets the reply of the first."""
    browser, step, code = before_top(demo)
    fields = {**step.form("code").fields, "code": code, "button": "code"}
    first = browser.ask("POST", "/login/step", _body(fields), _headers(browser))
    cookie = browser.cookies["__Host-password-session"]
    second = browser.ask("POST", "/login/step", _body(fields), _headers(browser))
    assert (first.status, first.header("location")) == (second.status, second.header("location")) == (303, "/top")
    assert browser.cookies["__Host-password-session"] == cookie
    assert browser.get("/top").status == 200


def test_a_step_s_page_that_is_sent_late_is_stale_and_leads_on(demo: Served) -> None:
    """Back from the top page, the button pressed again: the session goes on, and the page has the way there."""
    browser, step, code = before_top(demo)
    assert browser.submit(step, "code", code=code).path == "/top"
    late = browser.submit(step, "code", code=code)
    assert late.status == 403
    assert messages.text("en", "stale") in late.text
    assert "Taro2026 is logged in with this browser." in late.text
    assert "/top" in late.links()
    assert browser.get("/top").path == "/top"


def test_the_address_of_a_step_leads_to_the_entrance(demo: Served) -> None:
    """A step is the answer to a form and has no address."""
    browser = demo.browser()
    assert browser.get("/login/step").path == "/login"
    browser.port = demo.ports[1]
    assert browser.get("/login/step").path == "/"
    assert browser.get("/certificate").path == "/"


def test_a_second_click_on_the_logout_says_the_same(demo: Served) -> None:
    """There is no session any more, and nothing to complain about."""
    browser, top = demo.taro()
    assert browser.submit(top, "/logout").path == "/?logged-out"
    again = browser.submit(top, "/logout")
    assert (again.status, again.path) == (200, "/?logged-out")
    assert browser.get("/logout").path.startswith("/login")


def test_a_tab_of_an_older_session_is_told_that_it_is_old(demo: Served) -> None:
    """Its logout button does not end the session that began since; the page leads to that one."""
    browser, old = demo.taro()
    browser.submit(old, "/logout")
    step = browser.submit(browser.get("/login"), "login", login_id="Taro2026", password="Mori3kawa")
    assert browser.submit(step, "code", code=demo.code("NB-70010536")).path == "/top"
    refused = browser.submit(old, "/logout")
    assert refused.status == 403
    assert "out of date" in refused.text
    assert {"/top", "/login"} <= set(refused.links())
    assert browser.get("/top").path == "/top"


def test_a_login_in_another_browser_is_refused_while_one_goes_on(demo: Served) -> None:
    """Without a token's code it takes nothing over; the page says where else the ID is in use, and until when."""
    first = demo.browser()
    change = first.submit(first.get("/login"), "login", login_id="Hanako01", password=demo.initial("Hanako01"))
    new = {"new_login_password": "Sora9kumo", "new_confirmation_password": "Umi6kaze2"}
    changed = first.submit(change, "change", current_login_password=demo.initial("Hanako01"), **new)
    assert first.submit(first.submit(changed, "acknowledge"), "skip").path == "/top"
    second = demo.browser()
    skipped = second.submit(second.get("/login"), "login", login_id="Hanako01", password="Sora9kumo")
    if skipped.status == 200:
        skipped = second.submit(skipped, "skip")
    assert skipped.status == 403
    assert "is in use" in skipped.text
    assert first.get("/top").path == "/top"


def _body(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()


def _headers(browser: Browser) -> dict[str, str]:
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"https://localhost:{browser.port}",
        "Sec-Fetch-Site": "same-origin",
    }
