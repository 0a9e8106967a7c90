"""The chain of a history: whatever is changed, dropped, added or exchanged afterwards shows."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError
from okmate_auth.history import ChainDefect, append, verify, verify_newest
from okmate_auth.keys import Keys
from okmate_auth.records import ChainHead, Row
from okmate_auth.testing.keys import unsafe_keys
from tests.stored_values import changed

CHAIN = "login:s:password"
KEYS: Keys = unsafe_keys()
ROTATED = KEYS.rotated("chain", b"\x07" * 31 + b"\x08")

bodies = st.lists(st.binary(max_size=12), max_size=8)


def chained(texts: Sequence[bytes], *, chain: str = CHAIN, rotate_at: int = 1_000) -> tuple[list[Row], ChainHead]:
    """Return the rows of a chain, oldest first, and its head; from row ``rotate_at`` on with a new key."""
    head, rows = ChainHead(), list[Row]()
    for text in texts:
        head, row = append(head, chain, text, ROTATED if len(rows) + 1 >= rotate_at else KEYS)
        rows.append(row)
    return rows, head


def defect(rows: Sequence[Row], head: ChainHead, keys: Keys = ROTATED, chain: str = CHAIN) -> tuple[str, int] | None:
    """Return reason and number of the first defect of a whole chain."""
    found = verify(rows, head, keys, chain=chain)
    assert found is None or found.chain == chain
    return None if found is None else (found.reason, found.number)


def newest(
    rows: Sequence[Row], head: ChainHead, *, asked: int, before: int | None = None, keys: Keys = ROTATED
) -> ChainDefect | None:
    """Verify the page that a store would answer with."""
    page = [row for row in reversed(rows) if before is None or row.number < before][:asked]
    return verify_newest(page, head, keys, chain=CHAIN, asked=asked, before=before)


FIVE, HEAD = chained([b"one", b"two", b"", b"four", b"five"], rotate_at=4)


# -------------------------------------------------------------------------------------------------------- whole chains


@given(bodies, st.integers(1, 9))
def test_what_was_written_holds(texts: list[bytes], rotate_at: int) -> None:
    """A chain of any rows holds, across a rotation of its key, and counts its rows without gaps from 1."""
    rows, head = chained(texts, rotate_at=rotate_at)
    assert defect(rows, head) is None
    assert [row.number for row in rows] == list(range(1, len(texts) + 1))
    assert head.count == len(texts)


@pytest.mark.parametrize("number", range(1, 6))
def test_every_flipped_bit_shows(number: int) -> None:
    """Each single bit of each row's body and MAC is covered, and the defect is told at that very row."""
    row = FIVE[number - 1]
    for name in ("body", "mac"):
        value = getattr(row, name)
        for bit in range(8 * len(value)):
            flipped = bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(value))
            rows = [*FIVE[: number - 1], changed(row, {name: flipped}), *FIVE[number:]]
            assert defect(rows, HEAD) == ("mac", number)


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"body": b"one more"}, "mac"),
        ({"mac": b""}, "mac"),
        ({"key_id": "nobody's"}, "key"),
        ({"chain": "login:t:password"}, "gap"),
        ({"number": 0}, "gap"),
        ({"number": 7}, "gap"),
    ],
)
def test_every_exchanged_field_shows(number: int, change: dict[str, object], reason: str) -> None:
    """No field of a row can be exchanged for another value."""
    rows = [changed(row, change) if row.number == number else row for row in FIVE]
    assert defect(rows, HEAD) == (reason, number)


def test_a_row_under_another_key_that_is_held_shows() -> None:
    """The key's id is covered, so that a stolen former key forges nothing under a newer id, nor the other way round."""
    other = FIVE[4].key_id
    assert other != FIVE[0].key_id
    assert defect([attrs.evolve(FIVE[0], key_id=other), *FIVE[1:]], HEAD) == ("mac", 1)


def test_a_key_that_is_not_held_shows() -> None:
    """Rows of a key that this ring lacks are not taken on trust."""
    assert defect(FIVE, HEAD, KEYS) == ("key", 4)
    assert defect(FIVE, HEAD, unsafe_keys("other")) == ("key", 1)


@pytest.mark.parametrize("last", range(1, 6))
def test_a_tail_that_was_cut_shows_against_the_head(last: int) -> None:
    """Without its last rows, one or all, the chain ends elsewhere than its head says."""
    assert defect(FIVE[: 5 - last], HEAD) == ("head", 5)


