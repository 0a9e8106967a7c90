"""The drawing as Mermaid text, which many viewers of Markdown draw (https://mermaid.js.org/syntax/stateDiagram.html)."""

from __future__ import annotations

from okmate_auth.cli.drawing import LEGEND, START, Machine

__all__ = ["mermaid"]


def mermaid(machine: Machine) -> str:
    """Return the text of a Mermaid state diagram, ending in a line feed."""
    lines = [
        "stateDiagram-v2",
        *(f"    %% {line}" for line in LEGEND),
        f"    [*] --> {START}",
        *(f"    {move.source} --> {move.target}: {move.command}" for move in machine.moves),
        *(f"    {loop.place} --> {loop.place}: {'<br/>'.join(loop.labels)}" for loop in machine.loops),
        *(f"    {end} --> [*]" for end in machine.ends),
    ]
    if machine.unanswered:
        lines.append("    classDef unanswered stroke-dasharray: 4 4")
        lines += [f"    class {step} unanswered" for step in machine.unanswered]
    return "\n".join(lines) + "\n"
