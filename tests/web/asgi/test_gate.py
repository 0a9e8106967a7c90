"""The gate in an application of Starlette's: cookies, guards, forms, as a browser sees them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from okmate_auth import OKMATE, Authenticator
from okmate_auth.errors import MisuseError
from okmate_auth.storage import MemoryStore
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.web.asgi import Gate
from tests.web.asgi.site import CONFIRMATION, LOGIN, OURS, RULES, Bank, Site, at_work

CROSS = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}


@pytest.fixture
def bank() -> Iterator[Bank]:
    """A bank with one newcomer, who may transfer."""
    with at_work(Site()) as working:
        working.register("hanako01", "transfer", "approval")
        yield working


def cookies(page: httpx2.Response) -> list[str]:
    """Return the names of the cookies that an answer sets."""
    return [value.partition("=")[0] for value in page.headers.get_list("set-cookie")]


def test_a_first_login_goes_from_the_entrance_to_the_top_page(bank: Bank) -> None:
    """Every step is the answer to the form before it; the last one sets the session cookie and redirects."""
    browser = bank.browser()
    browser.first_login("hanako01", enroll=True)
    assert browser.get("/top").json()["login_id"] == "hanako01"


def test_a_new_browser_gets_its_token_once(bank: Bank) -> None:
    """The first page sets it; later pages and forms leave it as it is."""
    browser = bank.browser()
    assert cookies(browser.get("/login")) == ["__Host-browser"]
    token = browser.http.cookies["__Host-browser"]
    assert cookies(browser.get("/login")) == []
    assert cookies(browser.enter("hanako01", "Wrong4you7")) == []
    assert browser.http.cookies["__Host-browser"] == token


def test_a_page_that_asks_the_gate_nothing_sets_nothing(bank: Bank) -> None:
    """A style sheet or an error page makes nobody a browser."""
    assert cookies(bank.browser().get("/nothing")) == []


def test_who_calls_is_worked_out_once(bank: Bank) -> None:
    """Two questions of one request have one answer, and set one cookie."""
    page = bank.browser().get("/client")
    assert (page.json()["same"], cookies(page)) == (True, ["__Host-browser"])


def test_the_first_form_of_a_browser_gives_it_its_token(bank: Bank) -> None:
    """Whoever followed a link from elsewhere has a page without cookie and token; its form sets what the rest needs."""
    browser = bank.browser()
    page = browser.get("/login", Sec_Fetch_Site="cross-site")
    assert (cookies(page), page.json()["hidden"]["token"]) == ([], "")
    due = browser.enter("hanako01", bank.initial("hanako01"), page.json()["hidden"])
    assert (due.status_code, due.json()["step"], cookies(due)) == (200, "PasswordChangeDue", ["__Host-browser"])
    again = browser.step("change", due.json()["hidden"])
    assert (again.status_code, again.json()["code"]) == (422, "malformed")


def test_a_known_browser_that_follows_a_link_stays_known(bank: Bank) -> None:
    """SameSite=Strict keeps its cookie back on the way here and sends it with the form: no new one takes its place."""
    browser = bank.browser()
    browser.first_login("hanako01")
    token = browser.http.cookies["__Host-browser"]
    stranger = bank.browser()  # the same browser as another site's link shows it: without cookies
    hidden = stranger.get("/login", Sec_Fetch_Site="cross-site").json()["hidden"]
    assert "__Host-browser" not in stranger.http.cookies
    page = browser.enter("hanako01", LOGIN, hidden)
    assert page.json()["step"] == "EnrollmentDue"
    assert browser.http.cookies["__Host-browser"] == token


def test_who_is_logged_in_and_follows_a_link_gets_where_it_leads(bank: Bank) -> None:
    """From elsewhere he comes without cookies: the page comes again by itself, with them, and shows what was asked."""
    browser = bank.browser()
    browser.first_login("hanako01")
    page = bank.browser().get("/top", Sec_Fetch_Site="cross-site")  # as the browser asks: without its cookies
    assert (page.status_code, cookies(page)) == (200, [])
    assert '<meta http-equiv="refresh" content="0; url=/top">' in page.text
    assert browser.get("/top", Sec_Fetch_Site="same-origin").json()["login_id"] == "hanako01"
    assert bank.browser().get("/top", Sec_Fetch_Site="same-origin").headers["location"] == "/login?next=%2Ftop"


@pytest.mark.parametrize("headers", [{}, CROSS, {"Origin": "null"}, {"Sec-Fetch-Site": "none"}])
@pytest.mark.parametrize("path", ["/login/step", "/logout", "/prove", "/survey", "/client", "/transfer"])
def test_a_forged_form_reaches_no_view(bank: Bank, path: str, headers: dict[str, str]) -> None:
    """403 for whatever another site's page sends, with every cookie on it, and nothing is set or taken away."""
    browser = bank.browser()
    browser.first_login("hanako01")
    page = browser.post(path, {"button": "login"}, headers)
    assert (page.status_code, cookies(page)) == (403, [])
    assert "本サービスの画面" in page.text
    assert browser.get("/top").status_code == 200


