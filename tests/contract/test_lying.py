"""The kit finds every lying store, and has nothing against the honest one that they are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from okmate_auth.testing import AsyncStoreContract, StoreContract, broken
from okmate_auth.testing.faces import AsyncFace
from okmate_auth.testing.lying import LIES, Lie, UnsafePlainStore
from tests.rounds import rounds


class TestPlainStore(StoreContract):
    """What the lying stores have in common breaks nothing, so what breaks is the lie."""

    rounds = rounds(5, 100)

    def open(self, directory: Path) -> UnsafePlainStore:
        """Return an opening of the directory's file."""
        return UnsafePlainStore(directory / "plain.db")


class TestAsyncPlainStore(AsyncStoreContract):
    """The same for its asynchronous face."""

    rounds = rounds(3, 50)

    def open(self, directory: Path) -> AsyncFace:
        """Return an opening of the directory's file."""
        return AsyncFace(UnsafePlainStore(directory / "plain.db"))


@pytest.mark.parametrize("lie", [lie for lie in LIES if not lie.asynchronous], ids=str)
def test_a_lie_is_found(lie: Lie, tmp_path: Path) -> None:
    """Every check that is said to find a lie does find it."""
    found = broken(lie.contract(asynchronous=False), tmp_path, only=lie.found_by)
    assert set(found) == set(lie.found_by)


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_lie_is_found_behind_an_asynchronous_face(lie: Lie, tmp_path: Path) -> None:
    """The first of these checks finds it in an asynchronous store as well."""
    only = lie.found_by[: rounds(2 if lie.asynchronous else 1, len(lie.found_by))]
    assert set(broken(lie.contract(asynchronous=True), tmp_path, only=only)) == set(only)
