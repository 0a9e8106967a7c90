"""The very same thing submitted twice: one effect, one reply, for a minute and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

import pytest

from okmate_auth import (
    AcknowledgeChange,
    Authenticated,
    ChangePasswords,
    Client,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
)
from okmate_auth.decision import Command
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.records import Repeat
from tests.behaviour.bank import FAST, LOGIN, MICROSECOND, WRONG, Bank, User, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import CORRECTING, MAIL, At, at_action, at_change, at_result, rival
from tests.rounds import rounds

MINUTE: Final = timedelta(seconds=60)
AFTER: Final = [(MINUTE - MICROSECOND, True), (MINUTE, False), (MINUTE + MICROSECOND, False)]
"""How long after the first submit the second comes, and whether it is a repeat then."""

Submission = Callable[[Bank], "tuple[User, Command[Any]]"]


# -- at the entrance


def right(bank: Bank) -> tuple[User, Command[Any]]:
    """Log in, nothing due but the bank's own step."""
    user = bank.customer()
    return user, bank.attempt(user, user.login_password)


def right_with_a_change_due(bank: Bank) -> tuple[User, Command[Any]]:
    """Log in for the first time."""
    user = bank.newcomer()
    return user, bank.attempt(user, user.login_password)


def wrong(bank: Bank) -> tuple[User, Command[Any]]:
    """Guess."""
    user = bank.customer()
    return user, bank.attempt(user, WRONG)


def wrong_for_the_sixth_time(bank: Bank) -> tuple[User, Command[Any]]:
    """Guess, and be locked by it."""
    user = bank.customer()
    for _ in range(5):
        bank.guess(user)
    return user, bank.attempt(user, WRONG)


ENTRANCE: Final[list[Submission]] = [right, right_with_a_change_due, wrong, wrong_for_the_sixth_time]


# -- at the steps


def _of(reach: Callable[[Bank], At], **changes: object) -> Submission:
    def submission(bank: Bank) -> tuple[User, Command[Any]]:
        at = reach(bank)
        return at.user, but(at.answer(), **changes)

    return submission


STEPS: Final[list[Submission]] = [
    _of(at_change),
    _of(at_change, new_login_password="short"),
    _of(at_change, current_login_password=WRONG),
    _of(at_change, current_confirmation_password=WRONG),
    _of(at_result),
    _of(at_action),
    _of(at_action, answer={"address": "nowhere"}),
]
EVERYWHERE: Final = [*ENTRANCE, *STEPS]


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with a step of its own, so that there is one of each kind."""
    return open_bank(CORRECTING, (MAIL,))


def moved(command: Command[Any]) -> Command[Any]:
    """Return the same command from the same browser, which has another address and name now."""
    client: Client = command.client  # type: ignore[attr-defined]  # every command here has one
    return but(command, client=Client("198.51.100.77", "Lynx/2.9", browser=client.browser))


def elsewhere(command: Command[Any], bank: Bank) -> Command[Any]:
    """Return the same command from another browser."""
    return but(command, client=bank.browser())


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
    return tuple(after - start for after, start in zip(count(), before, strict=True))  # type: ignore[return-value]


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
def test_a_wrong_password_double_clicked_counts_once(bank: Bank, at_once: bool) -> None:  # noqa: FBT001
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
def test_another_password_with_the_same_token_is_another_attempt(bank: Bank, at_once: bool) -> None:  # noqa: FBT001
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
    same: bool,  # noqa: FBT001
) -> None:
    """The reply of a step is kept for sixty seconds, and not a microsecond longer."""
    _, command = submission(bank)
    first = bank.submit(command)
    bank.wait(later)
    assert bank.submit(command) == (first if same else Refused(code="stale"))


@pytest.mark.parametrize(("later", "same"), AFTER)
def test_a_minute_later_the_same_attempt_is_a_new_one(bank: Bank, later: timedelta, same: bool) -> None:  # noqa: FBT001
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


# -- for nobody else


@pytest.mark.parametrize("reach", [at_change, at_result, at_action])
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
