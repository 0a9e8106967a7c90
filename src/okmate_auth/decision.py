"""Deciding: command → facts → ask, reserve or commit.

Rule 1. A command is an immutable value; what it means is one pure function of the facts known so far.
Rule 2. That function answers with what it still wants to know (``Ask``), with a commit that must stand before it
        may know more (``Reserve``: a guess is counted before it is judged), or with everything at once (``Commit``).
        It is called again from its beginning each time; facts are found by what they are about, never by position.
Rule 3. Everything it depends on is in the facts or the context: no clock, no randomness, nothing opened.
Rule 4. A commit is guarded by every record that was read, absence included, unless the command names what it rests on.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, NoReturn, TypeVar, cast

import attrs

from okmate_auth.codec import Part
from okmate_auth.errors import MisuseError
from okmate_auth.history import append
from okmate_auth.ports import AnyKey, ChangeSet, Loaded, SourceOutcome
from okmate_auth.records import CODEC, ChainHead, Key, Record, Row
from okmate_auth.replies import Busy

if TYPE_CHECKING:
    from okmate_auth.actions import Action
    from okmate_auth.keys import Keys
    from okmate_auth.policies.kdf import Argon2Parameters
    from okmate_auth.policies.profile import Profile

__all__ = [
    "Ask",
    "CheckPassword",
    "Command",
    "Commit",
    "Context",
    "CountUnjudged",
    "Draft",
    "Facts",
    "HashPassword",
    "LetFirstTryFinish",
    "Load",
    "Question",
    "Reserve",
    "decide",
    "turn_away",
]

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
RecordT = TypeVar("RecordT", bound=Record)

# ---------------------------------------------------------------------------------------------------- questions


@attrs.frozen
class Load:
    """Which records stand under these keys, as of one instant?"""

    keys: tuple[AnyKey, ...]


@attrs.frozen
class CheckPassword:
    """Is this the password behind a hash? Answered True or False by the Argon2 pool.

    Attributes:
        phc: The stored hash; for an unknown login ID, one of the same cost that nothing matches.
        material: The peppered password.
    """

    phc: str = attrs.field(repr=False)
    material: bytes = attrs.field(repr=False)


@attrs.frozen
class HashPassword:
    """What is the hash of a password? Answered with a PHC string by the Argon2 pool."""

    parameters: Argon2Parameters
    salt: bytes = attrs.field(repr=False)
    material: bytes = attrs.field(repr=False)


@attrs.frozen
class CountUnjudged:
    """The how-many-th attempt is this that was turned away here without being judged? Answered by the process."""

    subject: str


@attrs.frozen
class LetFirstTryFinish:
    """An identical submit is at work: wait a little, then look again."""


Expensive = CheckPassword | HashPassword | CountUnjudged
Question = Load | Expensive | LetFirstTryFinish


@attrs.frozen
class Facts:
    """What is known so far.

    Attributes:
        records: What stands under each key that was loaded; None where nothing does.
        answers: Expensive answers; each speaks about one hash, so that a stale one is of no use and no harm.
    """

    records: Mapping[AnyKey, Loaded | None] = attrs.field(factory=dict[AnyKey, "Loaded | None"])
    answers: tuple[tuple[Expensive, object], ...] = ()

    def loaded(self, keys: Iterable[AnyKey], found: Mapping[AnyKey, Loaded]) -> Facts:
        """Return the facts with the answer to a :class:`Load`."""
        return attrs.evolve(self, records={**self.records, **{key: found.get(key) for key in keys}})

    def answered(self, question: Expensive, answer: object) -> Facts:
        """Return the facts with an expensive answer."""
        return attrs.evolve(self, answers=(*self.answers, (question, answer)))

    def reserved(self, change: ChangeSet) -> Facts:
        """Return the facts as they are after our own reservation, so that nothing need be read again."""
        mine: dict[AnyKey, Loaded | None] = {record.key: Loaded(record, change.id) for record in change.puts}
        return attrs.evolve(self, records={**self.records, **mine})

    def without_records(self) -> Facts:
        """Return the facts after a conflict: what was loaded is stale, what was computed is not."""
        return attrs.evolve(self, records={})


@attrs.frozen(kw_only=True)
class Context:
    """Everything else a decision depends on.

    Attributes:
        now: This instant, aware, in UTC; read again after every slow answer.
        entropy: 32 random bytes, drawn once per submit, expanded under a label per use.
        serial: Which commit of this submit comes next.
        bank: The bank's id.
        profile: The bank's rules.
        keys: The data keys.
        actions: The bank's own actions by name.
    """

    now: datetime
    entropy: bytes = attrs.field(repr=False)
    bank: str
    profile: Profile
    keys: Keys
    actions: Mapping[str, Action]
    serial: int = 0

    def random(self, label: str, size: int = 32) -> bytes:
        """Return ``size`` random bytes (32 at most); the same for the same label of the same submit."""
        return hmac.digest(self.entropy, label.encode(), hashlib.sha256)[:size]

    def stream(self, label: str) -> Callable[[int], bytes]:
        """Return a source of as many random bytes as are asked for, from one label."""
        block, rest = 0, b""

        def read(size: int) -> bytes:
            nonlocal block, rest
            while len(rest) < size:
                rest += self.random(f"{label}/{block}")
                block += 1
            out, rest = rest[:size], rest[size:]
            return out

        return read


# ---------------------------------------------------------------------------------------------------- decisions


@attrs.frozen
class Ask:
    """These are to be answered first; all of them may be at once."""

    questions: tuple[Question, ...]


@attrs.frozen
class Reserve:
    """This must be committed before more is asked; a pool slot must be in hand first."""

    change: ChangeSet


@attrs.frozen
class Commit(Generic[R_co]):
    """Everything that is to happen, at once, and the reply that is then true.

    Attributes:
        change: What to commit; None where nothing is.
        reply: What to answer once it is committed.
        source: What the source limiter learns.
    """

    change: ChangeSet | None
    reply: R_co
    source: SourceOutcome | None = None


class Command(Generic[R]):
    """Base of the commands: frozen attrs classes, generic in their reply.

    Class attributes:
        answers: Which step the command answers; None for one that answers no step.
        replies: Every class its reply can have.
    """

    answers: ClassVar[type | None] = None
    replies: ClassVar[tuple[type, ...]] = ()

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return the keys that follow from the command alone; they are loaded before the first decision."""
        del context
        return ()

    def decide(self, draft: Draft) -> Commit[R]:
        """Decide, written against a draft so that it reads top to bottom."""
        raise NotImplementedError

    def turned_away(self, draft: Draft, retry_after: timedelta, reason: str) -> Commit[R]:
        """Decide what happens when nothing can be decided: too much is at work, or the source is over its limit.

        Args:
            draft: A fresh draft.
            retry_after: When another try makes sense.
            reason: ``busy`` or ``source-limit``, for the history.
        """
        del reason
        return draft.commit(cast("R", Busy(retry_after=retry_after)))

    @property
    def source(self) -> str:
        """Address of the source that the limiter watches, '' for none."""
        return ""


