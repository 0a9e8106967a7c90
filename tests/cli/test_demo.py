"""``okmate-auth demo``: its arguments, its languages, what is left behind, how it ends."""

from __future__ import annotations

import json
import re
import signal
import sys
import threading
from functools import partial
from pathlib import Path

import attrs
import pytest

from okmate_auth import cli
from okmate_auth.cli import demo
from okmate_auth.demo import Show
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.story import Act, Claim, Scene
from tests.cli_processes import PATIENCE_SECONDS, run, started
from tests.docs.documents import ROOT, table
from tests.shows import FAST


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash quickly, in an environment that asks for nothing."""
    monkeypatch.setattr(demo, "Show", partial(Show, profile=FAST, story=STORY[:3]))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


def test_it_tells_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    """To standard output; it ends with 0 and nothing on standard error."""
    assert cli.main(["demo"]) == 0
    out, err = capsys.readouterr()
    assert "Jiro's first day, all the way to the top page" in out
    assert err == ""


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing else on standard output."""
    assert cli.main(["demo", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["reply"] for line in lines][:4] == ["CompanyRegistered", "UserRegistered", "UserRegistered", "Refused"]
    assert all({"user", "command", "reply", "ms"} <= line.keys() for line in lines)


def test_every_field_is_documented(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The page and ``--help`` name what the lines have, and ``wrong``, which a line of a good run has not."""
    monkeypatch.setattr(demo, "Show", partial(Show, profile=FAST))
    assert cli.main(["demo", "--json"]) == 0
    written = {name for line in capsys.readouterr().out.splitlines() for name in json.loads(line)} | {"wrong"}
    rows = table(ROOT / "docs" / "operations.md", "Its lines of JSON")
    assert written == {name.strip("`") for row in rows for name in row[0].split(", ")}
    assert cli.main(["demo", "--help"]) == 0
    assert written <= set(re.findall(r"\w+", capsys.readouterr().out))


@pytest.mark.parametrize(
    ("asked", "environment", "title"),
    [
        (["--lang", "ja"], {}, "次郎さんの初日: トップページまで"),
        (["--lang", "en"], {"LANG": "ja_JP.UTF-8"}, "Jiro's first day, all the way to the top page"),
        ([], {}, "Jiro's first day, all the way to the top page"),
        ([], {"LANG": "ja_JP.UTF-8"}, "次郎さんの初日: トップページまで"),
    ],
)
def test_the_language_is_the_asked_one_or_the_environment_s(
    asked: list[str],
    environment: dict[str, str],
    title: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """English where neither says."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["demo", *asked]) == 0
    assert title in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja"}, "ja"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": ""}, "ja"),  # an empty one counts as unset
    ],
)
def test_the_environment_asks_as_posix_says(environment: dict[str, str], language: str) -> None:
    """LC_ALL before LC_MESSAGES before LANG."""
    assert demo.language_of(environment) == language


