"""The path: each certificate that openssl made is accepted, or refused for one reason, that of its one defect."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509

from okmate_auth.certificates import (
    CertificateChain,
    Misfit,
    PathRules,
    TrustAnchors,
    Untrusted,
    VerifiedPath,
    verify_path,
)
from okmate_auth.certificates.rules import MISFITS
from okmate_auth.errors import MisuseError
from tests.certificates.openssl import CA, CLIENT, END, ISSUED_CA, NONE, NOW, START, asn1, key, root, run
from tests.certificates.people import ALICE, RULES, bank, said, without

ANY_USAGE = without("extendedKeyUsage", "extendedKeyUsage=anyExtendedKeyUsage")

LARGEST, TOO_LARGE = "rsa:8192:65537:5", "rsa:8193:65537:5"

NO_KEYS_OF_A_CA = {"ed25519", "ed448", "dsa", "secp256k1:explicit"}

# One defect of a client's certificate that the bank's CA signed.
LEAVES = [
    ("no defect", CLIENT, "accepted"),
    ("a further usage", without("extendedKeyUsage", "extendedKeyUsage=emailProtection,clientAuth"), "accepted"),
    ("a critical usage", without("extendedKeyUsage", "extendedKeyUsage=critical,clientAuth"), "accepted"),
    ("a subjectAltName", (*CLIENT, "subjectAltName=email:alice@bank.example"), "accepted"),
    ("an unknown extension", (*CLIENT, "1.2.3.4=ASN1:NULL"), "accepted"),
    ("no basicConstraints", without("basicConstraints"), "accepted"),
    ("a policy", (*CLIENT, "certificatePolicies=1.2.3.4"), "accepted"),
    ("keyEncipherment too", without("keyUsage", "keyUsage=digitalSignature,keyEncipherment"), "accepted"),
    ("serverAuth", without("extendedKeyUsage", "extendedKeyUsage=serverAuth"), "wrong-use"),
    ("any usage", ANY_USAGE, "wrong-use"),
    ("no extendedKeyUsage", without("extendedKeyUsage"), "wrong-use"),
    ("no digitalSignature", without("keyUsage", "keyUsage=critical,keyEncipherment"), "wrong-use"),
    ("no keyUsage", without("keyUsage"), "wrong-use"),
    ("keyCertSign", without("keyUsage", "keyUsage=critical,digitalSignature,keyCertSign"), "wrong-use"),
    ("cRLSign", without("keyUsage", "keyUsage=critical,digitalSignature,cRLSign"), "wrong-use"),
    ("a CA", without("basicConstraints", "basicConstraints=critical,CA:TRUE"), "wrong-use"),
    ("version 1", NONE, "wrong-use"),
    ("an unknown critical extension", (*CLIENT, "1.2.3.4=critical,ASN1:NULL"), "bad-path"),
]

# What the extensions of an intermediate CA break.
CAS = [
    ("no defect", ISSUED_CA, "accepted"),
    ("clientAuth", (*ISSUED_CA, "extendedKeyUsage=clientAuth"), "accepted"),
    ("serverAuth", (*ISSUED_CA, "extendedKeyUsage=serverAuth"), "bad-path"),
    ("no CA", ("basicConstraints=critical,CA:FALSE", *ISSUED_CA[1:]), "bad-path"),
    ("no basicConstraints", ISSUED_CA[1:], "bad-path"),
    ("no keyUsage", (ISSUED_CA[0], *ISSUED_CA[2:]), "bad-path"),
    ("no keyCertSign", (ISSUED_CA[0], "keyUsage=critical,cRLSign", *ISSUED_CA[2:]), "bad-path"),
    ("version 1", NONE, "bad-path"),
    ("an unknown critical extension", (*ISSUED_CA, "1.2.3.4=critical,ASN1:NULL"), "bad-path"),
    ("names of hosts", (*ISSUED_CA, "nameConstraints=critical,permitted;DNS:bank.example"), "accepted"),
    ("mail addresses", (*ISSUED_CA, "nameConstraints=critical,permitted;email:bank.example"), "accepted"),
    ("URIs", (*ISSUED_CA, "nameConstraints=critical,permitted;URI:bank.example"), "bad-path"),
    ("directory names", (*ISSUED_CA, "nameConstraints=critical,permitted;dirName:dn", "[dn]", "C=JP"), "bad-path"),
    ("directory names, uncritical", (*ISSUED_CA, "nameConstraints=permitted;dirName:dn", "[dn]", "C=US"), "bad-path"),
    ("excluded, uncritical", (*ISSUED_CA, "nameConstraints=excluded;dirName:dn", "[dn]", "C=JP"), "bad-path"),
]

KEYS = [
    *[(kind, "accepted") for kind in ("rsa:2048", "rsa:3072", LARGEST, "P-256", "P-384", "P-521", "ed25519")],
    *[(kind, "weak-key") for kind in ("rsa:1024", "rsa:2047", TOO_LARGE, "rsa:2048:3")],
    *[(kind, "weak-key") for kind in ("P-192", "P-224", "secp256k1", "brainpoolP256r1", "P-256:explicit")],
    *[(kind, "weak-key") for kind in ("secp256k1:explicit", "ed448", "dsa")],
]


@pytest.mark.parametrize(("extensions", "verdict"), [row[1:] for row in LEAVES], ids=[row[0] for row in LEAVES])
def test_what_a_clients_certificate_must_say(extensions: tuple[str, ...], verdict: str) -> None:
    """A client's certificate is made for clients and for nothing that a CA does (CE-2, A67)."""
    assert said(bank().issue(ALICE, extensions)) == verdict


