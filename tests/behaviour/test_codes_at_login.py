"""A code at login: when it is asked for, what it opens, and that each opens once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth import Authenticated, EnterCode, Refused
from okmate_auth.commands import RequireChange, SuspendToken
from okmate_auth.replies import CodeDue, PasswordChangeDue
from okmate_auth.tokens import Parameters
from tests.behaviour.bank import DESK, WRONG, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.tokens import (
    HOTP,
    STEP,
    TOKENS,
    TOTP,
    asking,
    at_code,
    dispatched,
    enter,
    holder,
    next_code,
    shown_wrong,
    stored,
)

KINDS = pytest.mark.parametrize("parameters", [TOTP, HOTP], ids=["totp", "hotp"])


@KINDS
def test_a_bound_token_is_asked_for_and_opens_the_door(open_bank: OpenBank, parameters: Parameters) -> None:
    """Password, then code, then the session, which says that both were proven."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, parameters=parameters)
    user = holder(bank, token)
    reply = expect(Authenticated, enter(bank, user, token.code()))
    assert reply.factors == ("login-password", "code")
    session = bank.session(reply.session, user.home)
    assert session is not None
    assert session.factors == ("login-password", "code")


def test_the_code_comes_before_what_is_merely_due(open_bank: OpenBank) -> None:
    """First every factor is proven: a forced change waits until the code was right."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    due = at_code(bank, user)
    expect(PasswordChangeDue, bank.submit(EnterCode(handle=due.handle, client=user.home, code=token.code())))


@KINDS
def test_a_code_is_accepted_once(open_bank: OpenBank, parameters: Parameters) -> None:
    """The same code in another login is refused, does not count, and the next one opens (A02)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, parameters=parameters)
    user = holder(bank, token)
    code = token.code()
    bank.log_out(user, expect(Authenticated, enter(bank, user, code)).session)
    again = refused(enter(bank, user, code), "wrong-code")
    due = expect(CodeDue, again.at)
    assert bank.results(user)[0] == "replayed-code"
    assert bank.throttle(user).counter("code").known.failures == 0
    next_code(bank, token)
    expect(Authenticated, enter(bank, user, token.code(), due))


def test_the_code_of_the_enrollment_is_spent(open_bank: OpenBank) -> None:
    """Whoever looked over the shoulder at enrollment can't log in by that code (A02, OTP-12)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    bank.wait(-STEP)  # the code of the enrollment is still on display
    refused(enter(bank, user, token.code()), "wrong-code")
    assert bank.results(user)[0] == "replayed-code"


@pytest.mark.parametrize(
    ("late", "result"),
    [
        (timedelta(0), "authenticated"),
        (STEP, "authenticated"),  # one step back is within the window
        (2 * STEP, "drifted-code"),
        (50 * STEP, "drifted-code"),
        (51 * STEP, "wrong-code"),
    ],
)
def test_a_late_code_is_refused_and_the_desk_knows_why(open_bank: OpenBank, late: timedelta, result: str) -> None:
    """One step late is taken; later ones are refused like any wrong code, but the history tells them apart."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    bank.wait(60 * STEP)
    code = token.code()
    bank.wait(late)
    reply = enter(bank, user, code)
    assert isinstance(reply, Authenticated) == (result == "authenticated")
    if isinstance(reply, Refused):
        refused(reply, "wrong-code")
    assert bank.results(user)[0] == result


@KINDS
def test_a_wrong_code_moves_nothing_and_counts_for_person_and_token(
    open_bank: OpenBank, parameters: Parameters
) -> None:
    """A wrong code leaves the token's record as it is, and is counted in both throttles (RFC 4226 7.2, FL-6)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, parameters=parameters)
    user = holder(bank, token)
    before = stored(bank, token)
    refused(enter(bank, user, shown_wrong(bank, token)), "wrong-code")
    assert stored(bank, token) == before
    assert bank.throttle(user).counter("code").known.failures == 1
    assert bank.throttle(user).counter("login-password").known.failures == 0


def test_only_a_right_code_ends_the_failures_of_codes(open_bank: OpenBank) -> None:
    """The password's success leaves the codes' failures standing; a right code ends them (A07, FL-6)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    for failures in (1, 2, 3):
        refused(enter(bank, user, shown_wrong(bank, token)), "wrong-code")
        assert bank.throttle(user).counter("code").known.failures == failures
    expect(Authenticated, enter(bank, user, token.code()))
    assert bank.throttle(user).counter("code").known.failures == 0


