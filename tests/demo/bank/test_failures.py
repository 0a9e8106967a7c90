"""Pages for what went wrong: each in the language asked for, with the rules' header fields and a way to go on."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import pytest

from tests.demo.bank.browser import Browser, Page
from tests.demo.bank.serving import Served

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def helpful(page: Page) -> bool:
    """Say whether a page has a heading, leads to the top page and to the entrance, and has the rules' fields."""
    named = [tag for tag, _ in page.tags].count("h1") == 1
    leads = {"/top", "/login"} <= set(page.links())
    return named and leads and "default-src 'none'" in page.header("content-security-policy")


@pytest.mark.parametrize(("language", "title"), [("ja", "ページが見つかりません"), ("en", "There is no such page")])
def test_an_address_that_leads_nowhere(demo: Served, language: str, title: str) -> None:
    """404, in both languages."""
    page = demo.browser(language=language).get("/nowhere/at/all")
    assert page.status == 404
    assert page.title.startswith(title)
    assert helpful(page)


def test_nobody_is_sent_to_the_host_that_a_request_names(demo: Served) -> None:
    """A path with a slash too many is a page that there is not, and no redirect to ``Host``."""
    for path in ("/top/", "/login/", "/static"):
        page = demo.browser().ask("GET", path, None, {"Host": "evil.example"})
        assert (page.status, page.header("location")) == (404, "")
        assert "evil.example" not in page.html


@pytest.mark.parametrize(("method", "path"), [("POST", "/top"), ("PUT", "/login"), ("GET", "/language")])
def test_a_method_that_a_page_does_not_have(demo: Served, method: str, path: str) -> None:
    """405, which names those that it has."""
    browser = demo.browser()
    sent = {"Origin": f"https://localhost:{browser.port}", "Sec-Fetch-Site": "same-origin"}
    page = browser.ask(method, path, None, sent)
    assert page.status == 405
    assert page.header("allow")
    assert helpful(page)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"button=login&button=begin", FORM["Content-Type"], 400),
        (b"button=nothing", FORM["Content-Type"], 403),
        (b"login_id=%zz", FORM["Content-Type"], 400),
        (b"unknown=1", FORM["Content-Type"], 400),
        (b"x" * 65_537, FORM["Content-Type"], 413),
        (b"{}", "application/json", 415),
        (b"a", "text/plain", 415),
    ],
)
def test_what_is_no_form_of_ours_is_refused(demo: Served, body: bytes, kind: str, status: int) -> None:
    """With the status of its fault, and no command made of it."""
    page = demo.browser().post("/login", body, Content_Type=kind)
    assert page.status == status
    assert helpful(page)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
def test_another_site_s_form_is_refused(demo: Served, headers: dict[str, str]) -> None:
    """403 before anything is read, at each path that takes forms."""
    browser = demo.browser()
    for path in ("/login", "/login/step", "/logout", "/language", "/transfer", "/desk/release"):
        page = browser.ask("POST", path, b"", {**FORM, **headers})
        assert page.status == 403
        assert helpful(page)


def test_the_other_entrance_is_another_origin(demo: Served) -> None:
    """A form of the one is not sent to the other."""
    browser = demo.browser()
    sent = {**FORM, "Origin": f"https://localhost:{demo.ports[1]}"}
    assert browser.ask("POST", "/language", b"language=en&next=/", sent).status == 403