# All that is wrong with a use, by the extensions in place of a client's.
USES: list[tuple[tuple[str, ...], PathRules, tuple[Misfit, ...]]] = [
    (CLIENT, RULES, ()),
    (NONE, RULES, ("no-key-usage", "no-extended-key-usage")),
    (NONE, PathRules(usage=None), ("no-key-usage",)),
    (without("keyUsage"), RULES, ("no-key-usage",)),
    (without("keyUsage", "keyUsage=critical,keyEncipherment"), RULES, ("no-digital-signature",)),
    (without("extendedKeyUsage"), RULES, ("no-extended-key-usage",)),
    (without("extendedKeyUsage", "extendedKeyUsage=serverAuth"), RULES, ("no-client-auth",)),
    (ANY_USAGE, RULES, ("no-client-auth",)),
    (ANY_USAGE, PathRules(any_usage=True), ()),
    (CA, RULES, ("is-ca", "no-digital-signature", "key-cert-sign", "crl-sign", "no-extended-key-usage")),
]


@pytest.mark.parametrize(("extensions", "rules", "misfits"), USES)
def test_all_that_is_wrong_with_a_use_is_said(
    extensions: tuple[str, ...], rules: PathRules, misfits: tuple[Misfit, ...]
) -> None:
    """Everything at once, so that the next certificate of the CA fits; and nothing where it does."""
    leaf = bank().issue(ALICE, extensions)
    assert rules.misfits(x509.load_der_x509_certificate(leaf.der)) == misfits
    verdict = verify_path(CertificateChain(leaf.der), TrustAnchors((bank().der,)), rules, NOW)
    assert isinstance(verdict, VerifiedPath) if not misfits else verdict == Untrusted("wrong-use", misfits)


def test_every_misfit_can_be_found() -> None:
    """Together the table has each of them."""
    assert {misfit for _, _, misfits in USES for misfit in misfits} == set(MISFITS)


@pytest.mark.parametrize(("extensions", "verdict"), [row[1:] for row in CAS], ids=[row[0] for row in CAS])
def test_what_a_ca_on_the_path_must_say(extensions: tuple[str, ...], verdict: str) -> None:
    """A CA on the path may sign certificates, and what it lays on those below it is kept or refused (CE-1)."""
    between = bank().intermediate("/C=JP/O=Bank/CN=Between", extensions)
    assert said(between.issue(ALICE, without("authorityKeyIdentifier")), between) == verdict


def test_any_usage_is_taken_where_the_rules_say_so() -> None:
    """Any usage (anyExtendedKeyUsage) is enough by an explicit rule alone, and does not make up for anything else."""
    rules = PathRules(any_usage=True)
    assert said(bank().issue(ALICE, ANY_USAGE), rules=rules) == "accepted"
    assert said(bank().issue(ALICE, without("extendedKeyUsage")), rules=rules) == "wrong-use"


@pytest.mark.parametrize(("kind", "verdict"), KEYS)
def test_keys_of_a_client(kind: str, verdict: str) -> None:
    """A client's key is RSA of 2048 to 8192 bits, P-256, P-384, P-521 by name, or Ed25519 (CE-3, A68)."""
    assert said(bank().issue(ALICE, kind=kind, label="any")) == verdict


