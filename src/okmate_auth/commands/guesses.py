"""Judging guesses of passwords: a place first, then the hash, then the verdict, settled in the commit that tells it.

Rule 1. No hash is computed for a guess that has no place in the throttle (FL-5); places for several factors are taken
        together, all or none.
Rule 2. The same questions are asked whether the account exists, has the password, is suspended or not (FL-8).
Rule 3. Whatever was judged is settled in the same commit as what follows from it, whatever that is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

import attrs

from okmate_auth.decision import CheckPassword, Context, Draft, HashPassword
from okmate_auth.keys import Keys
from okmate_auth.policies import lockout
from okmate_auth.policies.kdf import PhcParameters, dummy_phc, parse_phc, weaker_than
from okmate_auth.policies.lockout import Crowded, Locked, LockEvent, Open
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import AnyKey
from okmate_auth.records import Account, Credential, Place, Throttle
from okmate_auth.records.history import Entrance
from okmate_auth.records.throttle import LaneName
from okmate_auth.replies import Refused
from okmate_auth.secret import Secret


@attrs.frozen(kw_only=True)
class Guess:
    """One password to judge.

    Attributes:
        factor: Which one is guessed.
        entered: What was entered.
        account: Whose; None where the login ID is unknown or this entrance is not his.
        credential: The stored one; None where there is none.
        counts: Whether a right guess is right at all: not for a suspended account or an expired initial password.
    """

    factor: str
    entered: Secret
    account: Account | None
    credential: Credential | None
    counts: bool = True


@attrs.frozen(kw_only=True)
class Judged:
    """Verdicts, settled in the throttle that is to be put.

    Attributes:
        throttle: With every place settled.
        right: The verdicts, in the order of the guesses.
        events: Locks that came of it.
    """

    throttle: Throttle
    right: tuple[bool, ...]
    events: tuple[LockEvent, ...]


def load_throttle(draft: Draft, subject: str, entrance: Entrance) -> Throttle:
    """Return the throttle of a subject's entrance, settled as of now; a fresh one where nothing was counted yet."""
    context = draft.context
    throttle = draft.get(Throttle.at(subject, entrance))
    if throttle is None:
        return Throttle(subject=subject, entrance=entrance, latest=context.now)
    return lockout.settled(throttle, context.profile.lockout_of, context.now)


def judge(
    draft: Draft,
    throttle: Throttle,
    *,
    lane: LaneName,
    place_id: str | None,
    guesses: Sequence[Guess],
    rests_on: Collection[AnyKey] = (),
) -> Judged | Locked | Crowded:
    """Judge guesses, or say why none is judged now.

    Args:
        draft: Where to ask.
        throttle: Settled as of now.
        lane: Whether the browser is a known one.
        place_id: Hash of the handle or attempt that the guesses serve; None where they spend nothing.
        guesses: All of this submit, at most one for a factor.
        rests_on: What must still stand when the places are taken: the flow or session that the guesses are for.
    """
    context = draft.context
    owner = owner_of(context)
    place_id = place_id or owner
    places = {place.factor: place for place in throttle.places if place.id == place_id}
    if any(place.owner != owner for place in places.values()):
        draft.let_first_try_finish()
    missing = [guess for guess in guesses if guess.factor not in places]
    for guess in missing:
        rules = context.profile.lockout_of(guess.factor)
        state = lockout.standing(throttle, guess.factor, lane, rules, context.now)
        if not isinstance(state, Open):
            return state
        ends_at = lockout.later(context.now, throttle) + rules.place_lasts
        place = Place(id=place_id, owner=owner, factor=guess.factor, lane=lane, ends_at=ends_at)
        throttle = lockout.take(throttle, place)
    if missing:
        draft.put(throttle)
        draft.reserve(rests_on=rests_on)
    questions = [_question(context, guess) for guess in guesses]
    answers = draft.ask(*questions)
    right: list[bool] = []
    events: list[LockEvent] = []
    for question, answer, guess in zip(questions, answers, guesses, strict=True):
        right.append(answer is True and question.counts)
        place = places[guess.factor]
        if right[-1]:
            throttle = lockout.succeed(throttle, place)
        else:
            throttle, event = lockout.fail(throttle, place, context.profile.lockout_of(guess.factor), context.now)
            if event is not None:
                events.append(event)
    return Judged(throttle=throttle, right=tuple(right), events=tuple(events))


