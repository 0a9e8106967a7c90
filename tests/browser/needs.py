"""What these tests need of the machine: skipped with a reason where it is missing; in CI that is a failure."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final, NoReturn

import pytest

ARGUMENTS: Final = (
    "--no-sandbox",  # root has none, and CI may be root
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""What Chromium is started with: nothing of its own goes out."""
AXE: Final = "OKMATE_AXE"
_PLACES: Final = ("/usr/bin/chromium", "/usr/bin/chromium-browser")


def missing(what: str) -> NoReturn:
    """Skip a test for want of something; in CI, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, and CI needs it", pytrace=False)
    pytest.skip(what)


def chromium() -> str:
    """Return the path of Chromium; it is never downloaded."""
    found = next((place for place in _PLACES if Path(place).exists()), None) or shutil.which("chromium")
    return found or missing("there is no Chromium: apt-get install chromium")


def program(name: str, package: str) -> str:
    """Return the path of a program of a Debian package."""
    return shutil.which(name) or missing(f"there is no {name}: apt-get install {package}")


def axe() -> str:
    """Return the text of axe-core: from where the environment says, or from the ``node_modules`` beside this file."""
    here = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
    file = Path(os.environ.get(AXE) or here)
    if not file.is_file():
        missing(f"there is no axe-core: npm install --no-save --prefix {Path(__file__).parent} axe-core, or {AXE}")
    return file.read_text("utf-8")
