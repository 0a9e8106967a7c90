"""The kit as a whole: its checks cover every guarantee, each is shown to fail, and it says what is broken."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from okmate_auth.errors import MisuseError
from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing import AsyncStoreContract, ContractBrokenError, StoreContract, broken, teams
from okmate_auth.testing.checks import CHECKS
from okmate_auth.testing.kit import Kit, expect
from okmate_auth.testing.lying import LIES
from okmate_auth.testing.processes import Fleet
from okmate_auth.testing.programs import Job

NAMES = [str(check) for check in CHECKS]


class Memory(StoreContract):
    """A store that shares nothing."""

    rounds = 2
    shared = False

    def open(self, directory: Path) -> MemoryStore:
        """Return an empty store."""
        del directory
        return MemoryStore()


class Unshared(MemoryStore):
    """Answers done and does nothing."""

    def commit(self, change: ChangeSet, /) -> Outcome:
        """Lie."""
        del change
        return "done"


class Liar(Memory):
    """The kit, turned on it."""

    def open(self, directory: Path) -> Unshared:
        """Return an empty store."""
        del directory
        return Unshared()


def test_every_check_has_a_name_of_its_own() -> None:
    """Tests are named after checks: by the number of the guarantee and the fact."""
    assert len(set(NAMES)) == len(NAMES)
    assert all(re.fullmatch(r"[0-9]+(?:-[a-z]+)+", name) for name in NAMES)


def test_every_guarantee_is_checked() -> None:
    """Each of the eleven numbers has a check."""
    assert {check.guarantee for check in CHECKS} == set(range(1, 12))


def test_every_check_is_shown_to_fail() -> None:
    """Each fact is one that a lying store breaks, so no check passes whatever the store does."""

    def fact(name: str) -> str:
        return re.sub("-(?:together|apart)$", "", name)

    found_by = {name for lie in LIES for name in lie.found_by}
    assert found_by <= set(NAMES)
    assert {fact(name) for name in found_by} == {fact(name) for name in NAMES}


def test_every_lie_says_what_it_is() -> None:
    """A lying store is named Unsafe and explains itself."""
    assert all(str(lie).startswith("Unsafe") and lie.store.__doc__ for lie in LIES)


def test_what_is_broken_is_named(tmp_path: Path) -> None:
    """The message has the guarantee's number and the fact."""
    expect(3, holds=True, fact="fine")
    with pytest.raises(ContractBrokenError, match=r"^guarantee 3 is broken: it is lost$"):
        expect(3, holds=False, fact="it is lost")
    found = broken(Liar(), tmp_path, only=["4-a-version-is-the-id-of-its-commit", "8-its-clock-is-in-utc"])
    assert {name: str(error) for name, error in found.items()} == {
        "4-a-version-is-the-id-of-its-commit": "guarantee 4 is broken: a version is its commit's id"
    }


def test_a_name_that_is_no_checks_is_refused(tmp_path: Path) -> None:
    """A typing mistake must not pass as a store that keeps everything."""
    with pytest.raises(MisuseError):
        broken(Memory(), tmp_path, only=["8-its-clock-is-in-utd"])


@pytest.mark.parametrize(("rounds", "refused"), [(-1, True), (0, True), (1, False), (True, True), (2.5, True)])
def test_nothing_passes_untried(rounds: int, *, refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than one round is the caller's mistake: every check would pass."""
    monkeypatch.setattr(Memory, "rounds", rounds)
    found = broken(Memory(), tmp_path, only=["2-one-of-many-writes-together"])
    assert [type(error) for error in found.values()] == [MisuseError] * refused


def test_what_a_store_has_not_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of one process is not asked for several, a synchronous one not for tasks, a system not for fork."""
    apart = next(check for check in CHECKS if check.processes)
    tasks = next(check for check in CHECKS if check.tasks)
    plain = next(check for check in CHECKS if not check.processes and not check.tasks)
    assert (plain.missing(Memory()), plain.missing(StoreContract())) == ("", "")
    assert apart.missing(Memory()) == "this store is not shared between processes"
    assert tasks.missing(Memory()) == "this store is not asynchronous"
    assert (apart.missing(StoreContract()), tasks.missing(AsyncStoreContract())) == ("", "")
    assert broken(Liar(), tmp_path, only=[str(apart), str(tasks)]) == {}
    monkeypatch.delattr("os.fork")
    assert apart.missing(StoreContract()) == "this system can't fork"


def test_a_contract_without_a_store_is_refused(tmp_path: Path) -> None:
    """Whoever forgets to say how his store is opened is told so by the first check."""
    for contract in (StoreContract(), AsyncStoreContract()):
        directory = tmp_path / type(contract).__name__
        directory.mkdir()
        found = broken(contract, directory, only=["8-its-clock-is-in-utc"])
        assert isinstance(found["8-its-clock-is-in-utc"], MisuseError)
        assert "define open()" in str(found["8-its-clock-is-in-utc"])


def test_a_store_is_not_closed_under_somebody_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a contender never came back the kit leaves the store open: closing it could crash the interpreter."""
    gate = threading.Event()
    closed: list[bool] = []

    class Stuck(MemoryStore):
        """Never answers a load."""

        def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
            """Wait for the end of the test."""
            gate.wait()
            return super().load(keys)

        def close(self) -> None:
            """Note it."""
            closed.append(True)
            super().close()

    class Subject(Memory):
        """Opens it."""

        def open(self, directory: Path) -> Stuck:
            """Return an empty store."""
            del directory
            return Stuck()

    monkeypatch.setattr(teams, "PATIENCE_SECONDS", 0.1)
    with closing(Fleet(Subject())) as fleet, pytest.raises(TimeoutError), Kit(Subject(), tmp_path, fleet) as kit:
        kit.together().run([Job("increment", {"name": "cell", "times": 1})])
    assert not closed
    gate.set()
