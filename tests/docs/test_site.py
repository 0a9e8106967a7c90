"""The site has every page, and the reference the modules that users import."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Final

import pytest

from tests.docs.documents import ROOT, name

DOCS: Final = ROOT / "docs"
INDEXES: Final = (DOCS / "index.md", DOCS / "api" / "index.rst")
PAGES: Final = sorted({*DOCS.rglob("*.md"), *DOCS.rglob("*.rst")} - {INDEXES[0]})
TOCTREE: Final = re.compile(r"^```\{toctree\}\n(.*?)^```$|^\.\. toctree::\n(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
DOCUMENTED: Final = re.compile(r"^\.\. automodule:: (\S+)$", re.MULTILINE)


def listed(index: Path) -> list[Path]:
    """Return the pages that the toctrees of a page name, without what they say how they are shown."""
    entries = [
        line.strip() for found in TOCTREE.findall(index.read_text("utf-8")) for line in "".join(found).splitlines()
    ]
    names = [entry for entry in entries if entry and not entry.startswith(":")]
    found = [[index.parent / f"{entry}{ending}" for ending in (".md", ".rst")] for entry in names]
    return [next((page for page in pages if page.exists()), pages[0]) for pages in found]


def test_every_page_is_in_a_toctree_once() -> None:
    """What lies in ``docs/`` is reached from the front page, and no entry leads to nothing."""
    entries = [page for index in INDEXES for page in listed(index)]
    assert sorted(entries) == PAGES


@pytest.mark.parametrize(
    "module", ["okmate_auth", *(f"okmate_auth.{one}" for one in ("commands", "queries", "policies"))]
)
def test_the_reference_has_the_modules_that_users_import(module: str) -> None:
    """The modules that the package's own docstring sends its users to are in the reference."""
    shown = {one for page in (DOCS / "api").glob("*.rst") for one in DOCUMENTED.findall(page.read_text("utf-8"))}
    assert module in shown
    assert importlib.import_module(module).__doc__


def test_what_the_reference_shows_exists() -> None:
    """Each module that the reference is made from can be imported."""
    for page in sorted((DOCS / "api").glob("*.rst")):
        for module in DOCUMENTED.findall(page.read_text("utf-8")):
            assert importlib.import_module(module).__doc__, f"{name(page)}: {module}"
