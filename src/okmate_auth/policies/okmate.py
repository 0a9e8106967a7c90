"""The seed's rules: the procedure's manual, and what Japanese corporate banking usually does where it is silent."""

from __future__ import annotations

from typing import Final

from okmate_auth.policies.kdf import Argon2Parameters
from okmate_auth.policies.menu import OKMATE_MENU
from okmate_auth.policies.password_rules import (
    OKMATE_CONFIRMATION_PASSWORD,
    OKMATE_LOGIN_ID,
    OKMATE_LOGIN_PASSWORD,
)
from okmate_auth.policies.profile import Profile

TOKEN_SERVICES: Final = frozenset({"transfer", "approval", "tax-payment", "administration"})
"""What banks with this procedure ask a one-time password for: transfers, approvals, payments of taxes and charges, and
the administration of people."""

OKMATE: Final = Profile(
    name="OKMATE",
    login_id=OKMATE_LOGIN_ID,
    login_password=OKMATE_LOGIN_PASSWORD,
    confirmation_password=OKMATE_CONFIRMATION_PASSWORD,
    kdf=Argon2Parameters(memory_kib=47104, iterations=1, lanes=1),  # OWASP password storage cheat sheet, first row
    chosen_initial=True,
    initial_may_stay=True,
    token_services=TOKEN_SERVICES,
    menu=OKMATE_MENU,
)
"""The procedure's profile.

Deviations from NIST SP 800-63B-4 and ASVS 5.0, which a bank that uses it states: letters and digits are demanded
(ASVS 6.2.5), 12 characters are the most (6.2.9), 6 the fewest (6.2.1), an administrator may choose an initial password
(6.4.6), one that was made may stay (6.4.1), and a code lives for its step of 60 s and one on either side (6.5.5). What
compensates: a lock per factor, the pepper, the blocklist, a token's code where one is bound.
"""
