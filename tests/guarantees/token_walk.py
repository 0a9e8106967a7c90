"""A walk through everything that can be done about tokens, at a bank whose seeds and codes are canaries.

Tokens here show eight digits: six are found in anything by chance.
"""

from __future__ import annotations

import itertools
import secrets
from datetime import timedelta
from typing import Any, Final

from okmate_auth import (
    Authenticated,
    CodeDue,
    EnrollmentDue,
    EnrollToken,
    EnterCode,
    Logout,
    Refused,
    Secret,
    SkipEnrollment,
    StepUp,
)
from okmate_auth.commands import (
    DispatchTokens,
    ReinitializeToken,
    ReleaseToken,
    ResealTokens,
    ResyncInSession,
    ResyncToken,
    RetireToken,
    RevokeToken,
    StockTokens,
    SuspendToken,
)
from okmate_auth.queries import ExplainToken, SealedTokens
from okmate_auth.replies import Step, SteppedUp, TokensDispatched, TokensStocked
from okmate_auth.testing import VirtualToken
from okmate_auth.tokens import Parameters
from tests.guarantees.people import COMPANY, DESK, GUARDED, LOGIN, PURPOSE, fresh_login_id, register
from tests.guarantees.vault import (
    TYPED_INTO_THE_WRONG_FIELD,
    Bank,
    first_login,
)

__all__ = ["Walk", "code", "delivery", "dispatched", "entitled", "holder", "virtual"]

EIGHT: Final = Parameters(kind="totp", digits=8, period_seconds=60)
STEP: Final = timedelta(seconds=60)
NUMBERS: Final = itertools.count(1)
UNSOUND: Final = ("!", "0", "ab" * 200)
"""What makes a seed one that is not taken: another character, half a byte, too many bytes."""


def virtual(bank: Bank) -> VirtualToken:
    """Return a token whose seed is a canary."""
    seed = secrets.token_bytes(20)
    bank.canaries.add("seed", seed)
    return VirtualToken(f"TK-{next(NUMBERS):06}", seed, EIGHT, bank.clock)


def delivery(bank: Bank, *tokens: VirtualToken) -> StockTokens:
    """Return a delivery of tokens."""
    file = "".join(f"{token.serial},{token.seed.hex()},totp,8,60\n" for token in tokens)
    bank.canaries.add("file", file)
    return StockTokens(file=file, authority=DESK)


def dispatched(bank: Bank) -> VirtualToken:
    """Return a token that the company got."""
    token = virtual(bank)
    assert isinstance(bank.shell.submit(delivery(bank, token)), TokensStocked)
    command = DispatchTokens(company=COMPANY, serials=(token.serial,), authority=DESK)
    assert isinstance(bank.shell.submit(command), TokensDispatched)
    return token


def code(bank: Bank, token: VirtualToken, later: timedelta = STEP) -> Secret:
    """Let a token show another code, which is a canary."""
    bank.clock.advance(later)
    shows = token.code()
    bank.canaries.add("code", shows)
    return Secret(shows)


def entitled(bank: Bank) -> tuple[str, EnrollmentDue]:
    """Register somebody who needs a token, and go through his first login up to enrollment."""
    login_id = fresh_login_id()
    initial = Secret(register(bank.shell.submit, login_id, entitlements=(GUARDED,)))
    bank.canaries.add("initial", initial.reveal())
    last = list(first_login(bank, login_id, initial))[-1]
    assert isinstance(last, EnrollmentDue)
    return login_id, last


def holder(bank: Bank) -> tuple[str, VirtualToken, Secret]:
    """Return somebody with a token, and his session's handle."""
    login_id, due = entitled(bank)
    token = dispatched(bank)
    command = EnrollToken(handle=due.handle, client=bank.client, serial=token.serial, code=code(bank, token))
    reply = bank.noted(bank.shell.submit(command))
    assert isinstance(reply, Authenticated)
    return login_id, token, reply.session


def step_of(reply: object) -> Step:
    """Return the step that a reply leads to."""
    step = reply.at if isinstance(reply, Refused) else reply
    assert isinstance(step, Step)
    return step


