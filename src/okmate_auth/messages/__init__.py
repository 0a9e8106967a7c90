"""What a page may say, by code: catalogues in Japanese and English.

Rule 1. Every public code has a text in every language, and every text a code; a test walks the codes of the package.
Rule 2. No text says which factor was wrong, or whether a login ID exists (ASVS 5.0 6.3.8, 16.5.1).
Rule 3. Instants are told in Japan Standard Time, the banks' own, and never earlier than they are: to the minute that
        contains them or follows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final, Literal

from okmate_auth.errors import MisuseError
from okmate_auth.messages.catalogue import Catalogue
from okmate_auth.messages.en import ENGLISH
from okmate_auth.messages.ja import JAPANESE

__all__ = ["LANGUAGES", "Language", "field", "moment", "reminder", "text", "title"]

Language = Literal["ja", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("ja", "en")
JST: Final = timezone(timedelta(hours=9), "JST")
_CATALOGUES: Final[dict[str, Catalogue]] = {"ja": JAPANESE, "en": ENGLISH}
_JUST_UNDER_A_MINUTE: Final = timedelta(minutes=1) - timedelta(microseconds=1)


def text(language: Language, code: str, parameters: Mapping[str, int | str] | None = None) -> str:
    """Return the text for a code, its parameters filled in.

    A code that a bank's own action made up and that has no text is shown as it is.

    Args:
        language: ``ja`` or ``en``.
        code: Of a refusal or a violation, or ``busy``.
        parameters: By name, what the text needs; more do no harm.

    Raises:
        MisuseError: There is no catalogue for the language, or the text needs a parameter that is not given.
    """
    known = dict(parameters or {})
    texts = _catalogue(language).texts
    form = next((texts[key] for key in _keys(code, known) if key in texts), None)
    return _filled(code, form, known)


def reminder(language: Language, code: str, parameters: Mapping[str, int | str] | None = None) -> str:
    """Return the sentence of a reminder of the top page, its parameters filled in; see :func:`text`.

    Args:
        language: ``ja`` or ``en``.
        code: Of a reminder; one that has no sentence is shown as it is.
        parameters: ``until`` and ``days``, where the sentence needs them.

    Raises:
        MisuseError: There is no catalogue for the language, or the sentence needs a parameter that is not given.
    """
    return _filled(code, _catalogue(language).reminders.get(code), dict(parameters or {}))


def title(language: Language, name: str) -> str:
    """Return what an entry of the menu is called; one that has no title, such as a bank's own, is shown by its name.

    Raises:
        MisuseError: There is no catalogue for the language.
    """
    return _catalogue(language).titles.get(name, name)


def field(language: Language, name: str) -> str:
    """Return what a field of a command is called on a page; one that has no such name is shown as it is.

    Raises:
        MisuseError: There is no catalogue for the language.
    """
    return _catalogue(language).fields.get(name, name)


def moment(language: Language, instant: datetime | None) -> dict[str, str]:
    """Return the parameter ``until`` for an instant, to the minute that contains or follows it; nothing for None.

    Raises:
        MisuseError: There is no catalogue for the language.
    """
    form = _catalogue(language).moment
    return {} if instant is None else {"until": form.format(instant.astimezone(JST) + _JUST_UNDER_A_MINUTE)}


def _filled(code: str, form: str | None, known: Mapping[str, int | str]) -> str:
    try:
        return code if form is None else form.format_map(known)
    except KeyError as error:
        message = f"the text of {code!r} needs the parameter {error}"
        raise MisuseError(message) from None


def _keys(code: str, known: Mapping[str, int | str]) -> tuple[str, ...]:
    """Return under which keys a text may stand, the most special first."""
    return (*(f"{code}+{name}" for name in ("until", "field") if name in known), code)


def _catalogue(language: Language) -> Catalogue:
    try:
        return _CATALOGUES[language]
    except (KeyError, TypeError):
        message = "there is no catalogue for this language"
        raise MisuseError(message) from None
