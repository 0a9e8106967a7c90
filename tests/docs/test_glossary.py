"""The glossary names what the source has."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.docs.documents import ROOT, table

GLOSSARY: Final = ROOT / "docs" / "glossary.md"
SECTIONS: Final = ("Who and what logs in", "Steps", "Tokens", "Certificates", "Locks and help", "Words of the library")
SOURCE: Final = "\n".join(
    path.read_text("utf-8")
    for path in sorted((ROOT / "src" / "okmate_auth").rglob("*.py"))
    if "testing" not in path.parts
)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_word_has_its_place_in_the_source(section: str) -> None:
    """What the glossary shows as a name of the source is one: a class with its attribute, or a text."""
    for japanese, english, names, meaning in table(GLOSSARY, section):
        assert japanese
        assert english
        assert meaning
        found = re.findall(r"`([^`]+)`", names)
        assert found, english
        for name in found:
            *owner, last = name.split(".")
            assert re.search(rf"\b{re.escape(last)}\b", SOURCE), name
            assert not owner or re.search(rf"^class {owner[0]}\b", SOURCE, re.MULTILINE), name


def test_no_word_stands_twice() -> None:
    """Each word of either language has one entry, except that a reply stands for what it asks."""
    rows = [row for section in SECTIONS for row in table(GLOSSARY, section)]
    for column in (0, 1):
        words = [row[column] for row in rows]
        assert len(set(words)) == len(words)
