"""The table of transitions as triples of names: place, command, reply."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from okmate_auth.cli.drawing import START
from okmate_auth.commands import TRANSITIONS

Triple = tuple[str, str, str]

TRIPLES: Final[list[Triple]] = [
    (START if step is None else step.__name__, command.__name__, reply.__name__)
    for step, commands in TRANSITIONS.items()
    for command, replies in commands.items()
    for reply in replies
]


def triples_of_loop(place: str, labels: Iterable[str]) -> list[Triple]:
    """Return what a loop's labels say, such as ``ChangePasswords / Refused, Busy``."""
    found: list[Triple] = []
    for label in labels:
        command, replies = label.split(" / ")
        found += [(place, command, reply) for reply in replies.split(", ")]
    return found
