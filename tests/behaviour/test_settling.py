"""Whatever was judged is settled in a commit, whatever became meanwhile of what it was judged for.

The verdict is known to whoever waits for the answer, so a wrong guess counts even if its session or its login is gone,
and a right one is never counted as wrong because its place ran out of time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import attrs
import pytest

from okmate_auth import (
    Abandon,
    Authenticated,
    Busy,
    Confirm,
    Logout,
    PasswordChangeDue,
    Secret,
)
from okmate_auth.commands import BySession, RequireChange, Suspend
from okmate_auth.decision import Command
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.sessions import SourceLimit
from okmate_auth.queries import PendingNotices
from okmate_auth.records import LoginRecord
from tests.behaviour.bank import CONFIRMATION, DESK, FAST, LOGIN, WRONG, Bank, User, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.moments import Died
from tests.behaviour.steps import at_change

BOTH: Final = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)
PLACE_LASTS: Final = timedelta(seconds=60)
LIMIT: Final = 6


def confirm(user: User, session: Secret, password: str) -> Confirm:
    """Return the command that proves the confirmation password."""
    return Confirm(session=session, client=user.home, password=password, purpose="transfer")


def suspend(user: User, session: Secret, password: str) -> Suspend:
    """Return the command of an administrator, who proves himself by it, on somebody."""
    authority = BySession(session=session, confirmation_password=password, client=user.home)
    return Suspend(login_id="Target01", authority=authority)


def failures(bank: Bank, user: User) -> tuple[int, int]:
    """Return how many guesses of each password are counted, once the time of every place is over."""
    bank.wait(PLACE_LASTS)
    bank.guess(user, bank.browser())
    throttle = bank.throttle(user)
    assert throttle.places == ()
    login, confirmation = (throttle.counter(factor) for factor in BOTH)
    return login.known.failures + login.others.failures - 1, confirmation.known.failures + confirmation.others.failures


def rows(bank: Bank, user: User, count: int) -> set[tuple[str, str]]:
    """Return results and factors of the newest rows."""
    newest = bank.history(user, limit=count).records
    return {(row.result, row.factor) for row in newest if isinstance(row, LoginRecord)}


# -- in a session

IN_SESSION = pytest.mark.parametrize("command", [confirm, suspend])
InSession = Callable[[User, Secret, str], Command[Any]]


@IN_SESSION
def test_a_wrong_guess_counts_though_its_session_is_gone(bank: Bank, command: InSession) -> None:
    """Or a thief would log out at the moment of each guess and try confirmation passwords without end."""
    user = bank.customer(role="master")
    session = bank.log_in(user).session
    with bank.meanwhile("hash", Logout(session, client=user.home)):
        refused(bank.submit(command(user, session, WRONG)), "not-logged-in")
    assert bank.throttle(user).places == ()
    assert rows(bank, user, 1) == {("wrong-password", CONFIRMATION_PASSWORD)}
    assert failures(bank, user) == (0, 1)


@IN_SESSION
def test_a_right_guess_is_not_charged_though_its_session_is_gone(bank: Bank, command: InSession) -> None:
    """Or who logs out in another window would be charged for his right password, and locked after six of them."""
    user, target = bank.customer(role="master"), bank.customer("Target01")
    session = bank.log_in(user).session
    with bank.meanwhile("hash", Logout(session, client=user.home)):
        refused(bank.submit(command(user, session, CONFIRMATION)), "not-logged-in")
    assert rows(bank, user, 1) == {("right-too-late", CONFIRMATION_PASSWORD)}
    assert failures(bank, user) == (0, 0)
    assert bank.account(target).suspended is None


def test_guesses_in_sessions_that_vanish_share_the_limit(bank: Bank) -> None:
    """Or the limit would hold for everybody but whoever logs out in time."""
    user = bank.customer()
    for _ in range(LIMIT):
        session = bank.log_in(user).session
        with bank.meanwhile("hash", Logout(session, client=user.home)):
            refused(bank.submit(confirm(user, session, WRONG)), "not-logged-in")
    session = bank.log_in(user).session
    with bank.unhashed():
        refused(bank.submit(confirm(user, session, CONFIRMATION)), "locked")


def test_a_lock_by_such_guesses_is_told_to_its_owner(bank: Bank) -> None:
    """Or a thief who takes care to log out would lock what he guesses at without anybody hearing of it."""
    user = bank.customer()
    for _ in range(LIMIT):
        session = bank.log_in(user).session
        with bank.meanwhile("hash", Logout(session, client=user.home)):
            bank.submit(confirm(user, session, WRONG))
    (notice,) = (notice for notice in bank.read(PendingNotices()) if notice.event == "lock")
    assert notice.login_id == user.login_id
    assert ("factor", CONFIRMATION_PASSWORD) in notice.details


# -- at a step


def test_wrong_guesses_count_though_their_login_is_gone(bank: Bank) -> None:
    """Or a thief would give his login up at the moment of each guess; each password counts by its own verdict."""
    at = at_change(bank)
    command = but(at.answer(), current_login_password=WRONG)
    with bank.meanwhile("hash", Abandon(handle=at.step.handle, client=at.client)):
        refused(bank.submit(command), "stale")
    assert rows(bank, at.user, 2) == {("wrong-password", LOGIN_PASSWORD), ("right-too-late", CONFIRMATION_PASSWORD)}
    assert failures(bank, at.user) == (1, 0)


def test_right_guesses_are_not_charged_though_their_login_is_gone(bank: Bank) -> None:
    """Or whoever gives up while his passwords are being judged would be charged for both; nothing is changed."""
    at = at_change(bank)
    before = bank.account(at.user).login_password
    with bank.meanwhile("hash", Abandon(handle=at.step.handle, client=at.client)):
        refused(bank.submit(at.answer()), "stale")
    assert rows(bank, at.user, 2) == {("right-too-late", factor) for factor in BOTH}
    assert failures(bank, at.user) == (0, 0)
    assert bank.account(at.user).login_password == before


@pytest.mark.parametrize("reason", ["suspended", "compromised"])
def test_guesses_are_settled_when_the_account_was_stopped_meanwhile(bank: Bank, reason: str) -> None:
    """Or a stop at the right moment would let wrong guesses go uncounted and charge right ones."""
    at = at_change(bank)
    stop: Command[Any] = Suspend(login_id=at.user.login_id, authority=DESK)
    if reason == "compromised":
        stop = RequireChange(login_id=at.user.login_id, authority=DESK, reason="compromise")
    with bank.meanwhile("hash", stop):
        refused(bank.submit(but(at.answer(), current_confirmation_password=WRONG)), "stale")
    assert failures(bank, at.user) == (0, 1)


# -- at the entrance


def test_a_right_password_without_room_is_not_charged(bank: Bank) -> None:
    """Or whoever finds five logins of the owner under way would lock himself by his own right password."""
    user = bank.customer()
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    for _ in range(5):
        bank.due_change(user)
    elsewhere = bank.browser()
    for _ in range(LIMIT + 1):
        expect(Busy, bank.login(user, elsewhere))
        assert bank.throttle(user).places == ()
    assert failures(bank, user) == (0, 0)


# -- its source


def test_a_wrong_password_at_a_step_counts_for_its_source(open_bank: OpenBank) -> None:
    """Or a source would spray current passwords at steps without ever coming to its limit."""
    bank = open_bank(attrs.evolve(FAST, source=SourceLimit(failures=2)))
    at = at_change(bank)
    for _ in range(2):
        command = but(at.answer(), current_confirmation_password=WRONG)
        at = attrs.evolve(at, step=expect(PasswordChangeDue, refused(bank.submit(command), "wrong-password").at))
    expect(Busy, bank.submit(at.answer()))


def test_a_wrong_guess_for_a_session_that_is_gone_counts_for_its_source(open_bank: OpenBank) -> None:
    """Or a thief who logs out in time would be invisible to the limit on sources, too."""
    bank = open_bank(attrs.evolve(FAST, source=SourceLimit(failures=1)))
    user = bank.customer()
    session = bank.log_in(user).session
    with bank.meanwhile("hash", Logout(session, client=user.home)):
        bank.submit(confirm(user, session, WRONG))
    expect(Busy, bank.login(user))


# -- a submit that waits for its first try


def test_whoever_waits_for_his_first_try_holds_no_slot(bank: Bank) -> None:
    """Or an impatient crowd that clicks twice would hold every slot while those hash who are waited for."""
    user, seen = bank.customer(), list[int]()

    def dies() -> None:
        raise Died

    def look() -> None:
        seen.append(bank.front.slots_in_use())
        bank.wait(PLACE_LASTS)  # the place of the first try is over

    command = bank.attempt(user, LOGIN)
    with (
        bank.meanwhile("commit", command) as replies,  # the first try takes the place before this one can
        bank.meanwhile("hash", dies),
        bank.meanwhile("pause"),  # after the conflict
        bank.meanwhile("pause", look),
    ):
        reply = bank.submit(command)
    assert replies == [None]
    assert seen == [0]
    expect(Authenticated, reply)
