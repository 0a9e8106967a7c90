"""Text: one spelling for a login ID, and a way to show anything that was typed."""

from __future__ import annotations

import json
import string
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import MisuseError
from okmate_auth.text import (
    CUT,
    canonical_login_id,
    has_full_width,
    is_half_width_alphanumeric,
    is_invisible,
    is_name,
    printable,
    strict_str,
)
from tests.password_contexts import any_text
from tests.unchecked import unchecked

HALF_WIDTH = string.ascii_letters + string.digits


class LyingText(str):
    """Text that says it is something else."""

    __slots__ = ()

    def __str__(self) -> str:
        return "another"

    def isalnum(self) -> bool:
        """Say yes to everything."""
        return True


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("tanaka", "tanaka"), ("TANAKA", "tanaka"), ("Tanaka01", "tanaka01"), ("IIIIII", "iiiiii"), ("000000", "000000")],
)
def test_canonical_login_id_lowers_ascii(text: str, canonical: str) -> None:
    """Half-width capitals become small letters, the rest stays."""
    assert canonical_login_id(text) == canonical


@given(st.text(alphabet=HALF_WIDTH, min_size=1))
def test_canonical_login_id_is_stable_and_the_same_for_every_case(text: str) -> None:
    """All spellings of an ID that differ by case have one canonical form, which is its own."""
    canonical = canonical_login_id(text)
    assert canonical == canonical_login_id(canonical) == canonical_login_id(text.swapcase())
    assert len(canonical) == len(text)


@pytest.mark.parametrize(
    "text",
    ["", "ｔａｎａｋａ", "tanaka ", "tana\u200bka", "tanak\u0430", "İSTANBUL", "\u212aelvin", "tana\0ka", "ſato01"],
)
def test_canonical_login_id_refuses_what_was_not_checked(text: str) -> None:
    """Full width, spaces, homoglyphs, signs that Unicode lower-cases to ASCII: none of them is made an ID."""
    with pytest.raises(MisuseError) as caught:
        canonical_login_id(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        *((text, True) for text in ("a", "7", "transfer", "mail-change", "a--b", "a" * 63, "a" * 64, "a" * 31 + "-b")),
        *((text, False) for text in ("", "-", "-a", "a-", "A", "a b", "a_b", "a\n", "ａ", "é", "\u0665", "a" * 65)),
    ],
)
def test_a_name_is_lower_case_words_joined_by_hyphens(text: str, *, good: bool) -> None:
    """One to 64 characters, no hyphen at an end, and nothing beyond ASCII."""
    assert is_name(text) is good


@given(any_text)
def test_half_width_alphanumeric_is_62_characters(text: str) -> None:
    """A text is half-width alphanumeric exactly if it is made of the 62 letters and digits, at least one."""
    assert is_half_width_alphanumeric(text) == (text != "" and set(text) <= set(HALF_WIDTH))


@pytest.mark.parametrize("char", [*HALF_WIDTH])
def test_each_half_width_letter_and_digit_is_one(char: str) -> None:
    """Each of the 62 is half-width alphanumeric, and its full-width form is full-width instead."""
    wide = chr(ord(char) + 0xFEE0)
    assert is_half_width_alphanumeric(char)
    assert not is_half_width_alphanumeric(wide)
    assert has_full_width(wide)
    assert not has_full_width(char)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("abc123 -_!", False),
        ("abcＡ", True),
        ("\u3000", True),
        ("かな", True),
        ("漢字", True),
        ("カナ", True),
        ("ｶﾅ", False),
        ("é", False),
        ("\udcff", False),
        ("🏦", True),
        ("①", False),
    ],
)
def test_full_width_is_what_an_input_method_types(text: str, *, expected: bool) -> None:
    """Full-width forms, kana, kanji and the ideographic space are full-width; half-width kana and Latin are not."""
    assert has_full_width(text) is expected


def test_strict_str_gives_plain_text() -> None:
    """Text passes; a subclass loses its own methods and keeps its characters."""
    assert strict_str("abc", "field") == "abc"
    copied = strict_str(LyingText("a b"), "field")
    assert type(copied) is str
    assert copied == "a b"
    assert not copied.isalnum()