@given(st.sets(st.integers(0, 4), max_size=4))
def test_rows_that_are_missing_show(kept: set[int]) -> None:
    """Whichever rows are gone, the first missing number is told, or the head where only the end is missing."""
    rows = [FIVE[at] for at in sorted(kept)]
    missing = next(number for number in range(1, 6) if number - 1 not in kept)
    at_the_end = missing > len(kept)
    assert defect(rows, HEAD) == (("head", 5) if at_the_end else ("gap", missing))


@given(st.permutations(range(5)))
def test_another_order_shows(order: list[int]) -> None:
    """Rows in any other order are a gap at the first place that is wrong."""
    assume(order != sorted(order))
    wrong = next(at for at, number in enumerate(order) if at != number)
    assert defect([FIVE[at] for at in order], HEAD) == ("gap", wrong + 1)


@given(st.permutations(range(5)))
def test_another_order_shows_even_with_the_numbers_put_right(order: list[int]) -> None:
    """Renumbering the exchanged rows does not help: the number is covered by the MAC."""
    assume(order != sorted(order))
    wrong = next(at for at, number in enumerate(order) if at != number)
    rows = [attrs.evolve(FIVE[at], number=place) for place, at in enumerate(order, 1)]
    found = defect(rows, HEAD)
    assert found is not None
    assert found[0] in ("mac", "key")
    assert found[1] == wrong + 1


@pytest.mark.parametrize("place", range(6))
def test_a_row_of_another_chain_shows(place: int) -> None:
    """A genuine row of somebody else's chain, made with the same key, fits nowhere."""
    foreign = chained([b"x"] * 6, chain="login:t:password")[0][place]
    assert defect([*FIVE[:place], foreign, *FIVE[place:]], HEAD) == ("gap", place + 1)
    adopted = attrs.evolve(foreign, chain=CHAIN)
    assert defect([*FIVE[:place], adopted, *FIVE[place:]], HEAD) == ("mac", place + 1)


@pytest.mark.parametrize("number", range(1, 6))
def test_a_row_that_stands_twice_shows(number: int) -> None:
    """A doubled row is a gap behind its first copy."""
    assert defect([*FIVE[:number], *FIVE[number - 1 :]], HEAD) == ("gap", number + 1)


@pytest.mark.parametrize(
    "forged",
    [
        ChainHead(),
        attrs.evolve(HEAD, count=4),
        attrs.evolve(HEAD, count=6),
        attrs.evolve(HEAD, count=0),
        attrs.evolve(HEAD, mac=FIVE[3].mac),
        attrs.evolve(HEAD, mac=b""),
        attrs.evolve(HEAD, mac=b"\x00" * 32),
        ChainHead(count=4, mac=FIVE[3].mac),
    ],
)
def test_another_head_shows(forged: ChainHead) -> None:
    """A head with another count or MAC, even one that the chain once had, does not match the whole chain."""
    assert defect(FIVE, forged) == ("head", forged.count)


def test_an_empty_chain_holds_with_an_empty_head_only() -> None:
    """Where nothing was written nothing is missing."""
    assert defect([], ChainHead()) is None
    assert defect([], HEAD) == ("head", 5)
    assert newest([], ChainHead(), asked=3) is None
    assert newest([], ChainHead(), asked=3, before=1) is None
    assert newest([], ChainHead(), asked=3, before=0) is None


def test_what_a_newer_head_knows_besides_is_kept() -> None:
    """A head of a newer version keeps its other fields when a row is appended."""
    head, _ = append(ChainHead(unknown={"sealed": 1}), CHAIN, b"x", KEYS)
    assert head.unknown == {"sealed": 1}


def test_parts_that_join_to_the_same_bytes_have_different_macs() -> None:
    """Lengths are covered, so that no byte can move from a row's body to its chain's name or back."""
    one = append(ChainHead(), "login:a", b"bc", KEYS)[1]
    other = append(ChainHead(), "login:ab", b"c", KEYS)[1]
    assert one.mac != other.mac


def test_a_key_ring_without_its_own_current_key_is_refused() -> None:
    """No row is ever written that nobody could verify."""

    class Forgetful:
        """Keys whose current one is gone."""

        current_chain = "gone"

        def chain_mac(self, key_id: str, data: bytes, /) -> bytes | None:
            """Hold nothing."""
            del key_id, data
            return None

    with pytest.raises(ConfigurationError, match="not held"):
        append(ChainHead(), CHAIN, b"x", Forgetful())


def test_rows_of_the_first_version_verify_for_ever() -> None:
    """What a MAC covers, and how, never changes: or no history out there could be verified any more."""
    macs = (
        "79c0e65f9c787a2d40103f57ccf4e4a777e9823942c08d991e6a0a958bdbbf05",
        "ab34a021285485ed1b078bf8d63835f93d0d6fe43a55601e92a223deffcd2aee",
    )
    rows, _ = chained([b'{"first":1}', b'{"second":2}'])
    assert [(row.key_id, row.mac.hex()) for row in rows] == [("1-569860e7", mac) for mac in macs]


