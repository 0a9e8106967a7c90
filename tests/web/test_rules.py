"""A listener's rules: what they are made of, and that everything asked of one goes by what it was made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

import attrs
import pytest

from okmate_auth.client import Client
from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.replies import Abandoned, Authenticated, LoggedOut, Refused
from okmate_auth.secret import Secret
from okmate_auth.web import CookieNames, Form, Problem, Redirect, Visitor, WebRules
from okmate_auth.web.forgery import form_token
from okmate_auth.web.rules import some_rules
from okmate_auth.web.steps import token_purpose
from tests.web.requests import BROWSER, ORIGIN, OURS, SESSION, Fields, get, post

RULES: Final = WebRules(
    origins=[ORIGIN],
    cookies=CookieNames(browser="__Host-b1", session="__Host-s1"),
    entrance="/enter",
    top="/top",
    hsts_seconds=0,
)
OUTDATED: Final = Problem(403, "page-outdated")
FORGED: Final = Problem(403, "request-forged")
COOKIES: Final[Fields] = (("Cookie", f"__Host-b1={BROWSER}; __Host-s1={SESSION}"),)


def mint() -> str:
    """Return the token of a new browser or page."""
    return "N" * 43


WHO: Final = RULES.visitor(get(*COOKIES), mint)
NEW: Final = RULES.visitor(get(), mint)
LED_HERE: Final = RULES.visitor(get(("Sec-Fetch-Site", "cross-site")), mint)


def read(visitor: Visitor, *fields: tuple[str, str], bound: Any = "session", **entered: str) -> Form | Problem:  # noqa: ANN401 - as it may be passed
    """Return a form for a transfer that came in with these header fields."""
    request = post(*fields, body=urlencode(entered).encode())
    return RULES.form(request, visitor, fields=["amount"], purpose="transfer", bound=bound)


def test_the_listener_s_own_cookies_are_read() -> None:
    """Another listener's on the same host, and the default ones, are nobody's here."""
    assert (WHO.browser, WHO.session) == (Secret(BROWSER), Secret(SESSION))
    other = RULES.visitor(get(("Cookie", f"__Host-browser={BROWSER}; __Host-session={SESSION}")), mint)
    assert (other.browser, other.session) == (Secret("N" * 43), None)


def test_a_form_within_a_session_has_the_session_s_token() -> None:
    """Right, wrong, missing, of the browser: only the first is read."""
    good = WHO.token("transfer")
    form = read(WHO, *OURS, amount="1", token=good)
    assert isinstance(form, Form)
    assert form.text("amount") == "1"
    for token in (WHO.token("logout"), WHO.login_token("transfer"), "", SESSION):
        assert read(WHO, *OURS, amount="1", token=token) == OUTDATED
    assert read(WHO, *OURS, amount="1") == OUTDATED
    assert read(NEW, *OURS, amount="1", token=good) == OUTDATED


def test_a_form_outside_of_one_has_the_browser_s() -> None:
    """A page that is for everybody binds its form to the browser that it was sent to."""
    assert isinstance(read(WHO, *OURS, bound="browser", token=WHO.login_token("transfer")), Form)
    assert read(WHO, *OURS, bound="browser", token=WHO.token("transfer")) == OUTDATED
    assert read(LED_HERE, *OURS, bound="browser", token="") == OUTDATED


@pytest.mark.parametrize("bound", ["sesion", "Browser", "", None])
def test_a_form_is_bound_to_one_of_the_two(bound: Any) -> None:  # noqa: ANN401 - as it may be passed
    """A word that is misspelt is told, and makes no form of a session one of the browser."""
    with pytest.raises(MisuseError):
        read(WHO, *OURS, bound=bound, token=WHO.login_token("transfer"))


def test_a_forged_form_is_not_even_read() -> None:
    """With the right token, and however broken: what comes from elsewhere is told so first."""
    assert read(WHO, token=WHO.token("transfer")) == FORGED
    assert read(WHO, ("Origin", "https://evil.example"), b="%") == FORGED
    assert RULES.problem(post()) == FORGED
    assert RULES.login_form(post(body=b"%"), WHO) == FORGED


def test_a_form_s_fields_are_those_that_are_listed_and_the_token() -> None:
    """What the page does not have is refused before its token is looked at."""
    malformed = Problem(400, "request-malformed")
    assert read(WHO, *OURS, amount="1", extra="1", token=WHO.token("transfer")) == malformed
    assert RULES.login_form(post(*OURS, body=b"button=login&extra=1"), WHO) == malformed


def login(visitor: Visitor, **entered: str) -> Form | Problem:
    """Return a form of the login that came in from our own page."""
    return RULES.login_form(post(*OURS, body=urlencode(entered).encode()), visitor)


@pytest.mark.parametrize("button", ["login", "begin"])
def test_an_entrance_s_form_may_have_no_token_and_no_wrong_one(button: str) -> None:
    """Whoever followed a link from elsewhere has a page without token, and his cookie again when he sends it."""
    for visitor in (WHO, NEW):
        assert isinstance(login(visitor, button=button), Form)
        assert isinstance(login(visitor, button=button, token=""), Form)
        assert isinstance(login(visitor, button=button, token=visitor.login_token("entrance")), Form)
        assert login(visitor, button=button, token=visitor.login_token("step")) == OUTDATED
    assert login(NEW, button=button, token=WHO.login_token("entrance")) == OUTDATED


@pytest.mark.parametrize(
    ("methods", "begins"), [({"password"}, {"login"}), ({"certificate"}, {"begin"}), (None, {"login", "begin"})]
)
def test_a_login_begins_by_the_listener_s_methods(methods: Any, begins: set[str]) -> None:  # noqa: ANN401 - as it may be passed
    """A listener of one method takes no form of the other's entrance; the steps after it are both's."""
    rules = attrs.evolve(RULES, methods=methods) if methods else RULES
    for button in ("login", "begin", "password", "code"):
        token = WHO.login_token(token_purpose(button))
        form = rules.login_form(post(*OURS, body=urlencode({"button": button, "token": token}).encode()), WHO)
        taken = button in begins or button not in ("login", "begin")
        assert isinstance(form, Form) if taken else form == Problem(400, "request-malformed")


@pytest.mark.parametrize("button", ["password", "change", "code", "skip", "give-up", "", "nothing"])
def test_every_other_form_of_the_login_has_its_token(button: str) -> None:
    """A step's page is always the answer to a form of ours, which gave its browser a token to bind it to."""
    assert isinstance(login(WHO, button=button, token=WHO.login_token("step")), Form)
    for token in ("", WHO.login_token("entrance"), WHO.token("step")):
        assert login(WHO, button=button, token=token) == OUTDATED
    assert login(WHO, button=button) == OUTDATED


