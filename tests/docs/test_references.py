"""What the documents point at exists, and what the source points at is explained."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.docs.documents import DOCUMENTS, ROOT, name, table

SECURITY: Final = ROOT / "docs" / "security.md"
SECTIONS: Final = (
    "Passwords",
    "Login",
    "Codes and tokens",
    "Certificates",
    "Sessions, histories, secrets",
    "Attacks and faults",
)
ID: Final = re.compile(r"\b(?:(?:PW|FL|SE|HI|SC|OTP|PS|CE)-[0-9]+|A[0-9]{2,3})\b")
LINK: Final = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#\s]+)?(?:#([^)\s]+))?\)")
FENCED: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", document.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_link_leads_somewhere(document: Path) -> None:
    """A link between documents names a file of the repository and, with an anchor, one of its headings."""
    for target, anchor in LINK.findall(FENCED.sub("", document.read_text("utf-8"))):
        if target.startswith("https://"):
            continue
        file = (document.parent / target).resolve() if target else document
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), f"{target}#{anchor}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_file_that_is_named_exists(document: Path) -> None:
    """A path in code type that begins with a folder of the repository is there."""
    named = re.findall(r"`((?:src|tests|docs|scripts|\.ci)/[^`\s*]*)`", document.read_text("utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("section", SECTIONS)
def test_every_row_names_the_tests_that_prove_it(section: str) -> None:
    """Each requirement and attack has an id, says what holds, and names at least one file of tests."""
    for row in table(SECURITY, section):
        assert all(row)
        assert ID.search(row[0]), row
        proofs = re.findall(r"`(tests/[^`]+)`", row[-1])
        assert proofs, row
        assert all(re.fullmatch(r"tests/(?:\w+/)*test_\w+\.py", proof) for proof in proofs), row


def test_every_id_in_source_and_tests_is_explained() -> None:
    """Whoever reads an id in a comment or a test finds it in ``docs/security.md``."""
    explained = set(ID.findall(SECURITY.read_text("utf-8")))
    sources = [path for folder in ("src", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]
    used = {one: path for path in sources if path != Path(__file__) for one in ID.findall(path.read_text("utf-8"))}
    assert {one: name(path) for one, path in used.items() if one not in explained} == {}


def test_no_id_has_two_meanings() -> None:
    """An id stands in one row."""
    ids = [one for section in SECTIONS for row in table(SECURITY, section) for one in ID.findall(row[0])]
    assert len(set(ids)) == len(ids)
