"""What boards answer: the form of it, and how it is bounded before it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.boards import (
    ID_LIMIT,
    LONGEST_WAIT,
    MOST_SHOWN,
    TEXT_LIMIT,
    AsyncBoards,
    BoardNotice,
    Boards,
    Listed,
    Transaction,
)
from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.text import printable

AT: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TRANSFER: Final = Transaction(id="TR-1", kind="transfer", title="振込 3件", state="unapproved", at=AT, amount=120_000)
NEWS: Final = BoardNotice(id="N-1", title="メンテナンスのお知らせ", at=AT)
EITHER: Final = pytest.mark.parametrize("kind", [Boards, AsyncBoards])


@pytest.mark.parametrize("value", [TRANSFER, NEWS])
def test_what_is_whole_stays_as_it_is(value: Any) -> None:  # noqa: ANN401 - either
    """Japanese titles and plain ids come out as they went in."""
    assert attrs.evolve(value) == value


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": ""}, "id: 1 to 64"),
        ({"id": "a" * (ID_LIMIT + 1)}, "id: 1 to 64"),
        ({"id": "a\n"}, "id: 1 to 64"),
        ({"id": 1}, "id must be text"),
        ({"title": None}, "text must be text"),
        ({"at": datetime(2026, 1, 5)}, "aware"),  # noqa: DTZ001 - the one that is refused
        ({"at": "today"}, "aware"),
    ],
)
@pytest.mark.parametrize("value", [TRANSFER, NEWS])
def test_what_could_lead_elsewhere_or_nowhere_is_refused(value: Any, fields: dict[str, Any], reason: str) -> None:  # noqa: ANN401 - rows of a table
    """An id is refused and never cut; an instant is aware; a title is text."""
    with pytest.raises(MisuseError, match=reason):
        attrs.evolve(value, **fields)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"state": "done"}, "state: unapproved or in-progress"),
        ({"state": None}, "state: unapproved or in-progress"),
        ({"amount": 1.5}, "amount: whole yen"),
        ({"amount": True}, "amount: whole yen"),
        ({"kind": 1}, "text must be text"),
    ],
)
def test_a_transaction_waits_in_one_of_two_states(fields: dict[str, Any], reason: str) -> None:
    """One that is done is on no board; an amount is whole yen or none."""
    evolve: Any = attrs.evolve
    with pytest.raises(MisuseError, match=reason):
        evolve(TRANSFER, **fields)
    assert attrs.evolve(TRANSFER, amount=None, state="in-progress").amount is None


@given(st.text(max_size=3 * TEXT_LIMIT))
def test_a_title_can_not_hurt_whoever_reads_it(title: str) -> None:
    """It is made printable and cut: what a payee is called may have been typed by anybody."""
    shown = attrs.evolve(TRANSFER, title=title).title
    assert shown == printable(title, TEXT_LIMIT) == attrs.evolve(NEWS, title=title).title
    assert len(shown) <= TEXT_LIMIT


@EITHER
@pytest.mark.parametrize("limit", [1, 3, MOST_SHOWN])
@pytest.mark.parametrize(("beyond", "more"), [(-1, False), (0, False), (1, True), (1000, True)])
def test_no_more_is_shown_than_the_limit(kind: type[Boards], limit: int, beyond: int, *, more: bool) -> None:
    """And whether there is more is said, so that nobody takes a cut list for a whole one."""
    boards = kind(limit=limit)
    assert boards.asked_for == limit + 1
    listed = boards.listed([TRANSFER] * (limit + beyond), Transaction)
    assert listed == Listed((TRANSFER,) * min(limit, limit + beyond), more=more)


def test_an_answer_without_an_end_is_cut_too() -> None:
    """Nothing is read beyond what is asked for, whatever a board gives."""
    read = count()

    def endless() -> Iterator[Transaction]:
        while True:
            next(read)
            yield TRANSFER

    answer: Any = endless()
    assert len(Boards(limit=5).listed(answer, Transaction).items) == 5
    assert next(read) == 6


@pytest.mark.parametrize("answer", [None, 5, [NEWS], [TRANSFER, None], ["TR-1"], TRANSFER])
def test_an_answer_of_something_else_is_the_boards_fault(answer: Any) -> None:  # noqa: ANN401 - anything
    """A notice is no transaction, and one value is no list."""
    with pytest.raises((MisuseError, TypeError)):
        Boards().listed(answer, Transaction)


@EITHER
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"limit": 0}, "limit: 1 to 100"),
        ({"limit": MOST_SHOWN + 1}, "limit: 1 to 100"),
        ({"within": timedelta(0)}, "within: more than nothing"),
        ({"within": LONGEST_WAIT + timedelta(microseconds=1)}, "within: more than nothing"),
    ],
)
def test_a_page_neither_grows_nor_waits_without_a_bound(kind: Any, fields: dict[str, Any], reason: str) -> None:  # noqa: ANN401 - rows of a table
    """The numbers are refused beyond their bounds, and taken at them."""
    with pytest.raises(ConfigurationError, match=reason):
        kind(**fields)
    assert kind(limit=MOST_SHOWN, within=LONGEST_WAIT) != kind(limit=1, within=timedelta(microseconds=1))


def test_a_failure_is_told_to_whoever_wants_to_know() -> None:
    """By the board's name, with what it raised; nobody needs to listen."""
    told = list[tuple[str, Exception]]()
    error = RuntimeError("down")
    Boards(failed=lambda name, raised: told.append((name, raised))).not_available("notices", error)
    Boards().not_available("notices", error)
    assert told == [("notices", error)]
