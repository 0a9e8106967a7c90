"""Every block of Python in the documents runs, in its order, as it stands there; so does what calls our program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from okmate_auth.cli import main
from tests.docs.documents import DOCUMENTS, name


def shell(example: Example) -> None:
    """Run the lines of a shell block that call our program; what makes an environment is run by CI."""
    for line in example.parsed.splitlines():
        program, *arguments = shlex.split(line)
        assert program in {"okmate-auth", "python3"}, line
        assert program != "okmate-auth" or main(arguments) == 0, line


SYBIL: Final = Sybil([PythonCodeBlockParser(future_imports=("annotations",)), CodeBlockParser("sh", shell)])
FENCE: Final = re.compile(r"^ *(```+|~~~+)(.*)$", re.MULTILINE)
LANGUAGES: Final = {"python", "sh", "text", "mermaid", "{toctree}"}


# One test for a document, not for a block: blocks build on each other, and pytest-xdist would part them.
@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_the_documents_code_runs(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of one document run one after another, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for example in SYBIL.parse(document).examples():
        example.evaluate()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_no_block_escapes(document: Path) -> None:
    """Every block says what language it is in, so that Python that does not run can't hide in one that doesn't."""
    fences = FENCE.findall(document.read_text("utf-8"))
    assert {fence for fence, _ in fences} <= {"```"}
    opened = [language for _, language in fences[::2]]
    assert set(opened) <= LANGUAGES
    assert [language for _, language in fences[1::2]] == [""] * len(opened)
    runs = sum(1 for _ in SYBIL.parse(document).examples())
    assert runs >= opened.count("python") + opened.count("sh")
