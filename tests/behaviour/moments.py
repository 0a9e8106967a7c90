"""What is seen of a submit at work, and what else can be made to happen at a chosen moment of it.

A moment passes just before a submit loads or commits, before it hashes (its place is taken by then), and before it
waits. What happens then is begun and ended within the moment, so that the order of things is the same in every run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal, TypeVar, cast

import attrs

from okmate_auth.decision import Command
from okmate_auth.hashing import HashingPool, Slot
from okmate_auth.hashing.argon import verify
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import AsyncStore, Store
from okmate_auth.testing.through import AsyncThrough, Operation, Through

__all__ = [
    "AsyncPass",
    "AsyncPassingStore",
    "Died",
    "Event",
    "Hashes",
    "Moment",
    "Moments",
    "Pass",
    "PassingStore",
    "noting_pool",
    "passing",
    "passing_async",
]

R = TypeVar("R")
T = TypeVar("T")

SLOTS: Final = 4

Moment = Literal["load", "commit", "hash", "pause"]
Event = Command[Any] | Callable[[], object]
Pass = Callable[[Moment], None]
AsyncPass = Callable[[Moment], Awaitable[None]]


class Died(Exception):  # noqa: N818 - what it says
    """A process is no more: raised by an event, it ends the submit at whose moment that happens."""


@attrs.define
class Moments:
    """What is still to happen while a submit is at work: at each moment the first that waits for one of its kind.

    Attributes:
        waiting: Events by moment, first come first.
        replies: What the commands among them were answered; None for one that died.
    """

    waiting: dict[Moment, list[Sequence[Event]]] = attrs.field(factory=dict[Moment, "list[Sequence[Event]]"])
    replies: list[object] = attrs.field(factory=list[object])

    def come(self, moment: Moment) -> Sequence[Event]:
        """Return what happens now; it happens once."""
        events = self.waiting.get(moment)
        return events.pop(0) if events else ()


def passing(moments: Moments, submit: Callable[[Command[Any]], object]) -> Pass:
    """Return what lets a moment of the synchronous shell pass."""

    def pass_(moment: Moment) -> None:
        for event in moments.come(moment):
            if not isinstance(event, Command):
                event()
                continue
            reply: object = None
            with contextlib.suppress(Died):
                reply = submit(event)
            moments.replies.append(reply)

    return pass_


def passing_async(moments: Moments, submit: Callable[[Command[Any]], Awaitable[object]]) -> AsyncPass:
    """Return the same for the asynchronous shell."""

    async def pass_(moment: Moment) -> None:
        for event in moments.come(moment):
            if not isinstance(event, Command):
                event()
                continue
            reply: object = None
            with contextlib.suppress(Died):
                reply = await submit(event)
            moments.replies.append(reply)

    return pass_


class PassingStore(Through):
    """A store before whose loads and commits a moment passes."""

    def __init__(self, store: Store, pass_: Pass) -> None:
        super().__init__(store)
        self._pass = pass_

    def _around(self, operation: Operation, subject: object, call: Callable[[], T]) -> T:
        del subject
        if operation.call in ("load", "commit"):
            self._pass(operation.call)
        return call()


class AsyncPassingStore(AsyncThrough):
    """The same for the asynchronous protocol."""

    def __init__(self, store: AsyncStore, pass_: AsyncPass) -> None:
        super().__init__(store)
        self._pass = pass_

    async def _around(self, operation: Operation, subject: object, call: Callable[[], Awaitable[T]]) -> T:
        del subject
        if operation.call in ("load", "commit"):
            await self._pass(operation.call)
        return await call()


@attrs.define
class Hashes:
    """What pools were given to compute, in order: ``check`` a guess, ``make`` a new hash."""

    computed: list[Literal["check", "make"]] = attrs.field(factory=list[Literal["check", "make"]])

    def note(self, function: Callable[..., object]) -> None:
        """Note one computation."""
        self.computed.append("check" if function is verify else "make")


class _NotingSlot:
    def __init__(self, slot: Slot, pool: _NotingPool) -> None:
        self._slot, self._pool = slot, pool

    def run(self, function: Callable[..., R], *arguments: object) -> R:
        self._pool.hashes.note(function)
        self._pool.pass_("hash")
        return self._slot.run(function, *arguments)

    async def run_async(self, function: Callable[..., R], *arguments: object) -> R:
        self._pool.hashes.note(function)
        await self._pool.pass_("hash")
        return await self._slot.run_async(function, *arguments)

    def release(self) -> None:
        self._slot.release()


@attrs.define(eq=False)
class _NotingPool:
    """A pool that notes what is computed in it, and before that lets a moment pass."""

    pool: HashingPool
    hashes: Hashes
    pass_: Any

    def acquire(self, timeout_seconds: float) -> _NotingSlot | None:
        slot = self.pool.acquire(timeout_seconds)
        return None if slot is None else _NotingSlot(slot, self)

    async def acquire_async(self, timeout_seconds: float) -> _NotingSlot | None:
        slot = await self.pool.acquire_async(timeout_seconds)
        return None if slot is None else _NotingSlot(slot, self)

    def __getattr__(self, name: str) -> object:
        return getattr(self.pool, name)


def noting_pool(profile: Profile, hashes: Hashes, pass_: Pass | AsyncPass) -> HashingPool:
    """Return a pool of a few slots that is watched."""
    return cast("HashingPool", _NotingPool(HashingPool(profile.kdf, slots=SLOTS), hashes, pass_))
