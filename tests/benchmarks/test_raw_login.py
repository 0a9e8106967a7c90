"""Login and session check by hand do what they say: a comparison with something unsound would be none."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.raw import password_login as by_hand
from benchmarks.raw.bank import Conflict, RawBank
from benchmarks.raw.password_login import LIMIT, LOCK_SECONDS, PLACE_SECONDS, new_password, password_login
from benchmarks.raw.session_check import check_session
from benchmarks.raw.step_up import ABSOLUTE_SECONDS, IDLE_SECONDS, new_session

NOW = 1_767_603_610
ID = "hanako01"
RIGHT = "Zk4mwQ8xp"
HANDLE = "h" * 43


@pytest.fixture
def bank(tmp_path: Path) -> Generator[RawBank, None, None]:
    """Yield a bank whose user logs in by password."""
    with RawBank(tmp_path / "raw.db", synchronous="full", now=NOW) as bank:
        new_password(bank, ID, RIGHT)
        yield bank


def login(bank: RawBank, password: str = RIGHT, *, attempt: int = 0, now: int = NOW, login_id: str = ID) -> str | None:
    """Log in."""
    return password_login(bank, login_id, password, f"{attempt:043}", now)


def throttle(bank: RawBank) -> tuple[int, str]:
    """Return failures and open places."""
    row: tuple[int, str] = bank.db.execute("select failures, places from throttle").fetchone()
    return row


def results(bank: RawBank) -> list[str]:
    """Return what the history says, oldest first."""
    rows = bank.db.execute("select json_extract(cast(body as text), '$.result') from history order by number")
    return [result for (result,) in rows]


def test_the_right_password_begins_a_session(bank: RawBank) -> None:
    """Its handle finds it; account, history, notice and kept reply say so; the place is given back."""
    handle = login(bank)
    assert handle is not None
    seen = check_session(bank, handle, NOW)
    assert seen is not None
    assert (seen.login_id, seen.factors, seen.entitlements) == (ID, ("login-password",), ("inquiry",))
    assert seen.ends_at == NOW + ABSOLUTE_SECONDS
    assert results(bank) == ["authenticated"]
    assert throttle(bank) == (0, "[]")
    assert bank.db.execute("select (select count(*) from notice), (select count(*) from repeat)").fetchone() == (1, 1)
    (number, mac) = bank.db.execute("select number, mac from history").fetchone()
    assert bank.db.execute("select head_count, head_mac from throttle").fetchone() == (number, mac)


def test_the_same_submission_has_one_effect_and_one_reply(bank: RawBank) -> None:
    """A double click finds the same session; another password with the attempt's token finds nothing."""
    handle = login(bank)
    assert login(bank) == handle
    assert login(bank, "Zk4mwQ8xq") is None
    assert results(bank) == ["authenticated"]


@pytest.mark.parametrize(
    ("login_id", "password"),
    [("hanako02", RIGHT), ("hana", RIGHT), (ID, ""), (ID, "x" * 13), ("はなこ", RIGHT), (ID, "パスワード")],
)
def test_what_is_malformed_or_unknown_writes_nothing(bank: RawBank, login_id: str, password: str) -> None:
    """No place is taken and nothing hashed."""
    assert login(bank, password, login_id=login_id) is None
    assert results(bank) == []


def test_wrong_passwords_are_counted_up_to_the_limit(bank: RawBank) -> None:
    """One below the limit the right one is judged, and ends the count; at the limit nothing is, for half an hour."""
    for number in range(LIMIT - 1):
        assert login(bank, "Wrong1234", attempt=number) is None
    assert throttle(bank)[0] == LIMIT - 1
    assert login(bank, attempt=50) is not None
    assert throttle(bank) == (0, "[]")
    bank.db.executescript("delete from session; update account set sessions = '[]'")
    for number in range(100, 100 + LIMIT):
        assert login(bank, "Wrong1234", attempt=number) is None
    assert login(bank, attempt=200, now=NOW + LOCK_SECONDS - 1) is None
    assert results(bank).count("wrong-password") == 2 * LIMIT - 1
    assert login(bank, attempt=201, now=NOW + LOCK_SECONDS) is not None