def broken_story() -> tuple[Scene, ...]:
    """Return a story that is not as it says."""
    act = next(scene for scene in STORY if scene.name == "registration").beats[0]
    assert isinstance(act, Act)
    return (Scene(name="registration", beats=(attrs.evolve(act, claims=(Claim("counted-once", lambda _: False),)),)),)


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--lang", "ja"]])
def test_a_story_that_is_not_as_it_says_ends_with_1(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scene, act and claim are named on standard error."""
    monkeypatch.setattr(demo, "Show", partial(Show, profile=FAST, story=broken_story()))
    assert cli.main(["demo", *arguments]) == 1
    assert capsys.readouterr().err == (
        "okmate-auth: this is not as the story says: scene 1 (registration): registers-company: not so: counted-once\n"
    )


def test_a_kept_bank_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its keys beside it; the second time it is refused, in one line."""
    path = tmp_path / "bank.db"
    assert cli.main(["demo", "--db", str(path)]) == 0
    assert {entry.name for entry in tmp_path.iterdir()} >= {"bank.db", "bank.db.keys"}
    capsys.readouterr()
    assert cli.main(["demo", "--db", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("okmate-auth: --db: there is something of that name already")
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["", "missing/bank.db", "a\0b"])
def test_a_bank_that_can_not_be_made_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and nothing is left."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["demo", "--db", name]) == 1
    assert capsys.readouterr().err.startswith("okmate-auth: ")
    assert list(tmp_path.iterdir()) == []


def test_no_place_for_temporary_files_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A machine without one shows no traceback."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    assert cli.main(["demo"]) == 1
    assert capsys.readouterr().err == "okmate-auth: No such file or directory\n"


class Terminal:
    """A standard output that says that it is a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        """Take text."""
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Take everything at once."""

    def isatty(self) -> bool:
        """Say what it is."""
        return True


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),  # an empty one counts as unset
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
)
def test_a_terminal_gets_colours_unless_somebody_objects(
    environment: dict[str, str],
    *,
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """https://no-color.org, and terminals that know none."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    assert cli.main(["demo"]) == 0
    assert ("\x1b[" in terminal.text) is coloured


def test_a_pipe_gets_no_colours(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the environment says of the terminal."""
    monkeypatch.setenv("TERM", "xterm")
    assert cli.main(["demo"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_handlers_of_signals_are_put_back(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that calls it keeps its own."""
    before = signal.getsignal(signal.SIGTERM)
    assert cli.main(["demo"]) == 0
    assert signal.getsignal(signal.SIGTERM) is before
    capsys.readouterr()


def test_it_runs_in_a_thread_that_may_set_no_handlers(capsys: pytest.CaptureFixture[str]) -> None:
    """Signals are then the main thread's affair."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(cli.main(["demo"])))
    thread.start()
    thread.join(PATIENCE_SECONDS)
    assert codes == [0]
    capsys.readouterr()


# ------------------------------------------------------------------------------------- as it is, with real hashing


def test_the_whole_demo_verifies_itself_in_a_bare_environment(tmp_path: Path) -> None:
    """Real hashing, Japanese asked, JSON, no locale: 0, ASCII, nothing left in the temporary folder."""
    done = run("demo", "--json", "--lang", "ja", TMPDIR=str(tmp_path))
    assert done.returncode == 0
    assert done.stderr == b""
    lines = [json.loads(line) for line in done.stdout.decode("ascii").splitlines()]
    assert len(lines) == 106
    assert not any("wrong" in line for line in lines)
    assert [line["reply"] for line in lines if line["user"] == "Jiro2026"][:5] == [
        "PasswordDue",
        "PasswordChangeDue",
        "PasswordChangeDone",
        "EnrollmentDue",
        "Authenticated",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_without_japanese_gets_english(tmp_path: Path) -> None:
    """In an ASCII-only C locale the demo goes on, says so, and writes ASCII."""
    done = run("demo", "--lang", "ja", TMPDIR=str(tmp_path), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert done.stderr.decode("ascii").startswith("okmate-auth: this terminal's encoding has no Japanese characters")
    assert "Jiro's first day, all the way to the top page" in done.stdout.decode("ascii")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--json"], ["--lang", "ja"]])
def test_who_stops_reading_stops_the_demo(arguments: list[str], tmp_path: Path) -> None:
    """As with ``| head -1``: no message, nothing left."""
    process, out, err = started("demo", *arguments, TMPDIR=str(tmp_path), PYTHONUTF8="1")
    with process:
        assert out.readline()
        out.close()
        assert err.read() == b""
        assert process.wait(PATIENCE_SECONDS) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_ends_it_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    """The temporary bank is removed first, no traceback is shown, the exit code is the shells' own for the signal."""
    process, out, err = started("demo", "--json", TMPDIR=str(tmp_path))
    with process:
        assert out.readline()
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(number)
        out.read()
        assert err.read() == b""
        assert process.wait(PATIENCE_SECONDS) == 128 + number
    assert list(tmp_path.iterdir()) == []
