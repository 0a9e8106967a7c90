"""The standards' profile keeps what NIST SP 800-63B-4 and OWASP ASVS 5.0 demand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth.commands import unanswered
from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.kdf import OWASP_FLOORS
from okmate_auth.policies.nist import NIST_800_63B_4
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.secret import Secret
from tests.password_contexts import context

PHRASE = "correct horse battery staple ✓ 漢字 and some more words to reach the end of it all, x" * 2


@pytest.mark.parametrize(("factor", "minimum"), [(LOGIN_PASSWORD, 15), (CONFIRMATION_PASSWORD, 8)])
def test_passwords_are_long_and_of_any_characters(factor: str, minimum: int) -> None:
    """15 where it may be the only factor, 8 where it never is; no composition rule, 128 allowed (PW-1, PW-2, PW-3)."""
    rules = NIST_800_63B_4.password_rules(factor)
    assert rules is not None
    for length, codes in ((minimum - 1, ["too-short"]), (minimum, []), (64, []), (128, []), (129, ["too-long"])):
        found = rules.violations(Secret(PHRASE[:length]), context())
        assert [violation.code for violation in found] == codes, length


@pytest.mark.parametrize("factor", [LOGIN_PASSWORD, CONFIRMATION_PASSWORD, CODE])
def test_no_more_than_a_hundred_failures(factor: str) -> None:
    """Consecutive failures of an authenticator end at 100 at the latest (63B-4 3.2.2)."""
    assert NIST_800_63B_4.lockout_of(factor).close_at <= 100


def test_sessions_keep_the_limits_of_the_second_level() -> None:
    """At most 24 hours in all and one hour of inactivity (63B-4 2.2.3)."""
    assert NIST_800_63B_4.session.absolute <= timedelta(hours=24)
    assert NIST_800_63B_4.session.idle <= timedelta(hours=1)


def test_administrators_choose_no_passwords_and_initial_ones_do_not_stay() -> None:
    """An initial password is made by the system, ends, and can't become the long-term one (ASVS 5.0 6.4.1, 6.4.6)."""
    assert not NIST_800_63B_4.chosen_initial
    assert not NIST_800_63B_4.initial_may_stay
    assert NIST_800_63B_4.initial_lasts <= timedelta(days=30)


def test_hashes_reach_the_published_floor() -> None:
    """The cost is one of OWASP's rows, or dearer."""
    kdf = NIST_800_63B_4.kdf
    assert any(kdf.memory_kib >= memory and kdf.iterations >= passes for memory, passes in OWASP_FLOORS)


def test_a_code_is_always_asked_by_password() -> None:
    """A password alone never reaches a session; a certificate is a second factor already (63B-4 2.2)."""
    assert dict(NIST_800_63B_4.code_at_login) == {"password": "always", "certificate": "when_bound"}
    assert NIST_800_63B_4.asks_for_tokens


def test_a_code_lives_for_its_step_and_the_one_after_it() -> None:
    """Time steps of 30 s at most, one of them late, none ahead (ASVS 5.0 6.5.5; RFC 6238 5.2)."""
    tokens = NIST_800_63B_4.tokens
    assert (tokens.windows.back, tokens.windows.ahead, tokens.longest_period_seconds) == (1, 0, 30)


def test_it_can_be_served() -> None:
    """Every step that it can come to is answered by a command of this version."""
    assert unanswered(NIST_800_63B_4) == ()


def test_the_profiles_have_names_of_their_own() -> None:
    """Logs and documents tell them apart."""
    assert (OKMATE.name, NIST_800_63B_4.name) == ("OKMATE", "NIST_800_63B_4")