@pytest.mark.parametrize(("kind", "verdict"), [row for row in KEYS if row[0] not in NO_KEYS_OF_A_CA])
def test_keys_of_a_ca(kind: str, verdict: str) -> None:
    """A CA's key on the path is no weaker than a client's."""
    between = bank().intermediate("/C=JP/O=Bank/CN=Between", kind=kind, label="any")
    assert said(between.issue(ALICE), between) == verdict


def test_a_ca_with_ed25519_is_beyond_the_verifier() -> None:
    """A path over a CA with an Ed25519 key is refused: the verifier has no such signatures."""
    between = bank().intermediate("/C=JP/O=Bank/CN=Between", kind="ed25519")
    assert said(between.issue(ALICE, digest="default"), between) == "bad-path"


def test_a_key_that_can_not_be_read_signs_nothing() -> None:
    """A curve of its own parameters is not loaded, so what it signed has an unknown issuer (CVE-2020-0601)."""
    between = bank().intermediate("/C=JP/O=Bank/CN=Between", kind="secp256k1:explicit")
    assert said(between.issue(ALICE), between) == "unknown-issuer"


def test_a_signature_that_is_not_known() -> None:
    """A CA with an Ed448 key may be the bank's, but its signatures are not checked: the issuer is unknown."""
    between = bank().intermediate("/C=JP/O=Bank/CN=Between", kind="ed448", label="any")
    assert said(between.issue(ALICE, digest="default"), between) == "unknown-issuer"


def test_a_stricter_floor() -> None:
    """A bank's own floor for RSA holds for every certificate of the path, the anchor too."""
    strict = PathRules(smallest_rsa_bits=3072)
    small, large = (root(f"/CN={kind}", kind=kind) for kind in ("rsa:2048", "rsa:3072"))
    assert said(large.issue(ALICE, kind="rsa:3072"), anchors=(large,), rules=strict) == "accepted"
    assert said(large.issue(ALICE, kind="rsa:2048"), anchors=(large,), rules=strict) == "weak-key"
    assert said(small.issue(ALICE, kind="rsa:3072"), anchors=(small,), rules=strict) == "weak-key"


@pytest.mark.parametrize(
    ("kind", "digest", "verdict"),
    [
        *((kind, digest, "accepted") for kind in ("rsa:2048", "P-256") for digest in ("sha256", "sha384", "sha512")),
        *((kind, digest, "weak-key") for kind in ("rsa:2048", "P-256") for digest in ("sha1", "sha224")),
        ("rsa:2048", "md5", "weak-key"),
    ],
)
def test_digests(kind: str, digest: str, verdict: str) -> None:
    """Neither a client's certificate nor a CA's on the path may be signed over SHA-1 or MD5."""
    anchor = root("/CN=Digests", kind=kind)
    assert said(anchor.issue(ALICE, digest=digest), anchors=(anchor,)) == verdict
    between = anchor.issue("/CN=Between", ISSUED_CA, digest=digest)
    assert said(between.issue(ALICE), between, anchors=(anchor,)) == verdict


def test_a_weak_signature_must_be_right_to_be_called_weak() -> None:
    """A forged signature over SHA-1 is of an unknown issuer, as any other forged one, whatever the kind of key."""
    for kind in ("rsa:2048", "P-256"):
        anchor, other = root("/CN=Same", kind=kind), root("/CN=Same", kind=kind, label="other")
        assert said(other.issue(ALICE, digest="sha1"), anchors=(anchor,)) == "unknown-issuer"
    anchor, other = root("/CN=Same", kind="P-256"), root("/CN=Same", kind="dsa", label="any")
    assert said(other.issue(ALICE, digest="sha1"), anchors=(anchor,)) == "unknown-issuer"
    between = anchor.intermediate("/CN=DSA", kind="dsa", label="any")
    assert said(between.issue(ALICE, digest="sha1"), between, anchors=(anchor,)) == "unknown-issuer"


def test_an_anchor_signed_over_sha1() -> None:
    """An anchor's own signature is not relied on, so its digest may be an old one."""
    anchor = root("/CN=Old", digest="sha1", kind="rsa:2048")
    assert said(anchor.issue(ALICE), anchors=(anchor,)) == "accepted"


@pytest.mark.parametrize(
    ("options", "verdict"),
    [(("rsa_pss_saltlen:digest",), "accepted"), (("rsa_pss_saltlen:max",), "bad-path")],
)
def test_pss(options: tuple[str, ...], verdict: str) -> None:
    """RSA-PSS is taken with a salt as long as the digest, the only form that the verifier has."""
    anchor = root("/CN=PSS", kind="rsa:2048")
    assert said(anchor.issue(ALICE, sigopt=("rsa_padding_mode:pss", *options)), anchors=(anchor,)) == verdict


