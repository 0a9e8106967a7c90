"""The login password at either entrance: its form, what is judged, and why a guess did not count."""

from __future__ import annotations

from okmate_auth.commands.guesses import Guess, is_usable
from okmate_auth.decision import Context
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies.profile import Profile
from okmate_auth.records import Account, Credential
from okmate_auth.records.history import Entrance
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation


def password_violations(profile: Profile, entered: Secret) -> tuple[Violation, ...]:
    """Return what is wrong with the form of a login password that was entered, before anything is read."""
    rules = profile.login_password
    if len(entered) == 0:
        return (Violation("empty", "password"),)
    if not rules.well_formed(entered):
        return (Violation("too-long", "password", {"maximum": rules.maximum}),)
    return ()


def login_guess(context: Context, account: Account | None, entrance: Entrance, entered: Secret) -> Guess:
    """Return what is to be judged; an account of the other entrance is like none."""
    mine = account if account is not None and account.method == entrance else None
    credential = None if mine is None else mine.login_password
    return Guess(
        factor=LOGIN_PASSWORD,
        entered=entered,
        account=mine,
        credential=credential,
        counts=mine is not None and mine.usable and credential is not None and not _expired(context, credential),
    )


def private_reason(context: Context, account: Account | None, entrance: Entrance) -> str:
    """Return why a guess did not count, for the history only."""
    if account is None:
        return "unknown-id"
    if account.method != entrance:
        return "other-entrance"
    if account.closed_at is not None:
        return "closed"
    if account.suspended is not None:
        return "suspended"
    credential = account.login_password
    if credential is None:
        return "no-password"
    if _expired(context, credential):
        return "initial-password-expired"
    return "wrong-password" if is_usable(context, credential) else "password-unusable"


def _expired(context: Context, credential: Credential) -> bool:
    """Say whether an initial password's life is over, exclusive of its last instant."""
    return credential.ends_at is not None and context.now >= credential.ends_at
