"""A code within a session: for one purpose, for a while, once."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from okmate_auth import Authenticated, Client, Secret, StepUp
from okmate_auth.commands import RevokeToken, Suspend, SuspendToken
from okmate_auth.records import Suspension
from okmate_auth.replies import SteppedUp
from okmate_auth.testing import VirtualToken
from tests.behaviour.bank import DESK, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.tokens import (
    STEP,
    TOKENS,
    dispatched,
    enroll,
    enter,
    entitled,
    next_code,
    shown_wrong,
    stored,
)

FRESH = TOKENS.session.fresh_for
LIMIT = TOKENS.lockout_of("code").limit


def come_in(bank: Bank) -> tuple[User, VirtualToken, Secret]:
    """Return somebody with a token, and his session; the token shows a code that is not used yet."""
    user, token = entitled(bank), dispatched(bank)
    session = enroll(bank, user, token).session
    next_code(bank, token)
    return user, token, session


def step_up(session: Secret, client: Client, code: str, purpose: str = "transfer") -> StepUp:
    """Return the command."""
    return StepUp(session=session, client=client, code=code, purpose=purpose)


@pytest.mark.parametrize(
    ("after", "is_fresh"), [(FRESH - timedelta(microseconds=1), True), (FRESH, False), (FRESH + STEP, False)]
)
def test_a_code_is_good_for_its_purpose_and_a_while(open_bank: OpenBank, after: timedelta, *, is_fresh: bool) -> None:
    """Fresh for the profile's time, exclusive at its end, and for no other purpose."""
    bank = open_bank(TOKENS)
    user, token, handle = come_in(bank)
    reply = expect(SteppedUp, bank.submit(step_up(handle, user.home, token.code())))
    assert (reply.purpose, reply.until) == ("transfer", bank.clock() + FRESH)
    bank.wait(after)
    session = bank.session(handle, user.home)
    assert session is not None
    assert session.stepped_up("transfer") == is_fresh
    assert not session.stepped_up("administration")
    assert not session.confirmed("transfer")


def test_a_double_click_has_one_effect_and_one_reply(open_bank: OpenBank) -> None:
    """The same code for the same purpose in the same session is answered as before; nothing is written."""
    bank = open_bank(TOKENS)
    user, token, handle = come_in(bank)
    command = step_up(handle, user.home, token.code())
    first = bank.submit(command)
    bank.wait(timedelta(seconds=2))
    with bank.unchanged():
        assert bank.submit(command) == first
    bank.wait(FRESH)
    refused(bank.submit(command), "wrong-code")  # the first one is over: it opens nothing again


def test_for_another_purpose_another_code_is_needed(open_bank: OpenBank) -> None:
    """A code that was used for one purpose opens no other one (A02)."""
    bank = open_bank(TOKENS)
    user, token, handle = come_in(bank)
    expect(SteppedUp, bank.submit(step_up(handle, user.home, token.code())))
    refused(bank.submit(step_up(handle, user.home, token.code(), "administration")), "wrong-code")
    assert bank.results(user)[0] == "replayed-code"


def test_the_code_of_the_login_steps_nothing_up(open_bank: OpenBank) -> None:
    """What was used at login is spent (A02)."""
    bank = open_bank(TOKENS)
    user, token, handle = come_in(bank)
    bank.log_out(user, handle)
    code = token.code()
    handle = expect(Authenticated, enter(bank, user, code)).session
    refused(bank.submit(step_up(handle, user.home, code)), "wrong-code")


def test_another_s_code_steps_nothing_up(open_bank: OpenBank) -> None:
    """The code of somebody else's token is a wrong one in this session, and stays good in his."""
    bank = open_bank(TOKENS)
    user, _, handle = come_in(bank)
    other, token, others = come_in(bank)
    refused(bank.submit(step_up(handle, user.home, token.code())), "wrong-code")
    expect(SteppedUp, bank.submit(step_up(others, other.home, token.code())))


