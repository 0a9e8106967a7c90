"""Which list may take another one's place."""

from __future__ import annotations

from typing import Final

import pytest
from cryptography import x509

from okmate_auth.certificates.crl import RevocationList
from okmate_auth.certificates.crl_lists import exchange
from tests.certificates.openssl import END, NOW
from tests.certificates.revoking import parsed, usable
from tests.certificates.standing import (
    BANK,
    BRANCH,
    DAY,
    FORGER,
    USERS,
)


class TestExchange:
    """Which list may take another one's place in a file."""

    KNOWN: Final = (parsed(BANK), parsed(BRANCH))

    def exchanged(
        self, held: bytes, offered: bytes, known: tuple[x509.Certificate, ...] = KNOWN
    ) -> RevocationList | str:
        """Return the list that is used, or why nothing changes."""
        return exchange(usable(held), usable(offered), known)

    @pytest.mark.parametrize(("held", "offered"), [(1, 2), (9, 10), (2**64, 2**64 + 1)])
    def test_a_newer_one_does(self, held: int, offered: int) -> None:
        """By its number, as a number."""
        newer = BANK.crl(number=offered)
        assert self.exchanged(BANK.crl(number=held), newer) == usable(newer)

    @pytest.mark.parametrize(("held", "offered"), [(2, 1), (10, 9), (7, 7)])
    def test_an_older_one_never_does(self, held: int, offered: int) -> None:
        """Not even where the newer one has run out and the older has not (A60); nor another one of the same number."""
        older = BANK.crl(number=offered, next_update=END + DAY)
        for ends in (NOW, END):
            assert self.exchanged(BANK.crl(number=held, next_update=ends), older) == "older"
        assert self.exchanged(BANK.crl(number=held), older, ()) == "older"

    def test_a_forged_one_does_not(self) -> None:
        """Where a certificate of its issuer is known; where none is, its signature is looked at before it is used."""
        forged = FORGER.crl(number=9)
        assert self.exchanged(BANK.crl(), forged) == "unverified"
        assert self.exchanged(BANK.crl(), forged, (parsed(BRANCH),)) == usable(forged)

    def test_a_forged_one_makes_way(self) -> None:
        """Once the issuer is known, a genuine list takes its place whatever number it had claimed."""
        genuine = BANK.crl(number=1)
        assert self.exchanged(FORGER.crl(number=9), genuine) == usable(genuine)

    def test_another_cas_does_not(self) -> None:
        """A file keeps to the CA that it began with."""
        assert self.exchanged(BANK.crl(), BRANCH.crl(number=9)) == "other-issuer"

    def test_another_scope_does_not(self) -> None:
        """A list of users alone would silence the one of all."""
        assert self.exchanged(BANK.crl(), BANK.crl(number=9, extensions=USERS)) == "other-scope"
