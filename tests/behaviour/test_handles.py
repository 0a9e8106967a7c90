"""Handles of steps: new at every step, good once, from one browser, for a time, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from okmate_auth import (
    Abandon,
    AcknowledgeChange,
    ActionDue,
    Authenticated,
    ChangePasswords,
    Client,
    Confirm,
    Logout,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordDue,
    Refused,
    Secret,
    StepUp,
    TopPage,
)
from okmate_auth.commands import ResyncInSession
from okmate_auth.queries import ListSessions
from okmate_auth.records import Flow
from okmate_auth.replies import Abandoned, Step
from tests.behaviour.bank import CONFIRMATION, LOGIN, MICROSECOND, Bank, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import CORRECTING, MAIL, REACHABLE, At, at_action, at_change, at_result, rival

Reach = Callable[[Bank], At]
STEP, WHOLE = timedelta(minutes=10), timedelta(minutes=30)
INSTANTS = [(-MICROSECOND, True), (timedelta(0), False), (MICROSECOND, False)]
"""Around an end: by how much later, and whether the step is still open then."""


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with a step of its own, so that there is one of each kind."""
    return open_bank(CORRECTING, (MAIL,))


def steps_of_a_login(bank: Bank) -> tuple[Client, list[Step], Authenticated]:
    """Go through a first login; return its browser, every step, and its end."""
    user = bank.newcomer()
    due = bank.due_change(user)
    again = expect(
        PasswordChangeDue, refused(bank.submit(bank.change_command(user, due, login="x")), "password-policy").at
    )
    done = expect(PasswordChangeDone, bank.change(user, again))
    action = expect(ActionDue, bank.submit(AcknowledgeChange(handle=done.handle, client=user.home)))
    ended = expect(Authenticated, bank.submit(At(bank, user, action).answer()))
    return user.home, [due, again, done, action], ended


def session_calls(bank: Bank, handle: Secret, client: Client) -> list[object]:
    """Return what everything says that a session protects, called with a handle."""
    confirm = Confirm(session=handle, client=client, password=CONFIRMATION, purpose="transfer")
    step_up = StepUp(session=handle, client=client, code="123456", purpose="transfer")
    resync = ResyncInSession(session=handle, client=client, first="123456", second="234567")
    return [
        bank.session(handle, client),
        bank.read(TopPage(handle, client)),
        bank.read(ListSessions(handle, client)),
        bank.submit(confirm),
        bank.submit(step_up),
        bank.submit(resync),
    ]


NOTHING: list[object] = [None, None, None, *[Refused(code="not-logged-in")] * 3]


# -- rotation


def test_every_step_has_a_handle_of_its_own(bank: Bank) -> None:
    """Four steps and a session: five handles, none of which was ever another one's (FL-2, A93)."""
    _, steps, ended = steps_of_a_login(bank)
    handles = [step.handle.reveal() for step in steps] + [ended.session.reveal()]
    assert len(set(handles)) == 5
    assert {len(handle) for handle in handles} == {43}


@pytest.mark.parametrize("reach", REACHABLE)
def test_a_spent_handle_is_stale(bank: Bank, reach: Reach) -> None:
    """What was answered once is answered with something else never again (A22)."""
    at = reach(bank)
    bank.submit(at.answer())
    refused(bank.submit(rival(at)), "stale")
    with bank.unchanged():
        refused(bank.submit(rival(at)), "stale")


def test_only_hashes_of_handles_are_stored(bank: Bank) -> None:
    """No record and no row of a whole login holds a handle, a browser's cookie or a password (A96, HI-1)."""
    client, steps, ended = steps_of_a_login(bank)
    secrets = [step.handle.reveal() for step in steps]
    secrets += [ended.session.reveal(), client.browser.reveal(), LOGIN, CONFIRMATION]
    for change, _ in bank.recording.commits:
        written = repr([*change.puts, *change.appends, *change.guards])
        assert not [secret for secret in secrets if secret in written]


def test_no_reply_shows_its_handle(bank: Bank) -> None:
    """Whatever logs a reply logs no handle (A37)."""
    _, steps, ended = steps_of_a_login(bank)
    for reply, handle in [*((step, step.handle) for step in steps), (ended, ended.session)]:
        assert handle.reveal() not in f"{reply!r} {reply}"


# -- whose it is


@pytest.mark.parametrize("reach", REACHABLE)
def test_a_handle_from_another_browser_is_stale_and_harmless(bank: Bank, reach: Reach) -> None:
    """Nothing is changed, and the browser it belongs to goes on (A24, CVE-2026-7507)."""
    at = reach(bank)
    with bank.unchanged(), bank.unhashed():
        refused(bank.submit(at.answer(bank.browser())), "stale")
        assert bank.submit(Abandon(handle=at.step.handle, client=bank.browser())) == Abandoned()
    assert not isinstance(bank.submit(at.answer()), Refused)


