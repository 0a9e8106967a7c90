"""Lines for a terminal: width, wrapping, rows, colours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.demo.layout import Style, row, width, wrapped

TEXTS = st.text(st.sampled_from("abc XYZ 1、。「」漢字かなカナＡ１　\n\té"), max_size=80)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("銀行", 4),
        ("Ａ１", 4),  # full-width letters and digits
        ("ｶﾅ", 2),  # half-width kana
        ("か\u3099", 2),  # a combining mark takes no column of its own
        ("a\u200bb", 2),  # nor does a format character
        ("│→", 2),  # of ambiguous width: counted narrow, and so never used for alignment
    ],
)
def test_width_counts_columns(text: str, columns: int) -> None:
    """Full-width characters take two columns, marks none, all others one (UAX #11)."""
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 10, [""]),
        ("   ", 10, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("one two three", 6, ["one", "two", "three"]),
        ("unbreakable", 4, ["unbreakable"]),
        ("a unbreakable b", 4, ["a", "unbreakable", "b"]),
        ("銀行の窓口", 6, ["銀行の", "窓口"]),
        ("銀行の窓口", 7, ["銀行の", "窓口"]),
        ("銀行の、窓口", 6, ["銀行", "の、窓", "口"]),  # a comma does not begin a line
        ("銀行」。口", 4, ["銀", "行」。", "口"]),  # nor does what closes; it stands with what it follows
        ("プロファイル", 6, ["プロ", "ファイ", "ル"]),  # nor does a small kana
        ("に待って", 4, ["に", "待っ", "て"]),
        ("銀行 the desk 窓口", 8, ["銀行 the", "desk 窓", "口"]),
        ("  indented", 20, ["indented"]),
    ],
)
def test_text_is_wrapped_at_words_and_wide_characters(text: str, columns: int, lines: list[str]) -> None:
    """An ASCII word stays whole, Japanese breaks between any two characters but before closing punctuation."""
    assert wrapped(text, columns) == lines


@given(TEXTS, st.integers(min_value=10, max_value=40))
def test_wrapping_loses_nothing_but_spaces(text: str, columns: int) -> None:
    """All that is not blank comes out, in order."""
    assert re.sub(r"\s", "", "".join(wrapped(text, columns))) == re.sub(r"\s", "", text)


@given(st.text(st.sampled_from("ab 漢か　"), max_size=80), st.integers(min_value=2, max_value=40))
def test_no_line_is_longer_than_asked(text: str, columns: int) -> None:
    """Only what can't be broken, a word or a character with what closes it, may stand out."""
    for line in wrapped(text, columns):
        assert width(line) <= columns or re.fullmatch("[ab]+", line)


@given(TEXTS, st.integers(min_value=10, max_value=40))
def test_no_wrapped_line_is_blank_at_its_ends(text: str, columns: int) -> None:
    """Lines can stand behind any mark."""
    assert all(line == line.strip() for line in wrapped(text, columns))


@pytest.mark.parametrize(
    ("left", "right", "lines"),
    [
        ("ab", "9 ms", ["ab    9 ms"]),
        ("銀行", "9 ms", ["銀行  9 ms"]),
        ("abcd", "9 ms", ["abcd  9 ms"]),
        ("abcde", "9 ms", ["abcde", "      9 ms"]),
        ("銀行の", "9 ms", ["銀行の", "      9 ms"]),
    ],
)
def test_a_row_ends_at_the_last_column(left: str, right: str, lines: list[str]) -> None:
    """The second text ends where the line ends, counted in columns; without room between them it has its own line."""
    assert row(left, right, 10) == lines


STYLES = ("title", "aside", "good", "careful", "bad")


@pytest.mark.parametrize("name", STYLES)
def test_no_colour_unless_switched_on(name: str) -> None:
    """Plain text stays as it is."""
    assert getattr(Style(), name)("text") == "text"


@pytest.mark.parametrize("name", STYLES)
def test_colour_is_ended_where_it_began(name: str) -> None:
    """Each piece resets the terminal, and an empty one writes nothing."""
    coloured = getattr(Style(on=True), name)("text")
    assert re.fullmatch(r"\x1b\[\d+mtext\x1b\[0m", coloured)
    assert getattr(Style(on=True), name)("") == ""