def test_places_of_others_are_counted(bank: RawBank, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever dies while he judges leaves a place, which counts, and becomes a failure when its time is over."""

    def dies(*_: object) -> bool:
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(by_hand, "_is_right", dies)
        for number in range(LIMIT):
            with pytest.raises(InterruptedError):
                login(bank, attempt=number)
    assert login(bank, attempt=50) is None
    assert results(bank) == []
    bank.db.execute("update throttle set places = json_remove(places, '$[0]')")
    assert login(bank, attempt=51, now=NOW + PLACE_SECONDS - 1) is not None
    bank.db.executescript("delete from session; update account set sessions = '[]'")
    assert throttle(bank)[0] == 0
    assert login(bank, "Wrong1234", attempt=52, now=NOW + PLACE_SECONDS) is None
    assert bank.db.execute("select locked_until from throttle").fetchone() == (NOW + PLACE_SECONDS + LOCK_SECONDS,)


@pytest.mark.parametrize(
    "change",
    ["update account set suspended = 1", "update account set closed = 1", "update account set sessions = '[\"x\"]'"],
)
def test_what_speaks_against_it_is_looked_at(bank: RawBank, change: str) -> None:
    """A right password begins nothing for a suspended or closed account, or beside another session."""
    bank.db.execute(change)
    assert login(bank) is None
    assert results(bank) == ["refused"]
    assert bank.db.execute("select count(*) from session").fetchone() == (0,)


@pytest.mark.parametrize("table", ["account", "throttle"])
def test_whatever_changed_meanwhile_is_a_conflict(
    bank: RawBank, tmp_path: Path, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where anything it read is written while it hashes, no session begins; the place stays."""
    judged = by_hand._is_right

    def slowly(*arguments: object) -> bool:
        with closing(sqlite3.connect(tmp_path / "raw.db", isolation_level=None)) as other:
            other.execute(f"update {table} set version = 'another'")  # noqa: S608 - our own table's name
        return judged(*arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(by_hand, "_is_right", slowly)
    with pytest.raises(Conflict):
        login(bank)
    assert not bank.db.in_transaction
    assert results(bank) == []
    assert bank.db.execute("select json_array_length(places) from throttle").fetchone() == (1,)


def test_it_reads_once_and_commits_twice(bank: RawBank) -> None:
    """As ours does: the read, the place before the hash, the rest after it; both commits durable."""
    statements: list[str] = []
    bank.db.set_trace_callback(statements.append)
    assert login(bank) is not None
    bank.db.set_trace_callback(None)
    words = [text.split()[0] for text in statements]
    assert words[:4] == ["select", "begin", "update", "commit"]
    assert words[4] == "begin"
    assert words[-1] == "commit"
    assert (words.count("select"), words.count("commit")) == (1, 2)
    assert bank.db.execute("pragma synchronous").fetchone() == (2,)


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_session_is_over_at_its_idle_limit(bank: RawBank, late: int) -> None:
    """From that second on it is not found."""
    new_session(bank, HANDLE, NOW)
    assert (check_session(bank, HANDLE, NOW + IDLE_SECONDS + late) is not None) is (late < 0)


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_session_is_over_at_its_absolute_limit(bank: RawBank, late: int) -> None:
    """However lately it was used."""
    new_session(bank, HANDLE, NOW)
    end = NOW + ABSOLUTE_SECONDS
    bank.db.execute("update session set used_at = ?", (end - 1,))
    assert (check_session(bank, HANDLE, end + late) is not None) is (late < 0)


@pytest.mark.parametrize(
    "change", ["update session set browser = 'another'", "delete from session", "update session set handle = 'x'"]
)
def test_a_session_that_is_not_this_browsers_is_none(bank: RawBank, change: str) -> None:
    """Neither another browser's nor one that is not there."""
    new_session(bank, HANDLE, NOW)
    bank.db.execute(change)
    assert check_session(bank, HANDLE, NOW) is None


@pytest.mark.parametrize("handle", ["", "h" * 42, "h" * 44, "é" * 43])
def test_what_is_no_handle_is_not_looked_for(bank: RawBank, handle: str) -> None:
    """No statement is run."""
    statements: list[str] = []
    bank.db.set_trace_callback(statements.append)
    assert check_session(bank, handle, NOW) is None
    assert statements == []


def test_only_what_is_fresh_is_told(bank: RawBank) -> None:
    """A proof whose time is over is not among what a session proved again."""
    new_session(bank, HANDLE, NOW)
    bank.db.execute(f'update session set fresh = \'[["code", "a", {NOW}, 1], ["code", "b", {NOW + 1}, 2]]\'')  # noqa: S608 - our own numbers
    seen = check_session(bank, HANDLE, NOW)
    assert seen is not None
    assert seen.fresh == (("code", "b", NOW + 1, 2),)
