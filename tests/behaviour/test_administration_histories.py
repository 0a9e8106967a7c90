"""Reading histories: page by page, verified, and whatever somebody did to the file shows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from okmate_auth.commands import ChangeEntitlements, RequireChange
from okmate_auth.errors import CorruptRecordError, MisuseError
from okmate_auth.history import append
from okmate_auth.ports import ChangeSet
from okmate_auth.queries import HistoryPage, ReadHistory, TopPage
from okmate_auth.queries.histories import History
from okmate_auth.records import LoginRecord, OperationHead, OperationRecord, Throttle
from okmate_auth.testing.keys import unsafe_keys
from tests.behaviour.administration import first_login, operations, registered
from tests.behaviour.bank import DESK, SERVICES, Bank, User, expect
from tests.behaviour.conftest import OpenBank

ROWS: Final = 7
EVERYTHING: Final = (LoginRecord, OperationRecord)


def written(bank: Bank, which: History, rows: int = ROWS) -> User:
    """Return somebody whose history of a kind has so many rows; they can be told apart."""
    user = registered(bank, "Target1")
    if which == "operations":
        for number in range(rows - 1):
            bank.wait(timedelta(seconds=1))
            bank.submit(ChangeEntitlements(login_id="Target1", authority=DESK, add=(SERVICES[number],)))
    else:
        for _ in range(rows):
            bank.wait(timedelta(seconds=31))
            bank.guess(user, bank.browser())
            bank.login(user, bank.browser())
    return user


def page(bank: Bank, which: History, limit: int = 200, before: int | None = None) -> HistoryPage:
    """Read a page of Target1's history."""
    return bank.read(ReadHistory(login_id="Target1", which=which, limit=limit, before=before))


# ----------------------------------------------------------------------------------------------------------- pages


@pytest.mark.parametrize("which", ["password", "operations"])
def test_pages_together_are_the_whole_history(bank: Bank, which: History) -> None:
    """Whatever the size of a page: every row once, newest first, each page verified, the last one without an older."""
    written(bank, which)
    everything = page(bank, which).records
    assert len(everything) >= ROWS
    assert all(isinstance(record, EVERYTHING) for record in everything)
    assert [record.at for record in everything] == sorted((record.at for record in everything), reverse=True)
    for limit in range(1, len(everything) + 2):
        seen: list[LoginRecord | OperationRecord] = []
        before: int | None = None
        while True:
            one = page(bank, which, limit, before)
            assert one.defect is None
            assert len(one.records) == min(limit, len(everything) - len(seen))
            seen += one.records
            if one.older is None:
                break
            before = one.older
        assert tuple(seen) == everything


@pytest.mark.parametrize("before", [1, 2, ROWS, ROWS + 1, ROWS + 2, 10**6])
def test_any_number_may_be_read_below(bank: Bank, before: int) -> None:
    """A number beyond the newest row is no defect, and below the first there is nothing."""
    written(bank, "operations")
    one = page(bank, "operations", before=before)
    assert one.defect is None
    assert len(one.records) == min(before - 1, ROWS)


@pytest.mark.parametrize("which", ["password", "certificate", "operations"])
@pytest.mark.parametrize("login_id", ["Nobody1", "", "短い", "x" * 1000, "a\x00bcdef"])
def test_who_has_no_history_has_an_empty_one(bank: Bank, login_id: str, which: History) -> None:
    """An ID that nobody tried, or that can't be one, is no error."""
    assert bank.read(ReadHistory(login_id=login_id, which=which)) == HistoryPage(records=(), defect=None, older=None)


def test_an_id_that_nobody_has_has_a_history_of_attempts(bank: Bank) -> None:
    """Whoever looks into an attack sees the attempts at IDs that never were."""
    bank.guess("Nobody1", bank.browser("192.0.2.66"))
    (record,) = bank.history("Nobody1").records
    assert expect(LoginRecord, record).result == "unknown-id"
    assert expect(LoginRecord, record).address == "192.0.2.66"


def test_histories_of_a_person_are_told_apart(bank: Bank) -> None:
    """Logins by password, logins by certificate, operations: each its own chain."""
    person = first_login(bank, registered(bank, "Target1"))
    assert all(isinstance(record, LoginRecord) for record in page(bank, "password").records)
    assert page(bank, "certificate").records == ()
    assert [row.operation for row in operations(bank, person.user)] == ["register"]


