"""Keys: RSA by its numbers, at each bound and beyond; keys of the ROCA library are known by their modulus."""

from __future__ import annotations

import math
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates import strength
from okmate_auth.certificates.strength import strong_key, strong_signature
from tests.certificates.openssl import key, new_directory, root, run
from tests.certificates.people import ALICE, bank, said


@cache
def roca_key() -> tuple[int, int]:
    """Return two primes as the ROCA library made them: k·M + 65537ᵃ mod M, M the product of the primes up to 701.

    That is how a prime of 1024 bits was found by it (Nemec and others, 2017, section 2.1, for keys of 2048 bits).
    """
    small = [n for n in range(2, 702) if all(n % divisor for divisor in range(2, n))]
    product = math.prod(small)
    found: list[int] = []
    factor = (3 << 1022) // product
    while len(found) < 2:
        factor += 1
        candidate = factor * product + pow(65537, factor, product)
        if candidate.bit_length() == 1024 and b"is prime" in run("prime", str(candidate)):
            found.append(candidate)
    return found[0], found[1]


def certificate(kind: str) -> x509.Certificate:
    """Return a certificate with a key of a kind."""
    return x509.load_der_x509_certificate(bank().issue(ALICE, kind=kind).der)


def test_roca() -> None:
    """A key as the ROCA library made them is weak, though it is RSA of 2048 bits (CVE-2017-15361)."""
    p, q = roca_key()
    d = rsa.rsa_recover_private_exponent(65537, p, q)
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=rsa.rsa_crt_dmp1(d, p),
        dmq1=rsa.rsa_crt_dmq1(d, q),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(65537, p * q),
    )
    file = new_directory() / "roca.pem"
    file.write_bytes(numbers.private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    leaf = bank().issue(ALICE, held=file)
    assert said(leaf) == "weak-key"
    assert (p * q).bit_length() in {2047, 2048}


@given(number=st.integers(0, 15))
def test_no_other_key_looks_like_it(number: int) -> None:
    """A key of another library is not taken for one of ROCA's."""
    assert strong_key(certificate("rsa:2048" + ":65537" * (number % 2)))


@pytest.mark.parametrize(
    ("kind", "strong"),
    [
        ("rsa:2048:65537", True),
        ("rsa:2048:65539", True),
        ("rsa:2048:17", False),
        ("rsa:2048:65535", False),
        (f"rsa:2048:{2**32 + 1}", True),
        ("rsa:2047:65537", False),
    ],
)
def test_rsa(kind: str, strong: bool) -> None:  # noqa: FBT001 - a column of a table
    """An exponent is odd and 65537 at least (FIPS 186-5 A.1.1), a modulus of 2048 bits at least."""
    assert strong_key(certificate(kind)) is strong


@pytest.mark.parametrize(("floor", "strong"), [(2048, True), (2049, False)])
def test_a_higher_floor(floor: int, strong: bool) -> None:  # noqa: FBT001 - as above
    """A floor is inclusive."""
    assert strong_key(certificate("rsa:2048"), floor) is strong


def test_a_compressed_point() -> None:
    """A key of a good curve that is not written in the plain way is not taken: its digest would be of other bytes."""
    file = new_directory() / "compressed.pem"
    run("ec", "-in", key("P-256", "compressed"), "-conv_form", "compressed", "-out", file)
    assert said(bank().issue(ALICE, held=file)) == "weak-key"


@pytest.mark.parametrize(
    ("digest", "strong"),
    [("sha1", False), ("md5", False), ("sha224", False), ("sha256", True), ("sha384", True), ("sha512", True)],
)
def test_signatures(digest: str, strong: bool) -> None:  # noqa: FBT001 - as above
    """A signature is over SHA-256, SHA-384 or SHA-512."""
    signed = root("/CN=Signed", kind="rsa:2048", digest=digest)
    assert strong_signature(x509.load_der_x509_certificate(signed.der)) is strong


def test_signatures_without_a_digest() -> None:
    """Ed25519 has its own digest; Ed448 is not taken."""
    for kind, strong in (("ed25519", True), ("ed448", False)):
        signed = root("/CN=Signed", kind=kind, digest="default")
        assert strong_signature(x509.load_der_x509_certificate(signed.der)) is strong


GOOD = 2**2047 + 1
LAST_EXPONENT = 2**256 - 1


@pytest.mark.parametrize(
    ("modulus", "exponent", "strong"),
    [
        (GOOD, 65537, True),
        (2**2048 - 1, 65537, True),
        (2**2047 - 1, 65537, False),
        (2**8192 - 1, 65537, True),
        (2**8192 + 1, 65537, False),
        (GOOD + 1, 65537, False),
        (GOOD, 65535, False),
        (GOOD, 65538, False),
        (GOOD, 1, False),
        (GOOD, LAST_EXPONENT, True),
        (GOOD, LAST_EXPONENT + 2, False),
    ],
)
def test_numbers_of_rsa(modulus: int, exponent: int, strong: bool) -> None:  # noqa: FBT001 - as above
    """Numbers that no program makes a key of are judged as well: each bound, just below it and just above."""
    assert strength._strong_rsa(modulus, exponent, 2048) is strong
