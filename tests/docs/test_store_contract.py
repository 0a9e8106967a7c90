"""The document of the store contract says what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from okmate_auth import ports
from okmate_auth.testing.lying import LIES
from tests.docs.documents import ROOT, table

DOCUMENT: Final = ROOT / "docs" / "store-contract.md"
BLOCKS: Final = re.findall(r"^```python\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)
CHOSEN: Final = "8-a-load or 11-a-store-is-opened"  # one in this process, one in others


def test_it_numbers_the_guarantees_as_the_port_does() -> None:
    """The numbers are 1 to 11 in both places."""
    numbered = re.findall(r"^([0-9]+)\.  ?\S", ports.__doc__ or "", re.MULTILINE)
    assert [row[0] for row in table(DOCUMENT, "The guarantees")] == numbered == [str(each) for each in range(1, 12)]


def test_it_names_every_lie_and_what_finds_it() -> None:
    """Each lying store has a row, with the guarantees of the checks that find it first."""
    rows = table(DOCUMENT, "Stores that lie")
    named = {row[0].strip("`"): row[2] for row in rows}
    assert len(named) == len(rows)
    assert set(named) == {str(lie) for lie in LIES}
    for lie in LIES:
        assert set(re.findall(r"[0-9]+", named[str(lie)])) == {name.partition("-")[0] for name in lie.found_by}, lie


@pytest.mark.parametrize("block", BLOCKS, ids=["sync", "async"])
@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_ten_lines_are_enough(block: str, mode: str, tmp_path: Path) -> None:
    """A bank's test module with nothing but the block passes, in a folder of its own, however pytest imports it."""
    assert len(block.splitlines()) <= 10
    module = tmp_path / "test_bank_store.py"
    module.write_text(block)
    options = ["-q", "-p", "no:cacheprovider", f"--import-mode={mode}", "-k", CHOSEN]
    command = [sys.executable, "-m", "pytest", *options, str(module)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"\b2 passed", run.stdout), run.stdout
