"""Processes that open the same store: found, set off, killed, and never left behind."""

from __future__ import annotations

import inspect
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NoReturn, cast

import pytest

from okmate_auth.errors import MisuseError, StoreUnavailableError
from okmate_auth.ports import Store
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing import StoreContract, processes, worker
from okmate_auth.testing.lying import UnsafePlainStore
from okmate_auth.testing.processes import Fleet, Processes, Worker
from okmate_auth.testing.programs import Job
from okmate_auth.testing.samples import cell_at, number
from okmate_auth.testing.worker import resolve


class Plain(StoreContract):
    """A store that several processes can open."""

    def open(self, directory: Path) -> UnsafePlainStore:
        """Return an opening of the directory's file."""
        return UnsafePlainStore(directory / "plain.db")


class Shut(StoreContract):
    """A store that can't be opened."""

    def open(self, directory: Path) -> Store:
        """Fail."""
        message = f"nothing in {directory.name}"
        raise StoreUnavailableError(message)


class Nested:
    """Has a class of its own."""

    class Plain(Plain):
        """A class in a class is found as well."""


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Start processes on plain stores."""
    with closing(Fleet(Plain())) as fleet:
        yield fleet


def gone(process: Worker) -> bool:
    """Say whether a process is no more, within a moment."""
    assert process.pid is not None
    for _ in range(200):
        try:
            os.kill(process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_jobs_are_spread_and_results_keep_their_order(fleet: Fleet, tmp_path: Path) -> None:
    """Each of three processes does its share on the same store."""
    workers = [fleet.start(tmp_path) for _ in range(3)]
    team = Processes(workers)
    results = team.run([Job("increment", {"name": "cell", "times": times}) for times in range(5)])
    assert [len(each) for each in results] == [0, 1, 2, 3, 4]
    with closing(Plain().open(tmp_path)) as store:
        assert number(store.load([cell_at("cell")]), "cell") == 10
    for process in workers:
        process.close()
        assert gone(process)


def test_a_killed_process_has_said_what_it_said(fleet: Fleet, tmp_path: Path) -> None:
    """Lines that were complete when it was killed are there; it then says nothing more, and can be closed."""
    process = fleet.start(tmp_path)
    process.send({"jobs": [["write", {"name": "w", "shared": "s"}]], "go_at": 0.0})
    said = [process.receive() for _ in range(4)]
    assert [line.get("answer", "sent") for line in said] == ["sent", "done", "sent", "done"]
    assert all("sent" in line or "answer" in line for line in process.kill())
    assert gone(process)
    assert process.kill() == []
    with pytest.raises(AssertionError, match="nothing more"):
        process.receive()
    process.close()


def test_a_line_that_a_kill_cut_off_is_not_heard() -> None:
    """Only what ends with a line feed was said."""
    ours, theirs = socket.socketpair()
    process = Worker(ours)
    with theirs:
        theirs.sendall(b'{"results": []}\n{"resu')
    assert process.receive() == {"results": []}
    assert process.kill() == []


def test_a_busy_process_is_not_left_behind(fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not end when he is asked to is killed."""
    monkeypatch.setattr(processes, "GRACE_SECONDS", 0.05)
    process = fleet.start(tmp_path)
    process.send({"jobs": [["increment", {"name": "cell", "times": 10**9}]], "go_at": 0.0})
    process.close()
    assert gone(process)


