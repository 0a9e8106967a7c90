"""RFC 9440: what a declared proxy writes is read exactly, and every broken variant is refused by form."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates.chain import (
    LARGEST_CERTIFICATE,
    MOST_INTERMEDIATES,
    CertificateChain,
    Unreadable,
    UnreadableReason,
    presented,
)
from okmate_auth.certificates.sources import ClientCertHeaders, DeclaredPeers, rfc9440
from okmate_auth.errors import ConfigurationError, MisuseError
from tests.certificates.sources.peers import PEERS, Field, proxied, strangers
from tests.certificates.sources.pki import Pki

SOURCE: Final = ClientCertHeaders(PEERS)


def item(der: bytes) -> bytes:
    """Return a Byte Sequence (RFC 8941 4.1.8)."""
    return b":" + base64.b64encode(der) + b":"


def cert(value: bytes, name: bytes = b"client-cert") -> Field:
    """Return a Client-Cert field of any value."""
    return name, value


def chain(value: bytes, name: bytes = b"client-cert-chain") -> Field:
    """Return a Client-Cert-Chain field of any value."""
    return name, value


# ---------------------------------------------------------------------------------------- as RFC 9440 appendix A has it


def test_the_certificate_of_openssl_arrives(pki: Pki) -> None:
    """One Item (RFC 9440 figure 2): the leaf's bytes, and its fingerprint is openssl's."""
    assert SOURCE(proxied(cert(item(pki.hanako.der)))) == presented(pki.hanako.der)


SPELLINGS: Final[dict[str, Callable[[bytes, bytes], list[Field]]]] = {
    "one line": lambda a, b: [chain(a + b", " + b)],
    "no space": lambda a, b: [chain(a + b"," + b)],
    "tabs": lambda a, b: [chain(a + b"\t, \t" + b)],
    "spaces around": lambda a, b: [chain(b"  " + a + b" ,  " + b + b" ")],
    "two lines": lambda a, b: [chain(a), chain(b)],
    "two lines, with another between": lambda a, b: [chain(a), (b"accept", b"*/*"), chain(b)],
    "two lines, in two cases": lambda a, b: [chain(a, b"Client-Cert-Chain"), chain(b, b"CLIENT-CERT-CHAIN")],
}
"""The same List of two."""


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_chain_of_openssl_arrives(pki: Pki, spelling: str) -> None:
    """A List (RFC 9440 figure 3), in one line or several, before or behind Client-Cert, in its order."""
    fields = SPELLINGS[spelling](item(pki.issuing.der), item(pki.root.der))
    expected = presented(pki.hanako.der, (pki.issuing.der, pki.root.der))
    assert SOURCE(proxied(cert(item(pki.hanako.der)), *fields)) == expected
    assert SOURCE(proxied(*fields, cert(item(pki.hanako.der), b"Client-Cert"))) == expected


def test_the_function_and_the_source_say_the_same(pki: Pki) -> None:
    """The source is the function, for peers that are named once."""
    connection = proxied(cert(item(pki.hanako.der)), chain(item(pki.issuing.der)))
    assert rfc9440.client_certificate(connection, PEERS) == SOURCE(connection)
    assert rfc9440.client_certificate(connection, DeclaredPeers()) is None


def test_without_a_certificate_there_is_none() -> None:
    """A request of the proxy that has neither field says that its client proved nothing."""
    assert SOURCE(proxied()) is None


@pytest.mark.parametrize("value", [b"", b" ", b"  "])
def test_an_empty_list_is_a_list(value: bytes) -> None:
    """An empty Client-Cert-Chain is a List without members (RFC 8941 4.2.1)."""
    assert SOURCE(proxied(cert(item(b"der")), chain(value))) == presented(b"der")


# ------------------------------------------------------------------------------------------------------ broken variants

GOOD: Final = item(b"certificate bytes")
OTHER: Final = item(b"other bytes")

BROKEN: Final[dict[str, tuple[UnreadableReason, list[Field]]]] = {
    "twice": ("duplicated", [cert(GOOD), cert(GOOD)]),
    "twice, another": ("duplicated", [cert(GOOD), cert(OTHER)]),
    "twice, in two cases": ("duplicated", [cert(GOOD), cert(GOOD, b"Client-Cert")]),
    "twice, one empty": ("duplicated", [cert(GOOD), cert(b"")]),
    "underscore": ("malformed", [cert(GOOD, b"client_cert")]),
    "underscore, in capitals": ("malformed", [cert(GOOD, b"CLIENT_CERT")]),
    "underscore before": ("malformed", [cert(OTHER, b"Client_Cert"), cert(GOOD)]),
    "underscore behind": ("malformed", [cert(GOOD), cert(OTHER, b"Client_Cert")]),
    "underscore in the chain": ("malformed", [cert(GOOD), chain(GOOD, b"client_cert_chain")]),
    "underscore in the chain alone": ("malformed", [chain(GOOD, b"client-cert_chain")]),
    "space behind the name": ("malformed", [cert(GOOD, b"client-cert ")]),
    "joined": ("malformed", [cert(GOOD + b"," + GOOD)]),
    "joined, with a space": ("malformed", [cert(GOOD + b", " + OTHER)]),
    "joined, one empty": ("malformed", [cert(GOOD + b",")]),
    "folded": ("malformed", [cert(GOOD[:9] + b"\r\n " + GOOD[9:])]),
    "folded behind": ("malformed", [cert(GOOD + b"\r\n ")]),
    "folded, as spaces": ("malformed", [cert(GOOD[:9] + b"   " + GOOD[9:])]),
    "another field inside": ("malformed", [cert(GOOD + b"\r\nClient-Cert: " + OTHER)]),
    "line feed": ("malformed", [cert(GOOD + b"\n")]),
    "NUL": ("malformed", [cert(GOOD + b"\x00")]),
    "tab": ("malformed", [cert(b"\t" + GOOD)]),
    "empty": ("malformed", [cert(b"")]),
    "colons": ("malformed", [cert(b"::")]),
    "colon": ("malformed", [cert(b":")]),
    "three colons": ("malformed", [cert(GOOD + b":")]),
    "no colons": ("malformed", [cert(GOOD[1:-1])]),
    "no first colon": ("malformed", [cert(GOOD[1:])]),
    "no last colon": ("malformed", [cert(GOOD[:-1])]),
    "asterisks": ("malformed", [cert(b"*" + GOOD[1:-1] + b"*")]),  # as drafts of RFC 8941 had it
    "a string": ("malformed", [cert(b'"' + GOOD[1:-1] + b'"')]),
    "an inner list": ("malformed", [cert(b"(" + GOOD + b")")]),
    "a parameter": ("malformed", [cert(GOOD + b";a=1")]),
    "a parameter without value": ("malformed", [cert(GOOD + b"; a")]),
    "a parameter in the chain": ("malformed", [cert(GOOD), chain(OTHER + b";q=1")]),
    "padding missing": ("malformed", [cert(b":YQ:")]),
    "padding missing in part": ("malformed", [cert(b":YQ=:")]),
    "padding too much": ("malformed", [cert(b":YWJj=:")]),
    "padding inside": ("malformed", [cert(b":YQ==YQ==:")]),
    "padding alone": ("malformed", [cert(b":==:")]),
    "one character": ("malformed", [cert(b":Y:")]),
    "five characters": ("malformed", [cert(b":YWJjZ:")]),
    "last bits": ("malformed", [cert(b":YR==:")]),
    "base64url": ("malformed", [cert(b":-_-_:")]),
    "space inside": ("malformed", [cert(b":YW Jj:")]),
    "PEM": ("malformed", [cert(b"-----BEGIN CERTIFICATE----- YWJj -----END CERTIFICATE-----")]),
    "percent": ("malformed", [cert(b"%3AYWJj%3A")]),
    "full-width": ("malformed", [cert("：ＹＷＪｊ：".encode())]),
    "null": ("malformed", [cert(b"(null)")]),
    "chain alone": ("malformed", [chain(GOOD)]),
    "chain alone, empty": ("malformed", [chain(b"")]),
    "chain with a comma before": ("malformed", [cert(GOOD), chain(b"," + OTHER)]),
    "chain with a comma behind": ("malformed", [cert(GOOD), chain(OTHER + b",")]),
    "chain with two commas": ("malformed", [cert(GOOD), chain(OTHER + b",," + OTHER)]),
    "chain without comma": ("malformed", [cert(GOOD), chain(OTHER + b" " + OTHER)]),
    "chain with an empty line": ("malformed", [cert(GOOD), chain(OTHER), chain(b"")]),
    "chain with an empty member": ("malformed", [cert(GOOD), chain(b"::")]),
    "chain with a bad member": ("malformed", [cert(GOOD), chain(OTHER + b", :YQ:")]),
    "chain folded": ("malformed", [cert(GOOD), chain(OTHER + b",\r\n " + OTHER)]),
}
"""Fields that are no certificate, and why."""


@pytest.mark.parametrize("which", BROKEN)
def test_a_broken_variant_is_refused(which: str) -> None:
    """Doubled, aliased, joined, folded, with parameters, with another base64: nothing of it is taken (CE-10, A54)."""
    reason, fields = BROKEN[which]
    assert SOURCE(proxied(*fields)) == Unreadable(reason)


@pytest.mark.parametrize("which", BROKEN)
def test_of_a_stranger_nothing_is_even_refused(which: str) -> None:
    """The same fields, of whoever is no declared proxy, are not there (A53)."""
    assert [SOURCE(stranger) for stranger in strangers(*BROKEN[which][1])] == [None] * 6


def test_of_a_stranger_no_certificate_is_taken(pki: Pki) -> None:
    """A real certificate in real fields is nothing without the proxy's place and proof (A53)."""
    fields = cert(item(pki.hanako.der)), chain(item(pki.issuing.der))
    assert isinstance(SOURCE(proxied(*fields)), CertificateChain)
    assert [SOURCE(stranger) for stranger in strangers(*fields)] == [None] * 6


