"""A demo bank for each test: opened once, copied, served."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from okmate_auth.demo.bank.folder import kept
from okmate_auth.shells.setup import utc_now
from tests.demo.bank.serving import Served, served
from tests.shows import FAST


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a bank that nobody visited yet; tests take copies of it."""
    folder = tmp_path_factory.mktemp("opened") / "bank"
    kept(folder, FAST, utc_now)
    return folder


@pytest.fixture
def demo(opened: Path, tmp_path: Path) -> Generator[Served, None, None]:
    """Lend a bank of the test's own, served."""
    folder = tmp_path / "bank"
    shutil.copytree(opened, folder)
    with served(folder) as one:
        yield one
