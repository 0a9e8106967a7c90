"""Trust anchors: CAs to rely on and nothing else, refused by their defect when they are configured (CE-13)."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from okmate_auth.certificates import MOST_ANCHORS, TrustAnchors
from okmate_auth.errors import ConfigurationError
from tests.certificates.openssl import CA, CLIENT, NONE, START, Identity, key, request, root
from tests.certificates.people import bank

EKU = "extendedKeyUsage"

REFUSED = [
    ("not of version 3", NONE, {}),
    ("not a CA", CLIENT[:4], {}),
    ("not a CA", ("basicConstraints=critical,CA:FALSE", *CA[1:]), {}),
    ("not a CA", CA[1:], {}),
    ("no keyCertSign", (CA[0], CA[2]), {}),
    ("no keyCertSign", (CA[0], "keyUsage=critical,cRLSign", CA[2]), {}),
    ("ends before it begins", CA, {"end": datetime(2025, 1, 1, tzinfo=UTC)}),
    ("a weak key", CA, {"kind": "rsa:1024"}),
    ("a weak key", CA, {"kind": "rsa:2047"}),
    ("a weak key", CA, {"kind": "P-256:explicit"}),
    ("a weak key", CA, {"kind": "secp256k1"}),
    ("a weak key", CA, {"kind": "dsa"}),
    ("Ed25519", CA, {"kind": "ed25519", "digest": "default"}),
    ("an extension", ("basicConstraints=CA:TRUE", *CA[1:]), {}),
    ("an extension", (*CA, f"{EKU}=serverAuth"), {}),
    ("an extension", (*CA, "1.2.3.4=critical,ASN1:NULL"), {}),
    ("an extension", (*CA, "nameConstraints=permitted;dirName:dn", "[dn]", "C=JP"), {}),
    ("can not be read", (CA[0], "2.5.29.15=DER:04:01:00"), {}),
]

ACCEPTED = [
    (CA, {"kind": "rsa:2048"}),
    (CA, {"kind": "rsa:2048", "digest": "sha1"}),
    (CA, {"kind": "rsa:2048", "digest": "md5"}),
    (CA, {"kind": "P-384"}),
    (CA, {"kind": "P-521"}),
    (CA[:2], {}),
    ((CA[0], "keyUsage=keyCertSign"), {}),
    ((*CA, f"{EKU}=clientAuth"), {}),
    ((*CA, f"{EKU}=anyExtendedKeyUsage"), {}),
    ((*CA, "nameConstraints=critical,permitted;DNS:bank.example"), {}),
]


def made(extensions: tuple[str, ...], options: dict[str, object]) -> Identity:
    """Return a self-signed certificate."""
    make: object = root
    assert callable(make)
    certificate = make("/CN=Anchor", extensions, **options)
    assert isinstance(certificate, Identity)
    return certificate


@pytest.mark.parametrize(("defect", "extensions", "options"), REFUSED)
def test_what_is_no_anchor(defect: str, extensions: tuple[str, ...], options: dict[str, object]) -> None:
    """An anchor that no path could lead to, or should, is refused; it is said which one, and why."""
    bad = made(extensions, options)
    with pytest.raises(ConfigurationError, match=rf"^trust anchor 2: .*{defect}"):
        TrustAnchors((bank().der, bad.der))
    with pytest.raises(ConfigurationError, match=rf"^trust anchor 2: .*{defect}"):
        TrustAnchors.from_pem(bank().pem + bad.pem)


@pytest.mark.parametrize(("extensions", "options"), ACCEPTED)
def test_what_is_an_anchor(extensions: tuple[str, ...], options: dict[str, object]) -> None:
    """A CA with a strong key is taken, whatever its own signature is made with."""
    anchor = made(extensions, options)
    assert TrustAnchors((anchor.der,)) == TrustAnchors.from_pem(anchor.pem)


def test_an_intermediate_may_be_one() -> None:
    """A bank may trust one CA of a vendor and not the vendor's root; its signature is not looked at."""
    anchors = TrustAnchors((bank().intermediate("/CN=Between").der,))
    assert len(anchors.certificates) == 1


