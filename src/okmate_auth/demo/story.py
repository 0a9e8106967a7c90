"""What a story is: scenes of beats, each of which says who does what and what must come of it.

Rule 1. A story is data. Whoever adds a capability to the library adds scenes; the player, which submits and verifies,
        and the tellers, which show what happened, stay as they are.
Rule 2. Every act states the reply that it must get, so that a demo that runs to its end has verified itself.
Rule 3. What people read is not here: a beat names its words, :mod:`okmate_auth.demo.wording` has them in each language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

import attrs

from okmate_auth.decision import Command
from okmate_auth.demo.stage import Role, Stage
from okmate_auth.queries.query import Query
from okmate_auth.replies import Refused, Step

__all__ = ["Act", "Beat", "Claim", "Expected", "Look", "Scene", "Wait", "gives", "length", "refused"]


@attrs.frozen
class Expected:
    """The reply that an act must get.

    Attributes:
        reply: Its class.
        code: Of a refusal, its code; '' for other replies.
        at: Of a refusal, the class of the step that is due again; None where the login has ended or none was begun.
        violations: Of a refusal, the codes of everything that was wrong with what was entered, in their order.
    """

    reply: type
    code: str = ""
    at: type[Step] | None = None
    violations: tuple[str, ...] = ()

    def fits(self, reply: object) -> bool:
        """Say whether a reply is the expected one."""
        return self == described(reply)

    def __str__(self) -> str:
        at = "" if self.at is None else f" at {self.at.__name__}"
        inner = ", ".join((*((self.code,) if self.code else ()), *self.violations))
        return f"{self.reply.__name__}{f'({inner})' if inner else ''}{at}"


def described(reply: object) -> Expected:
    """Return what a reply would have been expected as: its class and codes, nothing that was entered or minted."""
    if isinstance(reply, Refused):
        at = None if reply.at is None else type(reply.at)
        return Expected(Refused, reply.code, at, tuple(violation.code for violation in reply.violations))
    return Expected(type(reply))


def gives(reply: type) -> Expected:
    """Return the expectation of a reply that is no refusal."""
    return Expected(reply)


def refused(code: str, *violations: str, at: type[Step] | None = None) -> Expected:
    """Return the expectation of a refusal."""
    return Expected(Refused, code, at, violations)


@attrs.frozen
class Claim:
    """Something a scene says about what just happened, and how it is verified.

    Attributes:
        name: Of the claim, the same in every language.
        holds: Looks at the stage after the act and says whether it is so.
    """

    name: str
    holds: Callable[[Stage], bool]


@attrs.frozen(kw_only=True)
class Act:
    """Somebody submits a command.

    Attributes:
        who: Who, and from where.
        does: Name of the words that say what he does.
        command: Makes the command from what the stage knows by then; called for every submit anew.
        expects: The reply.
        clicks: How many identical submits at the same moment.
        times: How often he does it, one after the other.
        claims: What is said, and verified, about it.
    """

    who: Role
    does: str
    command: Callable[[Stage], Command[Any]]
    expects: Expected
    clicks: int = 1
    times: int = 1
    claims: tuple[Claim, ...] = ()


@attrs.frozen(kw_only=True)
class Look:
    """Somebody reads something; nothing is written.

    Attributes:
        who: Who.
        does: Name of the words that say what he looks at.
        query: Makes the query from what the stage knows by then.
        claims: What is said, and verified, about the answer.
    """

    who: Role
    does: str
    query: Callable[[Stage], Query[Any]]
    claims: tuple[Claim, ...] = ()


@attrs.frozen(kw_only=True)
class Wait:
    """Time passes: the demo's clock is moved, nobody waits.

    Attributes:
        by: How far.
        says: Name of the words that tell it.
        meanwhile: What somebody does by then who is no part of the library: a CA, a tokens' maker.
    """

    by: timedelta
    says: str
    meanwhile: Callable[[Stage], None] | None = None


Beat = Act | Look | Wait


@attrs.frozen(kw_only=True)
class Scene:
    """A part of the story with a title of its own.

    Attributes:
        name: The same in every language; the wording has ``<name>.title`` and ``<name>.lead``.
        beats: What happens, in order.
    """

    name: str
    beats: tuple[Beat, ...]


def length(story: Iterable[Scene]) -> timedelta:
    """Return how far the demo's clock is moved in all."""
    return sum((wait.by for wait in _waits(story)), timedelta(0))


def _waits(story: Iterable[Scene]) -> Iterator[Wait]:
    return (beat for scene in story for beat in scene.beats if isinstance(beat, Wait))
