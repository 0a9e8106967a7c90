"""Sessions: who may use one, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from okmate_auth import Client, Logout, Secret
from okmate_auth.commands import BySession, EndSession, Suspend
from okmate_auth.policies.sessions import SessionPolicy
from okmate_auth.records import Repeat
from okmate_auth.replies import LoggedOut
from tests.behaviour.bank import COMPANY, FAST, MICROSECOND, Bank
from tests.behaviour.living import ABSOLUTE, IDLE, INSTANTS, confirm, dead_everywhere, live


def test_a_session_says_who_is_logged_in_and_how(bank: Bank) -> None:
    """Person, company, role, rights, what was proven, and until when."""
    user = bank.customer(role="administrator", entitlements=("inquiry", "transfer"))
    start = bank.clock()
    session = bank.session(bank.log_in(user).session, user.home)
    assert session is not None
    assert session.subject == bank.subject(user)
    assert (session.login_id, session.company, session.role) == (user.login_id, COMPANY, "administrator")
    assert (session.entrance, session.factors) == ("password", ("login-password",))
    assert session.entitlements == ("inquiry", "transfer")
    assert (session.started_at, session.idle_ends_at, session.ends_at) == (start, start + IDLE, start + ABSOLUTE)
    assert (session.enrollment_skipped, session.fresh) == (False, ())


# -- idleness


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize(("later", "is_live"), INSTANTS)
def test_an_idle_session_ends(bank: Bank, *, used: bool, later: timedelta, is_live: bool) -> None:
    """Ten minutes after its last use, or after the login where it never was used; exclusive (SE-2)."""
    user = bank.customer()
    session = bank.log_in(user).session
    if used:
        bank.wait(timedelta(minutes=3))
        assert live(bank, session, user.home)
    bank.wait(IDLE + later)
    assert live(bank, session, user.home) is is_live


@pytest.mark.parametrize(("later", "is_live"), INSTANTS)
def test_use_resets_idleness_and_nothing_else(bank: Bank, later: timedelta, *, is_live: bool) -> None:
    """Used every nine minutes, it lives for eight hours and not a microsecond longer (SE-5)."""
    user = bank.customer()
    ended = bank.log_in(user)
    while ended.until - bank.clock() > IDLE:
        bank.wait(timedelta(minutes=9))
        assert live(bank, ended.session, user.home)
    bank.clock.set(ended.until + later)
    assert live(bank, ended.session, user.home) is is_live


def test_proving_a_password_is_a_use(bank: Bank) -> None:
    """A confirmation counts like any request of a view."""
    user = bank.customer()
    session = bank.log_in(user).session
    bank.wait(timedelta(minutes=9))
    bank.submit(confirm(session, user.home))
    bank.wait(timedelta(minutes=9))
    assert live(bank, session, user.home)


def test_the_first_use_is_committed(bank: Bank) -> None:
    """With it the kept reply that carried the handle is deleted, in one commit."""
    user = bank.customer()
    session = bank.log_in(user).session
    (record,) = bank.sessions(user)
    assert record.used_at is None
    assert bank.record(Repeat.at(record.repeat)) is not None
    before = len(bank.recording.commits)
    assert live(bank, session, user.home)
    ((change, outcome),) = bank.recording.commits[before:]
    assert (outcome, change.deletes) == ("done", (Repeat.at(record.repeat),))
    assert bank.sessions(user) == [attrs.evolve(record, used_at=bank.clock(), repeat="")]


@pytest.mark.parametrize(
    ("later", "written"), [(timedelta(0), False), (IDLE / 10 - MICROSECOND, False), (IDLE / 10, True)]
)
def test_later_uses_are_written_once_in_a_tenth_of_the_limit(bank: Bank, later: timedelta, *, written: bool) -> None:
    """A page with twenty pictures writes nothing; the next minute does."""
    user = bank.customer()
    session = bank.log_in(user).session
    assert live(bank, session, user.home)
    bank.wait(later)
    before = len(bank.recording.commits)
    assert live(bank, session, user.home)
    assert len(bank.recording.commits) - before == written


@pytest.mark.parametrize(
    "see",
    [
        live,
        lambda bank, session, client: bank.submit(confirm(session, client)),
        lambda bank, session, client: bank.submit(EndSession(session=session, client=client, which="x")),
        lambda bank, session, client: bank.submit(
            Suspend(login_id="nobody01", authority=BySession(session=session, confirmation_password="x", client=client))
        ),
    ],
)
def test_what_was_seen_ended_stays_ended(bank: Bank, see: Callable[[Bank, Secret, Client], object]) -> None:
    """Once anybody was told, a clock that goes back brings no session back (A12)."""
    user = bank.customer()
    session = bank.log_in(user).session
    assert live(bank, session, user.home)
    bank.wait(IDLE)
    see(bank, session, user.home)
    bank.wait(-IDLE)
    assert dead_everywhere(bank, session, user.home)


@pytest.mark.parametrize(
    ("back", "is_live"), [(timedelta(seconds=30), True), (timedelta(seconds=30, microseconds=1), False)]
)
def test_a_session_that_began_in_the_future_is_not_believed(bank: Bank, back: timedelta, *, is_live: bool) -> None:
    """Clocks of two hosts may differ by thirty seconds; a clock that was further ahead left no valid session."""
    user = bank.customer()
    session = bank.log_in(user).session
    bank.wait(-back)
    assert live(bank, session, user.home) is is_live


def test_shorter_limits_count_for_sessions_that_are_live(bank: Bank) -> None:
    """A bank that makes its limits stricter makes them so at once."""
    user = bank.customer()
    session = bank.log_in(user).session
    assert live(bank, session, user.home)
    stricter = bank.beside(attrs.evolve(FAST, session=SessionPolicy(idle=timedelta(minutes=2))))
    bank.wait(timedelta(minutes=2))
    assert stricter.session(session, user.home) is None


# -- whose it is


def test_a_session_of_another_browser_is_none(bank: Bank) -> None:
    """The handle alone is not enough; whoever tries does no harm."""
    user = bank.customer()
    session = bank.log_in(user).session
    assert dead_everywhere(bank, session, bank.browser())
    with bank.unchanged():
        assert bank.submit(Logout(session, client=bank.browser())) == LoggedOut()
    assert live(bank, session, user.home)


def test_a_session_may_move_to_another_address(bank: Bank) -> None:
    """The browser's cookie decides, not where it is."""
    user = bank.customer()
    session = bank.log_in(user).session
    assert live(bank, session, Client("2001:db8::1", "Lynx/2.9", browser=user.home.browser))