def test_a_signature_that_is_not_its_own() -> None:
    """A certificate that says it is self-signed, and is signed with another key, contradicts itself."""
    false = root("/C=JP/O=Bank/CN=Root", label="false")
    for digest in ("sha256", "sha512"):
        crossed = bank().issue("/C=JP/O=Bank/CN=Root", CA, label="crossed", digest=digest)
        with pytest.raises(ConfigurationError, match="not by its own key"):
            TrustAnchors((false.der, crossed.der))


def test_without_a_subject() -> None:
    """A CA without a subject could not be named by what it issues."""
    with pytest.raises(ConfigurationError, match=r"^trust anchor 1: no subject"):
        TrustAnchors((bank().issue("/", CA).der,))


@pytest.mark.parametrize("junk", [b"", b"junk", b"0" * 20000, b"-----BEGIN CERTIFICATE-----\n"])
def test_garbage(junk: bytes) -> None:
    """What is no certificate is no anchor, in DER and in PEM."""
    with pytest.raises(ConfigurationError, match=r"^trust anchor 2: not a certificate"):
        TrustAnchors((bank().der, junk))
    with pytest.raises(ConfigurationError, match=r"^trust anchors: PEM"):
        TrustAnchors.from_pem(junk)


def test_pem_of_anything_else() -> None:
    """A file that holds a key or a request besides certificates was mixed up with another, and is refused."""
    for other in (key("P-256").read_bytes(), request(key("P-256"), "/CN=a").read_bytes(), b"-----BEGIN X-----\n"):
        for text in (other, bank().pem + other, other + bank().pem):
            with pytest.raises(ConfigurationError, match=r"^trust anchors: PEM of certificates and nothing else"):
                TrustAnchors.from_pem(text)


def test_pem_with_comments() -> None:
    """What stands around the armour in a PEM file is not looked at."""
    assert TrustAnchors.from_pem(b"# our CA\n" + bank().pem + b"\n# the end\n") == TrustAnchors((bank().der,))


@pytest.mark.parametrize("names", ["anchors.pem", b"0", [b"0"], None, {b"0"}])
def test_one_tuple_of_bytes(names: object) -> None:
    """Anchors are a tuple of bytes; the name of a file is not opened."""
    make: object = TrustAnchors
    assert callable(make)
    with pytest.raises(ConfigurationError, match="not the names of files"):
        make(names)


def test_a_name_among_them() -> None:
    """A text where bytes belong is refused by its place."""
    make: object = TrustAnchors
    assert callable(make)
    with pytest.raises(ConfigurationError, match=r"^trust anchor 2: DER bytes"):
        make((bank().der, "anchors.pem"))


def test_how_many() -> None:
    """There are 1 to 64 anchors, none twice."""
    many = tuple(root("/CN=Many", label="many", serial=number).der for number in range(1, MOST_ANCHORS + 2))
    assert len(TrustAnchors(many[:1]).certificates) == 1
    assert len(TrustAnchors(many[:MOST_ANCHORS]).certificates) == MOST_ANCHORS
    for bad in ((), many):
        with pytest.raises(ConfigurationError, match=r"^trust anchors: 1 to 64"):
            TrustAnchors(bad)
    with pytest.raises(ConfigurationError, match="twice"):
        TrustAnchors((many[0], many[1], many[0]))


def test_version() -> None:
    """The version is the same for the same anchors in any order, and another for any others."""
    one, two, three = (root(f"/CN={number}", start=START).der for number in range(3))
    assert TrustAnchors((one, two)) == TrustAnchors((two, one))
    assert (
        len({TrustAnchors(some).version for some in ((one,), (two,), (one, two), (one, three), (one, two, three))}) == 5
    )
    assert len(TrustAnchors((one,)).version) == 64


def test_immutable() -> None:
    """Anchors can't be changed once they are made, nor do they show what is in them."""
    anchors = TrustAnchors((bank().der,))
    field = "certificates"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(anchors, field, ())
    assert repr(anchors) == f"TrustAnchors(version='{anchors.version}')"
