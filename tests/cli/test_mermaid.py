"""The drawing as Mermaid text."""

from __future__ import annotations

import re

from okmate_auth.cli.drawing import drawn
from okmate_auth.cli.mermaid import mermaid
from okmate_auth.commands import Abandon, PasswordLogin
from okmate_auth.replies import CodeDue, PasswordChangeDue
from tests.transition_table import TRIPLES, Triple, triples_of_loop

EDGE = re.compile(r"    (\w+|\[\*\]) --> (\w+|\[\*\])(?:: (.+))?")


def parsed(text: str) -> tuple[list[Triple], list[tuple[str, str]], list[str]]:
    """Return transitions, bare arrows and the remaining lines of a state diagram."""
    first, *lines = text.splitlines()
    assert first == "stateDiagram-v2"
    triples: list[Triple] = []
    arrows: list[tuple[str, str]] = []
    others: list[str] = []
    for line in lines:
        edge = EDGE.fullmatch(line)
        if edge is None:
            others.append(line.strip())
        elif edge[3] is None:
            arrows.append((edge[1], edge[2]))
        elif " / " in edge[3]:
            assert edge[1] == edge[2]
            triples += triples_of_loop(edge[1], edge[3].split("<br/>"))
        else:
            triples.append((edge[1], edge[3], edge[2]))
    return triples, arrows, others


def test_every_transition_is_drawn_exactly_once() -> None:
    """Parsed back from the text, it is the table."""
    assert sorted(parsed(mermaid(drawn()))[0]) == sorted(TRIPLES)


def test_it_begins_and_ends() -> None:
    """One way in, and each end a way out."""
    assert parsed(mermaid(drawn()))[1] == [("[*]", "Start"), ("Authenticated", "[*]"), ("Abandoned", "[*]")]


def test_steps_that_can_not_be_left_are_dashed() -> None:
    """Those and no others have the class."""
    text = mermaid(drawn({None: {PasswordLogin: (CodeDue, PasswordChangeDue)}, CodeDue: {Abandon: Abandon.replies}}))
    others = parsed(text)[2]
    assert "class CodeDue unanswered" in others
    assert sum(line.startswith("class ") for line in others) == 1
    assert "classDef unanswered stroke-dasharray: 4 4" in others


def test_where_every_step_can_be_left_nothing_is_dashed() -> None:
    """No class is defined that nothing has."""
    assert "class" not in mermaid(drawn({None: {PasswordLogin: (PasswordChangeDue,)}}))


def test_the_rest_is_a_legend() -> None:
    """Comments say where it comes from and what a loop means."""
    others = parsed(mermaid(drawn()))[2]
    assert all(line.startswith(("%% ", "class ", "classDef ")) for line in others)
    assert any("okmate_auth.commands.TRANSITIONS" in line for line in others)


def test_it_is_the_same_every_time_and_ascii() -> None:
    """The documentation holds a copy that can be compared."""
    assert mermaid(drawn()) == mermaid(drawn())
    assert mermaid(drawn()).isascii()
    assert mermaid(drawn()).endswith("\n")
