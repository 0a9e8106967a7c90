"""Certificates of an account: whether one is somebody's, what a login with one ends, how all of them end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from okmate_auth.certificates.verdict import CertificateRefusal, Verdict, VerifiedCertificate
from okmate_auth.commands.journal import log_operation
from okmate_auth.decision import Context, Draft
from okmate_auth.records import Account, Certificate, CertificateBinding, OperationHead, Session
from okmate_auth.records.certificate import CertificateState
from okmate_auth.text import canonical_login_id


def as_of(context: Context, verdict: Verdict) -> Verdict:
    """Return a verdict as it is now: a password was hashed since it was given, and the certificate may have ended."""
    if isinstance(verdict, VerifiedCertificate) and ended(verdict.not_after, context.now):
        return CertificateRefusal("expired")
    return verdict


def ended(not_after: datetime, now: datetime) -> bool:
    """Say whether a certificate's validity is over; the whole last second is good (RFC 5280 4.1.2.5)."""
    return now.replace(microsecond=0) > not_after


def refusal(verdict: CertificateRefusal) -> str:
    """Return the public code of a refused chain."""
    return f"certificate-{verdict.reason}"


def named_after(context: Context, account: Account, verdict: VerifiedCertificate) -> bool:
    """Say whether the login ID in a certificate's name, read by the profile's rule, is this account's."""
    login_id = context.profile.certificate_subject.login_id(verdict.subject)
    if login_id is None or not context.profile.login_id.well_formed(login_id):
        return False
    return canonical_login_id(login_id) == canonical_login_id(account.login_id)


def bound_to(context: Context, account: Account, verdict: VerifiedCertificate) -> CertificateBinding | None:
    """Return by what a verified certificate is an account's; None where it is not, or its entrance is the other one."""
    if account.method != "certificate" or not named_after(context, account, verdict):
        return None
    return next((one for one in account.certificates if one.fingerprint == verdict.fingerprint), None)


def use_certificate(draft: Draft, account: Account, fingerprint: str) -> Account:
    """Return an account after a login with one of its certificates reached its end; an older one is superseded.

    Sessions of the older one end with it; the account's operations say which one took its place.
    """
    mine = next((one for one in account.certificates if one.fingerprint == fingerprint), None)
    if mine is None or mine.used:
        return account
    older = [one for one in account.certificates if one.used]
    head = (OperationHead.at(account.subject),) if older else ()
    draft.load([*(Certificate.at(account.bank, one.fingerprint) for one in older), *head])
    end_certificates(draft, account, older, "superseded")
    for one in older:
        details = {"fingerprint": one.fingerprint, "by": fingerprint}
        log_operation(
            draft, account.subject, "supersede-certificate", actor=f"user:{account.login_id}", details=details
        )
    return attrs.evolve(account, certificates=(attrs.evolve(mine, used=True),))


def superseded_sessions(account: Account, sessions: Sequence[Session]) -> list[Session]:
    """Return the sessions whose certificate is none of the account's any more."""
    good = {one.fingerprint for one in account.certificates}
    return [one for one in sessions if one.certificate and one.certificate not in good]


def revoke_certificates(draft: Draft, account: Account) -> Account:
    """Put each certificate of an account as revoked; return the account without them, which is to be put."""
    draft.load([Certificate.at(account.bank, one.fingerprint) for one in account.certificates])
    end_certificates(draft, account, account.certificates, "revoked")
    return attrs.evolve(account, certificates=())


def end_certificates(
    draft: Draft, account: Account, bindings: Sequence[CertificateBinding], state: CertificateState
) -> None:
    """Put the certificates of these bindings as what they are from now on."""
    for binding in bindings:
        record = draft.get(Certificate.at(account.bank, binding.fingerprint), absence_by=account.key)
        if record is not None:
            draft.put(attrs.evolve(record, state=state, ended_at=draft.context.now))
