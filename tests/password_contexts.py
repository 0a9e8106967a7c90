"""What the tests of password rules share: contexts, and texts of every kind."""

from __future__ import annotations

from hypothesis import strategies as st

from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.passwords import PasswordContext, PasswordRule, PasswordRules
from okmate_auth.secret import Secret

FIELD = "new_login_password"

# control characters, unassigned code points, noncharacters and lone surrogates included
any_text = st.text(alphabet=st.characters(exclude_categories=()))


def context(
    *,
    login_id: str = "hanako55",
    login: str | None = None,
    confirmation: str | None = None,
    currents: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
) -> PasswordContext:
    """Return a context; passwords are given as text, None for one that does not exist."""
    return PasswordContext(
        field=FIELD,
        login_id=login_id,
        others={
            LOGIN_PASSWORD: None if login is None else Secret(login),
            CONFIRMATION_PASSWORD: None if confirmation is None else Secret(confirmation),
        },
        currents=tuple(map(Secret, currents)),
        words=words,
    )


NOBODY = context()


def codes(rule: PasswordRule | PasswordRules, candidate: str, given: PasswordContext = NOBODY) -> list[str]:
    """Return the codes that a rule, or a policy, tells of a candidate."""
    if isinstance(rule, PasswordRules):
        return [violation.code for violation in rule.violations(Secret(candidate), given)]
    return [violation.code for violation in rule.check(Secret(candidate), given)]
