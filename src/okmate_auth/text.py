"""Text from outside: its form, one spelling for a login ID, and a way to show it that can't hurt the reader.

Rule 1. No locale and no Unicode case mapping takes part in who somebody is: a login ID is ASCII before it is made
        canonical, and made canonical by a table (Turkish ``i``, CVE-2019-19844 and its like).
Rule 2. What was typed is shown in histories and on terminals through :func:`printable` alone (ASVS 5.0 16.4.1).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from okmate_auth.errors import MisuseError

__all__ = [
    "canonical_login_id",
    "has_full_width",
    "is_half_width_alphanumeric",
    "is_id",
    "is_invisible",
    "is_name",
    "printable",
    "strict_str",
]

CUT: Final = "…"
"""Last character of a text that :func:`printable` had to cut."""

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")

# Control, format (bidi controls, zero width, tags), surrogate, private use, unassigned (with the noncharacters), line
# and paragraph separators, and every space that only looks like one of _SPACES.
_ESCAPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_SPACES: Final = frozenset({" ", "\u3000"})

# Drawn as nothing though their category says letter, mark or symbol: Default_Ignorable_Code_Point (UAX #44) outside
# Cf and Cn, and the blank Braille pattern.
_INVISIBLE: Final = frozenset(
    map(
        chr,
        (
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)


def strict_str(value: object, field: str) -> str:
    """Return ``value`` as plain text; a subclass, which could lie about itself, is copied character by character.

    Args:
        value: What should be text.
        field: What to call it in the error; a name of the program's own, never input.

    Raises:
        MisuseError: ``value`` is not text.
    """
    if type(value) is str:
        return value
    if isinstance(value, str):
        return "".join(str.__iter__(value))
    message = f"{field} must be text"
    raise MisuseError(message)


def is_half_width_alphanumeric(text: str) -> bool:
    """Tell whether ``text`` is one or more of ``A``-``Z``, ``a``-``z``, ``0``-``9`` and nothing else (半角英数字)."""
    return text.isascii() and text.isalnum()


def is_id(text: str) -> bool:
    """Tell whether ``text`` is 1 to 32 half-width letters, digits and hyphens: an id of a company or of a bank."""
    return 0 < len(text) <= 32 and is_half_width_alphanumeric(text.replace("-", "0"))  # noqa: PLR2004 - said above


def is_name(text: str) -> bool:
    """Tell whether ``text`` is lower-case words joined by hyphens, 64 characters at most: a name that programs give.

    Purposes, recorded operations and entries of a menu have one.
    """
    return _NAME.fullmatch(text) is not None


def has_full_width(text: str) -> bool:
    """Tell whether a character of ``text`` is full-width (全角): what an input method left on types.

    Those are the code points whose East_Asian_Width (UAX #11) is Fullwidth or Wide: ``Ａ``, ``１``, the ideographic
    space, kana, kanji. Half-width kana are not. Takes time in proportion to the length, which the caller bounds.
    """
    return not text.isascii() and any(unicodedata.east_asian_width(char) in "FW" for char in text)


def canonical_login_id(text: str) -> str:
    """Return the one spelling under which a well-formed login ID is looked up, counted and locked: ASCII lower case.

    Args:
        text: Half-width letters and digits; its length was checked before.

    Raises:
        MisuseError: ``text`` was not checked before: there is something else in it.
    """
    if not is_half_width_alphanumeric(text):
        message = "a login ID is made canonical after its form was checked, not before"
        raise MisuseError(message)
    return text.translate(_LOWER)


def is_invisible(char: str) -> bool:
    """Tell whether one character is drawn as nothing: format characters, fillers, variation selectors (UAX #44)."""
    return char in _INVISIBLE or unicodedata.category(char) == "Cf"


def printable(text: str, limit: int) -> str:
    r"""Return ``text`` so that it can be put into a history, a log line, JSON or a terminal.

    Control characters (C0, C1, with them the ESC of terminal sequences and CR LF), bidirectional controls, line
    separators, zero-width and otherwise invisible characters, unusual spaces, private use, unassigned code points,
    noncharacters and lone surrogates become ``\u{XXXX}``; so does the ``$`` of ``${``, for loggers that look such names
    up (CVE-2021-44228). What comes out can always be encoded as UTF-8, and comes out unchanged if it is put in again:
    every layer may call this. It can't be turned back, since somebody may type an escape as it stands.

    Args:
        text: Anything that was typed or sent.
        limit: How many code points may come out, at least 1. A longer text is cut before an escape, never inside one,
            and ends in ``…``. The work is bounded by ``limit`` too, whatever the length of ``text``.

    Raises:
        MisuseError: ``text`` is not text, or ``limit`` is not a positive int.
    """
    text = strict_str(text, "text")
    if type(limit) is not int or limit < 1:
        message = "limit must be a positive int"
        raise MisuseError(message)
    head = text[:limit]
    pieces = [_shown(char, head[at + 1 : at + 2]) for at, char in enumerate(head)]
    length = sum(map(len, pieces))
    if len(text) <= limit and length <= limit:
        return "".join(pieces)
    while length >= limit:
        length -= len(pieces.pop())
    return "".join(pieces) + CUT


def _shown(char: str, following: str) -> str:
    looked_up = char == "$" and following == "{"
    if not looked_up and (char in _SPACES or (char not in _INVISIBLE and unicodedata.category(char) not in _ESCAPED)):
        return char
    return f"\\u{{{ord(char):04X}}}"
