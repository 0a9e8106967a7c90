"""The drawing as DOT text, and as SVG where Graphviz is installed."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from okmate_auth.cli.dot import dot, svg
from okmate_auth.cli.drawing import drawn
from okmate_auth.errors import ConfigurationError, InfrastructureError
from tests.transition_table import TRIPLES, Triple, triples_of_loop

EDGE = re.compile(r'    (\w+) -> (\w+) \[label="([^"]*)"([^\]]*)\];')
NODE = re.compile(r"    (\w+)(?: \[(.*)\])?;")
ATTRIBUTES = ("node", "edge")
SVG = "{http://www.w3.org/2000/svg}"

needs_graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


def edges(text: str) -> list[tuple[str, str, str, str]]:
    """Return source, target, label and style of each edge."""
    return [(edge[1], edge[2], edge[3], edge[4]) for line in text.splitlines() if (edge := EDGE.fullmatch(line))]


def triples(text: str) -> list[Triple]:
    """Return the transitions of a graph."""
    found: list[Triple] = []
    for source, target, label, _ in edges(text):
        if label.endswith("\\l"):
            assert source == target
            found += triples_of_loop(source, label.removesuffix("\\l").split("\\l"))
        else:
            found.append((source, label, target))
    return found


def nodes(text: str) -> dict[str, str]:
    """Return each node with its style."""
    found = (NODE.fullmatch(line) for line in text.splitlines())
    return {match[1]: match[2] or "" for match in found if match and match[1] not in ATTRIBUTES}


def test_every_transition_is_drawn_exactly_once() -> None:
    """Parsed back from the text, it is the table."""
    assert sorted(triples(dot(drawn()))) == sorted(TRIPLES)


def test_every_place_is_a_node() -> None:
    """Start, the steps, the ends; none is made by an edge alone."""
    text, machine = dot(drawn()), drawn()
    assert list(nodes(text)) == ["Start", *machine.steps, *machine.ends]
    assert {name for edge in edges(text) for name in edge[:2]} <= set(nodes(text))


def test_steps_that_can_not_be_left_are_dashed_and_so_are_the_ways_there() -> None:
    """Those and no others."""
    text, machine = dot(drawn()), drawn()
    assert {name for name, style in nodes(text).items() if "dashed" in style} == set(machine.unanswered)
    for _, target, _, style in edges(text):
        assert ("dashed" in style) is (target in machine.unanswered and "gray" not in style)


def test_it_is_the_same_every_time_and_ascii() -> None:
    """The documentation holds a copy that can be compared."""
    assert dot(drawn()) == dot(drawn())
    assert dot(drawn()).isascii()
    assert dot(drawn()).endswith("}\n")


@needs_graphviz
def test_graphviz_draws_all_of_it() -> None:
    """Every place and every edge is in the picture, which is well-formed XML."""
    root = ET.fromstring(svg(drawn()))  # noqa: S314 - what dot wrote a moment ago
    groups = [group.get("class") for group in root.iter(f"{SVG}g")]
    text = dot(drawn())
    assert groups.count("node") == len(nodes(text))
    assert groups.count("edge") == len(edges(text))


@needs_graphviz
def test_a_picture_is_the_same_every_time() -> None:
    """As long as Graphviz is."""
    assert svg(drawn()) == svg(drawn())


def test_without_graphviz_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And what can be asked for instead."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"Graphviz is not installed .* mermaid or dot"):
        svg(drawn())


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 3\n", "#!/missing/program\n"])
def test_a_graphviz_that_fails_is_said(script: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It ended with an error, or could not be started; nothing of its own message is taken over."""
    program = tmp_path / "dot"
    program.write_text(script)
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InfrastructureError, match="Graphviz could not draw it"):
        svg(drawn())
