"""The documents that are tested: the README, CONTRIBUTING, and everything in ``docs/``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent
DOCUMENTS: Final = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))


def name(document: Path) -> str:
    """Return a document's name for the tests' own."""
    return document.relative_to(ROOT).as_posix()


def table(document: Path, heading: str) -> list[list[str]]:
    """Return the rows of the first table under a heading, without its head, each cell stripped."""
    lines = iter(document.read_text("utf-8").splitlines())
    found = next((line for line in lines if line.lstrip("#").strip() == heading and line.startswith("#")), None)
    assert found is not None, f"{name(document)} has no heading {heading!r}"
    rows: list[list[str]] = []
    for line in lines:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows or line.startswith("#"):
            break
    return rows[2:]
