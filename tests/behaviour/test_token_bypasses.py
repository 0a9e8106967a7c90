"""Ways round a token: each test says who would win if one were open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from okmate_auth import (
    Authenticated,
    EnrollToken,
    EnterCode,
    PasswordChangeDue,
    Refused,
    SkipEnrollment,
    StepUp,
)
from okmate_auth.commands import RequireChange, ResyncInSession, ResyncToken, SuspendToken
from okmate_auth.decision import Command
from okmate_auth.factors import CODE, LOGIN_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.records import Flow, Proof
from okmate_auth.replies import CodeDue, EnrollmentDue, Step
from tests.behaviour.bank import DESK, WRONG, Bank, User, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.tokens import (
    TOKENS,
    asking,
    at_code,
    at_enrollment,
    dispatched,
    enroll,
    enter,
    entitled,
    holder,
    next_code,
    shown_wrong,
    stored,
    throttle,
)

LIMIT = TOKENS.lockout_of(CODE).limit
LOCK = timedelta(minutes=30)


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with a service that needs a token."""
    return open_bank(TOKENS)


def guess(bank: Bank, command: Command[Any], times: int = LIMIT) -> tuple[Refused, Command[Any]]:
    """Submit a wrong answer so often; return the last refusal, and the command under the handle that is good now."""
    for _ in range(times):
        reply = expect(Refused, bank.submit(command))
        command = but(command, handle=expect(Step, reply.at).handle)
    return reply, command


# -- whoever has the password


def test_a_thief_does_not_lock_the_owner_out_of_his_codes(bank: Bank) -> None:
    """Or whoever learnt a login password could keep its owner from entering codes for as long as he liked (A50)."""
    token = dispatched(bank)
    user = holder(bank, token)
    thief = bank.browser()
    wrong = EnterCode(handle=at_code(bank, user, thief).handle, client=thief, code=shown_wrong(bank, token))
    reply, _ = guess(bank, wrong)
    assert reply.code == "token-locked"
    refused(enter(bank, user, token.code(), client=thief), "token-locked")
    session = expect(Authenticated, enter(bank, user, token.code())).session
    next_code(bank, token)
    step_up = StepUp(session=session, client=user.home, code=token.code(), purpose="transfer")
    assert not isinstance(bank.submit(step_up), Refused)


def test_a_thief_does_not_keep_the_owner_from_enrolling(bank: Bank) -> None:
    """Or he would guess at numbers until the code factor is locked, and put off the day on which it shuts him out."""
    user, token = entitled(bank), dispatched(bank)
    skipped = SkipEnrollment(handle=at_enrollment(bank, user).handle, client=user.home)
    bank.log_out(user, expect(Authenticated, bank.submit(skipped)).session)
    thief = bank.browser()
    due = at_enrollment(bank, user, thief)
    reply, _ = guess(bank, EnrollToken(handle=due.handle, client=thief, serial="ZZ-9999", code="123456"))
    assert reply.code == "token-locked"
    enroll(bank, user, token)


def test_putting_enrollment_off_is_for_one_login(bank: Bank) -> None:
    """Or a thief who skips the screen once would have the owner never asked again, and the services stay closed."""
    user = entitled(bank)
    thief = bank.browser()
    due, mine = at_enrollment(bank, user, thief), at_enrollment(bank, user)
    stolen = expect(Authenticated, bank.submit(SkipEnrollment(handle=due.handle, client=thief)))
    seen = bank.session(stolen.session, thief)
    assert seen is not None
    assert "transfer" not in seen.entitlements
    answer = EnrollToken(handle=mine.handle, client=user.home, serial="ZZ-9999", code="123456")
    expect(EnrollmentDue, refused(bank.submit(answer), "wrong-token").at)


# -- every place to guess

PLACES = ("code", "pair", "step-up", "pair in a session")


def guesses(bank: Bank, user: User) -> dict[str, Command[Any]]:
    """Return a wrong guess at a token's codes for every place there is: at login, and in a session beside it."""
    home, due = user.home, at_code(bank, user)
    laxer = bank.beside(asking("never"))
    session = expect(Authenticated, laxer.submit(bank.attempt(user, user.login_password))).session
    return {
        "code": EnterCode(handle=due.handle, client=home, code="000000"),
        "pair": ResyncToken(handle=due.handle, client=home, first="000000", second="000000"),
        "step-up": StepUp(session=session, client=home, code="000000", purpose="transfer"),
        "pair in a session": ResyncInSession(session=session, client=home, first="000000", second="000000"),
    }


