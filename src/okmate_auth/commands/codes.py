"""Judging one-time passwords: purely, and counted in the commit that tells the verdict.

Rule 1. A code is judged by the clock alone; the token's counter, guarded by its record's version, lets it be accepted
        once: over all logins, sessions, processes and holders (RFC 6238 5.2, A01, A02).
Rule 2. A wrong code counts against whoever entered it and against the token, however it was entered: at login, at
        enrollment, within a session, in a pair (A05, A06). Where either is locked, or the token suspended, nothing is
        judged.
Rule 3. A serial number that is no token for this person is judged against a token that nobody has: same keys, same
        work, same writes (A73). It counts under a name of its own, so that nobody shuts out the holder of a token by
        typing its number.
Rule 4. A code that was accepted before is a replay and no guess: it is refused, and not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

import attrs

from okmate_auth.commands.journal import count_unjudged
from okmate_auth.commands.seeds import opened_seed, parameters_of
from okmate_auth.decision import Context, Draft
from okmate_auth.factors import CODE
from okmate_auth.keys import Keys
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import Locked, LockEvent
from okmate_auth.ports import AnyKey
from okmate_auth.records import Account, HardToken, Place, Throttle, TokenBinding, TokenThrottle
from okmate_auth.records.throttle import LaneName
from okmate_auth.replies import Refused
from okmate_auth.secret import Secret
from okmate_auth.text import has_full_width
from okmate_auth.tokens import (
    Accepted,
    OutOfStep,
    Parameters,
    Position,
    Replayed,
    Verdict,
    Windows,
    Wrong,
    is_code,
    serial_skeleton,
)
from okmate_auth.violations import Violation

if TYPE_CHECKING:
    from okmate_auth.client import Client

SERIAL: Final = "serial"
"""Under which name a token's throttle counts what was judged against a token that nobody has."""
ACCEPTED: Final = "accepted"
REPLAYED: Final = "replayed-code"
LONGEST_CODE_SHOWN: Final = 64  # beyond it nobody asks whether it is full-width
_DUMMY: Final = Parameters(kind="totp", period_seconds=60)
_DUMMY_BYTES: Final = 20
_RESULTS: Final[Mapping[type, str]] = MappingProxyType(
    {Accepted: ACCEPTED, Replayed: REPLAYED, OutOfStep: "drifted-code", Wrong: "wrong-code"}
)


class Judge(Protocol):
    """One of the ways to judge what was entered: :mod:`okmate_auth.tokens` has them."""

    def __call__(
        self, *, seed: bytes, parameters: Parameters, position: Position, windows: Windows, now: datetime
    ) -> Verdict:
        """Return the verdict."""
        ...


@attrs.frozen(kw_only=True)
class Bench:
    """What a code is judged against.

    Attributes:
        token: The token; None where there is none for this person.
        throttle: The serial number's, settled as of now.
        reason: Why there is none, for the history; ''.
        known: Whether the code comes from a browser that is known to one of the token's holders.
    """

    token: HardToken | None
    throttle: TokenThrottle
    reason: str = ""
    known: bool = False

    @property
    def factor(self) -> str:
        """Under which name the token's throttle counts."""
        return SERIAL if self.token is None else CODE

    @property
    def lane(self) -> LaneName:
        """In which lane the token's throttle counts."""
        return "known" if self.known else "others"

    def violations(self, codes: Mapping[str, Secret]) -> tuple[Violation, ...]:
        """Return what is wrong with the form of what was entered, by field."""
        digits = None if self.token is None else self.token.digits
        return tuple(one for name, code in codes.items() for one in code_violations(code, field=name, digits=digits))


@attrs.frozen(kw_only=True)
class JudgedCode:
    """A verdict; the token and its throttle are put.

    Attributes:
        throttle: The person's, which is to be put.
        token: As this commit leaves it where it was accepted; else None.
        result: ``accepted``, or the real reason for the history: ``wrong-code``, ``drifted-code`` (right some time ago
            or in some time: late, or the token's clock is wrong), ``replayed-code``, or why there is no such token.
        counter: At which the token showed the code; None where it never did.
        events: Locks that came of it.
        refusal: What to say where it was not accepted: the lock that came of it, else None.
    """

    throttle: Throttle
    token: HardToken | None
    result: str
    counter: int | None
    events: tuple[LockEvent, ...]
    refusal: Refused | None

    @property
    def failed(self) -> bool:
        """Whether it was a guess that counts."""
        return self.result not in (ACCEPTED, REPLAYED)


