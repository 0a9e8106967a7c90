"""Guesses at the password after a certificate: in which lane, told to whom, and resting on what."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs
import pytest

from okmate_auth import Abandon, Authenticated, Busy, Client, EnterPassword, Refused
from okmate_auth.commands import RequireChange
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.queries import PendingNotices
from okmate_auth.records import LoginRecord, Place
from okmate_auth.replies import Step
from tests.behaviour.bank import DESK, FAST, WRONG, Bank, User, expect, refused
from tests.behaviour.certificates import at_the_password, chain_of, holder, login, present, showing

ADDRESS: Final = "203.0.113.9"
LIMIT: Final = FAST.lockout_of(LOGIN_PASSWORD).limit
LANES: Final = ("known", "others")


def guess(bank: Bank, user: User, client: Client) -> Refused:
    """Present the certificate and enter a wrong password."""
    return expect(Refused, login(bank, user, client, WRONG))


def browser_of(bank: Bank, user: User, lane: str) -> Client:
    """Return a browser with the certificate whose guesses count in a lane."""
    return user.home if lane == "known" else showing(bank.browser(), chain_of(user))


def crowd(bank: Bank, user: User) -> None:
    """Take every place of the known browsers, as guesses that are being judged do."""
    ends_at = bank.clock() + timedelta(seconds=30)
    places = tuple(
        Place(id=f"{number}", owner="x", factor=LOGIN_PASSWORD, lane="known", ends_at=ends_at)
        for number in range(LIMIT)
    )
    bank.put_record(attrs.evolve(bank.throttle(user, "certificate"), places=places))


def newest(bank: Bank, user: User) -> tuple[str, int]:
    """Return result and number of the newest row."""
    row = expect(LoginRecord, bank.history(user, "certificate", 1).records[0])
    return row.result, row.attempts


# -- lanes


@pytest.mark.parametrize("lane", LANES)
def test_guesses_lock_the_lane_of_their_browser_alone(bank: Bank, lane: str) -> None:
    """The guess that locks is told so; from the other kind of browser certificate and password go on as before."""
    user = holder(bank)
    client = browser_of(bank, user, lane)
    replies = [guess(bank, user, client) for _ in range(LIMIT)]
    assert [reply.code for reply in replies] == ["rejected"] * (LIMIT - 1) + ["locked"]
    counter = bank.throttle(user, "certificate").counter(LOGIN_PASSWORD)
    assert [counter.lane("known").total, counter.lane("others").total] == [LIMIT * (lane == one) for one in LANES]
    refused(present(bank, user, client), "locked")
    other = browser_of(bank, user, "others" if lane == "known" else "known")
    assert [guess(bank, user, other).code for _ in range(2)] == ["rejected"] * 2
    assert isinstance(login(bank, user, other), Authenticated)


@pytest.mark.parametrize("lane", LANES)
def test_each_row_says_from_which_browser(bank: Bank, lane: str) -> None:
    """Presented, guessed, logged in."""
    user = holder(bank)
    client = browser_of(bank, user, lane)
    guess(bank, user, client)
    login(bank, user, client)
    page = [expect(LoginRecord, row) for row in bank.history(user, "certificate", 4).records]
    assert [(row.result, row.known_browser) for row in page] == [
        ("authenticated", lane == "known"),
        ("step", lane == "known"),
        ("wrong-password", lane == "known"),
        ("step", lane == "known"),
    ]


# -- told


@pytest.mark.parametrize("lane", LANES)
def test_a_lock_is_told_to_the_owner(bank: Bank, lane: str) -> None:
    """Once, with the address it came from; a guess that locks nothing is not."""
    user = holder(bank)
    client = browser_of(bank, user, lane)

    def told() -> list[tuple[tuple[str, ...], ...]]:
        notices = bank.read(PendingNotices())
        return [one.details for one in notices if (one.login_id, one.event) == (user.login_id, "lock")]

    for _ in range(LIMIT - 1):
        guess(bank, user, client)
    assert told() == []
    guess(bank, user, client)
    refused(present(bank, user, client), "locked")
    assert told() == [(("address", client.address),)]


def test_each_wrong_password_counts_for_its_source(bank: Bank) -> None:
    """Those that lock as well: the thirtieth is judged, and after it nothing is, from that address alone (A51)."""
    people = [holder(bank) for _ in range(FAST.source.failures // LIMIT)]
    for user in people:
        for _ in range(LIMIT):
            guess(bank, user, attrs.evolve(user.home, address=ADDRESS))
    user = holder(bank)
    assert isinstance(present(bank, user, attrs.evolve(user.home, address=ADDRESS)), Busy)
    assert isinstance(login(bank, user), Authenticated)


# -- counted


def test_what_waits_for_a_place_is_counted_for_each_person(bank: Bank) -> None:
    """Or a flood at one account would hide the first one at the next."""
    for user in (holder(bank), holder(bank)):
        step = at_the_password(bank, user)
        crowd(bank, user)
        for _ in range(3):
            expect(Busy, bank.submit(EnterPassword(handle=step.handle, client=user.home, password=WRONG)))
        assert newest(bank, user) == ("crowded", 2)


# -- resting on what


def test_no_guess_is_judged_for_a_flow_that_has_ended(bank: Bank) -> None:
    """Given up after it was read: the place rests on the flow, so none is taken and nothing is hashed."""
    user = holder(bank)
    step = at_the_password(bank, user)
    entered = EnterPassword(handle=step.handle, client=user.home, password=user.login_password)
    with bank.unhashed(), bank.meanwhile("commit", Abandon(handle=step.handle, client=user.home)):
        refused(bank.submit(entered), "stale")
    assert bank.throttle(user, "certificate").places == ()


def test_what_was_not_judged_is_written_whatever_else_happens(bank: Bank) -> None:
    """It rests on nothing but the history's head: an account that changes meanwhile makes nobody try again."""
    user = holder(bank)
    thief = browser_of(bank, user, "others")
    step: Step = at_the_password(bank, user)
    entered = EnterPassword(handle=step.handle, client=user.home, password=user.login_password)
    for _ in range(LIMIT):
        guess(bank, user, thief)
    crowd(bank, user)
    meanwhile = RequireChange(login_id=user.login_id, authority=DESK)
    before = len(bank.recording.commits)
    with bank.meanwhile("commit", meanwhile):
        refused(present(bank, user, thief), "locked")
    with bank.meanwhile("commit", meanwhile):
        expect(Busy, bank.submit(entered))
    assert len(bank.recording.commits) - before == 4
    assert bank.results(user, 2, "certificate") == ["crowded", "locked"]