# --------------------------------------------------------------------------------------------------------------- pages

PAGES = [(asked, before) for asked in range(2, 8) for before in (None, *range(8))]
"""Every size of a page, below every number of a chain of five, 0 and beyond the end included."""


@pytest.mark.parametrize("length", [0, 1, 2, 5])
def test_every_page_of_a_chain_holds(length: int) -> None:
    """However many rows are asked for, below whichever number: what a store answers holds."""
    rows, head = chained([b"row"] * length, rotate_at=3)
    for asked, before in PAGES:
        assert newest(rows, head, asked=asked, before=before) is None


def test_rows_that_came_after_the_head_was_read_are_no_defect() -> None:
    """Head and rows are read one after the other; what is appended between them is neither missing nor forged."""
    for asked, before in PAGES:
        assert newest(FIVE, ChainHead(count=3, mac=FIVE[2].mac), asked=asked, before=before) is None


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("field", ["body", "mac"])
def test_a_changed_row_shows_on_its_page(number: int, field: str) -> None:
    """A row that is shown, not only linked to, is verified on the very page that shows it."""
    rows = [changed(row, {field: b"forged"}) if row.number == number else row for row in FIVE]
    for asked, before in PAGES:
        last = 5 if before is None else min(5, before - 1)
        shown = range(max(1, last - asked + 2), last + 1)  # the oldest row of a full page is an anchor and not shown
        found = newest(rows, HEAD, asked=asked, before=before)
        assert found is not None or number not in shown
        assert found is None or found.number in (number, number + 1)  # a MAC is covered by the row above it


@pytest.mark.parametrize("number", range(1, 6))
def test_a_missing_row_shows_on_its_page(number: int) -> None:
    """A row is gone from the middle or an end: the page that should show it says so, first and last row included."""
    for asked, before in PAGES:
        last = 5 if before is None else min(5, before - 1)
        shown = range(max(1, last - asked + 2), last + 1)
        found = newest([row for row in FIVE if row.number != number], HEAD, asked=asked, before=before)
        assert found is not None or number not in shown


@pytest.mark.parametrize("gone", range(1, 5))
@pytest.mark.parametrize("limit", range(1, 7))
def test_oldest_rows_that_were_deleted_show_when_all_pages_were_read(gone: int, limit: int) -> None:
    """Paging down to the end finds that the chain does not begin at 1 (HI-3)."""
    left, before, found = FIVE[gone:], None, list[ChainDefect]()
    while True:
        page = [row for row in reversed(left) if before is None or row.number < before][: limit + 1]
        one = verify_newest(page, HEAD, ROTATED, chain=CHAIN, asked=limit + 1, before=before)
        found += [one] if one else []
        if len(page) <= limit:
            break
        before = page[limit - 1].number
    assert [(one.reason, one.number) for one in found] == [("gap", gone)]


def test_a_forged_head_shows_on_the_page_with_the_last_row() -> None:
    """A head whose MAC is not that of the row with its number is forged."""
    forged = attrs.evolve(HEAD, mac=b"\x00" * 32)
    for asked, before in PAGES:
        with_the_last = before is None or before > 5
        expected = ChainDefect(chain=CHAIN, number=5, reason="head") if with_the_last else None
        assert newest(FIVE, forged, asked=asked, before=before) == expected


def test_a_head_beyond_the_last_row_shows_on_the_newest_page() -> None:
    """Where the head counts more rows than the store has, the end is missing."""
    longer = ChainHead(count=6, mac=b"\x01" * 32)
    assert newest(FIVE, longer, asked=3) == ChainDefect(chain=CHAIN, number=6, reason="head")
    assert newest(FIVE, longer, asked=3, before=7) == ChainDefect(chain=CHAIN, number=6, reason="gap")


def test_a_store_that_answers_with_rows_from_above_shows() -> None:
    """Rows at or above the number that was asked below are not that page."""
    assert verify_newest(FIVE[::-1], HEAD, ROTATED, chain=CHAIN, asked=9, before=4) == ChainDefect(
        chain=CHAIN, number=3, reason="gap"
    )
    assert verify_newest(FIVE[:1], HEAD, ROTATED, chain=CHAIN, asked=9, before=1) == ChainDefect(
        chain=CHAIN, number=0, reason="gap"
    )


def test_a_page_under_a_key_that_is_not_held_shows() -> None:
    """A page's rows are not taken on trust either."""
    assert newest(FIVE, HEAD, asked=9, keys=KEYS) == ChainDefect(chain=CHAIN, number=4, reason="key")
