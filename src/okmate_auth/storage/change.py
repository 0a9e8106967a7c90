"""What every store asks of its callers before it touches anything, and the forms in which records are kept.

Rule 1. A malformed request is the caller's mistake: :class:`~okmate_auth.errors.StoreContractError`, raised before the
        first lock is taken. No message shows a key, a version or a body, only the field and its rule.
Rule 2. What passes here can't fail later for its form: keys, versions and chain names are ASCII, numbers fit 64 bits,
        records are encoded. So an adapter that is half way through a commit has nothing left to refuse.
Rule 3. Pure: the memory model, SQLite, a SQL server's adapter and the contract kit call the very same functions.

The numbered guarantees are those of :mod:`okmate_auth.ports`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, NoReturn

from okmate_auth.errors import StoreContractError
from okmate_auth.ports import MAX_GUARDS, MAX_KEYS, AnyKey, ChangeSet
from okmate_auth.records import KINDS, Key, Record, Row, encode

__all__ = [
    "KEPT_MICROSECONDS",
    "Put",
    "check_change",
    "check_due",
    "check_history",
    "check_load",
    "encoded_puts",
    "microseconds",
    "rows_before",
]

KEPT_MICROSECONDS: Final = 10 * 60 * 1_000_000  # how long ids of change sets are kept: guarantee 6
LARGEST: Final = 2**63 - 1  # the largest integer that every SQL database keeps

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_CHANGE_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Put(NamedTuple):
    """A record as a store keeps it: its key, its JSON text, and its ``due_at`` in microseconds since 1970 UTC."""

    kind: str
    id: str
    body: str
    due_at: int | None


def microseconds(at: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970-01-01 UTC."""
    return (at - _EPOCH) // _MICROSECOND


def check_change(change: ChangeSet) -> None:
    """Refuse a change set that no store may act on.

    Raises:
        StoreContractError: A field has the wrong type; more than 256 guards; a put or delete whose key no guard names;
            a key put twice, deleted twice, or both; a guard of None whose key is not put (guarantee 5), or is deleted;
            rows of one chain that do not follow each other.
    """
    if not isinstance(change, ChangeSet):
        _refuse("a change set is a ChangeSet")
    if not (_is_text(change.id) and _CHANGE_ID.fullmatch(change.id)):
        _refuse("id: 32 lower-case hexadecimal digits")
    _check_instant("at", change.at)
    if not isinstance(change.guards, Mapping):
        _refuse("guards: a mapping of keys to versions")
    for name, part in (("puts", change.puts), ("deletes", change.deletes), ("appends", change.appends)):
        if not isinstance(part, tuple):
            _refuse(f"{name}: a tuple")  # an iterator would be empty when it is read the second time
    _check_keys("guards", change.guards, MAX_GUARDS)
    put = _check_writes(change)
    for key, version in change.guards.items():
        if version is None:
            if key not in put:
                _refuse("guards: absence is guarded by creating, so a key with version None must be put")
        elif not _is_text(version):
            _refuse("guards: a version is ASCII text, or None")
    _check_rows(change.appends)


def check_load(keys: Collection[AnyKey]) -> tuple[AnyKey, ...]:
    """Return the keys of a load in a tuple.

    Raises:
        StoreContractError: More than 64, or something else than keys of ASCII text.
    """
    if not isinstance(keys, Collection):
        _refuse("keys: a collection")
    _check_keys("keys", keys, MAX_KEYS)
    return tuple(keys)


def check_history(chain: str, limit: int, before: int | None) -> None:
    """Refuse a malformed history query.

    Raises:
        StoreContractError: ``chain`` is not ASCII text, ``limit`` no count, ``before`` no number of a row.
    """
    _check_text("chain", chain)
    _check_number("limit", limit, 0)
    if before is not None:
        _check_number("before", before, 0)


def check_due(kind: str, until: datetime, limit: int) -> None:
    """Refuse a malformed query for what is due.

    Raises:
        StoreContractError: ``kind`` is not ASCII text, ``until`` not aware, ``limit`` no count.
    """
    _check_text("kind", kind)
    _check_instant("until", until)
    _check_number("limit", limit, 0)


def encoded_puts(change: ChangeSet) -> list[Put]:
    """Return the records that a change set puts as they are kept.

    Raises:
        StoreContractError: A record's field holds something that can't be encoded.
    """
    puts: list[Put] = []
    for record in change.puts:
        kind, id_ = record.key
        due_at = record.due_at
        try:
            body = encode(record).decode("ascii")
            due = None if due_at is None else microseconds(due_at)
        except (TypeError, ValueError, AttributeError, KeyError, OverflowError, RecursionError):
            body, due = "", None
        if not body:  # raised here, outside the handler, so that no traceback's context holds the record
            _refuse(f"puts: a field of a {type(record).__name__} can't be encoded")
        puts.append(Put(kind, id_, body, due))
    return puts


def rows_before(appends: Iterable[Row]) -> dict[str, int]:
    """Return how many rows each chain must have for these rows to follow the last one (guarantee 7)."""
    counts: dict[str, int] = {}
    for row in appends:
        counts.setdefault(row.chain, row.number - 1)
    return counts


def _check_writes(change: ChangeSet) -> set[AnyKey]:
    """Check puts and deletes; return the keys that are put."""
    put: set[AnyKey] = set()
    for record in change.puts:
        if not _is_record(record):
            _refuse("puts: records of the kinds that this library knows")
        key = record.key
        if not _is_key(key) or key not in change.guards:
            _refuse("puts: each key is named in guards")
        if key in put:
            _refuse("puts: one for each key")
        put.add(key)
    deleted: set[AnyKey] = set()
    for key in change.deletes:
        if not _is_key(key) or change.guards.get(key) is None:
            _refuse("deletes: each key is guarded by a version")
        if key in put or key in deleted:
            _refuse("deletes: each key once, and not put as well")
        deleted.add(key)
    return put


def _check_rows(appends: tuple[Row, ...]) -> None:
    last: dict[str, int] = {}
    for row in appends:
        if not _is_row(row):
            _refuse("appends: rows")
        _check_text("appends: chain", row.chain)
        _check_number("appends: number", row.number, 1)
        _check_text("appends: key_id", row.key_id)
        for part in (row.body, row.mac):
            if not isinstance(part, bytes):
                _refuse("appends: body and mac are bytes")
        if last.setdefault(row.chain, row.number - 1) != row.number - 1:
            _refuse("appends: rows of one chain follow each other without a gap")
        last[row.chain] = row.number


def _check_keys(name: str, keys: Collection[AnyKey], most: int) -> None:
    if len(keys) > most:
        _refuse(f"{name}: at most {most} keys")
    for key in keys:
        if not _is_key(key):
            _refuse(f"{name}: each is a Key of ASCII text")


def _check_text(name: str, value: object) -> None:
    if not _is_text(value):
        _refuse(f"{name}: ASCII text")


def _check_number(name: str, value: object, least: int) -> None:
    if type(value) is not int or not least <= value <= LARGEST:
        _refuse(f"{name}: a whole number from {least} on, of 64 bits")


def _check_instant(name: str, value: object) -> None:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        _refuse(f"{name}: an aware instant")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isascii()


def _is_key(value: object) -> bool:
    return isinstance(value, Key) and _is_text(value.kind) and _is_text(value.id)


def _is_record(value: object) -> bool:
    return isinstance(value, Record) and KINDS.get(value.kind) is type(value)


def _is_row(value: object) -> bool:
    return isinstance(value, Row)


def _refuse(rule: str) -> NoReturn:
    raise StoreContractError(rule)
