"""Two codes in a row bring a token back that drifted away; they prove nothing, and count as one guess."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth import Authenticated, Secret
from okmate_auth.commands import ResyncInSession, ResyncToken, RevokeToken
from okmate_auth.replies import CodeDue, Refused, Resynchronized
from okmate_auth.testing import VirtualToken
from tests.behaviour.bank import DESK, Bank, User, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.tokens import (
    HOTP,
    STEP,
    TOKENS,
    asking,
    at_code,
    dispatched,
    enroll,
    enter,
    entitled,
    holder,
    next_code,
    shown_wrong,
    stored,
)

LIMIT = TOKENS.lockout_of("code").limit


def pair(bank: Bank, token: VirtualToken) -> tuple[str, str]:
    """Return two codes that a token shows one after the other; time passes meanwhile."""
    first = token.code()
    next_code(bank, token)
    return first, token.code()


def resync(bank: Bank, user: User, codes: tuple[str, str], due: CodeDue | None = None) -> CodeDue | Refused:
    """Log in unless that was done, and enter a pair."""
    due = due or at_code(bank, user)
    command = ResyncToken(handle=due.handle, client=user.home, first=codes[0], second=codes[1])
    reply = bank.submit(command)
    assert isinstance(reply, CodeDue | Refused)
    return reply


@pytest.mark.parametrize("off", [-50, -49, -2, 2, 49, 50])
def test_a_clock_that_is_off_is_found_within_the_window(open_bank: OpenBank, off: int) -> None:
    """A pair whose first code is within fifty steps brings the token back, and the next code opens; no other pair does.

    (The first code is a step older when the second is there, so a token that is fifty steps behind is too far.)
    """
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    bank.wait(60 * STEP)
    token.drift = off * STEP
    refused(enter(bank, user, token.code()), "wrong-code")
    reply = resync(bank, user, pair(bank, token))
    if off < -49:
        refused(reply, "wrong-code")
        return
    due = expect(CodeDue, reply)
    assert bank.results(user)[1] == "resynchronized"
    next_code(bank, token)
    expect(Authenticated, enter(bank, user, token.code(), due))


def test_a_counter_that_ran_away_is_found(open_bank: OpenBank) -> None:
    """Whoever pressed the button forty times enters two codes in a row, then the next one (RFC 4226 7.4)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, parameters=HOTP)
    user = holder(bank, token)
    for _ in range(40):
        token.press()
    refused(enter(bank, user, token.code()), "wrong-code")
    assert bank.results(user)[0] == "drifted-code"
    due = expect(CodeDue, resync(bank, user, pair(bank, token)))
    next_code(bank, token)
    expect(Authenticated, enter(bank, user, token.code(), due))


def test_a_pair_proves_nothing_and_is_spent(open_bank: OpenBank) -> None:
    """Neither of the two opens the door afterwards: whoever saw them an hour ago stays outside."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    codes = pair(bank, token)
    due = expect(CodeDue, resync(bank, user, codes))
    for code in codes:
        due = expect(CodeDue, refused(enter(bank, user, code, due), "wrong-code").at)
    next_code(bank, token)
    expect(Authenticated, enter(bank, user, token.code(), due))


def test_a_pair_ends_no_failures(open_bank: OpenBank) -> None:
    """A right pair leaves the failures of codes standing: only a right code ends them (A07)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    for _ in range(2):
        refused(enter(bank, user, shown_wrong(bank, token)), "wrong-code")
    expect(CodeDue, resync(bank, user, pair(bank, token)))
    assert bank.throttle(user).counter("code").known.failures == 2


