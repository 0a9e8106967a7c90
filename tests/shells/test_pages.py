"""The top page with the bank's boards, by both shells over both stores: a board that fails takes no page away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import attrs
import pytest

from okmate_auth import AsyncAuthenticator, Authenticated, Authenticator, Client, PasswordLogin, TopPage
from okmate_auth.boards import AsyncBoards, BoardNotice, Boards, Listed, Transaction, Viewer
from okmate_auth.commands import ByDesk, RegisterCompany, RegisterUser
from okmate_auth.errors import MisuseError
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.queries import TopPageView
from okmate_auth.replies import UserRegistered
from okmate_auth.storage import AsyncMemoryStore, AsyncSQLiteStore, MemoryStore, SQLiteStore
from okmate_auth.storage.boards import (
    AsyncMemoryNoticeBoard,
    AsyncMemoryTransactionBoard,
    MemoryNoticeBoard,
    MemoryTransactionBoard,
)
from okmate_auth.storage.bounded_boards import BoundedNoticeBoard
from okmate_auth.testing import FakeClock
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST
from okmate_auth.testing.keys import unsafe_keys
from tests.unchecked import unchecked

AT: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PROFILE: Final = attrs.evolve(OKMATE, kdf=UNSAFE_CHEAPEST, confirmation_password=None, token_services=frozenset[str]())
DESK: Final = ByDesk(operator="teller-7", ticket="T-1")
WAITING: Final = Transaction(id="TR-1", kind="transfer", title="振込", state="unapproved", at=AT)
NEWS: Final = BoardNotice(id="N-1", title="お知らせ", at=AT)
Kind = Literal["sync-memory", "sync-sqlite", "async-memory", "async-sqlite"]


class Odd:
    """Boards that do what they should not; both faces of one behaviour.

    Args:
        answer: What is answered: a value, or what is raised.
        asynchronous: Whether it is awaited.
    """

    def __init__(self, answer: object, *, asynchronous: bool) -> None:
        self.answer = answer
        self.asynchronous = asynchronous
        self.asked = list[tuple[Viewer, int, timedelta]]()
        self.threads = list[int]()

    def pending(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Any:  # noqa: ANN401 - either face
        """Answer as a board of transactions."""
        self.asked.append((viewer, limit, within))
        self.threads.append(threading.get_ident())
        return self._later() if self.asynchronous else self._now()

    unread = pending

    async def _later(self) -> object:
        return self._now()

    def _now(self) -> object:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


class Told:
    """Whoever at the bank hears of failures."""

    def __init__(self) -> None:
        self.failures = list[tuple[str, Exception]]()

    def hear(self, name: str, error: Exception) -> None:
        """Note one."""
        self.failures.append((name, error))


class Bank:
    """One person's session at a bank with boards, by either shell."""

    def __init__(self, kind: Kind, directory: Path) -> None:
        self.asynchronous = kind.startswith("async")
        self.clock = FakeClock()
        self._runner = asyncio.Runner() if self.asynchronous else None
        self._store: Any
        if self.asynchronous:
            self._store = AsyncMemoryStore() if kind.endswith("memory") else AsyncSQLiteStore(directory / "bank.db")
        else:
            self._store = MemoryStore() if kind.endswith("memory") else SQLiteStore(directory / "bank.db")
        self.auth = self.shell()
        self.client = Client("192.0.2.1", browser=self.auth.new_token())
        self.call("submit", RegisterCompany(company="C1", name="大垣商事", authority=DESK))
        register = RegisterUser(
            login_id="hanako01",
            company="C1",
            authority=DESK,
            force_change=False,
            entitlements=("inquiry", "approval"),
        )
        user = self.call("submit", register)
        assert isinstance(user, UserRegistered)
        assert user.initial_password is not None
        attempt = self.auth.new_token()
        login = PasswordLogin("hanako01", user.initial_password, attempt=attempt, client=self.client)
        end = self.call("submit", login)
        assert isinstance(end, Authenticated)
        self.handle = end.session

    def shell(self, **boards: Any) -> Authenticator | AsyncAuthenticator:  # noqa: ANN401 - parts of boards
        """Return a shell over the same store, with these boards."""
        parts: dict[str, Any] = {"profile": PROFILE, "keys": unsafe_keys(), "clock": self.clock}
        if boards:
            parts["boards"] = AsyncBoards(**boards) if self.asynchronous else Boards(**boards)
        return AsyncAuthenticator(self._store, **parts) if self.asynchronous else Authenticator(self._store, **parts)

    def call(self, name: str, *arguments: object) -> Any:  # noqa: ANN401 - an answer
        """Call a method of the shell and wait for what it gives."""
        answer = getattr(self.auth, name)(*arguments)
        return answer if self._runner is None else self._runner.run(answer)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something asynchronous in the bank's own loop."""
        assert self._runner is not None
        self._runner.run(work)

    def page(self, client: Client | None = None, **boards: Any) -> TopPageView | None:  # noqa: ANN401 - as above
        """Return the top page of a shell with these boards."""
        self.auth = self.shell(**boards)
        shown: TopPageView | None = self.call("top_page", self.handle, client or self.client)
        return shown

    def odd(self, answer: object) -> Odd:
        """Return a board that answers this."""
        return Odd(answer, asynchronous=self.asynchronous)

    def close(self) -> None:
        """Close everything."""
        self.call("close")
        if self._runner is not None:
            self._runner.close()


