"""What an authority may do about passwords: have them changed, or make new ones; never see the user's own (PW-9)."""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs

from okmate_auth import fields
from okmate_auth.commands.administration import OnAccount
from okmate_auth.commands.authority import Actor
from okmate_auth.commands.guesses import hashing
from okmate_auth.commands.journal import notify
from okmate_auth.commands.locks import take_locks_away
from okmate_auth.commands.targets import end_everything
from okmate_auth.decision import Context, Draft
from okmate_auth.errors import MisuseError
from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.initial import generate_initial
from okmate_auth.policies.passwords import PasswordContext
from okmate_auth.records import Account, Credential
from okmate_auth.records.account import ChangeReason
from okmate_auth.replies import Busy, Done, PasswordsReset, Refused
from okmate_auth.secret import Secret

Reason = Literal["administrator", "compromise"]


@attrs.frozen(kw_only=True)
class RequireChange(OnAccount[Done | Refused | Busy]):
    """Have passwords changed at the next login.

    Attributes:
        passwords: Which: ``login-password``, ``confirmation-password``; one that is unset is due anyway.
        reason: ``administrator``, or ``compromise``, which ends the account's sessions and logins too and stands until
            the change, whoever requires one again.

    Refusals: as for :class:`~okmate_auth.commands.locks.Suspend`.

    Raises:
        MisuseError: No password, or an unknown one, is named, or the reason is another one.

    Source: the procedure's manual, step 2; NIST SP 800-63B-4 3.1.1.2 (6): compromise forces a change, age does not.
    """

    passwords: tuple[str, ...] = attrs.field(converter=fields.names, default=(LOGIN_PASSWORD,))
    reason: Reason = "administrator"

    operation: ClassVar[str] = "require-change"
    on_oneself: ClassVar[bool] = True

    def __attrs_post_init__(self) -> None:
        """Refuse what names nothing."""
        if not self.passwords or not set(self.passwords) <= {LOGIN_PASSWORD, CONFIRMATION_PASSWORD}:
            message = "passwords: names of one or both passwords"
            raise MisuseError(message)
        if self.reason not in ("administrator", "compromise"):
            message = "reason: administrator or compromise"
            raise MisuseError(message)

    def apply(self, draft: Draft, account: Account, actor: Actor) -> Done | Refused | Busy:
        """Put the account with its passwords due."""
        del actor
        login, confirmation = account.login_password, account.confirmation_password
        if LOGIN_PASSWORD in self.passwords and login is not None:
            account = attrs.evolve(account, login_password=self._due(login))
        if CONFIRMATION_PASSWORD in self.passwords and confirmation is not None:
            account = attrs.evolve(account, confirmation_password=self._due(confirmation))
        draft.put(end_everything(draft, account) if self.reason == "compromise" else account)
        return Done(login_id=account.login_id)

    def details(self, account: Account) -> dict[str, str]:
        """Return which passwords, and why."""
        del account
        return {"passwords": " ".join(self.passwords), "reason": self.reason}

    def _due(self, credential: Credential) -> Credential:
        """Return a password that is due; a compromise, which asks more, stays one until the change."""
        reason = "compromise" if credential.change_due == "compromise" else self.reason
        return attrs.evolve(credential, change_due=reason)


@attrs.frozen(kw_only=True)
class ResetPasswords(OnAccount[PasswordsReset | Refused | Busy]):
    """Make a new initial login password and void the confirmation password; never one's own.

    Forgetting one of the two resets both. Sessions and logins end, the passwords' locks are taken away, the change is
    forced at the next login. No factor other than the passwords is touched (ASVS 5.0 6.4.2, 6.4.3).

    Refusals: as for :class:`~okmate_auth.commands.locks.Suspend`, and ``not-oneself``.
    """

    operation: ClassVar[str] = "reset-passwords"
    replies: ClassVar[tuple[type, ...]] = (PasswordsReset, Refused, Busy)

    def apply(self, draft: Draft, account: Account, actor: Actor) -> PasswordsReset | Refused | Busy:
        """Put the account with its new initial password."""
        del actor
        context = draft.context
        initial = make_initial(context, account.login_id, words=(account.company, account.bank))
        credential = new_credential(draft, account.id, initial, due="reset")
        draft.put(attrs.evolve(end_everything(draft, account), login_password=credential, confirmation_password=None))
        take_locks_away(draft, account, but=frozenset({CODE}))  # no guess at codes is won by a reset (A07)
        notify(draft, "change", account=account, details={"reason": "reset"})
        return PasswordsReset(
            login_id=account.login_id, initial_password=initial, until=context.now + context.profile.initial_lasts
        )


def make_initial(context: Context, login_id: str, *, words: tuple[str, ...]) -> Secret:
    """Return a random initial password that keeps the profile's rules (ASVS 5.0 6.4.1)."""
    return generate_initial(
        context.profile.login_password, initial_context(login_id, words), context.stream("initial-password")
    )


def initial_context(login_id: str, words: tuple[str, ...]) -> PasswordContext:
    """Return what an initial password is compared with; there is no other password yet."""
    return PasswordContext(
        field="initial_password", login_id=login_id, others={CONFIRMATION_PASSWORD: None}, words=words
    )


def new_credential(draft: Draft, account_id: str, password: Secret, *, due: ChangeReason | None) -> Credential:
    """Return the credential for a password that an authority sets; one that must be changed ends by itself, too."""
    context = draft.context
    (phc,) = draft.ask(hashing(context, LOGIN_PASSWORD, account_id, password))
    return Credential(
        id=context.random("credential/initial", 16).hex(),
        phc=phc,
        pepper=context.keys.current_pepper,
        set_at=context.now,
        change_due=due,
        ends_at=None if due is None else context.now + context.profile.initial_lasts,
    )
