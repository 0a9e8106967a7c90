"""The store that the documents show is one: the kit has nothing against it, and finds the mistake that they name."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from okmate_auth.testing import StoreContract
from tests.docs.documents import ROOT
from tests.docs.file_store import FileStore
from tests.rounds import rounds

PAGE: Final = (ROOT / "docs" / "write-a-store.md").read_text("utf-8")
BLOCKS: Final = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
MODULE: Final = "from __future__ import annotations\n\n" + "\n\n".join(BLOCKS[:3])
LOCKED: Final = """\
        with self._working(), alone(self._file):
            data = read(self._file)
"""
LATE: Final = """\
        data = read(self._file)
        with self._working(), alone(self._file):
"""


class TestFileStore(StoreContract):
    """The page's store keeps the contract."""

    rounds = rounds(2, 100)

    def open(self, directory: Path) -> FileStore:
        """Return an opening of the directory's file."""
        return FileStore(directory / "bank.json")


def kit(module: str, directory: Path, chosen: str) -> subprocess.CompletedProcess[str]:
    """Run a test module of a bank's own, in a folder of its own."""
    file = directory / "test_file_store.py"
    file.write_text(module.replace("rounds = 25", "rounds = 2"), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, str(file)]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)  # noqa: S603 - our own


def test_the_page_shows_the_store_that_the_kit_judges() -> None:
    """What is judged here is what stands in the page, character by character."""
    judged = (ROOT / "tests" / "docs" / "file_store.py").read_text("utf-8")
    assert judged.partition("annotations\n\n")[2] == BLOCKS[0] + "\n\n" + BLOCKS[1]


def test_the_pages_blocks_are_a_test_module(tmp_path: Path) -> None:
    """The first three blocks, one after another in a file, are run by the kit as they stand."""
    run = kit(MODULE, tmp_path, "8-a-load or 2-one-of-many-writes-apart")
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"\b2 passed", run.stdout), run.stdout


def test_the_mistake_that_the_page_names_is_found(tmp_path: Path) -> None:
    """A commit that looks before it locks breaks guarantee 2, in the words that the page quotes but for the number."""
    assert MODULE.count(LOCKED) == 1
    run = kit(MODULE.replace(LOCKED, LATE), tmp_path, "2-one-of-many-writes-together")
    assert run.returncode == 1, run.stdout + run.stderr
    quoted = re.search(r"^guarantee 2 is broken: .*$", PAGE, re.MULTILINE)
    assert quoted is not None
    said = re.search(r"guarantee 2 is broken: .* can be$", run.stdout, re.MULTILINE)
    assert said is not None, run.stdout
    assert re.sub(r"\b[0-9]+\b", "n", said[0]) == re.sub(r"\b[0-9]+\b", "n", quoted[0])
