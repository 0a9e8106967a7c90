"""The asynchronous shell's loop: one submit, from its first question to its reply.

Rule 1. This is the only loop: answer what is asked, decide again; at a commit try the atomic compare-and-set; on a
        conflict drop what was loaded, keep what was computed, wait a random, growing time, go again.
Rule 2. A pool slot is in hand before a place is taken, and stays in hand until the submit is over.
Rule 3. Whoever took a place settles it: from its first commit on, `committing` says that nobody may end it any more,
        so that no answer of the store is left behind and no place unsettled.

Its twin is :mod:`okmate_auth.shells.loop_sync`; one suite of tests runs over both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Generic, TypeVar

from okmate_auth.decision import (
    Ask,
    CheckCertificate,
    CheckPassword,
    Command,
    Commit,
    CountUnjudged,
    Facts,
    HashPassword,
    LetFirstTryFinish,
    Load,
    Reserve,
    decide,
    turn_away,
)
from okmate_auth.errors import CommitUnknownError, InfrastructureError, MisuseError, StoreUnavailableError
from okmate_auth.hashing import Slot
from okmate_auth.ports import AnyKey, AsyncStore, ChangeSet
from okmate_auth.shells.setup import LONGEST_WAIT_SECONDS, POOL_WAIT_SECONDS, RESENDS, Setup, Submit, TurnedAway

R = TypeVar("R")


class Run(Generic[R]):
    """One submit, from its first question to its reply."""

    def __init__(
        self, setup: Setup, store: AsyncStore, sleep: Callable[[float], Awaitable[None]], command: Command[R]
    ) -> None:
        self._setup = setup
        self._store = store
        self._sleep = sleep
        self._command = command
        self._submit = Submit(setup, setup.entropy(32))
        self._slot: Slot | None = None
        self.committing = False

    async def reply(self) -> R:
        """Go to the end, tell the limiter how it ended, and return the reply of the commit that was made."""
        try:
            decided = await self._to_the_end()
        finally:
            self._release_slot()
        if decided.source is not None:
            self._setup.limiter.tell(self._command.source, decided.source, self._setup.now())
        return decided.reply

    async def _to_the_end(self) -> Commit[R]:
        wait = self._setup.limiter.verdict(self._command.source, self._setup.now())
        if wait is not None:
            return await self._turned_away(wait, "source-limit")
        try:
            return await self._decided()
        except TurnedAway as away:
            return await self._turned_away(away.retry_after, "busy")

    async def _decided(self) -> Commit[R]:
        facts = Facts()
        declared = self._command.keys(self._submit.context())
        while True:
            facts = await self._declared(facts, declared)
            decision = decide(self._command, facts, self._submit.context())
            if isinstance(decision, Ask):
                facts = await self._answered(decision, facts)
            elif isinstance(decision, Reserve):
                await self._take_slot()
                if await self._committed(decision.change):
                    self._submit.reserved = True
                    facts = facts.reserved(decision.change)
                else:
                    facts = await self._after_conflict(facts)
            elif decision.change is None or await self._committed(decision.change):
                return decision
            else:
                facts = await self._after_conflict(facts)

    async def _turned_away(self, retry_after: timedelta, reason: str) -> Commit[R]:
        """Return the command's own way to say that nothing can be decided now; what it counts may be lost."""
        facts = Facts()
        while True:
            decision = turn_away(self._command, facts, self._submit.context(), retry_after, reason)
            if isinstance(decision, Ask):
                facts = await self._answered(decision, facts)
            elif isinstance(decision, Commit):
                if decision.change is not None:
                    await self._committed(decision.change)
                return decision
            else:
                message = "a command that is turned away takes no place"
                raise MisuseError(message)

    async def _declared(self, facts: Facts, keys: Collection[AnyKey]) -> Facts:
        missing = [key for key in keys if key not in facts.records]
        return facts.loaded(missing, await self._store.load(missing)) if missing else facts

    async def _answered(self, ask: Ask, facts: Facts) -> Facts:
        for question in ask.questions:
            if isinstance(question, Load):
                facts = facts.loaded(question.keys, await self._store.load(question.keys))
            elif isinstance(question, LetFirstTryFinish):
                self._release_slot()  # nothing is hashed meanwhile
                await self._sleep(self._submit.twin_pause_seconds())
                facts = facts.without_records()
            elif isinstance(question, CheckCertificate):
                facts = facts.answered(question, await self._setup.judged_aside(question.chain))
            elif isinstance(question, CountUnjudged):
                facts = facts.answered(question, self._setup.tally.next(question.of))
            else:
                facts = facts.answered(question, await self._hashed(question))
        return facts

    async def _hashed(self, question: CheckPassword | HashPassword) -> object:
        """Answer by the pool; what fails there is raised from here, without the frames that hold what was hashed."""
        slot = await self._take_slot()
        try:
            return await slot.run_async(*self._setup.job(question))
        except InfrastructureError as error:
            rule = str(error)
        raise InfrastructureError(rule)

    async def _take_slot(self) -> Slot:
        if self._slot is None:
            self._slot = await self._setup.pool.acquire_async(POOL_WAIT_SECONDS)
        if self._slot is None:
            raise TurnedAway(self._setup.pool.busy_hint())
        return self._slot

    def _release_slot(self) -> None:
        if self._slot is not None:
            self._slot.release()
            self._slot = None

    async def _after_conflict(self, facts: Facts) -> Facts:
        await self._sleep(self._submit.conflict_pause_seconds())
        return facts.without_records()

    async def _committed(self, change: ChangeSet) -> bool:
        """Try the compare-and-set; where the answer is lost, send the same change set again."""
        self.committing = True
        self._submit.serial += 1
        lost: CommitUnknownError | None = None
        for _ in range(RESENDS):
            try:
                return await self._store.commit(change) == "done"
            except CommitUnknownError as error:
                lost = error
            except StoreUnavailableError as error:
                if lost is None:
                    raise
                lost.__context__ = error
            await self._sleep(LONGEST_WAIT_SECONDS)
        raise lost or CommitUnknownError
