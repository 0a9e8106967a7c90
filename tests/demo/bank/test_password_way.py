"""From the entrance to the logout by ID and password, through the real server."""

from __future__ import annotations

import pytest

from okmate_auth import messages
from tests.demo.bank.serving import Served

NEW = {"new_login_password": "Sora9kumo", "new_confirmation_password": "Umi6kaze2"}


def test_the_first_day_leads_over_change_result_and_enrollment_to_the_top_page(demo: Served) -> None:
    """Each step's page comes as the answer to the form before, and what is asked is what is due."""
    browser = demo.browser()
    assert "By ID and password" in browser.get("/").text
    change = browser.submit(browser.get("/login"), "login", login_id="hanako01", password=demo.initial("Hanako01"))
    assert (change.status, change.path) == (200, "/login")
    assert change.title.startswith("Change of passwords |")
    assert "current_confirmation_password" not in change.form("change").fields
    changed = browser.submit(change, "change", current_login_password=demo.initial("Hanako01"), **NEW)
    assert changed.title.startswith("Result of the change |")
    enrollment = browser.submit(changed, "acknowledge")
    assert enrollment.title.startswith("Registration of a token |")
    top = browser.submit(enrollment, "enroll", serial="NB-70010528", code=demo.code("NB-70010528"))
    assert (top.status, top.path) == (200, "/top")
    assert "This is the first login." in top.text
    assert "/transfer" in top.links()


def test_what_was_skipped_is_closed_and_says_why(demo: Served) -> None:
    """The menu names the service without a link, and its page is refused with the way to open it."""
    browser = demo.browser()
    change = browser.submit(browser.get("/login"), "login", login_id="Hanako01", password=demo.initial("Hanako01"))
    changed = browser.submit(change, "change", current_login_password=demo.initial("Hanako01"), **NEW)
    top = browser.submit(browser.submit(changed, "acknowledge"), "skip")
    assert "Transfers Opens when a token is registered" in top.text
    assert "/transfer" not in top.links()
    closed = browser.get("/transfer")
    assert closed.status == 403
    assert "needs a registered token" in closed.text
    assert "/top" in closed.links()


def test_new_passwords_that_break_rules_are_told_by_field(demo: Served) -> None:
    """The page comes again with a summary whose links lead to the fields, and each field names its messages."""
    browser = demo.browser()
    change = browser.submit(browser.get("/login"), "login", login_id="Hanako01", password=demo.initial("Hanako01"))
    again = browser.submit(
        change,
        "change",
        current_login_password=demo.initial("Hanako01"),
        new_login_password="Hanako01",
        new_confirmation_password="abc",
    )
    assert again.status == 422
    assert again.title.startswith("Error: Change of passwords |")
    assert {"#new_login_password", "#new_confirmation_password"} <= set(again.links())
    fields = {found["id"]: found for tag, found in again.tags if tag == "input" and "id" in found}
    assert "aria-invalid" not in fields["current_login_password"]
    for name in ("new_login_password", "new_confirmation_password"):
        assert fields[name]["aria-invalid"] == "true"
        assert "value" not in fields[name]
        ids = {found.get("id", "") for _, found in again.tags}
        assert set(fields[name]["aria-describedby"].split()) <= ids
    done = browser.submit(again, "change", current_login_password=demo.initial("Hanako01"), **NEW)
    assert done.title.startswith("Result of the change |")


def test_an_everyday_login_asks_for_the_code_and_shows_the_last_logins(demo: Served) -> None:
    """Three logins of the days before, the operations of then, what waits for an approval, unread notices."""
    _, top = demo.taro()
    assert top.path == "/top"
    assert sum(tag == "time" for tag, _ in top.tags) == 3 + 4
    assert {"/transactions/P-1105-C-1001", "/notices/N-17", "/services/inquiry"} <= set(top.links())


@pytest.mark.parametrize(
    ("entered", "told"),
    [
        ({}, "Login ID: please enter it."),
        ({"login_id": "Hanako01"}, "Login password: please enter it."),
        ({"login_id": "Hanako01", "password": "wrong123"}, "could not be logged in"),
        ({"login_id": "Nobody99", "password": "wrong123"}, "could not be logged in"),
        ({"login_id": "Jiro2026", "password": "wrong123"}, "could not be logged in"),
    ],
)
def test_a_refused_login_shows_the_entrance_again(demo: Served, entered: dict[str, str], told: str) -> None:
    """With a new attempt token, the ID as typed and no password; one answer for whatever ID it was."""
    browser = demo.browser()
    page = browser.get("/login")
    again = browser.submit(page, "login", **entered)
    assert again.status == 403
    assert told in again.text
    before, after = page.form("login").fields, again.form("login").fields
    assert after["login_id"] == entered.get("login_id", "")
    assert after["password"] == ""
    assert before["attempt"] != after["attempt"]


def test_a_wrong_code_comes_with_its_step_again_and_two_in_a_row_prove_nothing(demo: Served) -> None:
    """After the pair the code is due as before, and the next one logs in."""
    browser = demo.browser()
    step = browser.submit(browser.get("/login"), "login", login_id="Taro2026", password="Mori3kawa")
    wrong = browser.submit(step, "code", code="１２３４５６")
    assert wrong.status == 422
    assert "half-width" in wrong.text
    first, second = demo.code("NB-70010536"), demo.code("NB-70010536")
    again = browser.submit(wrong, "resync", first=first, second=second)
    assert (again.status, again.title.startswith("Enter the one-time password |")) == (200, True)
    assert browser.submit(again, "code", code=demo.code("NB-70010536")).path == "/top"


def test_a_login_can_be_given_up_at_a_step(demo: Served) -> None:
    """The entrance follows; the step's form is worth nothing afterwards."""
    browser = demo.browser()
    step = browser.submit(browser.get("/login"), "login", login_id="Taro2026", password="Mori3kawa")
    assert browser.submit(step, "give-up").path == "/login"
    late = browser.submit(step, "code", code=demo.code("NB-70010536"))
    assert late.status == 403
    assert messages.text("en", "stale") in late.text


def test_logging_out_says_so_and_ends_the_session(demo: Served) -> None:
    """The cookie is taken away and the cache cleared; the top page leads to the entrance, which keeps where to go."""
    browser, top = demo.taro()
    cookie = browser.cookies["__Host-password-session"]
    out = browser.submit(top, "/logout")
    assert (out.status, out.path) == (200, "/?logged-out")
    assert "You have logged out" in out.text
    assert "__Host-password-session" not in browser.cookies
    browser.cookies["__Host-password-session"] = cookie
    entrance = browser.get("/top")
    assert entrance.path == "/login?next=%2Ftop"
    assert entrance.form("login").fields["next"] == "/top"


def test_after_the_login_the_page_follows_that_was_asked_for(demo: Served) -> None:
    """Through every step of the login."""
    browser = demo.browser()
    entrance = browser.get("/services/inquiry")
    step = browser.submit(entrance, "login", login_id="Taro2026", password="Mori3kawa")
    assert browser.submit(step, "code", code=demo.code("NB-70010536")).path == "/services/inquiry"