def test_a_double_click_has_one_effect(bank: Bank) -> None:
    """The same form twice is answered alike, and both answers lead on."""
    browser = bank.browser()
    hidden = browser.get("/login").json()["hidden"]
    first, second = (browser.enter("hanako01", bank.initial("hanako01"), hidden) for _ in range(2))
    assert first.json() == second.json()
    change = {
        "current_login_password": bank.initial("hanako01"),
        "new_login_password": LOGIN,
        "new_confirmation_password": CONFIRMATION,
    }
    done = [browser.step("change", first.json()["hidden"], **change).json() for _ in range(2)]
    assert done[0] == done[1]
    assert done[0]["step"] == "PasswordChangeDone"


def test_a_login_that_is_refused_shows_the_entrance(bank: Bank) -> None:
    """403, a new attempt, the way to go kept."""
    browser = bank.browser()
    hidden = browser.get("/login?next=/notices/17").json()["hidden"]
    assert hidden["next"] == "/notices/17"
    page = browser.enter("hanako01", "Wrong4you7", hidden)
    assert (page.status_code, page.json()["page"], page.json()["code"]) == (403, "EntrancePage", "rejected")
    assert page.json()["hidden"]["attempt"] != hidden["attempt"]
    assert page.json()["hidden"]["next"] == "/notices/17"


@pytest.mark.parametrize("asked", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_login_leads_away(bank: Bank, asked: str) -> None:
    """What is no path of ours is dropped at the entrance, and again where a form says it."""
    browser = bank.browser()
    shown = browser.http.get("/login", params={"next": asked}).json()["hidden"]
    assert "next" not in shown
    page = browser.enter("hanako01", "Wrong4you7", {**shown, "next": asked})
    assert "next" not in page.json()["hidden"]


def test_a_login_leads_where_it_was_to_lead(bank: Bank) -> None:
    """From the page that was asked for, through every step, back to it."""
    browser = bank.browser()
    browser.first_login("hanako01")
    other = bank.browser()
    sent = other.get("/coded?amount=1")
    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=%2Fcoded%3Famount%3D1")
    due = browser.enter("hanako01", LOGIN, browser.get(sent.headers["location"]).json()["hidden"]).json()
    page = browser.step("skip", due["hidden"])
    assert (page.status_code, page.headers["location"]) == (303, "/coded?amount=1")


def test_a_form_that_was_sent_too_late_leads_to_the_entrance_and_not_back(bank: Bank) -> None:
    """What was sent is not asked for again: after the login the top page follows."""
    page = bank.browser().post("/transfer", {"amount": "1"})
    assert (page.status_code, page.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("path", ["/login/step", "/prove", "/survey"])
@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b"a=1", 415),
        ("multipart/form-data; boundary=a", b"--a--", 415),
        ("application/json", b"{}", 415),
        ("application/x-www-form-urlencoded; charset=shift_jis", b"a=1", 415),
        ("application/x-www-form-urlencoded", b"a=%", 400),
        ("application/x-www-form-urlencoded", b"a=1&a=1", 400),
        ("application/x-www-form-urlencoded", b"unknown=1", 400),
        ("application/x-www-form-urlencoded", b"a=" + b"1" * 65_535, 413),
        ("application/x-www-form-urlencoded", b"&" * 64, 413),
    ],
)
def test_a_form_that_is_none_is_refused(bank: Bank, path: str, kind: str, body: bytes, status: int) -> None:
    """By its type, its size, its encoding, its fields: with a page, and the connection closed where it is not read."""
    page = bank.browser().http.post(path, content=body, headers={**OURS, "Content-Type": kind})
    assert page.status_code == status
    assert page.headers.get("connection") == ("close" if status in {413, 415} else None)
    assert page.headers["cache-control"] == "no-store"


