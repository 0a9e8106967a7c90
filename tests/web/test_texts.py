"""Texts: one in each language for every code that the package can tell, and none besides."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, get_args

import pytest

import okmate_auth.web
from okmate_auth.errors import MisuseError
from okmate_auth.messages import LANGUAGES
from okmate_auth.web import Problem, texts
from okmate_auth.web.asgi import Closed
from okmate_auth.web.problems import Status

FOLDER: Final = Path(okmate_auth.web.__file__).parent
TOLD: Final = frozenset(
    code
    for file in FOLDER.rglob("*.py")
    for code in re.findall(r'Problem\([0-9]+, "([a-z-]+)"\)', file.read_text("utf-8"))
)


def test_every_problem_has_its_text() -> None:
    """Each code that stands in the source, in both languages; the others are those of closed services."""
    assert TOLD | {"service-closed", "service-needs-token"} == texts.CODES
    for code in texts.CODES:
        ja, en = (texts.text(language, code) for language in LANGUAGES)
        assert ja.endswith("。")
        assert en.endswith(".")
        assert en.isascii()
        assert not re.search("[A-Za-z]", ja)


@pytest.mark.parametrize("status", get_args(Status))
def test_a_problem_says_what_happened(status: Status) -> None:
    """By its code, whatever its status."""
    assert Problem(status, "page-outdated").message("en") == texts.text("en", "page-outdated")


def test_a_closed_service_says_what_would_open_it() -> None:
    """A token, or nothing that he could do."""
    assert Closed("transfer", needs_token=True).message("en").startswith("A registered token is needed")
    assert Closed("transfer", needs_token=False).message("en") == "You are not allowed to use this service."


@pytest.mark.parametrize(("language", "code"), [("fr", "page-outdated"), ("en", "nothing"), ([], "page-outdated")])
def test_there_is_no_text_for_anything_else(language: Any, code: str) -> None:  # noqa: ANN401 - as it may be passed
    """A language or a code that nobody knows is the program's mistake."""
    with pytest.raises(MisuseError):
        texts.text(language, code)
