"""A command, and the pure function of it that the shells' loop calls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import ClassVar, Generic, TypeVar, cast

from okmate_auth.decision.context import Context
from okmate_auth.decision.draft import Draft, Stop
from okmate_auth.decision.facts import Facts
from okmate_auth.decision.outcome import Ask, Commit, Reserve
from okmate_auth.ports import AnyKey
from okmate_auth.replies import Busy

R = TypeVar("R")


class Command(ABC, Generic[R]):
    """Base of the commands: frozen attrs classes, generic in their reply.

    Class attributes:
        answers: Which step the command answers; None for one that answers no step.
        replies: Every class its reply can have.
    """

    answers: ClassVar[type | None] = None
    replies: ClassVar[tuple[type, ...]] = ()

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return the keys that follow from the command alone; they are loaded before the first decision."""
        del context
        return ()

    @abstractmethod
    def decide(self, draft: Draft) -> Commit[R]:
        """Decide, written against a draft so that it reads top to bottom."""

    def settle(self, draft: Draft, commit: Commit[R]) -> Commit[R]:
        """Settle places that the commit leaves open, because what the guess was for went away meanwhile."""
        del draft
        return commit

    def turned_away(self, draft: Draft, retry_after: timedelta, reason: str) -> Commit[R]:
        """Decide what happens when nothing can be decided: too much is at work, or the source is over its limit.

        Args:
            draft: A fresh draft.
            retry_after: When another try makes sense.
            reason: ``busy`` or ``source-limit``, for the history.
        """
        del reason
        return draft.commit(cast("R", Busy(retry_after=retry_after)))

    @property
    def source(self) -> str:
        """Address of the source that the limiter watches, '' for none."""
        return ""


def decide(command: Command[R], facts: Facts, context: Context) -> Ask | Reserve | Commit[R]:
    """Return what is to be asked, reserved or committed, given what is known so far; pure."""
    try:
        draft = Draft(facts, context)
        commit = command.decide(draft)
        return command.settle(draft, commit) if draft.unsettled else commit
    except Stop as stop:
        return stop.decision


def turn_away(
    command: Command[R], facts: Facts, context: Context, retry_after: timedelta, reason: str
) -> Ask | Reserve | Commit[R]:
    """Return what is to be asked or committed where a command can't be decided now; pure."""
    try:
        return command.turned_away(Draft(facts, context), retry_after, reason)
    except Stop as stop:
        return stop.decision
