"""Every statement of the SQLite store, and its schema.

Rule 1. No value is ever part of a text: texts differ by the number of keys, guards and chains alone.
Rule 2. No statement scans a table; each finds its rows by a key or an index, whatever the size of the file.
Rule 3. A change of the schema raises :data:`SCHEMA_VERSION`, so that an older library refuses the file.

Source: https://www.sqlite.org/lang.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

__all__ = [
    "APPEND",
    "APPLICATION_ID",
    "BEGIN",
    "COMMIT",
    "DELETE",
    "DUE",
    "FORGET",
    "HISTORY",
    "IDENTITY",
    "PUT",
    "REMEMBER",
    "ROLLBACK",
    "SCHEMA",
    "SCHEMA_VERSION",
    "guard_text",
    "load_text",
]

APPLICATION_ID: Final = 0x4F4B4D41  # "OKMA", in the header of the file: what other programs tell it by
SCHEMA_VERSION: Final = 1

SCHEMA: Final = (
    # Rows of records are too long for a table WITHOUT ROWID: with 10⁵ records of 900 bytes such a table was four times
    # as large, and reads and writes took two to three times as long.
    """
    create table records (
        kind text not null, id text not null, version text not null, body text not null, due_at integer,
        primary key (kind, id)
    )
    """,
    "create index records_due on records (kind, due_at, id) where due_at is not null",
    # Rows of one chain lie beside each other, so that the last ones of a cold chain are one page and not several.
    """
    create table history (
        chain text not null, number integer not null, key_id text not null, body blob not null, mac blob not null,
        primary key (chain, number)
    ) without rowid
    """,
    # Ordered by time, so that new ids are written beside each other and old ones are found at the front.
    "create table commits (at integer not null, id text not null, primary key (at, id)) without rowid",
    f"pragma application_id = {APPLICATION_ID}",
    f"pragma user_version = {SCHEMA_VERSION}",
)

# One statement, so that a file which another process is creating at the moment is seen empty or whole.
IDENTITY: Final = (
    "select (select application_id from pragma_application_id), (select user_version from pragma_user_version), "
    "(select count(*) from sqlite_master)"
)

BEGIN: Final = "begin immediate"
COMMIT: Final = "commit"
ROLLBACK: Final = "rollback"

PUT: Final = (
    "insert into records (kind, id, body, due_at, version) values (?, ?, ?, ?, ?) on conflict (kind, id) do update "
    "set body = excluded.body, due_at = excluded.due_at, version = excluded.version"
)
DELETE: Final = "delete from records where kind = ? and id = ?"
APPEND: Final = "insert into history (chain, number, key_id, body, mac) values (?, ?, ?, ?, ?)"
REMEMBER: Final = "insert into commits (at, id) values (?, ?)"
# Four at a time, and as soon as there are four: a commit adds one, so they become fewer, and the first commit after a
# busy hour does not pay for all of them.
FORGET: Final = "delete from commits where at <= (select at from commits where at < ? order by at limit 1 offset 3)"

HISTORY: Final = (
    "select chain, number, key_id, body, mac from history where chain = ? and number <= ? order by number desc limit ?"
)
DUE: Final = "select body from records where kind = ? and due_at <= ? order by due_at, id limit ?"

_SHAPES: Final = 256  # texts kept


@lru_cache(maxsize=_SHAPES)
def load_text(keys: int) -> str:
    """Return the load of so many keys: a point read for each (``(kind, id) in (values …)`` would scan the table).

    It takes kind and id of each key, and gives the number of each key that was found, its version and body.
    """
    return " union all ".join(
        f"select {number}, version, body from records where kind = ? and id = ?"  # noqa: S608  # a counter
        for number in range(keys)
    )


@lru_cache(maxsize=_SHAPES)
def guard_text(guards: int, chains: int) -> str:
    """Return the check of a commit: was it done before, and does everything that it rests on stand?

    It takes time and id of the change set, kind, id and version of each guard, name and last number of each chain.
    ``is`` compares absence as well: the version of an absent record and the last number of an empty chain are null.
    """
    terms = ["(select version from records where kind = ? and id = ?) is ?"] * guards
    terms += ["(select max(number) from history where chain = ?) is ?"] * chains
    return f"select exists (select 1 from commits where at = ? and id = ?), {' and '.join(terms or ['1'])}"  # noqa: S608  # the terms above
