"""Japanese and English: by what the browser asks for, by choice, on every page."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import okmate_auth.demo.bank
from okmate_auth.demo.bank.people import COMPANIES, PEOPLE
from okmate_auth.demo.bank.wording import TEXTS, preferred, wording
from okmate_auth.policies.okmate import OKMATE
from tests.demo.bank.serving import Served

FOLDER = Path(okmate_auth.demo.bank.__path__[0])
CLI = FOLDER.parent.parent / "cli" / "bank.py"
SOURCE = "".join(
    path.read_text("utf-8")
    for path in (
        *FOLDER.glob("*.py"),
        *FOLDER.glob("views/*.py"),
        *FOLDER.glob("templates/*"),
        FOLDER / "wording" / "__init__.py",
        CLI,
    )
)
BY_CODE = (
    *("certificate.", "closed.", "desk.lane.", "factor.", "failure.", "field.", "notices.body.", "operation."),
    *("people.method.", "people.story.", "reason.", "result.", "service.", "state.", "step.", "transaction."),
)
"""Beginnings of names that are put together from codes."""


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "ja"),
        ("ja", "ja"),
        ("en", "en"),
        ("EN-us", "en"),
        ("fr-FR,fr;q=0.9", "ja"),
        ("fr,en;q=0.5,ja;q=0.4", "en"),
        ("en;q=0.4,ja;q=0.5", "ja"),
        ("en;q=x,ja;q=0.1", "ja"),
        ("english", "ja"),
        (",;q=,;;", "ja"),
    ],
)
def test_the_language_is_the_one_that_is_asked_for_most(asked: str, language: str) -> None:
    """By weight; Japanese where neither is asked for."""
    assert preferred(asked) == language


def test_a_language_is_chosen_by_a_button_and_kept(demo: Served) -> None:
    """The same page comes again; what the browser asks for counts no more."""
    browser = demo.browser(language="ja")
    page = browser.get("/login?next=/services/inquiry")
    assert "ログインパスワード" in page.text
    english = browser.submit(page, "en")
    assert english.path == "/login?next=/services/inquiry"
    assert "Login password" in english.text
    assert "Log in" in browser.get("/").text


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", ""])
def test_a_choice_of_language_leads_nowhere_else(demo: Served, target: str) -> None:
    """What is no path of this origin leads to the entrance."""
    browser = demo.browser()
    page = browser.post("/language", {"language": "ja", "next": target})
    assert (page.status, page.path) == (200, "/")


def test_a_language_that_there_is_none_of_is_refused(demo: Served) -> None:
    """400; nothing is kept."""
    browser = demo.browser()
    assert browser.post("/language", {"language": "fr", "next": "/"}).status == 400
    assert "__Host-language" not in browser.cookies


def test_the_answer_to_a_form_has_no_choice_of_language(demo: Served) -> None:
    """It has no address to come back to; its words are those that were chosen before."""
    browser = demo.browser(language="ja")
    step = browser.submit(browser.get("/login"), "login", login_id="Taro2026", password="Mori3kawa")
    assert step.title.startswith("ワンタイムパスワードの入力")
    assert "/language" not in {found.get("action") for tag, found in step.tags if tag == "form"}


def test_both_languages_have_the_same_names_and_parameters() -> None:
    """Whatever one says the other says, with the same things in it."""
    assert set(TEXTS["ja"]) == set(TEXTS["en"])
    for name in TEXTS["ja"]:
        taken = [{field for _, field, _, _ in Formatter().parse(TEXTS[one][name]) if field} for one in TEXTS]
        if name != "moment":
            assert taken[0] == taken[1], name


def test_no_text_is_left_over() -> None:
    """Each is named in a view or a template, or is looked up by a code."""
    quoted = {name for name in TEXTS["en"] if f'"{name}"' in SOURCE or f"'{name}'" in SOURCE}
    assert {name for name in set(TEXTS["en"]) - quoted if not name.startswith(BY_CODE)} == set()


def test_every_name_in_views_and_templates_has_a_text() -> None:
    """As far as names stand there as they are."""
    named = set(re.findall(r"""say\(\s*["']([a-z0-9.-]+)["'][,)]""", SOURCE))
    assert named
    assert named <= set(TEXTS["en"])


def test_every_person_step_and_service_has_its_words() -> None:
    """Those that are put together from codes."""
    names = {f"people.story.{person.login_id}" for person in PEOPLE}
    names |= {f"people.method.{company.method}" for company in COMPANIES}
    names |= {f"step.{step}" for step in ("password", "change", "changed", "enrollment", "code")}
    names |= {f"failure.{status}" for status in (400, 403, 404, 405, 408, 413, 415, 500, 503)}
    names |= {f"service.{entry.name}" for entry in OKMATE.menu if entry.name not in ("top", "transfer", "log-out")}
    assert names <= set(TEXTS["en"])


def test_made_up_names_have_a_half_in_each_language() -> None:
    """One that has no second half is the same in both."""
    assert wording("ja").mine("山田 花子 / Yamada Hanako") == "山田 花子"
    assert wording("en").mine("山田 花子 / Yamada Hanako") == "Yamada Hanako"
    assert wording("en").mine("Hanako") == "Hanako"
