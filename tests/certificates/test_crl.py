"""Revocation lists as they are read: what openssl writes is taken, and what RFC 5280 forbids has its own refusal."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates import crl
from okmate_auth.certificates.crl import RevocationList, UnusableList
from okmate_auth.certificates.crl_entries import Revoked as Entry
from okmate_auth.certificates.der import inside
from okmate_auth.errors import MisuseError
from tests.certificates import reshaping
from tests.certificates.openssl import END, START, Revoked, root
from tests.certificates.reshaping import Parts, entry_with, extension, reshaped
from tests.certificates.revoking import defect, parsed, usable
from tests.rounds import rounds

AKI = "authorityKeyIdentifier=keyid:always"
POINT = "issuingDistributionPoint=critical,@point"
ENTRIES = (Revoked(serial=7), Revoked(serial=8, reason="keyCompromise"), Revoked(serial=9, reason="certificateHold"))


def pem(der: bytes) -> bytes:
    """Return a list's DER in its armour."""
    text = "\n".join(textwrap.wrap(base64.b64encode(der).decode("ascii"), 64))
    return f"-----BEGIN X509 CRL-----\n{text}\n-----END X509 CRL-----\n".encode("ascii")


def test_what_a_list_says() -> None:
    """Number, times, issuer and entries are those that openssl wrote; a reason it did not give is unspecified."""
    found = usable(root().crl(*ENTRIES, number=0x1F))
    assert (found.number, found.this_update, found.next_update, found.scope) == (31, START, END, "all")
    assert found.name.rfc4514_string() == "CN=Root,O=Bank,C=JP"
    assert len(found) == 3
    reasons = [None if (entry := found.find(serial)) is None else entry.reason for serial in (6, 7, 8, 9, 10)]
    assert reasons == [None, "unspecified", "keyCompromise", "certificateHold", None]
    assert found.find(8) == Entry(START, "keyCompromise")


