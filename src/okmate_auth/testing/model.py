"""The store contract as a program: what every store is compared with, step by step.

It keeps plain dictionaries, knows one caller, and has no locks, no copies and no encoding, so that it can be checked by
reading. It says nothing of malformed change sets: those never reach it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome
from okmate_auth.records import Record, Row

__all__ = ["Model"]


class Model:
    """A store in the sense of the contract, for one caller at a time."""

    def __init__(self) -> None:
        self.records: dict[AnyKey, Loaded] = {}
        self.chains: dict[str, list[Row]] = {}
        self.done: set[str] = set()

    def version(self, key: AnyKey) -> str | None:
        """Return the version of a record, None where it is absent."""
        loaded = self.records.get(key)
        return None if loaded is None else loaded.version

    def load(self, keys: Collection[AnyKey]) -> Mapping[AnyKey, Loaded]:
        """Return the records that exist among ``keys`` (guarantee 8)."""
        return {key: self.records[key] for key in keys if key in self.records}

    def commit(self, change: ChangeSet) -> Outcome:
        """Do everything or nothing (guarantees 1, 2, 4, 5, 6, 7 and 10)."""
        if change.id in self.done:
            return "done"
        if any(self.version(key) != version for key, version in change.guards.items()):
            return "conflict"
        longer = {row.chain: list(self.chains.get(row.chain, ())) for row in change.appends}
        for row in change.appends:
            if row.number != len(longer[row.chain]) + 1:
                return "conflict"
            longer[row.chain].append(row)
        self.chains.update(longer)
        self.records.update({record.key: Loaded(record, change.id) for record in change.puts})
        for key in change.deletes:
            del self.records[key]
        self.done.add(change.id)
        return "done"

    def history(self, chain: str, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """Return up to ``limit`` rows, newest first (guarantee 7)."""
        rows = self.chains.get(chain, [])
        return [row for row in reversed(rows) if before is None or row.number < before][:limit]

    def due(self, kind: str, until: datetime) -> Sequence[Record]:
        """Return all records of a kind that are due, earliest first."""
        dated = [
            (loaded.record.due_at, loaded.record)
            for key, loaded in self.records.items()
            if key.kind == kind and loaded.record.due_at is not None
        ]
        return [record for due_at, record in sorted(dated, key=lambda pair: pair[0]) if due_at <= until]
