"""A transfer from the form to its end: confirmed by password and code, carried out once."""

from __future__ import annotations

import threading

import pytest

from okmate_auth.commands import RecordOperation
from okmate_auth.demo.bank.views import transfer as views
from okmate_auth.errors import StoreUnavailableError
from tests.demo.bank.browser import Browser, Page
from tests.demo.bank.serving import Served

SERIAL = "NB-70010536"
CONFIRMATION = "Hoshi7tsuki"


def drafted(browser: Browser, amount: str = "250000") -> Page:
    """Return the page of a transfer that waits to be confirmed."""
    return browser.submit(browser.get("/transfer"), "draft", payee="P02", amount=amount)


def test_it_asks_for_password_and_code_and_is_done_once(demo: Served) -> None:
    """Both are proven for this transfer; its page says that it is done, as does the last operation."""
    browser, _ = demo.taro()
    confirm = drafted(browser)
    assert confirm.path.startswith("/transactions/TR-")
    assert "¥250,000" in confirm.text
    done = browser.submit(confirm, "execute", confirmation_password=CONFIRMATION, code=demo.code(SERIAL))
    assert (done.status, done.path) == (200, confirm.path)
    assert "The transfer is accepted" in done.text
    assert confirm.path not in browser.get("/top").links()


def test_several_clicks_at_once_carry_it_out_once(demo: Served) -> None:
    """Each ends on the transfer's page, and the history has one row more."""
    browser, before = demo.taro()
    confirm = drafted(browser)
    code = demo.code(SERIAL)
    pages: list[Page] = []

    def click() -> None:
        pages.append(browser.submit(confirm, "execute", confirmation_password=CONFIRMATION, code=code))

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {page.path for page in pages} == {confirm.path}
    assert {page.status for page in pages} == {200}
    top = browser.get("/top")
    rows = [sum(tag == "time" for tag, _ in page.tags) for page in (before, top)]
    assert rows[1] - rows[0] == 1


def test_a_wrong_password_asks_again_for_both_and_a_wrong_code_for_the_code_alone(demo: Served) -> None:
    """What was proven for this transfer stays proven for it, and for no other."""
    browser, _ = demo.taro()
    confirm = drafted(browser)
    wrong = browser.submit(confirm, "execute", confirmation_password="Wrong123", code="000000")
    assert wrong.status == 422
    assert {"confirmation_password", "code"} <= set(wrong.form("execute").fields)
    late = browser.submit(wrong, "execute", confirmation_password=CONFIRMATION, code="12345")
    assert late.status == 422
    assert "confirmation_password" not in late.form("execute").fields
    assert "#code" in late.links()
    done = browser.submit(late, "execute", code=demo.code(SERIAL))
    assert "The transfer is accepted" in done.text
    assert {"confirmation_password", "code"} <= set(drafted(browser).form("execute").fields)


