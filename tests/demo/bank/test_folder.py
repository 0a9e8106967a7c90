"""Where a demo bank lies: opened once, opened again, nobody else's files touched; its ports, its end."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from okmate_auth.demo.bank.authority import Authority
from okmate_auth.demo.bank.folder import kept, temporary
from okmate_auth.demo.bank.handout import Handout
from okmate_auth.demo.bank.ledger import Ledger
from okmate_auth.demo.bank.server import bound
from okmate_auth.errors import ConfigurationError
from okmate_auth.shells.setup import utc_now
from okmate_auth.storage.boards import MemoryTransactionBoard
from tests.demo.bank.serving import served
from tests.shows import FAST


def test_a_kept_bank_is_the_same_when_it_is_opened_again(opened: Path, tmp_path: Path) -> None:
    """What happened in it stays; passwords, tokens and the CA are those of before."""
    folder = tmp_path / "bank"
    shutil.copytree(opened, folder)
    with served(folder) as first:
        first.taro()
        authority, handout = first.bank.authority, first.bank.handout
    with served(folder) as second:
        assert second.bank.handout == handout
        assert second.bank.authority.anchor == authority.anchor
        browser = second.browser()
        step = browser.submit(browser.get("/login"), "login", login_id="Taro2026", password="Mori3kawa")
        assert step.form("code").action == "/login/step"


def test_everything_is_for_its_owner_alone(opened: Path) -> None:
    """No file of it can be read by others: keys, seeds and initial passwords are among them."""
    for file in opened.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0 or file.name.startswith("bank.db"), file.name
    assert stat.S_IMODE(opened.stat().st_mode) == 0o700


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    """Its file is there afterwards, and nothing besides."""
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="something else"):
        kept(tmp_path, FAST, utc_now)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_what_can_t_be_a_folder_is_told(tmp_path: Path) -> None:
    """A file of that name, in one sentence."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ConfigurationError, match="no folder"):
        kept(tmp_path / "file", FAST, utc_now)


def test_a_temporary_bank_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder is gone at the end."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with temporary(FAST, utc_now) as bank:
        assert bank.database.exists()
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"initial": 3}', "not json"])
def test_a_handout_that_is_none_is_refused(text: str) -> None:
    """With a sentence that repeats nothing of it."""
    with pytest.raises(ConfigurationError, match="handout can't be read"):
        Handout.from_json(text)


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN CERTIFICATE-----"])
def test_a_ca_that_is_none_is_refused(pem: bytes) -> None:
    """As above."""
    with pytest.raises(ConfigurationError, match="CA can't be read"):
        Authority.read(pem)


def test_a_port_that_is_taken_is_told_and_given_back() -> None:
    """The first of the two, and the second; whoever has it keeps it."""
    ports = bound(0)
    taken = ports.numbers[0]
    try:
        for port in (taken, taken - 1):
            with pytest.raises(ConfigurationError, match="can't be used"):
                bound(port)
    finally:
        ports.close()
    bound(taken).close()


def test_nothing_of_a_handout_shows_its_secrets(opened: Path) -> None:
    """Neither passwords nor seeds nor the passphrase."""
    handout = Handout.from_json((opened / "handout.json").read_text())
    shown = repr(handout)
    assert handout.passphrase.reveal() not in shown
    for token in handout.tokens:
        assert token.seed.hex() not in shown
    for password in handout.initial.values():
        assert password.reveal() not in shown


def test_a_ledger_begins_empty() -> None:
    """Nobody has a transfer in it, and taking one back that is not there is no error."""
    ledger = Ledger(MemoryTransactionBoard())
    assert ledger.find("TR-1", "anybody") is None
    ledger.discard("TR-1", "anybody")
