"""One attempt to decide, in the form in which commands are written: top to bottom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, NoReturn, TypeVar, cast

from okmate_auth.codec import Part
from okmate_auth.decision.context import Context
from okmate_auth.decision.facts import CheckPassword, Expensive, Facts, LetFirstTryFinish, Load
from okmate_auth.decision.outcome import Ask, Commit, Reserve
from okmate_auth.errors import MisuseError
from okmate_auth.history import append
from okmate_auth.ports import MAX_KEYS, AnyKey, ChangeSet, SourceOutcome
from okmate_auth.records import CODEC, ChainHead, Key, Record, Row

R = TypeVar("R")
RecordT = TypeVar("RecordT", bound=Record)
_UNREAD: Final = object()


class Stop(BaseException):
    """Leaves a command's function with a question or a reservation."""

    def __init__(self, decision: Ask | Reserve) -> None:
        super().__init__()
        self.decision = decision


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

    def get(
        self, key: Key[RecordT], *, absence_by: AnyKey | None = None, instead: AnyKey | None = None
    ) -> RecordT | None:
        """Return the record under a key, as this draft would leave it; None where there is none.

        Args:
            key: Where to look.
            absence_by: Another record that stands for this one's absence: whoever creates this one writes that one.
            instead: Another record on which the commit rests instead, whether this one is there or not, unless it
                writes this one: nothing that it decides goes wrong if only this one changes meanwhile.
        """
        if key in self._puts:
            return cast("RecordT | None", self._puts[key])
        self.load((key,))
        loaded = self._facts.records[key]
        stands = instead or (absence_by if loaded is None else None)
        self._read.add(key if stands is None else stands)
        return None if loaded is None else cast("RecordT", loaded.record)

    @property
    def unsettled(self) -> tuple[AnyKey, ...]:
        """Keys of the records in which this submit took places and that this draft does not write."""
        return tuple(key for key in self._facts.places if key not in self._puts)

    @property
    def verdicts(self) -> dict[str, bool]:
        """What was judged so far, by factor."""
        return {
            question.factor: answer is True and question.counts
            for question, answer in self._facts.answers
            if isinstance(question, CheckPassword)
        }

    def load(self, keys: Collection[AnyKey]) -> None:
        """Make sure that all these keys are loaded, asking for the missing ones together."""
        missing = tuple(key for key in keys if key not in self._facts.records)
        if missing:
            raise Stop(Ask(tuple(Load(missing[at : at + MAX_KEYS]) for at in range(0, len(missing), MAX_KEYS))))

    def ask(self, *questions: Expensive) -> list[Any]:
        """Return the answers to expensive questions, asking for the missing ones together."""
        answers = [self._answer(question) for question in questions]
        missing = tuple(q for q, a in zip(questions, answers, strict=True) if a is _UNREAD)
        if missing:
            raise Stop(Ask(missing))
        return answers

    def let_first_try_finish(self) -> NoReturn:
        """Stop, because an identical submit is at work."""
        raise Stop(Ask((LetFirstTryFinish(),)))

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

    def reserve(self, *, rests_on: Collection[AnyKey] = ()) -> NoReturn:
        """Stop with what was collected: it must be committed before anything is judged.

        Args:
            rests_on: The keys it rests on besides those it writes. At an entrance there are none, so that a subject
                nobody registered is served by the same statements; at a step there is the flow, or a twin that read it
                before the first try ended would have its guess judged once more.
        """
        raise Stop(Reserve(self._change({*rests_on, *self._puts})))

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
                message = f"{key.kind}: a commit rests on the absence of one, but does not create it"
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
