"""Lines for a terminal: their width, where they break, and colours where somebody can see them.

Full-width characters take two columns (UAX #11: Fullwidth and Wide). Frames and rules are drawn in ASCII: terminals do
not agree on the width of box-drawing characters, and some encodings have none.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import attrs

__all__ = ["Style", "row", "width", "wrapped"]

# What closes or pauses, and small kana, do not begin a line (JIS X 4051), so they belong to what they follow.
_NOT_FIRST: Final = "、。，．・：；？！）」』】〕〉》ー…ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ"
_PARTS: Final = re.compile(rf"\s+|(?:[!-~]+|.)[{_NOT_FIRST}]*", re.DOTALL)  # spaces, an ASCII word, or one character
_APART: Final = 2  # columns between two texts of a row
_ZERO_WIDTH: Final = frozenset({"Mn", "Me", "Cf"})


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(map(_columns, text))


def wrapped(text: str, columns: int) -> list[str]:
    """Return a text in lines of at most so many columns; a word that is longer stands alone, as long as it is."""
    lines: list[str] = [""]
    for part in _PARTS.findall(text):
        blank = part.isspace()
        if blank and not lines[-1]:
            continue
        if width(lines[-1]) + width(part) <= columns or not lines[-1]:
            lines[-1] += " " if blank else part
        elif not blank:
            lines.append(part)
        else:
            lines.append("")
    return [line.rstrip() for line in lines if line.strip()] or [""]


def row(left: str, right: str, columns: int) -> list[str]:
    """Return two texts in one line, the second one at its end; in two lines where they don't fit in one."""
    room = columns - width(left) - width(right)
    if room < _APART:
        return [left, " " * (columns - width(right)) + right]
    return [left + " " * room + right]


def _columns(character: str) -> int:
    if unicodedata.category(character) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "FW" else 1


@attrs.frozen
class Style:
    """Colours by what they mean, or none at all.

    Attributes:
        on: Whether to colour.
    """

    on: bool = False

    def title(self, text: str) -> str:
        """Return the title of a scene."""
        return self._in("1", text)

    def aside(self, text: str) -> str:
        """Return what need not be read to follow."""
        return self._in("2", text)

    def good(self, text: str) -> str:
        """Return what opens a door, or was verified."""
        return self._in("32", text)

    def careful(self, text: str) -> str:
        """Return a refusal."""
        return self._in("33", text)

    def bad(self, text: str) -> str:
        """Return what should not be."""
        return self._in("31", text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text
