"""What lists say of a path, asked with openssl's certificates and lists: a bank, its branch, a person of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from okmate_auth.certificates.crl_entries import Revoked
from okmate_auth.certificates.crl_lists import Good, Unknown, revocation
from tests.certificates import openssl
from tests.certificates.openssl import CA, NOW, Identity, root
from tests.certificates.revoking import lists, parsed

SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)
NO_CRL_SIGN: Final = tuple(line.replace(",cRLSign", "") for line in CA)
SIGNER: Final = ("basicConstraints=critical,CA:FALSE", "keyUsage=critical,cRLSign")
USERS: Final = ("issuingDistributionPoint=critical,@point", "[point]", "onlyuser=TRUE")
AUTHORITIES: Final = ("issuingDistributionPoint=critical,@point", "[point]", "onlyCA=TRUE")

BANK: Final = root()
BRANCH: Final = BANK.intermediate("/C=JP/O=Bank/CN=Branch")
ALICE: Final = BANK.issue("/CN=Alice")
BOB: Final = BRANCH.issue("/CN=Bob")
FORGER: Final = root(label="a forger's key")  # the bank's name, another key


def revoked(*people: Identity, reason: str | None = None) -> tuple[openssl.Revoked, ...]:
    """Return entries for people's certificates."""
    return tuple(openssl.Revoked(serial=one.serial, reason=reason) for one in people)


def standing(
    *data: bytes, path: tuple[Identity, ...] = (ALICE, BANK), now: datetime = NOW, signers: tuple[Identity, ...] = ()
) -> Good | Revoked | Unknown:
    """Return what lists say of a path."""
    certificates = tuple(parsed(one) for one in path)
    return revocation(certificates, lists(*data), now, signers=[parsed(one) for one in signers])


def said(
    *data: bytes, path: tuple[Identity, ...] = (ALICE, BANK), now: datetime = NOW, signers: tuple[Identity, ...] = ()
) -> str:
    """Return ``good``, ``revoked``, or why it is unknown."""
    found = standing(*data, path=path, now=now, signers=signers)
    return found.reason if isinstance(found, Unknown) else type(found).__name__.lower()