def decide(command: Command[R], facts: Facts, context: Context) -> Ask | Reserve | Commit[R]:
    """Return what is to be asked, reserved or committed, given what is known so far; pure."""
    try:
        return command.decide(Draft(facts, context))
    except _Stop as stop:
        return stop.decision


def turn_away(
    command: Command[R], facts: Facts, context: Context, retry_after: timedelta, reason: str
) -> Ask | Reserve | Commit[R]:
    """Return what is to be asked or committed where a command can't be decided now; pure."""
    try:
        return command.turned_away(Draft(facts, context), retry_after, reason)
    except _Stop as stop:
        return stop.decision


class _Stop(BaseException):
    """Leaves a command's function with a question or a reservation."""

    def __init__(self, decision: Ask | Reserve) -> None:
        super().__init__()
        self.decision = decision


# -------------------------------------------------------------------------------------------------------- draft

_UNREAD: Final = object()


class Draft:
    """One attempt to decide: gives answers or stops with the question, and collects what is to be committed."""

    def __init__(self, facts: Facts, context: Context) -> None:
        self.context = context
        self._facts = facts
        self._puts: dict[AnyKey, Record | None] = {}
        self._rows: list[Row] = []
        self._heads: dict[str, ChainHead] = {}
        self._read: set[AnyKey] = set()

    # -- reading

    def get(self, key: Key[RecordT], *, absence_by: AnyKey | None = None) -> RecordT | None:
        """Return the record under a key, as this draft would leave it; None where there is none.

        Args:
            key: Where to look.
            absence_by: Another record that stands for this one's absence: whoever creates this one writes that one.
        """
        if key in self._puts:
            return cast("RecordT | None", self._puts[key])
        self.load((key,))
        loaded = self._facts.records[key]
        self._read.add(absence_by if loaded is None and absence_by is not None else key)
        return None if loaded is None else cast("RecordT", loaded.record)

    def load(self, keys: Collection[AnyKey]) -> None:
        """Make sure that all these keys are loaded, asking for the missing ones together."""
        missing = tuple(key for key in keys if key not in self._facts.records)
        if missing:
            raise _Stop(Ask((Load(missing),)))

    def ask(self, *questions: Expensive) -> list[Any]:
        """Return the answers to expensive questions, asking for the missing ones together."""
        answers = [self._answer(question) for question in questions]
        missing = tuple(q for q, a in zip(questions, answers, strict=True) if a is _UNREAD)
        if missing:
            raise _Stop(Ask(missing))
        return answers

    def check(self, phc: str, material: bytes) -> bool:
        """Return whether peppered ``material`` is the password behind a hash."""
        return self.ask(CheckPassword(phc, material))[0] is True

    def let_first_try_finish(self) -> NoReturn:
        """Stop, because an identical submit is at work."""
        raise _Stop(Ask((LetFirstTryFinish(),)))

    def _answer(self, question: Expensive) -> object:
        for asked, answer in self._facts.answers:
            if type(asked) is type(question) and asked == question:
                return answer
        return _UNREAD

    # -- writing

    def put(self, record: Record) -> None:
        """Write a record whole; the last put of a key counts."""
        self._puts[record.key] = record

    def delete(self, key: Key[RecordT]) -> None:
        """Remove a record; where there is none, nothing rests on that."""
        self.load((key,))
        if self._puts.get(key, self._facts.records[key]) is not None:
            self._puts[key] = None

    def record(self, chain: str, head: ChainHead, body: Part) -> ChainHead:
        """Append a row to a history and return the new head, which the caller puts into its record."""
        head, row = append(self._heads.get(chain, head), chain, CODEC.dumps(body), self.context.keys)
        self._heads[chain] = head
        self._rows.append(row)
        return head

    # -- ending

    def reserve(self) -> NoReturn:
        """Stop with what was collected: it must be committed before anything is judged.

        It rests on nothing but what it writes, so that a subject nobody registered is served by the same statements.
        """
        raise _Stop(Reserve(self._change(self._puts)))

    def commit(
        self, reply: R, *, source: SourceOutcome | None = None, rests_on: Collection[AnyKey] | None = None
    ) -> Commit[R]:
        """End with everything collected and the reply.

        Args:
            reply: What is answered once it is committed.
            source: What the source limiter learns.
            rests_on: The keys this commit rests on besides those it writes; by default all that were read.
        """
        changed = bool(self._puts or self._rows)
        guards = self._read if rests_on is None else rests_on
        return Commit(self._change({*guards, *self._puts}) if changed else None, reply, source)

    def _change(self, keys: Iterable[AnyKey]) -> ChangeSet:
        guards = {key: self._version(key) for key in keys}
        for key, version in guards.items():
            if version is None and self._puts.get(key) is None:
                message = f"a commit rests on the absence of a {key.kind} that it does not create"
                raise MisuseError(message)
        return ChangeSet(
            id=self.context.random(f"commit/{self.context.serial}", 16).hex(),
            at=self.context.now,
            guards=guards,
            puts=tuple(record for record in self._puts.values() if record is not None),
            deletes=tuple(key for key, record in self._puts.items() if record is None),
            appends=tuple(self._rows),
        )

    def _version(self, key: AnyKey) -> str | None:
        loaded = self._facts.records.get(key)
        return None if loaded is None else loaded.version
