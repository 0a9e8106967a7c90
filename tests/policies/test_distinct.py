"""Rules about what a new password differs from."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.distinct import DiffersFromLoginId, DiffersFromPassword, NotCurrent
from okmate_auth.policies.passwords import PasswordContext
from okmate_auth.secret import Secret
from tests.password_contexts import FIELD, any_text, codes, context


@pytest.mark.parametrize(
    ("login_id", "candidate", "same"),
    [
        ("hanako55", "hanako55", True),
        ("hanako55", "HANAKO55", True),
        ("Hanako55", "hanako55", True),
        ("hanako55", "ｈａｎａｋｏ５５", True),
        ("hanako55", "hana\u200bko55", True),
        ("hanako55", "hanako56", False),
        ("hanako55", "hanako5", False),
        ("hanako55", "hanako555", False),
    ],
)
def test_differs_from_login_id_in_more_than_case_and_width(login_id: str, candidate: str, *, same: bool) -> None:
    """The login ID is refused in any case and width; what is merely like it is another rule's to judge."""
    expected = ["same-as-login-id"] if same else []
    assert codes(DiffersFromLoginId(), candidate, context(login_id=login_id)) == expected


@pytest.mark.parametrize("other", [LOGIN_PASSWORD, CONFIRMATION_PASSWORD])
@pytest.mark.parametrize(
    ("value", "candidate", "same"),
    [
        ("Ab3dEf", "Ab3dEf", True),
        ("Ab3dEf", "ab3def", False),
        ("Ab3dEf", "Ab3dEg", False),
        ("Ab3dEf", "Ab3dE", False),
        ("Ab3dEf", "Ａｂ３ｄＥｆ", True),
        ("が", "か\u3099", True),
        ("ﬁx", "fix", True),
        (None, "Ab3dEf", False),
    ],
)
def test_differs_from_the_other_password_in_more_than_normalisation(
    other: str,
    value: str | None,
    candidate: str,
    *,
    same: bool,
) -> None:
    """Case distinguishes two passwords, Unicode normalisation does not; an unset one is different from everything."""
    given_context = context(login=value) if other == LOGIN_PASSWORD else context(confirmation=value)
    assert codes(DiffersFromPassword(other), candidate, given_context) == ([f"same-as-{other}"] if same else [])


@pytest.mark.parametrize("other", [LOGIN_PASSWORD, CONFIRMATION_PASSWORD])
def test_forgetting_the_other_password_is_not_being_different(other: str) -> None:
    """A context that does not even say None for the other password is misuse: silence would let any value pass."""
    bare = PasswordContext(field=FIELD, login_id="hanako55", others={})
    with pytest.raises(MisuseError, match=other):
        list(DiffersFromPassword(other).check(Secret("Ab3dEf"), bare))


@pytest.mark.parametrize("other", ["", "login_password", CODE])
def test_there_are_two_passwords_to_differ_from(other: str) -> None:
    """A rule about a password that does not exist is refused when it is made."""
    with pytest.raises(ConfigurationError):
        DiffersFromPassword(other)


@pytest.mark.parametrize(
    ("currents", "candidate", "expected"),
    [
        ((), "Ab3dEf", []),
        (("Ab3dEf",), "Ab3dEf", ["same-as-current"]),
        (("Ab3dEf",), "ab3dEf", []),
        (("Ab3dEf",), "Ab3dEf ", []),
        (("Initial9x", "Ab3dEf"), "Initial9x", ["same-as-current"]),
        (("Initial9x", "Ab3dEf"), "Ab3dEf", ["same-as-current"]),
        (("Ａｂ３ｄＥｆ",), "Ab3dEf", ["same-as-current"]),
        (("Å",), "A\u030a", ["same-as-current"]),
    ],
)
def test_the_current_and_the_initial_value_are_refused(
    currents: tuple[str, ...], candidate: str, expected: list[str]
) -> None:
    """None of the values that must go may stay, in whatever Unicode form."""
    assert codes(NotCurrent(), candidate, context(currents=currents)) == expected


@given(any_text.filter(bool), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_every_normalisation_twin_of_the_current_value_is_refused(
    text: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"]
) -> None:
    """A forced change changes something: each normal form of the current value is the current value."""
    twin = unicodedata.normalize(form, text)
    assert codes(NotCurrent(), twin, context(currents=(text,))) == ["same-as-current"]


def test_long_values_are_compared_as_they_are() -> None:
    """Beyond 1024 code points nothing is normalised before it is compared."""
    long = "\ufdfa" * 1025
    assert codes(NotCurrent(), long, context(currents=(long,))) == ["same-as-current"]
    assert codes(NotCurrent(), unicodedata.normalize("NFKC", long), context(currents=(long,))) == []