class Walk:
    """Submits, and keeps everything that went in and came out."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.seen: list[Any] = []

    def submit(self, command: Any) -> Any:  # noqa: ANN401 - any command
        """Submit a command."""
        reply = self.bank.noted(self.bank.shell.submit(command))
        self.seen += [command, reply]
        return reply

    def stock(self) -> None:
        """Deliveries, good and bad."""
        bank = self.bank
        good, other = virtual(bank), virtual(bank)
        assert isinstance(self.submit(delivery(bank, good)), TokensStocked)
        assert isinstance(self.submit(delivery(bank, good, other)), Refused)
        for cell in UNSOUND:
            file = f"{other.serial},{other.seed.hex()}{cell},totp,8,60\n"
            defect = self.submit(StockTokens(file=file, authority=DESK))
            assert isinstance(defect, Refused)
        lines = f"{other.seed.hex()},{other.serial},totp,8,60\n{other.serial};{other.seed.hex()};totp;8;60\n"
        assert isinstance(self.submit(StockTokens(file=lines, authority=DESK)), Refused)
        self.submit(RetireToken(serial=good.serial, authority=DESK))
        self.submit(ResealTokens(serials=(good.serial, other.serial), authority=DESK))

    def enroll(self) -> tuple[str, VirtualToken]:
        """Enrollment: put off, wrong in each way, right."""
        bank, client = self.bank, self.bank.client
        login_id, due = entitled(bank)
        first = self.submit(SkipEnrollment(handle=due.handle, client=client))
        self.submit(Logout(first.session, client=client))
        token, other = dispatched(bank), dispatched(bank)
        step = step_of(self.submit(bank.attempt(login_id, Secret(LOGIN))))
        for serial, shows in (
            (other.serial, code(bank, token)),
            (TYPED_INTO_THE_WRONG_FIELD, code(bank, token)),
            (token.serial, Secret("12345678")),
            (token.serial, Secret(TYPED_INTO_THE_WRONG_FIELD)),
        ):
            step = step_of(self.submit(EnrollToken(handle=step.handle, client=client, serial=serial, code=shows)))
        enroll = EnrollToken(handle=step.handle, client=client, serial=token.serial, code=code(bank, token))
        for _ in range(2):
            assert isinstance(self.submit(enroll), Authenticated)
        return login_id, token

    def log_in(self, login_id: str, token: VirtualToken) -> Authenticated:
        """A code: spent, wrong, in a pair, right; the login takes the session over."""
        bank, client = self.bank, self.bank.client
        spent = Secret(token.code())
        step = self.submit(bank.attempt(login_id, Secret(LOGIN)))
        assert isinstance(step, CodeDue)
        for shows in (spent, Secret("12345678"), Secret("1234"), Secret(TYPED_INTO_THE_WRONG_FIELD)):
            step = step_of(self.submit(EnterCode(handle=step.handle, client=client, code=shows)))
        first, second = code(bank, token), code(bank, token)
        for pair in ((second, first), (first, second)):
            command = ResyncToken(handle=step.handle, client=client, first=pair[0], second=pair[1])
            step = step_of(self.submit(command))
        reply = self.submit(EnterCode(handle=step.handle, client=client, code=code(bank, token)))
        assert isinstance(reply, Authenticated)
        return reply

    def step_up(self, session: Secret, token: VirtualToken) -> None:
        """In a session: wrong, right, twice, for another purpose, in a pair."""
        bank, client = self.bank, self.bank.client
        right = code(bank, token)
        for shows, purpose in (
            (Secret("12345678"), PURPOSE),
            (right, "Not A Purpose"),
            (right, PURPOSE),
            (right, PURPOSE),
            (right, "approval"),
        ):
            self.submit(StepUp(session=session, client=client, code=shows, purpose=purpose))
        assert any(isinstance(one, SteppedUp) for one in self.seen)
        first, second = code(bank, token), code(bank, token)
        for pair in ((second, first), (first, second)):
            self.submit(ResyncInSession(session=session, client=client, first=pair[0], second=pair[1]))
        self.seen.append(bank.shell.session(session, client))

    def administer(self, login_id: str, token: VirtualToken) -> None:
        """What the desk does and reads."""
        shell = self.bank.shell
        for kind in (SuspendToken, ReleaseToken, ReinitializeToken, RevokeToken):
            self.submit(kind(login_id=login_id, authority=DESK))
            self.seen.append(shell.read(ExplainToken(login_id=login_id)))
        self.submit(ReleaseToken(login_id=login_id, serial=token.serial, authority=DESK))
        self.submit(ResealTokens(serials=(token.serial,), authority=DESK))
        self.seen.append(shell.read(SealedTokens(until=self.bank.clock())))

    def everything(self) -> None:
        """Do whatever can be done about tokens."""
        self.stock()
        login_id, token = self.enroll()
        self.step_up(self.log_in(login_id, token).session, token)
        self.administer(login_id, token)
