"""How results are told: a table for people, one JSON object a line for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

from benchmarks.contest import Benchmark
from benchmarks.measure import Result

__all__ = ["as_json", "listing", "table"]

HEADINGS: Final = ("name", "engine", "what", "ratio", "spread", "budget", "ok", "rounds")
DECIMALS: Final = 3
JSON_DECIMALS: Final = 4
_NONE: Final = "-"
_GAP: Final = "  "


def as_json(result: Result) -> str:
    """Return a result as one JSON object: ``name``, ``engine``, ``ratio``, ``budget``, ``ok``, ``rounds``.

    ``budget`` and ``ok`` are null where there is no budget.
    """
    return json.dumps(
        {
            "name": result.benchmark.name,
            "engine": result.benchmark.engine,
            "ratio": round(result.ratio, JSON_DECIMALS),
            "budget": result.benchmark.budget,
            "ok": result.ok,
            "rounds": result.rounds,
        }
    )


def table(results: Iterable[Result]) -> list[str]:
    """Return the lines of a table; below it what one operation took, by side."""
    results = tuple(results)
    lines = _aligned([HEADINGS, *(_cells(result) for result in results)])
    lines += ["", "one operation, in microseconds or MiB (median; the ratios are what counts):"]
    lines += _aligned([(result.benchmark.name, _times(result)) for result in results])
    return lines


def listing(benchmarks: Iterable[Benchmark]) -> list[str]:
    """Return a line for each benchmark: name, engine, what, and what its ratio may be."""
    return _aligned([(row.name, row.engine, row.what, _budget(row)) for row in benchmarks])


def _cells(result: Result) -> tuple[str, ...]:
    verdict = {True: "yes", False: "NO", None: _NONE}[result.ok]
    return (
        result.benchmark.name,
        result.benchmark.engine,
        result.benchmark.what,
        _ratio(result.ratio),
        f"{_ratio(result.low)}..{_ratio(result.high)}",
        _budget(result.benchmark),
        verdict,
        str(result.rounds),
    )


def _ratio(value: float) -> str:
    return f"{value:.{DECIMALS}f}"


def _budget(benchmark: Benchmark) -> str:
    return _NONE if benchmark.budget is None else f"<= {benchmark.budget:g}"


def _times(result: Result) -> str:
    per, suffix = (2**-20, " MiB") if result.benchmark.unit == "bytes" else (1e6, "")
    return ", ".join(f"{name} {amount * per:.1f}{suffix}" for name, amount in result.seconds.items())


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return [_GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
