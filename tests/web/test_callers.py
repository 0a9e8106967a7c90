"""Who calls: the address by declared peers only, the certificate by one source, tokens for new browsers where due."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates.chain import CertificateChain, Unreadable, presented
from okmate_auth.certificates.sources import DeclaredPeer, DeclaredPeers, client_certificate
from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.secret import Secret
from okmate_auth.web import Callers, CookieNames, Visitor, WebRequest
from okmate_auth.web.callers import visitor
from okmate_auth.web.forgery import form_token, some_origins
from tests.web.requests import BROWSER, ORIGIN, OURS, SESSION, Fields, connection, get, post

PROOF: Final = "p" * 32
PROXY: Final = "192.0.2.9"
PEERS: Final = DeclaredPeers([DeclaredPeer(networks=[PROXY], secret=PROOF)])
BEHIND: Final = Callers(peers=PEERS)
NEW: Final = "N" * 43

TOLD: Final[dict[str, tuple[Fields, str]]] = {
    "one": ([("X-Real-IP", "203.0.113.5")], "203.0.113.5"),
    "one in IPv6": ([("X-Real-IP", "2001:DB8::5")], "2001:db8::5"),
    "IPv4 in IPv6": ([("X-Real-IP", "::ffff:203.0.113.5")], "203.0.113.5"),
    "none": ([], PROXY),
    "empty": ([("X-Real-IP", "")], PROXY),
    "two": ([("X-Real-IP", "203.0.113.5"), ("X-Real-IP", "203.0.113.5")], PROXY),
    "look-alike": ([("X-Real-IP", "203.0.113.5"), ("X_Real_IP", "203.0.113.6")], PROXY),
    "list": ([("X-Real-IP", "203.0.113.5, 203.0.113.6")], PROXY),
    "port": ([("X-Real-IP", "203.0.113.5:443")], PROXY),
    "scope": ([("X-Real-IP", "fe80::1%eth0")], PROXY),
    "name": ([("X-Real-IP", "localhost")], PROXY),
    "bytes": ([("X-Real-IP", "\xff\x00")], PROXY),
    "other field": ([("X-Forwarded-For", "203.0.113.5"), ("Forwarded", "for=203.0.113.5")], PROXY),
}


@pytest.mark.parametrize(("fields", "address"), TOLD.values(), ids=TOLD)
def test_a_declared_peer_says_an_address_in_one_field(fields: Fields, address: str) -> None:
    """What it says in another way, twice or not at all counts as if it had made the connection for itself."""
    assert BEHIND.address(connection(*fields, ("X-Proxy-Secret", PROOF), address=PROXY)) == address


@pytest.mark.parametrize("fields", [fields for fields, _ in TOLD.values()], ids=TOLD)
def test_nobody_else_says_an_address(fields: Fields) -> None:
    """An undeclared peer, and one without its proof, have the address that TCP says, whatever a header holds."""
    assert BEHIND.address(connection(*fields, address=PROXY)) == PROXY
    assert BEHIND.address(connection(*fields, ("X-Proxy-Secret", PROOF), address="192.0.2.8")) == "192.0.2.8"
    assert Callers().address(connection(*fields, ("X-Proxy-Secret", PROOF), address=PROXY)) == PROXY


def test_a_peer_on_a_socket_says_the_address() -> None:
    """There is no address of TCP there; where nothing is said, there is none."""
    callers = Callers(peers=DeclaredPeers([DeclaredPeer(unix_socket="/run/bank")]), address_header="Client-Address")
    field = ("Client-Address", "203.0.113.5")
    assert callers.address(connection(field, address="", unix_socket="/run/bank")) == "203.0.113.5"
    assert callers.address(connection(field, address="", unix_socket="/run/other")) == ""
    assert callers.address(connection(address="", unix_socket="/run/bank")) == ""


@given(st.text(st.characters(max_codepoint=255), max_size=40))
def test_no_value_of_the_field_raises(value: str) -> None:
    """An address is in one spelling; where there is none, it is the peer's."""
    told = BEHIND.address(connection(("X-Real-IP", value), ("X-Proxy-Secret", PROOF), address=PROXY))
    assert told == PROXY or BEHIND.address(connection(address=told)) == told


def test_the_certificate_is_what_the_one_source_finds() -> None:
    """No source, no certificate, whatever a connection has."""
    chain = presented(b"0\x03\x02\x01\x01")
    assert isinstance(chain, CertificateChain)
    for shown in (chain, Unreadable("too-large"), None):
        there = connection(certificate=shown)
        assert Callers(certificates=client_certificate).certificate(there) == shown
        assert Callers().certificate(there) is None


