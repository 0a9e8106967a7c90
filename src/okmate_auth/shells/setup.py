"""What both shells share: what they are made of, and the numbers of their loop."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import attrs

from okmate_auth import handles
from okmate_auth.actions import Action
from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.verdict import CertificateRefusal, Verdict
from okmate_auth.commands import unanswered
from okmate_auth.decision import CheckPassword, Context, HashPassword, Memo
from okmate_auth.errors import ClockError, ConfigurationError, MisuseError
from okmate_auth.hashing import HashingPool, hash_password, verify
from okmate_auth.keys import Keys
from okmate_auth.policies.kdf import StoredLimits
from okmate_auth.policies.profile import PASSWORD_CHANGE, TOKEN_ENROLLMENT, Profile
from okmate_auth.ports import CertificateJudge, Clock, Entropy, SourceLimiter
from okmate_auth.shells.sources import InProcessSourceLimiter
from okmate_auth.shells.tally import Tally
from okmate_auth.text import is_id
from okmate_auth.tokens import self_test

ROUNDS: Final = 16
"""Conflicts after which a submit that judged nothing is told Busy."""
ROUNDS_TO_SETTLE: Final = 64
"""Conflicts after which one that holds a place gives up; the place then counts as a failure when its time is over."""
RESENDS: Final = 3
"""How often a change set is sent whose answer was lost."""
POOL_WAIT_SECONDS: Final = 5.0
"""How long a submit waits for a slot before it is told Busy."""
TWIN_WAITS: Final = 200
"""How often a submit waits for an identical one that is at work: about ten seconds, a slot's wait and a hash's time."""
LONGEST_WAIT_SECONDS: Final = 0.064
MOST_STAGES: Final = 4
"""How often a query may want more after what it read first."""
CLOCK_CHECK: Final = timedelta(minutes=1)
CLOCK_BOUND: Final = timedelta(seconds=30)
"""Beyond this difference from the store's clock a process stops serving: the node that is wrong stops."""


def utc_now() -> datetime:
    """Return this machine's time."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock; everything else is told


@attrs.frozen(kw_only=True, eq=False)
class Setup:
    """What a shell is made of."""

    profile: Profile
    keys: Keys
    bank: str
    actions: Mapping[str, Action]
    pool: HashingPool
    certificates: CertificateJudge
    limiter: SourceLimiter
    clock: Clock
    entropy: Entropy
    limits: StoredLimits
    tally: Tally = attrs.field(factory=Tally)

    @classmethod
    def checked(  # noqa: PLR0913 - one for each part a bank may replace
        cls,
        *,
        profile: Profile,
        keys: Keys,
        bank: str,
        actions: Iterable[Action],
        pool: HashingPool | None,
        certificates: CertificateJudge | None,
        limiter: SourceLimiter | None,
        clock: Clock,
        entropy: Entropy,
    ) -> Setup:
        """Return a setup whose parts fit together.

        Raises:
            ConfigurationError: An action is not in the profile's order or the order names one that is not given; or
                the profile can come to a step that no command of this version answers.
            InfrastructureError: One-time passwords are asked for, and this machine does not compute them rightly.
            MisuseError: A part is of another type.
        """
        for name, value, kind in (("profile", profile, Profile), ("keys", keys, Keys), ("bank", bank, str)):
            if not isinstance(value, kind):
                message = f"{name} must be a {kind.__name__}"
                raise MisuseError(message)
        if certificates is not None and not callable(getattr(certificates, "judge", None)):
            message = "certificates must be whoever judges them: a CertificateDesk"
            raise MisuseError(message)
        if bank and not is_id(bank):
            message = "bank: '', or 1 to 32 half-width letters, digits and hyphens"
            raise ConfigurationError(message)
        by_name = _by_name(actions, profile)
        if profile.asks_for_codes:
            _known_answers()
        missing = unanswered(profile)
        if missing:
            names = ", ".join(step.__name__ for step in missing)
            message = f"the profile {profile.name!r} can come to steps that no command of this version answers: {names}"
            raise ConfigurationError(message)
        return cls(
            profile=profile,
            keys=keys,
            bank=bank,
            actions=by_name,
            pool=HashingPool(profile.kdf) if pool is None else pool,
            certificates=_NoAnchors() if certificates is None else certificates,
            limiter=InProcessSourceLimiter(profile.source) if limiter is None else limiter,
            clock=clock,
            entropy=entropy,
            limits=profile.stored_limits,
        )

    def now(self) -> datetime:
        """Return the clock's instant, made sure that it is aware and in UTC."""
        now = self.clock()
        if now.tzinfo is None or now.utcoffset() != timedelta(0):
            message = "the clock must return aware instants in UTC"
            raise MisuseError(message)
        return now

    def context(self, entropy: bytes, serial: int, memo: Memo | None = None) -> Context:
        """Return the context of one decision, with the time as it is now."""
        return Context(
            now=self.now(),
            entropy=entropy,
            bank=self.bank,
            profile=self.profile,
            keys=self.keys,
            actions=self.actions,
            serial=serial,
            memo={} if memo is None else memo,
        )

    async def judged_aside(self, chain: CertificateChain) -> Verdict:
        """Return the verdict on a chain, found by another thread: signatures and files would hold up the loop."""
        return await asyncio.to_thread(self.certificates.judge, chain, self.now())

    def job(self, question: CheckPassword | HashPassword) -> tuple[Any, ...]:
        """Return the function, and its arguments, that a pool's thread runs to answer a question."""
        if isinstance(question, CheckPassword):
            return verify, question.phc, question.material, self.limits
        return hash_password, question.parameters, question.salt, question.material

    def new_token(self) -> str:
        """Return 256 random bits as 43 characters."""
        return handles.mint(self.entropy(handles.HANDLE_BYTES))


