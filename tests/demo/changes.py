"""Our story, changed so that something it says is not so: acts replaced, put in, left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from okmate_auth.commands import Logout, SkipEnrollment
from okmate_auth.decision import Command
from okmate_auth.demo.people import HANAKO, HANAKO_LOGIN, HOME, OFFICE
from okmate_auth.demo.scenes import STORY, logins
from okmate_auth.demo.stage import Role, Stage
from okmate_auth.demo.story import Act, Beat, Claim, Expected, Scene, Wait, gives
from okmate_auth.replies import LoggedOut
from tests.unchecked import unchecked

__all__ = [
    "NOTHING",
    "Change",
    "act",
    "before",
    "both",
    "changed",
    "claims_of",
    "instead",
    "logs_in",
    "logs_out",
    "nothing",
    "scene",
    "skips",
    "without",
    "without_waits",
]

Change = Callable[[list[Beat]], None]


def scene(name: str) -> Scene:
    """Return one of our scenes."""
    return next(scene for scene in STORY if scene.name == name)


def claims_of(name: str, does: str) -> tuple[Claim, ...]:
    """Return what is said about an act of one of our scenes."""
    return next(beat.claims for beat in scene(name).beats if isinstance(beat, Act) and beat.does == does)


def changed(name: str, change: Change) -> tuple[Scene, ...]:
    """Return our story with the beats of one scene changed."""
    beats = list(scene(name).beats)
    change(beats)
    return tuple(attrs.evolve(one, beats=tuple(beats)) if one.name == name else one for one in STORY)


def instead(does: str, **changes: object) -> Change:
    """Change the fields of an act."""

    def change(beats: list[Beat]) -> None:
        number = _at(beats, does)
        beats[number] = attrs.evolve(beats[number], **unchecked(changes))

    return change


def before(does: str, *beats: Beat) -> Change:
    """Have something happen before an act."""

    def change(all_beats: list[Beat]) -> None:
        number = _at(all_beats, does)
        all_beats[number:number] = beats

    return change


def both(*changes: Change) -> Change:
    """Do one change after the other."""

    def change(beats: list[Beat]) -> None:
        for one in changes:
            one(beats)

    return change


def without(does: str) -> Change:
    """Leave out an act."""

    def change(beats: list[Beat]) -> None:
        del beats[_at(beats, does)]

    return change


def without_waits(beats: list[Beat]) -> None:
    """Let no time pass."""
    beats[:] = [beat for beat in beats if not isinstance(beat, Wait)]


def _at(beats: list[Beat], does: str) -> int:
    """Return where an act stands."""
    return next(number for number, beat in enumerate(beats) if not isinstance(beat, Wait) and beat.does == does)


def logs_in(expects: type) -> Act:
    """Return an honest login of Hanako's, up to where it then stands."""
    return Act(who=OFFICE, does="x", command=logins.login(OFFICE, HANAKO, HANAKO_LOGIN), expects=gives(expects))


def logs_out(role: Role) -> Act:
    """Return an act of logging out about which nothing is said."""
    return attrs.evolve(logins.logs_out(role), does="x", claims=())


def nothing(stage: Stage) -> Logout:
    """Return a command that does nothing."""
    return Logout("x" * 43, stage.client(HOME))


def skips(stage: Stage) -> SkipEnrollment:
    """Return a command that puts enrollment off."""
    return SkipEnrollment(handle=stage.handle(OFFICE), client=stage.client(OFFICE))


def act(expects: Expected, command: Callable[[Stage], Command[Any]]) -> Act:
    """Return an act of Hanako's about which nothing is said."""
    return Act(who=OFFICE, does="x", command=command, expects=expects)


NOTHING = Act(who=HOME, does="x", command=nothing, expects=gives(LoggedOut))
