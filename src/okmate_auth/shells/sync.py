"""The synchronous shell: the face a bank calls, and its reading; what it submits goes through the loop.

Its twin is :mod:`okmate_auth.shells.aio`; one suite of tests runs over both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from okmate_auth.actions import Action
from okmate_auth.boards import BoardNotice, Boards
from okmate_auth.client import Client
from okmate_auth.decision import Command, Context
from okmate_auth.errors import CommitUnknownError, MisuseError
from okmate_auth.hashing import HashingPool
from okmate_auth.keys import Keys
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import CertificateJudge, Clock, Entropy, SourceLimiter, Store
from okmate_auth.queries.query import Found, Need, Query
from okmate_auth.queries.session import CheckSession, Session
from okmate_auth.queries.top_page import TopPage, TopPageView
from okmate_auth.secret import Secret
from okmate_auth.shells.key_check import KeyWatch, compare_keys
from okmate_auth.shells.loop_sync import Run
from okmate_auth.shells.pages import checked_boards, viewer_of, with_boards
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


class Authenticator:
    """The library's face for synchronous programs; usable from several threads, and after a fork.

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
        store: Store,
        *,
        profile: Profile,
        keys: Keys,
        bank: str = "",
        actions: Iterable[Action] = (),
        pool: HashingPool | None = None,
        certificates: CertificateJudge | None = None,
        boards: Boards | None = None,
        limiter: SourceLimiter | None = None,
        clock: Clock = utc_now,
        entropy: Entropy = system_entropy,
        sleep: Callable[[float], None] = time.sleep,
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
        self._boards: Final = checked_boards(boards, Boards)
        self._store: Final = store
        self._sleep: Final = sleep
        self._watch: Final = ClockWatch()
        self._key_watch: Final = KeyWatch(keys, bank)
        self._closed = False

    # -- faces

    def submit(self, command: Command[R]) -> R:
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
        self._check()
        return Run(self._setup, self._store, self._sleep, command).reply()

    def read(self, query: Query[R]) -> R:
        """Answer a query; nothing is written.

        Raises:
            StoreUnavailableError: The store failed.
            ClockError: This machine's clock is wrong.
            MisuseError: Not a query, or the shell is closed.
        """
        if not isinstance(query, Query):
            message = "only a query is read"
            raise MisuseError(message)
        self._check()
        found, context = self._found(query)
        return query.answer(found, context)

    def session(self, handle: Secret | str, client: Client) -> Session | None:
        """Return the live session of a cookie, None where there is none; to be called on every request.

        The first use is always committed; later its time is written at most once per tenth of the idle limit, by a
        guarded write that may be lost and never brings a session back.

        Raises:
            StoreUnavailableError: The store failed.
            CommitUnknownError: The store's answer was lost, again and again.
            ClockError: This machine's clock is wrong.
            MisuseError: A value of another type, or the shell is closed.
        """
        self._check()
        lost: CommitUnknownError | None = None
        for _ in range(ROUNDS):
            found, context = self._found(query := CheckSession(handle, client=client))
            seen = query.answer(found, context)
            if seen is None:
                return None
            try:
                if seen.write is None or self._store.commit(seen.write) == "done" or not seen.first:
                    return seen.session
            except CommitUnknownError as error:
                lost = error  # the next look tells
        if lost is not None:
            raise lost
        return None

    def top_page(self, handle: Secret | str, client: Client) -> TopPageView | None:
        """Read the top page, and ask the bank's boards what it shows of theirs; None where the session is not live.

        It is a use of the session, as :meth:`session` is. What a board raises is not raised here: its part of the page
        is None then.

        Raises:
            StoreUnavailableError: The store failed.
            CommitUnknownError: The store's answer was lost, again and again.
            ClockError: This machine's clock is wrong.
            MisuseError: A value of another type, or the shell is closed.
        """
        if self.session(handle, client) is None:
            return None
        page = self.read(TopPage(handle, client))
        return None if page is None else with_boards(page, self._boards)

    def open_notice(self, handle: Secret | str, client: Client, notice_id: str) -> BoardNotice | None:
        """Open one of the bank's notices, which its reader has read then; None where there is none for him.

        Raises:
            StoreUnavailableError: The store failed.
            CommitUnknownError: The store's answer was lost, again and again.
            ClockError: This machine's clock is wrong.
            MisuseError: A value of another type, or the shell is closed.
            Exception: Whatever the bank's board raises.
        """
        session, wanted = self.session(handle, client), strict_str(notice_id, "notice_id")
        board = self._boards.notices
        return None if session is None or board is None else board.open(viewer_of(session), wanted)

    def new_token(self) -> str:
        """Return 256 random bits as 43 characters: for a browser's cookie, and for each page's attempt token."""
        return self._setup.new_token()

    def close(self) -> None:
        """Close pool and store; calling it twice is no error."""
        if not self._closed:
            self._closed = True
            self._setup.pool.close(wait_seconds=POOL_WAIT_SECONDS)
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- reading

    def _found(self, query: Query[Any]) -> tuple[Found, Context]:
        setup = self._setup
        context = setup.context(setup.entropy(32), 0)
        needs = [query.need(context)]
        found = self._looked_up(needs[0])
        for _ in range(MOST_STAGES):
            more = query.then(found, context)
            if more is None or more in needs:
                break
            needs.append(more)
            found = found.and_also(self._looked_up(more))
        return found, context

    def _looked_up(self, need: Need) -> Found:
        store, setup = self._store, self._setup
        return Found(
            store.load(need.keys) if need.keys else {},
            {part: tuple(store.history(part.chain, limit=part.limit, before=part.before)) for part in need.slices},
            {part: tuple(store.due(part.kind, part.until, limit=part.limit)) for part in need.due},
            {chain: setup.certificates.judge(chain, setup.now()) for chain in need.chains},
        )

    # -- being fit to serve

    def _check(self) -> None:
        if self._closed:
            message = "the authenticator is closed"
            raise MisuseError(message)
        before = self._setup.now()
        if self._watch.due(before):
            stores = self._store.clock()
            self._watch.compare(before, stores, self._setup.now())
        if not self._key_watch.fits:
            compare_keys(self._store, self._key_watch, self._setup)
