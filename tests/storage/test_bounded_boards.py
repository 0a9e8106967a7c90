"""Boards with a bound: what hangs fails in time and keeps its thread, and no more threads than were allowed."""

from __future__ import annotations

import contextvars
import multiprocessing
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from okmate_auth.boards import BoardNotice, Transaction, Viewer
from okmate_auth.errors import ConfigurationError
from okmate_auth.storage.boards import MemoryNoticeBoard, MemoryTransactionBoard
from okmate_auth.storage.bounded_boards import MOST_THREADS, BoundedNoticeBoard, BoundedTransactionBoard
from tests.unchecked import unchecked

AT: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
VIEWER: Final = Viewer(subject="s1", login_id="Hanako01", company="C1", role="user", entitlements=())
NEWS: Final = BoardNotice(id="N-1", title="x", at=AT)
MINE: Final = Transaction(id="T-1", kind="transfer", title="x", state="in-progress", at=AT)
AT_ONCE: Final = timedelta(milliseconds=20)
PATIENT: Final = timedelta(seconds=10)
CONTEXT: Final[contextvars.ContextVar[str]] = contextvars.ContextVar("CONTEXT", default="")


class Hanging:
    """A board that answers when it is let; its list can hang as well.

    Args:
        in_its_list: Whether it is the list that hangs.
    """

    def __init__(self, *, in_its_list: bool = False) -> None:
        self.let = threading.Event()
        self.asked = threading.Semaphore(0)
        self.context = ""
        self._in_its_list = in_its_list

    def pending(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[Transaction]:
        """Wait to be let."""
        del viewer, limit, within
        self.context = CONTEXT.get()
        self.asked.release()
        if self._in_its_list:
            items: Sequence[Transaction] = unchecked(self._items())
            return items
        assert self.let.wait(60)
        return [MINE]

    def _items(self) -> Iterator[Transaction]:
        assert self.let.wait(60)
        yield MINE


def test_what_is_answered_in_time_is_the_board_s() -> None:
    """Lists are cut as asked, opening goes through, and context variables are those of the caller."""
    notices, transactions = MemoryNoticeBoard(), MemoryTransactionBoard()
    notices.post(NEWS)
    transactions.put(MINE, company="C1", subject="s1")
    board = BoundedNoticeBoard(notices)
    assert board.unread(VIEWER, limit=2, within=PATIENT) == (NEWS,)
    assert board.open(VIEWER, "N-1") == NEWS
    assert board.unread(VIEWER, limit=2, within=PATIENT) == ()
    assert BoundedTransactionBoard(transactions).pending(VIEWER, limit=1, within=PATIENT) == (MINE,)
    assert BoundedTransactionBoard(transactions).pending(VIEWER, limit=0, within=PATIENT) == ()
    hanging = Hanging()
    hanging.let.set()
    CONTEXT.set("of the caller")
    BoundedTransactionBoard(hanging).pending(VIEWER, limit=1, within=PATIENT)
    assert hanging.context == "of the caller"


@pytest.mark.parametrize("in_its_list", [False, True])
def test_what_hangs_fails_in_time_and_serves_again_when_it_answers(in_its_list: bool) -> None:  # noqa: FBT001 - a column of the table
    """Its late answer is nobody's; the thread that it kept is free again after it."""
    hanging = Hanging(in_its_list=in_its_list)
    board = BoundedTransactionBoard(hanging, threads=1)
    with pytest.raises(TimeoutError, match=r"within 0\.02 s"):
        board.pending(VIEWER, limit=1, within=AT_ONCE)
    with pytest.raises(TimeoutError, match="every thread"):
        board.pending(VIEWER, limit=1, within=PATIENT)
    hanging.let.set()
    deadline = time.monotonic() + 30
    while True:
        try:
            assert board.pending(VIEWER, limit=1, within=PATIENT) == (MINE,)
        except TimeoutError:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        else:
            break


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_do_not_pile_up(threads: int) -> None:
    """However often a hanging board is asked, no more than so many wait; the others are told at once."""
    hanging = Hanging()
    board = BoundedTransactionBoard(hanging, threads=threads)
    before = {*threading.enumerate()}
    for _ in range(threads + 5):
        with pytest.raises(TimeoutError):
            board.pending(VIEWER, limit=1, within=AT_ONCE)
    assert len({*threading.enumerate()} - before) == threads
    assert all(hanging.asked.acquire(timeout=10) for _ in range(threads))
    assert not hanging.asked.acquire(blocking=False)
    hanging.let.set()


def test_what_a_board_raises_is_raised() -> None:
    """As it is, in the caller's thread, and the place is free again."""

    class Failing:
        def pending(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[Transaction]:
            """Fail."""
            raise ConnectionError(viewer.login_id, limit, within)

    board = BoundedTransactionBoard(Failing(), threads=1)
    for _ in range(3):
        with pytest.raises(ConnectionError, match="Hanako01"):
            board.pending(VIEWER, limit=1, within=PATIENT)


def test_a_thread_that_can_not_be_started_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives no more threads the board fails, and is asked again when it does."""
    transactions = MemoryTransactionBoard()
    transactions.put(MINE, company="C1", subject="s1")
    board = BoundedTransactionBoard(transactions, threads=1)

    def none_left(_: threading.Thread) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    with monkeypatch.context() as short:
        short.setattr(threading.Thread, "start", none_left)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="can't start new thread"):
                board.pending(VIEWER, limit=1, within=PATIENT)
    assert board.pending(VIEWER, limit=1, within=PATIENT) == (MINE,)


def test_a_fork_has_all_its_threads() -> None:
    """What hangs in the parent takes no place in the child."""
    hanging = Hanging()
    board = BoundedTransactionBoard(hanging, threads=1)
    with pytest.raises(TimeoutError):
        board.pending(VIEWER, limit=1, within=AT_ONCE)

    def child() -> None:
        hanging.let.set()
        assert board.pending(VIEWER, limit=1, within=PATIENT) == (MINE,)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(60)
    hanging.let.set()
    assert process.exitcode == 0


@pytest.mark.parametrize(("threads", "fits"), [(0, False), (1, True), (MOST_THREADS, True), (MOST_THREADS + 1, False)])
def test_bounds(threads: int, fits: bool) -> None:  # noqa: FBT001 - a column of the table
    """One thread at least, 64 at most."""
    for make in (
        lambda: BoundedNoticeBoard(MemoryNoticeBoard(), threads=threads),
        lambda: BoundedTransactionBoard(MemoryTransactionBoard(), threads=threads),
    ):
        if fits:
            make()
        else:
            with pytest.raises(ConfigurationError, match="threads: 1 to 64"):
                make()
