"""The store of ``docs/write-a-store.md``, word for word: checked by mypy here, and judged by the kit next door."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from okmate_auth.errors import CommitUnknownError, StoreUnavailableError
from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome
from okmate_auth.records import Key, Record, Row, decode
from okmate_auth.storage import check_change
from okmate_auth.storage.change import (
    KEPT_MICROSECONDS,
    check_due,
    check_history,
    check_load,
    encoded_puts,
    microseconds,
    rows_before,
)

Data = dict[str, dict[str, Any]]


def read(file: Path) -> Data:
    """Return everything that is kept, as of one instant."""
    try:
        data: Data = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {"records": {}, "rows": {}, "done": {}}
    return data


def replace(file: Path, data: Data) -> None:
    """Put new content in the file's place: all of it or nothing."""
    new = file.with_suffix(".new")
    new.touch(mode=0o600)
    with new.open("wb") as opened:
        opened.write(json.dumps(data, separators=(",", ":")).encode("ascii"))
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)


def settle(file: Path) -> None:
    """Make sure that what stands in the file's place is on the disk."""
    try:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError:
        message = "the change is in its place, and may not be on the disk"
        raise CommitUnknownError(message) from None


@contextlib.contextmanager
def alone(file: Path) -> Iterator[None]:
    """Keep every other commit out, of this process and of others."""
    with file.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def text(key: AnyKey) -> str:
    """Return the name by which a record is kept."""
    return f"{key.kind} {key.id}"


class FileStore:
    """A store in one JSON file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._closed = False

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """Return the records that exist among ``keys``."""
        wanted = check_load(keys)
        with self._working():
            records = read(self._file)["records"]
        found = {key: records[text(key)] for key in wanted if text(key) in records}
        return {key: Loaded(decode(key.kind, kept["body"]), kept["version"]) for key, kept in found.items()}

    def commit(self, change: ChangeSet, /) -> Outcome:
        """Do all of ``change`` or nothing of it."""
        check_change(change)
        puts, at = encoded_puts(change), microseconds(change.at)
        with self._working(), alone(self._file):
            data = read(self._file)
            records, rows, done = data["records"], data["rows"], data["done"]
            if change.id in done:
                settle(self._file)
                return "done"
            for key, version in change.guards.items():
                if records.get(text(key), {}).get("version") != version:
                    return "conflict"
            for chain, count in rows_before(change.appends).items():
                if len(rows.get(chain, ())) != count:
                    return "conflict"
            for put in puts:
                name = text(Key(put.kind, put.id))
                records[name] = {"version": change.id, "body": put.body, "due": put.due_at}
            for key in change.deletes:
                del records[text(key)]
            for row in change.appends:
                rows.setdefault(row.chain, []).append([row.key_id, row.body.hex(), row.mac.hex()])
            data["done"] = {one: then for one, then in done.items() if then >= at - KEPT_MICROSECONDS}
            data["done"][change.id] = at
            replace(self._file, data)
            settle(self._file)
            return "done"

    def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """Return up to ``limit`` rows of a chain, newest first."""
        check_history(chain, limit, before)
        with self._working():
            kept = read(self._file)["rows"].get(chain, [])
        rows = [
            Row(chain, number, key_id, bytes.fromhex(body), bytes.fromhex(mac))
            for number, (key_id, body, mac) in enumerate(kept, start=1)
            if before is None or number < before
        ]
        return rows[::-1][:limit]

    def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """Return up to ``limit`` records of a kind that are due, earliest first."""
        check_due(kind, until, limit)
        last = microseconds(until)
        with self._working():
            records = read(self._file)["records"]
        dated = sorted(
            (kept["due"], name, kept["body"])
            for name, kept in records.items()
            if name.startswith(f"{kind} ") and kept["due"] is not None and kept["due"] <= last
        )
        return [decode(kind, body) for _, _, body in dated[:limit]]

    def clock(self) -> datetime | None:
        """Return None: a file has no clock but this machine's."""
        return None

    def close(self) -> None:
        """Refuse everything from now on; there is nothing to give back."""
        self._closed = True

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        """Say of every failure of the system that nothing was committed."""
        if self._closed:
            message = "the store was closed"
            raise StoreUnavailableError(message)
        try:
            yield
        except OSError as error:
            message = f"the file: {os.strerror(error.errno or 0)}"
            raise StoreUnavailableError(message) from None
