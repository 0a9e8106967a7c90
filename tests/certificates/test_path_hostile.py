"""What a stranger sends: refused in bounded time whatever it is, and never by an exception (A69)."""

from __future__ import annotations

import time
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates import (
    LARGEST_CERTIFICATE,
    CertificateChain,
    TrustAnchors,
    Unreadable,
    Untrusted,
    presented,
    signatures,
    verify_path,
)
from tests.certificates.openssl import CLIENT, ISSUED_CA, NOW, Identity, root
from tests.certificates.people import ALICE, RULES, bank, said, without
from tests.rounds import rounds

BOUND_SECONDS = 2.0  # ours, generous: a chain is judged in milliseconds, a search without a bound takes hours


def alice() -> Identity:
    """Return a client of the bank, good in every respect."""
    return bank().issue(ALICE)


@pytest.mark.parametrize(
    "junk",
    [
        b"\0",
        b"0",
        b"0\x80\0\0",
        b"0\x84\xff\xff\xff\xff",
        b"junk" * 1000,
        b"-----BEGIN CERTIFICATE-----\n",
        b"0" * 16384,
    ],
)
def test_garbage(junk: bytes) -> None:
    """What is no certificate is malformed, as the client's own and among the others."""
    assert said(junk) == "malformed"
    chain = CertificateChain(alice().der, (junk,))
    assert verify_path(chain, TrustAnchors((bank().der,)), RULES, NOW) == Untrusted("malformed")


def test_pem_is_not_der() -> None:
    """A certificate in PEM is malformed here: who hands it over knows which it is."""
    assert said(alice().pem) == "malformed"


def test_truncated_at_every_length() -> None:
    """No beginning of a certificate is one, nor is a certificate with something after it."""
    der = alice().der
    assert {said(der[:length]) for length in range(1, len(der), rounds(7, 1))} == {"malformed"}
    assert said(der + b"\0") == "malformed"


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_bit(place: int, bit: int) -> None:
    """With any one bit turned a certificate is refused, and no more is told than that its issuer is unknown."""
    changed = bytearray(alice().der)
    changed[place % len(changed)] ^= 1 << bit
    assert said(bytes(changed)) in {"malformed", "unknown-issuer"}


@given(place=st.integers(min_value=0), octet=st.integers(0, 255), cut=st.integers(0, 3))
def test_any_change(place: int, octet: int, cut: int) -> None:
    """With some bytes replaced by another a certificate is refused, unless it is what it was."""
    der = alice().der
    at = place % len(der)
    changed = der[:at] + bytes([octet]) + der[at + cut :]
    assert said(changed) in ({"accepted"} if changed == der else {"malformed", "unknown-issuer"})


@given(junk=st.binary(min_size=1, max_size=200))
def test_any_bytes(junk: bytes) -> None:
    """Any bytes as an extension's value, well signed by the CA: an answer, whatever they mean."""
    extension = f"2.5.29.17=DER:{junk.hex(':')}"
    assert said(bank().issue(ALICE, (*CLIENT, extension))) in {"accepted", "malformed", "bad-path"}


@pytest.mark.parametrize("oid", ["2.5.29.15", "2.5.29.37", "2.5.29.19"])
def test_an_extension_that_can_not_be_read(oid: str) -> None:
    """Where what a client's certificate is for can't be read, it is malformed, though the bank's CA signed it."""
    name = {"2.5.29.15": "keyUsage", "2.5.29.37": "extendedKeyUsage", "2.5.29.19": "basicConstraints"}[oid]
    assert said(bank().issue(ALICE, without(name, f"{oid}=DER:04:01:00"))) == "malformed"


def test_a_chain_of_a_thousand() -> None:
    """More than eight intermediates, or more than 16 KiB each, are refused before one byte of them is read."""
    der = alice().der
    assert presented(der, (der,) * 1000) == Unreadable("too-deep")
    assert presented(der, (b"junk" * LARGEST_CERTIFICATE,)) == Unreadable("too-large")
    assert presented(b"0" * (LARGEST_CERTIFICATE + 1)) == Unreadable("too-large")


def test_the_largest_certificate() -> None:
    """A certificate of nearly 16 KiB is judged as any other."""
    large = bank().issue(ALICE, (*CLIENT, f"1.2.3.4=ASN1:FORMAT:UTF8,UTF8String:{'x' * 15500}"))
    assert LARGEST_CERTIFICATE - 1024 < len(large.der) <= LARGEST_CERTIFICATE
    assert said(large) == "accepted"


@cache
def ring(kind: str) -> tuple[Identity, ...]:
    """Return eight certificates of one CA's name and key, each of which is an issuer of every other."""
    return tuple(root("/CN=Ring", ISSUED_CA[:3], kind=kind, label="ring", serial=number) for number in range(1, 9))


@pytest.mark.parametrize("kind", ["P-256", "rsa:2048"])
def test_cycles(kind: str) -> None:
    """Certificates that all sign each other are searched in bounded time, with and without a way to an anchor."""
    others = ring(kind)
    leaf = others[0].issue(ALICE)
    let_in = bank().issue("/CN=Ring", kind=kind, label="ring")  # a client's own key, with which it signs CAs
    a_ca = bank().intermediate("/CN=Ring", kind=kind, label="ring")
    started = time.monotonic()
    assert said(leaf, *others) == "unknown-issuer"
    assert said(leaf, *others[1:], let_in) == "bad-path"
    assert said(leaf, let_in, *others[1:]) == "bad-path"
    assert said(leaf, *others[1:], a_ca) == "accepted"
    assert time.monotonic() - started < BOUND_SECONDS


def test_constraints_upon_constraints() -> None:
    """Thousands of names against thousands of name constraints end by the verifier's count of them (CVE-2023-0464)."""
    names = ",".join(f"DNS:a{number}.bank.example" for number in range(500))
    limits = ",".join(f"permitted;DNS:a{number}.bank.example" for number in range(400))
    path = [bank()]
    for number in range(3):
        path.append(path[-1].intermediate(f"/CN=Between {number}", (*ISSUED_CA, f"nameConstraints=critical,{limits}")))
    leaf = path[-1].issue(ALICE, (*CLIENT, f"subjectAltName={names}"))
    started = time.monotonic()
    assert said(leaf, *path[1:]) == "bad-path"
    assert time.monotonic() - started < BOUND_SECONDS


def test_what_a_customer_signs_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody hangs a tree of keys under a client's certificate: its direct issue is found, nothing below is tried."""
    hers = alice()
    below = hers.issue("/CN=below", ISSUED_CA)
    deeper = below.issue("/CN=deeper", ISSUED_CA)
    deepest = deeper.issue("/CN=deepest")
    tried = list[bytes]()
    real = signatures.issued

    def noting(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
        tried.append(issuer.public_bytes(Encoding.DER))
        return real(issuer, certificate)

    monkeypatch.setattr(signatures, "issued", noting)
    chain = CertificateChain(deepest.der, (hers.der, below.der, deeper.der))
    assert verify_path(chain, TrustAnchors((bank().der,)), RULES, NOW) == Untrusted("unknown-issuer")
    assert set(tried) == {bank().der, hers.der}
