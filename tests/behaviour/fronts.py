"""Both shells behind one synchronous face, over any store, so that one body of tests runs over all of them.

Every front records what its store was asked and what its pool was given to hash: what a command really did is read
there, never from the command.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, Protocol, TypeVar, cast

import attrs

from okmate_auth import Authenticator, Client, Secret
from okmate_auth.actions import Action
from okmate_auth.decision import Command
from okmate_auth.keys import Keys
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import AnyKey, AsyncStore, CertificateJudge, ChangeSet, Loaded, Outcome, Store
from okmate_auth.queries import Session
from okmate_auth.queries.query import Query
from okmate_auth.shells.aio import AsyncAuthenticator
from okmate_auth.storage.aio import AsyncMemoryStore, AsyncSQLiteStore
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.storage.sqlite import SQLiteStore
from okmate_auth.testing import AsyncRecordingStore, FakeClock, Recording, RecordingStore
from okmate_auth.testing.keys import unsafe_keys
from tests.behaviour.moments import (
    AsyncPassingStore,
    Hashes,
    Moments,
    PassingStore,
    noting_pool,
    passing,
    passing_async,
)

__all__ = ["KINDS", "AsyncFront", "Front", "Kind", "Parts", "SyncFront", "front"]

R = TypeVar("R")

Kind = Literal["sync-memory", "sync-sqlite", "async-memory", "async-sqlite"]
KINDS: Final[tuple[Kind, ...]] = ("sync-memory", "sync-sqlite", "async-memory", "async-sqlite")
PATIENCE_SECONDS: Final = 60.0


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

    def beside(
        self, profile: Profile, actions: Iterable[Action] = (), *, bank: str = "", keys: Keys | None = None
    ) -> Front:
        """Return another shell over the same store: after a deployment, of another bank, with other keys.

        Both are to be closed.
        """
        ...

    def slots_in_use(self) -> int:
        """Return how many slots of its pool are taken."""
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
    certificates: CertificateJudge | None = None
    moments: Moments = attrs.field(factory=Moments)


class SyncFront:
    """The synchronous shell."""

    def __init__(
        self,
        store: Store,
        profile: Profile,
        parts: Parts,
        actions: Iterable[Action] = (),
        *,
        bank: str = "",
        keys: Keys | None = None,
    ) -> None:
        self._store, self._parts = store, parts
        self._pass = passing(parts.moments, lambda command: self._auth.submit(command))  # noqa: PLW0108 - made below
        self._pool = noting_pool(profile, parts.hashes, self._pass)
        self._auth = Authenticator(
            PassingStore(RecordingStore(store, parts.recording), self._pass),
            profile=profile,
            keys=unsafe_keys() if keys is None else keys,
            bank=bank,
            actions=actions,
            pool=self._pool,
            certificates=parts.certificates,
            clock=parts.clock,
            sleep=self._sleep,
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

    def beside(
        self, profile: Profile, actions: Iterable[Action] = (), *, bank: str = "", keys: Keys | None = None
    ) -> Front:
        """See :class:`Front`."""
        return SyncFront(self._store, profile, self._parts, actions, bank=bank, keys=keys)

    def slots_in_use(self) -> int:
        """See :class:`Front`."""
        return self._pool.in_use

    def _sleep(self, seconds: float) -> None:
        self._pass("pause")
        time.sleep(seconds)


class AsyncFront:
    """The asynchronous shell, driven by an event loop of its own (shared with the fronts beside it)."""

    def __init__(
        self,
        store: AsyncStore,
        profile: Profile,
        parts: Parts,
        actions: Iterable[Action] = (),
        *,
        bank: str = "",
        keys: Keys | None = None,
        runner: asyncio.Runner | None = None,
    ) -> None:
        self._store, self._parts = store, parts
        self._pass = passing_async(parts.moments, lambda command: self._auth.submit(command))  # noqa: PLW0108 - made below
        self._pool = noting_pool(profile, parts.hashes, self._pass)
        self._auth = AsyncAuthenticator(
            AsyncPassingStore(AsyncRecordingStore(store, parts.recording), self._pass),
            profile=profile,
            keys=unsafe_keys() if keys is None else keys,
            bank=bank,
            actions=actions,
            pool=self._pool,
            certificates=parts.certificates,
            clock=parts.clock,
            sleep=self._sleep,
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

    def beside(
        self, profile: Profile, actions: Iterable[Action] = (), *, bank: str = "", keys: Keys | None = None
    ) -> Front:
        """See :class:`Front`."""
        return AsyncFront(self._store, profile, self._parts, actions, bank=bank, keys=keys, runner=self._runner)

    def slots_in_use(self) -> int:
        """See :class:`Front`."""
        return self._pool.in_use

    def close(self) -> None:
        """See :class:`Front`."""
        self._loop.run_until_complete(self._auth.close())
        if self._owns_runner:
            self._runner.close()

    async def _sleep(self, seconds: float) -> None:
        await self._pass("pause")
        await asyncio.sleep(seconds)


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