def test_a_handle_with_one_character_changed_is_no_session(bank: Bank) -> None:
    """Each of the 43 characters counts."""
    user = bank.customer()
    handle = bank.log_in(user).session.reveal()
    for place, char in enumerate(handle):
        flipped = handle[:place] + ("A" if char != "A" else "B") + handle[place + 1 :]
        assert not live(bank, Secret(flipped), user.home)


@pytest.mark.parametrize("text", ["", "x", "x" * 42, "x" * 44, "x" * 42 + "=", "ｘ" * 43, "\ud800" * 43, "\x00" * 43])
def test_what_can_be_no_handle_is_no_session(bank: Bank, text: str) -> None:
    """Nothing is read for it, and nothing raised."""
    calls = len(bank.recording.trace)
    assert dead_everywhere(bank, Secret(text), bank.browser())
    assert bank.submit(Logout(text, client=bank.browser())) == LoggedOut()
    assert len(bank.recording.trace) == calls


def test_every_login_has_a_handle_of_its_own(bank: Bank) -> None:
    """A browser that logs in again gets a new handle, and the old one is dead (SE-1, A93)."""
    user = bank.customer()
    first, second = bank.log_in(user), bank.log_in(user)
    assert first.session != second.session
    assert dead_everywhere(bank, first.session, user.home)
    assert live(bank, second.session, user.home)


def test_a_browser_that_changed_hands_serves_its_new_person_only(bank: Bank) -> None:
    """Logged out without losing the cookie, the browser's next login is another session (Keycloak #44168)."""
    one, other = bank.customer(), bank.customer()
    session = bank.log_in(one).session
    bank.log_out(one, session)
    theirs = bank.log_in(other, one.home).session
    assert dead_everywhere(bank, session, one.home)
    assert bank.session(theirs, one.home) is not None