@pytest.mark.parametrize(
    ("language", "title"), [("ja", "ただいまご利用になれません"), ("en", "The service is not available")]
)
def test_a_database_that_fails_is_told_as_such(demo: Served, language: str, title: str) -> None:
    """503 with a time to come back, nothing of what failed; the same form sent again afterwards has its effect."""
    browser = demo.browser(language=language)
    entrance = browser.get("/login")
    holder = sqlite3.connect(demo.bank.database, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        page = browser.submit(entrance, "login", login_id="Taro2026", password="Mori3kawa")
    finally:
        holder.close()
    assert (page.status, page.header("retry-after")) == (503, "30")
    assert page.title.startswith(title)
    assert helpful(page)
    assert "sqlite" not in page.html.lower()
    assert browser.submit(entrance, "login", login_id="Taro2026", password="Mori3kawa").status == 200


def test_every_page_has_the_rules_fields_and_no_answer_is_kept(demo: Served) -> None:
    """Pages are not stored, files are."""
    browser = demo.browser()
    for path in ("/", "/login", "/demo/people", "/demo/token", "/desk"):
        assert browser.get(path).header("cache-control") == "no-store"
    for path in ("/static/okmate.css", "/static/icon.svg", "/static/token.js"):
        file = browser.get(path)
        assert file.status == 200
        assert file.header("cache-control") == "public, max-age=3600"
        assert file.header("x-content-type-options") == "nosniff"


def test_pages_have_what_people_and_screen_readers_find_their_way_by(demo: Served) -> None:
    """A language, one heading of the first order, landmarks, a title of their own, a label for each field; no style."""
    browser, top = demo.taro()
    paths = ("/", "/login", "/transfer", "/services/inquiry", "/notices/N-17", "/demo/people", "/demo/token", "/desk")
    pages = [top, *(browser.get(path) for path in paths)]
    for page in pages:
        tags = [tag for tag, _ in page.tags]
        assert page.status == 200
        assert tags.count("h1") == tags.count("main") == tags.count("header") == tags.count("footer") == 1
        assert dict(page.tags)["html"]["lang"] == "en"
        labelled = {found["for"] for tag, found in page.tags if tag == "label"}
        fields = {found["id"] for tag, found in page.tags if tag in ("input", "select") and "id" in found}
        assert fields == labelled
        ids = [found["id"] for _, found in page.tags if "id" in found]
        assert len(ids) == len(set(ids))
        assert not [found for _, found in page.tags if "style" in found or "onclick" in found]
    assert len({page.title for page in pages}) == len(pages)


def test_only_the_tokens_page_has_a_script(demo: Served) -> None:
    """It is allowed there, from this origin, and nowhere else."""
    browser: Browser = demo.browser()
    token, people = browser.get("/demo/token"), browser.get("/demo/people")
    assert "script-src 'self'; connect-src 'self'" in token.header("content-security-policy")
    assert "script" not in people.header("content-security-policy")
    assert "script" not in [tag for tag, _ in people.tags]


def test_a_source_that_guesses_too_much_is_told_when_to_try_again(demo: Served) -> None:
    """503 with a time to come back, and the way to the entrance; in transfers as well as at the entrance."""
    taro, _ = demo.taro()
    confirm = taro.submit(taro.get("/transfer"), "draft", payee="P01", amount="5")
    browser = demo.browser()
    entrance = browser.get("/login")
    for number in range(200):
        page = browser.submit(entrance, "login", login_id=f"Nobody{number:03}", password="wrong123")
        entrance = browser.get("/login")
        if page.status == 503:
            break
    assert page.status == 503
    assert int(page.header("retry-after")) >= 1
    assert page.title.startswith("Too much is going on")
    assert "/login" in page.links()
    busy = taro.submit(confirm, "execute", confirmation_password="Wrong123", code="000000")
    assert busy.status == 503
    assert confirm.path in busy.links()


@pytest.mark.parametrize(("language", "title"), [("ja", "エラーが発生しました"), ("en", "Something went wrong")])
def test_a_defect_of_ours_is_told_without_its_cause(
    demo: Served, language: str, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 with the rules' header fields; the log of the server has the rest."""

    def broken() -> datetime:
        message = "the secret cause"
        raise RuntimeError(message)

    browser = demo.browser(language=language)
    monkeypatch.setattr(demo.clock, "_real", broken)
    page = browser.get("/demo/token")
    monkeypatch.undo()
    assert page.status == 500
    assert page.title.startswith(title)
    assert helpful(page)
    assert "cause" not in page.html
    assert browser.get("/demo/token").status == 200


def test_a_login_by_the_other_method_does_not_begin_here(demo: Served) -> None:
    """400 at either listener: each has one entrance."""
    browser = demo.browser()
    for port, path in zip(demo.ports, ("/login", "/certificate"), strict=True):
        browser.port = port
        page = browser.get("/login" if path == "/login" else "/")
        (button,) = {"login", "begin"} - {value for _, value in page.form(path).buttons}
        assert browser.post(path, {**page.form(path).fields, "button": button}).status == 400


@pytest.mark.parametrize("changed", [{"id": "TR-1"}, {"id": "../x"}, {"button": "approve"}, {"button": ""}])
def test_a_transfer_s_form_that_is_none_of_ours_is_refused(demo: Served, changed: dict[str, str]) -> None:
    """400: an id of another form, a button that there is none of."""
    browser, _ = demo.taro()
    fields = {**browser.get("/transfer").form("draft").fields, "button": "draft", **changed}
    assert browser.post("/transfer", fields).status == 400