# --------------------------------------------------------------------------------------------------------------- limits


@pytest.mark.parametrize("over", [-1, 0, 1, 2, 3, 1000])
def test_a_certificate_has_a_size(over: int) -> None:
    """16 KiB of DER are read, one byte more is not, in either field."""
    der = b"d" * (LARGEST_CERTIFICATE + over)
    expected = Unreadable("too-large") if over > 0 else presented(der)
    assert SOURCE(proxied(cert(item(der)))) == expected
    within = Unreadable("too-large") if over > 0 else presented(b"leaf", (der,))
    assert SOURCE(proxied(cert(item(b"leaf")), chain(item(der)))) == within


@pytest.mark.parametrize("count", [MOST_INTERMEDIATES - 1, MOST_INTERMEDIATES, MOST_INTERMEDIATES + 1, 1000])
def test_a_chain_has_a_length(count: int) -> None:
    """Eight certificates are read, nine are not, in one line or in as many (A69)."""
    ders = tuple(b"%d" % number for number in range(count))
    expected = Unreadable("too-deep") if count > MOST_INTERMEDIATES else presented(b"leaf", ders)
    leaf = cert(item(b"leaf"))
    assert SOURCE(proxied(leaf, chain(b", ".join(map(item, ders))))) == expected
    assert SOURCE(proxied(leaf, *(chain(item(der)) for der in ders))) == expected


