"""``okmate-auth diagram``: formats, files, errors."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from okmate_auth import cli
from okmate_auth.cli.dot import dot
from okmate_auth.cli.drawing import drawn
from okmate_auth.cli.mermaid import mermaid


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], mermaid(drawn())),
        (["--format", "mermaid"], mermaid(drawn())),
        (["--format", "dot"], dot(drawn())),
    ],
)
def test_text_goes_to_standard_output(arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Mermaid unless something else is asked."""
    assert cli.main(["diagram", *arguments]) == 0
    assert capsys.readouterr() == (text, "")


def test_a_file_gets_the_same_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Byte by byte, and standard output nothing; what was in the file is replaced."""
    path = tmp_path / "login.mmd"
    path.write_text("old" * 10_000)
    assert cli.main(["diagram", "--output", str(path)]) == 0
    assert path.read_bytes() == mermaid(drawn()).encode("ascii")
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_a_picture_where_graphviz_is(tmp_path: Path) -> None:
    """SVG, which viewers know by its first lines."""
    path = tmp_path / "login.svg"
    assert cli.main(["diagram", "--format", "svg", "--output", str(path)]) == 0
    assert "<svg" in path.read_text("utf-8")[:1000]


def test_without_graphviz_there_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said in one line; a file of that name is left as it was."""
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "login.svg"
    assert cli.main(["diagram", "--format", "svg", "--output", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("okmate-auth: Graphviz is not installed")
    assert err.count("\n") == 1
    assert not path.exists()


@pytest.mark.parametrize("name", ["missing/login.mmd", ".", "a\0b"])
def test_a_file_that_can_not_be_written_is_said(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with the system's reason, and no path in it."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["diagram", "--output", name]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("okmate-auth: --output: ")
    assert err.count("\n") == 1
    assert os.sep not in err