def test_the_limit_locks_codes_and_nothing_else(open_bank: OpenBank) -> None:
    """At the limit codes are locked with an end; a right one is not judged then; after the end it opens (FL-4)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    due, limit = at_code(bank, user), TOKENS.lockout_of("code").limit
    for number in range(1, limit + 1):
        command = EnterCode(handle=due.handle, client=user.home, code=shown_wrong(bank, token))
        reply = refused(bank.submit(command), "wrong-code" if number < limit else "token-locked")
        due = expect(CodeDue, reply.at)
    assert reply.until == bank.clock() + TOKENS.lockout_of("code").temporary
    before = stored(bank, token)
    command = EnterCode(handle=due.handle, client=user.home, code=token.code())
    locked = refused(bank.submit(command), "token-locked")
    assert (locked.until, stored(bank, token)) == (reply.until, before)
    assert expect(CodeDue, locked.at).handle == due.handle  # nothing was judged, so nothing is spent
    bank.wait(TOKENS.lockout_of("code").temporary)
    expect(Authenticated, enter(bank, user, token.code()))


def test_a_suspended_token_stays_bound(open_bank: OpenBank) -> None:
    """While a token is suspended its code is refused, and no enrollment takes its place."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    bank.submit(SuspendToken(login_id=user.login_id, authority=DESK))
    reply = refused(enter(bank, user, token.code()), "token-locked")
    assert reply.until is None
    expect(CodeDue, reply.at)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "1234567",  # the token shows six
        "123456789",
        "１２３４５６",
        "12345６",
        "١٢٣٤٥٦",
        "12 3456",
        " 123456",
        "+12345",
        "1e5000",
        "12345\x00",
        "0x1234",
        "12_456",
        "²²²²²²",
        "9" * 10_000_000,
    ],
)
def test_odd_spellings_are_refused_by_form(open_bank: OpenBank, typed: str) -> None:
    """Anything but half-width digits, as many as it shows: nothing is judged, the handle is not spent (A19, A20)."""
    bank = open_bank(TOKENS)
    user = holder(bank, dispatched(bank))
    due = at_code(bank, user)
    with bank.unchanged():
        reply = refused(bank.submit(EnterCode(handle=due.handle, client=user.home, code=typed)), "malformed")
    assert expect(CodeDue, reply.at).handle == due.handle
    [violation] = reply.violations
    assert violation.field == "code"
    assert typed[:20] not in reply.message("en") or len(typed) < 6


def test_full_width_digits_are_told_so(open_bank: OpenBank) -> None:
    """Full-width input is refused with a message that says so, even where it spells the right code."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    typed = token.code().translate({ord("0") + n: ord("０") + n for n in range(10)})
    reply = refused(enter(bank, user, typed), "malformed")
    assert [violation.code for violation in reply.violations] == ["full-width"]
    assert "半角" in reply.message("ja")


def test_a_wrong_password_never_comes_to_a_code(open_bank: OpenBank) -> None:
    """Whether a token is bound shows only after the password."""
    bank = open_bank(TOKENS)
    user = holder(bank, dispatched(bank))
    refused(bank.submit(bank.attempt(user, WRONG)), "rejected")


def test_under_never_a_bound_token_is_not_asked_for(open_bank: OpenBank) -> None:
    """Where codes are for transactions only, the login ends without one, and says so."""
    bank = open_bank(asking("never"))
    user = holder(bank, dispatched(bank))
    assert bank.log_in(user).factors == ("login-password",)
