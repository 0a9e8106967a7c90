"""The top page: last logins with what failed since each, the menu of a session, reminders, in two bounded looks."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs
import pytest

from okmate_auth import Authenticated, Client, Refused, Secret, SkipEnrollment, StepUp, TopPage
from okmate_auth.commands import ChangeEntitlements, Release
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies.reminders import Reminder
from okmate_auth.policies.tokens import TokenPolicy
from okmate_auth.queries import TopPageView
from okmate_auth.records import Place
from tests.behaviour.bank import DESK, SERVICES, WRONG, Bank, User, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.living import SEVERAL, confirm
from tests.behaviour.tokens import (
    TOKENS,
    at_enrollment,
    dispatched,
    enroll,
    enter,
    entitled,
    holder,
    next_code,
    shown_wrong,
    stored,
)

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)


def page(bank: Bank, session: Secret, client: Client) -> TopPageView:
    """Return the top page, which must be there."""
    return expect(TopPageView, bank.read(TopPage(session, client)))


def failures(shown: TopPageView) -> tuple[int, list[int]]:
    """Return how many guesses failed since this login, and since each of those before it."""
    return shown.failures_since, [login.failures_since for login in shown.logins]


def skipped(bank: Bank, user: User) -> Authenticated:
    """Log in and put enrollment off."""
    due = at_enrollment(bank, user)
    return expect(Authenticated, bank.submit(SkipEnrollment(handle=due.handle, client=user.home)))


# ---------------------------------------------------------------------------------------------------------- looking


def test_looking_at_the_page_is_no_use_of_the_session(bank: Bank) -> None:
    """It writes nothing, prolongs nothing and says so: the idle end is that of the last use."""
    user = bank.customer()
    handle = bank.log_in(user).session
    idle = bank.profile.session.idle
    ends = [bank.clock() + idle]
    bank.wait(idle / 2)
    with bank.unchanged():
        assert page(bank, handle, user.home).session.idle_ends_at == ends[0]
    used = bank.session(handle, user.home)
    assert used is not None
    assert used.idle_ends_at == bank.clock() + idle
    bank.wait(idle - SECOND)
    assert page(bank, handle, user.home).session.idle_ends_at == used.idle_ends_at
    bank.wait(SECOND)
    assert bank.read(TopPage(handle, user.home)) is None


# -------------------------------------------------------------------------------------------------- failures since each


def test_each_of_the_last_logins_shows_what_failed_since(bank: Bank) -> None:
    """Newest first: up to the login after it; and nothing since this one yet."""
    user = bank.customer()
    for wrong in (1, 0, 3, 2):
        bank.wait(HOUR)
        for _ in range(wrong):
            refused(bank.guess(user), "rejected")
        session = bank.log_in(user).session
    assert failures(page(bank, session, user.home)) == (0, [2, 3, 0])


def test_what_strangers_tried_is_shown_like_the_owners_own_mistakes(bank: Bank) -> None:
    """From whatever browser; what was not judged because of a lock is not among it."""
    user = bank.customer()
    bank.wait(HOUR)
    bank.log_out(user, bank.log_in(user).session)
    bank.wait(HOUR)
    for _ in range(8):
        assert isinstance(bank.guess(user, bank.browser()), Refused)
    refused(bank.guess(user), "rejected")
    assert failures(page(bank, bank.log_in(user).session, user.home)) == (0, [7, 0])


def test_what_fails_after_the_login_shows_at_the_next_look(bank: Bank) -> None:
    """Guesses at the entrance while somebody is logged in, and wrong confirmation passwords in his session."""
    user = bank.customer()
    bank.wait(HOUR)
    session = bank.log_in(user).session
    refused(bank.guess(user, bank.browser()), "rejected")
    refused(bank.submit(but(confirm(session, user.home), password=WRONG)), "wrong-password")
    bank.submit(confirm(session, user.home))  # a success forgives the failures of its factor, and hides none
    assert failures(page(bank, session, user.home)) == (2, [0])


def test_a_release_hides_nothing(bank: Bank) -> None:
    """The counters begin anew, what is shown does not."""
    user = bank.customer()
    bank.wait(HOUR)
    for _ in range(6):
        bank.guess(user)
    bank.submit(Release(login_id=user.login_id, authority=DESK))
    assert failures(page(bank, bank.log_in(user).session, user.home)) == (0, [6])


def test_a_guess_that_nobody_judged_in_time_has_failed(bank: Bank) -> None:
    """The page counts it from the instant on from which the lock does, though nobody has written it yet."""
    user = bank.customer()
    session = bank.log_in(user).session
    ends_at = bank.clock() + timedelta(minutes=1)
    place = Place(id="dead", owner="dead", factor=LOGIN_PASSWORD, lane="others", ends_at=ends_at)
    bank.put_record(attrs.evolve(bank.throttle(user), places=(place,)))
    bank.wait(timedelta(minutes=1) - SECOND)
    assert failures(page(bank, session, user.home))[0] == 0
    bank.wait(SECOND)
    assert failures(page(bank, session, user.home))[0] == 1


def test_wrong_codes_are_shown_like_wrong_passwords(open_bank: OpenBank) -> None:
    """At login and in a session; a replay is no guess."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    wrong = expect(Refused, enter(bank, user, shown_wrong(bank, token)))
    assert wrong.at is not None
    bank.wait(timedelta(minutes=11))
    code = token.code()
    session = expect(Authenticated, enter(bank, user, code)).session
    replay = StepUp(session=session, code=code, purpose="transfer", client=user.home)
    refused(bank.submit(replay), "wrong-code")
    assert failures(page(bank, session, user.home)) == (0, [1])
    refused(bank.submit(but(replay, code=shown_wrong(bank, token))), "wrong-code")
    assert failures(page(bank, session, user.home)) == (1, [1])