def test_answers_go_by_the_listener_s_paths_and_cookies() -> None:
    """Its entrance, its top page, its cookies; an unsafe target is dropped wherever one is asked for."""
    done = Authenticated(
        session=Secret(SESSION),
        login_id="hanako01",
        entrance="password",
        factors=(),
        enrollment_skipped=False,
        took_over=False,
        until=datetime(2026, 1, 5, tzinfo=UTC),
    )
    for target, location in (("/a", "/a"), ("//evil.example", "/top"), (None, "/top"), ("", "/top")):
        answer = RULES.login_answer(done, WHO, mint=mint, target=target)
        assert isinstance(answer, Redirect)
        assert answer.location == location
        assert [value.partition("=")[0] for name, value in answer.headers if name == "Set-Cookie"] == [
            "__Host-s1",
            "__Host-b1",
        ]
        page = RULES.entrance_page(WHO, mint=mint, target=target)
        assert page.hidden.get("next", "/top") == location
        assert page.hidden["token"] == form_token(Secret(BROWSER), "entrance")
    assert RULES.login_answer(Abandoned(), WHO, mint=mint).headers == (("Location", "/enter"),)
    gone = RULES.session_answer(Refused(code="not-logged-in"))
    assert isinstance(gone, Redirect)
    assert gone.location == "/enter"
    for target, location in ((None, "/enter"), ("/bye", "/bye"), ("https://evil.example", "/enter")):
        out = RULES.logout_answer(LoggedOut(), target=target)
        assert isinstance(out, Redirect)
        assert (out.location, out.headers[1][1].partition("=")[0]) == (location, "__Host-s1")


def test_pages_go_by_the_listener_s_hsts() -> None:
    """Left out here; a year where nothing is said."""
    name = "Strict-Transport-Security"
    for fields in (RULES.page_headers(), RULES.page_headers(script=True), RULES.static_headers()):
        assert name not in dict(fields)
    assert dict(WebRules(origins=[ORIGIN]).page_headers())[name] == "max-age=31536000"


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            {"origins": []},
            {"origins": ["http://bank.example"]},
            {"entrance": "login"},
            {"top": "https://bank.example/"},
        ),
        *({"code": "//code"}, {"confirmation": ""}, {"hsts_seconds": -1}),
        *({"methods": []}, {"methods": ["password", "token"]}),
        *({"entrance": "/login?lang=ja"}, {"code": "/code#form"}, {"top": "/?"}),
    ],
)
def test_unsafe_rules_are_refused_when_they_are_made(wrong: dict[str, Any]) -> None:
    """A listener never starts with them."""
    with pytest.raises(ConfigurationError):
        WebRules(**{"origins": [ORIGIN]} | wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origins": ORIGIN},
        {"cookies": "__Host-a"},
        {"callers": None},
        {"top": b"/"},
        {"entrance": None},
        {"methods": "password"},
    ],
)
def test_parts_of_another_type_are_misuse(wrong: dict[str, Any]) -> None:
    """They are told when the rules are made, not at the first request."""
    with pytest.raises(MisuseError):
        WebRules(**{"origins": [ORIGIN]} | wrong)


def test_rules_are_rules() -> None:
    """What takes rules takes nothing else."""
    assert some_rules(RULES) is RULES
    anything: Any = {"origins": [ORIGIN]}
    with pytest.raises(MisuseError):
        some_rules(anything)


def test_a_visitor_is_what_commands_take() -> None:
    """The client has the browser that the visitor has."""
    assert isinstance(WHO.client, Client)
    assert WHO.client.browser == WHO.browser
