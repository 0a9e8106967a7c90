"""A profile in keeping with NIST SP 800-63B-4 and OWASP ASVS 5.0."""

from __future__ import annotations

from typing import Final

from okmate_auth.policies.kdf import Argon2Parameters
from okmate_auth.policies.login_id import LoginIdRule
from okmate_auth.policies.password_rules import NIST_CONFIRMATION_PASSWORD, NIST_LOGIN_PASSWORD
from okmate_auth.policies.profile import Profile
from okmate_auth.policies.tokens import TokenPolicy
from okmate_auth.tokens import Windows

NIST_800_63B_4: Final = Profile(
    name="NIST_800_63B_4",
    login_id=LoginIdRule(minimum=6, maximum=32),
    login_password=NIST_LOGIN_PASSWORD,
    confirmation_password=NIST_CONFIRMATION_PASSWORD,
    kdf=Argon2Parameters(memory_kib=47104, iterations=1, lanes=1),  # OWASP password storage cheat sheet, first row
    code_at_login={"password": "always", "certificate": "when_bound"},
    # A code lives for its step of 30 s and the one after it (ASVS 5.0 6.5.5; RFC 6238 5.2).
    tokens=TokenPolicy(windows=Windows(back=1, ahead=0), longest_period_seconds=30),
)
"""The standards' profile: a code is demanded of everybody who logs in by password."""
