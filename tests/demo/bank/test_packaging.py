"""What is installed: the demo bank's pages come along, and nothing else needs the extra."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import okmate_auth.demo.bank
from tests.cli_processes import environment

ROOT = Path(__file__).parents[3]
FOLDER = Path(okmate_auth.demo.bank.__path__[0])
WITHOUT = """
import sys
for name in ("jinja2", "starlette", "uvicorn", "anyio", "h11"):
    sys.modules[name] = None
from okmate_auth.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_the_wheel_has_every_template_and_file(tmp_path: Path) -> None:
    """As many as the source has."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)  # noqa: S603 - our own program
    (wheel,) = tmp_path.iterdir()
    there = set(zipfile.ZipFile(wheel).namelist())
    files = [*FOLDER.glob("templates/*"), *FOLDER.glob("static/*")]
    assert len(files) > 20
    assert {f"okmate_auth/demo/bank/{file.parent.name}/{file.name}" for file in files} <= there


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["diagram"], 0, b""),
        (["demo", "--help"], 0, b""),
        (["demo", "--web", "--lang", "en"], 1, b"needs the extra demo (jinja2, starlette, uvicorn)"),
    ],
)
def test_the_command_works_without_the_extra(arguments: list[str], code: int, told: bytes) -> None:
    """All of it but the demo bank, which names what is missing."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", WITHOUT, *arguments], check=False, capture_output=True, env=environment()
    )
    assert (done.returncode, told in done.stderr) == (code, True)
