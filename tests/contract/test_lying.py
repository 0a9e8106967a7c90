"""The kit finds every lying store, and has nothing against the honest one that they are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from okmate_auth.testing import StoreContract, broken
from okmate_auth.testing.lying import LIES, Lie, UnsafePlainStore
from tests.rounds import rounds


class TestPlainStore(StoreContract):
    """What the lying stores have in common breaks nothing, so what breaks is the lie."""

    rounds = rounds(10, 100)

    def open(self, directory: Path) -> UnsafePlainStore:
        """Return an opening of the directory's file."""
        return UnsafePlainStore(directory / "plain.db")


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_is_found(lie: Lie, tmp_path: Path) -> None:
    """Every check that is said to find a lie does find it."""
    found = broken(lie.contract(), tmp_path, only=lie.found_by)
    assert set(found) == set(lie.found_by)
