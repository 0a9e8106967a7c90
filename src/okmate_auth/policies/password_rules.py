"""The password policies that profiles are made of.

The procedure's own deviate from ASVS 5.0 6.2.5, 6.2.9 and NIST SP 800-63B-4 3.1.1.2 in two things, and a bank that uses
them states it: a composition rule, and a maximum of 12 characters. What compensates: a lock per factor, the pepper, the
blocklist, a second factor.
"""

from __future__ import annotations

from typing import Final

from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.composition import HalfWidthAlphanumeric, LettersAndDigits, Printable
from okmate_auth.policies.distinct import DiffersFromLoginId, DiffersFromPassword, NotCurrent
from okmate_auth.policies.guessable import Blocklisted, ContextWords
from okmate_auth.policies.login_id import LoginIdRule
from okmate_auth.policies.passwords import Length, PasswordRules

OKMATE_LOGIN_ID: Final = LoginIdRule(minimum=6, maximum=12, mixed=False)
"""6 to 12 half-width letters and digits."""

_SERVICE: Final = ("okmate", "okmateweb", "okメイト", "okメイトweb")


def okmate_password(*, other: str, words: tuple[str, ...] = _SERVICE) -> PasswordRules:
    """Return the procedure's rule: 6 to 12 half-width letters and digits, both kinds, case-sensitive, distinct.

    Args:
        other: The account's other password, ``login-password`` or ``confirmation-password``.
        words: Names of the service and the bank; those of the user come with each change.

    Raises:
        ConfigurationError: There is no such other password.

    Source: the procedure's manual, step 2. That the login password, too, differs from the login ID is our choice.
    """
    return PasswordRules(
        rules=(
            Length(6, 12),
            HalfWidthAlphanumeric(),
            LettersAndDigits(),
            DiffersFromLoginId(),
            DiffersFromPassword(other),
            NotCurrent(),
            Blocklisted(),
            ContextWords(words),
        ),
        normalisation="none",
    )


def nist_password(*, other: str, minimum: int, words: tuple[str, ...] = ()) -> PasswordRules:
    """Return a policy in keeping with NIST SP 800-63B-4 3.1.1.2: long, any characters, nothing known to guessers.

    Args:
        other: The account's other password, ``login-password`` or ``confirmation-password``.
        minimum: 15 where the password may be the only factor, 8 where another one is always proven with it.
        words: Names of the service and the bank; those of the user come with each change.

    Raises:
        ConfigurationError: There is no such other password, or ``minimum`` is no length.
    """
    return PasswordRules(
        rules=(
            Length(minimum, 128),  # at least 64 must be allowed: 63B-4 3.1.1.2 (2), ASVS 5.0 6.2.9
            Printable(),
            DiffersFromLoginId(),
            DiffersFromPassword(other),
            NotCurrent(),
            Blocklisted(),
            ContextWords(words),
        ),
        normalisation="NFC",
    )


OKMATE_LOGIN_PASSWORD: Final = okmate_password(other=CONFIRMATION_PASSWORD)
"""The procedure's login password; differs from the login ID and from the confirmation password."""

OKMATE_CONFIRMATION_PASSWORD: Final = okmate_password(other=LOGIN_PASSWORD)
"""The procedure's confirmation password; differs from the login ID and from the login password."""

NIST_LOGIN_PASSWORD: Final = nist_password(other=CONFIRMATION_PASSWORD, minimum=15)
"""A login password that may be the only factor."""

NIST_LOGIN_PASSWORD_WITH_SECOND_FACTOR: Final = nist_password(other=CONFIRMATION_PASSWORD, minimum=8)
"""A login password with which a code or a certificate is always proven."""

NIST_CONFIRMATION_PASSWORD: Final = nist_password(other=LOGIN_PASSWORD, minimum=8)
"""A confirmation password; it is asked in a session only, so never the only factor."""
