"""What a person sees of his own logins: the list of sessions and the top page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth import Authenticated, Client, PasswordChangeDone, TopPage, handles
from okmate_auth.commands import EndSession, RequireChange
from okmate_auth.queries import ListSessions
from okmate_auth.records import OperationRecord
from okmate_auth.records import Session as Record
from okmate_auth.replies import Done
from tests.behaviour.bank import DESK, MICROSECOND, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.living import ABSOLUTE, IDLE, SEVERAL, live
from tests.behaviour.steps import NEW


def three(bank: Bank) -> tuple[User, list[Client], list[Authenticated]]:
    """Log one person in from three browsers, a minute apart."""
    user = bank.customer()
    clients, ended = [user.home, bank.browser(), bank.browser()], []
    for client in clients:
        bank.wait(timedelta(minutes=1))
        ended.append(bank.log_in(user, client))
    return user, clients, ended


def test_ones_own_sessions_are_listed(open_bank: OpenBank) -> None:
    """Newest first, with the one that asks marked, and nothing that grants anything (SE-4)."""
    bank = open_bank(SEVERAL)
    _, clients, ended = three(bank)
    other = bank.customer()
    bank.log_in(other)
    listed = bank.read(ListSessions(ended[0].session, clients[0]))
    assert listed is not None
    assert [one.mine for one in listed] == [False, False, True]
    assert [one.started_at for one in listed] == [one.until - ABSOLUTE for one in reversed(ended)]
    assert [one.ends_at for one in listed] == [one.started_at + IDLE for one in listed]
    for one in listed:
        assert not any(handles.is_handle(text) for text in (one.id, one.id * 3))
        assert one.id not in [client.browser.reveal() for client in clients]


def test_only_live_sessions_are_listed(open_bank: OpenBank) -> None:
    """What has ended by itself is not shown."""
    bank = open_bank(SEVERAL)
    _, clients, ended = three(bank)
    bank.wait(IDLE - timedelta(minutes=2) - MICROSECOND)
    listed = bank.read(ListSessions(ended[2].session, clients[2]))
    assert listed is not None
    assert len(listed) == 3
    bank.wait(MICROSECOND)
    listed = bank.read(ListSessions(ended[2].session, clients[2]))
    assert listed is not None
    assert len(listed) == 2


@pytest.mark.parametrize("which", [0, 1, 2])
def test_one_of_ones_own_sessions_can_be_ended(open_bank: OpenBank, which: int) -> None:
    """The one that is named, the asking one included, and no other (ASVS 5.0 7.4.5)."""
    bank = open_bank(SEVERAL)
    user, clients, ended = three(bank)
    listed = bank.read(ListSessions(ended[0].session, clients[0]))
    assert listed is not None
    command = EndSession(session=ended[0].session, client=clients[0], which=listed[2 - which].id)
    assert bank.submit(command) == Done(login_id=user.login_id)
    assert [live(bank, one.session, client) for one, client in zip(ended, clients, strict=True)] == [
        place != which for place in range(3)
    ]
    (record, *_) = bank.history(user, "operations").records
    assert expect(OperationRecord, record).operation == "end-session"


@pytest.mark.parametrize("which", ["", "x" * 16, "x" * 1000])
def test_a_session_that_is_not_ones_own_can_not_be_ended(open_bank: OpenBank, which: str) -> None:
    """Another person's id is as unknown as one that nobody has."""
    bank = open_bank(SEVERAL)
    user, other = bank.customer(), bank.customer()
    session, theirs = bank.log_in(user).session, bank.log_in(other).session
    (listed,) = bank.read(ListSessions(theirs, other.home)) or ()
    for one in (which, listed.id):
        with bank.unchanged():
            refused(bank.submit(EndSession(session=session, client=user.home, which=one)), "unknown-session")
    assert live(bank, theirs, other.home)


# -- the top page


def test_the_top_page_shows_the_last_three_logins(bank: Bank) -> None:
    """Without the present one, newest first; whoever does not recognise one calls the bank (JB-4)."""
    user = bank.customer()
    begun = [bank.clock()]
    for _ in range(4):
        bank.wait(timedelta(hours=1))
        begun.append(bank.clock())
        session = bank.log_in(user).session
    view = bank.read(TopPage(session, user.home))
    assert view is not None
    assert (view.name, view.logged_in_at) == ("", begun[4])
    assert [login.at for login in view.logins] == [begun[3], begun[2], begun[1]]


def test_a_changed_password_shows_among_the_operations(bank: Bank) -> None:
    """The top page lists what the desk did to the account, newest first."""
    user = bank.customer()
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    step = bank.due_change(user)
    expect(PasswordChangeDone, bank.submit(bank.change_command(user, step, login=NEW)))
    session = expect(Authenticated, bank.submit(bank.attempt(user, NEW))).session
    view = bank.read(TopPage(session, user.home))
    assert view is not None
    assert [operation.operation for operation in view.operations] == ["require-change", "register"]


def test_records_of_sessions_are_found_by_hash_only(bank: Bank) -> None:
    """What a reader of the database sees is the hash of a handle under a session's own domain."""
    user = bank.customer()
    session = bank.log_in(user).session
    (record,) = bank.sessions(user)
    assert record.handle == handles.stored("session", session, bank="")
    assert bank.record(Record.at(handles.stored("flow", session, bank=""))) is None
