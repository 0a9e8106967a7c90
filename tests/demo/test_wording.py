"""The demo's words: the same in both languages, all of them used, all that is used there."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import okmate_auth.demo
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.story import Wait
from okmate_auth.demo.wording import Language, wording
from okmate_auth.demo.wording.en import ENGLISH
from okmate_auth.demo.wording.ja import JAPANESE
from okmate_auth.testing import FakeClock

LANGUAGES: tuple[Language, ...] = ("ja", "en")
FOLDER = Path(okmate_auth.demo.__path__[0])
SOURCE = "".join(path.read_text("utf-8") for path in (*FOLDER.glob("*.py"), FOLDER / "wording" / "__init__.py"))
PEOPLE = {"hanako", "taro", "company", "hanako_login", "hanako_login_full_width", "hanako_confirmation"}
PEOPLE |= {"jiro", "keiko", "certificate_company", "serial_of_jiro", "jiro_login", "jiro_confirmation"}
PEOPLE |= {"taro_login", "taro_login_later", "taro_confirmation"}
PEOPLE |= {"other_company", "serial_of_hanako", "lookalike", "spare", "visitors"}
NAMED = (
    "reason",
    "operation",
    "event",
    "result",
    "may-register",
    "last-code",
)  # looked up by codes of the library, which may lack words


def used_by_the_story() -> set[str]:
    """Return the names of words that the scenes need."""
    names: set[str] = set()
    for scene in STORY:
        names |= {f"{scene.name}.title", f"{scene.name}.lead"}
        for beat in scene.beats:
            if isinstance(beat, Wait):
                names.add(f"wait.{beat.says}")
                continue
            names |= {f"role.{beat.who.place}", f"does.{beat.does}", *(f"claim.{claim.name}" for claim in beat.claims)}
    return names


def used_by_the_tellers() -> set[str]:
    """Return the names of words that the source of the demo mentions."""
    return {name for name in ENGLISH if f'"{name}"' in SOURCE}


def test_both_languages_have_the_same_names() -> None:
    """Whatever one says the other says."""
    assert set(JAPANESE) == set(ENGLISH)


def test_the_story_has_all_its_words() -> None:
    """No scene, act, claim, wait or place is without words."""
    assert used_by_the_story() <= set(ENGLISH)


def test_no_word_is_left_over() -> None:
    """What nobody says is not kept."""
    named = {name for name in ENGLISH if name.partition(".")[0] in NAMED}
    assert set(ENGLISH) == used_by_the_story() | used_by_the_tellers() | named


def test_english_is_ascii() -> None:
    """It can be shown on any terminal."""
    assert all(text.isascii() for text in ENGLISH.values())


def test_japanese_is_japanese() -> None:
    """Every text but bare frames has Japanese in it."""
    bare = {name for name, text in JAPANESE.items() if not re.search("[ぁ-んァ-ン一-龥、（［]", text)}
    assert bare == {"screen.history-row"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_a_parameter_that_nobody_gives(language: Language) -> None:
    """Every name in braces is a name of the story or given where the text is said."""
    words = wording(language)
    for name, text in words.texts.items():
        for _, parameter, _, _ in Formatter().parse(text):
            if parameter is None or name == "moment":
                continue
            assert parameter in PEOPLE or f"{parameter}=" in SOURCE, (name, parameter)


def test_what_is_missing_is_a_defect_and_shows() -> None:
    """A text that is not there, and a parameter that is not given, raise."""
    with pytest.raises(KeyError):
        wording("en").say("no.such.text")
    with pytest.raises(KeyError):
        wording("en").say("screen.letter", password="x")


def test_a_code_without_words_is_shown_as_it_is() -> None:
    """A bank's own operation has a name of its own."""
    assert wording("ja").named("operation", "bank-own") == "bank-own"
    assert wording("ja").named("operation", "release") == "停止解除"


@pytest.mark.parametrize(
    ("language", "text"), [("en", "2026-01-05 18:00:00 JST"), ("ja", "2026年01月05日 18時00分00秒")]
)
def test_instants_are_told_in_japan_standard_time(language: Language, text: str) -> None:
    """To the second, and not rounded: these were, they are no promise."""
    assert wording(language).moment(FakeClock()()) == text
