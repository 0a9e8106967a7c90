"""Rules about what a new password must differ from.

Everything here compares plaintext that was given with the change. Comparing with a *stored* secret would be a guess of
it, is counted as one, and is no rule's business.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.folding import folded
from okmate_auth.policies.half_width import EXAMINED
from okmate_auth.policies.passwords import PasswordContext, same_password
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation


@attrs.frozen
class DiffersFromLoginId:
    """Not the login ID, whatever the case or width: the ID's own case is not significant either.

    Code: ``same-as-login-id``.

    Source: the procedure's manual, step 2, for the confirmation password; for the login password ASVS 5.0 6.2.11.
    """

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Yield the code if they are the same."""
        if folded(candidate.reveal()[:EXAMINED]) == folded(context.login_id):
            yield Violation("same-as-login-id", context.field)


@attrs.frozen
class DiffersFromPassword:
    """Not the account's other password, whichever of the two changes; case counts, Unicode normalisation does not.

    Codes: ``same-as-login-password``, ``same-as-confirmation-password``.

    Attributes:
        other: ``login-password`` or ``confirmation-password``.

    Raises:
        ConfigurationError: There is no such password.

    Source: the procedure's manual, step 2.
    """

    other: str

    def __attrs_post_init__(self) -> None:
        if self.other not in (LOGIN_PASSWORD, CONFIRMATION_PASSWORD):
            message = f"the other password is {LOGIN_PASSWORD} or {CONFIRMATION_PASSWORD}"
            raise ConfigurationError(message)

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Yield the code if they are the same.

        Raises:
            MisuseError: ``context.others`` does not say what the other password is, not even None.
        """
        if self.other not in context.others:
            message = f"others must name {self.other}, with None where there is nothing to compare with"
            raise MisuseError(message)
        other = context.others[self.other]
        if other is not None and same_password(candidate, other):
            yield Violation(f"same-as-{self.other}", context.field)


@attrs.frozen
class NotCurrent:
    """Not the current value again, nor the initial one: a forced change changes something.

    Code: ``same-as-current``. A value that differs by Unicode normalisation only is the same.

    Source: ASVS 5.0 6.4.1 (an initial password cannot become the long-term one).
    """

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Yield the code if it is one of ``context.currents``."""
        if any(same_password(candidate, current) for current in context.currents):
            yield Violation("same-as-current", context.field)