@pytest.mark.parametrize("place", PLACES)
def test_no_place_is_a_second_one_to_guess_at(bank: Bank, place: str) -> None:
    """Or whoever is locked at one would go on at another: after the limit at any of them all are refused unjudged."""
    token = dispatched(bank)
    user = holder(bank, token)
    commands = guesses(bank, user)
    for number in range(1, LIMIT + 1):
        reply = refused(bank.submit(commands[place]), "wrong-code" if number < LIMIT else "token-locked")
        if isinstance(reply.at, CodeDue):
            for one in ("code", "pair"):
                commands[one] = but(commands[one], handle=reply.at.handle)
    assert reply.until == bank.clock() + LOCK
    before = stored(bank, token), bank.throttle(user).counters
    for command in commands.values():
        assert refused(bank.submit(command), "token-locked").until == reply.until
    right = but(commands["code"], code=token.code()), but(commands["step-up"], code=token.code())
    for command in right:
        refused(bank.submit(command), "token-locked")
    assert (stored(bank, token), bank.throttle(user).counters) == before


@pytest.mark.parametrize("place", PLACES)
def test_a_suspended_token_is_judged_nowhere(bank: Bank, place: str) -> None:
    """Or the stop of a lost token would leave its finder a place to try: nothing counts, nothing moves."""
    token = dispatched(bank)
    user = holder(bank, token)
    command = guesses(bank, user)[place]
    bank.submit(SuspendToken(login_id=user.login_id, authority=DESK))
    before = stored(bank, token), throttle(bank, token.serial)
    for one in (command, but(command, code=token.code()) if hasattr(command, "code") else command):
        assert refused(bank.submit(one), "token-locked").until is None
    assert (stored(bank, token), throttle(bank, token.serial)) == before
    assert bank.throttle(user).counter(CODE).known.failures == 0


# -- what changes meanwhile


@pytest.mark.parametrize(("failures", "locks"), [(2, False), (3, True), (4, True), (5, True)])
def test_a_limit_that_is_lowered_counts_for_what_was_guessed_before(bank: Bank, failures: int, *, locks: bool) -> None:
    """Or the guesses of yesterday would come on top of those that the stricter rules allow (A28)."""
    token = dispatched(bank)
    user = holder(bank, token)
    due = at_code(bank, user)
    wrong = EnterCode(handle=due.handle, client=user.home, code=shown_wrong(bank, token))
    _, command = guess(bank, wrong, failures)
    stricter = bank.beside(attrs.evolve(TOKENS, lockout={CODE: Lockout(limit=3)}))
    reply = stricter.submit(but(command, code=token.code()))
    assert isinstance(reply, Refused if locks else Authenticated)
    if isinstance(reply, Refused):
        assert (reply.code, reply.until) == ("token-locked", bank.clock() + LOCK)


def test_no_code_goes_on_after_a_full_lock_of_the_password(open_bank: OpenBank) -> None:
    """Or a login under way would come to its session after the account was locked until a release."""
    strict = attrs.evolve(TOKENS, lockout={LOGIN_PASSWORD: Lockout(temporary=timedelta(0))})
    bank = open_bank(strict)
    token = dispatched(bank)
    user = holder(bank, token)
    due = at_code(bank, user)
    for _ in range(LIMIT):
        bank.submit(bank.attempt(user, WRONG))
    before = stored(bank, token)
    refused(enter(bank, user, token.code(), due), "locked")
    assert (bank.sessions(user), bank.account(user).flows) == ([], ())
    assert stored(bank, token) == before  # the code was not judged, so it is not spent


def test_a_code_proves_nothing_in_another_login(bank: Bank) -> None:
    """Or the owner's code would carry a thief's login, which waits at its own step, past it."""
    token = dispatched(bank)
    user = holder(bank, token)
    thief = bank.browser()
    theirs = at_code(bank, user, thief)
    expect(Authenticated, enter(bank, user, token.code()))
    refused(enter(bank, user, token.code(), theirs, thief), "wrong-code")  # nor can it be used again
    assert [one.factor for one in flow_of(bank, user)] == [LOGIN_PASSWORD]


def flow_of(bank: Bank, user: User) -> tuple[Proof, ...]:
    """Return what the one login under way of somebody has proven."""
    (ref,) = bank.account(user).flows
    return expect(Flow, bank.record(Flow.at(ref.id))).ledger.proven


def test_a_change_is_not_skipped_by_a_code(bank: Bank) -> None:
    """Or whoever holds the token would walk past the change that was to stop him."""
    token = dispatched(bank)
    user = holder(bank, token)
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK, reason="compromise"))
    due = at_code(bank, user)
    step = bank.submit(EnterCode(handle=due.handle, client=user.home, code=token.code()))
    change = expect(PasswordChangeDue, step)
    again = EnterCode(handle=change.handle, client=user.home, code=token.code())
    assert refused(bank.submit(again), "wrong-step").at == change