def test_silence_is_not_waited_for_for_ever(fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that says nothing makes the check fail, by and by."""
    process = fleet.start(tmp_path)
    monkeypatch.setattr(processes, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(AssertionError, match=r"nothing for 0\.05 seconds"):
        process.receive()
    monkeypatch.undo()
    process.close()


def test_what_goes_wrong_elsewhere_is_told_here(fleet: Fleet, tmp_path: Path) -> None:
    """An error of a job is told with its type, and the process lives on."""
    process = fleet.start(tmp_path)
    process.send({"jobs": [["write_together", {"names": ["x" * 3] * 70, "times": 1}]], "go_at": 0.0})
    with pytest.raises(AssertionError, match="StoreContractError"):
        process.receive()
    process.send({"jobs": [["increment", {"name": "cell", "times": 1}]], "go_at": 0.0})
    assert len(process.receive()["results"][0]) == 1
    process.close()


def test_a_store_that_does_not_open_is_told_here(tmp_path: Path) -> None:
    """The error of an opening in another process reaches the check."""
    with closing(Fleet(Shut())) as fleet, pytest.raises(AssertionError, match="StoreUnavailableError: nothing in"):
        fleet.start(tmp_path)


def test_a_class_that_nobody_else_can_find_is_refused(tmp_path: Path) -> None:
    """A class inside a function is the caller's mistake, told before anything is started."""

    class Local(Plain):
        """Nobody finds it."""

    with closing(Fleet(Local())) as fleet, pytest.raises(MisuseError):
        fleet.start(tmp_path)


def test_a_class_is_found_by_its_module(tmp_path: Path) -> None:
    """Its name leads to it, where the name's file is the right one; a class in a class as well."""
    del tmp_path
    assert (
        type(resolve("okmate_auth.testing.contract", "StoreContract", inspect.getfile(StoreContract))) is StoreContract
    )
    assert type(resolve(__name__, "Nested.Plain", __file__)).__qualname__ == "Nested.Plain"


def test_a_class_is_found_by_its_file(tmp_path: Path) -> None:
    """Where the module's name leads nowhere, or to something else, the file counts."""
    file = tmp_path / "test_somewhere.py"
    file.write_text("class Here:\n    where = 'here'\n")
    for name in ("okmate_kit_nowhere", "okmate_auth.errors"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(sys.modules, name, sys.modules.get(name))
            assert vars(type(resolve(name, "Here", str(file))))["where"] == "here"


def test_a_class_that_is_nowhere_is_an_error(tmp_path: Path) -> None:
    """A file that holds no Python, or no such class, is told as such."""
    text = tmp_path / "text.txt"
    text.write_text("nothing")
    with pytest.raises(ImportError):
        resolve("okmate_kit_nowhere", "Here", str(text))
    with pytest.raises(AttributeError):
        resolve(__name__, "Nobody", __file__)


def test_a_forked_process_obeys_and_never_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs in the process that was forked, run here: it serves the socket that was sent, and ends there."""
    served: list[socket.socket] = []
    here, there = socket.socketpair()
    sent, kept = socket.socketpair()

    def end(status: int) -> NoReturn:
        raise SystemExit(status)

    def serve(line: socket.socket, subject: object) -> None:
        assert isinstance(subject, Plain)
        served.append(line)

    monkeypatch.setattr(os, "fork", lambda: 0)
    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(worker, "serve", serve)
    where = {"module": __name__, "name": "Plain", "file": __file__}
    with here, sent, kept:
        here.sendall(json.dumps(where).encode() + b"\n")
        socket.send_fds(here, [b"+"], [sent.fileno()])
        before = signal.getsignal(signal.SIGCHLD)
        try:
            with pytest.raises(SystemExit, match="0"):
                worker.main(there.detach())
        finally:
            signal.signal(signal.SIGCHLD, before)
    served[0].close()


@pytest.mark.parametrize("status", [0, 1])
def test_a_forked_process_tells_by_its_status(status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the second process does, run here: it raises the counter and ends with 0, or with 1 where it can't."""
    opened = Plain().open(tmp_path)

    def end(status: int) -> NoReturn:
        raise SystemExit(status)

    class Opened(Plain):
        """Opens nothing anew."""

        def open(self, directory: Path) -> UnsafePlainStore:
            """Return what was opened before the fork, or what can't be used after it."""
            del directory
            return opened if status == 0 else cast("UnsafePlainStore", MemoryStore)

    monkeypatch.setattr(os, "fork", lambda: 0)
    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(signal, "alarm", lambda _: 0)
    with pytest.raises(SystemExit, match=str(status)):
        worker.fork(Opened(), tmp_path, name="cell", times=2, used=False)
    assert number(opened.load([cell_at("cell")]), "cell") == (2 if status == 0 else None)
    opened.close()


def test_nothing_is_started_in_vain() -> None:
    """A fleet that was never needed has no process to end."""
    Fleet(MemoryStore()).close()
