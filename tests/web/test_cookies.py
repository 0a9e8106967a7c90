"""Cookies: read strictly or not at all, set with every attribute, taken away by a logout."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.secret import Secret
from okmate_auth.web import CookieNames, cookie_value
from okmate_auth.web.cookies import delete_session, handle_in, set_browser, set_session
from tests.web.requests import BROWSER, SESSION, connection

NAME: Final = "__Host-session"
OTHER: Final = "T" * 43

THERE: Final = {
    f"{NAME}={SESSION}": SESSION,
    f"a=1; {NAME}={SESSION}": SESSION,
    f"{NAME}={SESSION}; a=1": SESSION,
    f"a=1;{NAME}={SESSION};b=2": SESSION,
    f" \t{NAME}={SESSION}\t ": SESSION,
    f"{NAME}={SESSION}; __Host-sessions={OTHER}": SESSION,
    f"{NAME}={SESSION}; __host-session={OTHER}": SESSION,  # another name: case counts
    f"{NAME}={SESSION}; {NAME}": SESSION,  # a cookie without a name has that value
    f"; ;{NAME}={SESSION};;": SESSION,
}
NOT_THERE: Final = (
    "",
    NAME,
    f"{NAME}=",
    f"{NAME}={SESSION}; {NAME}={SESSION}",
    f"{NAME}={SESSION}; {NAME}={OTHER}",
    f"{NAME}={SESSION};{NAME}=",
    f"{NAME}={SESSION[1:]}",
    f"{NAME}={SESSION}S",
    f'{NAME}="{SESSION}"',
    f"{NAME}=%53{SESSION[1:]}",
    f"{NAME}={SESSION[1:]}+",
    f"{NAME}={SESSION[1:]}=",
    f"{NAME}= {SESSION}",
    f"{NAME} ={SESSION}",
    f"\xa0{NAME}={SESSION}",  # readers that strip Unicode's spaces take it for ours
    f"\x85{NAME}={SESSION}",
    f"\x0b{NAME}={SESSION}",
    f"{NAME}={SESSION}\x0c",
    f"{NAME}={SESSION}, a=1",
    f"__Secure-session={SESSION}",
    f"session={SESSION}",
    f"={NAME}={SESSION}",
    f"$Version=1,{NAME}={SESSION}",
)


@pytest.mark.parametrize(("field", "value"), THERE.items())
def test_one_cookie_of_the_name_is_there(field: str, value: str) -> None:
    """Whatever else a browser sends along, the one cookie of our name is read."""
    assert handle_in(connection(("Cookie", field)), NAME) == Secret(value)


@pytest.mark.parametrize("field", NOT_THERE)
def test_anything_else_is_not_there(field: str) -> None:
    """Twice, another name, another form, quoted, escaped: nothing is repaired, so nobody else's value is believed."""
    assert handle_in(connection(("Cookie", field)), NAME) is None


def test_a_name_in_two_fields_is_there_twice() -> None:
    """HTTP/2 may part cookies over fields (RFC 9113 8.2.3): other names are found, the same one twice is not there."""
    one = ("Cookie", f"{NAME}={SESSION}")
    assert handle_in(connection(("Cookie", "a=1"), one, ("cookie", "b=2")), NAME) == Secret(SESSION)
    assert handle_in(connection(one, one), NAME) is None
    assert handle_in(connection(one, ("COOKIE", f"{NAME}={OTHER}")), NAME) is None


def test_no_field_is_no_cookie() -> None:
    """A request without cookies has none, nor has one whose field only looks like it."""
    assert handle_in(connection(), NAME) is None
    assert handle_in(connection(("Cookie ", f"{NAME}={SESSION}")), NAME) is None


def test_a_bank_s_own_cookie_is_read_as_strictly() -> None:
    """The language's cookie needs no handle's form; twice it is not there either."""
    assert cookie_value(connection(("Cookie", "language=en")), "language") == "en"
    assert cookie_value(connection(("Cookie", "language=a=b")), "language") == "a=b"
    assert cookie_value(connection(("Cookie", "language=en; language=en")), "language") is None
    assert cookie_value(connection(("Cookie", "language=\xff")), "language") == "\xff"


@given(st.lists(st.binary(max_size=60), max_size=4), st.integers(0, 3))
def test_nothing_in_a_field_raises(values: list[bytes], copies: int) -> None:
    """Whatever is in the fields, a handle is read where ours stands exactly once, and never otherwise."""
    ours = f"{NAME}={SESSION}"
    fields = [("Cookie", value.decode("latin-1")) for value in values] + [("Cookie", ours)] * copies
    found = handle_in(connection(*fields), NAME)
    assert (found == Secret(SESSION)) is (copies == 1)


ATTRIBUTES: Final = {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"}


def test_what_sets_the_cookies_has_every_attribute_and_no_domain() -> None:
    """``__Host-`` asks for Secure, Path=/ and no Domain; no script reads them, no other site's request carries them."""
    names = CookieNames()
    for value, rest in (
        (set_browser(names, BROWSER), {"Max-Age=34560000"}),  # 400 days
        (set_session(names, SESSION), set[str]()),
        (delete_session(names), {"Max-Age=0"}),
    ):
        pair, *attributes = value.split("; ")
        assert set(attributes) == ATTRIBUTES | rest
        assert pair in {f"__Host-browser={BROWSER}", f"__Host-session={SESSION}", "__Host-session="}


@pytest.mark.parametrize("text", ["", SESSION[1:], f"{SESSION}S", f"{SESSION[2:]}; ", "a\r\nSet-Cookie: b=c"])
def test_nothing_but_a_handle_goes_into_a_cookie(text: str) -> None:
    """No value that could end a cookie, or a header field, is ever written into one."""
    for setter in (set_browser, set_session):
        with pytest.raises(MisuseError):
            setter(CookieNames(), text)


def test_what_is_set_is_what_is_read() -> None:
    """The pair of a Set-Cookie value, sent back, is the handle again."""
    names = CookieNames(browser="__Host-b_8443", session="__Host-s_8443")
    sent = "; ".join(value.partition(";")[0] for value in (set_browser(names, BROWSER), set_session(names, SESSION)))
    assert handle_in(connection(("Cookie", sent)), names.browser) == Secret(BROWSER)
    assert handle_in(connection(("Cookie", sent)), names.session) == Secret(SESSION)


@pytest.mark.parametrize("name", ["__Host-a", "__Host-A_b-9", "__Host-" + "a" * 64])
def test_a_name_may_be_chosen(name: str) -> None:
    """Two listeners of a host share its cookies, whatever their ports: so each names its own."""
    assert CookieNames(session=name).session == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "session", "__Host-", "__host-session", "__Secure-session", "__Host-a b", "__Host-a;b", "__Host-a=b"),
        *("__Host-é", "__Host-a\n", "__Host-" + "a" * 65),
    ],
)
def test_a_name_of_another_form_is_refused(name: str) -> None:
    """Without its prefix a cookie could be set by a sibling host, or without TLS."""
    with pytest.raises(ConfigurationError):
        CookieNames(browser=name)


def test_two_cookies_need_two_names() -> None:
    """A name is text, and the two are not the same."""
    with pytest.raises(ConfigurationError):
        CookieNames(browser="__Host-a", session="__Host-a")
    not_text: Any = b"__Host-a"
    with pytest.raises(MisuseError):
        CookieNames(browser=not_text)