def test_rows_that_are_appended_meanwhile_are_no_defect(bank: Bank) -> None:
    """A page is read head first, rows after; what others do between the two is not taken for a forgery."""
    user = written(bank, "password")
    for _ in range(3):
        bank.guess(user, bank.browser())
        assert page(bank, "password", 2).defect is None


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": True},
        {"limit": 1.0},
        {"limit": None},
        {"which": "codes"},
        {"which": None},
        {"before": 0},
        {"before": -1},
        {"before": True},
        {"before": "3"},
        {"login_id": None},
        {"login_id": b"Target1"},
    ],
)
def test_a_page_is_bounded(fields: dict[str, Any]) -> None:
    """1 to 200 rows of one of three histories, below the number of a row; anything else is the program's mistake."""
    with pytest.raises(MisuseError):
        ReadHistory(**{"login_id": "Target1", **fields})


# ------------------------------------------------------------------------------------------------------- tampering


Tamper = Callable[[sqlite3.Connection, str], object]


def statement(text: str) -> Tamper:
    """Return a way to tamper: one statement about a chain."""
    return lambda file, chain: file.execute(text, (chain,))


def exchange(file: sqlite3.Connection, chain: str) -> None:
    """Exchange two rows' bodies and MACs."""
    select = "select number, body, mac from history where chain = ? and number in (2, 3)"
    rows = file.execute(select, (chain,)).fetchall()
    for (number, _, _), (_, body, mac) in zip(rows, reversed(rows), strict=True):
        file.execute("update history set body = ?, mac = ? where chain = ? and number = ?", (body, mac, chain, number))


def renumber(file: sqlite3.Connection, chain: str) -> None:
    """Take a row out and close the gap."""
    file.execute("delete from history where chain = ? and number = 4", (chain,))
    select = "select number from history where chain = ? and number > 4 order by number"
    for (number,) in file.execute(select, (chain,)).fetchall():
        file.execute("update history set number = ? where chain = ? and number = ?", (number - 1, chain, number))


def head(old: str, new: str) -> Tamper:
    """Return a way to tamper: edit the heads of all chains."""
    text = "update records set body = replace(body, ?, ?) where kind in ('throttle', 'operation-head')"
    return lambda file, _: file.execute(text, (old, new))


TAMPERING: Final[dict[str, Tamper]] = {
    "another time": statement(
        "update history set body = cast(replace(cast(body as text), '\"at\":17', '\"at\":16') as blob)"
        " where chain = ? and number = 3"
    ),
    "a row that says nothing": statement("update history set body = x'' where chain = ? and number = 3"),
    "a row that is no JSON": statement("update history set body = x'ff' where chain = ? and number = 3"),
    "another MAC": statement("update history set mac = zeroblob(32) where chain = ? and number = 3"),
    "another key": statement("update history set key_id = 'k9' where chain = ? and number = 3"),
    "a row taken out of the middle": statement("delete from history where chain = ? and number = 3"),
    "a row taken out and the gap closed": renumber,
    "the first row taken away": statement("delete from history where chain = ? and number = 1"),
    "the oldest rows taken away": statement("delete from history where chain = ? and number < 5"),
    "the last row taken away": statement(
        "delete from history where (chain, number) = (select chain, max(number) from history where chain = ?)"
    ),
    "all rows taken away": statement("delete from history where chain = ?"),
    "two rows exchanged": exchange,
    "a row added at the end": statement(
        "insert into history select chain, number + 1, key_id, body, mac from history"
        " where chain = ? order by number desc limit 1"
    ),
    "a head that counts more": head('"count":', '"count":1'),
    "a head with another MAC": head('"mac":"', '"mac":"AAAA'),
}


@pytest.mark.parametrize("kind", ["sync-sqlite", "async-sqlite"])
@pytest.mark.parametrize("which", ["password", "operations"])
@pytest.mark.parametrize("what", TAMPERING)
def test_whatever_somebody_did_to_the_file_shows(open_bank: OpenBank, scratch: Path, which: History, what: str) -> None:
    """Whoever can write the database, but lacks the chain key, changes no history unseen (HI-3)."""
    bank = open_bank()
    user = written(bank, which)
    assert page(bank, which).defect is None
    subject = bank.subject(user)
    chain = f"operation:{subject}" if which == "operations" else f"login:{subject}:password"
    with closing(sqlite3.connect(scratch / "0" / "bank.db")) as file, file:
        assert file.execute("select count(*) from history where chain = ?", (chain,)).fetchone()[0] >= ROWS
        before = file.total_changes
        TAMPERING[what](file, chain)
        assert file.total_changes > before
    seen: list[HistoryPage] = []
    older: int | None = None
    while True:
        seen.append(page(bank, which, 2, older))
        older = seen[-1].older
        if older is None:
            break
    assert page(bank, which).defect is not None
    assert any(one.defect is not None for one in seen)