def test_what_the_history_was_not_told_it_is_told_by_the_next_click(
    demo: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bank carried it out, and the library's database failed just then: the same form again makes its one row."""

    def failing(**_: object) -> RecordOperation:
        raise StoreUnavailableError

    browser, before = demo.taro()
    confirm, code = drafted(browser), demo.code(SERIAL)
    monkeypatch.setattr(views, "RecordOperation", failing)
    failed = browser.submit(confirm, "execute", confirmation_password=CONFIRMATION, code=code)
    monkeypatch.undo()
    assert failed.status == 503
    for _ in range(2):
        done = browser.submit(confirm, "execute", confirmation_password=CONFIRMATION, code=code)
        assert (done.status, done.path) == (200, confirm.path)
    rows = [sum(tag == "time" for tag, _ in page.tags) for page in (before, browser.get("/top"))]
    assert rows[1] - rows[0] == 1


@pytest.mark.parametrize("amount", ["0", "10000001", "-5", "１００", "1e3", "", " 5", "007"])
def test_amounts_that_are_none_are_refused_beside_the_field(demo: Served, amount: str) -> None:
    """From 1 to 10,000,000, in half-width digits."""
    browser, _ = demo.taro()
    again = drafted(browser, amount)
    assert again.status == 422
    assert "#amount" in again.links()
    assert again.form("draft").fields["amount"] == amount


@pytest.mark.parametrize("amount", ["1", "10000000"])
def test_the_bounds_themselves_are_amounts(demo: Served, amount: str) -> None:
    """Inclusive."""
    browser, _ = demo.taro()
    assert drafted(browser, amount).status == 200


def test_a_payee_is_one_of_the_registered_ones(demo: Served) -> None:
    """None chosen, or one that the page does not have: beside the field."""
    browser, _ = demo.taro()
    for payee in ("", "P99"):
        again = browser.submit(browser.get("/transfer"), "draft", payee=payee, amount="5")
        assert (again.status, "#payee" in again.links()) == (422, True)


def test_a_draft_waits_on_the_top_page_until_it_is_taken_back(demo: Served) -> None:
    """Taking it back twice is no error; its page is gone then."""
    browser, _ = demo.taro()
    confirm = drafted(browser)
    assert confirm.path in browser.get("/top").links()
    assert browser.submit(confirm, "discard").path == "/top"
    assert browser.submit(confirm, "discard").path == "/top"
    assert browser.get(confirm.path).status == 404
    late = browser.submit(confirm, "execute", confirmation_password=CONFIRMATION, code=demo.code(SERIAL))
    assert (late.status, "/top" in late.links()) == (404, True)


def test_the_same_draft_twice_is_one(demo: Served) -> None:
    """A double click on its form; what it says never changes under its id."""
    browser, _ = demo.taro()
    form = browser.get("/transfer")
    first = browser.submit(form, "draft", payee="P01", amount="5")
    second = browser.submit(form, "draft", payee="P03", amount="900")
    assert first.path == second.path
    assert "¥5" in second.text


def test_an_id_that_was_taken_back_is_no_other_transfer_s(demo: Served) -> None:
    """The password that was given for one payee and amount would else be good for another one, under the same id."""
    browser, _ = demo.taro()
    form = browser.get("/transfer")
    confirm = browser.submit(form, "draft", payee="P01", amount="5")
    proven = browser.submit(confirm, "execute", confirmation_password=CONFIRMATION, code="000000")
    assert "confirmation_password" not in proven.form("execute").fields
    browser.submit(proven, "discard")
    again = browser.submit(form, "draft", payee="P03", amount="9000000")
    assert (again.status, again.path) == (404, confirm.path)


def test_nobody_sees_or_carries_out_another_one_s(demo: Served) -> None:
    """Not in the same company either."""
    taro, _ = demo.taro()
    yoko, _ = demo.logged_in("Yoko2026", "Sora8kumo", "NB-70010544")
    path = drafted(taro).path
    assert yoko.get(path).status == 404
    form = yoko.get("/transfer")
    fields = {**form.form("draft").fields, "id": path.removeprefix("/transactions/"), "button": "execute"}
    assert yoko.post("/transfer", fields).status == 404


def test_drafts_are_bounded(demo: Served) -> None:
    """Twenty wait at most; the page says what to do."""
    browser, _ = demo.taro()
    for _ in range(20):
        assert drafted(browser, "1").status == 200
    full = drafted(browser, "1")
    assert full.status == 422
    assert "too many transfers" in full.text


def test_a_session_that_ended_leads_to_the_entrance(demo: Served) -> None:
    """Also with the confirmation's form in hand."""
    browser, top = demo.taro()
    confirm = drafted(browser)
    kept = dict(browser.cookies)
    browser.submit(top, "/logout")
    browser.cookies = kept
    late = browser.submit(confirm, "execute", confirmation_password=CONFIRMATION, code=demo.code(SERIAL))
    assert late.path == "/login"


def test_the_confirmation_password_is_locked_after_six_failures(demo: Served) -> None:
    """The page says until when; the login goes on."""
    browser, _ = demo.taro()
    page = drafted(browser)
    for _ in range(6):
        page = browser.submit(page, "execute", confirmation_password="Wrong123", code="000000")
    assert page.status == 422
    assert "The service is suspended until" in page.text
    assert browser.get("/top").status == 200
