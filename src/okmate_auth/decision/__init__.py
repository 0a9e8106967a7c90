"""Deciding: command → facts → ask, reserve or commit.

Rule 1. A command is an immutable value; what it means is one pure function of the facts known so far.
Rule 2. That function answers with what it still wants to know (``Ask``), with a commit that must stand before it
        may know more (``Reserve``: a guess is counted before it is judged), or with everything at once (``Commit``).
        It is called again from its beginning each time; facts are found by what they are about, never by position.
Rule 3. Everything it depends on is in the facts or the context: no clock, no randomness, nothing opened.
Rule 4. A commit is guarded by every record that was read, absence included, unless the command names what it rests on.
"""

from __future__ import annotations

from okmate_auth.decision.command import Command, decide, turn_away
from okmate_auth.decision.context import Context, Memo
from okmate_auth.decision.draft import Draft
from okmate_auth.decision.facts import (
    CheckCertificate,
    CheckPassword,
    CountUnjudged,
    Expensive,
    Facts,
    HashPassword,
    LetFirstTryFinish,
    Load,
    Question,
)
from okmate_auth.decision.outcome import Ask, Commit, Reserve

__all__ = [
    "Ask",
    "CheckCertificate",
    "CheckPassword",
    "Command",
    "Commit",
    "Context",
    "CountUnjudged",
    "Draft",
    "Expensive",
    "Facts",
    "HashPassword",
    "LetFirstTryFinish",
    "Load",
    "Memo",
    "Question",
    "Reserve",
    "decide",
    "turn_away",
]
