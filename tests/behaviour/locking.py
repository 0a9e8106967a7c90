"""What tests about locks share: the numbers, and ways to a lock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import attrs

from okmate_auth import Client, Refused
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.ports import ChangeSet
from okmate_auth.records import Throttle
from tests.behaviour.bank import FAST, MICROSECOND, Bank, User, expect, refused

LaneName = Literal["known", "others"]
RULES = Lockout()
SOON_CLOSED = attrs.evolve(FAST, lockout={LOGIN_PASSWORD: Lockout(close_at=10)})
HOUR = timedelta(hours=1)
GROWING = [HOUR / 2, 2 * HOUR, 8 * HOUR, 24 * HOUR, 24 * HOUR]
INSTANTS = [(-MICROSECOND, False), (timedelta(0), True), (MICROSECOND, True)]
"""Around the end of a lock: by how much later, and whether the lock is over then."""


def browser_of(bank: Bank, user: User, lane: LaneName) -> Client:
    """Return a browser whose guesses count in a lane."""
    return user.home if lane == "known" else bank.browser()


def lock(bank: Bank, user: User | str, client: Client) -> datetime | None:
    """Guess until it locks, which takes exactly the limit; return until when."""
    for _ in range(RULES.limit - 1):
        refused(bank.guess(user, client), "rejected")
    return refused(bank.guess(user, client), "locked").until


def close(bank: Bank, user: User) -> None:
    """Guess until the lane of other browsers is closed."""
    client = bank.browser()
    while not closed(bank, user):
        bank.clock.set(expect(Refused, bank.guess(user, client)).until or bank.clock())


def closed(bank: Bank, user: User) -> bool:
    """Say whether the lane of other browsers is closed."""
    return bank.throttle(user).counter(LOGIN_PASSWORD).closed_at is not None


def write(bank: Bank, throttle: Throttle) -> None:
    """Write a throttle past the shell."""
    loaded = bank.front.load((throttle.key,))[throttle.key]
    change = ChangeSet(
        id=f"{next(bank.numbers):032x}", at=bank.clock(), guards={throttle.key: loaded.version}, puts=(throttle,)
    )
    assert bank.front.commit(change) == "done"
