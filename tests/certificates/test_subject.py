"""The login ID in a subject: from one plain attribute of the parsed name, never where two can be read (A70)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates import SubjectRule
from okmate_auth.errors import ConfigurationError
from tests.certificates.openssl import asn1
from tests.certificates.people import bank

# cryptography warns of a common name of more than 64 characters, and parses it.
pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length must be")

RULE = SubjectRule(prefix="NCB")
WHOLE = SubjectRule()
TAGS = {  # X.680 table 1
    "UTF8String": 12,
    "NumericString": 18,
    "PrintableString": 19,
    "TeletexString": 20,
    "IA5String": 22,
    "VisibleString": 26,
    "UniversalString": 28,
    "BMPString": 30,
}


def name(subject: str, mask: str = "utf8only") -> x509.Name:
    """Return the subject of a certificate that openssl made."""
    return x509.load_der_x509_certificate(bank().issue(subject, mask=mask, label="subjects").der).subject


def written(kind: str, value: bytes, oid: str = "CN") -> x509.Name:
    """Return a name of one attribute, of any string type and any bytes."""
    lines = ("asn1=SEQUENCE:name", "[name]", "rdn=SET:rdn", "[rdn]", "pair=SEQUENCE:pair", "[pair]", f"type=OID:{oid}")
    form = "HEX" if value else "ASCII"  # there is no empty hexadecimal number for openssl
    return x509.Name.from_bytes(asn1(*lines, f"value=IMPLICIT:{TAGS[kind]}U,FORMAT:{form},OCTETSTRING:{value.hex()}"))


@pytest.mark.parametrize(
    ("subject", "login_id"),
    [
        ("/C=JP/O=Bank/CN=NCB12345678", "12345678"),
        ("/CN=NCB12345678", "12345678"),
        ("/CN=NCB12345678/O=Bank", "12345678"),
        ("/CN=NCB1", "1"),
        ("/CN=NCBNCB1", "NCB1"),
        ("/CN=NCB 1 ", " 1 "),
        ("/CN=NCB1/OU=a+O=b", "1"),
        ("/CN=NCB1/OU=CN=NCB2", "1"),
        ("/CN=NCB1/emailAddress=NCB2@bank.example", "1"),
        ("/CN=NCB" + "x" * 61, "x" * 61),
        ("/CN=NCB", None),
        ("/CN=ncb1", None),
        ("/CN=1NCB", None),
        ("/CN=1", None),
        ("/O=NCB1", None),
        ("/OU=CN=NCB1", None),
        ("/CN=NCB1/CN=NCB2", None),
        ("/CN=NCB1/CN=NCB1", None),
        ("/CN=NCB1/O=Bank/CN=x", None),
        ("/CN=NCB1+OU=x", None),
        ("/OU=x+CN=NCB1", None),
        ("/CN=NCB1+CN=NCB2", None),
        ("/CN=NCB1/OU=x+CN=NCB2", None),
        ("/CN=x\\,CN=NCB1", None),
        ("/CN=\\/CN=NCB1", None),
        ("/CN=NCB１２３", None),
        ("/CN=NCBａ", None),
        ("/CN=\N{ZERO WIDTH SPACE}NCB1", None),
    ],
)
def test_subjects(subject: str, login_id: str | None) -> None:
    """One common name of its own, with the bank's prefix, gives the ID; any doubt gives none."""
    assert RULE.login_id(name(subject)) == login_id


@pytest.mark.parametrize("value", ["NCB1,OU=b", "NCB1\\,OU=b", "NCB1+OU=b", "NCB1=b", 'NCB"1"', "NCB1#"])
def test_a_value_is_never_taken_apart(value: str) -> None:
    """What looks like more of a name inside a common name is part of the value, whose form the caller refuses."""
    escaped = value.replace("\\", "\\\\").replace("+", "\\+")
    assert RULE.login_id(name(f"/CN={escaped}")) == value.removeprefix("NCB")


@pytest.mark.parametrize(
    ("mask", "login_id"),
    [
        ("MASK:0x0002", "1"),  # PrintableString
        ("MASK:0x2000", "1"),  # UTF8String
        ("MASK:0x0800", None),  # BMPString
        ("MASK:0x0004", None),  # TeletexString
    ],
)
def test_string_types(mask: str, login_id: str | None) -> None:
    """PrintableString and UTF8String are read, the types of old programs are not (RFC 5280 4.1.2.4)."""
    assert RULE.login_id(name("/CN=NCB1", mask)) == login_id


