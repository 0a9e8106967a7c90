"""The command line: table, JSON, list, and how it ends."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager

import pytest

from benchmarks import program
from benchmarks.contest import Benchmark, Contest
from benchmarks.quiet import Watch
from tests.benchmarks.made_up import made_up, unavailable

KEPT = made_up("X1-kept", 0.5)
MISSED = made_up("X1-missed", 0.4999)
TOLD = made_up("X2-told")
ROWS = (KEPT, MISSED, TOLD)


def refusing() -> AbstractContextManager[Contest]:
    """Open nothing."""
    message = "refused"
    raise RuntimeError(message)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else is at work."""
    monkeypatch.setattr(Watch, "others", lambda _: 0.0)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((KEPT,), 0),
        ((TOLD,), 0),
        ((KEPT, TOLD), 0),
        ((MISSED,), 1),
        ((KEPT, MISSED), 1),
        ((unavailable(),), 2),
        ((KEPT, unavailable()), 2),
        ((MISSED, unavailable()), 1),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_exit_code_tells_what_became_of_the_budgets(
    rows: tuple[Benchmark, ...], code: int, form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """0: all kept; 1: one missed, whatever else; 2: not all could be measured."""
    assert program.main(form, rows) == code
    capsys.readouterr()


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Name, engine, ratio, budget, ok, rounds; nothing else on standard output."""
    program.main(["--json", "--rounds", "2"], ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"name": "X1-kept", "engine": "paper", "ratio": 0.5, "budget": 0.5, "ok": True, "rounds": 2},
        {"name": "X1-missed", "engine": "paper", "ratio": 0.5, "budget": 0.4999, "ok": False, "rounds": 2},
        {"name": "X2-told", "engine": "paper", "ratio": 0.5, "budget": None, "ok": None, "rounds": 2},
    ]


def test_the_table_has_a_line_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Headings, one aligned line for each benchmark with ratio, spread, budget and verdict, then the single times."""
    program.main([], ROWS)
    heading, *rest = capsys.readouterr().out.splitlines()
    assert heading.split() == ["name", "engine", "what", "ratio", "spread", "budget", "ok", "rounds"]
    assert [line.split() for line in rest[:3]] == [
        ["X1-kept", "paper", "one", "/", "two", "0.500", "0.500..0.500", "<=", "0.5", "yes", "4"],
        ["X1-missed", "paper", "one", "/", "two", "0.500", "0.500..0.500", "<=", "0.4999", "NO", "4"],
        ["X2-told", "paper", "one", "/", "two", "0.500", "0.500..0.500", "-", "-", "4"],
    ]
    assert {line.index("0.500") for line in rest[:3]} == {heading.index("ratio")}
    assert rest[-1].split(maxsplit=1) == ["X2-told", "ours 1000000.0, theirs 2000000.0"]


def test_the_list_measures_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Each row by name, with what it compares and its budget; not even one that can't be measured is opened."""
    assert program.main(["--list"], (*ROWS, unavailable())) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [(line[0], line[-1]) for line in lines] == [
        ("X1-kept", "0.5"),
        ("X1-missed", "0.4999"),
        ("X2-told", "-"),
        ("X9", "1"),
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ["X1-kept", "X1-missed", "X2-told"]),
        (["X1"], ["X1-kept", "X1-missed"]),
        (["X1-kept"], ["X1-kept"]),
        (["X2-told", "X1-kept"], ["X1-kept", "X2-told"]),
        (["X1", "X1-kept"], ["X1-kept", "X1-missed"]),
    ],
)
def test_rows_are_chosen_by_name_or_by_its_beginning(
    names: list[str], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whole parts of names, in the order of the table, each once."""
    program.main(["--list", *names], ROWS)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == expected


@pytest.mark.parametrize("arguments", [["X"], ["X1-"], ["X1", "X3"], ["--rounds", "0"], ["--rounds", "x"], ["--plot"]])
def test_a_wrong_command_line_measures_nothing(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A name that means no row, a count that is none, an option that does not exist: exit code 2, and why."""
    with pytest.raises(SystemExit) as stop:
        program.main(arguments, ROWS)
    assert stop.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "error:" in captured.err


def test_what_is_not_measured_is_told_and_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A row that needs what is not there has no line in the results; standard error says what to do."""
    program.main(["--json"], (unavailable("X9"), KEPT))
    captured = capsys.readouterr()
    assert [json.loads(line)["name"] for line in captured.out.splitlines()] == ["X1-kept"]
    assert captured.err == "X9: not measured: install it first\n"


def test_what_was_measured_before_a_failure_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A row that fails ends the run with its error, and the rows before it are told."""
    with pytest.raises(RuntimeError, match="refused"):
        program.main([], (KEPT, made_up("X3", open=refusing), TOLD))
    told = capsys.readouterr().out
    assert "X1-kept" in told
    assert "X2-told" not in told


@pytest.mark.parametrize(("others", "warned"), [(None, False), (0.0, False), (0.2, False), (0.21, True), (2.0, True)])
def test_a_busy_machine_is_told(
    others: float | None,
    *,
    warned: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A figure that was taken while others worked is shown, with a warning on standard error."""
    monkeypatch.setattr(Watch, "others", lambda _: others)
    assert program.main(["--json"], (KEPT,)) == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1
    assert bool(captured.err) is warned
