"""Where a show keeps its bank: a temporary file that is gone afterwards, or a new file that is kept with its keys."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from okmate_auth.client import Client
from okmate_auth.commands import PasswordLogin
from okmate_auth.demo.people import HANAKO, HANAKO_LOGIN
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.show import Show, kept_bank, temporary_bank
from okmate_auth.errors import ConfigurationError, OkmateAuthError, StoreUnavailableError
from okmate_auth.queries import ReadHistory
from okmate_auth.records import LoginRecord
from okmate_auth.replies import CodeDue
from okmate_auth.shells.keyring import KeyRing
from okmate_auth.shells.sync import Authenticator
from okmate_auth.storage.sqlite import SQLiteStore
from tests.shows import FAST


def play(path: Path) -> list[str]:
    """Play the story on a bank that is kept; return what was written."""
    lines: list[str] = []
    with kept_bank(path) as bank:
        assert Show(write=lines.append, profile=FAST).on(bank) == ""
    return lines


def test_a_temporary_bank_is_a_real_file_and_gone_afterwards() -> None:
    """Its folder is its own, for its owner alone, and removed with all that is in it."""
    with temporary_bank() as bank:
        assert Show(write=lambda _: None, profile=FAST, story=STORY[:1]).on(bank) == ""
        assert bank.path.read_bytes().startswith(b"SQLite format 3\0")
        assert bank.path.parent.stat().st_mode & 0o777 == 0o700
        assert bank.keys_path is None
    assert not bank.path.parent.exists()


def test_a_temporary_bank_is_gone_when_the_story_breaks() -> None:
    """An error on the way leaves nothing."""
    with pytest.raises(KeyError), temporary_bank() as bank:
        raise KeyError
    assert not bank.path.parent.exists()


def test_a_kept_bank_can_be_opened_with_its_keys(tmp_path: Path) -> None:
    """The people of the story are in it, their histories hold, and Hanako's password brings her to her token's code."""
    path = tmp_path / "bank.db"
    lines = play(path)
    told = "".join("".join(lines).split())  # however the terminal's width broke it
    assert f"{path},itskeysin{path}.keys" in told
    keys = KeyRing.from_file(f"{path}.keys")
    with Authenticator(SQLiteStore(path), profile=FAST, keys=keys) as auth:
        page = auth.read(ReadHistory(login_id=HANAKO, limit=100))
        assert page.defect is None
        assert len(page.records) == 47
        client = Client("192.0.2.99", browser=auth.new_token())
        login = PasswordLogin(HANAKO, HANAKO_LOGIN, attempt=auth.new_token(), client=client)
        assert isinstance(auth.submit(login), CodeDue)


def test_what_came_in_is_not_kept_with_a_bank(tmp_path: Path) -> None:
    """Deliveries, with seeds in them, and the CA's list are files of a folder for the owner alone, which goes."""
    with kept_bank(tmp_path / "bank.db") as bank:
        assert Show(write=lambda _: None, profile=FAST).on(bank) == ""
        assert bank.post.stat().st_mode & 0o777 == 0o700
        assert {file.name for file in bank.post.iterdir()} == {
            "revoked.crl",
            *(f"tokens-{number}.csv" for number in (1, 2, 3)),
        }
    assert not bank.post.exists()
    assert {entry.name for entry in tmp_path.iterdir()} == {"bank.db", "bank.db.keys"}


def test_nothing_in_a_kept_bank_is_of_the_future(tmp_path: Path) -> None:
    """The story's clock ends with the real one, so whoever opens the bank next finds no clock gone back."""
    path = tmp_path / "bank.db"
    play(path)
    with Authenticator(SQLiteStore(path), profile=FAST, keys=KeyRing.from_file(f"{path}.keys")) as auth:
        records = auth.read(ReadHistory(login_id=HANAKO, limit=100)).records
    now = datetime.now(UTC)  # noqa: TID251 - the very clock that it is about
    assert max(record.at for record in records) <= now
    assert any(isinstance(record, LoginRecord) and (now - record.at).total_seconds() > 1800 for record in records)