@pytest.mark.parametrize(
    ("kind", "value", "login_id"),
    [
        ("UTF8String", b"NCB1", "1"),
        ("PrintableString", b"NCB1", "1"),
        ("IA5String", b"NCB1", None),
        ("VisibleString", b"NCB1", None),
        ("NumericString", b"1", None),
        ("UniversalString", b"\0\0\0N\0\0\0C\0\0\0B\0\0\x001", None),
        ("TeletexString", b"NCB1", None),
        ("BMPString", b"\0N\0C\0B\x001", None),
        ("UTF8String", b"NCB1\0", None),
        ("UTF8String", b"NCB1\0.bank.example", None),
        ("UTF8String", b"\0NCB1", None),
        ("UTF8String", b"NCB1\n", None),
        ("UTF8String", b"NCB\x7f1", None),
        ("UTF8String", b"NCB\x1b[2J1", None),
        ("UTF8String", b"", None),
        ("UTF8String", b"NCB" + b"x" * 61, "x" * 61),
        ("UTF8String", b"NCB" + b"x" * 62, None),
    ],
)
def test_bytes_of_a_value(kind: str, value: bytes, login_id: str | None) -> None:
    """A NUL, a control character, another string type or more than 64 characters: no ID (CVE-2009-2408)."""
    assert RULE.login_id(written(kind, value)) == login_id


@given(value=st.binary(max_size=70))
def test_any_value(value: bytes) -> None:
    """Whatever a common name holds, the ID is the rest of it after the prefix, printable ASCII, or none."""
    try:
        subject = written("UTF8String", b"NCB" + value)
    except ValueError:  # a name that is not UTF-8 is not even parsed
        with pytest.raises(UnicodeDecodeError):
            value.decode("utf-8")
        return
    plain = 1 <= len(value) <= 61 and all(0x20 <= octet < 0x7F for octet in value)
    assert RULE.login_id(subject) == (value.decode("ascii") if plain else None)


def test_an_empty_subject() -> None:
    """A subject without attributes gives none."""
    assert WHOLE.login_id(x509.Name([])) is None


def test_another_attribute() -> None:
    """A bank's CA may write the ID elsewhere; then the common name does not count, nor does a second one disturb."""
    rule = SubjectRule(attribute=NameOID.SERIAL_NUMBER, prefix="")
    assert rule.login_id(name("/CN=x/CN=y/serialNumber=12345678")) == "12345678"
    assert rule.login_id(name("/CN=12345678")) is None
    assert rule.login_id(name("/serialNumber=1/serialNumber=2")) is None


def test_bits_are_no_text() -> None:
    """An attribute that holds no text gives none."""
    bits = x509.NameAttribute(NameOID.X500_UNIQUE_IDENTIFIER, b"NCB1", x509.name._ASN1Type.BitString)
    assert SubjectRule(attribute=NameOID.X500_UNIQUE_IDENTIFIER).login_id(x509.Name([bits])) is None


@pytest.mark.parametrize("prefix", ["", "N", "NCB", "x" * 32, "CN=", "NCB "])
def test_prefixes(prefix: str) -> None:
    """A prefix is up to 32 printable characters of ASCII, and no pattern."""
    assert SubjectRule(prefix=prefix).login_id(written("UTF8String", f"{prefix}1".encode("ascii"))) == "1"
    assert SubjectRule(prefix=".*").login_id(name("/CN=NCB1")) is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"prefix": "x" * 33}, "^prefix: "),
        ({"prefix": "ＮＣＢ"}, "^prefix: "),
        ({"prefix": "N\0"}, "^prefix: "),
        ({"prefix": None}, "^prefix: "),
        ({"prefix": b"NCB"}, "^prefix: "),
        ({"attribute": "2.5.4.3"}, "^attribute: "),
        ({"attribute": None}, "^attribute: "),
    ],
)
def test_unsafe_rules(fields: dict[str, object], message: str) -> None:
    """What is no attribute and no prefix is refused by its field's name."""
    make: Any = SubjectRule
    with pytest.raises(ConfigurationError, match=message):
        make(**fields)