def _by_name(actions: Iterable[Action], profile: Profile) -> dict[str, Action]:
    """Return the bank's actions by their names, which are those of the profile's order."""
    given = tuple(actions)
    if not all(isinstance(action, Action) for action in given):
        message = "actions: each is an Action"
        raise MisuseError(message)
    by_name = {action.name: action for action in given}
    if len(by_name) < len(given):
        message = "actions: each name once"
        raise ConfigurationError(message)
    if not all(is_id(name) for name in by_name):
        message = "actions: a name has 1 to 32 half-width letters, digits and hyphens"
        raise ConfigurationError(message)
    ordered = set(profile.order) - {PASSWORD_CHANGE, TOKEN_ENROLLMENT}
    if ordered != set(by_name):
        names = ", ".join(sorted(ordered ^ set(by_name)))
        message = f"actions: the profile's order and the actions given differ in: {names}"
        raise ConfigurationError(message)
    return by_name


class _NoAnchors:
    """The judge of a bank that gave no trust anchors: nobody's issuer is known."""

    def judge(self, chain: CertificateChain, now: datetime, /) -> CertificateRefusal:
        """Refuse."""
        del chain, now
        return CertificateRefusal("unknown-issuer")


@cache
def _known_answers() -> None:
    """Make sure, once in a process, that one-time passwords are computed as the standards say (power-on self-test)."""
    self_test()


class TurnedAway(Exception):  # noqa: N818 - leaves the loop, never the shells
    """Too much is at work."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


@attrs.define(eq=False)
class Submit:
    """The state of one submit: its randomness, what it has worked out, and how often it had to wait."""

    setup: Setup
    entropy: bytes = attrs.field(repr=False)
    serial: int = 0
    conflicts: int = 0
    waits: int = 0
    reserved: bool = False
    memo: Memo = attrs.field(factory=Memo, repr=False)

    def context(self) -> Context:
        """Return the context of the next decision."""
        return self.setup.context(self.entropy, self.serial, self.memo)

    def conflict_pause_seconds(self) -> float:
        """Return how long to wait after a conflict: random, so that rivals part, and growing up to a bound.

        Raises:
            TurnedAway: It was one conflict too many.
        """
        self.conflicts += 1
        if self.conflicts >= (ROUNDS_TO_SETTLE if self.reserved else ROUNDS):
            raise TurnedAway(timedelta(seconds=1))
        longest = min(0.001 * 2**self.conflicts, LONGEST_WAIT_SECONDS)
        return random.uniform(0, longest)  # noqa: S311 - no secret

    def twin_pause_seconds(self) -> float:
        """Return how long to wait for an identical submit that is at work.

        Raises:
            TurnedAway: It has had its time.
        """
        self.waits += 1
        if self.waits > TWIN_WAITS:
            raise TurnedAway(timedelta(seconds=1))
        return random.uniform(0.5, 1) * LONGEST_WAIT_SECONDS  # noqa: S311 - no secret


@attrs.define(eq=False)
class ClockWatch:
    """Compares this machine's clock with the store's, at start and once a minute."""

    checked_at: datetime | None = None

    def due(self, now: datetime) -> bool:
        """Say whether it is time to compare; a clock that went back is compared at once."""
        return self.checked_at is None or not timedelta(0) <= now - self.checked_at < CLOCK_CHECK

    def compare(self, before: datetime, stores: datetime | None, after: datetime) -> None:
        """Compare what the store said between two looks at our clock.

        Raises:
            ClockError: They differ by more than the bound; nothing is served until they agree.
        """
        if stores is not None and not before - CLOCK_BOUND <= stores <= after + CLOCK_BOUND:
            self.checked_at = None
            bound = int(CLOCK_BOUND.total_seconds())
            message = f"this machine's clock and the store's differ by more than {bound} s: correct this machine's"
            raise ClockError(message)
        self.checked_at = after


system_entropy: Final[Entropy] = os.urandom
