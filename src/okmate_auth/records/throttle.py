"""How often somebody or something was guessed at: counters, open places, locks.

A subject has a throttle for each entrance, a token (or a serial number that is none) one for each company.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import attrs

from okmate_auth.codec import Part
from okmate_auth.records.base import Key, Record
from okmate_auth.records.history import ChainHead, Entrance

LaneName = Literal["known", "others"]


@attrs.frozen(kw_only=True)
class Lane(Part):
    """Failures of one factor from one kind of browser.

    Attributes:
        failures: Consecutive ones since the last success, release or temporary lock.
        total: All since the last success or release.
        locks: When the temporary locks began that still count for what comes next.
        locked_until: End of the running temporary lock; kept after it is over, for show.
    """

    failures: int = 0
    total: int = 0
    locks: tuple[datetime, ...] = ()
    locked_until: datetime | None = None


@attrs.frozen(kw_only=True)
class Counter(Part):
    """One factor's two lanes (OWASP's device cookies), and its full lock.

    Attributes:
        factor: Name of the factor.
        known: Guesses from browsers that reached the end of a login before.
        others: All other guesses.
        locked_at: When the full lock came; it stands until somebody releases it.
        closed_at: When the lane of other browsers was closed.
    """

    factor: str
    known: Lane = Lane()
    others: Lane = Lane()
    locked_at: datetime | None = None
    closed_at: datetime | None = None

    def lane(self, name: LaneName) -> Lane:
        """Return one lane."""
        return self.known if name == "known" else self.others


@attrs.frozen(kw_only=True)
class Place(Part):
    """A guess that was counted before it is judged (ASVS 5.0 2.3.4).

    Attributes:
        id: What it serves: hash of a handle, fingerprint of an attempt at an entrance, or its owner.
        owner: Random id of the submit that took it; a twin of the same submit finds another's owner and waits.
        factor: Which factor is guessed.
        lane: In which lane it counts.
        ends_at: From then on it counts as a failure (whoever held it died).
    """

    id: str
    owner: str
    factor: str
    lane: LaneName
    ends_at: datetime


@attrs.frozen(kw_only=True)
class Counters(Record):
    """What every throttle has.

    Attributes:
        latest: The latest instant this record saw; limits use the later of it and the clock.
        counters: One for each factor that was ever guessed wrong or locked.
        places: Guesses that are being judged.
        failed: Guesses of every factor that failed since the last login that reached its end, for show: no limit rests
            on it, and neither a success of a factor nor a release takes any back.
    """

    latest: datetime
    counters: tuple[Counter, ...] = ()
    places: tuple[Place, ...] = ()
    failed: int = 0

    def counter(self, factor: str) -> Counter:
        """Return a factor's counter, a fresh one where nothing was counted yet."""
        for counter in self.counters:
            if counter.factor == factor:
                return counter
        return Counter(factor=factor)


@attrs.frozen(kw_only=True)
class Throttle(Counters):
    """Counters of one subject at one entrance; unknown login IDs have one like everybody's.

    Attributes:
        subject: Keyed hash of bank and login ID.
        entrance: Which entrance it guards.
        head: Head of the chain of this entrance's login history.
    """

    kind: ClassVar[str] = "throttle"

    subject: str
    entrance: Entrance
    head: ChainHead = ChainHead()

    @classmethod
    def at(cls, subject: str, entrance: Entrance) -> Key[Throttle]:
        """Return the key for a subject's entrance."""
        return Key(cls.kind, f"{subject}:{entrance}")

    @property
    def key(self) -> Key[Throttle]:
        """Where this record stands."""
        return self.at(self.subject, self.entrance)


@attrs.frozen(kw_only=True)
class TokenThrottle(Counters):
    """Counters of one serial number at one company; a number that is no token's has one like every token.

    Attributes:
        serial: Keyed hash of bank, company and serial number: what is typed there may be a password.
    """

    kind: ClassVar[str] = "token-throttle"

    serial: str

    @classmethod
    def at(cls, serial: str) -> Key[TokenThrottle]:
        """Return the key for the hash of a serial number."""
        return Key(cls.kind, serial)

    @property
    def key(self) -> Key[TokenThrottle]:
        """Where this record stands."""
        return self.at(self.serial)