def seen(request: WebRequest, callers: Callers | None = None) -> Visitor:
    """Return who makes a request, by a listener of ours."""
    return visitor(
        request,
        callers=callers or Callers(),
        cookies=CookieNames(),
        origins=some_origins([ORIGIN]),
        mint=lambda: NEW,
    )


BY_ONESELF: Final[tuple[Fields, ...]] = ((), [("Sec-Fetch-Site", "none")], [("Sec-Fetch-Site", "same-origin")])
LED_HERE: Final[tuple[Fields, ...]] = (
    [("Sec-Fetch-Site", "cross-site")],
    [("Sec-Fetch-Site", "same-site")],
    [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "none")],
)


@pytest.mark.parametrize("fields", BY_ONESELF)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_gives_a_new_browser_its_token(fields: Fields, method: str) -> None:
    """It is used for this very request and set in its answer."""
    who = seen(get(*fields, method=method))
    assert who.browser == Secret(NEW) == who.client.browser
    assert who.set_cookies == (f"__Host-browser={NEW}; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=34560000",)


@pytest.mark.parametrize("fields", LED_HERE)
def test_who_was_led_here_keeps_the_token_that_was_kept_back(fields: Fields) -> None:
    """A new one would replace the cookie by which this browser is known: its owner would be a stranger from then on."""
    who = seen(get(*fields))
    assert (who.browser, who.set_cookies, who.client.browser_hash) == (None, (), "")
    assert who.login_token("entrance") == ""


@pytest.mark.parametrize("fields", [*BY_ONESELF, *LED_HERE])
def test_a_token_that_is_there_stays(fields: Fields) -> None:
    """Nothing is minted and nothing set for a browser that has one."""
    who = seen(get(*fields, ("Cookie", f"__Host-browser={BROWSER}")))
    assert (who.browser, who.set_cookies) == (Secret(BROWSER), ())


def test_a_form_of_our_page_gives_a_token_and_a_forged_one_does_not() -> None:
    """Whoever came from elsewhere and logs in gets his token with the form; another site's form sets nothing."""
    assert seen(post(*OURS)).set_cookies != ()
    assert seen(post(("Sec-Fetch-Site", "cross-site"), ("Origin", ORIGIN))).browser is None
    assert seen(post()).browser is None
    assert seen(get(("Sec-Fetch-Site", "same-origin"), method="OPTIONS")).browser == Secret(NEW)


def test_a_token_that_is_there_twice_is_replaced() -> None:
    """One of the two was planted; nobody knows which."""
    who = seen(get(("Cookie", f"__Host-browser={BROWSER}; __Host-browser={SESSION}")))
    assert who.browser == Secret(NEW)


def test_everything_a_command_wants_is_in_the_client() -> None:
    """Address, user agent, browser and certificate; the session beside it."""
    shown = Unreadable("malformed")
    request = WebRequest(
        method="GET",
        path="/",
        connection=connection(
            ("User-Agent", "Firefox \xe9"),
            ("Cookie", f"__Host-browser={BROWSER}; __Host-session={SESSION}"),
            certificate=shown,
        ),
    )
    who = seen(request, Callers(certificates=client_certificate))
    assert (who.client.address, who.client.user_agent) == ("192.0.2.1", "Firefox é")
    assert (who.client.browser, who.client.certificate, who.session) == (Secret(BROWSER), shown, Secret(SESSION))
    assert who.login_token("step") == form_token(Secret(BROWSER), "step")
    assert who.token("transfer") == form_token(Secret(SESSION), "transfer")


def test_a_user_agent_that_is_there_twice_is_nobody_s() -> None:
    """It is for the history only, and there nothing is guessed either."""
    assert seen(get(("User-Agent", "a"), ("User-Agent", "b"))).client.user_agent == ""
    assert seen(get(), None).client.user_agent == ""


def test_a_visitor_shows_no_secret() -> None:
    """No token and no handle is in its repr."""
    shown = repr(seen(get(("Cookie", f"__Host-session={SESSION}"))))
    assert SESSION not in shown
    assert NEW not in shown


def test_callers_are_checked_when_they_are_made() -> None:
    """A source is a function, peers are declared peers, a field has a name."""
    anything: Any = "X-Real-IP"
    with pytest.raises(MisuseError):
        Callers(certificates=anything)
    with pytest.raises(MisuseError):
        Callers(peers=anything)
    with pytest.raises(ConfigurationError):
        Callers(address_header="X Real IP")
