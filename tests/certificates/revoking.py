"""What the tests of revocation have in common: openssl's certificates and lists, as the library reads them."""

from __future__ import annotations

from cryptography import x509

from okmate_auth.certificates.crl import RevocationList, UnusableList
from okmate_auth.certificates.crl_lists import RevocationLists
from tests.certificates.openssl import Identity


def parsed(identity: Identity) -> x509.Certificate:
    """Return an identity's certificate."""
    return x509.load_der_x509_certificate(identity.der)


def usable(data: bytes) -> RevocationList:
    """Return a list, which has to be usable."""
    found = RevocationList.read(data)
    assert isinstance(found, RevocationList), found
    return found


def defect(data: bytes) -> str:
    """Return why a list is of no use; ``usable`` where it is."""
    found = RevocationList.read(data)
    return found.reason if isinstance(found, UnusableList) else "usable"


def lists(*data: bytes) -> RevocationLists:
    """Return a set of lists, each usable."""
    return RevocationLists(tuple(usable(one) for one in data))
