"""The top page's texts: a title for each entry of the menu, a sentence for each reminder, in both languages."""

from __future__ import annotations

import ast
import inspect
import string
from typing import Final

import pytest

from okmate_auth import messages
from okmate_auth.errors import MisuseError
from okmate_auth.messages.catalogue import Catalogue
from okmate_auth.messages.en import ENGLISH
from okmate_auth.messages.ja import JAPANESE
from okmate_auth.policies import reminders
from okmate_auth.policies.menu import OKMATE_MENU, menu_names

CATALOGUES: Final[dict[messages.Language, Catalogue]] = {"ja": JAPANESE, "en": ENGLISH}
LANGUAGES: Final = pytest.mark.parametrize("language", messages.LANGUAGES)


def codes() -> dict[str, set[str]]:
    """Return every code of a reminder in the source, with the parameters that its sentence gets."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(inspect.getsource(reminders))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        given = {one.arg: one.value for one in node.keywords}
        code = given.get("code") if node.func.id == "Reminder" else None
        if node.func.id in ("_ending", "_left"):
            code, given = node.args[0], {"until": node, "days": node}
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            found[code.value] = {name for name in ("until", "days") if name in given}
    return found


def test_the_walk_finds_every_reminder() -> None:
    """The codes that the class documents are those that are made."""
    documented = inspect.getdoc(reminders.Reminder) or ""
    assert set(codes()) == {code for code in documented.split("``") if code.replace("-", "").isalpha() and "-" in code}
    assert codes()["certificate-ends"] == {"until", "days"}
    assert (codes()["token-ended"], codes()["log-out"]) == ({"until"}, set())


@LANGUAGES
def test_every_reminder_has_a_sentence_that_uses_what_is_given(language: messages.Language) -> None:
    """No sentence without a code, no code without a sentence, and no parameter left out or made up."""
    forms = CATALOGUES[language].reminders
    used = {code: {name for _, name, _, _ in string.Formatter().parse(form) if name} for code, form in forms.items()}
    assert used == codes()


@LANGUAGES
def test_every_entry_of_the_menu_has_a_title_of_its_own(language: messages.Language) -> None:
    """And there is no title besides; no two entries are called alike."""
    titles = CATALOGUES[language].titles
    assert set(titles) == set(menu_names(OKMATE_MENU))
    assert len(set(titles.values())) == len(titles)


@LANGUAGES
def test_the_texts_are_in_their_language(language: messages.Language) -> None:
    """A sentence ends like one; titles are words and end like none."""
    catalogue = CATALOGUES[language]
    for text in (*catalogue.titles.values(), *catalogue.reminders.values()):
        assert text == text.strip()
        assert text.isprintable()
        assert text.isascii() is (language == "en")
    assert all(text.endswith({"ja": "。", "en": "."}[language]) for text in catalogue.reminders.values())
    assert not any(title.endswith(("。", ".")) for title in catalogue.titles.values())


@LANGUAGES
def test_what_has_no_text_is_shown_as_it_is(language: messages.Language) -> None:
    """A bank's own entry or reminder is its own text, and is never taken for a form."""
    assert messages.title(language, "bank-own") == "bank-own"
    assert messages.reminder(language, "{bank}") == "{bank}"


@LANGUAGES
def test_a_sentence_without_its_parameter_is_the_programs_fault(language: messages.Language) -> None:
    """It says which one is missing."""
    with pytest.raises(MisuseError, match="'token-ended' needs the parameter 'until'"):
        messages.reminder(language, "token-ended")


@pytest.mark.parametrize("language", ["fr", "", None])
def test_there_are_two_languages(language: messages.Language) -> None:
    """Any other one is the program's fault."""
    with pytest.raises(MisuseError, match="no catalogue"):
        messages.title(language, "top")
    with pytest.raises(MisuseError, match="no catalogue"):
        messages.reminder(language, "log-out")


@LANGUAGES
def test_the_tables_cannot_be_changed(language: messages.Language) -> None:
    """A text can't be replaced in a running service."""
    for table in (CATALOGUES[language].titles, CATALOGUES[language].reminders):
        with pytest.raises(TypeError, match="does not support item assignment"):
            table["top"] = "x"  # type: ignore[index]  # what a checker would refuse, too
