"""A bank's own steps of the login: mail correction, notices, whatever must be done before the top page.

Rule 1. An action is pure: it sees what is known about the account and its own note, and says what is due.
Rule 2. It raises no assurance and ends no step but its own; sessions are minted elsewhere.
Rule 3. What lives in the bank's own system is called in the view, with (flow, action) as idempotency key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol, cast

import attrs

from okmate_auth.codec import Json
from okmate_auth.errors import MisuseError
from okmate_auth.records import Account
from okmate_auth.violations import Violation

LEVELS: Final = 32  # of nesting: nobody needs more, and every walk over it stays shallow
NOTE_LIMIT: Final = 4096  # bytes of JSON: a note is loaded with every login of its account


@attrs.frozen(kw_only=True)
class Person:
    """What an action may know about an account.

    Attributes:
        login_id: As registered.
        name: As the company wrote it.
        company: The company's id.
        role: ``master``, ``administrator`` or ``user``.
        entitlements: Names of services.
        registered_at: When the account was made.
    """

    login_id: str
    name: str
    company: str
    role: str
    entitlements: tuple[str, ...]
    registered_at: datetime

    @classmethod
    def of(cls, account: Account) -> Person:
        """Return what an action may know about ``account``."""
        return cls(
            login_id=account.login_id,
            name=account.name,
            company=account.company,
            role=account.role,
            entitlements=account.entitlements,
            registered_at=account.created_at,
        )


@attrs.frozen
class Problems:
    """An answer that an action does not take.

    Attributes:
        violations: What is wrong with it, for the page.
    """

    violations: tuple[Violation, ...]


class IsDue(Protocol):
    """Says whether an action is due."""

    def __call__(self, person: Person, note: Mapping[str, Json] | None, now: datetime, /) -> Mapping[str, Json] | None:
        """Return what the page needs, or None where nothing is due."""
        ...


class Apply(Protocol):
    """Takes an answer."""

    def __call__(
        self, note: Mapping[str, Json] | None, answer: Mapping[str, Json], now: datetime, /
    ) -> Mapping[str, Json] | Problems:
        """Return the note to keep (JSON, at most 4 KiB), or what is wrong with the answer."""
        ...


@attrs.frozen(kw_only=True)
class Action:
    """One of a bank's own steps.

    Attributes:
        name: Stable, in lower-case words joined by hyphens; the profile's order names it.
        is_due: Whether it is due now.
        apply: What an answer makes of the note.
    """

    name: str
    is_due: IsDue
    apply: Apply


def json_object(data: object) -> dict[str, Json] | None:
    """Return a copy of a JSON object of at most 4 KiB and 32 levels; None for anything else."""
    if not isinstance(data, Mapping):
        return None
    try:
        text = json.dumps(dict(cast("Mapping[str, Json]", data)), allow_nan=False, separators=(",", ":"))
        parsed: dict[str, Json] = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
    return parsed if len(text) <= NOTE_LIMIT and _levels(parsed) <= LEVELS else None


def _levels(value: Json) -> int:
    """Return how deep a JSON value is nested, counted no further than is allowed."""
    level, here = 0, [value]
    while here and level <= LEVELS:
        level += 1
        below = [one.values() if isinstance(one, dict) else one for one in here if isinstance(one, dict | list)]
        here = [item for items in below for item in items]
    return level


def checked_note(action: str, data: object) -> dict[str, Json]:
    """Return what an action gave, made sure that it is a JSON object of at most 4 KiB.

    Raises:
        MisuseError: It is not.
    """
    parsed = json_object(data)
    if parsed is None:
        message = f"the action {action!r} gave something else than a JSON object of at most {NOTE_LIMIT} bytes"
        raise MisuseError(message)
    return parsed
