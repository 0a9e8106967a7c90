"""Both shells behind one synchronous face, over any store, so that one body of tests runs over all of them.

Every front records what its store was asked and what its pool was given to hash: what a command really did is read
there, never from the command.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeVar, cast

import attrs

from okmate_auth import Authenticator, Client, Secret
from okmate_auth.actions import Action
from okmate_auth.decision import Command
from okmate_auth.hashing import HashingPool, Slot
from okmate_auth.hashing.argon import verify
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import AnyKey, AsyncStore, ChangeSet, Loaded, Outcome, Store
from okmate_auth.queries import Session
from okmate_auth.queries.query import Query
from okmate_auth.shells.aio import AsyncAuthenticator
from okmate_auth.storage.aio import AsyncMemoryStore, AsyncSQLiteStore
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.storage.sqlite import SQLiteStore
from okmate_auth.testing import AsyncRecordingStore, FakeClock, Recording, RecordingStore
from okmate_auth.testing.keys import unsafe_keys

__all__ = ["KINDS", "AsyncFront", "Front", "Hashes", "Kind", "SyncFront", "front"]

R = TypeVar("R")

Kind = Literal["sync-memory", "sync-sqlite", "async-memory", "async-sqlite"]
KINDS: Final[tuple[Kind, ...]] = ("sync-memory", "sync-sqlite", "async-memory", "async-sqlite")
SLOTS: Final = 4
PATIENCE_SECONDS: Final = 60.0


@attrs.define
class Hashes:
    """What pools were given to compute, in order: ``check`` a guess, ``make`` a new hash."""

    computed: list[Literal["check", "make"]] = attrs.field(factory=list)

    def note(self, function: Callable[..., object]) -> None:
        """Note one computation."""
        self.computed.append("check" if function is verify else "make")


class _NotingSlot:
    def __init__(self, slot: Slot, hashes: Hashes) -> None:
        self._slot, self._hashes = slot, hashes

    def run(self, function: Callable[..., R], *arguments: object) -> R:
        self._hashes.note(function)
        return self._slot.run(function, *arguments)

    async def run_async(self, function: Callable[..., R], *arguments: object) -> R:
        self._hashes.note(function)
        return await self._slot.run_async(function, *arguments)

    def release(self) -> None:
        self._slot.release()


class _NotingPool:
    """A pool that notes what is computed in it."""

    def __init__(self, pool: HashingPool, hashes: Hashes) -> None:
        self._pool, self._hashes = pool, hashes

    def acquire(self, timeout_seconds: float) -> _NotingSlot | None:
        slot = self._pool.acquire(timeout_seconds)
        return None if slot is None else _NotingSlot(slot, self._hashes)

    async def acquire_async(self, timeout_seconds: float) -> _NotingSlot | None:
        slot = await self._pool.acquire_async(timeout_seconds)
        return None if slot is None else _NotingSlot(slot, self._hashes)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a pool can do
        return getattr(self._pool, name)


def _pool(profile: Profile, hashes: Hashes) -> HashingPool:
    return cast("HashingPool", _NotingPool(HashingPool(profile.kdf, slots=SLOTS), hashes))


class Front(Protocol):
    """One shell over one store, called synchronously."""

    def submit(self, command: Command[R], /) -> R:
        """See :meth:`okmate_auth.Authenticator.submit`."""
        ...

    def together(self, *commands: Command[R]) -> list[R]:
        """Submit all commands at the same moment: from threads, or as tasks; return the replies in their order."""
        ...

    def read(self, query: Query[R], /) -> R:
        """See :meth:`okmate_auth.Authenticator.read`."""
        ...

    def session(self, handle: Secret | str, client: Client, /) -> Session | None:
        """See :meth:`okmate_auth.Authenticator.session`."""
        ...

    def new_token(self) -> str:
        """See :meth:`okmate_auth.Authenticator.new_token`."""
        ...

    def load(self, keys: Iterable[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """Look into the store, past the shell; it is not recorded."""
        ...

    def commit(self, change: ChangeSet, /) -> Outcome:
        """Write to the store, past the shell; it is not recorded."""
        ...

    def beside(self, profile: Profile, actions: Iterable[Action] = ()) -> Front:
        """Return another shell over the same store, as after a bank's deployment; both are to be closed."""
        ...

    def close(self) -> None:
        """Close shell and store."""
        ...


