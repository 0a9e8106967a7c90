"""The facts of a connection: the address as it is, header fields as they came, nothing shown."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates.chain import Unreadable
from okmate_auth.certificates.sources import Connection
from okmate_auth.errors import MisuseError

ADDRESSES: Final[dict[str, str | None]] = {
    "192.0.2.7": "192.0.2.7",
    "2001:db8::7": "2001:db8::7",
    "2001:DB8:0:0:0:0:0:7": "2001:db8::7",
    "::ffff:192.0.2.7": "192.0.2.7",
    "::ffff:c000:207": "192.0.2.7",
    "0000:0000:0000:0000:0000:ffff:255.255.255.255": "255.255.255.255",
    "::192.0.2.7": "::c000:207",  # IPv4-compatible, which nobody uses (RFC 4291 2.5.5.1), is IPv6
    "": None,
    "192.0.2.7:443": None,
    "[2001:db8::7]": None,
    "192.0.2.7, 192.0.2.8": None,
    "192.0.2.07": None,  # octal to some readers
    "192.0.2": None,
    "3221225991": None,
    " 192.0.2.7": None,
    "192.0.2.７": None,
    "fe80::1%eth0": None,
    "localhost": None,
    "unix:": None,
    "192.0.2.7\x00": None,
    "\ud800": None,
    "0" * 46: None,
    "1" * 1_000_000: None,
}
"""What a server may say, and which address that is."""


@pytest.mark.parametrize(("text", "address"), ADDRESSES.items())
def test_an_address_is_one_or_nobodys(text: str, address: str | None) -> None:
    """IPv4 in IPv6 is IPv4; what is no address, or has a scope or a port, is none and raises nothing."""
    assert Connection(text, []).ip == (None if address is None else ip_address(address))


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_no_address_raises(text: str) -> None:
    """Any text may be told for an address, for a server may have taken it from a header."""
    connection = Connection(text, [])
    assert connection.ip is None or connection.address == text


NAMES: Final[list[list[bytes]]] = [
    [b"Client-Cert"],
    [b"CLIENT-CERT"],
    [b"client-cert", b"client-cert"],
    [b"client-cert", b"host", b"Client-Cert"],
    [],
    [b"client-cert-chain", b"x-client-cert", b"clientcert", b"client-certs", b"", b"\xff"],
]
"""Names of the fields of a request."""


@pytest.mark.parametrize("names", NAMES)
def test_fields_come_in_order_and_are_not_joined(names: list[bytes]) -> None:
    """Each field of the name, in any case, with its own value, and no other field's."""
    fields = [(name, b"%d" % number) for number, name in enumerate(names)]
    found = Connection("", fields).lines("Client-Cert")
    assert found == tuple(value for name, value in fields if name.lower() == b"client-cert")


LOOK_ALIKES: Final = [
    b"Client_Cert",
    b"client_cert",
    b"CLIENT_CERT",
    b"Client.Cert",
    b"Client Cert",
    b"Client-Cert ",
    b"\tClient-Cert",
    b"Client\x00Cert",
    b"Client\xadCert",
    b"Client\xffCert",
]
"""Names that some server, framework or log takes for Client-Cert."""


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_name_that_looks_alike_spoils_the_field(name: bytes) -> None:
    """Alone, before or behind the real field: nobody can tell which one another program would take (A54)."""
    real = (b"client-cert", b"a")
    for fields in ([(name, b"b")], [(name, b"b"), real], [real, (name, b"b")]):
        connection = Connection("", fields)
        assert connection.lines("Client-Cert") is None
        assert connection.only("Client-Cert") == Unreadable("malformed")


def test_one_field_is_that_many() -> None:
    """None of it is None, one is its value, two are refused even where they are equal."""
    for count, found in enumerate((None, b"a", Unreadable("duplicated"), Unreadable("duplicated"))):
        assert Connection("", [(b"client-cert", b"a")] * count).only("Client-Cert") == found
    assert Connection("", [(b"client-cert", b"")]).only("Client-Cert") == b""


def test_asgi_headers_are_taken_as_they_are() -> None:
    """Lists of lists and iterators become tuples that nobody changes any more."""
    fields = [[b"a", b"1"], [b"b", b"2"]]
    connection = Connection("", iter(fields))
    fields.clear()
    assert connection.headers == ((b"a", b"1"), (b"b", b"2"))


def test_headers_are_not_shown() -> None:
    """Cookies, and the proof of a proxy, are in no log of a connection."""
    assert "canary" not in repr(Connection("192.0.2.7", [(b"cookie", b"canary")]))


BAD: Final[list[dict[str, Any]]] = [
    {"address": None},
    {"address": b"192.0.2.7"},
    {"headers": [("client-cert", "a")]},
    {"headers": [(b"client-cert", "a")]},
    {"headers": [(b"client-cert", b"a", b"b")]},
    {"headers": [(b"client-cert",)]},
    {"headers": [b"ab"]},
    {"headers": {b"ab": b"c"}},
    {"unix_socket": None},
    {"peer_certificate": b"DER"},
]


@pytest.mark.parametrize("bad", BAD)
def test_a_server_that_is_wired_wrongly_is_told(bad: dict[str, Any]) -> None:
    """What has the wrong type is the program's fault, and the message shows none of it."""
    with pytest.raises(MisuseError, match=r"^(address|headers|unix_socket|peer_certificate)\b"):
        Connection(**{"address": "", "headers": [], **bad})
