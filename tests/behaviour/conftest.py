"""The bank of every test here: each test runs over both shells and both stores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from okmate_auth.actions import Action
from okmate_auth.policies.profile import Profile
from tests.behaviour.bank import FAST, Bank
from tests.behaviour.fronts import KINDS, Kind


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
def open_bank(kind: Kind, tmp_path: Path) -> Iterator[OpenBank]:
    """Open banks with other rules than the usual ones."""
    banks: list[Bank] = []

    def open_one(profile: Profile = FAST, actions: Iterable[Action] = ()) -> Bank:
        directory = tmp_path / str(len(banks))
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
