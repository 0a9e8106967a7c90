"""The asynchronous shell: the face a bank calls, and its reading; what it submits goes through the loop.

Rule. From its first commit on, a submit goes to its end even if its caller is cancelled. Before that, it is ended.

Its twin is :mod:`okmate_auth.shells.sync`; one suite of tests runs over both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from okmate_auth.actions import Action
from okmate_auth.boards import AsyncBoards, BoardNotice
from okmate_auth.client import Client
from okmate_auth.decision import Command, Context
from okmate_auth.errors import CommitUnknownError, MisuseError
from okmate_auth.hashing import HashingPool
from okmate_auth.keys import Keys
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import AsyncStore, CertificateJudge, Clock, Entropy, SourceLimiter
from okmate_auth.queries.query import Found, Need, Query
from okmate_auth.queries.session import CheckSession, Session
from okmate_auth.queries.top_page import TopPage, TopPageView
from okmate_auth.secret import Secret
from okmate_auth.shells.key_check import KeyWatch, compare_keys_async
from okmate_auth.shells.loop_aio import Run
from okmate_auth.shells.pages import checked_boards, viewer_of, with_async_boards
from okmate_auth.shells.setup import (
    MOST_STAGES,
    POOL_WAIT_SECONDS,
    ROUNDS,
    ClockWatch,
    Setup,
    system_entropy,
    utc_now,
)
from okmate_auth.text import strict_str

R = TypeVar("R")


class AsyncAuthenticator:
    """The library's face for asyncio programs.

    Args:
        store: Where everything is kept.
        profile: The bank's rules; there is no default.
        keys: The data keys; the first call raises where they are not those of the store (``ConfigurationError``).
        bank: The bank's id, where one deployment serves several.
        actions: The bank's own steps; the profile's order names each.
        pool: Where passwords are hashed; by default a pool of its own, sized by processors and memory.
        certificates: Who verifies client certificates (:class:`okmate_auth.revocation.CertificateDesk`); without one
            every certificate is of an unknown issuer.
        boards: What the top page shows of the bank's own systems; by default nothing.
        limiter: The limit on sources; by default one in this process.
        clock: Returns the present instant; for tests.
        entropy: Returns random bytes; for tests.
        sleep: Waits so many seconds; for tests.

    Raises:
        ConfigurationError: The parts don't fit together.
        MisuseError: A part is of another type.
    """

    def __init__(  # noqa: PLR0913 - one for each part a bank may replace
        self,
        store: AsyncStore,
        *,
        profile: Profile,
        keys: Keys,
        bank: str = "",
        actions: Iterable[Action] = (),
        pool: HashingPool | None = None,
        certificates: CertificateJudge | None = None,
        boards: AsyncBoards | None = None,
        limiter: SourceLimiter | None = None,
        clock: Clock = utc_now,
        entropy: Entropy = system_entropy,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._setup: Final = Setup.checked(
            profile=profile,
            keys=keys,
            bank=bank,
            actions=actions,
            pool=pool,
            certificates=certificates,
            limiter=limiter,
            clock=clock,
            entropy=entropy,
        )
        self._boards: Final = checked_boards(boards, AsyncBoards)
        self._store: Final = store
        self._sleep: Final = sleep
        self._watch: Final = ClockWatch()
        self._key_watch: Final = KeyWatch(keys, bank)
        self._running: Final[set[asyncio.Task[Any]]] = set()
        self._closed = False

    # -- faces

    async def submit(self, command: Command[R]) -> R:
        """Carry out a command and return its reply; the type checker knows which classes it can have.

        Raises:
            StoreUnavailableError: The store failed and nothing was committed.
            CommitUnknownError: The store's answer was lost for good; submit the same command again.
            ClockError: This machine's clock is wrong.
            MisuseError: Not a command, or the shell is closed.
        """
        if not isinstance(command, Command):
            message = "only a command is submitted"
            raise MisuseError(message)
        await self._check()
        run = Run(self._setup, self._store, self._sleep, command)
        task = asyncio.ensure_future(run.reply())
        self._running.add(task)
        task.add_done_callback(self._over)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not run.committing:
                task.cancel()
            raise

    async def read(self, query: Query[R]) -> R:
        """Answer a query; nothing is written.

        Raises:
            StoreUnavailableError: The store failed.
            ClockError: This machine's clock is wrong.
            MisuseError: Not a query, or the shell is closed.
        """
        if not isinstance(query, Query):
            message = "only a query is read"
            raise MisuseError(message)
        await self._check()
        found, context = await self._found(query)
        return query.answer(found, context)

    async def session(self, handle: Secret | str, client: Client) -> Session | None:
        """Return the live session of a cookie, None where there is none; to be called on every request.

        The first use is always committed; later its time is written at most once per tenth of the idle limit, by a
        guarded write that may be lost and never brings a session back.

        Raises:
            StoreUnavailableError: The store failed.
            CommitUnknownError: The store's answer was lost, again and again.
            ClockError: This machine's clock is wrong.
            MisuseError: A value of another type, or the shell is closed.
        """
        await self._check()
        lost: CommitUnknownError | None = None
        for _ in range(ROUNDS):
            found, context = await self._found(query := CheckSession(handle, client=client))
            seen = query.answer(found, context)
            if seen is None:
                return None
            try:
                if seen.write is None or await self._store.commit(seen.write) == "done" or not seen.first:
                    return seen.session
            except CommitUnknownError as error:
                lost = error  # the next look tells
        if lost is not None:
            raise lost
        return None

    async def top_page(self, handle: Secret | str, client: Client) -> TopPageView | None:
        """Read the top page, and ask the bank's boards what it shows of theirs; None where the session is not live.

        It is a use of the session, as :meth:`session` is. What a board raises is not raised here: its part of the page
        is None then.

        Raises:
            StoreUnavailableError: The store failed.
            CommitUnknownError: The store's answer was lost, again and again.
            ClockError: This machine's clock is wrong.
            MisuseError: A value of another type, or the shell is closed.
        """
        if await self.session(handle, client) is None:
            return None
        page = await self.read(TopPage(handle, client))
        return None if page is None else await with_async_boards(page, self._boards)

    async def open_notice(self, handle: Secret | str, client: Client, notice_id: str) -> BoardNotice | None:
        """Open one of the bank's notices, which its reader has read then; None where there is none for him.

        Raises:
            StoreUnavailableError: The store failed.
            CommitUnknownError: The store's answer was lost, again and again.
            ClockError: This machine's clock is wrong.
            MisuseError: A value of another type, or the shell is closed.
            Exception: Whatever the bank's board raises.
        """
        session, wanted = await self.session(handle, client), strict_str(notice_id, "notice_id")
        board = self._boards.notices
        return None if session is None or board is None else await board.open(viewer_of(session), wanted)

    def new_token(self) -> str:
        """Return 256 random bits as 43 characters: for a browser's cookie, and for each page's attempt token."""
        return self._setup.new_token()

    async def close(self) -> None:
        """Close pool and store, after the submits that are under way; calling it twice is no error."""
        if not self._closed:
            self._closed = True
            if self._running:
                await asyncio.wait(self._running)
            await asyncio.to_thread(self._setup.pool.close, wait_seconds=POOL_WAIT_SECONDS)
            await self._store.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # -- submits under way

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that a caller who went away leaves no warning behind

    # -- reading

    async def _found(self, query: Query[Any]) -> tuple[Found, Context]:
        setup = self._setup
        context = setup.context(setup.entropy(32), 0)
        needs = [query.need(context)]
        found = await self._looked_up(needs[0])
        for _ in range(MOST_STAGES):
            more = query.then(found, context)
            if more is None or more in needs:
                break
            needs.append(more)
            found = found.and_also(await self._looked_up(more))
        return found, context

    async def _looked_up(self, need: Need) -> Found:
        store = self._store
        return Found(
            await store.load(need.keys) if need.keys else {},
            {
                part: tuple(await store.history(part.chain, limit=part.limit, before=part.before))
                for part in need.slices
            },
            {part: tuple(await store.due(part.kind, part.until, limit=part.limit)) for part in need.due},
            {chain: await self._setup.judged_aside(chain) for chain in need.chains},
        )

    # -- being fit to serve

    async def _check(self) -> None:
        if self._closed:
            message = "the authenticator is closed"
            raise MisuseError(message)
        before = self._setup.now()
        if self._watch.due(before):
            stores = await self._store.clock()
            self._watch.compare(before, stores, self._setup.now())
        if not self._key_watch.fits:
            await compare_keys_async(self._store, self._key_watch, self._setup)
