"""The login as a state machine: which step is due.

Rule 1. What is due is a function of stored state, as it will be after this commit, and of the flow's ledger. It is
        computed again at every submit and never stored, so that no flag of an earlier step opens a later one.
Rule 2. First every factor is proven, then what is due is done, in the profile's order. Where a code is demanded of
        everybody, enrolling a token is proving it, and comes first, too.
Rule 3. A ledger entry counts only while the credential that was proven is still the account's (A33): a changed secret
        ends the flow.
Rule 4. If a rule becomes stricter during a flow, the stricter counts (A28).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from okmate_auth.actions import Action, Person, checked_note
from okmate_auth.codec import Json
from okmate_auth.factors import CERTIFICATE, CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.profile import PASSWORD_CHANGE, TOKEN_ENROLLMENT, Profile
from okmate_auth.policies.tokens import guarded
from okmate_auth.records import Account, Credential, Flow, Ledger, Note
from okmate_auth.replies import (
    ActionDue,
    CodeDue,
    EnrollmentDue,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordDue,
    Step,
)
from okmate_auth.secret import Secret


@attrs.frozen(kw_only=True)
class Situation:
    """Everything that decides which step is due.

    Attributes:
        account: As it will be after this commit.
        flow: With the ledger as it will be.
        profile: The bank's rules.
        actions: The bank's own actions by name.
        notes: What each action remembers about the account.
        locked: Names of passwords that are locked, so that they can't be asked.
        now: This instant.
    """

    account: Account
    flow: Flow
    profile: Profile
    actions: Mapping[str, Action]
    notes: Mapping[str, Note | None]
    locked: frozenset[str]
    now: datetime


@attrs.frozen
class TokenWait:
    """A code is demanded, no token is bound, and none can be enrolled yet because one was revoked: no login ends well.

    Attributes:
        until: When one can be enrolled.
    """

    until: datetime


def password(account: Account, factor: str) -> Credential | None:
    """Return an account's password by the name of its factor; None for any other factor."""
    return {LOGIN_PASSWORD: account.login_password, CONFIRMATION_PASSWORD: account.confirmation_password}.get(factor)


def credential_id(account: Account, factor: str) -> str | None:
    """Return the id of what proves a factor of an account now; None where nothing does.

    Not for certificates, of which two may be good at once.
    """
    credential = account.token if factor == CODE else password(account, factor)
    return None if credential is None else credential.id


def holds(account: Account, ledger: Ledger) -> bool:
    """Say whether everything the ledger says was proven is still the account's (rule 3)."""
    certificates = {one.id for one in account.certificates}
    return all(
        proof.credential in certificates
        if proof.factor == CERTIFICATE
        else proof.credential == credential_id(account, proof.factor)
        for proof in ledger.proven
    )


def proves(ledger: Ledger, factor: str) -> bool:
    """Say whether a flow proved a factor."""
    return any(proof.factor == factor for proof in ledger.proven)


def next_step(situation: Situation, handle: Secret, until: datetime) -> Step | TokenWait | None:
    """Return the step that is due, carrying ``handle``; None where nothing is due."""
    ledger = situation.flow.ledger
    if ledger.changed:
        # The result of a change is shown before anything else is asked (the procedure's manual, step 3).
        return PasswordChangeDone(
            handle=handle, until=until, login_id=situation.account.login_id, changed=ledger.changed
        )
    if not proves(ledger, LOGIN_PASSWORD):
        return PasswordDue(handle=handle, until=until, login_id=situation.account.login_id)
    factor = code_due(situation, handle, until)
    if factor is not None:
        return factor
    for name in situation.profile.order:
        step: Step | None
        if name == PASSWORD_CHANGE:
            step = change_due(situation, handle, until)
        elif name == TOKEN_ENROLLMENT:
            step = enrollment_due(situation, handle, until)
        else:
            step = _action_due(situation, name, handle, until)
        if step is not None:
            return step
    return None


def code_due(situation: Situation, handle: Secret, until: datetime) -> CodeDue | EnrollmentDue | TokenWait | None:
    """Return how the code factor is to be proven, where the profile asks for it and the flow has not done so.

    A token that is bound is asked for, also while it is locked or suspended: then its code is refused, and no other
    token takes its place. Where a code is demanded and no token is bound, the first one is enrolled: whether one put
    that off before, and what one is entitled to, does not matter (A27, A28).
    """
    account, ledger = situation.account, situation.flow.ledger
    demanded = situation.profile.code_at_login[situation.flow.entrance]
    if demanded == "never" or proves(ledger, CODE):
        return None
    if account.token is not None:
        return CodeDue(handle=handle, until=until, login_id=account.login_id)
    if demanded != "always":
        return None
    waits_until = situation.profile.tokens.waits_until(account.token_history, situation.now)
    if waits_until is not None:
        return TokenWait(waits_until)
    services = guarded(account.entitlements, situation.profile.token_services)
    return EnrollmentDue(handle=handle, until=until, login_id=account.login_id, may_skip=False, services=services)


def enrollment_due(situation: Situation, handle: Secret, until: datetime) -> EnrollmentDue | None:
    """Return token enrollment, which may be put off, where it is offered: to whom a service is open that needs a token.

    Not while the wait after a revocation lasts, and once in a flow (the procedure's manual, step 4).
    """
    account, policy, now = situation.account, situation.profile.tokens, situation.now
    entitled = guarded(account.entitlements, situation.profile.token_services)
    if account.token is not None or not entitled or situation.flow.ledger.enrollment_skipped:
        return None
    if policy.waits_until(account.token_history, now) is not None:
        return None
    return EnrollmentDue(
        handle=handle,
        until=until,
        login_id=account.login_id,
        may_skip=True,
        services=entitled,
        grace_until=policy.grace_until(account.token_history, now),
    )


def change_due(situation: Situation, handle: Secret, until: datetime) -> PasswordChangeDue | None:
    """Return the forced change, where one is due that can be done.

    Asked are the current value of every password that exists and is not locked, and a new one for each that is due. A
    locked confirmation password stays due and unusable; only the login password changes then. After a compromise it is
    asked all the same: whoever stole the login password must not get round it by locking it.
    """
    account = situation.account
    compromised = account.login_password is not None and account.login_password.change_due == "compromise"
    change: list[str] = []
    reasons: list[str] = []
    current: list[str] = []
    unusable: list[str] = []
    for factor in (LOGIN_PASSWORD, CONFIRMATION_PASSWORD):
        if situation.profile.password_rules(factor) is None:
            continue
        credential = password(account, factor)
        reason = "unset" if credential is None else credential.change_due
        if (
            credential is not None
            and factor == CONFIRMATION_PASSWORD
            and factor in situation.locked
            and not compromised
        ):
            unusable += [factor] if reason else []
            continue
        if credential is not None:
            current.append(factor)
        if reason is not None:
            change.append(factor)
            reasons.append(reason)
    if not change:
        return None
    return PasswordChangeDue(
        handle=handle,
        until=until,
        login_id=account.login_id,
        change=tuple(change),
        current=tuple(current),
        reasons=tuple(reasons),
        unusable=tuple(unusable),
    )


def _action_due(situation: Situation, name: str, handle: Secret, until: datetime) -> ActionDue | None:
    action = situation.actions.get(name)
    if action is None or name in situation.flow.ledger.answered:
        return None
    note = situation.notes.get(name)
    data = action.is_due(Person.of(situation.account), None if note is None else note.data, situation.now)
    if data is None:
        return None
    known: dict[str, Json] = checked_note(name, data)
    return ActionDue(handle=handle, until=until, name=name, data=known, flow=situation.flow.id)
