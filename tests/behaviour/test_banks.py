"""Several banks of one deployment, over one store and with the same keys: nothing that one granted counts at another.

Where a person has the same login ID, company and passwords at both banks, only the bank's own name tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest

from okmate_auth import Abandon, Authenticated, Client, Confirm, Logout, Refused, Secret, TopPage
from okmate_auth.commands import BySession, EndSession, RequireChange, ResetPasswords
from okmate_auth.queries import ListSessions, PendingNotices
from okmate_auth.replies import Abandoned, LoggedOut
from tests.behaviour.bank import CONFIRMATION, DESK, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import CORRECTING, MAIL, REACHABLE, At

Reach = Callable[[Bank], At]
HANAKO: Final = "Hanako01"


@attrs.frozen
class Neighbours:
    """Two banks, and the same person at both.

    Attributes:
        here: One bank.
        there: The other.
        user: She; what she knows is the same at both, and her browser is known to both.
        session: Hers, here; it is in use.
    """

    here: Bank
    there: Bank
    user: User
    session: Secret


@pytest.fixture
def neighbours(bank: Bank) -> Neighbours:
    """Two banks of one deployment, with the same person logged in at one of them."""
    there = bank.neighbour("east")
    user = bank.customer(HANAKO, role="master")
    her_second_self = there.customer(HANAKO, role="master")
    there.log_out(her_second_self, there.log_in(her_second_self, user.home).session, user.home)
    session = bank.log_in(user).session
    assert bank.session(session, user.home) is not None
    return Neighbours(bank, there, user, session)


def alive(banks: Neighbours) -> bool:
    """Say whether she is still logged in where she was."""
    return banks.here.session(banks.session, banks.user.home) is not None


# -- people


def test_an_id_of_one_bank_is_nobodys_at_another(bank: Bank) -> None:
    """Or a password would open an account at a bank that its owner never was a customer of."""
    there, user = bank.neighbour("east"), bank.customer(HANAKO)
    refused(there.login(user), "rejected")
    assert there.results(user) == ["unknown-id"]
    bank.log_in(user)


def test_guesses_at_one_bank_lock_nobody_at_another(neighbours: Neighbours) -> None:
    """Or whoever guesses at one bank would keep another's customers out."""
    banks = neighbours
    before = banks.here.throttle(banks.user)
    for _ in range(6):
        banks.there.guess(banks.user)
    refused(banks.there.login(banks.user), "locked")
    assert banks.here.throttle(banks.user) == before
    banks.here.log_in(banks.user)


def test_a_history_is_its_banks(neighbours: Neighbours) -> None:
    """Or one bank's desk would read, with an ID, what another's customers do."""
    banks = neighbours
    rows = banks.here.results(banks.user)
    banks.there.guess(banks.user)
    assert banks.here.results(banks.user) == rows
    assert banks.there.results(banks.user)[0] == "wrong-password"


def test_a_notice_says_whose_it_is(neighbours: Neighbours) -> None:
    """The outbox is the deployment's, so a mailer without the bank's name would write to the wrong customer."""
    assert {notice.bank for notice in neighbours.here.read(PendingNotices())} == {"", "east"}


# -- sessions


def test_a_session_of_one_bank_is_none_at_another(neighbours: Neighbours) -> None:
    """Or a customer of one bank would read and act in another's account of the same name."""
    banks, client = neighbours, neighbours.user.home
    with banks.there.unchanged(), banks.there.unhashed():
        assert banks.there.session(banks.session, client) is None
        assert banks.there.read(TopPage(banks.session, client)) is None
        assert banks.there.read(ListSessions(banks.session, client)) is None
        confirm = Confirm(session=banks.session, client=client, password=CONFIRMATION, purpose="transfer")
        refused(banks.there.submit(confirm), "not-logged-in")
    assert alive(banks)