def test_forged_chain_of_matching_names() -> None:
    """A chain of the right names that the bank's key did not sign is of an unknown issuer (A55, CVE-2026-35616)."""
    false_root = root("/C=JP/O=Bank/CN=Root", label="false")
    between, false = (one.intermediate("/C=JP/O=Bank/CN=Between", label=str(one)) for one in (bank(), false_root))
    for sent in ((), (false,), (false, false_root), (false, false_root, between), (between,)):
        assert said(false.issue(ALICE), *sent) == "unknown-issuer"
    assert said(between.issue(ALICE), false, between) == "accepted"


@pytest.mark.parametrize(
    "defect",
    [{"end": datetime(2026, 2, 1, tzinfo=UTC)}, {"kind": "rsa:1024"}, {"digest": "sha1"}, {"extensions": CA}],
    ids=["expired", "weak", "sha1", "ca"],
)
def test_nothing_is_told_of_a_strangers_certificate(defect: dict[str, object]) -> None:
    """Whatever else is wrong with a certificate that does not lead to an anchor, its issuer is unknown."""
    stranger = root("/C=JP/O=Bank/CN=Root", label="false")
    issue: object = stranger.issue
    assert callable(issue)
    assert said(issue(ALICE, **defect)) == "unknown-issuer"
    assert said(issue("/CN=Nobody", **defect), stranger) == "unknown-issuer"


def test_self_signed() -> None:
    """A self-signed certificate is of an unknown issuer; an anchor presented as a client's is a CA and no client."""
    assert said(root(ALICE, CLIENT)) == "unknown-issuer"
    assert said(bank()) == "wrong-use"
    assert said(bank(), bank(), rules=PathRules(usage=None)) == "wrong-use"


def test_missing_intermediate() -> None:
    """What was not sent is not fetched: without the CA between, the issuer is unknown."""
    between = bank().intermediate("/C=JP/O=Bank/CN=Between")
    assert said(between.issue(ALICE)) == "unknown-issuer"
    assert said(between.issue(ALICE), anchors=(between,)) == "accepted"  # unless it is an anchor itself


def test_intermediates_come_in_any_order_and_with_others() -> None:
    """Intermediates are hints: their order, doubles, the anchor and strangers among them change nothing."""
    first = bank().intermediate("/CN=First")
    second = first.intermediate("/CN=Second")
    leaf = second.issue(ALICE)
    for sent in ((first, second), (second, first), (second, second, leaf, first, bank(), root("/CN=Stranger"))):
        assert said(leaf, *sent) == "accepted"


@pytest.mark.parametrize("most", [0, 1, 2, 3, 8])
def test_depth(most: int) -> None:
    """There are at most as many CAs between the client and the anchor as the rules say."""
    path = [bank()]
    for number in range(8):
        path.append(path[-1].intermediate(f"/CN=Between {number}"))
    for length in {0, max(most - 1, 0), most, min(most + 1, 8)}:
        verdict = said(path[length].issue(ALICE), *path[1 : length + 1], rules=PathRules(most_intermediates=most))
        assert verdict == ("accepted" if length <= most else "bad-path")


def test_path_length() -> None:
    """A CA with a pathLenConstraint of 0 signs clients, and no CA that signs clients (RFC 5280 4.2.1.9)."""
    last = bank().intermediate("/CN=Last", ("basicConstraints=critical,CA:TRUE,pathlen:0", *ISSUED_CA[1:]))
    further = last.intermediate("/CN=Further")
    assert said(last.issue(ALICE), last) == "accepted"
    assert said(further.issue(ALICE), last, further) == "bad-path"


def test_a_client_is_no_issuer() -> None:
    """What a client's certificate signed leads to the anchor by its signatures, and is refused."""
    mallory = bank().issue("/CN=Mallory")
    assert said(mallory.issue(ALICE), mallory) == "bad-path"


def test_mail_addresses_in_a_subject() -> None:
    """A constraint on mail addresses is not judged against a subject, so there the path is refused (4.2.1.10)."""
    only = (*ISSUED_CA, "nameConstraints=critical,permitted;email:bank.example")
    between = bank().intermediate("/CN=Between", only)
    assert said(between.issue("/CN=a", (*CLIENT, "subjectAltName=email:a@bank.example")), between) == "accepted"
    assert said(between.issue("/CN=a", (*CLIENT, "subjectAltName=email:a@other.example")), between) == "bad-path"
    assert said(between.issue("/CN=a/emailAddress=a@other.example"), between) == "bad-path"
    assert said(between.issue("/CN=a/emailAddress=a@bank.example"), between) == "bad-path"


