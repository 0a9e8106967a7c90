"""What the top page reminds somebody of: ends that come nearer, a token that is missing, logging out.

Rule 1. A reminder is a function of what is stored and of this instant. Nothing is written, so none is lost and none
        has to be taken back: whoever has enrolled is reminded no more.
Rule 2. From a notice's instant on, inclusive, it is told on each top page until the end.
Rule 3. Logging out is told always, and last.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import attrs

from okmate_auth import messages
from okmate_auth.policies.sessions import ZERO
from okmate_auth.policies.tokens import guarded
from okmate_auth.records import Account, HardToken

if TYPE_CHECKING:
    from okmate_auth.policies.profile import Profile

_DAY: Final = timedelta(days=1)


@attrs.frozen(kw_only=True)
class Reminder:
    """One thing to be told on the top page.

    Attributes:
        code: Stable name: ``certificate-ends``, ``token-ends``, ``token-ended``, ``grace-ends``, ``services-closed``,
            ``log-out``.
        until: The end it is about, None for none.
        days: Whole days left to it, at least 1; the last one may be shorter. None where there is no such end.
        notice: Which of the profile's notices it is: the shortest that has begun; None where there is none.
    """

    code: str
    until: datetime | None = None
    days: int | None = None
    notice: timedelta | None = None

    def message(self, language: messages.Language) -> str:
        """Return the sentence for the page.

        Raises:
            MisuseError: There is no catalogue for the language.
        """
        parameters: dict[str, int | str] = {**messages.moment(language, self.until)}
        if self.days is not None:
            parameters["days"] = self.days
        return messages.reminder(language, self.code, parameters)


def reminders(account: Account, token: HardToken | None, profile: Profile, now: datetime) -> tuple[Reminder, ...]:
    """Return what somebody is reminded of, the most pressing first and logging out last.

    Args:
        account: His.
        token: The token that is bound to him, as stored; None where none is.
        profile: The bank's rules.
        now: This instant.

    Sources: the procedure's manual, step 5 (log out when you finish), step 4 (enrollment may be put off). Banks with
    this procedure tell of a certificate's end 40 and 10 days before, and of a token's 90 days before.
    """
    found = (
        *_certificate(account, profile, now),
        *_token(token, profile, now),
        *_services(account, profile, now),
    )
    return (*sorted(found, key=lambda one: (one.until is not None, one.until)), Reminder(code="log-out"))


def _certificate(account: Account, profile: Profile, now: datetime) -> tuple[Reminder, ...]:
    """Tell when the last of somebody's certificates ends: with none he can't get in to have another one registered."""
    ends_at = max((binding.ends_at for binding in account.certificates), default=None)
    return () if ends_at is None else _ending("certificate-ends", ends_at, profile.certificate_notices, now)


def _token(token: HardToken | None, profile: Profile, now: datetime) -> tuple[Reminder, ...]:
    """Tell when a token's life ends; after that it goes on until its battery does, which comes without a notice."""
    if token is None or token.ends_at is None:
        return ()
    if token.ends_at <= now:
        return (Reminder(code="token-ended", until=token.ends_at),)
    return _ending("token-ends", token.ends_at, profile.token_notices, now)


def _services(account: Account, profile: Profile, now: datetime) -> tuple[Reminder, ...]:
    """Tell of services that need a token which is missing: until when they are open, or that they are closed."""
    if account.token is not None or not guarded(account.entitlements, profile.token_services):
        return ()
    until = profile.tokens.grace_until(account.token_history, now)
    return (Reminder(code="services-closed"),) if until is None else (_left("grace-ends", until, now),)


def _ending(code: str, ends_at: datetime, notices: tuple[timedelta, ...], now: datetime) -> tuple[Reminder, ...]:
    """Return the reminder of an end that is ahead, once the first notice has begun."""
    left = ends_at - now
    begun = [notice for notice in notices if left <= notice]
    return (_left(code, ends_at, now, min(begun)),) if begun and left > ZERO else ()


def _left(code: str, until: datetime, now: datetime, notice: timedelta | None = None) -> Reminder:
    return Reminder(code=code, until=until, days=-((now - until) // _DAY), notice=notice)
