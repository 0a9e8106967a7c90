"""Presenting a good certificate again and again: what it leaves behind, and whom it disturbs."""

from __future__ import annotations

import pytest

from okmate_auth import (
    Abandon,
    Authenticated,
    Busy,
    Client,
    EnterPassword,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordDue,
    PresentCertificate,
    Secret,
    handles,
)
from okmate_auth.commands import RequireChange
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.records import Flow, LoginRecord, Repeat
from okmate_auth.replies import Step
from tests.behaviour.bank import DESK, FAST, MICROSECOND, WRONG, Bank, User, expect, refused
from tests.behaviour.certificates import at_the_password, chain_of, holder, log_in, login, newcomer, present, showing

ROOM = FAST.flow.at_once
AGAIN = 3 * ROOM


def entered(user: User, step: Step, client: Client | None = None, password: str | None = None) -> EnterPassword:
    """Return the command that answers a step with the right password, or another one."""
    password = user.login_password if password is None else password
    return EnterPassword(handle=step.handle, client=client or user.home, password=password)


def elsewhere(bank: Bank, user: User) -> Client:
    """Return a browser nobody knows, in which a person's certificate is."""
    return showing(bank.browser(), chain_of(user))


def known_elsewhere(bank: Bank, user: User) -> Client:
    """Return another browser that reached the end of a login."""
    client = elsewhere(bank, user)
    bank.wait(MICROSECOND)  # no two logins end at the same instant
    bank.log_out(user, log_in(bank, user, client).session, client)
    return client


def told(bank: Bank, user: User, count: int = 200) -> list[tuple[str, int]]:
    """Return result and number of the newest rows, newest first."""
    rows = (expect(LoginRecord, row) for row in bank.history(user, "certificate", count).records)
    return [(row.result, row.attempts) for row in rows]


# -- one flow in a browser


def test_a_page_that_is_loaded_again_leaves_one_flow(bank: Bank) -> None:
    """The last one counts; of those before it nothing is left in the store, the kept replies included."""
    user = holder(bank)
    attempts = [Secret(bank.token()) for _ in range(AGAIN)]
    steps = [
        expect(PasswordDue, bank.submit(PresentCertificate(attempt=attempt, client=user.home))) for attempt in attempts
    ]
    keys = [
        (Flow.at(handles.stored("flow", step.handle, bank="")), Repeat.at(handles.stored("attempt", attempt, bank="")))
        for step, attempt in zip(steps, attempts, strict=True)
    ]
    left = [(bank.record(flow) is not None, bank.record(repeat) is not None) for flow, repeat in keys]
    assert left == [(False, False)] * (AGAIN - 1) + [(True, True)]
    assert len(bank.account(user).flows) == 1
    with bank.unhashed():
        refused(bank.submit(entered(user, steps[-2])), "stale")
    assert isinstance(bank.submit(entered(user, steps[-1])), Authenticated)


@pytest.mark.parametrize("known", [False, True])
def test_it_puts_out_nobody_else_s_login(bank: Bank, *, known: bool) -> None:
    """However often a browser loads the page, known or not, another one's login goes on, and the next is let in."""
    user = holder(bank)
    other = elsewhere(bank, user)
    step = at_the_password(bank, user, other)
    loading = user.home if known else elsewhere(bank, user)
    for _ in range(AGAIN):
        at_the_password(bank, user, loading)
    assert isinstance(present(bank, user, elsewhere(bank, user)), PasswordDue)
    assert isinstance(bank.submit(entered(user, step, other)), Authenticated)


def test_after_a_wrong_password_it_is_replaced_still(bank: Bank) -> None:
    """Nothing but the certificate is proven in it; the guess stays counted."""
    user = holder(bank)
    step = at_the_password(bank, user)
    again = refused(bank.submit(entered(user, step, password=WRONG)), "rejected").at
    at_the_password(bank, user)
    refused(bank.submit(entered(user, expect(PasswordDue, again))), "stale")
    assert len(bank.account(user).flows) == 1
    assert bank.throttle(user, "certificate").counter(LOGIN_PASSWORD).known.failures == 1


def test_after_the_password_it_is_not_replaced(bank: Bank) -> None:
    """A second window does not take away what somebody is typing into the first."""
    user = newcomer(bank)
    step = expect(PasswordChangeDue, login(bank, user))
    for _ in range(AGAIN):
        at_the_password(bank, user)
    assert isinstance(bank.change(user, step), PasswordChangeDone)


