"""A bank's SQLite file by hand: one table for each thing, typed columns, prepared statements, one connection.

Left out, on purpose: versioned schemas and unknown fields, several banks, ids of commits that make a repeated one
harmless, the check that the file is still the one that was opened, more than one thread, waiting for others' locks.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.raw.code import WINDOW

__all__ = ["BANK", "Conflict", "RawBank"]

BANK: Final = {
    "subject": "subject-1",
    "login_id": "hanako01",
    "company": "C0001",
    "serial": "TK000001",
    "address": "192.0.2.1",
    "user_agent": "Firefox",
}
"""What is known about the one user there is."""
_NONCE: Final = 12

SCHEMA: Final = """
create table account (
    subject text primary key, version text not null, login_id text not null, company text not null,
    suspended integer not null default 0, closed integer not null default 0, token text, browsers text not null,
    entitlements text not null default '[]', password text not null default '',
    flows text not null default '[]', sessions text not null default '[]', logins text not null default '[]'
) without rowid;
create table throttle (
    subject text primary key, version text not null, failures integer not null default 0,
    total integer not null default 0, locked_until integer, latest integer not null,
    places text not null default '[]', head_count integer not null default 0, head_mac blob not null default x''
) without rowid;
create table token (
    serial text primary key, version text not null, state text not null, holder text not null, suspended integer,
    seed blob not null, next_counter integer not null default 0, shift integer not null default 0,
    drift integer not null default 0
) without rowid;
create table token_throttle (
    serial text primary key, version text not null, failures integer not null default 0,
    total integer not null default 0, locked_until integer, latest integer not null
) without rowid;
create table session (
    handle text primary key, version text not null, subject text not null, browser text not null,
    started_at integer not null, ends_at integer not null, used_at integer, fresh text not null default '[]',
    login_id text not null default '', company text not null default '', role text not null default 'user',
    factors text not null default '[]', entitlements text not null default '[]'
) without rowid;
create table flow (
    handle text primary key, version text not null, subject text not null, browser text not null,
    ends_at integer not null, step_ends_at integer not null, proven text not null, repeat text not null
) without rowid;
create table repeat (handle text primary key, sealed blob not null, until integer not null) without rowid;
create table notice (id text primary key, subject text not null, event text not null, written_at integer not null);
create table history (
    chain text not null, number integer not null, body blob not null, mac blob not null, primary key (chain, number)
) without rowid;
"""


class Conflict(Exception):  # noqa: N818 - the caller reads again and comes back
    """Something changed between reading and writing; nothing was written."""


class RawBank:
    """The file, with one user, his token and his keys.

    Args:
        path: Of the file to make.
        synchronous: SQLite's setting: ``full`` is durable when a commit returns.
        now: The present second.
        scanned: How many steps on either side are looked through; a code is accepted within ±1 whatever it is.
    """

    def __init__(self, path: Path, *, synchronous: Literal["full", "normal"], now: int, scanned: int = WINDOW) -> None:
        self.scanned: Final = scanned
        self.db: Final = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        self.db.execute("pragma journal_mode = wal")
        self.db.execute(f"pragma synchronous = {synchronous}")
        self.db.executescript(SCHEMA)
        self.seed: Final = os.urandom(20)
        self.cipher: Final = AESGCM(os.urandom(32))
        self._chain_key: Final = os.urandom(32)
        self.repeat_key: Final = os.urandom(32)
        self.subject_key: Final = os.urandom(32)
        self.pepper: Final = os.urandom(32)
        self.browser: Final = stored("browser", os.urandom(32).hex())
        self._register(now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()

    def unsealed(self, sealed: bytes) -> bytes:
        """Return a token's seed; the serial number is bound to it."""
        return self.cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], BANK["serial"].encode())

    def write_guarded(self, statement: str, values: tuple[object, ...]) -> None:
        """Write one row if it still has the version that was read.

        Raises:
            Conflict: It has not.
        """
        if self.db.execute(statement, values).rowcount != 1:
            raise Conflict

    def still(self, statement: str, values: tuple[object, ...]) -> None:
        """Make sure that a row is as it was read.

        Raises:
            Conflict: It is not.
        """
        if self.db.execute(statement, values).fetchone() is None:
            raise Conflict

    def append(self, count: int, mac: bytes, result: str, now: int, *, factor: str = "code") -> tuple[int, bytes]:
        """Append a row to the user's history; return the new head: the MAC covers the row before."""
        body = json.dumps({"at": now, "result": result, "factor": factor, **_CLIENT}, separators=(",", ":")).encode()
        number = count + 1
        chain = BANK["subject"]
        covered = b"".join(
            len(part).to_bytes(4, "big") + part for part in (mac, chain.encode(), number.to_bytes(8, "big"), body)
        )
        mac = hmac.digest(self._chain_key, covered, "sha256")
        self.db.execute("insert into history values (?, ?, ?, ?)", (chain, number, body, mac))
        return number, mac

    def _register(self, now: int) -> None:
        nonce, version = os.urandom(_NONCE), os.urandom(16).hex()
        subject, serial = BANK["subject"], BANK["serial"]
        sealed = nonce + self.cipher.encrypt(nonce, self.seed, serial.encode())
        run = self.db.execute
        run(
            "insert into account (subject, version, login_id, company, token, browsers) values (?, ?, ?, ?, ?, ?)",
            (subject, version, BANK["login_id"], BANK["company"], serial, json.dumps([[self.browser, now]])),
        )
        run("insert into throttle (subject, version, latest) values (?, ?, ?)", (subject, version, now))
        run(
            "insert into token (serial, version, state, holder, seed) values (?, ?, 'enrolled', ?, ?)",
            (serial, version, subject, sealed),
        )
        run("insert into token_throttle (serial, version, latest) values (?, ?, ?)", (serial, version, now))


_CLIENT: Final = {"address": BANK["address"], "user_agent": BANK["user_agent"]}


def stored(domain: str, handle: str) -> str:
    """Return the hash under which a handle is stored."""
    return hashlib.sha256(f"raw/{domain}/{handle}".encode()).hexdigest()
