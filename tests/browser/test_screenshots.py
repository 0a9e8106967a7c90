"""The command that takes the documents' pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.browser.needs import chromium
from tests.browser.screenshots import NAMES, SCREENS, main

pytestmark = pytest.mark.browser

LARGEST: Final = 80_000  # bytes of a picture


def test_it_takes_every_picture_and_each_is_small(tmp_path: Path) -> None:
    """Those that it takes are those that the documents have."""
    chromium()
    main(tmp_path / "screens")
    taken = {picture.name: picture.stat().st_size for picture in (tmp_path / "screens").iterdir()}
    assert set(taken) == {f"{name}.png" for name in NAMES} == {picture.name for picture in SCREENS.iterdir()}
    assert max(taken.values()) < LARGEST
