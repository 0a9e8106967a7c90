"""The rows there are: each runs through, and each budget is the one that was promised."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.bank import Bank, open_bank
from benchmarks.contest import Benchmark, Side, UnavailableError
from benchmarks.login import our_login
from benchmarks.measure import measured
from benchmarks.otp_accept import our_step_up
from benchmarks.rows import ROWS
from benchmarks.session import our_check
from okmate_auth.storage import SQLiteStore

LOGOUT = ["load", "load", "commit"]  # before each login, not timed
BUDGETS = {
    "T1-login": 1.4,
    "T1-login-normal": 2.0,
    "T1-login-inline": None,
    "T1-login-inline-normal": None,
    "T4-session": 1.6,
    "T4-session-read": None,
    "T4-session-async": None,
    "T4-django": 0.02,
    "T5-window-10": 0.18,
    "T5-window-1": 0.22,
    "T5-window-0": 0.30,
    "T5-verify": None,
    "T5-verify-far": None,
    "T5-place-totp": 1.1,
    "T5-place-hotp": 1.1,
    "T5-place-far": 1.1,
    "T5-refused": 1.1,
    "T6-step-up": 1.8,
    "T6-step-up-normal": None,
    "T6-enter-code": None,
    "T6-enter-code-normal": None,
    "T6-django-otp": 0.1,
    "T6-django-otp-session": None,
    "T6-privacyidea": 0.01,
    "T7-threads": 0.588,
    "T7-loop-lag": 1.0,
    "T7-loop-lag-idle": None,
    "T7-memory": 1.25,
    "T8-ecdsa": 1.7,
    "T8-path-ecdsa": None,
    "T8-repeated-ecdsa": 0.05,
    "T8-rsa": 2.4,
    "T8-path-rsa": None,
    "T8-repeated-rsa": 0.05,
    "T13-import": 1.25,
    "T13-memory": 1.0,
    "W1-logins": 1.111,
    "W2-latency": 3.0,
}


def test_the_budgets_are_the_promised_ones() -> None:
    """A row's budget is changed here as well, or not at all; no two rows have one name."""
    assert [(row.name, row.budget) for row in ROWS] == list(BUDGETS.items())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_runs_through(row: Benchmark) -> None:
    """Every side does what it says, checked operation by operation; how long that takes is nobody's test."""
    try:
        result = measured(row, rounds=1, operations=2)
    except UnavailableError as reason:
        pytest.skip(str(reason))
    assert result.ratio > 0
    assert len(result.seconds) >= 2


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_says_what_it_is(row: Benchmark) -> None:
    """Its name begins with the number of the promise, and it has engine, words and rounds enough for a median."""
    assert re.fullmatch(r"[TW][0-9]+-[a-z0-9-]+", row.name)
    assert row.rounds >= 20
    assert row.engine
    assert row.what


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_is_explained(row: Benchmark) -> None:
    """The docstring of some module names it, with n for a number at its end, and says what is compared."""
    sources = (Path(__file__).parents[2] / "benchmarks").glob("*.py")
    docstrings = [ast.get_docstring(ast.parse(source.read_text("utf-8"))) or "" for source in sources]
    names = (f"``{row.name}``", f"``{re.sub('-[0-9]+$', '-n', row.name)}``")
    assert any(name in docstring for docstring in docstrings for name in names)


@pytest.mark.parametrize(
    ("ours", "expected"),
    [
        (our_step_up, ["load", "load", "commit"]),
        (our_login, [*LOGOUT, "load", "commit", "commit"]),
        (our_check, ["load"]),
    ],
)
def test_our_side_reads_and_commits_as_the_one_by_hand(
    ours: Callable[[Bank], Side], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step-up is two loads and a commit; a login one load and two commits, a place first; a check is one load."""
    calls: list[str] = []
    for name in ("load", "commit"):
        monkeypatch.setattr(SQLiteStore, name, noted(calls, name))
    with open_bank("normal") as (bank, _):
        side = ours(bank)
        side(1)  # the first one may find what registering left
        calls.clear()
        side(1)
    assert calls == expected


def noted(calls: list[str], name: str) -> object:
    """Return a method of the store that notes its calls."""
    method = getattr(SQLiteStore, name)

    def call(store: SQLiteStore, argument: object) -> object:
        calls.append(name)
        return method(store, argument)

    return call
