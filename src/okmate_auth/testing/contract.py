"""The kit's face: a class that a bank subclasses in its own tests, and pytest runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import ClassVar, Final, cast

from okmate_auth.errors import MisuseError
from okmate_auth.ports import AsyncStore, Store
from okmate_auth.testing.kit import Check, Kit, Subject
from okmate_auth.testing.processes import Fleet

try:
    import pytest

    from okmate_auth.testing.checks import CHECKS
except ModuleNotFoundError as missing:
    needs = f"the contract kit needs {missing.name}: install okmate_auth with its extra, okmate_auth[testing]"
    raise ModuleNotFoundError(needs, name=missing.name) from missing

__all__ = ["AsyncStoreContract", "StoreContract", "broken"]

ROUNDS: Final = 25
# Not an abstract method: pytest passes over abstract classes, and a store would pass untried.
_NO_STORE: Final = "a contract says how its store is opened: define open()"


class _Contract:
    """What both contracts have.

    Attributes:
        rounds: How often each race is run and how many pairs of processes are killed; the machine tries four sequences
            for each. 10 find every lie in :mod:`okmate_auth.testing.lying`; take 200 or more before a release.
        shared: Whether openings of the same directory share their data, in one process and in several. Where they
            don't, everything that needs it is skipped; such a store is for tests only.
        shrink: Whether a failing sequence of calls is made as short as it can be before it is shown.
        asynchronous: Whether the store is asynchronous; the class says it, not the subclass.
    """

    rounds: ClassVar[int] = ROUNDS
    shared: ClassVar[bool] = True
    shrink: ClassVar[bool] = True
    asynchronous: ClassVar[bool] = False

    @pytest.fixture(scope="class")
    @classmethod
    def fleet(cls) -> Iterator[Fleet]:
        """Start processes for all checks of the class from one place."""
        with closing(Fleet(cls())) as fleet:
            yield fleet

    @pytest.mark.parametrize("check", CHECKS, ids=str)
    def test_guarantee(self, check: Check, fleet: Fleet, tmp_path: Path) -> None:
        """The store keeps the guarantee whose number the test's name begins with."""
        subject = cast("Subject", self)  # every subclass says how its store is opened
        if missing := check.missing(subject):
            pytest.skip(missing)
        run(subject, check, tmp_path, fleet)


class StoreContract(_Contract):
    """Checks that a store keeps every numbered guarantee; subclass it and say how the store is opened.

    The subclass stands at the top level of a test module and is named ``Test…``; processes of their own make an
    instance of it and open the store as well.
    """

    def open(self, directory: Path) -> Store:
        """Return a new opening of the store that is kept in ``directory``.

        The same directory means the same data, another directory an empty store; for a database server, take a schema
        or a database named after the directory.
        """
        del directory
        raise MisuseError(_NO_STORE)


class AsyncStoreContract(_Contract):
    """The same for an asynchronous store; every opening is used in one event loop of its own."""

    asynchronous: ClassVar[bool] = True

    def open(self, directory: Path) -> AsyncStore:
        """Return a new opening, see :meth:`StoreContract.open`; called outside of any event loop."""
        del directory
        raise MisuseError(_NO_STORE)


def run(subject: Subject, check: Check, directory: Path, fleet: Fleet) -> None:
    """Run one check in an empty directory.

    Raises:
        ContractBrokenError: The store broke the guarantee.
    """
    with Kit(subject, directory, fleet) as kit:
        check.body(kit)


def broken(
    contract: StoreContract | AsyncStoreContract, directory: Path, *, only: Collection[str] = ()
) -> Mapping[str, Exception]:
    """Run the kit without pytest and return what is broken.

    Args:
        contract: The store to look at.
        directory: An empty directory.
        only: Names of checks (``2-nobody-skews-together``); empty for all.

    Returns:
        What each check that failed raised, by the check's name.

    Raises:
        MisuseError: A name is no check's.
    """
    unknown = set(only) - {str(check) for check in CHECKS}
    if unknown:
        message = f"no check is named {min(unknown)}"
        raise MisuseError(message)
    failures: dict[str, Exception] = {}
    with closing(Fleet(contract)) as fleet:
        for place, check in enumerate(CHECKS):
            if (only and str(check) not in only) or check.missing(contract):
                continue
            where = directory / str(place)
            where.mkdir()
            try:
                run(contract, check, where, fleet)
            except Exception as error:  # noqa: BLE001 - a lying store may fail in any way
                failures[str(check)] = error
    return failures
