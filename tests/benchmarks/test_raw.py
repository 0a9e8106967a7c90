"""What the library is compared with does what it says: a comparison with something unsound would be none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.raw import judging
from benchmarks.raw.bank import Conflict, RawBank
from benchmarks.raw.code import STEP_SECONDS, WINDOW, code_at, match
from benchmarks.raw.enter_code import FLOW_SECONDS, enter_code, log_out, new_flow
from benchmarks.raw.enter_code import STEP_SECONDS as STEP_LASTS
from benchmarks.raw.step_up import IDLE_SECONDS, new_session, step_up
from okmate_auth import tokens

NOW = 1_767_603_610
HANDLE = "h" * 43


@pytest.fixture
def bank(tmp_path: Path) -> Generator[RawBank, None, None]:
    """Yield a bank whose user has a session and a login under way."""
    with RawBank(tmp_path / "raw.db", synchronous="full", now=NOW) as bank:
        new_session(bank, HANDLE, NOW)
        new_flow(bank, HANDLE, NOW)
        yield bank


def code(bank: RawBank, steps: int = 0, now: int = NOW) -> str:
    """Return what the token shows so many steps from now."""
    return code_at(bank.seed, now // STEP_SECONDS + steps)


def up(bank: RawBank, text: str, now: int = NOW) -> bool:
    """Step up."""
    return step_up(bank, HANDLE, text, "transfer", now)


def entered(bank: RawBank, text: str, now: int = NOW) -> bool:
    """Enter a code at login."""
    return enter_code(bank, HANDLE, text, now) is not None


WAYS = [up, entered]
Way = Callable[..., bool]


def contents(bank: RawBank) -> list[tuple[object, ...]]:
    """Return everything in the file."""
    tables = [name for (name,) in bank.db.execute("select name from sqlite_master where type = 'table'")]
    return [(table, *row) for table in tables for row in bank.db.execute(f"select * from {table}")]  # noqa: S608 - its own names


@pytest.mark.parametrize("counter", [0, 1, 9, 2**31, 2**32, 2**64 - 1])
def test_its_codes_are_the_standards(counter: int) -> None:
    """They agree with the library's, which agree with the vectors of RFC 4226 and RFC 6238."""
    seed = b"12345678901234567890"
    expected = tokens.code_at(seed, counter, tokens.Parameters(kind="hotp"))
    assert code_at(seed, counter) == expected
    assert match(seed, expected, range(max(0, counter - 1), min(counter + 2, 2**64))) == [counter]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("steps", range(-3, 4))
def test_a_code_of_the_window_is_accepted_once(bank: RawBank, way: Way, steps: int) -> None:
    """From one step before to one after, exactly; and never again, nor an older one."""
    accepted = way(bank, code(bank, steps))
    assert accepted is (abs(steps) <= WINDOW)
    if accepted:
        log_out(bank)
        bank.db.execute("delete from flow")
        new_session(bank, HANDLE, NOW)
        new_flow(bank, HANDLE, NOW)
        assert not any(way(bank, code(bank, older)) for older in range(-WINDOW, steps + 1))


@pytest.mark.parametrize("scanned", [WINDOW, 50])
@pytest.mark.parametrize("steps", [-51, -50, -2, -1, 1, 2, 50, 51])
def test_looking_further_accepts_no_more(tmp_path: Path, scanned: int, steps: int) -> None:
    """However far it scans, the window is ±1."""
    with RawBank(tmp_path / "far.db", synchronous="normal", now=NOW, scanned=scanned) as bank:
        new_session(bank, HANDLE, NOW)
        assert up(bank, code(bank, steps)) is (abs(steps) <= WINDOW)


def test_a_code_that_another_step_shows_as_well_is_accepted(bank: RawBank, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of codes that are the same by chance, the lowest counter that is good counts, wherever the others are."""
    at = NOW // STEP_SECONDS
    monkeypatch.setattr(judging, "match", lambda *_: [at - 40, at - 1, at, at + 40])
    bank.db.execute("update token set next_counter = ?", (at,))
    assert up(bank, code(bank))
    assert bank.db.execute("select next_counter from token").fetchone() == (at + 1,)
    assert not up(bank, code(bank))


@pytest.mark.parametrize("way", WAYS)
def test_what_is_accepted_leaves_a_chained_row_and_what_is_refused_nothing(bank: RawBank, way: Way) -> None:
    """One row of the history for each success; the head stands with the throttle."""
    before = contents(bank)
    assert not way(bank, code(bank, 5))
    assert not way(bank, "12345")
    assert contents(bank) == before
    assert way(bank, code(bank))
    (number, mac), *others = bank.db.execute("select number, mac from history").fetchall()
    assert others == []
    assert bank.db.execute("select head_count, head_mac from throttle").fetchone() == (number, mac) != (0, b"")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "change",
    [
        "update account set suspended = 1",
        "update token set suspended = 1",
        "update token set state = 'revoked'",
        "update token set holder = 'somebody'",
        "update throttle set locked_until = 1767603611",
        "update token_throttle set locked_until = 1767603611",
        "update session set browser = 'another'; update flow set browser = 'another'",
        "delete from session; delete from flow",
    ],
)
def test_what_speaks_against_it_is_looked_at(bank: RawBank, way: Way, change: str) -> None:
    """A right code is refused where account, token, lock, browser or handle say no."""
    bank.db.executescript(change)
    assert not way(bank, code(bank))


@pytest.mark.parametrize(("way", "lasts"), [(up, IDLE_SECONDS), (entered, min(STEP_LASTS, FLOW_SECONDS))])
@pytest.mark.parametrize("late", [-1, 0, 1])
def test_what_is_over_is_over(bank: RawBank, way: Way, lasts: int, late: int) -> None:
    """A session that idled and a step that took too long accept nothing, from that second on."""
    now = NOW + lasts + late
    assert way(bank, code(bank, now=now), now) is (late < 0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("table", ["account", "throttle", "token", "token_throttle"])
def test_whatever_changed_meanwhile_is_a_conflict(
    bank: RawBank, tmp_path: Path, way: Way, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where anything it read is written between reading and writing, it writes nothing (compare-and-set)."""
    right, before = code(bank), list[tuple[object, ...]]()

    def judged_slowly(seed: bytes, code: str, counters: Iterable[int]) -> list[int]:
        with closing(sqlite3.connect(tmp_path / "raw.db", isolation_level=None)) as other:
            other.execute(f"update {table} set version = 'another'")  # noqa: S608 - of the list above
        before[:] = contents(bank)
        return match(seed, code, counters)

    monkeypatch.setattr(judging, "match", judged_slowly)
    with pytest.raises(Conflict):
        way(bank, right)
    assert contents(bank) == before
    assert not bank.db.in_transaction


@pytest.mark.parametrize("way", WAYS)
def test_it_reads_twice_and_commits_once(bank: RawBank, way: Way) -> None:
    """As ours does: two statements before the transaction, then one commit, durable."""
    statements: list[str] = []
    bank.db.set_trace_callback(statements.append)
    assert way(bank, code(bank))
    begin = statements.index("begin immediate")
    assert [text.split()[0] for text in statements[:begin]] == ["select", "select"]
    assert statements[-1] == "commit"
    assert statements.count("commit") == 1
    bank.db.set_trace_callback(None)
    assert bank.db.execute("pragma synchronous").fetchone() == (2,)
    assert bank.db.execute("pragma journal_mode").fetchone() == ("wal",)
