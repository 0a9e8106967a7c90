"""Judging what was entered, and where the token stands afterwards.

Rule 1. A counter, or time step, below the lowest one that is still good is never accepted, by nothing (RFC 6238 5.2).
Rule 2. What is not accepted moves nothing (RFC 4226 7.4).
Rule 3. Only an accepted code teaches drift, one window at a time and within a bound: whoever has codes from the edge of
        the window can't lead a token away (A15).
Rule 4. One call computes as many codes whatever comes of it: what is near and what is far is looked through together,
        and only then is it asked what a match means. Who measures how long a refusal takes does not learn whether his
        code was a guess, a used one, or one that is good in a minute.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from okmate_auth.tokens.codes import step_at
from okmate_auth.tokens.parameters import Parameters, Position, Windows
from okmate_auth.tokens.window import matching


@attrs.frozen
class Accepted:
    """The code is right, and was not used before.

    Attributes:
        counter: At which the token showed it.
        position: Where the token stands now.
    """

    counter: int
    position: Position


@attrs.frozen
class Replayed:
    """The code is the token's, and it, or one that the token showed later, was accepted.

    Attributes:
        counter: At which the token showed it.
    """

    counter: int


@attrs.frozen
class OutOfStep:
    """The code is the token's and was not used, but from too far away: it came late, or the token looks like drift.

    Attributes:
        counter: At which the token showed it.
    """

    counter: int


@attrs.frozen
class Wrong:
    """The code is none of the token's, as far as one looks."""


Verdict = Accepted | Replayed | OutOfStep | Wrong


def verify(
    code: str, *, seed: bytes, parameters: Parameters, position: Position, windows: Windows, now: datetime
) -> Verdict:
    """Judge a code.

    Args:
        code: As typed; whatever is no code of the token's length is wrong.
        seed: The token's key.
        parameters: What is public about its codes.
        position: Where it stands.
        windows: How far to look.
        now: The server's clock, aware (OTP-6). Before 1970 there are no time steps, and every code of one is wrong.

    Raises:
        MisuseError: The code is not text, or ``now`` is naive where a token of time steps is judged.

    Source: RFC 6238 5.2 and 6; RFC 4226 7.2 to 7.4.
    """
    if parameters.kind == "hotp":
        return _pressed(code, seed, parameters, position, windows, ahead=windows.look_ahead)
    found, step = _timed(code, seed, parameters, position, windows, now, reach=(windows.back, windows.ahead))
    if isinstance(found, Accepted):
        drift = found.counter - step - position.offset
        bounded = max(-windows.drift, min(windows.drift, drift))
        return attrs.evolve(found, position=attrs.evolve(found.position, drift=bounded))
    return found


def enroll(
    code: str, *, seed: bytes, parameters: Parameters, position: Position, windows: Windows, now: datetime
) -> Verdict:
    """Judge a code by which a token is enrolled: in the wider window, and from it the token's offset is learnt.

    The window lies around where the token is expected, offset and drift included, so that what a shared token's first
    holder can log in with, its next one can enroll with. Arguments and errors as for :func:`verify`.
    """
    if parameters.kind == "hotp":
        return _pressed(code, seed, parameters, position, windows, ahead=windows.enrollment)
    reach = (windows.enrollment, windows.enrollment)
    found, step = _timed(code, seed, parameters, position, windows, now, reach=reach)
    if isinstance(found, Accepted):
        return attrs.evolve(found, position=attrs.evolve(found.position, offset=found.counter - step, drift=0))
    return found


def resync(
    first: str,
    second: str,
    *,
    seed: bytes,
    parameters: Parameters,
    position: Position,
    windows: Windows,
    now: datetime,
) -> Accepted | Wrong:
    """Find a token by two codes that it showed one after the other, neither of them used.

    Arguments and errors as for :func:`verify`. A token of time steps is looked for around the clock, wherever it was
    thought to be; what is found is an offset, and nothing is learnt on top of it yet. Where a pair fits twice by
    chance, the lower counter is taken.

    Source: RFC 4226 7.4; RFC 6238 6.
    """
    if parameters.kind == "hotp":
        step = position.next_counter
        firsts = range(step, step + windows.resync + 1)
    else:
        step = step_at(now, parameters.period_seconds)
        firsts = range(step - windows.resync, step + windows.resync + 1) if step >= 0 else range(0)
    seconds = set(matching(seed, second, range(firsts.start + 1, firsts.stop + 1), parameters))
    for counter in matching(seed, first, firsts, parameters):
        if counter >= position.next_counter and counter + 1 in seconds:
            offset = counter + 1 - step if parameters.kind == "totp" else 0
            return Accepted(counter + 1, Position(next_counter=counter + 2, offset=offset))
    return Wrong()


def _pressed(
    code: str, seed: bytes, parameters: Parameters, position: Position, windows: Windows, *, ahead: int
) -> Verdict:
    """Judge a code of a token that counts presses; the one that was accepted last is a replay (RFC 4226 7.2)."""
    expected = position.next_counter
    near = range(expected - 1, expected + ahead + 1)
    far = (range(expected - windows.resync, expected + windows.resync + 1),)
    return _judged(code, seed, parameters, position, near, far)


def _timed(
    code: str,
    seed: bytes,
    parameters: Parameters,
    position: Position,
    windows: Windows,
    now: datetime,
    *,
    reach: tuple[int, int],
) -> tuple[Verdict, int]:
    """Judge a code of a token of time steps; return the clock's step as well."""
    step = step_at(now, parameters.period_seconds)
    if step < 0:
        return Wrong(), step
    expected = step + position.offset + position.drift
    near = range(expected - reach[0], expected + reach[1] + 1)
    return _judged(code, seed, parameters, position, near, _around(step, expected, windows.resync)), step


def _around(step: int, expected: int, steps: int) -> tuple[range, ...]:
    """Return the time steps around the clock and around the token, each of them once.

    What lies between is left out: whoever can write an offset into the store must not choose how long a login takes.
    """
    low, high = sorted((step, expected))
    if high - low <= 2 * steps:
        return (range(low - steps, high + steps + 1),)
    return range(low - steps, low + steps + 1), range(high - steps, high + steps + 1)


def _judged(
    code: str, seed: bytes, parameters: Parameters, position: Position, near: range, far: tuple[range, ...]
) -> Verdict:
    """Say what the matches within ``near``, and else within ``far``, mean.

    Of codes that are the same by chance the lowest counter that is still good is accepted, so that the token moves no
    further than it must. Only what is not accepted is looked for further away, and all of that takes the same work.
    """
    close = matching(seed, code, near, parameters)
    for counter in close:
        if counter >= position.next_counter:
            return Accepted(counter, attrs.evolve(position, next_counter=counter + 1))
    matches = [counter for counters in far for counter in matching(seed, code, counters, parameters)]
    fresh = [counter for counter in matches if counter >= position.next_counter]
    if fresh and not close:
        return OutOfStep(fresh[0])
    return Replayed((close or matches)[-1]) if matches else Wrong()