def test_files_of_a_kept_bank_are_its_owner_s_alone(tmp_path: Path) -> None:
    """Database and keys have mode 600."""
    path = tmp_path / "bank.db"
    with kept_bank(path):
        pass
    assert path.stat().st_mode & 0o777 == 0o600
    assert Path(f"{path}.keys").stat().st_mode & 0o777 == 0o600


def test_a_bank_that_exists_is_not_touched(tmp_path: Path) -> None:
    """A second show on the same file is refused before anything is opened."""
    path = tmp_path / "bank.db"
    play(path)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="--db: there is something of that name already"), kept_bank(path):
        pass
    assert path.read_bytes() == before


def a_text(path: Path) -> None:
    """Make a file that is no database."""
    path.write_text("notes")


def a_folder(path: Path) -> None:
    """Make a folder."""
    path.mkdir()


def a_dangling_link(path: Path) -> None:
    """Make a link to nothing."""
    path.symlink_to(path.parent / "nothing")


def a_pipe(path: Path) -> None:
    """Make a named pipe, which must not be waited for."""
    os.mkfifo(path)


@pytest.mark.parametrize("make", [a_text, a_folder, a_dangling_link, a_pipe])
def test_whatever_stands_there_is_not_touched(tmp_path: Path, make: object) -> None:
    """Only an empty file may be there already; nothing is left beside what was refused."""
    path = tmp_path / "bank.db"
    assert callable(make)
    make(path)
    with pytest.raises(ConfigurationError, match="--db"), kept_bank(path):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["bank.db"]


def test_an_empty_file_may_be_there(tmp_path: Path) -> None:
    """As mktemp leaves one."""
    path = tmp_path / "bank.db"
    path.touch()
    with kept_bank(path) as bank:
        assert Show(write=lambda _: None, profile=FAST, story=STORY[:1]).on(bank) == ""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select count(*) from sqlite_master").fetchone()[0] > 0


def test_a_file_where_the_keys_belong_is_not_touched(tmp_path: Path) -> None:
    """Somebody's keys may be in it; no database is made then."""
    path = tmp_path / "bank.db"
    keys = Path(f"{path}.keys")
    keys.write_text("mine")
    with pytest.raises(ConfigurationError, match=r"\.keys"), kept_bank(path):
        pass
    assert keys.read_text() == "mine"
    assert not path.exists()


def test_no_keys_are_left_where_no_database_can_be(tmp_path: Path) -> None:
    """A folder that is missing is not made."""
    with pytest.raises(ConfigurationError, match="no file can be made there"), kept_bank(tmp_path / "no" / "bank.db"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_of_what_can_not_be_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file was made by this show and is taken away by it; no keys were made."""

    def fails(_: object) -> None:
        message = "no"
        raise StoreUnavailableError(message)

    monkeypatch.setattr(SQLiteStore, "open", fails)
    with pytest.raises(StoreUnavailableError, match="no"), kept_bank(tmp_path / "bank.db"):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("existed", [True, False])
def test_no_database_is_left_where_no_keys_can_be(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    existed: bool,
) -> None:
    """A bank without keys could never be opened again; what was there before stays."""
    path = tmp_path / "bank.db"
    if existed:
        path.touch()

    def fails(*_: object) -> None:
        message = "no"
        raise ConfigurationError(message)

    monkeypatch.setattr(KeyRing, "write_new", fails)
    with pytest.raises(OkmateAuthError, match="no"), kept_bank(path):
        pass
    assert path.exists() is existed
    assert [entry for entry in tmp_path.iterdir() if entry != path] == []


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_names_no_file_is_refused(name: str) -> None:
    """An empty name is this folder, a NUL no name at all."""
    with pytest.raises(ConfigurationError), kept_bank(Path(name) if name else Path()):
        pass


def test_a_show_of_a_part_needs_no_clock_that_moves() -> None:
    """Any list of scenes is a story."""
    lines: list[str] = []
    with temporary_bank() as bank:
        assert Show(write=lines.append, profile=FAST, story=STORY[:2], as_json=True).on(bank) == ""
    assert len(lines) == 13
