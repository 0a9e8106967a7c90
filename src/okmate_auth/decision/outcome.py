"""What a decision can be: a question, a reservation, a commit."""

from __future__ import annotations

from typing import Generic, TypeVar

import attrs

from okmate_auth.decision.facts import Question
from okmate_auth.ports import ChangeSet, SourceOutcome

R_co = TypeVar("R_co", covariant=True)


@attrs.frozen
class Ask:
    """These are to be answered first; all of them may be at once."""

    questions: tuple[Question, ...]


@attrs.frozen
class Reserve:
    """This must be committed before more is asked; a pool slot must be in hand first."""

    change: ChangeSet


@attrs.frozen
class Commit(Generic[R_co]):
    """Everything that is to happen, at once, and the reply that is then true.

    Attributes:
        change: What to commit; None where nothing is.
        reply: What to answer once it is committed.
        source: What the source limiter learns.
    """

    change: ChangeSet | None
    reply: R_co
    source: SourceOutcome | None = None