@attrs.frozen(kw_only=True)
class Parts:
    """What the fronts of one bank share."""

    clock: FakeClock
    recording: Recording
    hashes: Hashes


class SyncFront:
    """The synchronous shell."""

    def __init__(self, store: Store, profile: Profile, parts: Parts, actions: Iterable[Action] = ()) -> None:
        self._store, self._parts = store, parts
        self._auth = Authenticator(
            RecordingStore(store, parts.recording),
            profile=profile,
            keys=unsafe_keys(),
            actions=actions,
            pool=_pool(profile, parts.hashes),
            clock=parts.clock,
        )
        self.submit = self._auth.submit
        self.read = self._auth.read
        self.session = self._auth.session
        self.new_token = self._auth.new_token
        self.close = self._auth.close
        self.commit = store.commit

    def together(self, *commands: Command[R]) -> list[R]:
        """See :class:`Front`."""
        barrier = threading.Barrier(len(commands))
        replies: list[R | BaseException | None] = [None] * len(commands)

        def run(place: int, command: Command[R]) -> None:
            try:
                barrier.wait(PATIENCE_SECONDS)
                replies[place] = self.submit(command)
            except BaseException as error:  # noqa: BLE001 - raised below, in the thread of the test
                replies[place] = error

        threads = [threading.Thread(target=run, args=item) for item in enumerate(commands)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        for reply in replies:
            if isinstance(reply, BaseException):
                raise reply
        return cast("list[R]", replies)

    def load(self, keys: Iterable[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :class:`Front`."""
        return self._store.load(tuple(keys))

    def beside(self, profile: Profile, actions: Iterable[Action] = ()) -> Front:
        """See :class:`Front`."""
        return SyncFront(self._store, profile, self._parts, actions)


class AsyncFront:
    """The asynchronous shell, driven by an event loop of its own (shared with the fronts beside it)."""

    def __init__(
        self,
        store: AsyncStore,
        profile: Profile,
        parts: Parts,
        actions: Iterable[Action] = (),
        runner: asyncio.Runner | None = None,
    ) -> None:
        self._store, self._parts = store, parts
        self._auth = AsyncAuthenticator(
            AsyncRecordingStore(store, parts.recording),
            profile=profile,
            keys=unsafe_keys(),
            actions=actions,
            pool=_pool(profile, parts.hashes),
            clock=parts.clock,
        )
        self.new_token = self._auth.new_token
        self._owns_runner = runner is None
        self._runner = runner or asyncio.Runner()
        self._loop = self._runner.get_loop()

    def submit(self, command: Command[R], /) -> R:
        """See :class:`Front`."""
        return self._loop.run_until_complete(self._auth.submit(command))

    def together(self, *commands: Command[R]) -> list[R]:
        """See :class:`Front`."""

        async def all_of_them() -> list[R]:
            return await asyncio.gather(*(self._auth.submit(command) for command in commands))

        return self._loop.run_until_complete(all_of_them())

    def read(self, query: Query[R], /) -> R:
        """See :class:`Front`."""
        return self._loop.run_until_complete(self._auth.read(query))

    def session(self, handle: Secret | str, client: Client, /) -> Session | None:
        """See :class:`Front`."""
        return self._loop.run_until_complete(self._auth.session(handle, client))

    def load(self, keys: Iterable[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :class:`Front`."""
        return self._loop.run_until_complete(self._store.load(tuple(keys)))

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :class:`Front`."""
        return self._loop.run_until_complete(self._store.commit(change))

    def beside(self, profile: Profile, actions: Iterable[Action] = ()) -> Front:
        """See :class:`Front`."""
        return AsyncFront(self._store, profile, self._parts, actions, self._runner)

    def close(self) -> None:
        """See :class:`Front`."""
        self._loop.run_until_complete(self._auth.close())
        if self._owns_runner:
            self._runner.close()


def front(kind: Kind, directory: Path, profile: Profile, parts: Parts, actions: Iterable[Action] = ()) -> Front:
    """Open a shell over an empty store; a file of it is kept in ``directory``."""
    file = directory / "bank.db"
    match kind:
        case "sync-memory":
            return SyncFront(MemoryStore(), profile, parts, actions)
        case "sync-sqlite":
            return SyncFront(SQLiteStore(file), profile, parts, actions)
        case "async-memory":
            return AsyncFront(AsyncMemoryStore(), profile, parts, actions)
        case "async-sqlite":
            return AsyncFront(AsyncSQLiteStore(file), profile, parts, actions)