def test_a_wrong_pair_is_one_guess_and_moves_nothing(open_bank: OpenBank) -> None:
    """Pairs count with codes: after as many as the limit allows the token is locked (OTP-4)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    before, due = stored(bank, token), at_code(bank, user)
    for number in range(1, LIMIT + 1):
        wrong = shown_wrong(bank, token)
        reply = refused(resync(bank, user, (wrong, wrong), due), "wrong-code" if number < LIMIT else "token-locked")
        due = expect(CodeDue, reply.at)
        assert bank.throttle(user).counter("code").known.total == number
    assert stored(bank, token) == before
    refused(resync(bank, user, pair(bank, token), due), "token-locked")


@pytest.mark.parametrize("which", ["twice the same", "one left out", "in the wrong order", "used before"])
def test_only_two_in_a_row_count(open_bank: OpenBank, which: str) -> None:
    """The same code twice, one left out, the second first, or two that were used: refused (RFC 4226 7.4)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    first, second = pair(bank, token)
    next_code(bank, token)
    third = token.code()
    codes = {
        "twice the same": (first, first),
        "one left out": (first, third),
        "in the wrong order": (second, first),
        "used before": (first, second),
    }[which]
    if which == "used before":
        bank.log_out(user, expect(Authenticated, enter(bank, user, third)).session)
    refused(resync(bank, user, codes), "wrong-code")


@pytest.mark.parametrize("field", ["first", "second"])
def test_a_malformed_pair_counts_nothing(open_bank: OpenBank, field: str) -> None:
    """Each of the two is looked at by itself; nothing is judged while one is malformed."""
    bank = open_bank(TOKENS)
    user = holder(bank, dispatched(bank))
    due = at_code(bank, user)
    command = ResyncToken(handle=due.handle, client=user.home, first="123456", second="654321")
    with bank.unchanged():
        reply = refused(bank.submit(but(command, **{field: Secret("１２３４５６")})), "malformed")
    assert [(violation.code, violation.field) for violation in reply.violations] == [("full-width", field)]


# ------------------------------------------------------------------------------------------------ within a session


def come_in(bank: Bank, token: VirtualToken) -> tuple[User, Secret]:
    """Return somebody who enrolled a token, and his session; then its clock stood still for half an hour."""
    user = entitled(bank)
    session = enroll(bank, user, token).session
    bank.session(session, user.home)
    next_code(bank, token)
    token.drift = -30 * STEP
    bank.wait(timedelta(seconds=1))
    return user, session


def in_session(session: Secret, user: User, codes: tuple[str, str]) -> ResyncInSession:
    """Return the command."""
    return ResyncInSession(session=session, client=user.home, first=codes[0], second=codes[1])


def test_where_codes_are_for_transactions_only_a_session_can_do_it(open_bank: OpenBank) -> None:
    """Under ``never`` no step at login asks for a code, so a token is brought back within a session."""
    bank = open_bank(asking("never"))
    token = dispatched(bank)
    user, session = come_in(bank, token)
    token.drift = 30 * STEP
    expect(Resynchronized, bank.submit(in_session(session, user, pair(bank, token))))
    assert stored(bank, token).offset == 30
    assert bank.results(user)[0] == "resynchronized"


def test_a_wrong_pair_in_a_session_counts_like_a_code(open_bank: OpenBank) -> None:
    """It is refused like a wrong code, and locks codes at the limit."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user, session = come_in(bank, token)
    wrong = shown_wrong(bank, token)
    for number in range(1, LIMIT + 1):
        refused(
            bank.submit(in_session(session, user, (wrong, wrong))), "wrong-code" if number < LIMIT else "token-locked"
        )


def test_without_a_session_or_a_token_nothing_is_judged(open_bank: OpenBank) -> None:
    """A session that ended with the token, and one of somebody who never had one."""
    bank = open_bank(TOKENS)
    user, session = come_in(bank, dispatched(bank))
    bank.submit(RevokeToken(login_id=user.login_id, authority=DESK))
    refused(bank.submit(in_session(session, user, ("123456", "654321"))), "not-logged-in")
    other = bank.customer()
    refused(bank.submit(in_session(bank.log_in(other).session, other, ("123456", "654321"))), "no-token")
