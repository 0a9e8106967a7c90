"""Records, rows and change sets for the kit: what a store is fed with.

Rule 1. Names are random, so that nothing rests on what another check left behind.
Rule 2. Change sets are dated with this machine's clock: a store may forget their ids by its own.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from okmate_auth.ports import AnyKey, ChangeSet, Loaded
from okmate_auth.records import Key, Note, Record, Row

__all__ = ["cell", "cell_at", "change", "creation", "fresh", "new_id", "now", "number", "row", "versions"]


def now() -> datetime:
    """Return this machine's clock in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the kit stands above the shells; a store may compare with its own clock


def new_id() -> str:
    """Return a random id for a change set: 32 hex digits."""
    return secrets.token_hex(16)


def fresh(what: str) -> str:
    """Return a name that nothing else has."""
    return f"{what}-{secrets.token_hex(6)}"


def cell_at(name: str) -> Key[Note]:
    """Return the key of a numbered cell."""
    return Note.at(name, "kit")


def cell(name: str, value: int) -> Note:
    """Return a record that holds a number."""
    return Note(subject=name, action="kit", data={"number": value})


def number(found: Mapping[AnyKey, Loaded], name: str) -> int | None:
    """Return the number in a cell, None where the cell is absent."""
    loaded = found.get(cell_at(name))
    return None if loaded is None else cast("int", cast("Note", loaded.record).data["number"])


def versions(found: Mapping[AnyKey, Loaded], names: Iterable[str]) -> dict[AnyKey, str | None]:
    """Return the guards that rest on what was found of these cells, absence included."""
    keys = [cell_at(name) for name in names]
    return {key: found[key].version if key in found else None for key in keys}


def row(chain: str, count: int, text: str) -> Row:
    """Return a row that says ``text``; its MAC is 32 bytes that no store can check."""
    body = text.encode()
    return Row(chain, count, "kit", body, hashlib.sha256(body).digest())


def change(
    guards: Mapping[Any, str | None],
    *,
    puts: Sequence[Record] = (),
    deletes: Sequence[AnyKey] = (),
    appends: Sequence[Row] = (),
    at: datetime | None = None,
) -> ChangeSet:
    """Return a change set with a new id."""
    return ChangeSet(
        id=new_id(),
        at=now() if at is None else at,
        guards=dict(guards),
        puts=tuple(puts),
        deletes=tuple(deletes),
        appends=tuple(appends),
    )


def creation(*records: Record, appends: Sequence[Row] = ()) -> ChangeSet:
    """Return a change set that creates records, guarded by their absence."""
    return change({record.key: None for record in records}, puts=records, appends=appends)
