"""What the top page shows of the bank's own systems: transactions that wait, notices that nobody read yet.

Rule 1. The library knows neither; a bank gives boards that do. They show and never grant: who may approve is decided
        where it is done.
Rule 2. A board that fails, or answers something else than it should, takes its own part of the page away and nothing
        besides: that part is None, "not available".
Rule 3. What a board answers is bounded here, whatever it answers: so many items, each text made printable and cut.
Rule 4. A board is told how long it may take. The asynchronous shell stops waiting then; the synchronous one asks in the
        calling thread, whose connections a board may need, and rests on the board's own time limits, unless the bank
        puts its boards into those of :mod:`okmate_auth.storage.bounded_boards`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Generic, Literal, Protocol, TypeVar

import attrs

from okmate_auth import fields
from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.text import printable, strict_str

MOST_SHOWN: Final = 100
LONGEST_WAIT: Final = timedelta(seconds=10)
ID_LIMIT: Final = 64
TEXT_LIMIT: Final = 200
T = TypeVar("T")
TransactionState = Literal["unapproved", "in-progress"]
Failed = Callable[[str, Exception], None]


def _id(value: str) -> str:
    """Return an id that leads back to the bank's own data: it is refused and never cut, or it would lead elsewhere."""
    text = strict_str(value, "id")
    if not text or text != printable(text, ID_LIMIT):
        message = f"id: 1 to {ID_LIMIT} printable characters"
        raise MisuseError(message)
    return text


def _text(value: str) -> str:
    return printable(value, TEXT_LIMIT)


def _state(value: TransactionState) -> TransactionState:
    if value not in ("unapproved", "in-progress"):
        message = "state: unapproved or in-progress"
        raise MisuseError(message)
    return value


def _amount(value: int | None) -> int | None:
    if value is not None and type(value) is not int:
        message = "amount: whole yen, or None"
        raise MisuseError(message)
    return value


@attrs.frozen(kw_only=True)
class Viewer:
    """For whom a board is asked.

    Attributes:
        subject: Stable id of the account at this bank.
        login_id: As registered.
        company: The company's id.
        role: ``master``, ``administrator`` or ``user``.
        entitlements: All his services, those included that are closed to him because he has no token.
    """

    subject: str
    login_id: str
    company: str
    role: str
    entitlements: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Transaction:
    """A transaction that is not done.

    Attributes:
        id: By which the bank finds it again: 1 to 64 printable characters.
        kind: The bank's name for its kind, such as ``transfer``.
        title: What the list shows of it; cut at 200 characters, made printable.
        state: ``unapproved``: it waits for an approval; ``in-progress``: somebody began it and has not sent it off.
        at: When it came into this state.
        amount: In yen, None where there is none.

    Raises:
        MisuseError: A field has another type or form.
    """

    id: str = attrs.field(converter=_id)
    kind: str = attrs.field(converter=_text)
    title: str = attrs.field(converter=_text)
    state: TransactionState = attrs.field(converter=_state)
    at: datetime = attrs.field(converter=fields.instant)
    amount: int | None = attrs.field(converter=_amount, default=None)


@attrs.frozen(kw_only=True)
class BoardNotice:
    """A notice of the bank to its customers; not to be confused with what is mailed about an account.

    Attributes:
        id: By which the bank finds it again: 1 to 64 printable characters.
        title: What the list shows of it; cut at 200 characters, made printable.
        at: When it was published.

    Raises:
        MisuseError: A field has another type or form.
    """

    id: str = attrs.field(converter=_id)
    title: str = attrs.field(converter=_text)
    at: datetime = attrs.field(converter=fields.instant)


class TransactionBoard(Protocol):
    """Whoever knows which transactions wait; must be usable from several threads."""

    def pending(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[Transaction]:
        """Return what waits for this person, or was begun by him, in the order of the page.

        Args:
            viewer: Whose page it is.
            limit: More items are of no use.
            within: After so long an answer is of no use.
        """
        ...


class NoticeBoard(Protocol):
    """Whoever knows which notices a person read; must be usable from several threads."""

    def unread(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[BoardNotice]:
        """Return what this person has not opened yet, newest first; see :meth:`TransactionBoard.pending`."""
        ...

    def open(self, viewer: Viewer, notice_id: str, /) -> BoardNotice | None:
        """Return a notice and mark it as read by this person; None where there is none for him.

        Args:
            viewer: Who opens it.
            notice_id: As it came from his browser: any text.
        """
        ...


class AsyncTransactionBoard(Protocol):
    """The same for the asynchronous shell."""

    async def pending(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[Transaction]:
        """See :meth:`TransactionBoard.pending`."""
        ...


class AsyncNoticeBoard(Protocol):
    """The same for the asynchronous shell."""

    async def unread(self, viewer: Viewer, /, *, limit: int, within: timedelta) -> Sequence[BoardNotice]:
        """See :meth:`NoticeBoard.unread`."""
        ...

    async def open(self, viewer: Viewer, notice_id: str, /) -> BoardNotice | None:
        """See :meth:`NoticeBoard.open`."""
        ...


@attrs.frozen
class Listed(Generic[T]):
    """A list that is shown.

    Attributes:
        items: In the board's order.
        more: Whether the board has more than are shown.
    """

    items: tuple[T, ...]
    more: bool


@attrs.frozen(kw_only=True)
class _Asking:
    """How boards are asked.

    Attributes:
        limit: Items that are shown of one board, 1 to 100.
        within: How long one board may take, more than nothing and 10 s at most.
        failed: Called with a board's name, ``transactions`` or ``notices``, and with what it raised; what this raises
            is raised to whoever asked for the page.

    Raises:
        ConfigurationError: A number is out of its bounds.
    """

    limit: int = 20
    within: timedelta = timedelta(seconds=2)
    failed: Failed | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what would let a page wait for ever, or grow without a bound."""
        for broken, message in (
            (not 1 <= self.limit <= MOST_SHOWN, f"boards: limit: 1 to {MOST_SHOWN}"),
            (not timedelta(0) < self.within <= LONGEST_WAIT, "boards: within: more than nothing, at most 10 s"),
        ):
            if broken:
                raise ConfigurationError(message)

    @property
    def asked_for(self) -> int:
        """How many items a board is asked for: one more than is shown tells whether there are more."""
        return self.limit + 1

    def not_available(self, name: str, error: Exception) -> None:
        """Tell the bank what its board raised; None is what the page has in its place."""
        if self.failed is not None:
            self.failed(name, error)

    def listed(self, answer: Sequence[T], kind: type[T]) -> Listed[T]:
        """Return a board's answer as it is shown.

        Raises:
            MisuseError: Something in it is of another type.
        """
        items = tuple(islice(answer, self.asked_for))
        if not all(isinstance(item, kind) for item in items):
            message = f"a board answered something else than {kind.__name__}"
            raise MisuseError(message)
        return Listed(items[: self.limit], more=len(items) > self.limit)


@attrs.frozen(kw_only=True)
class Boards(_Asking):
    """A bank's boards, for the synchronous shell.

    Attributes:
        transactions: None where the bank shows none; that part of the page is None then.
        notices: The same for notices.
    """

    transactions: TransactionBoard | None = None
    notices: NoticeBoard | None = None


@attrs.frozen(kw_only=True)
class AsyncBoards(_Asking):
    """A bank's boards, for the asynchronous shell; see :class:`Boards`."""

    transactions: AsyncTransactionBoard | None = None
    notices: AsyncNoticeBoard | None = None
