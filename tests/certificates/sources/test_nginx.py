"""nginx's escaped PEM: exactly as it writes it, from whom the bank declared, and nginx's verdict only takes away."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates.chain import (
    LARGEST_CERTIFICATE,
    CertificateChain,
    Unreadable,
    UnreadableReason,
    presented,
)
from okmate_auth.certificates.sources import DeclaredPeers, NginxHeader
from okmate_auth.errors import ConfigurationError, MisuseError
from tests.certificates.sources.peers import PEERS, Field, proxied, strangers
from tests.certificates.sources.pki import Pki

SOURCE: Final = NginxHeader(PEERS)
NARROWED: Final = NginxHeader(PEERS, verdict_header="X-SSL-Client-Verify")
BEGIN, END = "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"


def pem(der: bytes) -> str:
    """Return PEM in lines of 64, as openssl writes it."""
    text = base64.b64encode(der).decode("ascii")
    return BEGIN + "".join(f"{text[at : at + 64]}\n" for at in range(0, len(text), 64)) + END


def cert(text: str, name: bytes = b"x-ssl-client-cert") -> Field:
    """Return nginx's field: everything but unreserved characters escaped."""
    return name, quote(text, safe="").encode("ascii")


def verdict(value: bytes, name: bytes = b"x-ssl-client-verify") -> Field:
    """Return the field of nginx's verdict."""
    return name, value


def test_the_certificate_of_openssl_arrives(pki: Pki) -> None:
    """Its PEM, escaped, is its bytes again; alone, since nginx tells no chain."""
    assert SOURCE(proxied(cert(pki.hanako.pem))) == presented(pki.hanako.der)
    assert SOURCE(proxied(cert(pki.hanako.pem, b"X-SSL-Client-Cert"))) == presented(pki.hanako.der)
    assert pem(pki.hanako.der) == pki.hanako.pem


def test_the_bank_names_the_field(pki: Pki) -> None:
    """Under another name it is read there, and the usual one is nothing any more."""
    source = NginxHeader(PEERS, header="X-Bank-Cert")
    assert source(proxied(cert(pki.hanako.pem, b"x-bank-cert"))) == presented(pki.hanako.der)
    assert source(proxied(cert(pki.hanako.pem))) is None


@pytest.mark.parametrize("fields", [[], [(b"x-ssl-client-cert", b"")]])
def test_without_a_certificate_there_is_none(fields: list[Field]) -> None:
    """No field, or one without value, of the proxy: its client proved nothing."""
    assert SOURCE(proxied(*fields)) is None
    assert NARROWED(proxied(*fields, verdict(b"NONE"))) is None
    assert NARROWED(proxied(*fields, verdict(b"SUCCESS"))) is None


# ------------------------------------------------------------------------------------------------------ broken variants

GOOD: Final = pem(b"certificate bytes, enough of them for a second line of base64: " * 2)
BODY: Final = GOOD.removeprefix(BEGIN).removesuffix(END)

