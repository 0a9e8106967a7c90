"""The forms in which guessable passwords are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.policies.folding import folded, letters_and_numbers, repeated, trimmed
from tests.password_contexts import any_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("PassWord1", "password1"),
        ("ｐａｓｓｗｏｒｄ１", "password1"),
        ("ＰＡＳＳＷＯＲＤ", "password"),
        ("pass\u200bword\ufeff", "password"),
        ("pass\xadword", "password"),
        ("ﾊﾟｽ", "パス"),
        ("STRASSE straße", "strasse strasse"),
        ("𝓹𝓪𝓼𝓼", "pass"),
        ("か\u3099", "が"),
        ("p\ufe0fq", "pq"),
    ],
)
def test_folding_takes_away_what_a_guesser_varies(text: str, expected: str) -> None:
    """Case, width, compatibility forms and invisible characters make no difference."""
    assert folded(text) == expected


@given(st.text(alphabet=st.characters(max_codepoint=0x7F)))
def test_folding_ascii_is_lower_case(text: str) -> None:
    """Of ASCII, the twenty-six capitals change and nothing else, and folding again changes nothing."""
    assert folded(text) == text.lower() == folded(folded(text))


@given(any_text)
def test_folding_takes_any_text(text: str) -> None:
    """Any text can be folded, lone surrogates too, and grows by a bounded factor."""
    assert len(folded(text)) <= 60 * len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ogaki Kyoritsu-Bank", "ogakikyoritsubank"),
        ("（株）タナカ　商事", "株タナカ商事"),
        ("--", ""),
        ("No. 12", "no12"),
    ],
)
def test_letters_and_numbers_of_every_script_remain(text: str, expected: str) -> None:
    """Spaces and signs of a name make no difference."""
    assert letters_and_numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("password", "password"),
        ("  password\t", "password"),
        ("!password!", "password"),
        ("!?password?!", "password"),
        ("!?#password", "!?#password"),
        ("password!?#", "password!?#"),
        ("password!!!!!!!!", "password"),
        ("......password", "password"),
        ("pass!!!word", "pass!!!word"),
        ("!!!!", ""),
        ("   ", ""),
        ("!?#!?#", "!?#!?#"),
    ],
)
def test_trimming_takes_padding_and_no_mixture(text: str, expected: str) -> None:
    """White space, one or two signs or any number of the same at an end are padding; a longer mixture is not."""
    assert trimmed(text) == expected


@given(st.text(alphabet="ab1!", min_size=1, max_size=8), st.integers(min_value=2, max_value=9))
def test_repetition_is_undone(unit: str, times: int) -> None:
    """A repeated text leads back to its shortest unit, and that to itself."""
    shortest = repeated(unit)
    assert repeated(unit * times) == shortest
    assert repeated(shortest) == shortest
    assert shortest * (len(unit) // len(shortest)) == unit


@pytest.mark.parametrize(("text", "expected"), [("", ""), ("a", "a"), ("ab", "ab"), ("aba", "aba"), ("aa", "a")])
def test_what_is_not_repeated_stays(text: str, expected: str) -> None:
    """Only whole repetitions count."""
    assert repeated(text) == expected
