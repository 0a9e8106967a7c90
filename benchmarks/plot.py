"""A picture of results: SVG, written by hand, so that nothing has to be installed for it.

One line for each row, on one logarithmic scale: the median of the rounds' ratios as a dot, its quartiles as a bar, the
budget as an upright stroke. Blue: the budget was kept; red: it was missed; grey: there is none. The figures stand
beside it, so that no colour has to be told from another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.measure import Result

__all__ = ["svg"]

WIDTH: Final = 960
LEFT: Final = 230
RIGHT: Final = 190
TOP: Final = 48
LINE: Final = 24
BOTTOM: Final = 16
KEPT: Final = "#1f5fa8"
MISSED: Final = "#c0261f"
TOLD: Final = "#777777"
_HALF_BAR: Final = 3
_HALF_STROKE: Final = 8
_SMALLEST: Final = 1e-6


def svg(results: Iterable[Result]) -> str:
    """Return the picture as the text of an SVG file."""
    results = tuple(results)
    scale = _Scale(results)
    height = TOP + LINE * len(results) + BOTTOM
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
        "<title>okmate_auth: what it costs</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        _text(12, 20, "ratio to the other side, less is better; | budget, dot median, bar quartiles", TOLD),
    ]
    for decade in scale.decades():
        x = scale.x(decade)
        lines += [
            f'<line x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{height - BOTTOM}" stroke="#dddddd"/>',
            _text(x, TOP - 10, f"{decade:g}", TOLD, anchor="middle"),
        ]
    for number, result in enumerate(results):
        lines += _row(result, TOP + LINE * number + LINE // 2, scale)
    return "\n".join((*lines, "</svg>", ""))


class _Scale:
    """Whole decades that hold everything there is to show, 1 among it."""

    def __init__(self, results: Sequence[Result]) -> None:
        shown = [1.0]
        for result in results:
            shown += (result.low, result.ratio, result.high)
            shown += () if result.benchmark.budget is None else (result.benchmark.budget,)
        logs = [math.log10(max(value, _SMALLEST)) for value in shown]
        self._low = math.floor(min(logs))
        self._high = max(math.ceil(max(logs)), self._low + 1)

    def x(self, value: float) -> float:
        """Return where a ratio stands."""
        share = (math.log10(max(value, _SMALLEST)) - self._low) / (self._high - self._low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def decades(self) -> list[float]:
        """Return the powers of ten of the scale."""
        return [10.0**power for power in range(self._low, self._high + 1)]


def _row(result: Result, y: int, scale: _Scale) -> list[str]:
    colour = {True: KEPT, False: MISSED, None: TOLD}[result.ok]
    low, high = scale.x(result.low), scale.x(result.high)
    bar = f'width="{max(high - low, 1):.1f}" height="{2 * _HALF_BAR}"'
    lines = [
        _text(LEFT - 12, y + 4, result.benchmark.name, "black", anchor="end"),
        f'<rect x="{low:.1f}" y="{y - _HALF_BAR}" {bar} fill="{colour}" fill-opacity="0.35"/>',
        f'<circle cx="{scale.x(result.ratio):.1f}" cy="{y}" r="4" fill="{colour}"/>',
    ]
    budget = result.benchmark.budget
    if budget is not None:
        x = scale.x(budget)
        lines.append(
            f'<line x1="{x:.1f}" y1="{y - _HALF_STROKE}" x2="{x:.1f}" y2="{y + _HALF_STROKE}" stroke="black" '
            'stroke-width="2"/>'
        )
    return [*lines, _text(WIDTH - RIGHT + 12, y + 4, _figures(result), colour)]


def _figures(result: Result) -> str:
    budget = result.benchmark.budget
    bound = "no budget" if budget is None else f"{'kept' if result.ok else 'MISSED'}, <= {budget:g}"
    return f"{result.ratio:.3g} ({bound})"


def _text(x: float, y: float, text: str, colour: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