def test_replaced_while_the_password_is_hashed_opens_nothing(bank: Bank) -> None:
    """The verdict is settled all the same: a wrong one counts, a right one does not count as wrong."""
    user = holder(bank)
    for password, failures in ((WRONG, 1), (user.login_password, 0)):
        step = at_the_password(bank, user)
        again = PresentCertificate(attempt=bank.token(), client=user.home)
        with bank.meanwhile("hash", again):
            refused(bank.submit(entered(user, step, password=password)), "stale")
        throttle = bank.throttle(user, "certificate")
        assert (throttle.places, throttle.counter(LOGIN_PASSWORD).known.failures) == ((), failures)


def test_at_the_same_moment_one_is_left(bank: Bank) -> None:
    """Two windows of one browser: whichever commits second has replaced the first."""
    user = holder(bank)
    commands = [PresentCertificate(attempt=bank.token(), client=user.home) for _ in range(2)]
    steps = [expect(PasswordDue, reply) for reply in bank.together(*commands)]
    assert len(bank.account(user).flows) == 1
    codes = [isinstance(bank.submit(entered(user, step)), Authenticated) for step in steps]
    assert sorted(codes) == [False, True]


def test_whoever_has_the_certificate_puts_out_no_login_of_a_known_browser(bank: Bank) -> None:
    """In a new browser each time: five flows at most, and never the owner's at home."""
    user = holder(bank)
    step = at_the_password(bank, user)
    for _ in range(AGAIN):
        at_the_password(bank, user, elsewhere(bank, user))
    assert len(bank.account(user).flows) == ROOM
    assert isinstance(bank.submit(entered(user, step)), Authenticated)


# -- rows


@pytest.mark.parametrize("browsers", ["one", "many"])
def test_the_history_hears_of_it_at_the_1st_2nd_4th_8th_time(bank: Bank, browsers: str) -> None:
    """Or whoever has the certificate, or a page that loads itself, fills the store."""
    user = holder(bank)
    before = len(told(bank, user))
    client = elsewhere(bank, user)
    for _ in range(AGAIN):
        at_the_password(bank, user, client if browsers == "one" else elsewhere(bank, user))
    rows = told(bank, user)
    assert rows[: len(rows) - before] == [("step", 8), ("step", 4), ("step", 2), ("step", 1)]


def test_beginning_and_giving_up_by_turns_is_heard_of_no_more_often(bank: Bank) -> None:
    """A flow that was given up leaves room, and the count goes on."""
    user = holder(bank)
    before = len(told(bank, user))
    for _ in range(AGAIN):
        step = at_the_password(bank, user)
        bank.submit(Abandon(handle=step.handle, client=user.home))
    assert len(told(bank, user)) - before == AGAIN.bit_length()


def test_after_a_login_it_is_counted_anew(bank: Bank) -> None:
    """Or after one flood nobody's presenting would be in the history any more; each day's login is there whole."""
    user = holder(bank)
    for _ in range(3):
        for _ in range(3):
            at_the_password(bank, user)
        bank.wait(MICROSECOND)  # no two logins end at the same instant
        bank.log_out(user, log_in(bank, user).session)
        assert told(bank, user, 4) == [("authenticated", 1), ("step", 4), ("step", 2), ("step", 1)]


def test_each_person_s_is_counted_for_himself(bank: Bank) -> None:
    """Or a flood of one would hide the others'."""
    users = [holder(bank), holder(bank)]
    for user in users:
        for _ in range(3):
            at_the_password(bank, user)
    assert [told(bank, user, 1) for user in users] == [[("step", 2)]] * 2


def test_where_there_is_no_room_it_is_heard_of_no_more_often(bank: Bank) -> None:
    """Five known browsers at the password: one that nobody knows is told to wait, and each try is no row."""
    user = holder(bank)
    homes = [user.home, *(known_elsewhere(bank, user) for _ in range(ROOM - 1))]
    steps = [at_the_password(bank, user, client) for client in homes]
    before = len(told(bank, user))
    client = elsewhere(bank, user)
    for _ in range(12):
        expect(Busy, present(bank, user, client))
    rows = told(bank, user)
    assert rows[: len(rows) - before] == [("too-many-flows", 16), ("too-many-flows", 8)]
    assert isinstance(bank.submit(entered(user, steps[0], homes[0])), Authenticated)


def test_a_forced_change_does_not_begin_the_count_anew(bank: Bank) -> None:
    """Only a login that reached its end does."""
    user = holder(bank)
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    for _ in range(3):
        expect(PasswordChangeDue, login(bank, user))
    assert [row for row in told(bank, user, 6) if row[1] > 1] == [("step", 2)]
