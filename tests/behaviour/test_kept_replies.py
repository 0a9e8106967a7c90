"""Kept replies: for nobody else, deleted when the next handle is used, and sealed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from okmate_auth import AcknowledgeChange, Authenticated, ChangePasswords, Client, PasswordChangeDone, PasswordChangeDue
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.records import Repeat
from tests.behaviour.bank import FAST, LOGIN, WRONG, Bank, User, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import CORRECTING, MAIL, REACHABLE, At, at_action, at_change, at_result, rival
from tests.behaviour.submissions import EVERYWHERE, MINUTE, STEPS, Submission, elsewhere, wrong
from tests.rounds import rounds


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with a step of its own, so that there is one of each kind."""
    return open_bank(CORRECTING, (MAIL,))


# -- for nobody else


@pytest.mark.parametrize("reach", REACHABLE)
def test_a_spent_handle_is_worth_one_try(bank: Bank, reach: Callable[[Bank], At]) -> None:
    """One other command is compared and deletes the kept reply; nothing after it is, the right one included."""
    at = reach(bank)
    command = at.answer()
    bank.submit(command)
    refused(bank.submit(rival(at)), "stale")
    with bank.unchanged(), bank.unhashed():
        for number in range(1, rounds(20, 100_000)):
            refused(bank.submit(rival(at, number)), "stale")
        refused(bank.submit(command), "stale")


@pytest.mark.parametrize("submission", STEPS)
def test_a_repeat_from_another_browser_is_stale_and_uses_up_the_try(bank: Bank, submission: Submission) -> None:
    """Whoever has handle and command, from a log say, lacks the browser; and after him nobody gets the reply."""
    _, command = submission(bank)
    bank.submit(command)
    refused(bank.submit(elsewhere(command, bank)), "stale")
    refused(bank.submit(command), "stale")


def test_an_attempt_from_another_browser_is_another_attempt(bank: Bank) -> None:
    """At the entrance the same token and password from elsewhere is judged on its own, in its own lane."""
    user, command = wrong(bank)
    bank.submit(command)
    refused(bank.submit(elsewhere(command, bank)), "rejected")
    counter = bank.throttle(user).counter(LOGIN_PASSWORD)
    assert counter.known.total + counter.others.total == 2


# -- deleted at the next step


@pytest.mark.parametrize(
    "use_it",
    [
        lambda bank, client, step: bank.change_command(User("", LOGIN, "x", client), step, login="short"),
        lambda bank, client, step: bank.change_command(User("", WRONG, "x", client), step),
    ],
)
def test_using_the_new_handle_deletes_the_reply_that_carried_it(
    bank: Bank, use_it: Callable[[Bank, Client, PasswordChangeDue], ChangePasswords]
) -> None:
    """Once the next step was answered in any way, the reply of this one is gone."""
    at = at_change(bank)
    command = but(at.answer(), new_login_password="short")
    step = expect(PasswordChangeDue, refused(bank.submit(command), "password-policy").at)
    bank.submit(use_it(bank, at.client, step))
    refused(bank.submit(command), "stale")


def test_a_wrong_step_deletes_no_reply(bank: Bank) -> None:
    """What spends nothing takes nothing away either."""
    at = at_change(bank)
    command = at.answer()
    done = expect(PasswordChangeDone, bank.submit(command))
    wrong_step = but(command, handle=done.handle)
    refused(bank.submit(wrong_step), "wrong-step")
    assert bank.submit(command) == done


def test_the_first_use_of_a_session_deletes_the_reply_that_carried_it(bank: Bank) -> None:
    """From then on the handle is in the browser, and in no kept reply."""
    at = at_action(bank)
    command = at.answer()
    ended = expect(Authenticated, bank.submit(command))
    assert bank.submit(command) == ended
    assert bank.session(ended.session, at.client) is not None
    refused(bank.submit(command), "stale")


def test_after_the_first_use_of_a_session_the_same_attempt_is_judged_again(bank: Bank) -> None:
    """A login that is reloaded after the top page was seen is a new attempt, and takes over in its own browser."""
    user = bank.customer()
    plain = bank.beside(FAST)
    command = bank.attempt(user, LOGIN)
    first = expect(Authenticated, plain.submit(command))
    assert plain.session(first.session, user.home) is not None
    second = expect(Authenticated, plain.submit(command))
    assert second.session != first.session
    assert second.took_over


# -- what is kept


@pytest.mark.parametrize("submission", EVERYWHERE)
def test_a_kept_reply_shows_no_handle(bank: Bank, submission: Submission) -> None:
    """It is sealed: neither the reply's handle nor anything else of it can be read in the store (A96)."""
    _, command = submission(bank)
    before = len(bank.recording.commits)
    bank.submit(command)
    kept = [
        record for change, _ in bank.recording.commits[before:] for record in change.puts if isinstance(record, Repeat)
    ]
    assert len(kept) == 1
    assert kept[0].until == bank.clock() + MINUTE
    assert not any(name in kept[0].sealed for name in (b"handle", b"Due", b"Refused", b"session"))


def test_busy_and_malformed_replies_are_not_kept(bank: Bank) -> None:
    """What counted and spent nothing may simply be submitted again."""
    at = at_change(bank)
    with bank.unchanged():
        refused(bank.submit(but(at.answer(), new_login_password="")), "malformed")
    expect(PasswordChangeDone, bank.submit(at.answer()))


def test_an_acknowledgement_repeated_gets_its_session_again(bank: Bank) -> None:
    """The lost answer of the last step is not a lost login."""
    at = at_result(bank)
    plain = bank.beside(FAST)
    command = AcknowledgeChange(handle=at.step.handle, client=at.client)
    first = expect(Authenticated, plain.submit(command))
    second = expect(Authenticated, plain.submit(command))
    assert second.session == first.session
    assert plain.session(second.session, at.client) is not None
