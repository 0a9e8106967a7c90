"""Logins under way: how many of one account there are, which one makes room, and what stops them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from okmate_auth import (
    AcknowledgeChange,
    ActionDue,
    Authenticated,
    Busy,
    Client,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
    handles,
)
from okmate_auth.commands import CloseUser, Release, RequireChange, ResetPasswords, Suspend
from okmate_auth.decision import Command
from okmate_auth.factors import CONFIRMATION_PASSWORD
from okmate_auth.policies.sessions import FlowPolicy
from okmate_auth.records import Flow
from tests.behaviour.bank import DESK, FAST, LOGIN, MICROSECOND, WRONG, Bank, User, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import CORRECTING, MAIL, NEW, REACHABLE, At, at_action, at_change, at_result

SECOND = timedelta(seconds=1)
WHOLE = timedelta(minutes=30)


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with a step of its own, at which logins stand and wait."""
    return open_bank(CORRECTING, (MAIL,))


def begin(bank: Bank, user: User, client: Client | None = None) -> At:
    """Come to the bank's own step, from home or from elsewhere; a second passes."""
    client = client or user.home
    step = expect(ActionDue, bank.submit(bank.attempt(user, LOGIN, client)))
    bank.wait(SECOND)
    return At(bank, attrs.evolve(user, home=client), step)


def goes_on(at: At) -> bool:
    """Say whether a login is still under way, and listed so."""
    stored = handles.stored("flow", at.step.handle, bank="")
    listed = stored in [ref.id for ref in at.bank.account(at.user).flows]
    assert listed is (at.bank.record(Flow.at(stored)) is not None)
    return listed


def known(bank: Bank) -> User:
    """Return a customer whose home is a known browser, though the bank's own step is still due for him."""
    user = bank.customer()
    laxer = bank.beside(FAST)
    ended = expect(Authenticated, laxer.submit(bank.attempt(user, LOGIN)))
    bank.log_out(user, ended.session)
    assert bank.account(user).knows(user.home.browser_hash)
    return user


# -- room for five


def test_a_sixth_login_ends_the_oldest_of_equals(bank: Bank) -> None:
    """Five go on side by side; one more takes the place of the one that ends first (A36)."""
    user = bank.customer()
    logins = [begin(bank, user, bank.browser()) for _ in range(5)]
    assert all(goes_on(at) for at in logins)
    logins.append(begin(bank, user, bank.browser()))
    assert [goes_on(at) for at in logins] == [False, True, True, True, True, True]
    refused(bank.submit(logins[0].answer()), "stale")
    expect(Authenticated, bank.submit(logins[1].answer()))


def test_the_one_with_the_fewest_factors_proven_makes_room(bank: Bank) -> None:
    """The oldest login has proven both passwords in a change, so that the second oldest goes."""
    user = bank.newcomer()
    done = expect(PasswordChangeDone, bank.change(user, bank.due_change(user)))
    step = expect(ActionDue, bank.submit(AcknowledgeChange(handle=done.handle, client=user.home)))
    logins = [At(bank, user, step), *(begin(bank, user, bank.browser()) for _ in range(5))]
    assert [goes_on(at) for at in logins] == [True, False, True, True, True, True]


def test_a_known_browser_is_never_ended_for_an_unknown_one(bank: Bank) -> None:
    """Whoever has the password but no known browser is told Busy, and when the first place is free."""
    user = known(bank)
    logins = [begin(bank, user) for _ in range(5)]
    reply = expect(Busy, bank.submit(bank.attempt(user, LOGIN, bank.browser())))
    assert reply.retry_after == WHOLE - 5 * SECOND
    assert all(goes_on(at) for at in logins)
    assert bank.results(user)[0] == "too-many-flows"


def test_an_unknown_browser_makes_room_for_a_known_one_first(bank: Bank) -> None:
    """Of four unknown ones and an older known one, the oldest unknown one goes."""
    user = known(bank)
    logins = [begin(bank, user), *(begin(bank, user, bank.browser()) for _ in range(4))]
    logins.append(begin(bank, user))
    assert [goes_on(at) for at in logins] == [True, False, True, True, True, True]


def test_among_known_browsers_the_oldest_makes_room(bank: Bank) -> None:
    """The owner himself is never told Busy by what he left open."""
    user = known(bank)
    logins = [begin(bank, user) for _ in range(6)]
    assert [goes_on(at) for at in logins] == [False, True, True, True, True, True]


@pytest.mark.parametrize(("later", "finds_room"), [(-MICROSECOND, False), (timedelta(0), True), (MICROSECOND, True)])
def test_a_login_that_has_ended_takes_no_place(bank: Bank, later: timedelta, *, finds_room: bool) -> None:
    """An unknown browser finds no room among five known ones until the first of them has ended."""
    user = known(bank)
    start = bank.clock()
    logins = [begin(bank, user) for _ in range(5)]
    bank.clock.set(start + WHOLE + later)
    reply = bank.submit(bank.attempt(user, LOGIN, bank.browser()))
    assert isinstance(reply, ActionDue if finds_room else Busy)
    assert len(bank.account(user).flows) == 5
    assert [goes_on(at) for at in logins] == [not finds_room, True, True, True, True]


def test_logins_that_have_ended_are_forgotten(bank: Bank) -> None:
    """The next one to write the list drops them all, with their records."""
    user = bank.customer()
    logins = [begin(bank, user, bank.browser()) for _ in range(5)]
    bank.wait(WHOLE)
    logins.append(begin(bank, user, bank.browser()))
    assert [goes_on(at) for at in logins] == [False] * 5 + [True]