def test_eight_of_the_largest_are_read() -> None:
    """The bound of the whole list refuses nothing that the bounds of its members allow."""
    ders = (b"d" * LARGEST_CERTIFICATE,) * MOST_INTERMEDIATES
    found = SOURCE(proxied(cert(item(b"d" * LARGEST_CERTIFICATE)), chain(b" , ".join(map(item, ders)))))
    assert found == presented(b"d" * LARGEST_CERTIFICATE, ders)


NOT_BASE64: Final = b":" + b"!" * 30_000 + b":"

BEYOND_AND_BROKEN: Final[list[tuple[UnreadableReason, list[Field]]]] = [
    ("too-large", [cert(NOT_BASE64)]),
    ("too-large", [cert(GOOD), chain(OTHER), chain(NOT_BASE64)]),
    ("too-large", [cert(GOOD), chain(NOT_BASE64 * 8)]),
    ("too-deep", [cert(GOOD), chain(b",".join([b"!"] * 9))]),
    ("too-deep", [cert(GOOD), *[chain(b"!")] * 9]),
    ("too-deep", [cert(GOOD), *[chain(NOT_BASE64)] * 9]),
]
"""Fields that are beyond a bound, and no base64 either."""


@pytest.mark.parametrize(("reason", "fields"), BEYOND_AND_BROKEN)
def test_what_is_beyond_a_bound_is_not_decoded(reason: UnreadableReason, fields: list[Field]) -> None:
    """It is told by its bound, for nobody looked whether it is base64 (A69)."""
    assert SOURCE(proxied(*fields)) == Unreadable(reason)


