"""The form that login IDs and the procedure's passwords share: half-width letters and digits (半角英数字).

A full-width character is told apart from any other wrong one: whoever left an input method on must read that, and not
that his password is "invalid". Work is bounded: of a longer text only the first :data:`EXAMINED` code points are read
that it is too long is another rule's to say.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Final

from okmate_auth.text import has_full_width, is_half_width_alphanumeric
from okmate_auth.violations import Violation

EXAMINED: Final = 1024
"""Code points of anything entered that are looked at, at most; 16 times what NIST SP 800-63B-4 3.1.1.2 asks for."""

# U+FF01 to U+FF5E are the full-width forms of U+0021 to U+007E, in the same order.
_FULL_WIDTH_OFFSET: Final = 0xFF01 - 0x21


def _either_width(half: str) -> frozenset[str]:
    return frozenset(half) | {chr(ord(char) + _FULL_WIDTH_OFFSET) for char in half}


_LETTERS_OF_EITHER_WIDTH: Final = _either_width(string.ascii_letters)
_DIGITS_OF_EITHER_WIDTH: Final = _either_width(string.digits)


def half_width_violations(text: str, field: str) -> Iterator[Violation]:
    """Yield what keeps ``text`` from being half-width letters and digits; nothing for an empty text.

    Codes: ``full-width`` (a full-width character, see :func:`okmate_auth.text.has_full_width`) and
    ``not-half-width-alphanumeric`` (any other character that is neither a half-width letter nor digit). Both are
    yielded where both are found.

    Source: the procedure's manual, step 2 ("half-width letters and digits").
    """
    text = text[:EXAMINED]
    if not text or is_half_width_alphanumeric(text):
        return
    if has_full_width(text):
        yield Violation("full-width", field)
    if any(not is_half_width_alphanumeric(char) and not has_full_width(char) for char in text):
        yield Violation("not-half-width-alphanumeric", field)


def letters_and_digits_violations(text: str, field: str) -> Iterator[Violation]:
    """Yield ``letters-and-digits`` unless ``text`` has a letter ``A``-``Z`` or ``a``-``z`` and a digit ``0``-``9``.

    Full-width letters and digits count here: who typed ``ａｂｃ１２３`` is told about the width, and nothing untrue.

    Source: the procedure's manual, step 2 ("mixed").
    """
    chars = set(text[:EXAMINED])
    if chars.isdisjoint(_LETTERS_OF_EITHER_WIDTH) or chars.isdisjoint(_DIGITS_OF_EITHER_WIDTH):
        yield Violation("letters-and-digits", field)