def test_a_step_takes_no_second_place(bank: Bank) -> None:
    """However many steps a login comes to, it is listed once, under its present handle."""
    at = at_change(bank)
    handle = at.step.handle
    for _ in range(4):
        reply = refused(bank.submit(but(at.answer(handle=handle), new_login_password="x")), "password-policy")
        handle = expect(PasswordChangeDue, reply.at).handle
        assert [ref.id for ref in bank.account(at.user).flows] == [handles.stored("flow", handle, bank="")]
    bank.submit(at.answer(handle=handle))
    assert len(bank.account(at.user).flows) == 1


@pytest.mark.parametrize("reach", REACHABLE)
def test_a_login_that_reached_its_end_is_listed_no_more(open_bank: OpenBank, reach: Callable[[Bank], At]) -> None:
    """With the session the flow is gone."""
    bank = open_bank(CORRECTING, (MAIL,))
    at = reach(bank)
    while True:
        reply = bank.submit(at.answer())
        if isinstance(reply, Authenticated):
            break
        at = attrs.evolve(at, step=reply)
    assert bank.account(at.user).flows == ()


def test_guesses_at_a_step_that_leave_nothing_to_ask_end_the_login(bank: Bank) -> None:
    """Only the confirmation password was due; once it is locked there is no step left to come to, and no flow."""
    user = bank.customer()
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK, passwords=(CONFIRMATION_PASSWORD,)))
    laxer = bank.beside(FAST)
    step = expect(PasswordChangeDue, laxer.submit(bank.attempt(user, LOGIN)))
    for _ in range(5):
        command = but(bank.change_command(user, step, confirmation=NEW), current_confirmation_password=WRONG)
        step = expect(PasswordChangeDue, refused(laxer.submit(command), "wrong-password").at)
    command = but(bank.change_command(user, step, confirmation=NEW), current_confirmation_password=WRONG)
    assert laxer.submit(command) == Refused(code="locked", until=bank.clock() + timedelta(minutes=30))
    assert bank.account(user).flows == ()
    expect(Authenticated, laxer.submit(bank.attempt(user, LOGIN)))


def test_a_login_that_goes_on_needs_no_new_place(bank: Bank) -> None:
    """A bank that allows fewer at once lets those that are under way come to their next step."""
    user = known(bank)
    elsewhere = bank.browser()
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    step = bank.due_change(user, elsewhere)
    for _ in range(4):
        bank.due_change(user)
    stricter = bank.beside(attrs.evolve(CORRECTING, flow=FlowPolicy(at_once=1)), (MAIL,))
    expect(PasswordChangeDone, stricter.submit(bank.change_command(user, step, elsewhere, login=NEW)))


# -- stopped by others

STOPS: list[Callable[[User], Command[Any]]] = [
    lambda user: Suspend(login_id=user.login_id, authority=DESK),
    lambda user: CloseUser(login_id=user.login_id, authority=DESK),
    lambda user: ResetPasswords(login_id=user.login_id, authority=DESK),
    lambda user: RequireChange(login_id=user.login_id, authority=DESK, reason="compromise"),
]


@pytest.mark.parametrize("reach", REACHABLE)
@pytest.mark.parametrize("stop", STOPS)
def test_whoever_is_stopped_goes_no_step_further(
    bank: Bank, reach: Callable[[Bank], At], stop: Callable[[User], Command[Any]]
) -> None:
    """Between two steps an account may be stopped; the next one is stale and gives no session (A31)."""
    at = reach(bank)
    bank.submit(stop(at.user))
    with bank.unchanged(), bank.unhashed():
        refused(bank.submit(at.answer()), "stale")
    account = bank.account(at.user)
    assert (account.flows, account.sessions) == ((), ())


def test_a_release_brings_no_login_back(bank: Bank) -> None:
    """What was under way before a suspension stays ended after it."""
    at = at_action(bank)
    bank.submit(Suspend(login_id=at.user.login_id, authority=DESK))
    bank.submit(Release(login_id=at.user.login_id, authority=DESK))
    refused(bank.submit(at.answer()), "stale")


@pytest.mark.parametrize("stop", STOPS)
def test_a_stop_at_the_moment_of_the_last_step_leaves_no_session(
    open_bank: OpenBank, stop: Callable[[User], Command[Any]]
) -> None:
    """Whichever was first: no session was minted, or it has ended (A32)."""
    bank = open_bank()
    at = at_result(bank)
    commands: list[Command[Any]] = [at.answer(), stop(at.user)]
    answered, _ = bank.together(*commands)
    if isinstance(answered, Authenticated):
        assert bank.session(answered.session, at.client) is None
    assert bank.account(at.user).sessions == ()


def test_another_secret_ends_the_login_that_proved_the_old_one(bank: Bank) -> None:
    """A login at the bank's own step ends once the password it proved was changed elsewhere (A33)."""
    at = at_action(bank)
    elsewhere = bank.browser()
    bank.submit(RequireChange(login_id=at.user.login_id, authority=DESK))
    step = bank.due_change(at.user, elsewhere)
    expect(PasswordChangeDone, bank.submit(bank.change_command(at.user, step, elsewhere, login=NEW)))
    refused(bank.submit(at.answer()), "changed")
    refused(bank.submit(at.answer()), "stale")
