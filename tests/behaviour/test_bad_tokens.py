"""Bad input about tokens where it could do harm: at a live step, in a live session, at the desk.

A text of the wrong form is refused and counts against nobody; one that could be a code or a serial number is a guess,
is counted as one, and moves nothing else.
"""

from __future__ import annotations

from typing import Any

import pytest

from okmate_auth import ActionDue, EnrollToken, EnterCode, Refused, StepUp
from okmate_auth.commands import DispatchTokens, ResealTokens, ResyncInSession, ResyncToken, RetireToken, StockTokens
from okmate_auth.decision import Command
from okmate_auth.errors import MisuseError
from okmate_auth.factors import CODE
from okmate_auth.replies import SeedsResealed, Step
from okmate_auth.tokens import serial_violations
from tests.behaviour.bank import COMPANY, DESK, Bank, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.entry_points import HOSTILE, NOT_TEXT
from tests.behaviour.steps import CORRECTING, MAIL, at_code, at_enrollment, later_code
from tests.behaviour.tokens import (
    TOKENS,
    csv_line,
    dispatched,
    enroll,
    entitled,
    next_code,
    stocked,
    stored,
    throttle,
    virtual,
)
from tests.unchecked import unchecked


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with a service that needs a token, and a step of its own after those about tokens."""
    return open_bank(CORRECTING, (MAIL,))


@pytest.mark.parametrize("field", ["code", "first", "second"])
def test_hostile_text_in_place_of_a_code_is_never_judged(bank: Bank, field: str) -> None:
    """At a live step it is malformed: the step stays under its handle, no place and no failure, the token unmoved."""
    at = at_code(bank)
    before = stored(bank, at.token), bank.throttle(at.user)
    good = EnterCode(handle=at.step.handle, client=at.client, code=at.token.code())
    pair = ResyncToken(handle=at.step.handle, client=at.client, first=later_code(at, 20), second=later_code(at, 21))
    command: Command[Any] = good if field == "code" else pair
    for text in HOSTILE:
        with bank.unchanged():
            reply = refused(bank.submit(but(command, **{field: text})), "malformed")
        assert reply.at == at.step
        assert [one.field for one in reply.violations] == [field]
    assert (stored(bank, at.token), bank.throttle(at.user)) == before
    expect(ActionDue, bank.submit(good))


def test_hostile_text_in_place_of_a_serial_number_enrolls_nothing(bank: Bank) -> None:
    """With a right code beside it: what can be no number is not judged, what could be one counts as a guess at it."""
    at = at_enrollment(bank)
    before, step, guesses = bank.account(at.user), at.step, 0
    for text in HOSTILE:
        command = EnrollToken(handle=step.handle, client=at.client, serial=text, code=at.token.code())
        could_be_one = not serial_violations(command.serial)
        reply = refused(bank.submit(command), "wrong-token" if could_be_one else "malformed")
        guesses += could_be_one
        assert (reply.at == step) is not could_be_one  # only a guess spends the handle
        step = expect(Step, reply.at)
    after = bank.account(at.user)
    assert 1 <= guesses < TOKENS.lockout_of(CODE).limit
    assert bank.throttle(at.user).counter(CODE).others.failures == guesses
    assert (after.tokens, after.token_history) == (before.tokens, before.token_history)
    assert stored(bank, at.token).holders == ()
    expect(ActionDue, bank.submit(at.answer(handle=step.handle)))


@pytest.mark.parametrize("field", ["code", "first", "second"])
def test_hostile_text_in_a_session_proves_nothing(open_bank: OpenBank, field: str) -> None:
    """In a live session it is malformed, the session goes on, and nothing is fresh for any purpose."""
    bank = open_bank(TOKENS)
    user, token = entitled(bank), dispatched(bank)
    session = enroll(bank, user, token).session
    next_code(bank, token)
    assert bank.session(session, user.home) is not None
    command: Command[Any] = StepUp(session=session, client=user.home, code=token.code(), purpose="transfer")
    if field != "code":
        command = ResyncInSession(session=session, client=user.home, first="000000", second="111111")
    for text in HOSTILE:
        with bank.unchanged():
            reply = bank.submit(but(command, **{field: text}))
            assert [one.field for one in refused(reply, "malformed").violations] == [field]
    seen = bank.session(session, user.home)
    assert seen is not None
    assert seen.fresh == ()
    assert bank.throttle(user).counter(CODE).known.failures == 0


def test_hostile_text_as_a_delivery_stocks_nothing(bank: Bank) -> None:
    """Alone, before or after a good line: defects have their lines, nothing of the text is told, none is stocked."""
    good = virtual(bank)
    for text in HOSTILE:
        for file in (text, f"{csv_line(good)}{text},x", f"{text},x\n{csv_line(good)}"):
            with bank.unchanged():
                reply = refused(bank.submit(StockTokens(file=file, authority=DESK)), "delivery-defects")
            assert reply.violations
            assert {one.field for one in reply.violations} == {"file"}
            said = [reply.message(language) for language in ("ja", "en")]
            assert good.seed.hex() not in "".join(said)
            assert good.serial not in "".join(said)
    stocked(bank, good)


def test_hostile_text_among_serial_numbers_moves_no_token(bank: Bank) -> None:
    """One bad number among good ones: dispatched are all or none; sealed anew is none that is not to the letter."""
    token = virtual(bank)
    stocked(bank, token)
    for text in HOSTILE:
        both = (token.serial, text)
        with bank.unchanged():
            reply = bank.submit(DispatchTokens(company=COMPANY, serials=both, authority=DESK))
            assert expect(Refused, reply).code in ("malformed", "not-in-stock")
            retired = bank.submit(RetireToken(serial=text, authority=DESK))
            assert expect(Refused, retired).code in ("malformed", "unknown-token")
            sealed = bank.submit(ResealTokens(serials=(text,), authority=DESK))
            assert sealed == SeedsResealed(count=0) or isinstance(sealed, Refused)
    assert stored(bank, token).state == "stock"


@pytest.mark.parametrize("bad", NOT_TEXT)
def test_serial_numbers_are_texts(bad: object) -> None:
    """What is no text among several is the calling program's mistake, and so is one text in place of several."""
    for serials in ((bad,), ("TK-000001", bad)):
        with pytest.raises(MisuseError):
            ResealTokens(serials=unchecked(serials), authority=DESK)
    with pytest.raises(MisuseError):
        DispatchTokens(company=COMPANY, serials="TK-000001", authority=DESK)


def test_a_number_that_only_looks_hostile_guesses_at_its_own_name(bank: Bank) -> None:
    """What is typed counts under its one spelling at the company, so that no spelling is worth a guess of its own."""
    at = at_enrollment(bank)
    step = at.step
    for text in ("xx-000001", "XX000001", " x-x 0-0-0-0-0-1 "):
        command = EnrollToken(handle=step.handle, client=at.client, serial=text, code="123456")
        step = expect(Step, refused(bank.submit(command), "wrong-token").at)
    counted = throttle(bank, "XX-000001")
    assert counted is not None
    assert counted.counter("serial").others.failures == 3
