"""The very same thing submitted twice: one effect and one reply, for a minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from okmate_auth import Authenticated, Refused
from okmate_auth.decision import Command
from okmate_auth.factors import LOGIN_PASSWORD
from tests.behaviour.bank import FAST, LOGIN, WRONG, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import CORRECTING, MAIL
from tests.behaviour.submissions import AFTER, EVERYWHERE, STEPS, Submission, moved, wrong
from tests.rounds import rounds


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with a step of its own, so that there is one of each kind."""
    return open_bank(CORRECTING, (MAIL,))


# -- one effect, one reply


@pytest.mark.parametrize("submission", EVERYWHERE)
def test_the_second_submit_gets_the_reply_of_the_first(bank: Bank, submission: Submission) -> None:
    """Equal to its last secret, with nothing committed and nothing hashed (A22, A84)."""
    _, command = submission(bank)
    first = bank.submit(command)
    bank.wait(timedelta(seconds=5))
    with bank.unchanged(), bank.unhashed():
        assert bank.submit(command) == first
        assert bank.submit(moved(command)) == first


def effects(bank: Bank, user: User, act: Callable[[], object]) -> tuple[int, int, int]:
    """Return how many rows of history, commits and hashes something leaves behind."""

    def count() -> tuple[int, int, int]:
        done = [change for change, outcome in bank.recording.commits if outcome == "done"]
        return len(bank.results(user)), len(done), len(bank.hashes.computed)

    before = count()
    act()
    after = count()
    return after[0] - before[0], after[1] - before[1], after[2] - before[2]


@pytest.mark.parametrize("submission", EVERYWHERE)
def test_two_submits_at_the_same_moment_get_one_reply(bank: Bank, submission: Submission) -> None:
    """The second waits for the first and is told the same; all that happened is what one submit does."""

    def twins(command: Command[Any]) -> None:
        one, other = bank.together(command, command)
        assert one == other

    user, command = submission(bank)
    alone = effects(bank, user, partial(bank.submit, command))
    for _ in range(rounds(2, 50)):
        user, command = submission(bank)
        assert effects(bank, user, partial(twins, command)) == alone


@pytest.mark.parametrize("submission", STEPS)
def test_a_twin_between_two_looks_at_the_store_is_judged_once(bank: Bank, submission: Submission) -> None:
    """One that read the flow, and the throttle only when the first try was over, takes no place for its guess."""
    user, command = submission(bank)
    alone = effects(bank, user, partial(bank.submit, command))
    user, command = submission(bank)

    def overtaken() -> None:
        with bank.meanwhile("load"), bank.meanwhile("load", command) as replies:
            assert bank.submit(command) == replies[0]

    assert effects(bank, user, overtaken) == alone


@pytest.mark.parametrize("at_once", [False, True])
def test_a_wrong_password_double_clicked_counts_once(bank: Bank, *, at_once: bool) -> None:
    """One failure, whether the second click came after the first reply or before it."""
    user, client = bank.customer(), bank.browser()
    command = bank.attempt(user, WRONG, client)
    if at_once:
        bank.together(command, command, command)
    else:
        for _ in range(3):
            refused(bank.submit(command), "rejected")
    assert bank.throttle(user).counter(LOGIN_PASSWORD).others.total == 1


@pytest.mark.parametrize("at_once", [False, True])
def test_another_password_with_the_same_token_is_another_attempt(bank: Bank, *, at_once: bool) -> None:
    """A page's token makes guesses no cheaper: each different one counts."""
    user, client, token = bank.customer(), bank.browser(), bank.token()
    commands = [bank.attempt(user, f"Nope4you{number}", client, token=token) for number in range(3)]
    if at_once:
        bank.together(*commands)
    else:
        for command in commands:
            refused(bank.submit(command), "rejected")
    assert bank.throttle(user).counter(LOGIN_PASSWORD).others.total == 3


def test_a_double_login_leads_to_one_session(bank: Bank) -> None:
    """Both clicks get the handle of the same session, and there is one."""
    user = bank.customer()
    plain = bank.beside(FAST)
    command = bank.attempt(user, LOGIN)
    one, other = expect(Authenticated, plain.submit(command)), expect(Authenticated, plain.submit(command))
    assert one == other
    assert len(bank.account(user).sessions) == 1


# -- for a minute


@pytest.mark.parametrize("submission", STEPS)
@pytest.mark.parametrize(("later", "same"), AFTER)
def test_a_minute_later_a_repeat_is_stale(
    bank: Bank,
    submission: Submission,
    later: timedelta,
    *,
    same: bool,
) -> None:
    """The reply of a step is kept for sixty seconds, and not a microsecond longer."""
    _, command = submission(bank)
    first = bank.submit(command)
    bank.wait(later)
    assert bank.submit(command) == (first if same else Refused(code="stale"))


@pytest.mark.parametrize(("later", "same"), AFTER)
def test_a_minute_later_the_same_attempt_is_a_new_one(bank: Bank, later: timedelta, *, same: bool) -> None:
    """At the entrance it is judged again then, and counts."""
    user, command = wrong(bank)
    bank.submit(command)
    bank.wait(later)
    refused(bank.submit(command), "rejected")
    counter = bank.throttle(user).counter(LOGIN_PASSWORD)
    assert counter.known.total + counter.others.total == (1 if same else 2)


@pytest.mark.parametrize("submission", STEPS)
def test_a_clock_that_goes_back_keeps_no_reply_for_longer(bank: Bank, submission: Submission) -> None:
    """A kept reply whose end is further away than a minute, and the 30 s that clocks may differ, is none."""
    _, command = submission(bank)
    bank.submit(command)
    bank.wait(-timedelta(seconds=31))
    refused(bank.submit(command), "stale")