def test_a_logout_at_another_bank_ends_no_session(neighbours: Neighbours) -> None:
    """Or a page of one bank would log another's customers out."""
    banks, client = neighbours, neighbours.user.home
    with banks.there.unchanged():
        assert banks.there.submit(Logout(banks.session, client=client)) == LoggedOut()
        refused(banks.there.submit(EndSession(session=banks.session, client=client, which="x" * 16)), "not-logged-in")
    assert alive(banks)


def test_a_session_of_another_bank_can_not_be_ended_from_a_list(neighbours: Neighbours) -> None:
    """Or whoever has the same ID at another bank would end sessions that are not his."""
    banks, client = neighbours, neighbours.user.home
    mine = banks.there.log_in(banks.user, client).session
    assert banks.there.session(mine, client) is not None
    (listed,) = banks.here.read(ListSessions(banks.session, client)) or ()
    refused(banks.there.submit(EndSession(session=mine, client=client, which=listed.id)), "unknown-session")
    assert alive(banks)


def test_a_master_of_one_bank_is_nobody_at_another(neighbours: Neighbours) -> None:
    """Or the master of a company would take over the people of the company of the same id at every other bank."""
    banks = neighbours
    victim = banks.there.customer("Victim01")
    authority = BySession(session=banks.session, confirmation_password=CONFIRMATION, client=banks.user.home)
    with banks.there.unchanged(), banks.there.unhashed():
        refused(banks.there.submit(ResetPasswords(login_id="Victim01", authority=authority)), "not-logged-in")
    refused(banks.here.submit(ResetPasswords(login_id="Victim01", authority=authority)), "unknown-user")
    banks.there.log_in(victim)


# -- logins under way


@pytest.mark.parametrize("reach", REACHABLE)
def test_a_step_of_one_bank_is_stale_at_another(open_bank: OpenBank, reach: Reach) -> None:
    """Or a login begun at one bank would be finished at another, under rules that never let it come so far."""
    bank = open_bank(CORRECTING, (MAIL,))
    at, there = reach(bank), bank.neighbour("east", (MAIL,))
    there.customer(at.user.login_id)
    with there.unchanged(), there.unhashed():
        refused(there.submit(at.answer()), "stale")
    assert not isinstance(bank.submit(at.answer()), Refused)


@pytest.mark.parametrize("reach", REACHABLE)
def test_a_login_is_given_up_at_its_own_bank_only(open_bank: OpenBank, reach: Reach) -> None:
    """Or a page of one bank would end the logins of another's customers."""
    bank = open_bank(CORRECTING, (MAIL,))
    at, there = reach(bank), bank.neighbour("east", (MAIL,))
    with there.unchanged():
        assert there.submit(Abandon(handle=at.step.handle, client=at.client)) == Abandoned()
    assert bank.account(at.user).flows != ()


def test_the_same_attempt_at_another_bank_is_another_attempt(bank: Bank) -> None:
    """Or a login page's token, sent to two banks, would bring the session of one to the page of the other."""
    there, user = bank.neighbour("east"), bank.customer(HANAKO)
    command: Any = bank.attempt(user, user.login_password)
    first = expect(Authenticated, bank.submit(command))
    refused(there.submit(command), "rejected")
    assert bank.submit(command) == first


def test_a_browser_is_known_to_the_bank_that_it_came_to(bank: Bank) -> None:
    """Or guesses from one bank's browser would count in the other's owner's lane."""
    there, user = bank.neighbour("east"), bank.customer(HANAKO)
    there.customer(HANAKO)
    there.guess(user, user.home)
    counter = there.throttle(user).counter("login-password")
    assert (counter.known.failures, counter.others.failures) == (0, 1)


def test_a_change_that_one_bank_requires_is_due_there_alone(neighbours: Neighbours) -> None:
    """Or one bank's desk would act upon another's customers."""
    banks = neighbours
    banks.there.submit(RequireChange(login_id=HANAKO, authority=DESK, reason="compromise"))
    assert alive(banks)
    banks.there.due_change(banks.user, Client("192.0.2.7", "Mozilla/5.0", browser=banks.there.token()))
    banks.here.log_in(banks.user)
