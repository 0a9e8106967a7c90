"""The command line: what it takes, how it ends, what it never shows."""

from __future__ import annotations

import errno
import os
import re
from importlib import metadata
from pathlib import Path

import pytest

from okmate_auth import cli
from okmate_auth.cli import diagram
from okmate_auth.errors import ConfigurationError
from tests.cli_processes import run, run_with_closed


def fails(error: BaseException) -> object:
    """Return something to be run in place of a command, which raises."""

    def failing(_: object) -> str:
        raise error

    return failing


def test_the_console_script_is_main() -> None:
    """What pyproject names exists, and is what ``python -m`` runs."""
    (script,) = (one for one in metadata.entry_points(group="console_scripts") if one.name == "okmate-auth")
    assert script.load() is cli.main


@pytest.mark.parametrize("arguments", [["--help"], ["demo", "--help"], ["diagram", "-h"], ["keys", "new", "-h"]])
def test_help_ends_well(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It goes to standard output, with exit code 0."""
    assert cli.main(arguments) == 0
    out, err = capsys.readouterr()
    assert out.startswith("usage: okmate-auth")
    assert err == ""


def test_help_says_what_exit_codes_mean(capsys: pytest.CaptureFixture[str]) -> None:
    """Scripts can rely on them."""
    cli.main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "0 all went well; 1 it failed, and the reason is on standard error; 2 the command line is wrong" in text


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    """One number, from the installed package."""
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"okmate-auth {metadata.version('okmate_auth')}\n"


def test_a_package_that_is_not_installed_has_no_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bare checkout on the path works all the same."""

    def missing(_: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", missing)
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == "okmate-auth (not installed)\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["--nonsense"],
        ["--vers"],  # no abbreviations: what is short today may mean something else tomorrow
        ["demo", "--js"],
        ["demo", "--lang", "fr"],
        ["demo", "extra"],
        ["demo", "--db"],
        ["diagram", "--format", "png"],
        ["diagram", "--output"],
        ["keys"],
        ["keys", "old"],
        ["keys", "new"],
        ["keys", "new", "one", "two"],
        ["keys", "rotate", "file"],
        ["keys", "rotate", "file", "--purpose", "subject"],
        ["keys", "rotate", "--purpose", "pepper"],
    ],
)
def test_a_wrong_command_line_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Usage and reason on standard error, nothing on standard output."""
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: okmate-auth")
    assert "error: " in err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ConfigurationError("a field: a rule"), 1, "okmate-auth: a field: a rule\n"),
        (OSError(errno.ENOSPC, "x", "/secret/path"), 1, f"okmate-auth: {os.strerror(errno.ENOSPC)}\n"),
        (OSError("x"), 1, "okmate-auth: the system refused\n"),
        (BrokenPipeError(errno.EPIPE, "x"), 1, ""),
        (KeyboardInterrupt(), 130, ""),
        (SystemExit(143), 143, ""),
        (SystemExit("x"), 1, ""),
    ],
)
def test_what_goes_wrong_is_one_line_and_an_exit_code(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No traceback, no path; whoever stopped reading or pressed the interrupt key is told nothing."""
    monkeypatch.setitem(diagram._FORMATS, "mermaid", fails(error))
    assert cli.main(["diagram"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == said


def test_a_defect_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no user can cause keeps its traceback."""
    monkeypatch.setitem(diagram._FORMATS, "mermaid", fails(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        cli.main(["diagram"])


@pytest.mark.parametrize("arguments", [["--version"], ["diagram"], ["demo", "--json"]])
def test_a_closed_standard_output_ends_it_before_it_begins(arguments: list[str], tmp_path: Path) -> None:
    """Nobody could see what is done, and a file that is opened later could get its place."""
    arguments = [*arguments, "--db", str(tmp_path / "bank.db")] if arguments[0] == "demo" else arguments
    done = run_with_closed(">&-", *arguments)
    assert done.returncode == 1
    assert done.stderr == b"okmate-auth: standard output is closed\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("redirections", "arguments", "code"), [(">&- 2>&-", "diagram", 1), ("2>&-", "nonsense", 2), ("2>&-", "diagram", 0)]
)
def test_without_standard_error_the_exit_code_has_to_do(redirections: str, arguments: str, code: int) -> None:
    """There is no place left for a reason, and none is written where it does not belong."""
    done = run_with_closed(redirections, arguments)
    assert done.returncode == code
    assert done.stderr == b""
    assert (done.stdout != b"") is (code == 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["--version"], ["diagram"], ["demo", "--json"]])
def test_a_full_disk_is_said(arguments: list[str]) -> None:
    """What could not be written did not go well."""
    with Path("/dev/full").open("wb") as full:
        done = run(*arguments, stdout=full)
    assert done.returncode == 1
    assert done.stderr.decode() == f"okmate-auth: {os.strerror(errno.ENOSPC)}\n"


@pytest.mark.parametrize("arguments", [["--version"], ["diagram"], ["diagram", "--format", "dot"]])
def test_a_pipe_that_nobody_reads_is_no_news(arguments: list[str]) -> None:
    """As with ``| head``: no message, and an exit code that says that not all was written."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run(*arguments, stdout=writing)
    finally:
        os.close(writing)
    assert done.returncode == 1
    assert done.stderr == b""


def test_it_runs_as_a_module() -> None:
    """``python -m okmate_auth.cli`` is the same program, whatever the module's own name."""
    done = run("--help")
    assert done.returncode == 0
    assert re.match(rb"usage: okmate-auth ", done.stdout)
