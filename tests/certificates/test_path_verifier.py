"""The quick way: the same verdicts for less, and no more for a stranger than one check of a signature.

That the verdicts are the same is checked in each test that asks :func:`tests.certificates.ways.verdict`: on every chain
of the tests of paths, of time and of hostile bytes, and on all of PKITS. Here is which way was taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, NotRequired, TypedDict, Unpack

import attrs
import pytest
from cryptography import x509
from cryptography.x509.verification import Store

from okmate_auth.certificates import (
    CertificateChain,
    PathRules,
    PathVerifier,
    TrustAnchors,
    Untrusted,
    VerifiedPath,
    path_verifier,
    signatures,
    verify_path,
)
from okmate_auth.certificates.verifier import path_between
from okmate_auth.errors import MisuseError
from tests.certificates.openssl import CLIENT, END, ISSUED_CA, NOW, START, Identity, root
from tests.certificates.people import ALICE, RULES, bank, without

Certificates = Sequence[x509.Certificate]


class Limits(TypedDict):
    """What ``path_between`` is told by name."""

    most_intermediates: int
    at: datetime
    store: NotRequired[Store | None]


@attrs.frozen
class Work:
    """What was done.

    Attributes:
        slow: Chains that ``verify_path`` was asked about.
        checks: Issuers whose key a signature was checked with, in search of a way from the anchors.
        lines: CAs of each path that was verified at once.
    """

    slow: list[CertificateChain] = attrs.Factory(list)
    checks: list[x509.Certificate] = attrs.Factory(list)
    lines: list[tuple[x509.Certificate, ...]] = attrs.Factory(list)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """What is done from here on."""
    done = Work()

    def slow(chain: CertificateChain, anchors: TrustAnchors, rules: PathRules, now: datetime) -> object:
        done.slow.append(chain)
        return verify_path(chain, anchors, rules, now)

    def at_once(leaf: x509.Certificate, between: Certificates, anchors: Certificates, **more: Unpack[Limits]) -> object:
        done.lines.append((*between, *anchors))
        return path_between(leaf, between, anchors, **more)

    def counted(check: Callable[..., bool]) -> Callable[..., bool]:
        def one(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
            done.checks.append(issuer)
            return check(issuer, certificate)

        return one

    monkeypatch.setattr(path_verifier, "verify_path", slow)
    monkeypatch.setattr(path_verifier, "path_between", at_once)
    for name in ("_checked", "_checked_though_weak"):
        monkeypatch.setattr(signatures, name, counted(getattr(signatures, name)))
    return done


def chain(leaf: Identity, *sent: Identity) -> CertificateChain:
    """Return what a client presents."""
    return CertificateChain(leaf.der, tuple(one.der for one in sent))


def verifier(*anchors: Identity, rules: PathRules = RULES) -> PathVerifier:
    """Return a verifier that trusts some anchors, by default the bank's."""
    return PathVerifier(trusting(*anchors), rules)


@cache
def trusting(*anchors: Identity) -> TrustAnchors:
    """Return some anchors, by default the bank's, made once: then each one's own signature is checked."""
    return TrustAnchors(tuple(one.der for one in anchors or (bank(),)))


def between() -> Identity:
    """Return the bank's CA below its anchor."""
    return bank().intermediate("/C=JP/O=Bank/CN=Between")


def parsed(*identities: Identity) -> tuple[x509.Certificate, ...]:
    """Return certificates."""
    return tuple(x509.load_der_x509_certificate(one.der) for one in identities)


def is_good(verdict: VerifiedPath | Untrusted) -> bool:
    """Whether a path was verified."""
    return isinstance(verdict, VerifiedPath)


def test_a_client_of_the_anchor_needs_one_check(work: Work) -> None:
    """Nothing has to be known for that: it is verified at once, and no way is searched."""
    made = verifier()
    work.checks.clear()
    assert is_good(made.verify(chain(bank().issue(ALICE)), NOW))
    assert work == Work(lines=[parsed(bank())])