def token_keys(context: Context, company: str, serial: str) -> tuple[AnyKey, AnyKey]:
    """Return where a token stands, and its throttle at a company."""
    name = _name(context, company, serial)
    return HardToken.at(context.bank, serial_skeleton(serial)), TokenThrottle.at(name)


def bound_bench(draft: Draft, account: Account, binding: TokenBinding, *, known: bool) -> Bench:
    """Return what the codes of an account are judged against to which a token is bound."""
    token, throttle = _loaded(draft, account, binding.serial)
    if token is None or token.state != "enrolled" or account.subject not in token.holders:
        return Bench(token=None, throttle=throttle, reason="token-missing")  # somebody edited the store
    return Bench(token=token, throttle=throttle, known=known)


def enrollment_bench(draft: Draft, account: Account, serial: str) -> Bench:
    """Return what a code is judged against by which somebody wants to enroll a token.

    Args:
        draft: Where it is read.
        account: Who wants to.
        serial: In its one spelling.
    """
    token, throttle = _loaded(draft, account, serial)
    reason = _why_not(token, account, draft.context)
    return Bench(token=None if reason else token, throttle=throttle, reason=reason)


def stopped(bench: Bench, throttle: Throttle, lane: LaneName, context: Context) -> Locked | None:
    """Return the lock that keeps a code from being judged: the person's or the token's, whichever lasts longer."""
    if bench.token is not None and bench.token.suspended is not None:
        return Locked(None, bench.token.suspended.at)
    rules = context.profile.lockout_of(CODE)
    states = (
        lockout.standing(throttle, CODE, lane, rules, context.now),
        lockout.standing(bench.throttle, bench.factor, bench.lane, rules, context.now),
    )
    return max((state for state in states if isinstance(state, Locked)), key=lockout.end_of, default=None)


def refused_unjudged(draft: Draft, throttle: Throttle, lock: Locked, client: Client, *, known: bool) -> Refused:
    """Return what is said where nothing was judged, and count it here, with whether the person's browser is known."""
    of = f"{throttle.subject}:{CODE}:{lock.mark}"
    count_unjudged(draft, throttle.subject, throttle.entrance, "locked", client=client, of=of, known=known)
    return Refused(code="token-locked", until=lock.until)


def judge_code(
    draft: Draft, bench: Bench, throttle: Throttle, lane: LaneName, judge: Judge, *, proves: bool = True
) -> JudgedCode:
    """Judge what was entered, and put the token and its throttle as that leaves them.

    Args:
        draft: Where they are put.
        bench: What it is judged against; not :func:`stopped`.
        throttle: The person's, settled as of now.
        lane: In which lane the person's throttle counts.
        judge: How.
        proves: Whether a right one ends the failures before it; a pair that synchronizes a token does not (A07).
    """
    context = draft.context
    verdict, reason = _verdict(context, bench, judge)
    place = _place(CODE, lane, context.now)
    token_place = _place(bench.factor, bench.lane, context.now)
    token_throttle, events = bench.throttle, list[LockEvent]()
    rules = context.profile.lockout_of(CODE)
    moved: HardToken | None = None
    if isinstance(verdict, Accepted) and bench.token is not None:
        moved = _moved(bench.token, verdict.position)
        draft.put(moved)
        if proves:
            throttle, token_throttle = lockout.succeed(throttle, place), lockout.succeed(token_throttle, token_place)
    elif not isinstance(verdict, Replayed):
        throttle, mine = lockout.fail(throttle, place, rules, context.now)
        token_throttle, its = lockout.fail(token_throttle, token_place, rules, context.now)
        events.extend(event for event in (mine, its) if event is not None)
    draft.put(token_throttle)
    lock = stopped(attrs.evolve(bench, throttle=token_throttle), throttle, lane, context) if events else None
    return JudgedCode(
        throttle=throttle,
        token=moved,
        result=reason,
        counter=getattr(verdict, "counter", None),
        events=tuple(events),
        refusal=None if lock is None else Refused(code="token-locked", until=lock.until),
    )


