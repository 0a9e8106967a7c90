"""What one source may do, whatever accounts it tries: approximate, in this process, before anything is read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth import Authenticated, Busy, Refused
from okmate_auth.testing import Operation
from tests.behaviour.bank import MICROSECOND, Bank, expect, refused

ADDRESS = "203.0.113.9"
WITHIN = timedelta(minutes=10)


def spray(bank: Bank, subjects: int, address: str = ADDRESS) -> None:
    """Try one wrong password on so many IDs that nobody has."""
    for number in range(subjects):
        refused(bank.guess(f"nobody{number:02}", bank.browser(address)), "rejected")


@pytest.mark.parametrize(("subjects", "is_busy"), [(19, False), (20, True), (21, True)])
def test_twenty_ids_that_failed_are_too_many(bank: Bank, subjects: int, *, is_busy: bool) -> None:
    """The next one from there is told Busy, even with the right password (A51)."""
    user = bank.customer()
    spray(bank, min(subjects, 20))
    if subjects > 20:
        expect(Busy, bank.guess("nobody99", bank.browser(ADDRESS)))
    assert isinstance(bank.login(user, bank.browser(ADDRESS)), Busy if is_busy else Authenticated)


def test_a_source_over_its_limit_is_not_judged(bank: Bank) -> None:
    """No hash, no count: what it learns is when to come again."""
    user = bank.customer()
    spray(bank, 20)
    counters = bank.throttle(user).counters
    with bank.unhashed():
        assert bank.guess(user, bank.browser(ADDRESS)) == Busy(retry_after=WITHIN)
    assert bank.throttle(user).counters == counters


def test_a_source_over_its_limit_reads_little(bank: Bank) -> None:
    """What it leaves is a row at the 1st, 2nd, 4th … time, and between them nothing is asked of the store."""
    user = bank.customer()
    spray(bank, 20)
    traces: list[list[Operation]] = []
    for _ in range(4):
        before = len(bank.recording.trace)
        expect(Busy, bank.guess(user, bank.browser(ADDRESS)))
        traces.append(bank.recording.trace[before:])
    assert [bool(trace) for trace in traces] == [True, True, False, True]
    assert bank.results(user)[:3] == ["source-limit"] * 3


@pytest.mark.parametrize(("later", "is_busy"), [(-MICROSECOND, True), (timedelta(0), False), (MICROSECOND, False)])
def test_a_source_may_go_on_when_its_failures_are_over(bank: Bank, later: timedelta, *, is_busy: bool) -> None:
    """Ten minutes after the oldest of them."""
    user = bank.customer()
    spray(bank, 20)
    bank.wait(WITHIN + later)
    assert isinstance(bank.login(user, bank.browser(ADDRESS)), Busy if is_busy else Authenticated)


@pytest.mark.parametrize(("failures", "is_busy"), [(29, False), (30, True), (31, True)])
def test_thirty_failures_are_too_many(bank: Bank, failures: int, *, is_busy: bool) -> None:
    """Malformed input counts for the source, and for nobody else."""
    user = bank.customer()
    for _ in range(failures):
        reply = bank.submit(bank.attempt(user, "", bank.browser(ADDRESS)))
        assert isinstance(reply, Refused | Busy)
    assert isinstance(bank.login(user, bank.browser(ADDRESS)), Busy if is_busy else Authenticated)


def test_the_success_of_one_account_does_not_clear_its_source(bank: Bank) -> None:
    """An attacker's own account buys him no more guesses at others (the bypass of a changelog)."""
    own = bank.customer()
    spray(bank, 10)
    bank.log_out(own, bank.log_in(own, bank.browser(ADDRESS)).session)
    for number in range(10, 20):
        refused(bank.guess(f"nobody{number:02}", bank.browser(ADDRESS)), "rejected")
    expect(Busy, bank.guess("nobody20", bank.browser(ADDRESS)))


def test_other_sources_are_not_concerned(bank: Bank) -> None:
    """The owner comes in from anywhere else."""
    user = bank.customer()
    spray(bank, 20)
    bank.log_in(user)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.9", "::ffff:203.0.113.9", True),
        ("203.0.113.9", "203.0.113.10", False),
    ],
)
def test_a_source_is_an_address_or_its_network(bank: Bank, one: str, other: str, *, same: bool) -> None:
    """An IPv4 address however it is written, or an IPv6 /64, which is what one line is given."""
    user = bank.customer()
    spray(bank, 20, one)
    assert isinstance(bank.login(user, bank.browser(other)), Busy if same else Authenticated)
