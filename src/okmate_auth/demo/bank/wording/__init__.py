"""What the demo bank's pages say, in Japanese and English.

Rule 1. Both languages have the same names; a test compares them, and both with what views and templates use.
Rule 2. What the library itself says comes from :mod:`okmate_auth.messages`, not from here.
Rule 3. The procedure's own words are those of its manual; the glossary has them side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import attrs

from okmate_auth import messages
from okmate_auth.demo.bank.wording.en import ENGLISH
from okmate_auth.demo.bank.wording.ja import JAPANESE
from okmate_auth.messages import Language

__all__ = ["TEXTS", "Wording", "preferred", "wording"]

TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {"ja": JAPANESE, "en": ENGLISH}
_LANGUAGES: Final[Mapping[str, Language]] = {one: one for one in messages.LANGUAGES}
_MOST_PREFERENCES: Final = 16


@attrs.frozen
class Wording:
    """One language's words.

    Attributes:
        language: Which.
    """

    language: Language

    def say(self, name: str, /, **parameters: object) -> str:
        """Return a text with its parameters filled in.

        Raises:
            KeyError: There is no such text, or a parameter is missing.
        """
        return TEXTS[self.language][name].format_map(parameters)

    def named(self, kind: str, name: str) -> str:
        """Return what something is called, or its name itself where there is no word for it."""
        return TEXTS[self.language].get(f"{kind}.{name}", name)

    def mine(self, both: str) -> str:
        """Return this language's half of made-up data that has both: ``山田 花子 / Yamada Hanako``."""
        japanese, _, english = both.partition(" / ")
        return english if english and self.language == "en" else japanese

    def moment(self, instant: datetime) -> str:
        """Return an instant in Japan Standard Time, to the minute."""
        return TEXTS[self.language]["moment"].format(instant.astimezone(messages.JST))

    def yen(self, amount: int) -> str:
        """Return an amount of yen."""
        return self.say("yen", amount=f"{amount:,}")


def wording(language: Language) -> Wording:
    """Return the words of a language."""
    return Wording(language)


def preferred(accept_language: str) -> Language:
    """Return the language that a browser asks for; Japanese where it asks for neither (RFC 9110 12.5.4)."""
    found: list[tuple[float, Language]] = []
    for part in accept_language.split(",")[:_MOST_PREFERENCES]:
        tag, _, weight = part.strip().lower().partition(";q=")
        language = _LANGUAGES.get(tag.partition("-")[0])
        if language is not None:
            found.append((_weight(weight), language))
    return max(found, key=lambda one: one[0], default=(1.0, "ja"))[1]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
