"""What the demo says, in Japanese and English.

Rule 1. Both languages have the same names; a test compares them, and both with what the story uses.
Rule 2. What the library itself says on a page comes from :mod:`okmate_auth.messages`, not from here.
Rule 3. English texts are ASCII, so that they can be shown on any terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

import attrs

from okmate_auth import messages
from okmate_auth.demo import people
from okmate_auth.demo.wording.en import ENGLISH
from okmate_auth.demo.wording.ja import JAPANESE

__all__ = ["Language", "Wording", "wording"]

Language = Literal["ja", "en"]

_TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {"ja": JAPANESE, "en": ENGLISH}

# What the words of the story may name; passwords only, and only those, that people of the story choose or are refused.
_NAMES: Final[Mapping[str, str]] = {
    "jiro": people.JIRO,
    "keiko": people.KEIKO,
    "certificate_company": people.CERTIFICATE_COMPANY,
    "serial_of_jiro": people.SERIAL_OF_JIRO,
    "jiro_login": people.JIRO_LOGIN.reveal(),
    "jiro_confirmation": people.JIRO_CONFIRMATION.reveal(),
    "hanako": people.HANAKO,
    "taro": people.TARO,
    "nobody": people.NOBODY,
    "company": people.COMPANY,
    "other_company": people.OTHER_COMPANY,
    "serial_of_hanako": people.SERIAL,
    "lookalike": people.SERIAL_LOOKALIKE,
    "spare": people.SERIAL_SPARE,
    "visitors": people.SERIAL_ELSEWHERE,
    "hanako_login": people.HANAKO_LOGIN.reveal(),
    "hanako_login_full_width": people.HANAKO_LOGIN_FULL_WIDTH.reveal(),
    "hanako_confirmation": people.HANAKO_CONFIRMATION.reveal(),
    "taro_login": people.TARO_LOGIN.reveal(),
    "taro_login_later": people.TARO_LOGIN_LATER.reveal(),
    "taro_confirmation": people.TARO_CONFIRMATION.reveal(),
    "taro_mistyped": people.TARO_MISTYPED.reveal(),
}


@attrs.frozen
class Wording:
    """One language's words.

    Attributes:
        language: Which.
        texts: Text by name, with the parameters it takes in braces.
    """

    language: Language
    texts: Mapping[str, str]

    def say(self, name: str, **parameters: object) -> str:
        """Return a text with its parameters filled in.

        Raises:
            KeyError: There is no such text, or a parameter is missing.
        """
        return self.texts[name].format_map({**_NAMES, **parameters})

    def named(self, kind: str, name: str) -> str:
        """Return what a code of the library is called, or the code itself where there is no word for it."""
        return self.texts.get(f"{kind}.{name}", name)

    def moment(self, instant: datetime) -> str:
        """Return an instant in Japan Standard Time, to the second."""
        return self.texts["moment"].format(instant.astimezone(messages.JST))


def wording(language: Language) -> Wording:
    """Return the words of a language."""
    return Wording(language, _TEXTS[language])
