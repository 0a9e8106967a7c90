"""Other certificates that sign lists in a CA's name, where the bank names them and their issuer vouches."""

from __future__ import annotations

from datetime import datetime

import pytest

from okmate_auth.certificates.crl_lists import Good
from tests.certificates import openssl
from tests.certificates.openssl import CLIENT, END, NOW, START, Identity
from tests.certificates.standing import (
    ALICE,
    BANK,
    BOB,
    BRANCH,
    DAY,
    FORGER,
    SECOND,
    SIGNER,
    revoked,
    said,
    standing,
)


class TestOtherSigners:
    """Certificates that sign lists in a CA's name, where the bank names them (PKITS 4.4.19 to 4.4.21)."""

    NAME = "/C=JP/O=Bank/CN=Branch"
    PATH = (BOB, BRANCH, BANK)

    def signer(self, **how: object) -> Identity:
        """Return a certificate that signs lists in the branch's name, issued by the bank."""
        return BANK.issue(self.NAME, SIGNER, label="lists", **how)  # type: ignore[arg-type]  # each case names its own

    def said(self, signer: Identity, *data: bytes, known: bool = True) -> str:
        """Return what a list by a signer says of Bob, and the bank's own (number 1, or the given) of it."""
        return said(
            *(data or (BANK.crl(),)), signer.crl(extensions=()), path=self.PATH, signers=(signer,) if known else ()
        )

    def test_one_that_the_bank_names_is_believed(self) -> None:
        """Issued by the CA's own issuer, or by the CA itself; without being named it is nobody."""
        signer = self.signer()
        assert self.said(signer) == "good"
        assert self.said(signer, known=False) == "unverified"
        own = BRANCH.issue(self.NAME, SIGNER, label="own lists")
        assert self.said(own, BANK.crl(), BRANCH.crl(*revoked(ALICE))) == "good"

    def test_its_list_revokes(self) -> None:
        """And so does the CA's own: whichever accuses is heard."""
        signer = self.signer()
        accused = signer.crl(*revoked(BOB))
        assert said(BANK.crl(), accused, path=self.PATH, signers=(signer,)) == "revoked"
        assert said(BANK.crl(), accused, BRANCH.crl(number=9), path=self.PATH, signers=(signer,)) == "revoked"
        both = (BANK.crl(), signer.crl(number=9), BRANCH.crl(*revoked(BOB)))
        assert said(*both, path=self.PATH, signers=(signer,)) == "revoked"

    def test_one_that_is_revoked_is_not(self) -> None:
        """By the list of who issued it."""
        signer = self.signer()
        assert self.said(signer, BANK.crl(*revoked(signer))) == "unverified"

    def test_one_of_which_nothing_is_known_is_not(self) -> None:
        """Its own standing is demanded, by a list of the key that issued it, never by one that it signed itself."""
        own = BRANCH.issue(self.NAME, SIGNER, label="own lists")
        assert self.said(own) == "unverified"

    def test_one_of_another_name_is_not(self) -> None:
        """The CA whose lists it signs is the one in whose name it is made out."""
        signer = BANK.issue("/C=JP/O=Bank/CN=Other", SIGNER, label="lists")
        assert signer.key == self.signer().key
        assert said(BANK.crl(), self.signer().crl(), path=self.PATH, signers=(signer,)) == "unverified"

    def test_one_of_another_issuer_is_not(self) -> None:
        """Anybody can write a name."""
        assert self.said(FORGER.issue(self.NAME, SIGNER, label="lists")) == "unverified"

    @pytest.mark.parametrize("extensions", [CLIENT, openssl.NONE, (SIGNER[0],)])
    def test_one_that_may_not_is_not(self, extensions: tuple[str, ...]) -> None:
        """Here cRLSign must be there: a client's certificate that happens to have the name signs nothing."""
        assert self.said(BANK.issue(self.NAME, extensions, label="lists")) == "unverified"

    def test_a_weak_one_is_not(self) -> None:
        """Neither over SHA-1, nor with a short key."""
        assert self.said(self.signer(digest="sha1")) == "unverified"
        assert self.said(self.signer(kind="rsa:1024")) == "unverified"

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (NOW, END, "good"),
            (NOW + SECOND, END, "unverified"),
            (START, NOW, "good"),
            (START, NOW - SECOND, "unverified"),
        ],
    )
    def test_it_signs_in_its_validity(self, start: datetime, end: datetime, expected: str) -> None:
        """Inclusive at both ends, in whole seconds."""
        assert self.said(self.signer(start=start, end=end)) == expected

    def test_its_end_ends_the_answer(self) -> None:
        """What rests on it holds no longer than itself, or than what says that it is good."""
        signer = self.signer(start=START + DAY, end=END - DAY)
        found = standing(BANK.crl(), signer.crl(), path=self.PATH, signers=(signer,))
        assert found == Good(START + DAY, END - DAY + SECOND)

    def test_a_ca_above_of_the_same_name_may(self) -> None:
        """After a change of keys: the new key's certificate issued one for the old key (PKITS 4.5.1)."""
        old = BRANCH.intermediate("/C=JP/O=Bank/CN=Branch", label="the old key")
        carol = old.issue("/CN=Carol")
        path = (carol, old, BRANCH, BANK)
        bank, branch = BANK.crl(), BRANCH.crl()
        assert said(bank, branch, path=path) == "unverified"
        assert said(bank, branch, path=path, signers=(BRANCH,)) == "good"
        assert said(bank, BRANCH.crl(*revoked(carol)), path=path, signers=(BRANCH,)) == "revoked"
