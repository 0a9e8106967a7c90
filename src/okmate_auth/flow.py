"""The login as a state machine: which step is due.

Rule 1. What is due is a function of stored state, as it will be after this commit, and of the flow's ledger. It is
        computed again at every submit and never stored, so that no flag of an earlier step opens a later one.
Rule 2. First every factor is proven, then what is due is done, in the profile's order.
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
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.profile import PASSWORD_CHANGE, Profile
from okmate_auth.records import Account, Credential, Flow, Ledger, Note
from okmate_auth.replies import ActionDue, PasswordChangeDone, PasswordChangeDue, Step
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


def password(account: Account, factor: str) -> Credential | None:
    """Return an account's password by the name of its factor; None for any other factor."""
    return {LOGIN_PASSWORD: account.login_password, CONFIRMATION_PASSWORD: account.confirmation_password}.get(factor)


def holds(account: Account, ledger: Ledger) -> bool:
    """Say whether everything the ledger says was proven is still the account's (rule 3)."""
    for proof in ledger.proven:
        credential = password(account, proof.factor)
        if credential is None or credential.id != proof.credential:
            return False
    return True


def next_step(situation: Situation, handle: Secret, until: datetime) -> Step | None:
    """Return the step that is due, carrying ``handle``; None where nothing is due."""
    ledger = situation.flow.ledger
    if ledger.changed:
        # The result of a change is shown before anything else is asked (the procedure's manual, step 3).
        return PasswordChangeDone(
            handle=handle, until=until, login_id=situation.account.login_id, changed=ledger.changed
        )
    for name in situation.profile.order:
        step = (
            change_due(situation, handle, until)
            if name == PASSWORD_CHANGE
            else _action_due(situation, name, handle, until)
        )
        if step is not None:
            return step
    return None


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
