"""Tokens for the tests of guarantees: a delivery, a display that counts presses, people who have one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final, TypeVar

import attrs

from okmate_auth import Authenticated, CodeDue, EnrollmentDue, EnrollToken, EnterCode
from okmate_auth.commands import DispatchTokens, StockTokens
from okmate_auth.replies import Step, TokensDispatched, TokensStocked
from okmate_auth.tokens import Parameters, code_at
from tests.guarantees.people import COMPANY, DESK, GUARDED, LOGIN, Person, attempt, open_account

__all__ = ["HOTP", "Display", "came_to", "delivered", "enrolled", "entitled", "session"]

HOTP: Final = Parameters(kind="hotp")

Submit = Callable[[Any], Any]
StepT = TypeVar("StepT", bound=Step)


@attrs.define(eq=False)
class Display:
    """A token that counts presses, as its holder sees it: no clock takes part, so that every round is the same."""

    serial: str
    seed: bytes
    counter: int = 0

    def press(self) -> str:
        """Return the code that the next press shows."""
        self.counter += 1
        return code_at(self.seed, self.counter - 1, HOTP)

    def wrong(self) -> str:
        """Return a code that no press near here shows."""
        near = {code_at(self.seed, counter, HOTP) for counter in range(max(0, self.counter - 60), self.counter + 130)}
        return next(code for number in range(1000) if (code := f"{number:06}") not in near)


def delivered(submit: Submit, serial: str, *, company: str | None = COMPANY, shared: bool = False) -> Display:
    """Return a token that was taken into stock, and sent to a company unless that is None."""
    token = Display(serial, hashlib.sha256(serial.encode()).digest()[:20])
    reply = submit(StockTokens(file=f"{serial},{token.seed.hex()},hotp,6,0\n", authority=DESK))
    assert isinstance(reply, TokensStocked), reply
    if company is not None:
        reply = submit(DispatchTokens(company=company, serials=(serial,), shared=shared, authority=DESK))
        assert isinstance(reply, TokensDispatched), reply
    return token


def entitled(submit: Submit) -> Person:
    """Return somebody to whom enrollment is offered; he put it off once, and is logged out."""
    return open_account(submit, entitlements=(GUARDED,))


def came_to(submit: Submit, person: Person, step: type[StepT]) -> StepT:
    """Log in by password and come to a step."""
    reply = submit(attempt(person.login_id, LOGIN, person.client()))
    assert isinstance(reply, step), reply
    return reply


def enrolled(submit: Submit, token: Display) -> Person:
    """Return somebody who has the token, in a session that was never used."""
    person = entitled(submit)
    due, client = came_to(submit, person, EnrollmentDue), person.client()
    reply = submit(EnrollToken(handle=due.handle, client=client, serial=token.serial, code=token.press()))
    assert isinstance(reply, Authenticated), reply
    return person


def session(submit: Submit, person: Person, token: Display) -> str:
    """Log in with a code and return the session's handle."""
    due, client = came_to(submit, person, CodeDue), person.client()
    reply = submit(EnterCode(handle=due.handle, client=client, code=token.press()))
    assert isinstance(reply, Authenticated), reply
    return reply.session.reveal()
