"""The interpreter's own circumstances change nothing.

Done means: with ``-O``, which throws every ``assert`` away, and with ``-OO``, which throws docstrings away as well, and
warnings as errors, a whole login suite (both shells; refusals, locks and misuse among it) says the same to the last
character and leaves the same bytes in the file; and an authenticator that was made, and used, before a fork works in
parent and children at the same time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.children import ROOT, environment
from tests.guarantees.shells import KINDS, Kind

ANSWERS = ["Refused", "Authenticated", "Session"]


def run(*arguments: str) -> Any:  # noqa: ANN401 - whatever the program says
    """Run a program of this directory in an interpreter of its own; nothing but its answer may be said."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, check=False)  # noqa: S603 - ours
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return json.loads(done.stdout)


@lru_cache
def usual(directory: Path) -> Any:  # noqa: ANN401 - a transcript
    """Return what the suite says in a usual interpreter."""
    return run("-m", "tests.guarantees.transcript", str(directory))


@pytest.mark.parametrize("options", [["-O"], ["-OO", "-W", "error"]], ids=" ".join)
def test_options_of_the_interpreter_change_nothing(
    options: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same transcript and the same stored bytes."""
    said = run(*options, "-m", "tests.guarantees.transcript", str(tmp_path_factory.mktemp("other")))
    expected = usual(tmp_path_factory.getbasetemp())
    assert said.keys() == expected.keys()
    for part, lines in expected.items():
        assert said[part] == lines, part


def test_the_transcript_is_one_of_a_whole_suite(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is compared holds every kind of answer, and both shells say the same."""
    said = usual(tmp_path_factory.getbasetemp())
    text = "\n".join(said["sync"])
    for part in (
        *("PasswordChangeDue(", "PasswordChangeDone(", "Authenticated(", "Session(", "Confirmed(", "LoggedOut("),
        *("'rejected'", "'locked'", "'malformed'", "'password-policy'", "'wrong-password'", "'stale'", "MisuseError("),
        *("StoreContractError(", "Abandoned("),
    ):
        assert part in text, part
    assert "nothing raised" not in text
    shared = len(said["async"])
    assert said["async"] == said["sync"][:shared]
    assert said["async records"] == said["sync records"]
    assert len(said["sync history"]) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_made_and_used_before_a_fork_works_in_every_process(kind: Kind, tmp_path: Path) -> None:
    """A parent and four children, each with an account of its own, at the same time; nothing is lost or refused."""
    quiet = ("-W", "ignore::DeprecationWarning")  # newer interpreters warn of any fork beside a thread
    said = run(*quiet, "-m", "tests.guarantees.forking", kind, str(tmp_path / "bank.db"))
    assert said == [ANSWERS * 5] * 5