def test_a_ca_is_searched_once(work: Work) -> None:
    """After the first of its clients all are verified at once, in any order and with the anchor sent along."""
    made, below = verifier(), between().intermediate("/CN=Below")
    first = chain(below.issue("/CN=First"), between(), below)
    assert is_good(made.verify(first, NOW))
    assert set(made.authorities) == {*parsed(between(), below)}
    assert (work.slow, work.lines) == ([first], [])
    work.checks.clear()
    for sent in ((between(), below), (below, between()), (below, bank(), between(), below)):
        assert is_good(made.verify(chain(below.issue(ALICE), *sent), NOW))
    assert (work.slow, work.checks) == ([first], [])
    assert work.lines == [parsed(below, between(), bank())] * 3


def test_what_is_known_is_parsed_once() -> None:
    """The CAs of a path are the very objects that are remembered, and the anchor that was configured."""
    anchors = TrustAnchors((bank().der,))
    made = PathVerifier(anchors, RULES)
    for name in (ALICE, "/CN=Bob"):
        path = made.verify(chain(between().issue(name), between()), NOW)
    assert isinstance(path, VerifiedPath)
    assert path.certificates[1] is made.authorities[0]
    assert path.certificates[2] is anchors.certificates[0]


@pytest.mark.parametrize(
    ("defect", "now"),
    [
        ({"end": NOW}, END),
        ({"start": NOW}, START),
        ({"extensions": without("extendedKeyUsage")}, NOW),
        ({"kind": "rsa:1024"}, NOW),
        ({"digest": "sha1"}, NOW),
    ],
    ids=["expired", "not yet", "wrong use", "weak key", "sha1"],
)
def test_what_is_not_good_is_not_tried(defect: dict[str, Any], now: datetime, work: Work) -> None:
    """Where the client's own certificate says that it is not good, the reason is searched at once."""
    made = verifier()
    made.verify(chain(between().issue(ALICE), between()), NOW)
    assert not is_good(made.verify(chain(between().issue(ALICE, **defect), between()), now))
    assert (len(work.slow), work.lines) == (2, [])


def test_a_refusal_teaches_nothing() -> None:
    """CAs of which no good path came are not remembered, whatever was sent."""
    made, mallory = verifier(), bank().issue("/CN=Mallory")
    for leaf, *sent in (
        (mallory.issue(ALICE), mallory),
        (between().issue(ALICE, without("extendedKeyUsage")), between()),
        (root("/CN=Stranger").issue(ALICE), root("/CN=Stranger")),
    ):
        assert not is_good(made.verify(chain(leaf, *sent), NOW))
    assert made.authorities == ()


def test_a_good_path_teaches_its_own_cas_alone() -> None:
    """What was sent besides is not remembered."""
    made, other = verifier(), bank().intermediate("/CN=Other")
    assert is_good(made.verify(chain(between().issue(ALICE), between(), other, root("/CN=Stranger")), NOW))
    assert made.authorities == parsed(between())


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    """CAs beyond the bound are verified all the same, and not remembered."""
    monkeypatch.setattr(path_verifier, "MOST_AUTHORITIES", 1)
    made, other = verifier(), bank().intermediate("/CN=Other")
    for ca in (between(), other, between(), other):
        assert is_good(made.verify(chain(ca.issue(ALICE), ca), NOW))
    assert made.authorities == parsed(between())
    assert len(work.slow) == 3


def test_where_there_is_a_choice_it_is_not_made_here(work: Work) -> None:
    """Of two CAs or two anchors of one name, and of an anchor and a CA, verify_path chooses, each time."""
    twins = [bank().issue("/CN=Twin", ISSUED_CA, label="twin", serial=number) for number in (1, 2)]
    namesake = bank().issue("/C=JP/O=Bank/CN=Root", ISSUED_CA, label="namesake")
    successor = root("/C=JP/O=Bank/CN=Root", label="successor")
    made, both = verifier(), verifier(bank(), successor)
    for one in twins:
        assert is_good(made.verify(chain(one.issue(ALICE), one), NOW))
    for known in (namesake, between()):
        made._remember(parsed(known))
    work.slow.clear()
    assert is_good(made.verify(chain(twins[0].issue(ALICE), *twins), NOW))
    assert is_good(made.verify(chain(between().issue(ALICE), between(), namesake), NOW))
    assert is_good(both.verify(chain(successor.issue(ALICE)), NOW))
    assert (len(work.slow), work.lines) == (3, [])