def refused_by(context: Context, throttle: Throttle, factor: str, lane: LaneName, *, otherwise: Refused) -> Refused:
    """Return what a wrong guess is told: ``locked`` where it, or one before it, brought a lock, else ``otherwise``."""
    state = lockout.standing(throttle, factor, lane, context.profile.lockout_of(factor), context.now)
    return Refused(code="locked", until=state.until) if isinstance(state, Locked) else otherwise


def owner_of(context: Context) -> str:
    """Return the name under which this submit holds its places."""
    return context.random("owner", 16).hex()


def rehashed(draft: Draft, guess: Guess) -> Credential:
    """Return a credential that was just proven, hashed anew where its cost or pepper is not the present one.

    Only upward, and in the commit that says that this password was right (A45, A46); its id stays.
    """
    credential, account = cast("Credential", guess.credential), cast("Account", guess.account)  # it was proven
    context = draft.context
    current = context.profile.kdf
    stored = context.once(_parsed, context.profile, credential.phc)
    weaker = stored is None or weaker_than(stored, current)
    if not weaker and credential.pepper == context.keys.current_pepper:
        return credential
    question = hashing(context, guess.factor, account.id, guess.entered)
    if stored is not None and not weaker:  # only the pepper is a former one: no less work than before
        cost = attrs.evolve(current, memory_kib=stored.memory_kib, iterations=stored.iterations, lanes=stored.lanes)
        question = attrs.evolve(question, parameters=cost)
    (phc,) = draft.ask(question)
    return attrs.evolve(credential, phc=phc, pepper=context.keys.current_pepper)


def hashing(context: Context, factor: str, account_id: str, password: Secret) -> HashPassword:
    """Return the question for the hash of a new value of a password."""
    keys = context.keys
    material = keys.pepper(keys.current_pepper, account_id, normalised(context, factor, password))
    salt = context.stream(f"salt/{factor}")(context.profile.kdf.salt_bytes)
    return HashPassword(context.profile.kdf, salt, material)


def normalised(context: Context, factor: str, password: Secret) -> Secret:
    """Return a password in the form in which it is compared and hashed."""
    return context.once(_normalised, context.profile, factor, password)


def _normalised(profile: Profile, factor: str, password: Secret) -> Secret:
    rules = profile.password_rules(factor)
    return password if rules is None else rules.normalised(password)


def is_usable(context: Context, credential: Credential) -> bool:
    """Say whether a stored password can be judged at all: its hash is within bounds, its pepper is held."""
    bounded = context.once(_parsed, context.profile, credential.phc) is not None
    return bounded and context.keys.peppers.get(credential.pepper) is not None


def _parsed(profile: Profile, phc: str) -> PhcParameters | None:
    return parse_phc(phc, profile.stored_limits)


def _question(context: Context, guess: Guess) -> CheckPassword:
    """Return the question that judges a guess; its cost tells nothing about who exists (FL-8).

    A stored password that can't be judged is like none: a dummy is hashed in its place.
    """
    keys, entered = context.keys, normalised(context, guess.factor, guess.entered)
    if guess.credential is None or guess.account is None or not is_usable(context, guess.credential):
        phc = context.once(dummy_phc, context.profile.kdf)
        material = context.once(Keys.pepper, keys, keys.current_pepper, "", entered)
        return CheckPassword(phc, material, guess.factor, counts=False)
    material = context.once(Keys.pepper, keys, guess.credential.pepper, guess.account.id, entered)
    return CheckPassword(guess.credential.phc, material, guess.factor, counts=guess.counts)
