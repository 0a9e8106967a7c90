"""The top page with what the bank's boards say: what is read is pure, and boards are asked afterwards, by a shell.

Rule 1. No board is asked before the session was found live.
Rule 2. Whatever a board raises is told to the bank, and leaves the rest of the page as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import Protocol, TypeVar

import attrs

from okmate_auth.boards import AsyncBoards, BoardNotice, Boards, Listed, Transaction, Viewer
from okmate_auth.errors import MisuseError
from okmate_auth.queries import Session, TopPageView

BoardsT = TypeVar("BoardsT", Boards, AsyncBoards)
T = TypeVar("T")
Shown_co = TypeVar("Shown_co", covariant=True)


class _Asked(Protocol[Shown_co]):
    """What both boards have in common."""

    def __call__(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Shown_co: ...


def checked_boards(boards: BoardsT | None, kind: type[BoardsT]) -> BoardsT:
    """Return a bank's boards, none where it gave none.

    Raises:
        MisuseError: They are something else, or the other shell's.
    """
    if not isinstance(boards, kind | None):
        message = f"boards must be {kind.__name__}"
        raise MisuseError(message)
    return kind() if boards is None else boards


def viewer_of(session: Session) -> Viewer:
    """Return for whom boards are asked in a session."""
    return Viewer(
        subject=session.subject,
        login_id=session.login_id,
        company=session.company,
        role=session.role,
        entitlements=tuple(dict.fromkeys((*session.entitlements, *session.guarded))),
    )


def with_boards(page: TopPageView, boards: Boards) -> TopPageView:
    """Return a page with what the boards say, asked one after the other in the calling thread."""
    viewer, transactions, notices = viewer_of(page.session), boards.transactions, boards.notices

    def listed(name: str, kind: type[T], asked: _Asked[Sequence[T]]) -> Listed[T] | None:
        """Return what one board says; None where it fails."""
        try:
            return boards.listed(asked(viewer, limit=boards.asked_for, within=boards.within), kind)
        except Exception as error:  # noqa: BLE001 - whatever the bank's own code raises
            boards.not_available(name, error)
            return None

    if transactions is not None:
        page = attrs.evolve(page, transactions=listed("transactions", Transaction, transactions.pending))
    if notices is not None:
        page = attrs.evolve(page, notices=listed("notices", BoardNotice, notices.unread))
    return page


async def with_async_boards(page: TopPageView, boards: AsyncBoards) -> TopPageView:
    """Return a page with what the boards say, asked one after the other, each for so long at most."""
    viewer, transactions, notices = viewer_of(page.session), boards.transactions, boards.notices

    async def listed(name: str, kind: type[T], asked: _Asked[Awaitable[Sequence[T]]]) -> Listed[T] | None:
        """Return what one board says; None where it fails."""
        try:
            async with asyncio.timeout(boards.within.total_seconds()):
                answer = await asked(viewer, limit=boards.asked_for, within=boards.within)
            return boards.listed(answer, kind)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():  # it is the caller who goes away
                raise
            boards.not_available(name, RuntimeError("what the board waited for was cancelled"))
            return None
        except Exception as error:  # noqa: BLE001 - whatever the bank's own code raises, and that it took too long
            boards.not_available(name, error)
            return None

    if transactions is not None:
        page = attrs.evolve(page, transactions=await listed("transactions", Transaction, transactions.pending))
    if notices is not None:
        page = attrs.evolve(page, notices=await listed("notices", BoardNotice, notices.unread))
    return page
