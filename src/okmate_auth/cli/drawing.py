"""The state machine as something that can be drawn: places, moves between them, loops.

Rule 1. Everything comes from the table that the commands declare; nothing about the login is written here.
Rule 2. Each transition, a command that answers a step with a class of reply, is drawn exactly once: as a move where the
        reply is a step or an end, in a loop where it is ``Refused`` or ``Busy``, which lead nowhere else.
Rule 3. The same table gives the same drawing, character by character.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from okmate_auth.commands import TRANSITIONS, Abandon
from okmate_auth.decision import Command
from okmate_auth.replies import Busy, Refused, Step

__all__ = ["LEGEND", "START", "Loop", "Machine", "Move", "Table", "drawn"]

START: Final = "Start"

LEGEND: Final = (
    "Drawn from okmate_auth.commands.TRANSITIONS by: okmate-auth diagram.",
    "A loop is what leads nowhere: Refused (the same step again under a fresh handle, or the login has ended)",
    "and Busy (nothing was counted against the user, or spent). Dashed: no command of this version answers that step.",
)

_LOOPS: Final = (Refused, Busy)


@attrs.frozen
class Move:
    """A command that answers one place and leads to another.

    Attributes:
        source: Name of a step, or :data:`START`.
        command: Name of the command.
        target: Name of the reply: a step or an end.
    """

    source: str
    command: str
    target: str


@attrs.frozen
class Loop:
    """What leads nowhere from one place.

    Attributes:
        place: Name of a step, or :data:`START`.
        labels: For each command its name and the names of those replies, such as ``ChangePasswords / Refused, Busy``.
    """

    place: str
    labels: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Machine:
    """Everything there is to draw.

    Attributes:
        steps: Names of the steps, in the order of the procedure.
        unanswered: Names of steps that no command of this version answers, other than by abandoning.
        ends: Names of replies that are no steps.
        moves: In the order of the table.
        loops: At most one for a place, in the order of the table.
    """

    steps: tuple[str, ...]
    unanswered: tuple[str, ...]
    ends: tuple[str, ...]
    moves: tuple[Move, ...]
    loops: tuple[Loop, ...]


Table = Mapping["type[Step] | None", Mapping[type[Command[Any]], tuple[type, ...]]]


def drawn(table: Table = TRANSITIONS) -> Machine:
    """Return the places, moves and loops of a table of transitions."""
    moves: list[Move] = []
    loops: list[Loop] = []
    ends: dict[str, None] = {}
    for step, commands in table.items():
        place = START if step is None else step.__name__
        labels: list[str] = []
        for command, replies in commands.items():
            leading = [reply for reply in replies if reply not in _LOOPS]
            moves += [Move(place, command.__name__, reply.__name__) for reply in leading]
            ends |= {reply.__name__: None for reply in leading if not issubclass(reply, Step)}
            nowhere = ", ".join(reply.__name__ for reply in replies if reply in _LOOPS)
            labels += [f"{command.__name__} / {nowhere}"] if nowhere else []
        loops += [Loop(place, tuple(labels))] if labels else []
    return Machine(
        steps=tuple(step.__name__ for step in table if step is not None),
        unanswered=tuple(step.__name__ for step, commands in table.items() if step and not set(commands) - {Abandon}),
        ends=tuple(ends),
        moves=tuple(moves),
        loops=tuple(loops),
    )
