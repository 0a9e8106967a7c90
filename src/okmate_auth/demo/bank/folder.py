"""Where a demo bank lies: its database, keys, CA and handout, in a folder of its own, for its owner alone.

Rule 1. A folder is a demo bank's, or empty, or not there: what somebody else has in it is never touched.
Rule 2. The handout is written last. A folder without one was never finished, and is not opened.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

from okmate_auth.demo.bank.authority import Authority
from okmate_auth.demo.bank.handout import Handout
from okmate_auth.demo.bank.opening import Opening, opened
from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import Clock
from okmate_auth.shells.keyring import KeyRing
from okmate_auth.storage.sqlite import SQLiteStore

__all__ = ["Bank", "kept", "temporary"]

_OWNER: Final = 0o700
_OWNERS: Final = 0o600


@attrs.frozen(kw_only=True)
class Bank:
    """A demo bank on the disk, ready to be served.

    Attributes:
        folder: Where.
        keys: Its data keys.
        authority: Its CA.
        handout: What visitors are handed.
    """

    folder: Path
    keys: KeyRing
    authority: Authority
    handout: Handout

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "bank.db"

    @property
    def server(self) -> Path:
        """Certificate and key of the server, PEM."""
        return self.folder / "server.pem"

    @property
    def revoked(self) -> Path:
        """The CA's revocation list, DER."""
        return self.folder / "revoked.crl"

    def paper(self, name: str) -> bytes:
        """Return the PKCS#12 file of one of the handout's certificates."""
        return (self.folder / f"{name}.p12").read_bytes()


@contextmanager
def temporary(profile: Profile, clock: Clock) -> Generator[Bank, None, None]:
    """Lend a bank in a folder that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="okmate-auth-bank-", ignore_cleanup_errors=True) as folder:
        yield kept(Path(folder), profile, clock)


def kept(folder: Path, profile: Profile, clock: Clock) -> Bank:
    """Return the bank that lies in a folder; a new one is opened where there is none.

    Args:
        folder: Empty, or not there, or an older demo bank's.
        profile: The bank's rules.
        clock: This machine's time.

    Raises:
        ConfigurationError: Something else is in the folder, or it can't be one.
    """
    handout = folder / "handout.json"
    try:
        folder.mkdir(mode=_OWNER, parents=True, exist_ok=True)
        if not handout.exists():
            if any(folder.iterdir()):
                message = "--dir: there is something else in that folder; name an empty one, or a new one"
                raise ConfigurationError(message)
            _found(folder, profile, clock)
        return _read(folder, clock)
    except OSError:
        message = "--dir: no folder can be made or used there"
        raise ConfigurationError(message) from None


def _found(folder: Path, profile: Profile, clock: Clock) -> None:
    keys = KeyRing.generate()
    keys.write_new(folder / "bank.keys")
    opening = Opening.prepared(clock)
    _write(folder / "ca.pem", opening.authority.pem())
    _write(folder / "server.pem", opening.authority.server(opening.began).pem())
    _write(folder / "ca.crt", opening.authority.certificate_pem)
    for name, content in opening.files.items():
        _write(folder / name, content)
    with SQLiteStore(folder / "bank.db") as store:
        handout = opened(opening, store, profile=profile, keys=keys)
    _write(folder / "handout.json", handout.to_json().encode("utf-8"))


def _read(folder: Path, clock: Clock) -> Bank:
    bank = Bank(
        folder=folder,
        keys=KeyRing.from_file(folder / "bank.keys"),
        authority=Authority.read((folder / "ca.pem").read_bytes()),
        handout=Handout.from_json((folder / "handout.json").read_text("utf-8")),
    )
    now = clock().replace(microsecond=0)
    # A list lasts a month, a kept bank may be older: each start publishes one, with a number that is higher.
    _write(bank.revoked, bank.authority.revoked(bank.handout.revoked, int(now.timestamp()), now))
    return bank


def _write(file: Path, content: bytes) -> None:
    """Put a file there, for its owner alone, whole or not at all."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNERS), "wb") as out:
        out.write(content)
    beside.replace(file)
