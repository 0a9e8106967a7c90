"""A file of PEM as the desk has it, made by openssl: the same chain as its DER, or why nothing of it is read."""

from __future__ import annotations

import pytest

from okmate_auth.certificates import (
    LARGEST_CERTIFICATE,
    MOST_INTERMEDIATES,
    CertificateChain,
    Unreadable,
    presented_pem,
)
from okmate_auth.certificates.pem import LONGEST
from okmate_auth.errors import MisuseError
from tests.certificates.people import ALICE, bank
from tests.unchecked import unchecked


def test_a_file_is_the_chain_of_its_certificates() -> None:
    """The person's first, what leads to the anchor after it, in the file's order; text between is passed over."""
    between = bank().intermediate("/C=JP/O=Bank/CN=Between")
    alice = between.issue(ALICE)
    assert presented_pem(alice.pem) == CertificateChain(alice.der)
    text = b"alice\n" + alice.pem + b"\nher issuer\n" + between.pem
    assert presented_pem(text) == CertificateChain(alice.der, (between.der,))


@pytest.mark.parametrize("count", [MOST_INTERMEDIATES, MOST_INTERMEDIATES + 1])
def test_bounds_are_those_of_a_chain(count: int) -> None:
    """Eight others may come with it, and nine may not."""
    found = presented_pem(bank().pem * (1 + count))
    assert (found == Unreadable("too-deep")) is (count > MOST_INTERMEDIATES)
    assert isinstance(found, CertificateChain) is (count == MOST_INTERMEDIATES)


@pytest.mark.parametrize("size", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_a_file_beyond_all_that_a_chain_can_be_is_not_parsed(size: int) -> None:
    """Its size is looked at first; a chain of the largest certificates is below it."""
    assert LONGEST > (1 + MOST_INTERMEDIATES) * LARGEST_CERTIFICATE * 4 // 3
    found = presented_pem(bank().pem.ljust(size, b"\n"))
    assert (found == Unreadable("too-large")) is (size > LONGEST)


def test_what_is_no_file_of_certificates_is_malformed() -> None:
    """Nothing, DER, half a block, and a file with the key in it, which has no business at the desk."""
    alice = bank().issue(ALICE)
    for text in (b"", alice.der, alice.pem[:-30], alice.pem + alice.key.read_bytes(), alice.key.read_bytes()):
        assert presented_pem(text) == Unreadable("malformed")


def test_a_name_of_a_file_is_none() -> None:
    """It would be read as a file that is malformed."""
    with pytest.raises(MisuseError, match="not its name"):
        presented_pem(unchecked("alice.pem"))