def test_a_form_of_another_page_is_out_of_date(bank: Bank) -> None:
    """A token that is missing, of another purpose or of another browser."""
    one, other = bank.browser(), bank.browser()
    token = one.get("/survey").json()["token"]
    assert one.post("/survey", {"a": "1", "token": token}).json() == {"a": "1"}
    other.get("/login")
    for browser, sent in ((other, token), (one, ""), (one, one.get("/login").json()["hidden"]["token"])):
        page = browser.post("/survey", {"a": "1", "token": sent})
        assert (page.status_code, "古くなって" in page.text) == (403, True)


def test_an_unknown_button_is_no_form_of_ours(bank: Bank) -> None:
    """400, however right the rest is."""
    browser = bank.browser()
    browser.get("/login")
    hidden = browser.enter("hanako01", bank.initial("hanako01")).json()["hidden"]
    assert browser.step("transfer", hidden).status_code == 400


def test_a_service_is_closed_without_its_token(bank: Bank) -> None:
    """403 that says so, at each guard that names the service; the login itself is as good as any."""
    browser = bank.browser()
    browser.first_login("hanako01")
    for path in ("/transfers", "/transfer", "/approve"):
        page = browser.get(path)
        assert (page.status_code, "トークンのご登録" in page.text) == (403, True)
    assert browser.get("/confirmed").status_code == 303


def test_a_service_that_is_not_his_is_closed(bank: Bank) -> None:
    """With or without a token."""
    bank.register("taro0002", "inquiry")
    browser = bank.browser()
    browser.first_login("taro0002")
    page = browser.get("/transfers")
    assert (page.status_code, "権限がありません" in page.text) == (403, True)


def test_a_fresh_code_opens_its_purpose_for_a_while(bank: Bank) -> None:
    """Asked for, wrong, right, over: 303 to the page that asks, 422, the view, 303 again."""
    browser = bank.browser()
    browser.first_login("hanako01", enroll=True)
    assert browser.get("/transfers").status_code == 200
    assert browser.get("/transfer?id=7").headers["location"] == "/code?purpose=transfer&next=%2Ftransfer%3Fid%3D7"
    assert browser.post("/transfer", {}).headers["location"] == "/code?purpose=transfer"
    token = browser.get("/prove").json()["token"]
    wrong = browser.post("/prove", {"code": "000000", "purpose": "transfer", "token": token})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong-code")
    bank.site.clock.advance(timedelta(minutes=1))
    form = {"code": bank.site.token.code(), "purpose": "transfer", "token": token}
    for _ in range(2):  # a double click
        assert browser.post("/prove", form).json() == {"proven": True}
    assert browser.get("/transfer").json() == {"login_id": "hanako01"}
    assert browser.post("/transfer", {}).status_code == 200
    assert browser.get("/confirmed").status_code == 303
    bank.site.clock.advance(timedelta(minutes=5))
    assert browser.get("/transfer").status_code == 303


def test_a_confirmation_opens_its_purpose_for_a_while(bank: Bank) -> None:
    """The same with the confirmation password."""
    browser = bank.browser()
    browser.first_login("hanako01", enroll=True)
    assert browser.get("/confirmed").headers["location"] == "/confirmation?purpose=transfer&next=%2Fconfirmed"
    token = browser.get("/prove").json()["token"]
    form = {"purpose": "transfer", "token": token}
    assert browser.post("/prove", {**form, "password": LOGIN}).json()["code"] == "wrong-password"
    assert browser.post("/prove", {**form, "password": CONFIRMATION}).json() == {"proven": True}
    assert browser.get("/confirmed").json() == browser.get("/approve").json() == {"login_id": "hanako01"}
    bank.site.clock.advance(timedelta(minutes=5))
    assert browser.get("/confirmed").status_code == 303