BROKEN: Final[dict[str, tuple[UnreadableReason, list[Field]]]] = {
    "twice": ("duplicated", [cert(GOOD), cert(GOOD)]),
    "twice, in two cases": ("duplicated", [cert(GOOD), cert(GOOD, b"X-SSL-Client-Cert")]),
    "twice, one empty": ("duplicated", [cert(""), cert(GOOD)]),
    "underscore": ("malformed", [cert(GOOD, b"x_ssl_client_cert")]),
    "underscore before": ("malformed", [cert(GOOD, b"X-SSL-Client_Cert"), cert(GOOD)]),
    "underscore behind, empty": ("malformed", [cert(GOOD), cert("", b"X_SSL_Client_Cert")]),
    "joined": ("malformed", [(b"x-ssl-client-cert", cert(GOOD)[1] + b", " + cert(GOOD)[1])]),
    "folded": ("malformed", [(b"x-ssl-client-cert", cert(GOOD)[1] + b"\r\n %0A")]),
    "spaces around": ("malformed", [(b"x-ssl-client-cert", b" " + cert(GOOD)[1])]),
    "not escaped": ("malformed", [(b"x-ssl-client-cert", GOOD.replace("\n", " ").encode())]),
    "escaped as a form": ("malformed", [(b"x-ssl-client-cert", cert(GOOD)[1].replace(b"%20", b"+"))]),
    "escaped twice": ("malformed", [cert(cert(GOOD)[1].decode())]),
    "half an escape": ("malformed", [(b"x-ssl-client-cert", cert(GOOD)[1] + b"%0")]),
    "no escape": ("malformed", [(b"x-ssl-client-cert", cert(GOOD)[1] + b"%zz")]),
    "a sign": ("malformed", [(b"x-ssl-client-cert", cert(GOOD)[1].replace(b"%0A", b"%+A"))]),
    "slashes": ("malformed", [(b"x-ssl-client-cert", cert(GOOD)[1].replace(b"A", b"/"))]),
    "NUL": ("malformed", [cert(GOOD + "\x00")]),
    "two certificates": ("malformed", [cert(GOOD + GOOD)]),
    "text before": ("malformed", [cert("subject=CN = hanako01\n" + GOOD)]),
    "text behind": ("malformed", [cert(GOOD + "x")]),
    "two line ends": ("malformed", [cert(GOOD + "\n")]),
    "no begin": ("malformed", [cert(BODY + END)]),
    "no end": ("malformed", [cert(BEGIN + BODY)]),
    "cut": ("malformed", [cert(GOOD[:-9])]),
    "a key": ("malformed", [cert(GOOD.replace("CERTIFICATE", "PRIVATE KEY"))]),
    "a trusted one": ("malformed", [cert(GOOD.replace("CERTIFICATE", "TRUSTED CERTIFICATE"))]),
    "small letters": ("malformed", [cert(GOOD.replace("CERTIFICATE", "certificate"))]),
    "headers inside": ("malformed", [cert(BEGIN + "Proc-Type: 4,ENCRYPTED\n\n" + BODY + END)]),
    "CRLF": ("malformed", [cert(GOOD.replace("\n", "\r\n"))]),
    "spaces for line ends": ("malformed", [cert(GOOD.replace("\n", " "))]),
    "one long line": ("malformed", [cert(BEGIN + BODY.replace("\n", "") + "\n" + END)]),
    "lines of 63": ("malformed", [cert(BEGIN + BODY[:63] + "\n" + BODY[63:] + END)]),
    "an empty line": ("malformed", [cert(BEGIN + "\n" + BODY + END)]),
    "empty": ("malformed", [cert(BEGIN + END)]),
    "padding alone": ("malformed", [cert(BEGIN + "====\n" + END)]),
    "padding missing": ("malformed", [cert(BEGIN + "YQ\n" + END)]),
    "padding inside": ("malformed", [cert(BEGIN + "YQ==YQ==\n" + END)]),
    "last bits": ("malformed", [cert(BEGIN + "YR==\n" + END)]),
    "base64url": ("malformed", [cert(BEGIN + "-_-_\n" + END)]),
    "RFC 9440": ("malformed", [(b"x-ssl-client-cert", b":YWJj:")]),
    "a dash": ("malformed", [(b"x-ssl-client-cert", b"-")]),
    "null": ("malformed", [(b"x-ssl-client-cert", b"(null)")]),
}
"""Fields that are no certificate, and why."""


@pytest.mark.parametrize("which", BROKEN)
def test_a_broken_variant_is_refused(which: str) -> None:
    """Doubled, aliased, joined, escaped otherwise, other PEM or more of it: nothing of it is taken (A54)."""
    reason, fields = BROKEN[which]
    assert SOURCE(proxied(*fields)) == Unreadable(reason)
    assert NARROWED(proxied(*fields, verdict(b"SUCCESS"))) == Unreadable(reason)


@pytest.mark.parametrize("which", BROKEN)
def test_of_a_stranger_nothing_is_even_refused(which: str) -> None:
    """The same fields, of whoever is no declared proxy, are not there (A53)."""
    assert [SOURCE(stranger) for stranger in strangers(*BROKEN[which][1])] == [None] * 6


def test_of_a_stranger_no_certificate_is_taken(pki: Pki) -> None:
    """A real certificate and a verdict of SUCCESS are nothing without the proxy's place and proof (A53, A55)."""
    fields = cert(pki.hanako.pem), verdict(b"SUCCESS")
    assert NARROWED(proxied(*fields)) == presented(pki.hanako.der)
    assert [NARROWED(stranger) for stranger in strangers(*fields)] == [None] * 6


@pytest.mark.parametrize("spelling", [str.upper, str.lower])
def test_escapes_have_either_case(spelling: Callable[[str], str]) -> None:
    """Hexadecimal digits of an escape are the same in both cases (RFC 3986 2.1), and a last line end may be missing."""
    text = "".join(spelling(f"%{ord(letter):02x}") for letter in GOOD.removesuffix("\n"))
    found = SOURCE(proxied((b"x-ssl-client-cert", text.encode())))
    assert found == SOURCE(proxied(cert(GOOD)))
    assert isinstance(found, CertificateChain)


# ---------------------------------------------------------------------------------------------------------- the verdict

VERDICTS: Final[dict[str, list[Field]]] = {
    "none": [],
    "NONE": [verdict(b"NONE")],
    "FAILED": [verdict(b"FAILED:unable to verify the first certificate")],
    "empty": [verdict(b"")],
    "small letters": [verdict(b"success")],
    "spaces": [verdict(b"SUCCESS ")],
    "twice": [verdict(b"SUCCESS"), verdict(b"SUCCESS")],
    "both": [verdict(b"SUCCESS"), verdict(b"FAILED:")],
    "joined": [verdict(b"SUCCESS,SUCCESS")],
    "underscore": [verdict(b"SUCCESS", b"x_ssl_client_verify")],
    "underscore behind": [verdict(b"SUCCESS"), verdict(b"SUCCESS", b"x_ssl_client_verify")],
}
"""Verdicts that are not exactly one SUCCESS."""