@pytest.mark.parametrize("reach", REACHABLE)
def test_a_handle_may_move_to_another_address(bank: Bank, reach: Reach) -> None:
    """The browser's cookie decides, not where it is: telephones change their address."""
    at = reach(bank)
    moved = attrs.evolve(at.client, address="198.51.100.9", user_agent="Lynx/2.9")
    assert not isinstance(bank.submit(at.answer(moved)), Refused)


@pytest.mark.parametrize("reach", REACHABLE)
def test_a_handle_with_one_character_changed_is_stale(bank: Bank, reach: Reach) -> None:
    """Each of the 43 characters counts; none of the others is anybody's handle (FL-2)."""
    at = reach(bank)
    handle = at.step.handle.reveal()
    with bank.unchanged():
        for place, char in enumerate(handle):
            flipped = handle[:place] + ("A" if char != "A" else "B") + handle[place + 1 :]
            refused(bank.submit(at.answer(handle=Secret(flipped))), "stale")
    assert not isinstance(bank.submit(at.answer()), Refused)


@pytest.mark.parametrize("reach", REACHABLE)
def test_what_can_be_no_handle_is_malformed(bank: Bank, reach: Reach) -> None:
    """Refused by form, before anything is read."""
    at = reach(bank)
    calls = len(bank.recording.trace)
    for text in ("", "x", "x" * 42, "x" * 44, "x" * 42 + "=", "x" * 42 + "\n", "ｘ" * 43, "\ud800" * 43):
        reply = refused(bank.submit(at.answer(handle=Secret(text))), "malformed")
        assert [(violation.code, violation.field) for violation in reply.violations] == [("malformed-token", "handle")]
        assert bank.submit(Abandon(handle=text, client=at.client)) == Abandoned()
    assert len(bank.recording.trace) == calls


# -- what it is not


@pytest.mark.parametrize("reach", REACHABLE)
def test_the_handle_of_a_step_is_no_session(bank: Bank, reach: Reach) -> None:
    """Nothing that a session protects accepts it, before it was spent or after (A21, Casdoor #5718)."""
    at = reach(bank)
    with bank.unchanged():
        assert session_calls(bank, at.step.handle, at.client) == NOTHING
        bank.submit(Logout(at.step.handle, client=at.client))
    bank.submit(at.answer())
    assert session_calls(bank, at.step.handle, at.client) == NOTHING


@pytest.mark.parametrize("reach", REACHABLE)
def test_the_handle_of_a_session_is_no_step(bank: Bank, reach: Reach) -> None:
    """A session's handle answers no step and ends no flow; the session is not harmed."""
    client, _, ended = steps_of_a_login(bank)
    at = reach(bank)
    with bank.unchanged():
        refused(bank.submit(at.answer(client, ended.session)), "stale")
        bank.submit(Abandon(handle=ended.session, client=client))
    assert bank.session(ended.session, client) is not None


def test_tokens_and_cookies_are_neither_step_nor_session(bank: Bank) -> None:
    """What a page or a browser carries grants nothing by itself, even while a login is under way with it."""
    user, token = bank.newcomer(), bank.token()
    due = expect(PasswordChangeDue, bank.submit(bank.attempt(user, user.login_password, token=token)))
    for text in (token, user.home.browser.reveal()):
        with bank.unchanged():
            assert session_calls(bank, Secret(text), user.home) == NOTHING
            refused(bank.submit(but(bank.change_command(user, due), handle=text)), "stale")


def test_a_handle_of_another_person_is_his(bank: Bank) -> None:
    """Two people at one browser: each handle leads to its own login, whoever is asked (Keycloak #44168)."""
    one, other = bank.newcomer(), bank.newcomer()
    step, theirs = bank.due_change(one), bank.due_change(other, one.home)
    assert expect(PasswordChangeDone, bank.change(one, step)).login_id == one.login_id
    done = expect(PasswordChangeDone, bank.change(other, theirs, one.home))
    assert done.login_id == other.login_id


# -- for how long


@pytest.mark.parametrize("reach", REACHABLE)
@pytest.mark.parametrize(("later", "is_open"), INSTANTS)
def test_a_step_ends_at_its_end(bank: Bank, reach: Reach, later: timedelta, *, is_open: bool) -> None:
    """It can be answered up to the last microsecond before the instant that the step itself says."""
    at = reach(bank)
    assert at.step.until == bank.clock() + STEP
    bank.clock.set(at.step.until + later)
    reply = bank.submit(at.answer())
    assert (reply != Refused(code="expired")) is is_open