def code_violations(code: Secret, *, field: str = "code", digits: int | None = None) -> tuple[Violation, ...]:
    """Return what is wrong with the form of a code: half-width digits, as many as the token shows (A19, A20).

    Args:
        code: As typed.
        field: Name of the command's field.
        digits: How many; None where that is not known yet: 6 to 8.
    """
    text = code.reveal()
    if not text:
        return (Violation("empty", field),)
    if has_full_width(text[:LONGEST_CODE_SHOWN]):
        return (Violation("full-width", field),)
    if not is_code(text) or digits not in (None, len(text)):
        return (Violation("malformed-code", field),)
    return ()


def serial_throttle(draft: Draft, company: str, serial: str) -> TokenThrottle:
    """Return a serial number's throttle at a company, settled as of now; a fresh one where nobody typed it yet."""
    context = draft.context
    name = _name(context, company, serial)
    throttle = draft.get(TokenThrottle.at(name))
    if throttle is None:
        return TokenThrottle(serial=name, latest=context.now)
    return lockout.settled(throttle, context.profile.lockout_of, context.now)


def _name(context: Context, company: str, serial: str) -> str:
    """Return the name under which guesses at a serial number are counted at a company."""
    return context.once(Keys.serial, context.keys, context.bank, company, serial)


def _loaded(draft: Draft, account: Account, serial: str) -> tuple[HardToken | None, TokenThrottle]:
    """Return a token that a serial number means to the letter, and the number's throttle at the company."""
    draft.load(token_keys(draft.context, account.company, serial))
    throttle = serial_throttle(draft, account.company, serial)
    # A code that is right writes the token. One that is wrong rests on the throttle alone, whether there is a token or
    # not: the commit must not tell, and a guess stays a guess if the token changes meanwhile (FL-8).
    token = draft.get(HardToken.at(account.bank, serial_skeleton(serial)), instead=throttle.key)
    return (None if token is None or token.serial != serial else token), throttle


def _why_not(token: HardToken | None, account: Account, context: Context) -> str:
    """Return why a token can't be enrolled by somebody, for the history only; '' where it can."""
    if token is None:
        return "unknown-token"
    taken = bool(token.holders) and not (token.shared and len(token.holders) < context.profile.tokens.holders)
    for reason, so in (
        (f"{token.state}-token", token.state not in ("dispatched", "enrolled")),
        ("foreign-token", token.company != account.company),
        ("suspended-token", token.suspended is not None),
        ("ended-token", token.ends_at is not None and context.now >= token.ends_at),
        ("taken-token", taken or account.subject in token.holders),
    ):
        if so:
            return reason
    return ""


def _verdict(context: Context, bench: Bench, judge: Judge) -> tuple[Verdict, str]:
    """Return the verdict, and what the history says of it; against a token that nobody has nothing is right."""
    token = bench.token
    seed = None if token is None else opened_seed(context, token)
    windows, now = context.profile.tokens.windows, context.now
    if token is None or seed is None:
        seed = context.random("dummy-seed", _DUMMY_BYTES)
        judge(seed=seed, parameters=_DUMMY, position=Position(), windows=windows, now=now)
        return Wrong(), bench.reason or "token-unusable"
    position = Position(next_counter=token.next_counter, offset=token.offset, drift=token.drift)
    verdict = judge(seed=seed, parameters=parameters_of(token), position=position, windows=windows, now=now)
    return verdict, _RESULTS[type(verdict)]


def _moved(token: HardToken, position: Position) -> HardToken:
    return attrs.evolve(token, next_counter=position.next_counter, offset=position.offset, drift=position.drift)


def _place(factor: str, lane: LaneName, now: datetime) -> Place:
    """Return the place of a guess that is judged and settled in one commit, so that it is never stored."""
    return Place(id="", owner="", factor=factor, lane=lane, ends_at=now)
