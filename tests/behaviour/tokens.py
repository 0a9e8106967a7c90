"""Hard tokens at the bank of these tests: deliveries, what a display shows, people who have one.

>>> bank = open_bank(TOKENS)
>>> token = dispatched(bank)  # posted to the company, nobody's yet
>>> user = holder(bank, token)  # enrolled it at a login, logged out again
>>> due = expect(CodeDue, bank.login(user))
>>> bank.submit(EnterCode(handle=due.handle, client=user.home, code=token.code()))
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

import attrs

from okmate_auth import Authenticated, Client, CodeDue, EnrollmentDue, EnrollToken, EnterCode, Refused
from okmate_auth.commands import DispatchTokens, StockTokens
from okmate_auth.policies.profile import CodeAtLogin, Profile
from okmate_auth.records import HardToken, TokenThrottle
from okmate_auth.replies import TokensDispatched, TokensStocked
from okmate_auth.testing import VirtualToken
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.tokens import Parameters, canonical_serial, code_at, serial_skeleton, step_at
from tests.behaviour.bank import COMPANY, DESK, FAST, Bank, User, expect

__all__ = [
    "GUARDED",
    "HOTP",
    "STEP",
    "TOKENS",
    "TOTP",
    "asking",
    "at_code",
    "at_enrollment",
    "csv_line",
    "dispatched",
    "enroll",
    "enter",
    "entitled",
    "holder",
    "next_code",
    "shown_wrong",
    "stocked",
    "stored",
    "throttle",
    "virtual",
]

GUARDED: Final = "transfer"
STEP: Final = timedelta(seconds=60)
TOTP: Final = Parameters(kind="totp", period_seconds=60)
HOTP: Final = Parameters(kind="hotp")
TOKENS: Final = attrs.evolve(FAST, token_services=frozenset({GUARDED}))
"""The procedure's rules, with one service that needs a token."""


def asking(code_at_login: CodeAtLogin, profile: Profile = TOKENS) -> Profile:
    """Return the rules of a bank that asks for codes by one of the three ways."""
    return attrs.evolve(profile, code_at_login={"password": code_at_login, "certificate": code_at_login})


# -- tokens


def virtual(bank: Bank, serial: str | None = None, parameters: Parameters = TOTP) -> VirtualToken:
    """Return a token as it came from the factory, with a seed of its own."""
    serial = serial or f"TK-{next(bank.numbers):06}"
    seed = hashlib.sha256(serial.encode()).digest()[:20]
    return VirtualToken(serial, seed, parameters, bank.clock)


def csv_line(token: VirtualToken, counter: int = 0) -> str:
    """Return the line of a delivery that is about a token."""
    what = token.parameters
    last = what.period_seconds if what.kind == "totp" else counter
    return f"{token.serial},{token.seed.hex()},{what.kind},{what.digits},{last},{what.algorithm}\n"


def stocked(bank: Bank, *tokens: VirtualToken, ends_at: datetime | None = None) -> None:
    """Take tokens into stock."""
    file = "".join(map(csv_line, tokens))
    expect(TokensStocked, bank.submit(StockTokens(file=file, ends_at=ends_at, authority=DESK)))


def dispatched(
    bank: Bank,
    serial: str | None = None,
    parameters: Parameters = TOTP,
    *,
    company: str = COMPANY,
    shared: bool = False,
    ends_at: datetime | None = None,
) -> VirtualToken:
    """Return a token that a company got, for its people to enroll."""
    token = virtual(bank, serial, parameters)
    stocked(bank, token, ends_at=ends_at)
    command = DispatchTokens(company=company, serials=(token.serial,), shared=shared, authority=DESK)
    expect(TokensDispatched, bank.submit(command))
    return token


def stored(bank: Bank, token: VirtualToken) -> HardToken:
    """Return what the store has about a token."""
    skeleton = serial_skeleton(canonical_serial(token.serial))
    return expect(HardToken, bank.record(HardToken.at(bank.name, skeleton)))


def throttle(bank: Bank, serial: str, company: str = COMPANY) -> TokenThrottle | None:
    """Return the throttle of a serial number at a company as stored."""
    return bank.record(TokenThrottle.at(unsafe_keys().serial(bank.name, company, canonical_serial(serial))))


def shown_wrong(bank: Bank, token: VirtualToken) -> str:
    """Return a code of the right form that the token shows at no time near now."""
    what, now = token.parameters, bank.clock()
    at = step_at(now, what.period_seconds) if what.kind == "totp" else stored(bank, token).next_counter
    near = {code_at(token.seed, counter, what) for counter in range(max(0, at - 130), at + 130)}
    return next(code for number in range(1000) if (code := f"{number:0{what.digits}}") not in near)


# -- people


def entitled(bank: Bank, login_id: str | None = None) -> User:
    """Register somebody who may use what needs a token; he has been through the forced change, and gave up then."""
    return bank.customer(login_id, entitlements=(GUARDED, "inquiry"))


def at_enrollment(bank: Bank, user: User, client: Client | None = None) -> EnrollmentDue:
    """Log in, where enrollment is due."""
    return expect(EnrollmentDue, bank.login(user, client))


def at_code(bank: Bank, user: User, client: Client | None = None) -> CodeDue:
    """Log in, where a code is due."""
    return expect(CodeDue, bank.login(user, client))


def enroll(
    bank: Bank, user: User, token: VirtualToken, due: EnrollmentDue | None = None, client: Client | None = None
) -> Authenticated:
    """Log in unless that was done, and enroll a token."""
    client = client or user.home
    due = due or at_enrollment(bank, user, client)
    command = EnrollToken(handle=due.handle, client=client, serial=token.serial, code=token.code())
    return expect(Authenticated, bank.submit(command))


def enter(
    bank: Bank, user: User, code: str, due: CodeDue | None = None, client: Client | None = None
) -> Authenticated | Refused:
    """Log in unless that was done, and enter a code."""
    client = client or user.home
    due = due or at_code(bank, user, client)
    reply = bank.submit(EnterCode(handle=due.handle, client=client, code=code))
    assert isinstance(reply, Authenticated | Refused)
    return reply


def holder(bank: Bank, token: VirtualToken, login_id: str | None = None) -> User:
    """Register somebody who enrolled a token from his browser; he is logged out, and the token shows another code."""
    user = entitled(bank, login_id)
    bank.log_out(user, enroll(bank, user, token).session)
    next_code(bank, token)
    return user


def next_code(bank: Bank, *tokens: VirtualToken) -> None:
    """Wait until tokens show another code: time passes, and buttons are pressed."""
    bank.wait(STEP)
    for token in tokens:
        if token.parameters.kind == "hotp":
            token.press()