@pytest.mark.parametrize("kind", ["sync-sqlite", "async-sqlite"])
def test_a_damaged_row_does_not_hide_the_others(open_bank: OpenBank, scratch: Path) -> None:
    """The page shows what can still be read, and where the chain breaks."""
    bank = open_bank()
    user = written(bank, "operations")
    whole = page(bank, "operations").records
    with closing(sqlite3.connect(scratch / "0" / "bank.db")) as file, file:
        file.execute(
            "update history set body = x'ff' where chain = ? and number = 3", (f"operation:{bank.subject(user)}",)
        )
    damaged = page(bank, "operations")
    assert damaged.records == tuple(record for number, record in enumerate(whole) if number != ROWS - 3)
    assert damaged.defect is not None
    assert (damaged.defect.number, damaged.defect.reason) == (3, "mac")


def test_a_row_that_a_newer_library_wrote_is_told_as_such(bank: Bank) -> None:
    """Its chain holds, so nobody changed it; what this library can't read it does not leave out in silence."""
    user = registered(bank, "Target1")
    head = expect(OperationHead, bank.record(OperationHead.at(bank.subject(user))))
    newer, row = append(head.head, f"operation:{bank.subject(user)}", b'{"at":"tomorrow"}', unsafe_keys())
    version = bank.front.load((head.key,))[head.key].version
    put = attrs.evolve(head, head=newer)
    change = ChangeSet(id="0" * 32, at=bank.clock(), guards={head.key: version}, puts=(put,), appends=(row,))
    assert bank.front.commit(change) == "done"
    with pytest.raises(CorruptRecordError):
        page(bank, "operations")


@pytest.mark.parametrize("kind", ["sync-sqlite", "async-sqlite"])
def test_a_row_of_another_type_is_no_row(open_bank: OpenBank, scratch: Path) -> None:
    """What the store itself never wrote it does not hand out, whatever it looks like."""
    bank = open_bank()
    user = written(bank, "operations")
    with closing(sqlite3.connect(scratch / "0" / "bank.db")) as file, file:
        file.execute("update history set body = cast(body as text) where chain like ?", (f"%{bank.subject(user)}",))
    with pytest.raises(CorruptRecordError):
        page(bank, "operations")


@pytest.mark.parametrize("kind", ["sync-sqlite", "async-sqlite"])
def test_a_head_that_can_not_be_read_is_told_as_such(open_bank: OpenBank, scratch: Path) -> None:
    """A record that somebody destroyed is an infrastructure error: nothing is granted on it, and nothing is guessed."""
    bank = open_bank()
    user = written(bank, "operations")
    with closing(sqlite3.connect(scratch / "0" / "bank.db")) as file, file:
        file.execute("update records set body = '{}' where kind = 'operation-head'")
    with pytest.raises(CorruptRecordError):
        page(bank, "operations")
    with pytest.raises(CorruptRecordError):
        bank.submit(RequireChange(login_id=user.login_id, authority=DESK))


def test_the_top_page_shows_the_newest_operations(bank: Bank) -> None:
    """What administrators did to an account is shown to its owner, newest first."""
    person = first_login(bank, registered(bank, "Target1"))
    for number in range(ROWS):
        bank.submit(ChangeEntitlements(login_id="Target1", authority=DESK, add=(SERVICES[number],)))
    shown = bank.read(TopPage(person.session, person.user.home))
    assert shown is not None
    assert [row.details[0] for row in shown.operations] == [("add", SERVICES[number]) for number in range(6, 1, -1)]


@pytest.mark.parametrize("which", ["password", "operations"])
def test_the_head_counts_the_rows(bank: Bank, which: History) -> None:
    """Head and rows are written together, so that they never differ."""
    user = written(bank, which)
    subject = bank.subject(user)
    if which == "operations":
        count = expect(OperationHead, bank.record(OperationHead.at(subject))).head.count
    else:
        count = expect(Throttle, bank.record(Throttle.at(subject, "password"))).head.count
    assert count == len(page(bank, which).records)