@pytest.mark.parametrize("which", VERDICTS)
def test_a_verdict_that_is_asked_for_has_to_be_good(which: str) -> None:
    """Any but exactly one SUCCESS refuses the certificate; where none is asked for, none is looked at (A57)."""
    fields = cert(GOOD), *VERDICTS[which]
    assert NARROWED(proxied(*fields)) == Unreadable("malformed")
    assert isinstance(SOURCE(proxied(*fields)), CertificateChain)


def test_a_good_verdict_adds_nothing() -> None:
    """With SUCCESS the certificate is what it is without: presented, and not yet judged (A55)."""
    assert NARROWED(proxied(cert(GOOD), verdict(b"SUCCESS"))) == SOURCE(proxied(cert(GOOD)))


# --------------------------------------------------------------------------------------------------------------- limits


@pytest.mark.parametrize("over", [-1, 0, 1, 2, 3, 1000])
def test_a_certificate_has_a_size(over: int) -> None:
    """16 KiB of DER are read, whatever has to be escaped of them, and one byte more is not."""
    for byte in (b"d", b"\xff", b"\x00"):
        der = byte * (LARGEST_CERTIFICATE + over)
        expected = Unreadable("too-large") if over > 0 else presented(der)
        assert SOURCE(proxied(cert(pem(der)))) == expected
        everything = "".join(f"%{ord(letter):02X}" for letter in pem(der))
        assert SOURCE(proxied((b"x-ssl-client-cert", everything.encode()))) == expected


MEGABYTES: Final[dict[str, Callable[[], bytes]]] = {
    "letters": lambda: b"A" * 10_000_000,
    "percent": lambda: b"%" * 10_000_000,
    "escapes": lambda: b"%0A" * 3_000_000,
    "lines": lambda: cert(pem(b"d" * 3_000_000))[1],
    "begins": lambda: quote(BEGIN, safe="").encode() * 300_000,
    "spaces": lambda: b" " * 10_000_000,
    "NUL": lambda: b"\x00" * 10_000_000,
}


@pytest.mark.parametrize("which", MEGABYTES)
def test_ten_megabytes_are_refused_at_once(which: str) -> None:
    """Whatever they are made of, they are measured before anything is decoded."""
    connection = proxied((b"x-ssl-client-cert", MEGABYTES[which]()))
    before = time.perf_counter()
    assert SOURCE(connection) == Unreadable("too-large")
    assert time.perf_counter() - before < 0.5


# ------------------------------------------------------------------------------------------------------------ any bytes


@given(st.binary(min_size=1, max_size=500))
def test_what_was_written_is_read(der: bytes) -> None:
    """Any bytes, as PEM and escaped, come out as they were."""
    assert SOURCE(proxied(cert(pem(der)))) == presented(der)


NEARLY = st.text(alphabet="AYQ=+/\n-%", max_size=80).map(lambda body: quote(BEGIN + body + END, safe="").encode())


@given(st.lists(st.binary() | NEARLY, max_size=2))
def test_no_bytes_raise(values: list[bytes]) -> None:
    """Any value: a certificate with one spelling, a refusal, or none; and of a stranger always none."""
    fields = [(b"x-ssl-client-cert", value) for value in values]
    found = SOURCE(proxied(*fields))
    assert [SOURCE(stranger) for stranger in strangers(*fields)] == [None] * 6
    if isinstance(found, CertificateChain):
        assert values == [cert(pem(found.leaf))[1]]
    else:
        assert (found is None) is (values in ([], [b""]))


# --------------------------------------------------------------------------------------------------------- construction

UNSAFE: Final[list[dict[str, Any]]] = [
    {"peers": DeclaredPeers()},
    {"header": ""},
    {"header": "X_SSL_Client_Cert"},
    {"header": "X-SSL-Client-Cert:"},
    {"verdict_header": ""},
    {"verdict_header": "x-ssl-client-cert"},
]


@pytest.mark.parametrize("fields", UNSAFE)
def test_an_unsafe_source_is_refused(fields: dict[str, Any]) -> None:
    """No peer, a name that can't be told from its look-alikes, or one name for two things."""
    with pytest.raises(ConfigurationError):
        NginxHeader(**{"peers": PEERS, **fields})


@pytest.mark.parametrize("fields", [{"peers": None}, {"header": None}, {"verdict_header": b"x"}])
def test_a_source_of_the_wrong_type_is_told(fields: dict[str, Any]) -> None:
    """None for peers, bytes for a name."""
    with pytest.raises(MisuseError):
        NginxHeader(**{"peers": PEERS, **fields})
