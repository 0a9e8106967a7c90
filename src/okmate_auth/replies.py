"""What a command is answered with: steps, the end of a login, refusals.

Rule 1. A reply is a value of exactly one class; which ones a command can give is its type.
Rule 2. A step carries a fresh handle, and nothing that a session-protected call accepts; only ``Authenticated`` does.
Rule 3. The codes of :class:`Refused` are stable. Before every factor is proven they depend on nothing but what was
        attempted on that login ID, never on whether it exists (ASVS 5.0 6.3.8).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import attrs

from okmate_auth import messages
from okmate_auth.codec import Json
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation

Language = Literal["ja", "en"]


@attrs.frozen(kw_only=True)
class Step:
    """A step of the login that is due; the form that answers it carries :attr:`handle`.

    Attributes:
        handle: 43 characters, good for one commit; put ``handle.reveal()`` into a form field, never into a URL.
        until: When the step's time is over.
    """

    handle: Secret
    until: datetime


@attrs.frozen(kw_only=True)
class PasswordDue(Step):
    """A valid, registered certificate was presented; the login password is due.

    Attributes:
        login_id: Whose certificate it is.
    """

    login_id: str


@attrs.frozen(kw_only=True)
class CodeDue(Step):
    """A token is bound: its one-time password is due.

    Attributes:
        login_id: Whose login it is.
    """

    login_id: str


@attrs.frozen(kw_only=True)
class PasswordChangeDue(Step):
    """The forced change of the procedure's manual, step 2.

    Attributes:
        login_id: Whose login it is.
        change: Names of the passwords that need a new value: ``login-password``, ``confirmation-password``.
        current: Names of the passwords whose current value is asked.
        reasons: Why, for each of :attr:`change`: ``unset``, ``initial``, ``administrator``, ``reset``, ``compromise``,
            ``not-compared`` (the login password changed while this one was locked).
        unusable: Names of passwords that stay due because they are locked; somebody must release or reset them.
    """

    login_id: str
    change: tuple[str, ...]
    current: tuple[str, ...]
    reasons: tuple[str, ...]
    unusable: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class PasswordChangeDone(Step):
    """The change is committed: the result page of the procedure's manual, step 3.

    Attributes:
        login_id: Whose login it is.
        changed: Names of the passwords that were changed.
    """

    login_id: str
    changed: tuple[str, ...]


@attrs.frozen(kw_only=True)
class EnrollmentDue(Step):
    """No token is bound yet: serial number and one-time password are due (the procedure's manual, step 4).

    Attributes:
        login_id: Whose login it is.
        may_skip: Whether it may be put off to the next login.
        services: Names of his services that need a token; they stay closed where it is put off.
        grace_until: Until when services that need a token can be used without one where it is put off; None: not at
            all.
    """

    login_id: str
    may_skip: bool
    services: tuple[str, ...] = ()
    grace_until: datetime | None = None


@attrs.frozen(kw_only=True)
class ActionDue(Step):
    """One of the bank's own actions is due.

    Attributes:
        name: Which.
        data: What its ``is_due`` returned, for the page.
        flow: With :attr:`name`, the idempotency key for whatever the page does in the bank's own systems.
    """

    name: str
    data: Mapping[str, Json]
    flow: str


@attrs.frozen(kw_only=True)
class Authenticated:
    """Nothing is due any more: the session exists.

    Attributes:
        session: Its handle, 43 characters; put ``session.reveal()`` into a ``__Host-`` cookie.
        login_id: Who logged in.
        entrance: By which method.
        factors: What was proven: ``login-password``, ``certificate``, ``code``.
        enrollment_skipped: Whether token enrollment was put off; the bank may reduce rights accordingly.
        took_over: Whether another live session was ended by this login.
        until: Absolute end of the session.
    """

    session: Secret
    login_id: str
    entrance: Literal["password", "certificate"]
    factors: tuple[str, ...]
    enrollment_skipped: bool
    took_over: bool
    until: datetime

    @property
    def multi_factor(self) -> bool:
        """Whether something one has was proven besides what one knows; two passwords are one factor."""
        return bool({"certificate", "code"} & set(self.factors))

    @property
    def phishing_resistant(self) -> bool:
        """Whether a factor was proven that can't be passed on to another site (NIST SP 800-63B-4 2.2, 3.2.5)."""
        return "certificate" in self.factors


@attrs.frozen(kw_only=True)
class Refused:
    """The command was refused.

    Attributes:
        code: Stable name of the public reason; the history keeps the real one.
        at: The same step again, with the handle to use now; None where the flow has ended or none was begun.
        until: When the reason ends, where it ends by itself.
        violations: Everything that is wrong with what was entered, all at once.
    """

    code: str
    at: Step | None = None
    until: datetime | None = None
    violations: tuple[Violation, ...] = ()

    def message(self, language: Language) -> str:
        """Return what a page may say, in Japanese (``ja``) or English (``en``)."""
        lines = [messages.text(language, self.code, messages.moment(language, self.until))]
        lines += [violation.message(language) for violation in self.violations]
        return "\n".join(lines)


@attrs.frozen(kw_only=True)
class Busy:
    """Too much at work here, for this account or from this source; nothing was counted against the user or spent.

    Attributes:
        retry_after: When another try makes sense.
    """

    retry_after: timedelta

    def message(self, language: Language) -> str:
        """Return what a page may say, in Japanese (``ja``) or English (``en``)."""
        seconds = max(1, -(-self.retry_after // timedelta(seconds=1)))
        return messages.text(language, "busy", {"seconds": seconds})


@attrs.frozen
class Abandoned:
    """The flow is ended, or was already gone."""


@attrs.frozen
class LoggedOut:
    """The session is ended, or was already gone."""


@attrs.frozen(kw_only=True)
class Confirmed:
    """The confirmation password was right: the purpose may be carried out in this session.

    Attributes:
        purpose: Which.
        until: Up to when, exclusive.
    """

    purpose: str
    until: datetime


@attrs.frozen(kw_only=True)
class SteppedUp:
    """The code was right: the purpose may be carried out in this session.

    Attributes:
        purpose: Which.
        until: Up to when, exclusive.
    """

    purpose: str
    until: datetime


@attrs.frozen
class Resynchronized:
    """The token and the bank agree again; the next code counts, this pair proved nothing."""


@attrs.frozen(kw_only=True)
class TokensStocked:
    """The tokens are in stock now.

    Attributes:
        serials: Their serial numbers as printed.
    """

    serials: tuple[str, ...]


@attrs.frozen(kw_only=True)
class TokensDispatched:
    """The tokens are a company's now, for its people to enroll.

    Attributes:
        company: Whose.
        serials: Their serial numbers as printed.
    """

    company: str
    serials: tuple[str, ...]


@attrs.frozen(kw_only=True)
class TokenChanged:
    """It is done to the token.

    Attributes:
        serial: Its serial number as printed.
    """

    serial: str


@attrs.frozen(kw_only=True)
class SeedsResealed:
    """How many seeds are sealed with the current key now; none of those whose key is not held is counted."""

    count: int


@attrs.frozen(kw_only=True)
class CompanyRegistered:
    """The company exists now."""

    company: str


@attrs.frozen(kw_only=True)
class UserRegistered:
    """The account exists now.

    Attributes:
        login_id: As registered.
        initial_password: The one that was made; None where one was chosen by the administrator.
        until: When the initial password ends; None where it need not be changed.
    """

    login_id: str
    initial_password: Secret | None
    until: datetime | None


@attrs.frozen(kw_only=True)
class CertificateRegistered:
    """The certificate is the person's now; an older one stays good until this one's first login that reaches its end.

    Attributes:
        login_id: Whose.
        fingerprint: SHA-256 of its DER, in hexadecimal.
        ends_at: Its end, inclusive.
    """

    login_id: str
    fingerprint: str
    ends_at: datetime


@attrs.frozen(kw_only=True)
class PasswordsReset:
    """Both passwords are void, every session and login of the account has ended, the passwords' locks are taken away.

    Attributes:
        login_id: Whose.
        initial_password: For the next login, at which it must be changed.
        until: When it ends.
    """

    login_id: str
    initial_password: Secret
    until: datetime


@attrs.frozen(kw_only=True)
class Done:
    """It is done.

    Attributes:
        login_id: To whose account.
    """

    login_id: str


@attrs.frozen(kw_only=True)
class NoticesMarked:
    """How many pending notices were marked as sent; those already marked are not counted again."""

    count: int


STEPS: tuple[type[Step], ...] = (
    PasswordDue,
    CodeDue,
    PasswordChangeDue,
    PasswordChangeDone,
    EnrollmentDue,
    ActionDue,
)
