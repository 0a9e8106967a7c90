"""The limit on sources in one process: what counts as a source, what it may do, and what it costs to remember."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from okmate_auth.policies.sessions import SourceLimit
from okmate_auth.ports import SourceOutcome
from okmate_auth.shells.sources import InProcessSourceLimiter, source_of
from tests.stored_values import AT, any_text

HERE = "192.0.2.1"
TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
WITHIN = timedelta(minutes=10)
LIMIT = SourceLimit()

MALFORMED = SourceOutcome(result="malformed")


def failed(subject: str = "s") -> SourceOutcome:
    """Return a failed attempt at a subject."""
    return SourceOutcome(result="failed", subject=subject)


def succeeded(subject: str = "s") -> SourceOutcome:
    """Return a login that succeeded."""
    return SourceOutcome(result="succeeded", subject=subject)


def limiter(failures: int = 30, subjects: int = 20, *, most_sources: int = 100) -> InProcessSourceLimiter:
    """Return a limiter."""
    return InProcessSourceLimiter(
        SourceLimit(failures=failures, subjects=subjects, within=WITHIN), most_sources=most_sources
    )


# -------------------------------------------------------------------------------------------------- what a source is


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:0201", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff:ffff:ffff:ffff", "2001:db8::/64"),
        ("2001:DB8:0000::1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:/run/web.sock", "unix:/run/web.sock"),
        ("192.0.2.01", "192.0.2.01"),
        ("192.0.2.1 ", "192.0.2.1 "),
        ("", ""),
    ],
)
def test_a_source_is_an_address_or_a_network(address: str, source: str) -> None:
    """An IPv4 address, mapped or not; an IPv6 /64, however it is written; any other text as it stands."""
    assert source_of(address) == source


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_all_addresses_of_a_64_are_one_source(address: ipaddress.IPv6Address, host: int) -> None:
    """Whoever has a /64 has all its addresses, and gains nothing by moving in it."""
    neighbour = ipaddress.IPv6Address((int(address) >> 64 << 64) | host)
    if address.ipv4_mapped is None and neighbour.ipv4_mapped is None:
        assert source_of(str(address)) == source_of(str(neighbour)) == source_of(address.exploded)


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_each_ipv4_address_is_a_source(one: ipaddress.IPv4Address, other: ipaddress.IPv4Address) -> None:
    """A /32, told apart from every other, the same in IPv6's clothes."""
    assert (source_of(str(one)) == source_of(str(other))) is (one == other)
    assert source_of(f"::ffff:{one}") == source_of(str(one))


@given(any_text)
def test_any_text_is_some_source(text: str) -> None:
    """Whatever a caller declares, the limiter never fails on it."""
    one = limiter(1)
    assert source_of(text) == source_of(text)
    one.tell(text, failed(), AT)
    assert (one.verdict(text, AT) is None) is (text == "")


# --------------------------------------------------------------------------------------------------------- the limit


@pytest.mark.parametrize("result", ["failed", "malformed"])
@pytest.mark.parametrize(("times", "waits"), [(29, False), (30, True), (31, True)])
def test_thirty_failures_are_too_many(result: Literal["failed", "malformed"], times: int, *, waits: bool) -> None:
    """One fewer passes; with the thirtieth the source waits, whatever failed and however malformed."""
    one = limiter()
    for number in range(times):
        one.tell(HERE, SourceOutcome(result=result, subject="s" if result == "failed" else ""), AT + number * SECOND)
    assert (one.verdict(HERE, AT + timedelta(minutes=1)) is not None) is waits


@pytest.mark.parametrize(("subjects", "waits"), [(19, False), (20, True), (21, True)])
def test_twenty_different_ids_are_too_many(subjects: int, *, waits: bool) -> None:
    """Fewer failures over many IDs are spraying; what was malformed names no ID and counts as none."""
    one = limiter()
    one.tell(HERE, MALFORMED, AT)
    for number in range(subjects):
        one.tell(HERE, failed(f"s{number}"), AT)
    assert (one.verdict(HERE, AT) is not None) is waits


def test_the_wait_is_until_the_oldest_failure_is_over() -> None:
    """Told exactly, and true: a moment before it the source still waits, then it may go on."""
    one = limiter(3)
    for number in range(3):
        one.tell(HERE, failed(), AT + number * SECOND)
    now = AT + timedelta(minutes=1)
    assert one.verdict(HERE, now) == timedelta(minutes=9)
    assert one.verdict(HERE, AT + WITHIN - TICK) == TICK
    assert one.verdict(HERE, AT + WITHIN) is None


