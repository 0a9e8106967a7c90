"""The form in which guessable passwords are compared: a guesser tries ``PASSWORD`` and ``ｐａｓｓ`` as well.

Never the form in which a password is hashed or verified: there case and width count.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from okmate_auth.text import is_invisible

_FEW: Final = 2
"""Signs at an end of a password so few that they add nothing to speak of."""


def folded(text: str) -> str:
    """Return ``text`` without what a guesser varies at no cost: width, case, compatibility forms, what is invisible.

    NFKC, Unicode case folding, NFKC again, and format characters and fillers left out. The caller bounds the length.
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in text if not is_invisible(char))


def letters_and_numbers(text: str) -> str:
    """Return ``text`` folded, with letters and numbers of every script only: ``Ogaki-Bank`` as ``ogakibank``."""
    return "".join(char for char in folded(text) if char.isalnum())


def trimmed(text: str) -> str:
    """Return ``text`` without padding at its ends: ``  password!!!!`` as ``password``.

    Padding is white space, and one or two characters, or any number of the same one, that are neither letters nor
    numbers. A longer mixture is part of the password.
    """
    return _without_leading_padding(_without_leading_padding(text.strip())[::-1])[::-1]


def _without_leading_padding(text: str) -> str:
    inner = next((at for at, char in enumerate(text) if char.isalnum()), len(text))
    return text[inner:] if inner <= _FEW or len(set(text[:inner])) == 1 else text


def repeated(text: str) -> str:
    """Return the shortest text that makes ``text`` when it is repeated: ``abc1`` for ``abc1abc1``; else ``text``."""
    at = (text + text).find(text, 1)
    return text[:at] if at > 0 else text
