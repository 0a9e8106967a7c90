"""What a page may say, by code: catalogues in Japanese and English.

Rule 1. Every public code has a text in every language; a test walks the codes of the whole package.
Rule 2. No text says which factor was wrong, or whether a login ID exists (ASVS 5.0 6.3.8, 16.5.1).
Rule 3. Instants are told in Japan Standard Time, the banks' own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final, Literal

from okmate_auth.errors import MisuseError
from okmate_auth.messages.catalogue import Catalogue
from okmate_auth.messages.en import ENGLISH
from okmate_auth.messages.ja import JAPANESE

__all__ = ["LANGUAGES", "field", "moment", "text"]

Language = Literal["ja", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("ja", "en")
JST: Final = timezone(timedelta(hours=9), "JST")
_CATALOGUES: Final[dict[str, Catalogue]] = {"ja": JAPANESE, "en": ENGLISH}


def text(language: Language, code: str, parameters: Mapping[str, int | str] | None = None) -> str:
    """Return the text for a code, its parameters filled in.

    A code that a bank's own action made up and that has no text is shown as it is.

    Raises:
        MisuseError: There is no catalogue for the language.
    """
    known = dict(parameters or {})
    texts = _catalogue(language).texts
    form = texts.get(f"{code}+until" if "until" in known else code) or texts.get(code)
    return code if form is None else form.format_map(known)


def field(language: Language, name: str) -> str:
    """Return what a field of a command is called on a page."""
    return _catalogue(language).fields.get(name, name)


def moment(language: Language, instant: datetime | None) -> dict[str, str]:
    """Return the parameter ``until`` for an instant, to the minute that contains or follows it; nothing for None."""
    if instant is None:
        return {}
    up = instant.astimezone(JST) + timedelta(seconds=59, microseconds=999_999)
    return {"until": up.strftime(_catalogue(language).moment)}


def _catalogue(language: Language) -> Catalogue:
    try:
        return _CATALOGUES[language]
    except (KeyError, TypeError):
        message = "there is no catalogue for this language"
        raise MisuseError(message) from None
