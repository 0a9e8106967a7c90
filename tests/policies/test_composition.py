"""Rules about the characters of a password."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.policies.composition import HalfWidthAlphanumeric, LettersAndDigits, Printable
from okmate_auth.policies.half_width import EXAMINED
from tests.password_contexts import any_text, codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("aB3", []),
        ("Ａ", ["full-width"]),
        ("a１", ["full-width"]),
        ("pass word", ["not-half-width-alphanumeric"]),
        ("p@ssw0rd", ["not-half-width-alphanumeric"]),
        ("ﾊﾟｽ", ["not-half-width-alphanumeric"]),
        ("é", ["not-half-width-alphanumeric"]),
        ("\0", ["not-half-width-alphanumeric"]),
        ("\udcff", ["not-half-width-alphanumeric"]),
        ("パス-word", ["full-width", "not-half-width-alphanumeric"]),
        ("e\u0301a1", ["not-half-width-alphanumeric"]),
    ],
)
def test_full_width_is_told_apart_from_other_wrong_characters(text: str, expected: list[str]) -> None:
    """Who left the input method on is told so; any other character has a code of its own."""
    assert codes(HalfWidthAlphanumeric(), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["letters-and-digits"]),
        ("abcdef", ["letters-and-digits"]),
        ("ABCDEF", ["letters-and-digits"]),
        ("123456", ["letters-and-digits"]),
        ("a1", []),
        ("Z9", []),
        ("ａ１", []),
        ("ａ1", []),
        ("あ1", ["letters-and-digits"]),
        ("a١", ["letters-and-digits"]),
        ("a①", ["letters-and-digits"]),
        ("é1", ["letters-and-digits"]),
        ("--", ["letters-and-digits"]),
    ],
)
def test_letters_and_digits_are_those_of_the_keyboard(text: str, expected: list[str]) -> None:
    """A letter A to Z and a digit 0 to 9 are needed, of either width; no other script's count."""
    assert codes(LettersAndDigits(), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("correct horse battery staple", []),
        ("大垣\u3000太郎 ＡＢＣ é 🏦 👩\u200d👧", []),
        ("".join(map(chr, range(0x20, 0x7F))), []),
        ("a\tb", ["control-character"]),
        ("a\0b", ["control-character"]),
        ("\x9b", ["control-character"]),
        ("\ud83c", ["lone-surrogate"]),
        ("\U0010ffff", ["unassigned-character"]),
        ("\u0378", ["unassigned-character"]),
        ("\u202e", []),
        ("\ud83c\n\u0378\n", ["control-character", "lone-surrogate", "unassigned-character"]),
    ],
)
def test_printable_takes_all_unicode_whose_bytes_are_certain(text: str, expected: list[str]) -> None:
    """Everything printable passes; controls, half characters and unknown code points have a code each, told once."""
    assert codes(Printable(), text) == expected


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Cn"))))
def test_printable_composes_nothing(text: str) -> None:
    """No composition rule is hidden in it: any assigned character that is no control passes."""
    assert codes(Printable(), text) == []


@given(any_text)
def test_what_printable_accepts_can_be_encoded_and_stays_normalised(text: str) -> None:
    """An accepted text has UTF-8 bytes, and normalising it twice is normalising it once."""
    if codes(Printable(), text) == []:
        normal = unicodedata.normalize("NFC", text)
        assert normal.encode("utf-8").decode("utf-8") == normal
        assert unicodedata.normalize("NFC", normal) == normal


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [(HalfWidthAlphanumeric(), "a", "Ａ"), (LettersAndDigits(), "a1", ""), (Printable(), "a", "\n")],
)
def test_no_more_is_examined_than_the_bound(
    rule: HalfWidthAlphanumeric | LettersAndDigits | Printable, good: str, bad: str
) -> None:
    """The 1024th code point is looked at, the one after it is not: the length is another rule's to judge."""
    padding = good * EXAMINED
    assert codes(rule, padding[:EXAMINED] + "Ａ\n") == []
    if bad:
        assert codes(rule, padding[: EXAMINED - 1] + bad) != []