@pytest.mark.parametrize("kind", ["P-256", "P-384", "P-521", "rsa:2048"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_it_is_signed_by_its_issuer_alone(kind: str, digest: str) -> None:
    """By any key that a CA may have, over any digest to rely on; another key of the same kind did not sign it."""
    issuer = root(kind=kind, label=f"{kind} list")
    other = root(kind=kind, label=f"{kind} other")
    found = usable(issuer.crl(digest=digest))
    assert found.signed_by(parsed(issuer))
    assert not found.signed_by(parsed(other))


def test_a_key_of_another_kind_did_not_sign_it() -> None:
    """An RSA key is not tried on an ECDSA signature, and the other way round."""
    curve, rsa = root(), root(kind="rsa:2048")
    assert not usable(curve.crl()).signed_by(parsed(rsa))
    assert not usable(rsa.crl()).signed_by(parsed(curve))


def test_it_may_be_signed_with_pss() -> None:
    """RSA-PSS as openssl writes it; the padding that is named is the one that has to fit."""
    issuer = root(kind="rsa:2048")
    sigopt = ("rsa_padding_mode:pss", "rsa_pss_saltlen:32")
    _signed, algorithm, _signature = inside(issuer.issue("/CN=pss", sigopt=sigopt).der)

    def renamed(parts: Parts) -> Parts:
        return attrs.evolve(parts, head=(parts.head[0], algorithm.whole, parts.head[2]))

    options = tuple(word for one in sigopt for word in ("-sigopt", one))
    assert usable(reshaped(issuer.crl(), issuer, renamed, options=options)).signed_by(parsed(issuer))
    assert not usable(reshaped(issuer.crl(), issuer, renamed)).signed_by(parsed(issuer))


def test_der_and_pem_are_the_same_list() -> None:
    """Also with the text before it that openssl's -text prints."""
    der = root().crl()
    assert usable(der) == usable(pem(der)) == usable(b"Certificate Revocation List (CRL):\n" + pem(der))


def test_two_blocks_are_not_one_list() -> None:
    """A second list in the file would go unread, so neither is taken."""
    assert defect(pem(root().crl()) * 2) == "malformed"


@pytest.mark.parametrize("serial", [1, 2**64 - 1, 2**64, 2**159 - 1])
def test_every_serial_of_twenty_octets_is_found(serial: int) -> None:
    """RFC 5280 4.1.2.2: a user of certificates must handle as many; its neighbours are not meant."""
    found = usable(root().crl(Revoked(serial=serial)))
    assert [found.find(one) is not None for one in (serial - 1, serial, serial + 1)] == [False, True, False]


def test_a_serial_of_more_octets_spoils_a_list() -> None:
    """RFC 5280 4.1.2.2 forbids it; and a certificate that has one is on no list that is read."""
    assert defect(root().crl(Revoked(serial=2**159))) == "malformed"
    assert usable(root().crl()).find(2**159) is None


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "SHA-1": ("weak-signature", {"digest": "sha1"}),
    "no number": ("no-number", {"number": None}),
    "version 1": ("malformed", {"number": None, "extensions": ()}),
    "negative number": ("malformed", {"number": None, "extensions": (AKI, "2.5.29.20=DER:0201ff")}),
    "number of 21 octets": ("malformed", {"number": 2**159}),
    "number of 20 octets": ("usable", {"number": 2**159 - 1}),
    "number 0": ("usable", {"number": 0}),
    "unknown critical": ("unknown-critical", {"extensions": (AKI, "1.2.3.4=critical,DER:0500")}),
    "unknown, not critical": ("usable", {"extensions": (AKI, "1.2.3.4=DER:0500")}),
    "freshest list": ("usable", {"extensions": (AKI, "freshestCRL=URI:http://crl.example/delta")}),
    "freshest list, critical": (
        "unknown-critical",
        {"extensions": (AKI, "freshestCRL=critical,URI:http://crl.example/delta")},
    ),
    "delta": ("delta", {"extensions": (AKI, "2.5.29.27=critical,DER:020101")}),
    "delta, not critical": ("delta", {"extensions": (AKI, "2.5.29.27=DER:020101")}),
    "removeFromCRL in a complete list": ("removed-entry", {"entry": Revoked(serial=7, reason="removeFromCRL")}),
    "of one distribution point": ("partial", {"extensions": (POINT, "[point]", "fullname=URI:http://crl.example/1")}),
    "of one point, not critical": (
        "partial",
        {"extensions": (POINT.replace("critical,", ""), "[point]", "fullname=URI:http://crl.example/1")},
    ),
    "of a point by its relative name": (
        "partial",
        {"extensions": (POINT, "[point]", "relativename=part", "[part]", "CN=1")},
    ),
    "of some reasons": ("partial", {"extensions": (POINT, "[point]", "onlysomereasons=keyCompromise")}),
    "of other issuers too": ("partial", {"extensions": (POINT, "[point]", "indirectCRL=TRUE")}),
    "of attribute certificates": ("partial", {"extensions": (POINT, "[point]", "onlyAA=TRUE")}),
    "of users": ("usable", {"extensions": (POINT, "[point]", "onlyuser=TRUE")}),
    "of authorities": ("usable", {"extensions": (POINT, "[point]", "onlyCA=TRUE")}),
    "of both alone": ("malformed", {"extensions": (POINT, "[point]", "onlyCA=TRUE", "onlyuser=TRUE")}),
    "with an invalidity date": ("usable", {"entry": Revoked(serial=7, reason="keyTime,20260101000000Z")}),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_openssl_writes_and_what_is_said_of_it(case: str) -> None:
    """Each thing that a list must not be has its reason, and what stands next to it is taken."""
    said, how = REFUSED[case]
    entry = {**how}.pop("entry", Revoked(serial=7))
    arguments = {name: value for name, value in how.items() if name != "entry"}
    assert defect(root().crl(entry, **arguments)) == said


def test_a_list_signed_with_ed25519_is_not_relied_on() -> None:
    """No CA of a path may have such a key."""
    assert defect(root(kind="ed25519", digest="default").crl(digest="default")) == "weak-signature"


def _entry(*extensions: bytes) -> Callable[[Parts], Parts]:
    return lambda parts: attrs.evolve(parts, entries=(entry_with(parts.entries[0], *extensions),))


def _twice(extensions: bytes) -> bytes:
    (inner,) = inside(extensions)
    return reshaping.value(reshaping.EXTENSIONS, reshaping.value(inner.tag, inner.content, inner.content))


RESHAPED: dict[str, tuple[str, Callable[[Parts], Parts]]] = {
    "nothing": ("usable", lambda parts: parts),
    "no entries": ("usable", lambda parts: attrs.evolve(parts, entries=())),
    "no nextUpdate": ("no-next-update", lambda parts: attrs.evolve(parts, times=parts.times[:1])),
    "extension twice": ("malformed", lambda parts: attrs.evolve(parts, extensions=_twice(parts.extensions))),
    "no extensions": ("no-number", lambda parts: attrs.evolve(parts, extensions=b"")),
    "version 1 that has extensions": (
        "malformed",
        lambda parts: attrs.evolve(parts, head=(bytes.fromhex("020100"), *parts.head[1:])),
    ),
    "no thisUpdate that is one": (
        "malformed",
        lambda parts: attrs.evolve(parts, times=(reshaping.value(0x17, b"260199000000Z"), *parts.times[1:])),
    ),
    "entry, unknown": ("usable", _entry(extension(reshaping.UNKNOWN_OID, b"\5\0"))),
    "entry, unknown critical": ("unknown-critical", _entry(extension(reshaping.UNKNOWN_OID, b"\5\0", critical=True))),
    "entry, reason critical": ("usable", _entry(extension(reshaping.REASON_OID, b"\x0a\1\1", critical=True))),
    "entry, no such reason": ("malformed", _entry(extension(reshaping.REASON_OID, b"\x0a\1\7"))),
    "entry, reason twice": ("malformed", _entry(*[extension(reshaping.REASON_OID, b"\x0a\1\1")] * 2)),
    "entry, of another issuer": (
        "unknown-critical",
        _entry(extension(reshaping.CERTIFICATE_ISSUER_OID, bytes.fromhex("3003820161"), critical=True)),
    ),
}


@pytest.mark.parametrize("case", RESHAPED, ids=str)
def test_what_openssl_does_not_write_and_what_is_said_of_it(case: str) -> None:
    """Signed rightly, each is refused for what it is."""
    said, change = RESHAPED[case]
    assert defect(reshaped(root().crl(Revoked(serial=7)), root(), change)) == said


def test_the_algorithm_beside_the_signature_is_the_signed_one() -> None:
    """RFC 5280 5.1.1.2: whoever can write another one there chooses how the signature is read (A62)."""
    ours, others = root().crl(), root(kind="P-384").crl(digest="sha384")
    _signed, algorithm, _signature = inside(others)
    assert defect(reshaped(ours, root())) == "usable"
    assert defect(reshaped(ours, root(), outer=algorithm.whole)) == "malformed"


@pytest.mark.parametrize(
    "oid",
    [
        reshaping.UNKNOWN_OID,
        bytes.fromhex("06092a864886f70d010104"),  # md5WithRSAEncryption
        bytes.fromhex("0609608648016503040302"),  # dsa-with-sha256
    ],
)
def test_another_algorithm_is_not_a_strong_one(oid: bytes) -> None:
    """Named the same on both sides: known to nobody, over MD5, or of a kind of key that no CA of a path has."""
    unknown = reshaping.value(reshaping.SEQUENCE, oid)

    def renamed(parts: Parts) -> Parts:
        return attrs.evolve(parts, head=(parts.head[0], unknown, parts.head[2]))

    assert defect(reshaped(root().crl(), root(), renamed)) == "weak-signature"


def test_the_largest_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """One octet more is refused before anything of it is read; there is nothing in the empty one."""
    der = root().crl()
    said = []
    for over in (1, 0, -1):
        monkeypatch.setattr(crl, "LARGEST_LIST", len(der) - over)
        said.append(defect(der))
    assert said == ["too-large", "usable", "usable"]
    assert defect(b"") == "malformed"


@pytest.mark.parametrize("wrong", ["text", None, bytearray(b"0"), 7])
def test_only_bytes_are_read(wrong: object) -> None:
    """A name of a file, say, is the caller's mistake."""
    with pytest.raises(MisuseError, match="as bytes"):
        RevocationList.read(cast("bytes", wrong))


def test_every_truncation_is_a_value() -> None:
    """However a list ends too early, it is malformed, in DER and in PEM."""
    der = root().crl(*ENTRIES)
    armoured = pem(der)
    step = rounds(7, 1)
    assert {defect(der[:size]) for size in range(0, len(der), step)} == {"malformed"}
    assert {defect(armoured[:size]) for size in range(0, len(armoured) - 2, step)} == {"malformed"}


@given(st.data())
def test_a_flipped_bit_is_never_another_list(data: st.DataObject) -> None:
    """Whichever bit is flipped, nothing is raised, and what can still be read is not signed any more."""
    der = root().crl(*ENTRIES)
    bit = data.draw(st.integers(0, 8 * len(der) - 1))
    flipped = bytearray(der)
    flipped[bit // 8] ^= 1 << bit % 8
    found = RevocationList.read(bytes(flipped))
    assert isinstance(found, UnusableList) or not found.signed_by(parsed(root()))


@given(st.binary(max_size=300))
def test_noise_is_a_value(noise: bytes) -> None:
    """Whatever it is, it is no list, also where it begins like one."""
    for start in (b"", b"0", b"0\x82\x01\x00", b"-----BEGIN X509 CRL-----\n"):
        assert defect(start + noise) == "malformed"


def test_lists_are_the_same_by_their_bytes() -> None:
    """Two readings are equal; another number is another list; nothing of its entries is in its repr."""
    one, other = root().crl(*ENTRIES, number=1), root().crl(*ENTRIES, number=2)
    assert usable(one) == usable(one)
    assert hash(usable(one)) == hash(usable(one))
    assert usable(one) != usable(other)
    assert "entries" not in repr(usable(one))


def test_times_are_whole_and_aware() -> None:
    """They are those of the list, in UTC."""
    at = START + timedelta(seconds=1)
    found = usable(root().crl(last_update=at, next_update=at + timedelta(seconds=1)))
    assert (found.this_update, found.next_update) == (at, at + timedelta(seconds=1))
