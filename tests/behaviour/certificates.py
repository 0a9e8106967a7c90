"""People of the certificate method: registered at the desk, with a certificate of the bank's CA in their browser."""

from __future__ import annotations

from typing import Final

import attrs

from okmate_auth import (
    Authenticated,
    Client,
    EnterPassword,
    PasswordChangeDue,
    PasswordDue,
    PresentCertificate,
)
from okmate_auth.certificates import CertificateChain
from okmate_auth.commands import RegisterCertificate
from okmate_auth.commands.login import LoginReply
from okmate_auth.commands.present import PresentReply
from okmate_auth.records import Account, Certificate
from okmate_auth.records.account import Role
from okmate_auth.replies import CertificateRegistered
from tests.behaviour.bank import DESK, Bank, User, expect

__all__ = [
    "NEWER",
    "at_the_password",
    "chain_of",
    "fingerprints",
    "holder",
    "log_in",
    "login",
    "newcomer",
    "present",
    "register",
    "showing",
    "stored",
]

NEWER: Final = "renewed"
"""Label of the key of a renewed certificate."""


def showing(client: Client, chain: CertificateChain | None) -> Client:
    """Return the same browser with another certificate chosen, or none."""
    return attrs.evolve(client, certificate=chain)


def chain_of(user: User) -> CertificateChain:
    """Return the certificate in a person's browser."""
    return expect(CertificateChain, user.home.chain)


def register(bank: Bank, login_id: str, chain: CertificateChain) -> CertificateRegistered:
    """Register a certificate at the desk."""
    command = RegisterCertificate(login_id=login_id, certificate=chain, authority=DESK)
    return expect(CertificateRegistered, bank.submit(command))


def newcomer(bank: Bank, *, role: Role = "user", entitlements: tuple[str, ...] = ()) -> User:
    """Register a person and his certificate at the desk; his first login is still to come."""
    user = bank.newcomer(role=role, entitlements=entitlements, method="certificate")
    chain = bank.issuer.certificate(user.login_id)
    register(bank, user.login_id, chain)
    return attrs.evolve(user, home=showing(user.home, chain))


def holder(bank: Bank, *, role: Role = "user", entitlements: tuple[str, ...] = ()) -> User:
    """Register a person and go through the change of his first login, as :meth:`Bank.customer` does."""
    user = newcomer(bank, role=role, entitlements=entitlements)
    return bank.changed(user, expect(PasswordChangeDue, login(bank, user)))


def present(bank: Bank, user: User, client: Client | None = None) -> PresentReply:
    """Present the certificate of a person's browser, or of another one."""
    return bank.submit(PresentCertificate(attempt=bank.token(), client=client or user.home))


def at_the_password(bank: Bank, user: User, client: Client | None = None) -> PasswordDue:
    """Come to the step at which the password is due."""
    return expect(PasswordDue, present(bank, user, client))


def login(bank: Bank, user: User, client: Client | None = None, password: str | None = None) -> LoginReply:
    """Present the certificate and enter the right password, or another one."""
    step = at_the_password(bank, user, client)
    entered = user.login_password if password is None else password
    return bank.submit(EnterPassword(handle=step.handle, client=client or user.home, password=entered))


def log_in(bank: Bank, user: User, client: Client | None = None) -> Authenticated:
    """Log in, where nothing is due."""
    return expect(Authenticated, login(bank, user, client))


def stored(bank: Bank, chain: CertificateChain) -> Certificate:
    """Return a certificate as stored."""
    return expect(Certificate, bank.record(Certificate.at(bank.name, chain.fingerprint)))


def fingerprints(account: Account) -> list[str]:
    """Return the fingerprints of the certificates with which a person may log in."""
    return [one.fingerprint for one in account.certificates]