@pytest.fixture(params=["sync-memory", "sync-sqlite", "async-memory", "async-sqlite"])
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bank]:
    """A bank by either shell over either store."""
    bank = Bank(request.param, tmp_path)
    yield bank
    bank.close()


def test_the_page_shows_what_the_boards_know(bank: Bank) -> None:
    """Beside everything that is read of the library's own."""
    transactions, notices = MemoryTransactionBoard(), MemoryNoticeBoard()
    transactions.put(WAITING, company="C1", subject="somebody")
    notices.post(NEWS)
    boards: dict[str, Any] = {"transactions": transactions, "notices": notices}
    if bank.asynchronous:
        boards = {"transactions": AsyncMemoryTransactionBoard(transactions), "notices": AsyncMemoryNoticeBoard(notices)}
    page = bank.page(**boards)
    read = bank.call("read", TopPage(bank.handle, bank.client))
    assert page is not None
    assert page.transactions == Listed((WAITING,), more=False)
    assert page.notices == Listed((NEWS,), more=False)
    assert attrs.evolve(page, transactions=None, notices=None) == read


def test_showing_the_page_is_a_use_of_the_session(bank: Bank) -> None:
    """Like any request of a view: it prolongs the session by the idle limit, and not beyond it."""
    idle = PROFILE.session.idle
    for wait in (idle / 2, idle - timedelta(seconds=1)):
        bank.clock.advance(wait)
        page = bank.page()
        assert page is not None
        assert page.session.idle_ends_at == bank.clock() + idle
    bank.clock.advance(idle)
    assert bank.page() is None


def test_a_bank_without_boards_has_the_page_that_is_read(bank: Bank) -> None:
    """Both parts are not available, and nothing else differs."""
    page = bank.page()
    assert page == bank.call("read", TopPage(bank.handle, bank.client))
    assert page is not None
    assert (page.transactions, page.notices) == (None, None)


@pytest.mark.parametrize("bank", ["async-memory", "async-sqlite"], indirect=True)
def test_a_board_whose_own_work_was_cancelled_takes_its_own_part_away(bank: Bank) -> None:
    """It is the board's failure; a caller who goes away is something else."""
    told = Told()
    page = bank.page(notices=bank.odd(asyncio.CancelledError()), failed=told.hear)
    assert page is not None
    assert page.notices is None
    assert [(name, type(error)) for name, error in told.failures] == [("notices", RuntimeError)]


