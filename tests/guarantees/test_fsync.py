"""An answer is given after the disk has it.

Done means, seen in the system calls of a real process (strace): between the beginning of a step and its answer every
write to SQLite's log is followed by a sync of the log, one for each commit and no more; nothing is answered while a
written page is not yet synced. Other tests kill processes, which the page cache survives; this is what a power failure
would show.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Final

import attrs
import pytest

from okmate_auth import Authenticator
from okmate_auth.storage import SQLiteStore
from okmate_auth.testing.keys import unsafe_keys
from tests.guarantees.branch import Settings
from tests.guarantees.branches import Line
from tests.guarantees.days import STEPS
from tests.guarantees.figures import Figure
from tests.guarantees.people import FAST, open_account, register_company
from tests.rounds import rounds

STRACE: Final = ("strace", "-f", "-y", "-s", "400", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o")
CALL: Final = re.compile(r"\d+ +(write|pwrite64|fsync|fdatasync)\((\d+)<([^>]*)>(.*)")
COMMITS: Final = {
    "wrong": 2,  # the place, the verdict
    "login": 2,
    "use": 1,
    "confirm": 2,
    "require": 1,
    "logout": 1,
    "shared": 2,
    "login-to-change": 2,
    "change": 2,
    "acknowledge": 1,
}


def traced(tmp_path: Path, steps: int) -> list[tuple[str, list[str]]]:
    """Let a process do so many steps under strace; return each with its calls on the log: ``write`` or ``sync``.

    ``other`` stands for any call on the database file itself: then a checkpoint was made.
    """
    file, trace = tmp_path / "bank.db", tmp_path / "trace"
    with Authenticator(SQLiteStore(file), profile=FAST, keys=unsafe_keys()) as auth:
        register_company(auth.submit)
        person, shared = open_account(auth.submit), open_account(auth.submit)
        with Line(Settings(file=str(file)), [*STRACE, str(trace)]) as line:
            line.send({"live": [attrs.asdict(person), attrs.asdict(shared)], "steps": steps})
            while "over" not in line.receive():
                pass
    done: list[tuple[str, list[str]]] = []
    calls: list[str] = []
    for text in trace.read_text("utf-8", "replace").splitlines():
        match = CALL.match(text)
        if match is None:
            continue
        call, descriptor, path, rest = match.groups()
        if descriptor == "1" and "begins" in rest:
            calls = []
        elif descriptor == "1" and "ended" in rest:
            done.append((rest.split(r'"ended\": \"')[1].split("\\")[0], calls))
        elif path.endswith("-wal"):
            calls.append("write" if call == "pwrite64" else "sync")
        elif path.endswith(".db"):
            calls.append("other")
    return done


def test_every_answer_is_on_the_disk(tmp_path: Path, figure: Figure) -> None:
    """One sync of the log for each commit, after its last write and before the answer."""
    if shutil.which("strace") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("strace is missing, and this machine is meant to check everything")
        pytest.skip("strace is not installed; it is what shows system calls")
    days = rounds(2, 40)
    done = traced(tmp_path, days * len(STEPS))
    assert Counter(step for step, _ in done) == Counter(STEPS * days)
    checkpointed = False
    for step, calls in done:
        assert calls[-1] != "write", f"{step}: answered before the disk had it"
        assert calls.count("sync") >= COMMITS[step]
        checkpointed = checkpointed or "other" in calls
        if not checkpointed:
            bursts = re.fullmatch(r"(w+s)+", "".join(call[0] for call in calls))
            assert bursts is not None, (step, calls)
            assert calls.count("sync") == COMMITS[step], (step, calls)
    syncs = sum(calls.count("sync") for _, calls in done)
    figure(
        f"{len(done)} answers, {sum(COMMITS[step] for step, _ in done)} commits, {syncs} syncs of the log before them"
    )
