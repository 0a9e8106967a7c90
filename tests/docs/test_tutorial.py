"""The tutorial can be followed: what is to be pasted can be pasted, and what is to be saved is a program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from okmate_auth.cli import main
from tests.docs.documents import ROOT

PAGE: Final = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
BLOCKS: Final = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PROGRAM: Final = next(block for block in BLOCKS if "def main(" in block)


def python(*arguments: str, entered: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with this typed; without a terminal, where a password would be waited for."""
    return subprocess.run(  # noqa: S603 - our own
        [sys.executable, *arguments],
        input=entered,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )


def test_it_can_be_pasted_and_the_program_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing fails line by line; ``login.py`` lets in who enters what was chosen, and locks at the sixth mistake."""
    monkeypatch.chdir(tmp_path)
    assert main(["keys", "new", "okmate.keys"]) == 0
    pasted = "\n\n".join(block for block in BLOCKS if block != PROGRAM)
    interpreter = python("-i", "-q", entered=pasted, folder=tmp_path)
    assert "Error" not in interpreter.stderr, interpreter.stderr
    (tmp_path / "login.py").write_text(f"{PROGRAM}\n\nprint(main())\n", "utf-8")
    said = [
        python("-W", "ignore", "login.py", entered=f"hanako01\n{password}\n", folder=tmp_path).stdout
        for password in ("Kawa7nobe2", *(f"wrong{number}" for number in range(6)))
    ]
    assert "Hanako01 was logged in, and is logged out." in said[0]
    assert all("Nobody is logged in." in one for one in said[1:])
    assert ["JST" in one for one in said] == [False] * 6 + [True]  # until when it is locked