@pytest.mark.parametrize("bank", ["async-memory", "async-sqlite"], indirect=True)
def test_a_caller_who_goes_away_is_not_kept_by_a_board(bank: Bank) -> None:
    """His cancellation goes through, and no failure is told."""
    told, begun = Told(), asyncio.Event()

    class Hanging:
        """A board that never answers."""

        async def unread(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[BoardNotice]:
            """Say that it is asked."""
            del viewer, limit, within
            begun.set()
            await asyncio.Event().wait()
            return ()

        async def open(self, viewer: Viewer, notice_id: str, /) -> BoardNotice | None:
            """Open nothing."""
            del viewer, notice_id
            return None

    auth = bank.shell(notices=Hanging(), failed=told.hear)

    async def gone() -> None:
        task = asyncio.ensure_future(unchecked(auth).top_page(bank.handle, bank.client))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    bank.run(gone())
    assert told.failures == []


@pytest.mark.parametrize("raised", [RuntimeError("down"), TimeoutError(), KeyError("x"), MisuseError("no")])
def test_a_board_that_raises_takes_its_own_part_away(bank: Bank, raised: Exception) -> None:
    """The other board is asked all the same, and the bank hears which one it was."""
    told = Told()
    page = bank.page(transactions=bank.odd(raised), notices=bank.odd([NEWS]), failed=told.hear)
    assert page is not None
    assert (page.transactions, page.notices) == (None, Listed((NEWS,), more=False))
    page = bank.page(transactions=bank.odd([WAITING]), notices=bank.odd(raised), failed=told.hear)
    assert page is not None
    assert (page.transactions, page.notices) == (Listed((WAITING,), more=False), None)
    assert told.failures == [("transactions", raised), ("notices", raised)]


@pytest.mark.parametrize("answer", [None, [NEWS], [WAITING, "TR-2"], 5])
def test_a_board_that_answers_something_else_is_not_shown(bank: Bank, answer: object) -> None:
    """Whatever it is: that part is not available, and nobody needs to listen for it."""
    page = bank.page(transactions=bank.odd(answer))
    assert page is not None
    assert page.transactions is None
    assert [item.name for item in page.menu] == ["top", "inquiry", "approval", "log-out"]


def test_what_ends_a_program_is_no_failure_of_a_board(bank: Bank) -> None:
    """An interrupt goes through."""
    with pytest.raises(KeyboardInterrupt):
        bank.page(transactions=bank.odd(KeyboardInterrupt()))


def test_a_board_is_told_for_whom_how_many_and_how_long(bank: Bank) -> None:
    """One more than is shown, so that a cut list says that it is one."""
    board = bank.odd([WAITING] * 9)
    page = bank.page(transactions=board, limit=2, within=timedelta(seconds=3))
    assert page is not None
    assert page.transactions == Listed((WAITING, WAITING), more=True)
    ((viewer, limit, within),) = board.asked
    assert (limit, within) == (3, timedelta(seconds=3))
    session = page.session
    assert viewer == Viewer(
        subject=session.subject,
        login_id="hanako01",
        company="C1",
        role="user",
        entitlements=("inquiry", "approval"),
    )
    assert board.threads == [threading.get_ident()]  # whose connections it may need


def test_no_board_is_asked_without_a_live_session(bank: Bank) -> None:
    """Another browser's handle leads to no page and to no question."""
    board = bank.odd([WAITING])
    assert bank.page(Client("192.0.2.2", browser=bank.auth.new_token()), transactions=board, notices=board) is None
    assert board.asked == []


def test_who_opens_a_notice_has_read_it(bank: Bank) -> None:
    """By his session; it is on his page no more, and what is not there can't be opened, whatever text asks for it."""
    notices = MemoryNoticeBoard()
    notices.post(NEWS)
    notices.post(attrs.evolve(NEWS, id="N-2"), company="C2")
    page = bank.page(notices=AsyncMemoryNoticeBoard(notices) if bank.asynchronous else notices)
    assert page is not None
    assert page.notices == Listed((NEWS,), more=False)
    for wanted in ("N-2", "", "\0", "a" * 10_000):
        assert bank.call("open_notice", bank.handle, bank.client, wanted) is None
    assert bank.call("open_notice", bank.handle, bank.client, "N-1") == NEWS
    page = bank.call("top_page", bank.handle, bank.client)
    assert page is not None
    assert page.notices == Listed((), more=False)


def test_without_a_session_no_notice_is_opened(bank: Bank) -> None:
    """Nor without a board; and what is no text is the program's fault."""
    notices = MemoryNoticeBoard()
    notices.post(NEWS)
    bank.page(notices=AsyncMemoryNoticeBoard(notices) if bank.asynchronous else notices)
    stranger = Client("192.0.2.2", browser=bank.auth.new_token())
    assert bank.call("open_notice", bank.handle, stranger, "N-1") is None
    with pytest.raises(MisuseError, match="notice_id must be text"):
        bank.call("open_notice", bank.handle, bank.client, None)
    bank.page()
    assert bank.call("open_notice", bank.handle, bank.client, "N-1") is None


class Stuck(AsyncMemoryNoticeBoard):
    """A board that never answers; it hears when it is no longer waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.given_up = False

    async def unread(self, _: Viewer, /, *, limit: int, within: timedelta) -> Sequence[BoardNotice]:
        """Wait for ever."""
        del limit, within
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.given_up = True
            raise
        return ()


def test_the_asynchronous_shell_stops_waiting(tmp_path: Path) -> None:
    """A board that hangs is given up after its time, and the page is there."""
    bank, stuck, told = Bank("async-memory", tmp_path), Stuck(), Told()
    page = bank.page(notices=stuck, within=timedelta(milliseconds=20), failed=told.hear)
    assert page is not None
    assert page.notices is None
    assert stuck.given_up
    assert [(name, type(error)) for name, error in told.failures] == [("notices", TimeoutError)]
    bank.close()


@pytest.mark.parametrize("bank", ["sync-memory"], indirect=True)
def test_the_synchronous_shell_stops_waiting_for_a_board_with_a_bound(bank: Bank) -> None:
    """That part of the page is None, and the bank is told of it."""
    let, told = threading.Event(), Told()

    class Hanging(MemoryNoticeBoard):
        def unread(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[BoardNotice]:
            """Answer nobody."""
            assert let.wait(60)
            return super().unread(viewer, limit=limit, within=within)

    within = timedelta(milliseconds=20)
    page = bank.page(notices=BoundedNoticeBoard(Hanging()), within=within, failed=told.hear)
    let.set()
    assert page is not None
    assert page.notices is None
    assert [(name, type(error)) for name, error in told.failures] == [("notices", TimeoutError)]


@pytest.mark.parametrize("wrong", [Boards(), "boards", 0])
def test_boards_of_another_kind_are_the_programs_fault(wrong: Any) -> None:  # noqa: ANN401 - anything
    """The other shell's, too: its answers would never come."""
    with pytest.raises(MisuseError, match="boards must be AsyncBoards"):
        AsyncAuthenticator(AsyncMemoryStore(), profile=PROFILE, keys=unsafe_keys(), boards=wrong)
    other: Any = AsyncBoards() if isinstance(wrong, Boards) else wrong
    with pytest.raises(MisuseError, match="boards must be Boards"):
        Authenticator(MemoryStore(), profile=PROFILE, keys=unsafe_keys(), boards=other)