@pytest.mark.parametrize("value", [None, 1, True, 1.5, b"kanari4", bytearray(b"kanari4"), ["kanari4"], {"kanari4": 1}])
def test_strict_str_refuses_what_is_not_text(value: object) -> None:
    """Anything else is refused with the field's name and without the value."""
    with pytest.raises(MisuseError, match=r"^login_id must be text$"):
        strict_str(value, "login_id")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Mozilla/5.0 (X11; Linux)", "Mozilla/5.0 (X11; Linux)"),
        ("大垣 太郎\u3000様", "大垣 太郎\u3000様"),
        ("か\u3099", "か\u3099"),
        ("a\r\nb", r"a\u{000D}\u{000A}b"),
        ("\x1b[31mred", r"\u{001B}[31mred"),
        ("\x9b31m", r"\u{009B}31m"),
        ("\0", r"\u{0000}"),
        ("\x7f", r"\u{007F}"),
        ("\u202egnp.exe", r"\u{202E}gnp.exe"),
        ("\u2066a\u2069", r"\u{2066}a\u{2069}"),
        ("a\u200bb", r"a\u{200B}b"),
        ("\ufeff", r"\u{FEFF}"),
        ("\u2028\u2029", r"\u{2028}\u{2029}"),
        ("\xa0", r"\u{00A0}"),
        ("\xad", r"\u{00AD}"),
        ("\udcff", r"\u{DCFF}"),
        ("\ufffe\U0010ffff", r"\u{FFFE}\u{10FFFF}"),
        ("\ue000", r"\u{E000}"),
        ("\u3164", r"\u{3164}"),
        ("\ufe0f", r"\u{FE0F}"),
        ("\U000e0041", r"\u{E0041}"),
        ("\u2800", r"\u{2800}"),
        ("${jndi:ldap://x}", r"\u{0024}{jndi:ldap://x}"),
        ("$5 {x}", "$5 {x}"),
        (r"C:\u{0}", r"C:\u{0}"),
        ("🏦", "🏦"),
    ],
)
def test_printable_escapes_what_could_hurt_a_reader(text: str, shown: str) -> None:
    """What moves the cursor, turns the line, hides or is looked up is spelled out; the rest stays as it is."""
    assert printable(text, 100) == shown


@given(any_text, st.integers(min_value=1, max_value=40))
def test_printable_is_short_visible_and_stable(text: str, limit: int) -> None:
    """Whatever comes in, what comes out keeps the limit, has nothing to escape, is JSON and UTF-8, and stays so."""
    shown = printable(text, limit)
    assert len(shown) <= limit
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in shown)
    assert not any(map(is_invisible, shown))
    assert "${" not in shown
    assert json.loads(json.dumps(shown)) == shown
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert printable(shown, limit) == shown


@given(st.text(alphabet=HALF_WIDTH + " 漢字かな"), st.integers(min_value=1, max_value=40))
def test_printable_cuts_harmless_text_at_the_limit_only(text: str, limit: int) -> None:
    """Text without anything to escape comes out whole up to the limit, and beyond it cut there with a mark."""
    assert printable(text, limit) == (text if len(text) <= limit else text[: limit - 1] + CUT)


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abcdef", 7, "abcdef"),
        ("ab", 1, "…"),
        ("a", 1, "a"),
        ("a\n", 9, r"a\u{000A}"),
        ("a\n", 8, "a…"),
        ("a\nb", 9, "a…"),
        ("\n\n", 15, r"\u{000A}…"),
        ("ab$", 3, "ab$"),
        ("ab${", 3, "ab…"),
    ],
)
def test_printable_never_cuts_inside_an_escape(text: str, limit: int, shown: str) -> None:
    """At the limit, one below and one above it: an escape is whole or not there, and a cut is always marked."""
    assert printable(text, limit) == shown


@pytest.mark.parametrize("limit", [0, -1, True, 1.0, "1", None])
def test_printable_needs_a_limit(limit: object) -> None:
    """A limit that is no positive int is misuse."""
    with pytest.raises(MisuseError, match=r"^limit must be a positive int$"):
        printable("a", unchecked(limit))


def test_printable_refuses_what_is_not_text() -> None:
    """Only text is shown."""
    with pytest.raises(MisuseError, match=r"^text must be text$"):
        printable(unchecked(b"kanari4"), 10)


def test_printable_takes_no_longer_for_100_megabytes() -> None:
    """The work is bounded by the limit, not by what somebody sent."""
    huge = "\x1b" * 100_000_000
    before = time.perf_counter()
    assert len(printable(huge, 256)) <= 256
    assert time.perf_counter() - before < 0.5