MEGABYTES: Final[dict[str, Callable[[], list[Field]]]] = {
    "one item": lambda: [cert(b":" + b"A" * 10_000_000 + b":")],
    "spaces": lambda: [cert(b" " * 10_000_000)],
    "spaces, then an item": lambda: [cert(b" " * 5_000_000 + b"x" + b" " * 5_000_000)],
    "colons": lambda: [cert(b":" * 10_000_000)],
    "padding": lambda: [cert(b":" + b"=" * 10_000_000)],
    "commas": lambda: [cert(GOOD), chain(b"," * 10_000_000)],
    "a thousand certificates": lambda: [cert(GOOD), chain(b",".join([item(b"d" * 1500)] * 1000))],
    "a thousand lines": lambda: [cert(GOOD), *[chain(item(b"d" * 1500))] * 1000],
    "a hundred thousand lines": lambda: [cert(GOOD)] * 100_000,
    "a long name": lambda: [cert(GOOD, b"client-cert" + b"_" * 10_000_000)],
    "an empty list": lambda: [cert(GOOD), chain(b" " * 10_000_000)],
}


@pytest.mark.parametrize("which", MEGABYTES)
def test_ten_megabytes_are_refused_at_once(which: str) -> None:
    """Whatever they are made of, they are measured before anything is decoded."""
    connection = proxied(*MEGABYTES[which]())
    before = time.perf_counter()
    found = SOURCE(connection)
    assert time.perf_counter() - before < 0.5
    assert isinstance(found, Unreadable) or which == "a long name"


# ------------------------------------------------------------------------------------------------------------ any bytes


@given(st.binary(min_size=1, max_size=200), st.lists(st.binary(min_size=1, max_size=200), max_size=MOST_INTERMEDIATES))
def test_what_was_written_is_read(leaf: bytes, rest: list[bytes]) -> None:
    """Any bytes, encoded as RFC 9440 has it, come out as they were."""
    fields = [cert(item(leaf)), *([chain(b", ".join(map(item, rest)))] if rest else [])]
    assert SOURCE(proxied(*fields)) == presented(leaf, tuple(rest))


NEARLY = st.text(alphabet=":=,; \t\r\nAYQ+/-_\x00", max_size=40).map(lambda text: text.encode("ascii"))


@given(st.lists(st.tuples(st.sampled_from([b"client-cert", b"client-cert-chain"]), st.binary() | NEARLY), max_size=4))
def test_no_bytes_raise(fields: list[Field]) -> None:
    """Any fields at all: a certificate with one spelling, a refusal, or none; and of a stranger always none."""
    found = SOURCE(proxied(*fields))
    assert [SOURCE(stranger) for stranger in strangers(*fields)] == [None] * 6
    if isinstance(found, CertificateChain):
        assert [value.strip(b" ") for name, value in fields if name == b"client-cert"] == [item(found.leaf)]
    else:
        assert found is None or isinstance(found, Unreadable)
        assert (found is None) is (not fields)


# --------------------------------------------------------------------------------------------------------- construction


def test_the_source_names_its_peers() -> None:
    """Without a peer it would find nothing for ever, and without the right type it would find out too late."""
    with pytest.raises(ConfigurationError, match="needs a declared peer"):
        ClientCertHeaders(DeclaredPeers())
    nobody: Any = PEERS.peers
    with pytest.raises(MisuseError, match=r"^peers must be DeclaredPeers$"):
        ClientCertHeaders(nobody)
