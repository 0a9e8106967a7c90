"""Targets: what is plainly a path here, and nothing that a browser may take for another place."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import MisuseError
from okmate_auth.web import local_target
from okmate_auth.web.targets import LONGEST, is_local
from tests.web.requests import ORIGIN

LOCAL: Final = (
    *("/", "/top", "/notices/17?page=2#a", "/a?next=%2Fb", "/a:b@c", "/%2F%2Fevil.example", "/?a=b&c[]=~!$(*);'"),
    *("/.", "/../a", "/a;b", "/https:/evil.example"),
)
AWAY: Final = (
    *("", "top", "//evil.example", "///evil.example", "////", "/\\evil.example", "\\/evil.example", "\\\\evil.example"),
    *("https://evil.example", "HTTPS:/evil.example", "javascript:alert(1)", "data:text/html,a", "/a//b", "/.//evil"),
    *(
        " /a",
        "/a b",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r",
        "/a\r\nSet-Cookie: b=c",
        "/\x00",
        "/\x7f",
        "\x00/a",
    ),
    *(
        "/あ",
        "/\u2028",
        "／",
        "/\ufeff",
        "/\ud800",
        "?a",
        "#a",
        "./a",
        "../a",
        "@evil.example",
        "/?u=https://evil.example",
    ),
    *('/a"b', "/<a>", "/`", "/{a}", "/^", "/|"),
)


@pytest.mark.parametrize("text", LOCAL)
def test_a_path_of_this_origin_is_one(text: str) -> None:
    """With its query; whatever it holds, a browser stays here."""
    assert local_target(text, "/top") == text
    assert urlsplit(urljoin(ORIGIN, text)).netloc == "bank.example"


@pytest.mark.parametrize("text", AWAY)
def test_anything_else_is_the_default(text: str) -> None:
    """Other places, everything that browsers repair into one, and what could end a header field."""
    assert local_target(text, "/top") == "/top"


def test_nothing_asked_for_is_the_default() -> None:
    """A login that began at the entrance ends at the top page."""
    assert local_target(None, "/top") == "/top"


@pytest.mark.parametrize(("length", "local"), [(LONGEST - 1, True), (LONGEST, True), (LONGEST + 1, False)])
def test_a_target_is_bounded(length: int, local: bool) -> None:  # noqa: FBT001 - a column of the table
    """2,000 characters are one, one more is none."""
    assert is_local("/" + "a" * (length - 1)) is local


@pytest.mark.parametrize("default", ["", "//a", "https://bank.example/"])
def test_a_default_is_of_the_same_form(default: str) -> None:
    """The program's own mistake is told, even where it is not needed."""
    with pytest.raises(MisuseError):
        local_target("/a", default)


@given(st.text("/\\a.:?#@%\t\n ", max_size=12) | st.text(max_size=12))
def test_what_is_let_through_stays_here(text: str) -> None:
    """A local target, resolved as browsers do it, has this origin's scheme and host."""
    target = local_target(text, "/top")
    assert target in {text, "/top"}
    resolved = urlsplit(urljoin(f"{ORIGIN}/login", target))
    assert (resolved.scheme, resolved.netloc) == ("https", "bank.example")
    assert target.isascii()
    assert target.isprintable()
