"""A second login of somebody who is logged in: refused, taken over or allowed, as the profile says."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs
import pytest

from okmate_auth import ActionDue, Authenticated, Client, Refused, TopPage
from okmate_auth.policies.profile import Profile
from okmate_auth.policies.sessions import SessionPolicy
from okmate_auth.queries import PendingNotices
from tests.behaviour.bank import FAST, MICROSECOND, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import CORRECTING, MAIL, at_action, at_result
from tests.rounds import rounds

IDLE = timedelta(minutes=10)
OUTRIGHT: Final[Profile] = attrs.evolve(FAST, session=SessionPolicy(double_login="refuse-outright"))


def allowing(at_once: int) -> Profile:
    """Return the usual rules, under which one person may have several sessions."""
    return attrs.evolve(FAST, session=SessionPolicy(double_login="allow", at_once=at_once))


def used(bank: Bank, user: User, client: Client | None = None) -> Authenticated:
    """Log in and use the session once."""
    client = client or user.home
    ended = bank.log_in(user, client)
    assert bank.session(ended.session, client) is not None
    return ended


# -- refused


def test_a_second_login_from_elsewhere_is_refused(bank: Bank) -> None:
    """While a session that was used is live, another browser is told until when; nothing happens to the session."""
    user = bank.customer()
    first = used(bank, user)
    assert bank.login(user, bank.browser()) == Refused(code="already-logged-in", until=bank.clock() + IDLE)
    assert bank.session(first.session, user.home) is not None
    assert bank.results(user)[0] == "already-logged-in"


@pytest.mark.parametrize(("later", "comes_in"), [(-MICROSECOND, False), (timedelta(0), True), (MICROSECOND, True)])
def test_the_second_login_comes_in_when_the_first_has_ended(bank: Bank, later: timedelta, *, comes_in: bool) -> None:
    """From the instant that was told on, and it has taken nothing over then."""
    user = bank.customer()
    used(bank, user)
    until = refused(bank.login(user, bank.browser()), "already-logged-in").until
    assert until is not None
    bank.clock.set(until + later)
    reply = bank.login(user, bank.browser())
    assert isinstance(reply, Authenticated if comes_in else Refused)
    assert not isinstance(reply, Authenticated) or not reply.took_over


def test_after_a_logout_the_second_login_comes_in(bank: Bank) -> None:
    """Who always logs out is never in his own way."""
    user = bank.customer()
    bank.log_out(user, used(bank, user).session)
    assert not bank.log_in(user, bank.browser()).took_over


def test_a_refused_second_login_is_over(open_bank: OpenBank) -> None:
    """The refusal comes at the last step and ends the flow; what was answered on the way stays answered."""
    bank = open_bank(CORRECTING, (MAIL,))
    at = at_action(bank)
    laxer = bank.beside(FAST)
    elsewhere = bank.browser()
    ended = expect(Authenticated, laxer.submit(bank.attempt(at.user, at.user.login_password, elsewhere)))
    assert laxer.session(ended.session, elsewhere) is not None
    refused(bank.submit(at.answer()), "already-logged-in")
    assert bank.account(at.user).flows == ()
    bank.log_out(at.user, ended.session, elsewhere)
    bank.log_in(at.user)


# -- taken over


def test_a_session_that_was_never_used_is_taken_over(bank: Bank) -> None:
    """Its handle may have been lost on the way; the new login ends it and says so."""
    user, elsewhere = bank.customer(), bank.browser()
    lost = bank.log_in(user)
    second = bank.log_in(user, elsewhere)
    assert second.took_over
    assert bank.session(lost.session, user.home) is None
    assert bank.session(second.session, elsewhere) is not None
    assert len(bank.account(user).sessions) == 1


def test_the_browser_that_holds_the_session_takes_it_over(bank: Bank) -> None:
    """Whoever closed the window and comes back is let in."""
    user = bank.customer()
    first = used(bank, user)
    second = bank.log_in(user)
    assert second.took_over
    assert bank.session(first.session, user.home) is None
    assert bank.session(second.session, user.home) is not None


def test_a_takeover_is_told(bank: Bank) -> None:
    """In the history, on the top page and by a notice, so that the owner can see what was not his (FL-10)."""
    user, elsewhere = bank.customer(), bank.browser()
    bank.log_in(user)
    session = bank.log_in(user, elsewhere).session
    assert bank.results(user)[0] == "authenticated-by-takeover"
    view = bank.read(TopPage(session, elsewhere))
    assert view is not None
    assert bank.account(user).logins[0].took_over
    events = [notice.event for notice in bank.read(PendingNotices()) if notice.login_id == user.login_id]
    assert events.count("takeover") == 1


def test_a_login_that_takes_nothing_over_says_so(bank: Bank) -> None:
    """After a logout there is nothing to take over."""
    user = bank.customer()
    bank.log_out(user, used(bank, user).session)
    assert not bank.log_in(user).took_over
    assert bank.results(user)[0] == "authenticated"


def test_a_change_of_passwords_leaves_nothing_to_take_over(bank: Bank) -> None:
    """It ended every session before the login came to its end."""
    at = at_result(bank)
    assert not expect(Authenticated, bank.submit(at.answer())).took_over


# -- as the profile says


@pytest.mark.parametrize("from_home", [False, True])
@pytest.mark.parametrize("was_used", [False, True])
def test_outright_means_without_exception(open_bank: OpenBank, *, from_home: bool, was_used: bool) -> None:
    """Neither the same browser nor a session that was never used makes a difference."""
    bank = open_bank(OUTRIGHT)
    user = bank.customer()
    first = used(bank, user) if was_used else bank.log_in(user)
    reply = bank.login(user, user.home if from_home else bank.browser())
    assert reply == Refused(code="already-logged-in", until=bank.clock() + IDLE)
    assert bank.session(first.session, user.home) is not None


@pytest.mark.parametrize("at_once", [2, 3, 10])
def test_as_many_are_allowed_as_the_profile_says(open_bank: OpenBank, at_once: int) -> None:
    """One more is refused until the first of them ends; a logout makes room at once."""
    bank = open_bank(allowing(at_once))
    user = bank.customer()
    start, clients = bank.clock(), [bank.browser() for _ in range(at_once)]
    logins = []
    for client in clients:
        logins.append(used(bank, user, client))
        bank.wait(timedelta(seconds=1))
    assert not any(login.took_over for login in logins)
    assert bank.login(user) == Refused(code="already-logged-in", until=start + IDLE)
    assert len(bank.account(user).sessions) == at_once
    bank.log_out(user, logins[1].session, clients[1])
    bank.log_in(user)
    assert len(bank.account(user).sessions) == at_once


def test_where_several_are_allowed_the_same_browser_may_have_several(open_bank: OpenBank) -> None:
    """Nothing is taken over where nothing need be."""
    bank = open_bank(allowing(2))
    user = bank.customer()
    logins = [bank.log_in(user), bank.log_in(user)]
    assert [bank.session(login.session, user.home) is not None for login in logins] == [True, True]
    refused(bank.login(user), "already-logged-in")


def test_a_stricter_profile_takes_all_the_others_over(open_bank: OpenBank) -> None:
    """A bank that allows one only from now on leaves nobody with two."""
    bank = open_bank(allowing(3))
    user = bank.customer()
    for client in (bank.browser(), bank.browser(), bank.browser()):
        bank.log_in(user, client)
    stricter = bank.beside(FAST)
    assert expect(Authenticated, stricter.submit(bank.attempt(user, user.login_password))).took_over
    assert len(bank.account(user).sessions) == 1


# -- at the same moment


@pytest.mark.parametrize(("profile", "sessions"), [(FAST, 1), (OUTRIGHT, 1), (allowing(2), 2), (allowing(3), 3)])
def test_however_many_come_at_once_no_more_stay(open_bank: OpenBank, profile: Profile, sessions: int) -> None:
    """Four right passwords from four browsers at the same moment: as many sessions are live as are allowed."""
    bank = open_bank(profile)
    for _ in range(rounds(1, 50)):
        user = bank.customer()
        clients = [bank.browser() for _ in range(4)]
        replies = bank.together(*(bank.attempt(user, user.login_password, client) for client in clients))
        assert {type(reply) for reply in replies} <= {Authenticated, Refused}
        live = [
            client
            for client, reply in zip(clients, replies, strict=True)
            if isinstance(reply, Authenticated) and bank.session(reply.session, client) is not None
        ]
        assert len(live) == sessions == len(bank.account(user).sessions)


def test_a_login_at_a_step_holds_nobody_up(open_bank: OpenBank) -> None:
    """A flow is no session: only the end of a login counts."""
    bank = open_bank(CORRECTING, (MAIL,))
    at = at_action(bank)
    expect(ActionDue, bank.login(at.user, bank.browser()))
    expect(Authenticated, bank.submit(at.answer()))
