"""The client: what a history may show of a caller, and the browser it is bound to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth import handles
from okmate_auth.certificates import CertificateChain, Unreadable
from okmate_auth.client import ADDRESS_LIMIT, USER_AGENT_LIMIT, Client, as_client
from okmate_auth.errors import MisuseError
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation
from tests.unchecked import unchecked

TOKEN = handles.mint(b"\x05" * 32)
OTHER = handles.mint(b"\x06" * 32)
CHAIN = CertificateChain(b"certificate")

any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=400)


@given(any_text, any_text)
def test_what_the_caller_says_can_be_shown(address: str, user_agent: str) -> None:
    """Address and user agent are printable and bounded before anything keeps them (A91, ASVS 5.0 16.4.1)."""
    client = Client(address, user_agent)
    for text, limit in ((client.address, ADDRESS_LIMIT), (client.user_agent, USER_AGENT_LIMIT)):
        assert len(text) <= limit
        assert all(char.isprintable() or char == "\u3000" for char in text)
        text.encode("utf-8")


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1%eth0", ""])
def test_an_address_is_kept_as_it_is(address: str) -> None:
    """What servers declare passes unchanged."""
    assert Client(address).address == address


@pytest.mark.parametrize("hostile", ["\r\nSet-Cookie: a=b", "\x1b[2J", "${jndi:ldap://x}", "\u202e", "\u2028"])
def test_nothing_in_a_user_agent_can_hurt_its_reader(hostile: str) -> None:
    """CR LF, terminal escapes, lookups of loggers and bidirectional controls are escaped (A91)."""
    shown = Client("192.0.2.1", hostile).user_agent
    assert hostile not in shown
    assert "\\u{" in shown


def test_a_browser_is_known_by_the_hash_of_its_cookie() -> None:
    """The hash of a well-formed token is in the browser's own domain; the token itself is a secret."""
    client = Client("192.0.2.1", browser=TOKEN)
    assert client.browser_hash == handles.browser_hash(Secret(TOKEN))
    assert client.browser == Secret(TOKEN)
    assert client.violations() == ()
    assert Client("192.0.2.1", browser=Secret(TOKEN)) == client
    assert TOKEN not in repr(client)
    assert client.browser_hash not in repr(client)


@pytest.mark.parametrize("token", [None, "", "A" * 42, "A" * 44, TOKEN + "\n", "A" * 42 + "=", "x" * 1_000_000])
def test_what_is_no_token_has_no_hash_and_a_violation(token: str | None) -> None:
    """A missing or malformed cookie is refused by form; it is never hashed, so it can't equal a stored hash."""
    client = Client("192.0.2.1", browser=token)
    assert client.browser_hash == ""
    assert client.violations() == (Violation("malformed-token", "browser"),)


@pytest.mark.parametrize("wrong", [b"DER", "PEM", True, 0, ()])
def test_a_certificate_is_what_a_source_returned(wrong: object) -> None:
    """A chain, something unreadable, or none; bytes of whoever's are not (A57)."""
    with pytest.raises(MisuseError, match="certificate"):
        Client("192.0.2.1", certificate=unchecked(wrong))


@pytest.mark.parametrize(
    ("certificate", "browser", "fingerprint", "holds"),
    [
        (None, TOKEN, "", True),
        (None, TOKEN, CHAIN.fingerprint, False),
        (CHAIN, TOKEN, "", True),
        (CHAIN, TOKEN, CHAIN.fingerprint, True),
        (CHAIN, TOKEN, "0" * 64, False),
        (CHAIN, OTHER, CHAIN.fingerprint, False),
        (Unreadable("malformed"), TOKEN, CHAIN.fingerprint, False),
        (None, OTHER, "", False),
    ],
)
def test_a_caller_holds_what_is_bound_to_his_browser_and_certificate(
    certificate: CertificateChain | Unreadable | None, browser: str, fingerprint: str, *, holds: bool
) -> None:
    """Both, where there is a certificate; a certificate that nothing is bound to does not matter (A26)."""
    client = Client("192.0.2.1", browser=browser, certificate=certificate)
    assert client.holds(handles.browser_hash(Secret(TOKEN)), fingerprint) is holds


def test_what_can_not_be_read_is_a_violation() -> None:
    """Beside what is wrong with the browser's cookie."""
    client = Client("192.0.2.1", certificate=Unreadable("too-large"))
    assert client.violations() == (Violation("malformed-token", "browser"), Violation("malformed", "certificate"))
    assert client.chain is None


@pytest.mark.parametrize("wrong", [None, 1, b"192.0.2.1", ["192.0.2.1"], Secret("192.0.2.1")])
def test_address_and_user_agent_are_text(wrong: object) -> None:
    """Another type is the program's mistake (A102)."""
    with pytest.raises(MisuseError, match="address"):
        Client(unchecked(wrong))
    with pytest.raises(MisuseError, match="user_agent"):
        Client("192.0.2.1", unchecked(wrong))


@pytest.mark.parametrize("wrong", [1, b"token", ["token"]])
def test_a_browsers_token_is_text(wrong: object) -> None:
    """Bytes from a cookie parser are decoded by the view, not guessed at here."""
    with pytest.raises(MisuseError):
        Client("192.0.2.1", browser=unchecked(wrong))


@pytest.mark.parametrize("wrong", [None, "192.0.2.1", ("192.0.2.1",), object()])
def test_a_caller_is_a_client(wrong: object) -> None:
    """A command takes nothing else in its place."""
    with pytest.raises(MisuseError, match="client"):
        as_client(unchecked(wrong))
    client = Client("192.0.2.1")
    assert as_client(client) is client
