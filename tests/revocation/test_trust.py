"""What a bank trusts: lists are demanded, and what would silently do without them is no configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from okmate_auth.certificates import PathRules, TrustAnchors
from okmate_auth.errors import ConfigurationError
from okmate_auth.revocation import Trust
from tests.certificates.openssl import CLIENT, root
from tests.revocation.banks import anchors, bank, branch, forger

SIGNER = ("keyUsage=critical,cRLSign",)


def test_bytes_and_files_are_both_lists() -> None:
    """One of them is enough; a file need not be there yet, the desk opens it."""
    by_bytes = Trust(anchors=anchors(), lists=(bank().crl(),))
    assert [one.number for one in by_bytes.read_lists()] == [1]
    by_file = Trust(anchors=anchors(), files=("bank.crl", Path("branch.crl")))
    assert by_file.files == (Path("bank.crl"), Path("branch.crl"))


WRONG: dict[str, Any] = {
    "anchors: TrustAnchors": lambda: {"anchors": bank().der},
    "rules: PathRules that demand clientAuth": lambda: {"rules": PathRules(usage=None)},
    "rules: PathRules": lambda: {"rules": None},
    "lists, files: one at least": lambda: {"lists": ()},
    "lists: 2: malformed": lambda: {"lists": (bank().crl(), bank().der)},
    "lists: 1: weak-signature": lambda: {"lists": (bank().crl(digest="sha1"),)},
    "lists, signers: a tuple of bytes": lambda: {"lists": bank().crl()},
    "lists, signers: a tuple of": lambda: {"signers": (bank().der, "bank.pem")},
    "files: a tuple of paths": lambda: {"files": "bank.crl"},
    "files: a tuple of": lambda: {"files": (Path("bank.crl"), b"bank.crl")},
    "signers: 1: DER of a certificate with cRLSign": lambda: {"signers": (bank().pem,)},
    "signers: 2: DER": lambda: {"signers": (bank().der, bank().issue("/CN=x", CLIENT).der)},
    "signers: 1: DER of a certificate with cRLSign, a": lambda: {
        "signers": (bank().issue("/CN=x", SIGNER, digest="sha1").der,)
    },
    "signers: 1: DER of a certificate with cRLSign, a strong key": lambda: {
        "signers": (bank().issue("/CN=x", SIGNER, kind="rsa:1024").der,)
    },
    "signers: 1": lambda: {"signers": (b"\0" * (16 * 1024 + 1),)},
    "no_revocation: True or False": lambda: {"no_revocation": 1},
    "no_revocation: lists would not be looked at": lambda: {"no_revocation": True},
    "lists, files, signers: 64": lambda: {"files": ("bank.crl",) * 65},
}


@pytest.mark.parametrize("message", WRONG)
def test_what_contradicts_itself_is_refused(message: str) -> None:
    """When it is made, and by the name of its field."""
    with pytest.raises(ConfigurationError, match=message):
        Trust(**{"anchors": anchors(), "lists": (bank().crl(),), **WRONG[message]()})


@pytest.mark.parametrize(("count", "fits"), [(63, True), (64, True), (65, False)])
def test_the_most_files(count: int, fits: bool) -> None:  # noqa: FBT001 - a column of the table
    """As many as anchors."""
    try:
        Trust(anchors=anchors(), files=(Path("bank.crl"),) * count)
    except ConfigurationError:
        assert not fits
    else:
        assert fits


def test_to_do_without_revocation_is_said_aloud() -> None:
    """And then there are no lists, whose owner would believe that they are looked at."""
    assert Trust(anchors=anchors(), no_revocation=True).no_revocation
    for told in ({"files": (Path("bank.crl"),)}, {"signers": (bank().der,)}):
        with pytest.raises(ConfigurationError, match="lists would not be looked at"):
            Trust(anchors=anchors(), no_revocation=True, **told)


def test_every_part_is_in_its_version() -> None:
    """Verdicts of one trust are never taken for another's; lists have a version of their own."""
    lists = (bank().crl(),)
    same = [Trust(anchors=anchors(), lists=lists), Trust(anchors=anchors(), lists=(bank().crl(number=2),))]
    others = [
        Trust(anchors=TrustAnchors((bank().der, root("/CN=Other").der)), lists=lists),
        Trust(anchors=anchors(), lists=lists, rules=PathRules(any_usage=True)),
        Trust(anchors=anchors(), lists=lists, rules=PathRules(smallest_rsa_bits=3072)),
        Trust(anchors=anchors(), lists=lists, rules=PathRules(most_intermediates=1)),
        Trust(anchors=anchors(), lists=lists, signers=(branch().der,)),
        Trust(anchors=anchors(), lists=lists, signers=(forger().der,)),
        Trust(anchors=anchors(), no_revocation=True),
    ]
    assert len({one.version for one in same}) == 1
    assert len({one.version for one in (*same, *others)}) == 1 + len(others)


def test_its_repr_is_short() -> None:
    """No megabytes of lists in a log."""
    assert len(repr(Trust(anchors=anchors(), lists=(bank().crl(),), signers=(branch().der,)))) < 500
