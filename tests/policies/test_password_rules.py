"""The policies that profiles are made of."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.login_id import LoginIdRule
from okmate_auth.policies.password_rules import (
    NIST_CONFIRMATION_PASSWORD,
    NIST_LOGIN_PASSWORD,
    NIST_LOGIN_PASSWORD_WITH_SECOND_FACTOR,
    OKMATE_CONFIRMATION_PASSWORD,
    OKMATE_LOGIN_ID,
    OKMATE_LOGIN_PASSWORD,
    nist_password,
    okmate_password,
)
from okmate_auth.policies.passwords import PasswordRules
from okmate_auth.secret import Secret
from tests.password_contexts import any_text, codes, context

EVERY_POLICY = [
    OKMATE_LOGIN_PASSWORD,
    OKMATE_CONFIRMATION_PASSWORD,
    NIST_LOGIN_PASSWORD,
    NIST_LOGIN_PASSWORD_WITH_SECOND_FACTOR,
    NIST_CONFIRMATION_PASSWORD,
]

CODES = {
    "empty",
    "too-short",
    "too-long",
    "full-width",
    "not-half-width-alphanumeric",
    "letters-and-digits",
    "control-character",
    "lone-surrogate",
    "unassigned-character",
    "same-as-login-id",
    "same-as-login-password",
    "same-as-confirmation-password",
    "same-as-current",
    "common",
    "context-word",
}


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        ("Kaeru7Wq2m", []),
        ("h8Kq2w", []),
        ("h8Kq2wX5nT9b", []),
        ("h8Kq2", ["too-short"]),
        ("h8Kq2wX5nT9bz", ["too-long"]),
        ("kaeruTobu", ["letters-and-digits"]),
        ("8305179264", ["letters-and-digits"]),
        ("h8Kq2w!", ["not-half-width-alphanumeric"]),
        ("h8Kq 2w", ["not-half-width-alphanumeric"]),
        ("ｈ８Ｋｑ２ｗ", ["full-width"]),
        ("h8Kq2ｗ", ["full-width"]),
        ("ぱすわーど12", ["full-width", "letters-and-digits"]),
        ("ｈ-", ["too-short", "full-width", "not-half-width-alphanumeric", "letters-and-digits", "common"]),
        ("Hanako55", ["same-as-login-id", "common", "context-word"]),
        ("Old7Wq2m", ["same-as-current"]),
        ("Ｏｌｄ７Ｗｑ２ｍ", ["full-width", "same-as-current"]),
        ("old7wq2m", []),
        ("Login9Wq2m", ["same-as-login-password"]),
        ("login9Wq2m", []),
        ("Password1", ["common"]),
        ("Okmate2024", ["context-word"]),
    ],
)
def test_the_procedures_confirmation_password(candidate: str, expected: list[str]) -> None:
    """6 to 12 half-width letters and digits, both kinds, case-sensitive, unlike ID, login password and current one."""
    given_context = context(login="Login9Wq2m", currents=("Old7Wq2m",))
    assert codes(OKMATE_CONFIRMATION_PASSWORD, candidate, given_context) == expected


def test_the_two_passwords_differ_whichever_changes() -> None:
    """The login password refuses the confirmation password's value, and the other way round."""
    given_context = context(login="Login9Wq2m", confirmation="Confirm9Wq2")
    assert codes(OKMATE_LOGIN_PASSWORD, "Confirm9Wq2", given_context) == ["same-as-confirmation-password"]
    assert codes(OKMATE_CONFIRMATION_PASSWORD, "Login9Wq2m", given_context) == ["same-as-login-password"]
    assert codes(OKMATE_LOGIN_PASSWORD, "Login9Wq2m", given_context) == []
    assert codes(NIST_LOGIN_PASSWORD_WITH_SECOND_FACTOR, "Confirm9Wq2", given_context) == [
        "same-as-confirmation-password"
    ]
    assert codes(NIST_CONFIRMATION_PASSWORD, "Login9Wq2m", given_context) == ["same-as-login-password"]


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        ("correct horse battery staple", []),
        ("かえるはあまがえるのこどもです", []),
        ("🏦" * 7 + "🐸" * 8, []),
        ("x-kaeru tobu wq", []),
        ("x-kaeru tobu w", ["too-short"]),
        ("pond " * 12 + "frog", []),
        ("kaeru tobikomu " * 8 + "mizunoot", []),
        ("kaeru tobikomu " * 8 + "mizunooto", ["too-long"]),
        ("kaeru\ntobikomu mizunooto", ["control-character"]),
        ("kaeru\0tobikomu mizunooto", ["control-character"]),
        ("kaeru\udcfftobikomu mizunooto", ["lone-surrogate"]),
        ("kaeru\uffffftobikomu mizunooto", ["unassigned-character"]),
        ("hanako55hanako55", ["common", "context-word"]),
        ("passwordpassword", ["common"]),
        ("password!!!!!!!!!", ["common"]),
        ("qwertyuiopasdfghjkl", ["common"]),
    ],
)
def test_a_policy_after_the_standard(candidate: str, expected: list[str]) -> None:
    """At least 15 code points, up to 128, of any printable characters; nothing that guessers know."""
    assert codes(NIST_LOGIN_PASSWORD, candidate) == expected


