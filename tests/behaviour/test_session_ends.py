"""What ends a session, by its owner and by others, at once and for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from okmate_auth import Logout
from okmate_auth.commands import ChangeEntitlements, CloseUser, Release, RequireChange, ResetPasswords, Suspend
from okmate_auth.decision import Command
from okmate_auth.ports import ChangeSet
from okmate_auth.replies import Done, LoggedOut
from tests.behaviour.bank import DESK, Bank, User, expect
from tests.behaviour.conftest import OpenBank
from tests.behaviour.living import SEVERAL, confirm, dead_everywhere, live


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