def test_a_logout_ends_the_session_and_keeps_the_browser(bank: Bank) -> None:
    """303 to the entrance, the session cookie deleted; a second tab's logout is one too, and changes nothing."""
    browser = bank.browser()
    browser.first_login("hanako01")
    known, token = browser.http.cookies["__Host-browser"], browser.get("/top").json()["logout"]
    assert browser.post("/logout", {"token": ""}).status_code == 403
    page = browser.post("/logout", {"token": token})
    assert (page.status_code, page.headers["location"]) == (303, "/login")
    assert page.headers["clear-site-data"] == '"cache"'
    assert dict(browser.http.cookies) == {"__Host-browser": known}
    assert browser.get("/top").status_code == 303
    assert browser.post("/logout", {"token": token}).headers["location"] == "/login"


@pytest.mark.parametrize(("target", "location"), [("/bye?x", "/bye?x"), ("//evil.example", "/login"), (None, "/login")])
def test_a_logout_leads_where_the_bank_says(bank: Bank, target: str | None, location: str) -> None:
    """With a session and without one; to a path of this origin."""
    gate: Gate = bank.site.gate

    async def leave(request: Request) -> Response:
        return gate.response(await gate.logout(request, target=target))

    bank.site.app.router.routes.append(Route("/leave", leave, methods=["POST"]))
    browser = bank.browser()
    browser.first_login("hanako01")
    token = browser.get("/top").json()["logout"]
    for _ in range(2):
        assert browser.post("/leave", {"token": token}).headers["location"] == location


def test_a_session_that_ended_is_no_session_and_its_cookie_stays(bank: Bank) -> None:
    """An answer that deleted it could reach the browser after another tab's login, and would end that."""
    browser = bank.browser()
    browser.first_login("hanako01")
    bank.site.clock.advance(timedelta(hours=12))
    page = browser.get("/top")
    assert (page.status_code, cookies(page)) == (303, [])
    proven = browser.get("/home")
    assert proven.json() == {"login_id": None}


def test_a_page_for_everybody_knows_who_is_logged_in(bank: Bank) -> None:
    """A session if there is one."""
    browser = bank.browser()
    assert browser.get("/home").json() == {"login_id": None}
    browser.first_login("hanako01")
    assert browser.get("/home").json() == {"login_id": "hanako01"}


def test_a_proof_after_the_session_s_end_leads_to_the_entrance(bank: Bank) -> None:
    """The page still has its token, the session is gone: 303, not a form that asks again."""
    browser = bank.browser()
    browser.first_login("hanako01")
    token = browser.get("/prove").json()["token"]
    bank.site.clock.advance(timedelta(hours=12))
    page = browser.post("/prove", {"password": CONFIRMATION, "purpose": "transfer", "token": token})
    assert (page.status_code, page.headers["location"]) == (303, "/login")


def test_a_session_of_another_browser_is_none(bank: Bank) -> None:
    """A stolen session cookie is worth nothing without the browser's own."""
    browser, thief = bank.browser(), bank.browser()
    browser.first_login("hanako01")
    thief.get("/login")
    thief.http.cookies.set("__Host-session", browser.http.cookies["__Host-session"])
    assert thief.get("/home").json() == {"login_id": None}


def test_a_gate_is_made_of_an_authenticator_and_rules() -> None:
    """The asynchronous face, and rules: anything else is told when the application is made."""
    anything: Any = None
    with pytest.raises(MisuseError):
        Gate(anything, RULES)
    with Authenticator(MemoryStore(), profile=OKMATE, keys=unsafe_keys()) as auth:
        anything = auth
        with pytest.raises(MisuseError):
            Gate(anything, RULES)
    anything = {}
    with pytest.raises(MisuseError):
        Gate(Site().auth, anything)


@pytest.mark.parametrize("purpose", ["", "Transfer", "a b", "a" * 65])
def test_a_guard_s_purpose_has_a_form(purpose: str) -> None:
    """It is told where the guard is made, not to the first person who is stopped by it."""
    gate = Site().gate
    for guard in (gate.fresh_code, gate.confirmed):
        with pytest.raises(MisuseError):
            guard(purpose)