def test_the_standards_lengths() -> None:
    """15 for a single factor, 8 with a second one, at least 64 allowed (NIST SP 800-63B-4 3.1.1.2 (1), (2))."""
    assert NIST_LOGIN_PASSWORD.minimum == 15
    assert NIST_LOGIN_PASSWORD_WITH_SECOND_FACTOR.minimum == NIST_CONFIRMATION_PASSWORD.minimum == 8
    assert all(rules.maximum >= 64 for rules in EVERY_POLICY[2:])
    assert {rules.normalisation for rules in EVERY_POLICY[2:]} == {"NFC"}
    assert codes(NIST_LOGIN_PASSWORD_WITH_SECOND_FACTOR, "kaeru wq") == []
    assert codes(NIST_LOGIN_PASSWORD_WITH_SECOND_FACTOR, "kaeru w") == ["too-short"]


def test_the_procedures_lengths_and_login_id() -> None:
    """6 to 12 for both passwords and the ID."""
    for rules in (OKMATE_LOGIN_PASSWORD, OKMATE_CONFIRMATION_PASSWORD):
        assert (rules.minimum, rules.maximum, rules.normalisation) == (6, 12, "none")
    assert LoginIdRule() == OKMATE_LOGIN_ID
    assert (OKMATE_LOGIN_ID.minimum, OKMATE_LOGIN_ID.maximum) == (6, 12)


@given(st.text(alphabet=string.ascii_letters + string.digits, min_size=6, max_size=12))
def test_the_procedures_rule_accepts_nothing_it_should_not(candidate: str) -> None:
    """Of half-width texts of good length those of one kind are told so, and the others only what guessers know."""
    one_kind = candidate.isalpha() or candidate.isdigit()
    told = codes(OKMATE_LOGIN_PASSWORD, candidate)
    assert ("letters-and-digits" in told) == one_kind
    assert set(told) <= {"letters-and-digits", "common", "context-word", "same-as-login-id"}


@given(any_text)
@pytest.mark.parametrize("rules", EVERY_POLICY)
def test_any_text_gets_known_codes_without_the_text(rules: PasswordRules, text: str) -> None:
    """Whatever is entered: known codes, the command's field, numbers for parameters, the same each time."""
    candidate = Secret(text)
    given_context = context(login="Login9Wq2m", confirmation="Confirm9Wq2", currents=("Old7Wq2m",), words=("銀行",))
    told = rules.violations(candidate, given_context)
    assert told == rules.violations(candidate, given_context)
    for violation in told:
        assert violation.code in CODES
        assert violation.field == given_context.field
        assert violation.parameters in ({}, {"minimum": rules.minimum}, {"maximum": rules.maximum})


@given(any_text)
def test_what_is_accepted_verifies_in_any_spelling_of_its_normal_form(text: str) -> None:
    """A password that a policy accepts is accepted in the form that is hashed, too, and can be encoded."""
    for rules in EVERY_POLICY:
        candidate = Secret(text)
        if not rules.violations(candidate, context()):
            normal = rules.normalised(candidate)
            assert rules.violations(normal, context()) == ()
            assert normal.reveal().encode("utf-8")


@pytest.mark.parametrize("rules", EVERY_POLICY)
@pytest.mark.parametrize("length", [1023, 1024, 1025, 1_000_000, 100_000_000])
def test_time_is_bounded_whatever_the_length(rules: PasswordRules, length: int) -> None:
    """From the longest text that is examined to 100 MB, judging takes a moment."""
    candidate = Secret("1a" * (length // 2) + "x" * (length % 2))
    before = time.perf_counter()
    assert rules.violations(candidate, context(currents=("Old7Wq2m",), words=("okmate",)))[0].code == "too-long"
    assert time.perf_counter() - before < 0.5


def test_a_banks_own_words() -> None:
    """The makers of policies take a bank's words, and no password that does not exist."""
    rules = okmate_password(other="login-password", words=("Tanabata Bank",))
    assert codes(rules, "tanabata9x") == ["context-word"]
    assert codes(nist_password(other="login-password", minimum=8, words=("Tanabata Bank",)), "tanabata 9x") == [
        "context-word"
    ]
    with pytest.raises(ConfigurationError):
        okmate_password(other="code")
    with pytest.raises(ConfigurationError):
        nist_password(other="login-password", minimum=0)
