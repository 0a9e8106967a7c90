"""Forged requests: which fields of a browser are believed, and what a form token proves."""

from __future__ import annotations

import itertools
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.secret import Secret
from okmate_auth.web.forgery import (
    FORGED,
    OUTDATED,
    came_from_elsewhere,
    cross_site_problem,
    form_token,
    some_origins,
    token_problem,
)
from tests.web.requests import BROWSER, ORIGIN, SESSION, Fields, connection, get, post

ORIGINS: Final = some_origins([ORIGIN, "https://bank.example:8443"])

SITES: Final[dict[str, Fields]] = {
    "ours": [("Sec-Fetch-Site", "same-origin")],
    "none": [],
    "wrong": [("Sec-Fetch-Site", "cross-site")],
    "sibling": [("Sec-Fetch-Site", "same-site")],
    "typed": [("Sec-Fetch-Site", "none")],
    "case": [("Sec-Fetch-Site", "Same-Origin")],
    "list": [("Sec-Fetch-Site", "same-origin, same-origin")],
    "empty": [("Sec-Fetch-Site", "")],
    "twice": [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "same-origin")],
    "alike": [("Sec-Fetch-Site", "same-origin"), ("Sec_Fetch_Site", "same-origin")],
}
SENDERS: Final[dict[str, Fields]] = {
    "ours": [("Origin", ORIGIN)],
    "port": [("Origin", f"{ORIGIN}:8443")],
    "none": [],
    "null": [("Origin", "null")],
    "wrong": [("Origin", "https://evil.example")],
    "plain": [("Origin", "http://bank.example")],
    "other-port": [("Origin", f"{ORIGIN}:444")],
    "default-port": [("Origin", f"{ORIGIN}:443")],
    "path": [("Origin", f"{ORIGIN}/")],
    "case": [("Origin", "https://BANK.example")],
    "sub": [("Origin", "https://a.bank.example")],
    "longer": [("Origin", "https://bank.example.evil.example")],
    "list": [("Origin", f"{ORIGIN} {ORIGIN}")],
    "empty": [("Origin", "")],
    "bytes": [("Origin", "https://bank.example\xff")],
    "twice": [("Origin", ORIGIN), ("Origin", ORIGIN)],
    "both": [("Origin", "https://evil.example"), ("Origin", ORIGIN)],
}
GOOD: Final = {("ours", "ours"), ("ours", "port"), ("ours", "none"), ("none", "ours"), ("none", "port")}


@pytest.mark.parametrize(("site", "sender"), list(itertools.product(SITES, SENDERS)))
def test_a_form_comes_from_our_own_page(site: str, sender: str) -> None:
    """Every pair of fields: both agree that it is this origin, or the one that is there says so; all else is forged."""
    fields = [*SITES[site], *SENDERS[sender]]
    expected = None if (site, sender) in GOOD else FORGED
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get"):
        assert cross_site_problem(post(*fields, method=method), ORIGINS) == expected
        assert cross_site_problem(post(*reversed(fields), method=method), ORIGINS) == expected
    assert cross_site_problem(get(*fields), ORIGINS) is None
    assert cross_site_problem(get(*fields, method="HEAD"), ORIGINS) is None


@given(
    st.lists(st.tuples(st.sampled_from(["Origin", "Sec-Fetch-Site", "Sec_Fetch_Site"]), st.text("a:/\xff", max_size=9)))
)
def test_no_value_raises_or_is_let_through(fields: Fields) -> None:
    """Whatever stands in the fields, what is not exactly ours is forged."""
    assert cross_site_problem(post(*fields), ORIGINS) == FORGED


@pytest.mark.parametrize(
    ("site", "elsewhere"),
    [
        *(("ours", False), ("none", False), ("typed", False), ("empty", False), ("case", False)),
        *(("wrong", True), ("sibling", True), ("twice", True), ("alike", True)),
    ],
)
def test_who_was_led_here_is_told(site: str, elsewhere: bool) -> None:  # noqa: FBT001 - a column of the table
    """Where another site led here, cookies were kept back; what is there twice is not believed to say otherwise."""
    assert came_from_elsewhere(connection(*SITES[site])) is elsewhere


