"""Sessions: who may use one, for how long, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import attrs
import pytest

from okmate_auth import (
    Authenticated,
    Client,
    Confirm,
    Logout,
    PasswordChangeDone,
    Secret,
    TopPage,
    handles,
)
from okmate_auth.commands import (
    BySession,
    ChangeEntitlements,
    CloseUser,
    EndSession,
    Release,
    RequireChange,
    ResetPasswords,
    Suspend,
)
from okmate_auth.decision import Command
from okmate_auth.policies.profile import Profile
from okmate_auth.policies.sessions import SessionPolicy
from okmate_auth.ports import ChangeSet
from okmate_auth.queries import ListSessions
from okmate_auth.records import Repeat
from okmate_auth.records import Session as Record
from okmate_auth.replies import Done, LoggedOut
from tests.behaviour.bank import COMPANY, CONFIRMATION, DESK, FAST, MICROSECOND, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import NEW

IDLE, ABSOLUTE = timedelta(minutes=10), timedelta(hours=8)
INSTANTS = [(-MICROSECOND, True), (timedelta(0), False), (MICROSECOND, False)]
"""Around an end: by how much later, and whether the session is live then."""
SEVERAL: Final[Profile] = attrs.evolve(FAST, session=SessionPolicy(double_login="allow", at_once=3))


def live(bank: Bank, session: Secret, client: Client) -> bool:
    """Say whether a session may be used; looking is using it."""
    return bank.session(session, client) is not None


def confirm(session: Secret, client: Client) -> Confirm:
    """Return the command that proves the confirmation password."""
    return Confirm(session=session, client=client, password=CONFIRMATION, purpose="transfer")


def dead_everywhere(bank: Bank, session: Secret, client: Client) -> bool:
    """Say whether nothing that a session protects accepts it."""
    refused(bank.submit(confirm(session, client)), "not-logged-in")
    refused(bank.submit(EndSession(session=session, client=client, which="x")), "not-logged-in")
    answers = (
        bank.session(session, client),
        bank.read(TopPage(session, client)),
        bank.read(ListSessions(session, client)),
    )
    return answers == (None, None, None)


# -- what it says


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
def test_an_idle_session_ends(bank: Bank, used: bool, later: timedelta, is_live: bool) -> None:  # noqa: FBT001
    """Ten minutes after its last use, or after the login where it never was used; exclusive (SE-2)."""
    user = bank.customer()
    session = bank.log_in(user).session
    if used:
        bank.wait(timedelta(minutes=3))
        assert live(bank, session, user.home)
    bank.wait(IDLE + later)
    assert live(bank, session, user.home) is is_live


@pytest.mark.parametrize(("later", "is_live"), INSTANTS)
def test_use_resets_idleness_and_nothing_else(bank: Bank, later: timedelta, is_live: bool) -> None:  # noqa: FBT001
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
def test_later_uses_are_written_once_in_a_tenth_of_the_limit(bank: Bank, later: timedelta, written: bool) -> None:  # noqa: FBT001
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
def test_a_session_that_began_in_the_future_is_not_believed(bank: Bank, back: timedelta, is_live: bool) -> None:  # noqa: FBT001
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


# -- logging out


def test_after_logout_a_session_is_dead_everywhere(bank: Bank) -> None:
    """Nothing accepts it any more, and logging out twice is no error (A94)."""
    user = bank.customer()
    session = bank.log_in(user).session
    assert bank.submit(Logout(session, client=user.home)) == LoggedOut()
    assert dead_everywhere(bank, session, user.home)
    assert bank.account(user).sessions == ()
    with bank.unchanged():
        assert bank.submit(Logout(session, client=user.home)) == LoggedOut()


def test_a_use_that_comes_too_late_brings_no_session_back(bank: Bank) -> None:
    """A request that saw the session just before the logout writes its use just after it: in vain (A95)."""
    user = bank.customer()
    session = bank.log_in(user).session
    (record,) = bank.sessions(user)
    loaded = bank.front.load((record.key,))[record.key]
    bank.log_out(user, session)
    used = attrs.evolve(record, used_at=bank.clock())
    late = ChangeSet(id="0" * 32, at=bank.clock(), guards={record.key: loaded.version}, puts=(used,))
    assert bank.front.commit(late) == "conflict"
    assert dead_everywhere(bank, session, user.home)


def test_a_confirmation_at_the_moment_of_logout_leaves_no_session(bank: Bank) -> None:
    """Whichever was first: afterwards the session is dead (A94)."""
    user = bank.customer()
    session = bank.log_in(user).session
    commands: list[Command[Any]] = [confirm(session, user.home), Logout(session, client=user.home)]
    bank.together(*commands)
    assert dead_everywhere(bank, session, user.home)


# -- ended by others

ENDS: list[Callable[[User], Command[Any]]] = [
    lambda user: Suspend(login_id=user.login_id, authority=DESK),
    lambda user: CloseUser(login_id=user.login_id, authority=DESK),
    lambda user: ResetPasswords(login_id=user.login_id, authority=DESK),
    lambda user: RequireChange(login_id=user.login_id, authority=DESK, reason="compromise"),
]


@pytest.mark.parametrize("end", ENDS)
def test_what_ends_sessions_ends_all_of_them(open_bank: OpenBank, end: Callable[[User], Command[Any]]) -> None:
    """Suspended, closed, reset or compromised: every session is dead at once, and no other person's (SE-3)."""
    bank = open_bank(SEVERAL)
    user, other = bank.customer(), bank.customer()
    clients = [user.home, bank.browser(), bank.browser()]
    sessions = [bank.log_in(user, client).session for client in clients]
    theirs = bank.log_in(other).session
    assert all(live(bank, session, client) for session, client in zip(sessions, clients, strict=True))
    bank.submit(end(user))
    assert all(dead_everywhere(bank, session, client) for session, client in zip(sessions, clients, strict=True))
    assert bank.account(user).sessions == ()
    assert live(bank, theirs, other.home)


def test_a_change_that_is_only_asked_leaves_sessions_alone(bank: Bank) -> None:
    """An administrator who asks for a change at the next login interrupts nobody."""
    user = bank.customer()
    session = bank.log_in(user).session
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    assert live(bank, session, user.home)


def test_a_release_brings_no_session_back(bank: Bank) -> None:
    """What a suspension ended stays ended."""
    user = bank.customer()
    session = bank.log_in(user).session
    for command in (Suspend, Release):
        bank.submit(command(login_id=user.login_id, authority=DESK))
    assert dead_everywhere(bank, session, user.home)


def test_rights_taken_away_are_gone_at_once_and_added_ones_wait(bank: Bank) -> None:
    """What is removed counts for live sessions, what is added from the next login."""
    user = bank.customer(entitlements=("inquiry", "transfer"))
    session = bank.log_in(user).session
    command = ChangeEntitlements(login_id=user.login_id, authority=DESK, add=("payroll",), remove=("transfer",))
    expect(Done, bank.submit(command))
    seen = bank.session(session, user.home)
    assert seen is not None
    assert seen.entitlements == ("inquiry",)
    seen = bank.session(bank.log_in(user).session, user.home)
    assert seen is not None
    assert seen.entitlements == ("inquiry", "payroll")


# -- listing and ending one's own


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
    assert record.operation == "end-session"  # type: ignore[union-attr]


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