def test_sources_are_counted_apart() -> None:
    """One source's failures keep no other waiting; one that is not declared is not limited."""
    one = limiter(1)
    one.tell(HERE, failed(), AT)
    one.tell("", failed(), AT)
    assert one.verdict(HERE, AT) is not None
    assert one.verdict("192.0.2.2", AT) is None
    assert one.verdict("", AT) is None


def test_a_success_takes_away_its_own_failures_only() -> None:
    """An attacker's own account does not clear what he did to others."""
    one = limiter(4)
    for subject in ("victim-1", "mine", "victim-2", "mine"):
        one.tell(HERE, failed(subject), AT)
    assert one.verdict(HERE, AT) is not None
    one.tell(HERE, succeeded("mine"), AT)
    assert one.verdict(HERE, AT) is None
    for _ in range(2):
        one.tell(HERE, failed("victim-3"), AT)
    assert one.verdict(HERE, AT) is not None
    for _ in range(9):
        one.tell(HERE, succeeded("mine"), AT)
    assert one.verdict(HERE, AT) is not None


def test_a_success_elsewhere_helps_nobody_here() -> None:
    """The owner's login from his own address does not help whoever guesses his password from another."""
    one = limiter(1)
    one.tell(HERE, failed("owner"), AT)
    one.tell("192.0.2.2", succeeded("owner"), AT)
    assert one.verdict(HERE, AT) is not None


def test_a_failure_from_a_clock_that_was_ahead_does_not_last() -> None:
    """What is dated beyond what clocks may differ is not believed, or a jump would shut a branch office out."""
    one = limiter(1)
    one.tell(HERE, failed(), AT + timedelta(days=1))
    assert one.verdict(HERE, AT) is None


# ------------------------------------------------------------------------------------------------------------ memory


def test_the_source_that_was_quiet_longest_is_forgotten_first() -> None:
    """However many addresses a botnet has, only so many sources are remembered."""
    one = limiter(1, most_sources=3)
    for number in range(3):
        one.tell(f"192.0.2.{number}", failed(), AT)
    one.tell("192.0.2.0", failed(), AT)
    one.tell("192.0.2.9", failed(), AT)
    remembered = [number for number in (0, 1, 2, 9) if one.verdict(f"192.0.2.{number}", AT) is not None]
    assert remembered == [0, 2, 9]
    assert len(one._failures) == 3


def test_a_source_without_failures_is_not_remembered() -> None:
    """A success, or one that clears the last failure, leaves nothing behind."""
    one = limiter()
    one.tell(HERE, succeeded(), AT)
    assert not one._failures
    one.tell(HERE, failed(), AT)
    one.tell(HERE, succeeded(), AT)
    assert not one._failures


def test_a_source_is_remembered_no_further_than_the_limit() -> None:
    """A source that goes on failing costs as much memory as one that just reached the limit."""
    one = limiter(5)
    for number in range(1000):
        one.tell(HERE, failed(f"s{number}"), AT)
    assert [len(failures) for failures in one._failures.values()] == [5]


class Sources(RuleBasedStateMachine):
    """Outcomes from a few sources in any order, over time; the verdict is held against everything that was told."""

    def __init__(self) -> None:
        super().__init__()
        self.limiter = limiter(3, 2, most_sources=9)
        self.now = AT
        self.told: dict[str, list[tuple[str, datetime]]] = {}

    addresses = st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"])

    @rule(address=addresses, subject=st.sampled_from(["", "a", "b", "c"]))
    def fail(self, address: str, subject: str) -> None:
        """Fail, or be malformed."""
        outcome = failed(subject) if subject else MALFORMED
        self.limiter.tell(address, outcome, self.now)
        source = source_of(address)
        self.told[source] = [*self.recent(source), (subject, self.now)][-3:]

    @rule(address=addresses, subject=st.sampled_from(["a", "b", "c"]))
    def succeed(self, address: str, subject: str) -> None:
        """Log in."""
        self.limiter.tell(address, succeeded(subject), self.now)
        source = source_of(address)
        self.told[source] = [one for one in self.recent(source) if one[0] != subject]

    @rule(by=st.sampled_from([SECOND, timedelta(minutes=4), WITHIN]))
    def wait(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by

    def recent(self, source: str) -> list[tuple[str, datetime]]:
        """Return what a source was told of within the time, and no success took away."""
        return [one for one in self.told.get(source, []) if self.now - WITHIN < one[1]]

    @invariant()
    def a_source_beyond_its_limit_waits_and_no_other(self) -> None:
        """Failures that no success of their own subject took away, within the time: that, and only that, decides."""
        for source in self.told:
            address = source.replace("/64", "9")
            recent = self.recent(source)
            subjects = {subject for subject, _ in recent if subject}
            over = len(recent) >= 3 or len(subjects) >= 2
            assert (self.limiter.verdict(address, self.now) is not None) is over


TestSources = Sources.TestCase