GOOD_ORIGINS: Final = (
    *("https://bank.example", "https://localhost:8443", "https://127.0.0.1:1", "https://[::1]:65535", "https://a"),
    *("https://xn--a.example", "https://a-b.example:8"),
)
BAD_ORIGINS: Final = (
    *("", "bank.example", "http://bank.example", "https://", "https://bank.example/", "https://bank.example:443"),
    *("https://Bank.example", "https://bank.example:0", "https://bank.example:65536", "https://bank.example:099999"),
    *("https://bank.example:8443/", "https://銀行.example", "null", "*", "https://*.bank.example", "https://a b"),
    *("https://user@bank.example", "https://bank.example?", " https://bank.example", "https://-a", "https://a\n"),
)


@pytest.mark.parametrize("origin", GOOD_ORIGINS)
def test_an_origin_is_as_browsers_write_it(origin: str) -> None:
    """Scheme, host, and a port where it is not the default one."""
    assert some_origins([origin]) == {origin}


@pytest.mark.parametrize("origin", BAD_ORIGINS)
def test_an_origin_of_another_form_is_refused(origin: str) -> None:
    """It would never equal what a browser sends, and every form would be refused."""
    with pytest.raises(ConfigurationError):
        some_origins([ORIGIN, origin])


def test_a_listener_has_an_origin() -> None:
    """None at all would refuse everything, and one text is not several."""
    with pytest.raises(ConfigurationError):
        some_origins([])
    for wrong in (ORIGIN, ORIGIN.encode(), [ORIGIN.encode()]):
        anything: Any = wrong
        with pytest.raises(MisuseError):
            some_origins(anything)


HOLDER: Final = Secret(BROWSER)


KNOWN_TOKEN: Final = "kvicj4HgaSDgPHfHeA898_Kfx9hTADfGbFwK1fi9Y0I"


def test_a_token_is_a_mac_by_the_cookie() -> None:
    """A value worked out by openssl: HMAC-SHA256 of "okmate form 1/transfer" under 43 letters B, as base64url."""
    assert form_token(HOLDER, "transfer") == KNOWN_TOKEN


def test_a_token_is_right_for_its_holder_and_purpose_alone() -> None:
    """One of another browser, session or purpose is a page that is out of date."""
    token = form_token(HOLDER, "transfer")
    assert token_problem(token, HOLDER, "transfer") is None
    for holder, purpose in ((HOLDER, "logout"), (Secret(SESSION), "transfer"), (None, "transfer")):
        assert token_problem(token, holder, purpose) == OUTDATED
    for sent in ("", f"{token}=", token[:-1], token.lower(), "あ\ud800", BROWSER, f"{token} "):
        assert token_problem(sent, HOLDER, "transfer") == OUTDATED
        assert token_problem(sent, None, "transfer") == OUTDATED


def test_an_entrance_lets_no_token_through_and_no_wrong_one() -> None:
    """A page that another site led to had no cookie to make a token of; a token that is there has to be right."""
    token = form_token(HOLDER, "entrance")
    assert token_problem("", HOLDER, "entrance", entrance=True) is None
    assert token_problem("", None, "entrance", entrance=True) is None
    assert token_problem(token, HOLDER, "entrance", entrance=True) is None
    assert token_problem(token, None, "entrance", entrance=True) == OUTDATED
    assert token_problem(token, Secret(SESSION), "entrance", entrance=True) == OUTDATED


def test_who_holds_nothing_gets_no_token() -> None:
    """There is nothing to bind a form to, and no token that would do for everybody."""
    assert form_token(None, "entrance") == ""


@given(st.text("ABab01_-", min_size=43, max_size=43), st.sampled_from(["a", "transfer", "transfer-20260105-17"]))
def test_a_token_does_not_show_the_cookie(text: str, purpose: str) -> None:
    """A page that shows the token shows 43 other characters, and others for each purpose."""
    token = form_token(Secret(text), purpose)
    assert token != text
    assert len(token) == 43
    assert token_problem(token, Secret(text), purpose) is None
    assert token_problem(token, Secret(text), f"{purpose}0") == OUTDATED


@pytest.mark.parametrize("purpose", ["", "Transfer", "-a", "a-", "a b", "a/b", "a" * 65, "送金", "a\n"])
def test_a_purpose_has_a_form(purpose: str) -> None:
    """It is the program's own word, as for ``Confirm`` and ``StepUp``; so that it can't be made to say another one."""
    with pytest.raises(MisuseError):
        form_token(None, purpose)
    with pytest.raises(MisuseError):
        token_problem("", HOLDER, purpose, entrance=True)