def test_where_there_is_a_gap_or_no_end(work: Work) -> None:
    """A CA that was not sent, and one that is its own issuer by name, are verify_path's to judge."""
    itself = between().issue("/C=JP/O=Bank/CN=Between", ISSUED_CA, label="rolled over")
    made = verifier()
    assert is_good(made.verify(chain(itself.issue(ALICE), itself, between()), NOW))
    for sent in ((), (itself,)):
        assert not is_good(made.verify(chain(itself.issue(ALICE), *sent), NOW))
    assert (len(work.slow), work.lines) == (3, [])


def test_an_unknown_certificate_among_the_others(work: Work) -> None:
    """One certificate that is not remembered, and all is searched."""
    made = verifier()
    for sent in ((between(),), (between(), root("/CN=Stranger"))):
        assert is_good(made.verify(chain(between().issue(ALICE), *sent), NOW))
    assert (len(work.slow), work.lines) == (2, [])


def test_an_anchor_too_weak_for_the_rules(work: Work) -> None:
    """No path to it is verified at once, though its name is there."""
    small = root("/CN=small", kind="rsa:2048")
    made = verifier(small, rules=PathRules(smallest_rsa_bits=3072))
    assert made.verify(chain(small.issue(ALICE)), NOW) == Untrusted("weak-key")
    assert (len(work.slow), work.lines) == (1, [])


def fake() -> Identity:
    """Return a stranger's CA of the anchor's name."""
    return root("/C=JP/O=Bank/CN=Root", label="a stranger's")


def fakes(count: int) -> list[Identity]:
    """Return a stranger's CAs of the name of the bank's CA below its anchor."""
    return [fake().intermediate("/C=JP/O=Bank/CN=Between", label=f"a stranger's {number}") for number in range(count)]


# Chains of a stranger who knows all names and certificates of the bank, and how many paths are tried at once.
STRANGERS: Final[dict[str, tuple[Callable[[], CertificateChain], int]]] = {
    "the anchor's name": (lambda: chain(fake().issue(ALICE)), 1),
    "the anchor's name, more sent": (lambda: chain(fake().issue(ALICE), between(), fake()), 0),
    "the CA's name, and the CA": (lambda: chain(fakes(1)[0].issue(ALICE), between()), 1),
    "the CA's name, its own CA": (lambda: chain(fakes(1)[0].issue(ALICE), fakes(1)[0]), 0),
    "the CA's name, both": (lambda: chain(fakes(1)[0].issue(ALICE), between(), *fakes(7)), 0),
    "the CA's name, eight of its own": (lambda: chain(fakes(1)[0].issue(ALICE), *fakes(8)), 0),
    "a name of its own": (lambda: chain(root("/CN=Nobody").issue(ALICE), between()), 0),
    "self-signed": (lambda: chain(root(ALICE, CLIENT), between()), 0),
}


@pytest.mark.parametrize(("stranger", "tried"), STRANGERS.values(), ids=STRANGERS)
def test_a_stranger_costs_one_check_more_at_most(
    stranger: Callable[[], CertificateChain], tried: int, work: Work
) -> None:
    """A69: beside the search that he costs anyway one path is tried, of the bank's own CAs; their keys alone are used.

    The first signature of it that is checked is the stranger's, and it is wrong.
    """
    made, sent = verifier(), stranger()
    assert is_good(made.verify(chain(between().issue(ALICE), between()), NOW))
    work.checks.clear()
    assert verify_path(sent, trusting(), RULES, NOW) == Untrusted("unknown-issuer")
    alone = [*work.checks]
    work.checks.clear()
    work.slow.clear()
    assert made.verify(sent, NOW) == Untrusted("unknown-issuer")
    assert (work.slow, sorted(map(hash, work.checks)), len(work.lines)) == ([sent], sorted(map(hash, alone)), tried)
    assert {one for line in work.lines for one in line} <= {*parsed(bank(), between())}


def test_each_argument_is_of_its_type() -> None:
    """A mistake of the caller's is not taken for a malformed certificate, and time is aware."""
    make: Any = PathVerifier
    made: Any = verifier()
    for arguments in ((bank().der, RULES), (TrustAnchors((bank().der,)), None)):
        with pytest.raises(MisuseError, match="a path is verified with"):
            make(*arguments)
    with pytest.raises(MisuseError, match="CertificateChain"):
        made.verify(bank().der, NOW)
    with pytest.raises(MisuseError, match="aware"):
        made.verify(chain(bank()), NOW.replace(tzinfo=None))
