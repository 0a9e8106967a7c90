"""Validity: inclusive at both ends, in whole seconds (RFC 5280 4.1.2.5), and the last thing that is told (A58)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.certificates.openssl import CA, END, ISSUED_CA, NOW, START, root
from tests.certificates.people import ALICE, bank, said, without

FIRST, LAST = datetime(2026, 3, 1, 9, 30, 15, tzinfo=UTC), datetime(2026, 9, 1, 18, 0, 45, tzinfo=UTC)
SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)
FOREVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # RFC 5280 4.1.2.5: no end that is known
TOKYO = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (START, "not-yet-valid"),
        (FIRST - SECOND, "not-yet-valid"),
        (FIRST - MICROSECOND, "not-yet-valid"),
        (FIRST, "accepted"),
        (FIRST + SECOND, "accepted"),
        (NOW, "accepted"),
        (LAST - SECOND, "accepted"),
        (LAST, "accepted"),
        (LAST + SECOND - MICROSECOND, "accepted"),
        (LAST + SECOND, "expired"),
        (END, "expired"),
        (datetime.min.replace(tzinfo=UTC), "not-yet-valid"),
        (datetime.max.replace(tzinfo=UTC), "expired"),
    ],
)
def test_both_ends(now: datetime, verdict: str) -> None:
    """The first and the whole last second are good, one second before and after are not."""
    alice = bank().issue(ALICE, start=FIRST, end=LAST)
    assert said(alice, now=now) == verdict
    if datetime(2, 1, 1, tzinfo=UTC) < now < datetime(9998, 1, 1, tzinfo=UTC):
        assert said(alice, now=now.astimezone(TOKYO)) == verdict


@given(now=st.datetimes(timezones=st.just(UTC)))
def test_every_instant(now: datetime) -> None:
    """At any instant a certificate is not yet, now or no longer valid, by the order of whole seconds."""
    whole = now.replace(microsecond=0)
    expected = "not-yet-valid" if whole < FIRST else "expired" if whole > LAST else "accepted"
    assert said(bank().issue(ALICE, start=FIRST, end=LAST), now=now) == expected


def test_without_an_end() -> None:
    """The year 9999 (as GeneralizedTime) is an end like any other, and does not overflow."""
    always = root("/CN=Always", end=FOREVER)
    alice = always.issue(ALICE, end=FOREVER)
    for now in (NOW, datetime(2050, 1, 1, tzinfo=UTC), FOREVER, datetime.max.replace(tzinfo=UTC)):
        assert said(alice, anchors=(always,), now=now) == "accepted"


def test_on_both_sides_of_2050() -> None:
    """An end in 2049 is written as UTCTime and one in 2050 as GeneralizedTime; both are read as what they are."""
    always = root("/CN=Always", end=FOREVER)
    for end in (datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)):
        alice = always.issue(ALICE, end=end)
        assert [said(alice, anchors=(always,), now=now) for now in (end, end + SECOND)] == ["accepted", "expired"]


def test_an_end_before_the_start() -> None:
    """A certificate whose validity ends before it begins is never valid."""
    never = bank().issue(ALICE, start=LAST, end=FIRST)
    assert {said(never, now=now) for now in (START, FIRST, NOW, LAST, END)} == {"bad-path"}


@pytest.mark.parametrize(
    ("start", "end", "verdict"),
    [(START, NOW - SECOND, "bad-path"), (NOW + SECOND, END, "bad-path"), (START, NOW, "accepted")],
    ids=["expired", "not yet valid", "at its last second"],
)
def test_a_ca_that_is_not_valid(start: datetime, end: datetime, verdict: str) -> None:
    """A CA on the path, or an anchor, that is not valid now breaks the path; its client can do nothing about it."""
    between = bank().issue("/CN=Between", ISSUED_CA, start=start, end=end)
    assert said(between.issue(ALICE), between) == verdict
    anchor = root("/CN=Anchor", CA, start=start, end=end)
    assert said(anchor.issue(ALICE), anchors=(anchor,)) == verdict


def test_expired_with_its_ca() -> None:
    """What was good to its last second is expired, though its CA has expired since, too."""
    between = bank().issue("/CN=Between", ISSUED_CA, end=LAST)
    assert said(between.issue(ALICE, end=LAST - SECOND), between, now=END) == "expired"
    assert said(between.issue(ALICE, end=LAST + SECOND), between, now=END) == "bad-path"


@pytest.mark.parametrize(
    ("extensions", "kind", "verdict"),
    [
        (without("extendedKeyUsage"), "P-256", "wrong-use"),
        (without("subjectKeyIdentifier", "1.2.3.4=critical,ASN1:NULL"), "P-256", "bad-path"),
        (without("subjectKeyIdentifier"), "rsa:1024", "weak-key"),
    ],
)
def test_expired_is_said_last(extensions: tuple[str, ...], kind: str, verdict: str) -> None:
    """What has another defect and is expired is refused for the other defect."""
    for now in (START, NOW, END):
        assert said(bank().issue(ALICE, extensions, kind=kind, start=FIRST, end=LAST), now=now) == verdict