def kept_going(bank: Bank) -> tuple[At, PasswordChangeDue]:
    """Answer the change wrongly every nine minutes, until the end of the whole login is nearer than a step's."""
    at = at_change(bank)
    step = expect(PasswordChangeDue, at.step)
    for _ in range(3):
        bank.wait(timedelta(minutes=9))
        reply = refused(bank.submit(but(at.answer(handle=step.handle), new_login_password="x")), "password-policy")
        step = expect(PasswordChangeDue, reply.at)
    return at, step


@pytest.mark.parametrize(("later", "is_open"), INSTANTS)
def test_a_login_ends_at_its_end_however_new_its_step_is(bank: Bank, later: timedelta, *, is_open: bool) -> None:
    """Fresh steps don't prolong the whole: after thirty minutes it is over (A36)."""
    start = bank.clock()
    at, step = kept_going(bank)
    assert step.until == start + WHOLE
    bank.clock.set(step.until + later)
    reply = bank.submit(at.answer(handle=step.handle))
    assert (reply != Refused(code="expired")) is is_open


@pytest.mark.parametrize("reach", REACHABLE)
def test_what_was_seen_expired_stays_expired(bank: Bank, reach: Reach) -> None:
    """Once somebody was told, a clock that goes back does not open it again (A12)."""
    at = reach(bank)
    bank.wait(STEP)
    refused(bank.submit(at.answer()), "expired")
    bank.wait(-STEP)
    with bank.unchanged():
        refused(bank.submit(at.answer()), "stale")
    assert bank.account(at.user).flows == ()


@pytest.mark.parametrize("back", [timedelta(seconds=30), timedelta(seconds=30) + MICROSECOND])
def test_a_step_that_began_in_the_future_is_not_believed(bank: Bank, back: timedelta) -> None:
    """Clocks of two hosts may differ by thirty seconds; whatever began later than that ends at once."""
    at = at_change(bank)
    bank.wait(-back)
    reply = bank.submit(at.answer())
    assert (reply == Refused(code="expired")) is (back > timedelta(seconds=30))


# -- giving up


@pytest.mark.parametrize("reach", REACHABLE)
def test_an_abandoned_login_is_over(bank: Bank, reach: Reach) -> None:
    """Its handle is stale, nothing of it is left, and giving up twice is no error."""
    at = reach(bank)
    command = Abandon(handle=at.step.handle, client=at.client)
    assert bank.submit(command) == Abandoned()
    assert bank.account(at.user).flows == ()
    with bank.unchanged():
        assert bank.submit(command) == Abandoned()
        refused(bank.submit(at.answer()), "stale")


@pytest.mark.parametrize("reach", REACHABLE)
@pytest.mark.parametrize("rivals", [2, 4])
def test_of_several_answers_at_the_same_moment_one_counts(bank: Bank, reach: Reach, rivals: int) -> None:
    """One handle, different commands at once: one has its effect, the others are stale or a wrong step (A23)."""
    at = reach(bank)
    commands: list[Any] = [rival(at, number) for number in range(rivals)]
    if isinstance(at.step, PasswordDue | PasswordChangeDone):
        commands[0] = at.answer()
    before = bank.account(at.user)
    replies = bank.together(*commands)
    told = [reply for reply in replies if isinstance(reply, Refused)]
    assert len(told) == rivals - 1
    assert {reply.code for reply in told} <= {"stale", "wrong-step"}
    after = bank.account(at.user)
    assert len(after.flows) + len(after.sessions) <= len(before.flows) + len(before.sessions)


def test_an_answer_and_an_abandonment_at_the_same_moment(bank: Bank) -> None:
    """Either the login was given up first and the answer is stale, or the answer counts; never both halves."""
    at = at_result(bank)
    commands: list[Any] = [at.answer(), Abandon(handle=at.step.handle, client=at.client)]
    answered, given_up = bank.together(*commands)
    assert given_up == Abandoned()
    flows = bank.account(at.user).flows
    assert len(flows) == isinstance(answered, ActionDue)
    assert [bank.record(Flow.at(ref.id)) is not None for ref in flows] == [True] * len(flows)


def test_a_handle_is_asked_of_no_other_step(bank: Bank) -> None:
    """The command says what it answers; what is due is never taken from it."""
    at = at_action(bank)
    with bank.unchanged():
        command = ChangePasswords(handle=at.step.handle, client=at.client, new_login_password="Vb31kkRt0w")
        assert refused(bank.submit(command), "wrong-step").at == at.step