def test_another_session_s_login_is_one_of_the_last(open_bank: OpenBank) -> None:
    """Where several are allowed a page shows all others, later ones included, each with what failed since it."""
    bank = open_bank(SEVERAL)
    user, other = bank.customer(), bank.browser()
    bank.wait(HOUR)
    first = bank.log_in(user)
    bank.wait(SECOND)
    bank.guess(user, bank.browser())
    second = bank.log_in(user, other)
    bank.guess(user, bank.browser())
    bank.guess(user, bank.browser())
    shown = page(bank, first.session, user.home)
    assert failures(shown) == (2, [2, 0])
    assert [login.at for login in shown.logins] == [bank.clock(), bank.clock() - HOUR - SECOND]
    assert failures(page(bank, second.session, other)) == (2, [1, 0])


# ----------------------------------------------------------------------------------------------- the menu of a session


def test_the_menu_is_that_of_the_session(open_bank: OpenBank) -> None:
    """What needs a token that is missing waits for it, and is open once one was enrolled."""
    bank = open_bank(TOKENS)
    user = entitled(bank)
    session = skipped(bank, user).session
    shown = page(bank, session, user.home)
    expected = [("top", ""), ("inquiry", ""), ("transfer", "needs-token"), ("log-out", "")]
    assert [(item.name, item.unusable) for item in shown.menu] == expected
    bank.log_out(user, session)
    session = enroll(bank, user, dispatched(bank)).session
    assert [item.unusable for item in page(bank, session, user.home).menu] == [""] * 4


def test_the_menu_follows_what_is_taken_away_at_once(bank: Bank) -> None:
    """What is added comes with the next login, as with the session itself; roles have what roles have."""
    master = bank.customer(role="master", entitlements=("inquiry", "payroll"))
    session = bank.log_in(master).session
    change = ChangeEntitlements(login_id=master.login_id, remove=("inquiry",), add=("densai",), authority=DESK)
    bank.submit(change)
    shown = page(bank, session, master.home)
    assert [item.name for item in shown.menu] == ["top", "data-transmission", "administration", "log-out"]
    assert [sub.name for sub in shown.menu[1].subentries] == ["payroll"]
    bank.log_out(master, session)
    assert "densai" in [item.name for item in page(bank, bank.log_in(master).session, master.home).menu]


@pytest.mark.parametrize(("after", "waits"), [(-SECOND, ""), (timedelta(0), "needs-token"), (SECOND, "needs-token")])
def test_the_last_day_of_grace_ends_on_the_page_as_in_the_session(
    open_bank: OpenBank, after: timedelta, waits: str
) -> None:
    """Up to its end, exclusive, the entry can be used and the page says until when; then it says what is closed."""
    bank = open_bank(attrs.evolve(TOKENS, tokens=TokenPolicy(grace=timedelta(minutes=5))))
    user = entitled(bank)
    until = bank.clock() + timedelta(minutes=5)
    session = skipped(bank, user).session
    bank.wait(timedelta(minutes=5) + after)
    shown = page(bank, session, user.home)
    assert {item.name: item.unusable for item in shown.menu}["transfer"] == waits
    expected = Reminder(code="services-closed") if waits else Reminder(code="grace-ends", until=until, days=1)
    assert shown.reminders == (expected, Reminder(code="log-out"))


# ----------------------------------------------------------------------------------------------------------- reminders


def test_the_page_reminds_of_the_end_of_the_token_that_is_bound(open_bank: OpenBank) -> None:
    """What is printed on it; the record comes with the account, by the session's own hint."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, ends_at=bank.clock() + 30 * DAY)
    user = holder(bank, token)
    session = expect(Authenticated, enter(bank, user, token.code())).session
    codes = [(one.code, one.days) for one in page(bank, session, user.home).reminders]
    assert codes == [("token-ends", 30), ("log-out", None)]


def test_a_page_without_its_token_s_record_is_still_a_page(open_bank: OpenBank) -> None:
    """Whoever edited the store takes a reminder away, and no page."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, ends_at=bank.clock() + 30 * DAY)
    user = holder(bank, token)
    session = expect(Authenticated, enter(bank, user, token.code())).session
    bank.drop_record(stored(bank, token).key)
    assert page(bank, session, user.home).reminders == (Reminder(code="log-out"),)


def test_who_has_nothing_to_do_is_told_to_log_out(bank: Bank) -> None:
    """The manual's last word is the page's."""
    user = bank.customer()
    assert page(bank, bank.log_in(user).session, user.home).reminders == (Reminder(code="log-out"),)


# ------------------------------------------------------------------------------------------------------------ the cost


def test_the_page_is_two_bounded_looks_whatever_there_is(open_bank: OpenBank) -> None:
    """The session, then what it leads to: account, throttle, token and the newest rows, however much there was."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    for number in range(40):
        bank.submit(ChangeEntitlements(login_id=user.login_id, add=(SERVICES[number],), authority=DESK))
        bank.guess(user, bank.browser())
    next_code(bank, token)
    session = expect(Authenticated, enter(bank, user, token.code())).session
    before = len(bank.recording.trace)
    with bank.unchanged(), bank.unhashed():
        shown = page(bank, session, user.home)
    assert [(one.call, one.keys) for one in bank.recording.trace[before:]] == [("load", 1), ("load", 3), ("history", 0)]
    assert (len(shown.operations), shown.logins[0].failures_since) == (5, 6)
