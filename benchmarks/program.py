"""The command line of the benchmarks.

Rule 1. Exit codes: 0 every row that was asked for was measured, and every budget kept; 1 a budget was missed; 2 the
        command line is wrong, or a row could not be measured here. What was not measured is never a success.
Rule 2. A row that was measured while others were at work on the machine is told with a warning.
Rule 3. The picture is of what was measured; where its file can't be written, that is found before anything is measured.
Rule 4. A row that can't be measured is told on standard error and left out: no figure is better than an invented one.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from benchmarks import plot, report
from benchmarks.contest import Benchmark, UnavailableError
from benchmarks.measure import Result, measured
from benchmarks.peers import environments
from benchmarks.quiet import TOO_MUCH, Watch
from benchmarks.rows import ROWS

__all__ = ["main"]

MISSED: Final = 1
UNMEASURED: Final = 2


def main(arguments: Sequence[str] | None = None, rows: Sequence[Benchmark] = ROWS) -> int:
    """Do what the command line says.

    Args:
        arguments: Without the program's name; those of this process by default.
        rows: The benchmarks there are.

    Returns:
        The exit code.
    """
    parser = _parser()
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if not _named(rows, name)]
    if unknown:
        parser.error(f"no benchmark is called, or begins with, {', '.join(unknown)}; see --list")
    asked = [row for row in rows if not chosen.names or any(row in _named(rows, name) for name in chosen.names)]
    if chosen.plot is not None and not _writable(chosen.plot):
        parser.error("--plot: no such file can be written")
    if chosen.list:
        _print(report.listing(asked))
        return 0
    if chosen.install_peers:
        environments.install()
        return 0
    return _run(asked, chosen)


def _run(asked: Iterable[Benchmark], chosen: argparse.Namespace) -> int:
    results: list[Result] = []
    try:
        unmeasured = _measure(asked, chosen, results)
    finally:  # whatever ends a run of many minutes, what was measured is told
        if results and not chosen.json:
            _print(report.table(results))
        if results and chosen.plot is not None:
            chosen.plot.write_text(plot.svg(results), "utf-8")
    if any(result.ok is False for result in results):
        return MISSED
    return UNMEASURED if unmeasured else 0


def _measure(asked: Iterable[Benchmark], chosen: argparse.Namespace, results: list[Result]) -> bool:
    """Measure into ``results``; say whether something could not be."""
    unmeasured = False
    for row in asked:
        watch = Watch()
        try:
            result = measured(row, rounds=chosen.rounds)
        except UnavailableError as reason:
            unmeasured = True
            _complain(f"{row.name}: not measured: {reason}")
            continue
        others = watch.others()
        if others is not None and others > TOO_MUCH:
            _complain(f"{row.name}: others kept {others:.1f} processors busy: take it again on a quiet machine")
        results.append(result)
        if chosen.json:
            _print([report.as_json(result)])
    return unmeasured


def _named(rows: Iterable[Benchmark], name: str) -> list[Benchmark]:
    """Return the rows that a name on the command line means: T5 is all whose name begins with T5-."""
    return [row for row in rows if row.name == name or row.name.startswith(f"{name}-")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures what the library costs, as ratios to the same thing by hand and to other libraries.",
        epilog="Exit codes: 0 all measured and kept; 1 a budget missed; 2 wrong command line, or a row not measured.",
        allow_abbrev=False,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows by name or by its beginning, such as T5 (all)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="a picture besides, as SVG")
    parser.add_argument("--list", action="store_true", help="say what there is, measure nothing")
    parser.add_argument("--rounds", type=_count, metavar="N", help="other than each row's own number")
    parser.add_argument(
        "--install-peers", action="store_true", help="make the environments of the other libraries, measure nothing"
    )
    return parser


def _writable(file: Path) -> bool:
    """Say whether a file can be written, without making or changing it."""
    if file.exists():
        return file.is_file() and os.access(file, os.W_OK)
    return file.parent.is_dir() and os.access(file.parent, os.W_OK)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


def _complain(reason: str) -> None:
    print(reason, file=sys.stderr, flush=True)
