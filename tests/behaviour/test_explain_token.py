"""Why is there no registration screen, why is my code refused: one query answers, for the desk."""

from __future__ import annotations

import attrs
import pytest

from okmate_auth import Authenticated
from okmate_auth.commands import RevokeToken, SuspendToken
from okmate_auth.queries import ExplainToken, TokenReport
from okmate_auth.replies import EnrollmentDue
from tests.behaviour.bank import DESK, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.tokens import (
    STEP,
    TOKENS,
    asking,
    dispatched,
    enter,
    entitled,
    holder,
    shown_wrong,
    stored,
)

LIMIT = TOKENS.lockout_of("code").limit
TEMPORARY = TOKENS.lockout_of("code").temporary


def report(bank: Bank, user: User) -> TokenReport:
    """Return what the desk is told."""
    return expect(TokenReport, bank.read(ExplainToken(login_id=user.login_id)))


def test_the_screen_comes_or_does_not_and_the_desk_knows_why(open_bank: OpenBank) -> None:
    """Entitled or not, registered, waiting after a revocation: the reason is what the next login shows."""
    bank = open_bank(TOKENS)
    plain, user = bank.customer(), entitled(bank)
    assert report(bank, plain).registration.reason == "not-entitled"
    assert report(bank, user).registration.reason == "comes"
    expect(EnrollmentDue, bank.login(user))
    user = holder(bank, token := dispatched(bank))
    told = report(bank, user)
    assert (told.serial, told.registration.reason) == (token.serial, "registered")
    assert told.registration.at == bank.clock() - STEP
    bank.submit(RevokeToken(login_id=user.login_id, authority=DESK))
    waiting = report(bank, user)
    wait = TOKENS.tokens.wait_after_revocation
    assert waiting.serial is None
    assert (waiting.registration.reason, waiting.registration.at) == ("waiting", bank.clock())
    assert waiting.registration.until == bank.clock() + wait
    bank.wait(wait)
    assert report(bank, user).registration.reason == "comes"


def test_where_a_code_is_demanded_the_screen_can_not_be_skipped(open_bank: OpenBank) -> None:
    """Under ``always`` it comes for everybody, entitled or not."""
    bank = open_bank(asking("always"))
    assert report(bank, bank.newcomer()).registration.reason == "comes-unskippable"


def wrong(bank: Bank, user: User, code: str, times: int = 1) -> None:
    """Enter a code that is refused."""
    for _ in range(times):
        enter(bank, user, code)


@pytest.mark.parametrize(
    ("reason", "right", "late", "times"),
    [
        ("wrong-code", False, 0, 1),
        ("drifted-code", True, 20, 1),
        ("replayed-code", True, 0, 2),
        ("accepted", True, 0, 1),
        ("accepted", True, 0, 0),  # the one that enrolled it
    ],
)
def test_what_became_of_the_last_code(open_bank: OpenBank, reason: str, *, right: bool, late: int, times: int) -> None:
    """The desk tells drift from a wrong code and from a used one, which the caller is never told."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    code = token.code() if right else shown_wrong(bank, token)
    bank.wait(late * STEP)
    wrong(bank, user, code, times)
    told = report(bank, user).code
    assert told.reason == reason
    assert told.at is not None


def test_locks_are_told_with_their_end(open_bank: OpenBank) -> None:
    """A temporary lock with its end, a suspension with its beginning."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    wrong(bank, user, shown_wrong(bank, token), LIMIT)
    told = report(bank, user).code
    assert (told.reason, told.until) == ("token-locked", bank.clock() + TEMPORARY)
    bank.wait(TEMPORARY)
    assert report(bank, user).code.reason == "wrong-code"
    bank.submit(SuspendToken(login_id=user.login_id, authority=DESK))
    told = report(bank, user).code
    assert (told.reason, told.at, told.until) == ("token-suspended", bank.clock(), None)


def test_a_person_s_own_lock_is_told_apart_from_the_token_s(open_bank: OpenBank) -> None:
    """Of a shared token one holder's codes can be locked while the token is not."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, shared=True)
    one, other = holder(bank, token), holder(bank, token)
    for _ in range(LIMIT - 1):
        refused(enter(bank, one, shown_wrong(bank, token)), "wrong-code")
    expect(Authenticated, enter(bank, other, token.code()))  # ends the token's failures, not the person's
    bank.wait(STEP)
    refused(enter(bank, one, shown_wrong(bank, token)), "token-locked")
    told = report(bank, one).code
    assert (told.reason, told.until) == ("codes-locked", bank.clock() + TEMPORARY)
    assert report(bank, other).code.reason == "accepted"


def test_what_is_wrong_with_the_store_is_told_as_such(open_bank: OpenBank) -> None:
    """A seed that somebody moved, and a token that is gone, are no mistake of whoever enters the code."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user, other = holder(bank, token), dispatched(bank)
    record = stored(bank, token)
    bank.put_record(attrs.evolve(record, seed=stored(bank, other).seed))
    refused(enter(bank, user, token.code()), "wrong-code")
    assert report(bank, user).code.reason == "token-unusable"
    bank.drop_record(record.key)
    told = report(bank, user)
    assert (told.serial, told.code.reason) == (None, "token-missing")


def test_without_a_token_there_is_no_code(open_bank: OpenBank) -> None:
    """Who has none is told that."""
    bank = open_bank(TOKENS)
    assert report(bank, entitled(bank)).code.reason == "no-token"


@pytest.mark.parametrize("login_id", ["", "nobody99", "ｆｕｌｌ０１", "x" * 1000])
def test_nobody_has_no_report(open_bank: OpenBank, login_id: str) -> None:
    """An ID that nobody has, or that can't be one, has none."""
    bank = open_bank(TOKENS)
    assert bank.read(ExplainToken(login_id=login_id)) is None
