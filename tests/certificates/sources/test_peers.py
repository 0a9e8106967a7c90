"""Whose headers are believed: declared place and proof, both, and nothing that only resembles them."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import pytest

from okmate_auth.certificates.chain import Unreadable, presented
from okmate_auth.certificates.sources import Connection, DeclaredPeer, DeclaredPeers
from okmate_auth.certificates.sources.peers import LONGEST_SECRET, SHORTEST_SECRET, header_name
from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.secret import Secret
from tests.certificates.sources.peers import PEERS, PROOF, PROXY, SECRET, proxied, strangers

PLACES: Final[list[tuple[str, dict[str, bool]]]] = [
    ("192.0.2.7", {"192.0.2.6": False, "192.0.2.7": True, "192.0.2.8": False, "::ffff:192.0.2.7": True}),
    (
        "192.0.2.16/30",
        {"192.0.2.15": False, "192.0.2.16": True, "192.0.2.19": True, "192.0.2.20": False, "::ffff:c000:210": True},
    ),
    ("128.0.0.0/1", {"127.255.255.255": False, "128.0.0.0": True, "255.255.255.255": True, "8000::": False}),
    (
        "2001:db8::/126",
        {"2001:db7:ffff::": False, "2001:db8::": True, "2001:db8::3": True, "2001:db8::4": False, "32.1.13.184": False},
    ),
    ("::1", {"::1": True, "127.0.0.1": False, "::": False, "::1%lo": False}),
    ("::/1", {"::7f00:1": True, "::ffff:127.0.0.1": False, "127.0.0.1": False}),  # IPv4 is IPv4, whatever shows it
    ("fe80::/64", {"fe80::1": True, "fe80::1%eth0": False}),
    ("127.0.0.1", {"": False, "localhost": False, "127.0.0.1, 127.0.0.1": False, "127.0.0.1": True}),
]
"""A network, and addresses on either side of its borders."""


@pytest.mark.parametrize(("network", "address", "inside"), [(n, a, i) for n, found in PLACES for a, i in found.items()])
def test_a_network_ends_at_its_borders(network: str, address: str, *, inside: bool) -> None:
    """The first and the last address are inside, the next ones are not, and the proof alone does not help."""
    peers = DeclaredPeers([DeclaredPeer(networks=[network], secret=SECRET)])
    assert peers.is_declared(Connection(address, [PROOF])) is inside
    assert not peers.is_declared(Connection(address, []))


def test_only_the_proxy_is_the_proxy() -> None:
    """Another address, no proof, a wrong one, two, another kind of socket: each of them is nobody (A53)."""
    assert PEERS.is_declared(proxied())
    assert [PEERS.is_declared(stranger) for stranger in strangers()] == [False] * len(strangers())


def test_without_peers_nobody_is_declared() -> None:
    """An empty declaration believes nobody, rather than everybody."""
    assert not DeclaredPeers().is_declared(proxied())
    assert not DeclaredPeers([]).is_declared(proxied())


NAME, RIGHT = PROOF
SHOWN: Final[list[tuple[list[tuple[bytes, bytes]], bool]]] = [
    ([(NAME, RIGHT)], True),
    ([(b"X-Proxy-Secret", RIGHT)], True),
    ([(NAME, b"")], False),
    ([(NAME, RIGHT[:-1])], False),
    ([(NAME, RIGHT + b" ")], False),
    ([(NAME, RIGHT.upper())], False),
    ([(NAME, b"Secret(\xe2\x80\xa6)")], False),
    ([(NAME, b"\xff" * len(RIGHT))], False),
    ([(NAME, RIGHT * 1_000_000)], False),
    ([(NAME, RIGHT + b", " + RIGHT)], False),
    ([(NAME, RIGHT + b"," + RIGHT)], False),
    ([(NAME, RIGHT), (NAME, RIGHT)], False),
    ([(NAME, RIGHT), (NAME, b"x")], False),
    ([(b"x_proxy_secret", RIGHT)], False),
    ([(NAME, RIGHT), (b"x_proxy_secret", RIGHT)], False),
    ([(b"x-proxy-secrets", RIGHT)], False),
    ([(b"authorization", RIGHT)], False),
]
"""Fields that a request may show for the secret."""


@pytest.mark.parametrize(("fields", "good"), SHOWN)
def test_the_secret_is_one_field_and_exact(fields: list[tuple[bytes, bytes]], *, good: bool) -> None:
    """Once, whole, under its own name; joined, doubled or under a look-alike name it proves nothing (A54)."""
    assert PEERS.is_declared(Connection(PROXY, fields)) is good


def test_the_secret_may_have_another_name() -> None:
    """The bank names the field, and then the usual name is worth nothing."""
    peers = DeclaredPeers([DeclaredPeer(networks=[PROXY], secret=Secret(SECRET), secret_header="X-Bank-Proof")])
    assert peers.is_declared(Connection(PROXY, [(b"x-bank-proof", RIGHT)]))
    assert not peers.is_declared(Connection(PROXY, [PROOF]))


def test_a_secret_is_changed_without_a_gap() -> None:
    """While a peer is declared twice, both its secrets are good; afterwards the old one is not."""
    old, new = (DeclaredPeer(networks=[PROXY], secret=letter * SHORTEST_SECRET) for letter in "on")
    shown = [Connection(PROXY, [(NAME, letter * SHORTEST_SECRET)]) for letter in (b"o", b"n")]
    assert [DeclaredPeers([old, new]).is_declared(one) for one in shown] == [True, True]
    assert [DeclaredPeers([new]).is_declared(one) for one in shown] == [False, True]


DER: Final = b"the certificate of the proxy"
FINGERPRINT: Final = hashlib.sha256(DER).hexdigest()
AS_OPENSSL_PRINTS_IT: Final = ":".join(FINGERPRINT.upper()[at : at + 2] for at in range(0, 64, 2))


@pytest.mark.parametrize("written", [FINGERPRINT, FINGERPRINT.upper(), AS_OPENSSL_PRINTS_IT])
def test_the_certificate_of_a_proxy_is_a_proof(written: str) -> None:
    """Exactly that certificate, as its leaf; another, none or an unreadable one is none."""
    peers = DeclaredPeers([DeclaredPeer(networks=[PROXY], certificate=written)])
    for shown, good in (
        (presented(DER), True),
        (presented(DER, (b"another",)), True),
        (presented(b"another", (DER,)), False),
        (Unreadable("too-large"), False),
        (None, False),
    ):
        assert peers.is_declared(Connection(PROXY, [], peer_certificate=shown)) is good
        assert not peers.is_declared(Connection("192.0.2.8", [], peer_certificate=shown))


def test_two_proofs_are_both_demanded() -> None:
    """A peer with a secret and a certificate shows both."""
    peers = DeclaredPeers([DeclaredPeer(networks=[PROXY], secret=SECRET, certificate=FINGERPRINT)])
    both, certificate = Connection(PROXY, [PROOF], peer_certificate=presented(DER)), presented(DER)
    assert peers.is_declared(both)
    assert not peers.is_declared(Connection(PROXY, [PROOF]))
    assert not peers.is_declared(Connection(PROXY, [], peer_certificate=certificate))


SOCKETS: Final = [("/run/okmate.sock", True), ("/run/okmate.sock2", False), ("/run/OKMATE.sock", False), ("", False)]


@pytest.mark.parametrize(("path", "good"), SOCKETS)
def test_a_unix_socket_is_place_and_proof(path: str, *, good: bool) -> None:
    """Exactly that socket, as the server names it; a secret on top of it is demanded as well."""
    alone = DeclaredPeers([DeclaredPeer(unix_socket="/run/okmate.sock")])
    assert alone.is_declared(Connection("", [], unix_socket=path)) is good
    with_secret = DeclaredPeers([DeclaredPeer(unix_socket="/run/okmate.sock", secret=SECRET)])
    assert with_secret.is_declared(Connection("", [PROOF], unix_socket=path)) is good
    assert not with_secret.is_declared(Connection("", [], unix_socket=path))


def test_a_socket_has_no_address() -> None:
    """A connection of a unix socket that somebody gave an address is not from a network."""
    assert not PEERS.is_declared(Connection(PROXY, [PROOF], unix_socket="/run/okmate.sock"))


UNSAFE: Final[list[dict[str, Any]]] = [
    {},
    {"secret": SECRET},
    {"networks": [], "secret": SECRET},
    {"networks": [PROXY]},
    {"networks": [PROXY], "certificate": ""},
    {"networks": [PROXY], "unix_socket": "/run/okmate.sock", "secret": SECRET},
    {"networks": ["0.0.0.0/0"], "secret": SECRET},
    {"networks": ["::/0"], "secret": SECRET},
    {"networks": ["192.0.2.7/24"], "secret": SECRET},
    {"networks": ["proxy.example"], "secret": SECRET},
    {"networks": ["::ffff:192.0.2.7"], "secret": SECRET},
    {"networks": ["::ffff:0:0/96"], "secret": SECRET},
    {"networks": [PROXY], "secret": ""},
    {"networks": [PROXY], "secret": "a" * 15 + "," + "a" * 16},
    {"networks": [PROXY], "secret": "a" * 15 + " " + "a" * 16},
    {"networks": [PROXY], "secret": "a" * 31 + "ａ"},
    {"networks": [PROXY], "secret": "a" * 32 + "\n"},
    {"networks": [PROXY], "secret": SECRET, "secret_header": ""},
    {"networks": [PROXY], "secret": SECRET, "secret_header": "X_Proxy_Secret"},
    {"networks": [PROXY], "secret": SECRET, "secret_header": "-X"},
    {"networks": [PROXY], "secret": SECRET, "secret_header": "X-"},
    {"networks": [PROXY], "secret": SECRET, "secret_header": "X:"},
    {"networks": [PROXY], "certificate": FINGERPRINT[:-1]},
    {"networks": [PROXY], "certificate": FINGERPRINT + "0"},
    {"networks": [PROXY], "certificate": "g" * 64},
    {"unix_socket": "okmate.sock"},
]
"""Declarations that would believe too many, or nobody."""


@pytest.mark.parametrize("fields", UNSAFE)
def test_an_unsafe_declaration_is_refused(fields: dict[str, Any]) -> None:
    """No place or two, no proof, everybody, a proof that can be joined or guessed: refused before a request comes."""
    with pytest.raises(ConfigurationError) as refused:
        DeclaredPeer(**fields)
    assert not fields.get("secret") or fields["secret"] not in str(refused.value)


@pytest.mark.parametrize(
    ("length", "good"), [(31, False), (32, True), (33, True), (255, True), (256, True), (257, False)]
)
def test_a_secret_has_a_length(length: int, *, good: bool) -> None:
    """32 to 256 characters; one of the greatest length still proves."""
    assert (SHORTEST_SECRET, LONGEST_SECRET) == (32, 256)
    secret = "s" * length
    if not good:
        with pytest.raises(ConfigurationError):
            DeclaredPeer(networks=[PROXY], secret=secret)
        return
    assert DeclaredPeer(networks=[PROXY], secret=secret).made(Connection(PROXY, [(NAME, secret.encode())]))


@pytest.mark.parametrize(("length", "good"), [(0, False), (1, True), (2, True), (63, True), (64, True), (65, False)])
def test_a_header_name_has_a_length(length: int, *, good: bool) -> None:
    """1 to 64 letters, digits and hyphens."""
    name = "a" * length
    if good:
        assert header_name(name) == name
    else:
        with pytest.raises(ConfigurationError):
            header_name(name)


WRONG: Final[list[dict[str, Any]]] = [
    {"networks": PROXY, "secret": SECRET},
    {"networks": [7], "secret": SECRET},
    {"networks": [PROXY], "secret": SECRET.encode()},
    {"networks": [PROXY], "certificate": None},
    {"networks": [PROXY], "secret": SECRET, "secret_header": None},
    {"unix_socket": None},
]


@pytest.mark.parametrize("fields", WRONG)
def test_a_declaration_of_the_wrong_type_is_told(fields: dict[str, Any]) -> None:
    """One text for several networks, bytes for text, None for ''."""
    with pytest.raises(MisuseError):
        DeclaredPeer(**fields)


def test_peers_are_peers() -> None:
    """A list of addresses is no declaration."""
    wrong: Any = [PROXY]
    with pytest.raises(MisuseError, match=r"^peers: several DeclaredPeer$"):
        DeclaredPeers(wrong)


def test_a_peer_does_not_show_its_secret() -> None:
    """Neither repr nor a message has it."""
    assert SECRET not in repr(PEERS)
    assert "192.0.2.7" in repr(PEERS)
