"""Records, rows and change sets for the tests of stores, all dated alike: time is an argument there too."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar, cast

import attrs

from okmate_auth.ports import AnyKey, ChangeSet
from okmate_auth.records import Note, Notice, Record, Row, Session

AT: Final = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)

T = TypeVar("T")

_ids = itertools.count(1)


def new_id(end: str = "11") -> str:
    """Return another id for a change set; its last two digits decide whether SQLite makes a checkpoint after it."""
    return f"{next(_ids):030x}{end}"


def note(name: str, **data: Any) -> Note:  # noqa: ANN401  # any JSON
    """Return a record that is never due."""
    return Note(subject=name, action="test", data=data)


def session(name: str, *, ends_at: datetime = AT) -> Session:
    """Return a record that is due at its end."""
    return Session(
        handle=name,
        subject="s",
        account="a",
        login_id="yamada01",
        bank="",
        company="c",
        role="user",
        entrance="password",
        browser="b",
        started_at=AT,
        ends_at=ends_at,
    )


def notice(name: str, *, written_at: datetime = AT) -> Notice:
    """Return a record that is due when it was written."""
    return Notice(id=name, subject="s", bank="", login_id="yamada01", event="login", written_at=written_at)


def row(chain: str, number: int, body: bytes = b"body") -> Row:
    """Return a history row."""
    return Row(chain, number, "k1", body, b"m" * 32)


def altered(value: T, **fields: object) -> T:
    """Return a copy whose fields hold what their types forbid."""
    return cast("T", cast("Any", attrs.evolve)(value, **fields))


def creation(*records: Record, **changes: object) -> ChangeSet:
    """Return a change set that creates records."""
    return change({record.key: None for record in records}, puts=records, **changes)


def change(guards: Mapping[AnyKey, str | None] | None = None, **changes: Any) -> ChangeSet:  # noqa: ANN401  # as above
    """Return a change set."""
    return ChangeSet(**{"id": new_id(), "at": AT, "guards": guards or {}, **changes})
