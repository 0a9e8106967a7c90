"""The drawing as DOT text, and as a picture where Graphviz is installed (https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

import shutil
import subprocess
from typing import Final

from okmate_auth.cli.drawing import LEGEND, START, Machine
from okmate_auth.errors import ConfigurationError, InfrastructureError

__all__ = ["dot", "svg"]

PATIENCE_SECONDS: Final = 60  # drawing takes less than one

_MISSING: Final = "Graphviz is not installed (there is no dot): install it, or ask for mermaid or dot instead of svg"
_FAILED: Final = "Graphviz could not draw it: try dot -Tsvg on the text that --format dot gives"


def dot(machine: Machine) -> str:
    """Return the text of a DOT graph, ending in a line feed."""
    lines = [
        *(f"// {line}" for line in LEGEND),
        "digraph login {",
        "    rankdir=TB; nodesep=0.5; ranksep=0.7;",
        '    node [shape=box, style=rounded, fontname="Helvetica", fontsize=12];',
        '    edge [fontname="Helvetica", fontsize=10, arrowsize=0.7];',
        f"    {START} [shape=circle];",
    ]
    for step in machine.steps:
        style = ' [style="rounded,dashed"]' if step in machine.unanswered else ""
        lines.append(f"    {step}{style};")
    lines += [f"    {end} [peripheries=2];" for end in machine.ends]
    for move in machine.moves:
        style = ", style=dashed" if move.target in machine.unanswered else ""
        lines.append(f'    {move.source} -> {move.target} [label="{move.command}"{style}];')
    for loop in machine.loops:
        label = "".join(f"{line}\\l" for line in loop.labels)  # DOT's own line end, aligned to the left
        lines.append(f'    {loop.place} -> {loop.place} [label="{label}", color=gray50, fontcolor=gray30];')
    return "\n".join([*lines, "}"]) + "\n"


def svg(machine: Machine) -> str:
    """Return the drawing as SVG.

    Raises:
        ConfigurationError: Graphviz's ``dot`` is not installed.
        InfrastructureError: It failed.
    """
    program = shutil.which("dot")
    if program is None:
        raise ConfigurationError(_MISSING)
    try:
        done = subprocess.run(  # noqa: S603 - the program that the user's own PATH names, no shell, text of ours
            [program, "-Tsvg"],
            input=dot(machine),
            capture_output=True,
            check=True,
            encoding="utf-8",
            timeout=PATIENCE_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        raise InfrastructureError(_FAILED) from None
    return done.stdout