def test_guesses_lock_codes_and_not_the_session(open_bank: OpenBank) -> None:
    """At the limit codes are locked; the session goes on, and after the lock a right one counts."""
    bank = open_bank(TOKENS)
    user, token, handle = come_in(bank)
    for number in range(1, LIMIT + 1):
        reply = refused(
            bank.submit(step_up(handle, user.home, shown_wrong(bank, token))),
            "wrong-code" if number < LIMIT else "token-locked",
        )
    assert reply.until == bank.clock() + TOKENS.lockout_of("code").temporary
    before = stored(bank, token)
    refused(bank.submit(step_up(handle, user.home, token.code())), "token-locked")
    assert stored(bank, token) == before
    assert bank.session(handle, user.home) is not None


def test_guesses_at_login_and_in_sessions_are_counted_together(open_bank: OpenBank) -> None:
    """However the guesses are spread over logins and sessions, the limit is one (A05)."""
    bank = open_bank(TOKENS)
    user, token, handle = come_in(bank)
    for _ in range(LIMIT - 1):
        refused(bank.submit(step_up(handle, user.home, shown_wrong(bank, token))), "wrong-code")
    refused(enter(bank, user, shown_wrong(bank, token)), "token-locked")


@pytest.mark.parametrize("command", [RevokeToken, Suspend])
def test_what_ends_the_session_ends_its_step_ups(open_bank: OpenBank, command: type[RevokeToken | Suspend]) -> None:
    """A revoked token and a suspended account leave no session in which a code could be entered (OTP-13)."""
    bank = open_bank(TOKENS)
    user, token, handle = come_in(bank)
    bank.submit(command(login_id=user.login_id, authority=DESK))
    refused(bank.submit(step_up(handle, user.home, token.code())), "not-logged-in")


def test_a_suspended_token_steps_nothing_up(open_bank: OpenBank) -> None:
    """While the token is suspended its right code is not judged."""
    bank = open_bank(TOKENS)
    user, token, handle = come_in(bank)
    bank.submit(SuspendToken(login_id=user.login_id, authority=DESK))
    assert refused(bank.submit(step_up(handle, user.home, token.code())), "token-locked").until is None


def test_without_a_token_there_is_nothing_to_judge(open_bank: OpenBank) -> None:
    """Who has no token is told so; nothing is counted."""
    bank = open_bank(TOKENS)
    user = bank.customer()
    handle = bank.log_in(user).session
    with bank.unchanged():
        refused(bank.submit(step_up(handle, user.home, "123456")), "no-token")


@pytest.mark.parametrize(
    ("code", "purpose", "field"),
    [
        ("12345", "transfer", "code"),
        ("１２３４５６", "transfer", "code"),
        ("", "transfer", "code"),
        ("123456", "Transfer", "purpose"),
        ("123456", "", "purpose"),
        ("123456", "a" * 65, "purpose"),
    ],
)
def test_malformed_input_counts_nothing(open_bank: OpenBank, code: str, purpose: str, field: str) -> None:
    """What has not the form of a code, or of a purpose, is refused before anything is judged."""
    bank = open_bank(TOKENS)
    user, _, handle = come_in(bank)
    bank.session(handle, user.home)
    with bank.unchanged():
        reply = refused(bank.submit(step_up(handle, user.home, code, purpose)), "malformed")
    assert [violation.field for violation in reply.violations] == [field]


def test_a_session_of_another_browser_is_no_session(open_bank: OpenBank) -> None:
    """A stolen cookie without the browser's secret judges nothing (A24)."""
    bank = open_bank(TOKENS)
    _, token, handle = come_in(bank)
    before = stored(bank, token)
    refused(bank.submit(step_up(handle, bank.browser(), token.code())), "not-logged-in")
    assert stored(bank, token) == before


def test_a_session_that_outlived_its_account_judges_nothing(open_bank: OpenBank) -> None:
    """Somebody suspended the account in the store and left the session there: no code is judged in it (A31)."""
    bank = open_bank(TOKENS)
    user, token, handle = come_in(bank)
    stop = Suspension(at=bank.clock(), actor="desk:somebody", by_desk=True)
    bank.put_record(attrs.evolve(bank.account(user), suspended=stop))
    before = stored(bank, token)
    refused(bank.submit(step_up(handle, user.home, token.code())), "not-logged-in")
    assert stored(bank, token) == before
