"""The bank of every test here: each test runs over both shells and both stores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol

import pytest

from okmate_auth.actions import Action
from okmate_auth.policies.profile import Profile
from tests.behaviour.bank import FAST, Bank
from tests.behaviour.fronts import KINDS, Kind

IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - TemporaryDirectory makes one of its own there


class OpenBank(Protocol):
    """Opens a bank; it is closed after the test."""

    def __call__(self, profile: Profile = FAST, actions: Iterable[Action] = ()) -> Bank:
        """Return a bank with these rules and steps of its own."""
        ...


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Which shell over which store."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def scratch() -> Iterator[Path]:
    """An empty directory, in memory where there is one: what survives a crash is for the stores' own tests."""
    with TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture
def open_bank(kind: Kind, scratch: Path) -> Iterator[OpenBank]:
    """Open banks with other rules than the usual ones."""
    banks: list[Bank] = []

    def open_one(profile: Profile = FAST, actions: Iterable[Action] = ()) -> Bank:
        directory = scratch / str(len(banks))
        directory.mkdir()
        bank = Bank(kind, directory, profile, actions)
        banks.append(bank)
        return bank

    yield open_one
    for bank in banks:
        bank.close()


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with the procedure's rules."""
    return open_bank()
