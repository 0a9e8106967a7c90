"""Both shells behind one synchronous face, so that one body of facts is stated over both."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any, Final, Literal, TypeVar, cast

from okmate_auth import AsyncAuthenticator, Authenticator, Client, Secret
from okmate_auth.actions import Action
from okmate_auth.decision import Command
from okmate_auth.hashing import HashingPool
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import AsyncStore, Clock, SourceLimiter, Store
from okmate_auth.queries import Session
from okmate_auth.queries.query import Query
from okmate_auth.shells.setup import utc_now
from okmate_auth.testing.keys import unsafe_keys
from tests.guarantees.people import FAST

__all__ = ["KINDS", "Kind", "Shell"]

R = TypeVar("R")

Kind = Literal["sync", "async"]
KINDS: Final[tuple[Kind, ...]] = ("sync", "async")


class Shell:
    """A shell of either kind; nothing in it really waits, and what it would have waited is added up.

    Args:
        kind: Which.
        store: For the synchronous shell a :class:`~okmate_auth.ports.Store`, for the other an asynchronous one.
        profile: The bank's rules.
        pool: Where passwords are hashed.
        clock: The time.
        actions: The bank's own steps.
        limiter: The limit on sources.

    Attributes:
        waited: Seconds that submits asked to wait.
    """

    def __init__(
        self,
        kind: Kind,
        store: Store | AsyncStore,
        *,
        profile: Profile = FAST,
        pool: HashingPool | None = None,
        clock: Clock = utc_now,
        actions: Iterable[Action] = (),
        limiter: SourceLimiter | None = None,
    ) -> None:
        self.waited = 0.0
        parts: dict[str, Any] = {
            "profile": profile,
            "keys": unsafe_keys(),
            "pool": pool,
            "clock": clock,
            "actions": actions,
            "limiter": limiter,
        }
        self._runner = asyncio.Runner() if kind == "async" else None
        self.auth: Authenticator | AsyncAuthenticator
        if self._runner is None:
            self.auth = Authenticator(cast("Store", store), sleep=self._sleep, **parts)
        else:
            self.auth = AsyncAuthenticator(cast("AsyncStore", store), sleep=self._asleep, **parts)

    def submit(self, command: Command[R]) -> R:
        """Submit a command and return its reply."""
        return cast("R", self._done(self.auth.submit(command)))

    def read(self, query: Query[R]) -> R:
        """Read and return the answer."""
        return cast("R", self._done(self.auth.read(query)))

    def session(self, handle: Secret | str, client: Client) -> Session | None:
        """Check a session."""
        return cast("Session | None", self._done(self.auth.session(handle, client)))

    def close(self) -> None:
        """Close everything."""
        with contextlib.ExitStack() as stack:
            if self._runner is not None:
                stack.callback(self._runner.close)
            self._done(self.auth.close())

    def debug(self) -> None:
        """Let asyncio tell all it can."""
        if self._runner is not None:
            self._runner.get_loop().set_debug(enabled=True)

    def run(self, work: object) -> object:
        """Run a coroutine in the event loop of the asynchronous shell."""
        return self._done(work)

    def leave_loop(self) -> None:
        """Close the event loop, as a server does that forks before it serves."""
        if self._runner is not None:
            self._runner.close()

    def enter_loop(self) -> None:
        """Open an event loop of this process's own."""
        if self._runner is not None:
            self._runner = asyncio.Runner()

    def _done(self, answer: Any) -> Any:  # noqa: ANN401 - an answer, or what will be one
        return answer if self._runner is None else self._runner.run(answer)

    def _sleep(self, seconds: float) -> None:
        self.waited += seconds

    async def _asleep(self, seconds: float) -> None:
        self.waited += seconds
        await asyncio.sleep(0)
