"""The picture: well-formed, one line for each row, everything where its figure says."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks import plot, program
from benchmarks.measure import Result, measured
from benchmarks.quiet import Watch
from tests.benchmarks.made_up import made_up, unavailable

SVG = "{http://www.w3.org/2000/svg}"


def result(name: str, ratio: float, budget: float | None = None, *, low: float = 0, high: float = 0) -> Result:
    """Return a result."""
    return Result(
        benchmark=made_up(name, budget), ratio=ratio, low=low or ratio, high=high or ratio, rounds=4, seconds={}
    )


def drawn(*results: Result) -> ET.Element:
    """Return the picture, parsed."""
    return ET.fromstring(plot.svg(results))  # noqa: S314 - of our own making


def dots(picture: ET.Element) -> list[tuple[float, str | None]]:
    """Return where the medians are, and their colours."""
    return [(float(dot.get("cx", "nan")), dot.get("fill")) for dot in picture.iter(f"{SVG}circle")]


def strokes(picture: ET.Element) -> list[float]:
    """Return where the budgets are."""
    return [float(line.get("x1", "nan")) for line in picture.iter(f"{SVG}line") if line.get("stroke") == "black"]


def test_every_row_is_a_line() -> None:
    """Name, median, quartiles, budget and verdict of each, in order; nothing is cut off."""
    picture = drawn(result("X1", 0.2, 0.5), result("X2", 3.0, 1.4, low=2.0, high=4.0), result("X3 <&>", 9.0))
    texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
    assert [text for text in texts if text.startswith("X")] == ["X1", "X2", "X3 <&>"]
    assert [text for text in texts if "(" in text] == ["0.2 (kept, <= 0.5)", "3 (MISSED, <= 1.4)", "9 (no budget)"]
    assert [colour for _, colour in dots(picture)] == [plot.KEPT, plot.MISSED, plot.TOLD]
    assert len(strokes(picture)) == 2
    assert all(plot.LEFT <= x <= plot.WIDTH - plot.RIGHT for x in [*(x for x, _ in dots(picture)), *strokes(picture)])


@pytest.mark.parametrize(("ratio", "budget"), [(0.0004, 0.02), (1.0, 2.0), (30.0, 1.0), (5.0, 1000.0), (0.0, 1.0)])
def test_a_dot_is_left_of_its_budget_exactly_where_it_is_kept(ratio: float, budget: float) -> None:
    """The scale is one for all, holds whatever there is, and its order is that of the figures."""
    picture = drawn(result("X1", ratio, budget))
    ((dot, colour),) = dots(picture)
    (stroke,) = strokes(picture)
    assert (dot <= stroke) is (ratio <= budget) is (colour == plot.KEPT)


def test_equal_factors_are_equal_distances() -> None:
    """The scale is logarithmic: ten times more is as far from 1 as ten times less."""
    (first, _), (second, _), (third, _) = dots(drawn(result("X1", 0.1), result("X2", 1.0), result("X3", 10.0)))
    assert second - first == pytest.approx(third - second, abs=0.2)


def test_nothing_measured_is_an_empty_picture() -> None:
    """No rows, no dots; still a picture."""
    assert dots(drawn()) == []


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else is at work."""
    monkeypatch.setattr(Watch, "others", lambda _: 0.0)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_command_line_writes_it_besides(form: list[str], tmp_path: Path) -> None:
    """--plot FILE writes what was measured, beside table or JSON, over what was there."""
    file = tmp_path / "it.svg"
    file.write_text("old", "utf-8")
    assert program.main([*form, "--plot", str(file)], (made_up("X1", 0.5), made_up("X2", 0.4))) == 1
    expected = plot.svg([measured(made_up("X1", 0.5)), measured(made_up("X2", 0.4))])
    assert file.read_text("utf-8") == expected


def test_nothing_measured_writes_nothing(tmp_path: Path) -> None:
    """Where no row could be measured there is no picture, and the exit code says so."""
    assert program.main(["--plot", str(tmp_path / "it.svg")], (unavailable(),)) == 2
    assert not (tmp_path / "it.svg").exists()


@pytest.mark.parametrize("name", [".", "missing/it.svg"])
def test_a_file_that_cannot_be_written_is_found_first(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder, or a file in a folder that is not there: exit code 2, and nothing is measured."""
    with pytest.raises(SystemExit) as stop:
        program.main(["--plot", str(tmp_path / name)], (made_up("X1", 0.5),))
    assert stop.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "--plot" in captured.err