def test_a_better_path_is_found() -> None:
    """Of two certificates of the same CA the good one is taken, whatever is wrong with the other."""
    weak = bank().issue("/CN=Twice", ISSUED_CA, label="twice", digest="sha1")
    past = bank().issue("/CN=Twice", ISSUED_CA, label="twice", end=datetime(2026, 2, 1, tzinfo=UTC))
    uncle = bank().issue("/CN=Twice", CLIENT, label="twice")
    good = bank().issue("/CN=Twice", ISSUED_CA, label="twice")
    leaf = good.issue(ALICE)
    for other, alone in ((weak, "weak-key"), (past, "bad-path"), (uncle, "bad-path")):
        assert said(leaf, other) == alone
        assert said(leaf, other, good) == "accepted"
        assert said(leaf, good, other) == "accepted"


def test_what_is_told_of_a_verified_path() -> None:
    """Digests are over the very bytes that were signed, as openssl sees them; the path goes from client to anchor."""
    between = bank().intermediate("/C=JP/O=Bank/CN=Between")
    alice = between.issue(ALICE, serial=0x0A0B0C, end=datetime(2027, 1, 1, tzinfo=UTC))
    chain = CertificateChain(alice.der, (between.der,))
    path = verify_path(chain, TrustAnchors((bank().der,)), RULES, NOW)
    assert isinstance(path, VerifiedPath)
    issuer = asn1(
        *("asn1=SEQUENCE:name", "[name]", "c=SET:c", "o=SET:o", "cn=SET:cn"),
        *("[c]", "c=SEQUENCE:c1", "[c1]", "t=OID:C", "v=FORMAT:UTF8,PRINTABLESTRING:JP"),
        *("[o]", "o=SEQUENCE:o1", "[o1]", "t=OID:O", "v=FORMAT:UTF8,UTF8String:Bank"),
        *("[cn]", "cn=SEQUENCE:cn1", "[cn1]", "t=OID:CN", "v=FORMAT:UTF8,UTF8String:Between"),
    )
    spki = run("pkey", "-in", key("P-256", ALICE), "-pubout", "-outform", "DER")
    shown = run("x509", "-in", alice.certificate, "-noout", "-fingerprint", "-sha256").decode("ascii").strip()
    assert path.fingerprint == chain.fingerprint == shown.partition("=")[2].replace(":", "").lower()
    assert path.issuer == hashlib.sha256(issuer).hexdigest()
    assert path.serial == "a0b0c"
    assert path.spki == hashlib.sha256(spki).hexdigest()
    assert (path.not_before, path.not_after) == (START, datetime(2027, 1, 1, tzinfo=UTC))
    assert [one.subject.rdns[-1] for one in path.certificates] == [
        rdn
        for name in (path.subject, path.certificates[1].subject, path.certificates[1].issuer)
        for rdn in name.rdns[-1:]
    ]
    assert path.valid_until == datetime(2027, 1, 1, tzinfo=UTC)
    assert "NCB12345678" not in repr(path)


def test_a_path_is_good_until_its_first_end() -> None:
    """Where a CA ends before its client's certificate does, so does the path, and with it what was said of it."""
    early = datetime(2026, 9, 1, tzinfo=UTC)
    between = bank().issue("/CN=Early", ISSUED_CA, end=early)
    alice = between.issue(ALICE)
    path = verify_path(CertificateChain(alice.der, (between.der,)), TrustAnchors((bank().der,)), RULES, NOW)
    assert isinstance(path, VerifiedPath)
    assert (path.valid_until, path.not_after) == (early, END)


@pytest.mark.parametrize("now", [datetime(2026, 6, 1), NOW.isoformat(), None])  # noqa: DTZ001 - naive on purpose
def test_time_is_aware(now: datetime) -> None:
    """A naive instant is the caller's mistake."""
    with pytest.raises(MisuseError, match="aware"):
        said(bank().issue(ALICE), now=now)


def test_each_argument_is_of_its_type() -> None:
    """A mistake of the caller's is not taken for a malformed certificate."""
    verify: Any = verify_path
    good = (CertificateChain(bank().der), TrustAnchors((bank().der,)), RULES)
    for place, name in enumerate(("CertificateChain", "TrustAnchors", "PathRules")):
        with pytest.raises(MisuseError, match=name):
            verify(*good[:place], bank().der, *good[place + 1 :], NOW)
