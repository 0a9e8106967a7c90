"""DER: where its values begin and end."""

from __future__ import annotations

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates.der import elements, inside, issuer_and_key
from tests.certificates.openssl import NONE, asn1, key, root, run


@pytest.mark.parametrize("length", [0, 1, 127, 128, 129, 255, 256, 257, 65535, 65536])
def test_lengths(length: int) -> None:
    """A value's length is read in each of its forms, at their bounds (X.690 8.1.3)."""
    der = asn1(f"asn1=FORMAT:ASCII,OCTETSTRING:{'a' * length}")
    (found,) = elements(der)
    assert (found.tag, found.content, found.whole) == (4, b"a" * length, der)
    assert [one.whole for one in elements(der + der)] == [der, der]


@given(junk=st.binary(max_size=40))
def test_any_bytes(junk: bytes) -> None:
    """Any bytes are taken apart into what they were, or refused; nothing is read beyond their end."""
    try:
        found = elements(junk)
    except ValueError:
        return
    assert b"".join(one.whole for one in found) == junk


@pytest.mark.parametrize("junk", [b"\4", b"\4\1", b"\4\x81", b"\4\x82\1", b"\4\x84\xff\xff\xff\xff", b"\4\0\4"])
def test_ends(junk: bytes) -> None:
    """What ends too early is refused."""
    with pytest.raises(ValueError, match="DER"):
        elements(junk)


def test_inside_is_of_one_value() -> None:
    """Two values are not one."""
    with pytest.raises(ValueError, match="unpack"):
        inside(b"\4\0\4\0")


@pytest.mark.parametrize("extensions", [NONE, ("basicConstraints=CA:TRUE",)])
def test_issuer_and_key(extensions: tuple[str, ...]) -> None:
    """The issuer and the key are found in certificates of version 1 and 3."""
    made = root("/C=JP/CN=Here", extensions)
    certificate = x509.load_der_x509_certificate(made.der)
    spki = run("pkey", "-in", key("P-256", "/C=JP/CN=Here"), "-pubout", "-outform", "DER")
    assert issuer_and_key(certificate) == (certificate.issuer.public_bytes(), spki)
