"""The context: randomness by label, the same for the same label of the same submit and no other."""

from __future__ import annotations

import itertools
from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.decision import Memo
from okmate_auth.errors import MisuseError
from tests.stored_values import AT, context

labels = st.text(max_size=12)
entropies = st.binary(min_size=32, max_size=32)


@given(entropies, labels, st.integers(1, 32))
def test_a_label_gives_the_same_bytes_as_often_as_it_is_asked(entropy: bytes, label: str, size: int) -> None:
    """A command that is decided again after a question mints the very same handle, salt and id."""
    one = context(entropy=entropy)
    assert one.random(label, size) == one.random(label, size) == one.random(label)[:size]
    assert one.random(label) == attrs.evolve(one, serial=9).random(label)
    assert len(one.random(label, size)) == size


@given(entropies, entropies, st.lists(labels, unique=True, min_size=2, max_size=6))
def test_no_two_labels_and_no_two_submits_share_bytes(entropy: bytes, other: bytes, several: list[str]) -> None:
    """What one use draws says nothing about another, nor about another submit."""
    drawn = [context(entropy=entropy).random(label) for label in several]
    assert len(set(drawn)) == len(several)
    if entropy != other:
        assert not set(drawn) & {context(entropy=other).random(label) for label in several}


@pytest.mark.parametrize("size", [-1, 0, 33])
def test_one_label_is_good_for_32_bytes(size: int) -> None:
    """Who asks for more would get less than he thinks; a stream is for that."""
    with pytest.raises(MisuseError, match="1 to 32"):
        context().random("label", size)


@given(st.lists(st.integers(0, 100), max_size=6))
def test_a_stream_never_gives_a_byte_twice(sizes: list[int]) -> None:
    """However it is cut, a label's stream is the same sequence of blocks, each drawn under a label of its own."""
    read = context().stream("initial-password")
    pieces = [read(size) for size in sizes]
    assert [len(piece) for piece in pieces] == sizes
    assert b"".join(pieces) == context().stream("initial-password")(sum(sizes))
    blocks = [context().random(f"initial-password/{block}") for block in range(sum(sizes) // 32 + 1)]
    assert b"".join(blocks).startswith(b"".join(pieces))
    assert all(one != other for one, other in itertools.combinations(blocks, 2))


def test_the_same_work_of_the_very_same_things_is_done_once_in_a_submit() -> None:
    """What the second decision asks again is not worked out again, whatever else the first one worked out."""
    done: list[tuple[object, ...]] = []

    def joined(*of: str) -> str:
        done.append(of)
        return "".join(of)

    memo: Memo = {}
    one, other = b"abc".decode(), b"abc".decode()  # equal, and not the same object
    first, second = context(memo=memo), context(memo=memo, serial=1, now=AT + timedelta(seconds=1))
    assert [where.once(joined, one) for where in (first, second, first)] == ["abc"] * 3
    assert done == [(one,)]
    assert second.once(joined, other) == "abc"
    assert second.once(joined, one, other) == "abcabc"
    assert done == [(one,), (other,), (one, other)]


def test_what_gave_nothing_is_not_worked_out_again() -> None:
    """None is an answer like any other."""
    done: list[str] = []
    one, name = context(), "a"
    assert [one.once(done.append, name) for _ in range(2)] == [None, None]
    assert done == [name]


def test_what_was_worked_out_is_never_found_under_another_object() -> None:
    """What it was of is held as long as the memo: no later object can have its place in memory, and its answer."""
    one, size = context(), 200
    for number in range(size):
        assert one.once(int, str(number + 10**6)) == number + 10**6
    assert len(one.memo) == size


def test_two_submits_share_nothing_that_was_worked_out() -> None:
    """A context that is made anew has an empty memo; having worked something out makes no difference to it."""
    one, other = context(), context()
    one.once(len, "abc")
    assert other.memo == {}
    assert one == other


def test_its_repr_shows_nothing_that_was_worked_out() -> None:
    """Peppered passwords and seal keys are among it."""
    one = context()
    one.once(str.upper, "kanari4")
    assert "kanari4" not in repr(one).lower()


def test_its_repr_shows_no_randomness() -> None:
    """Whoever reads a log of contexts can't make the handles that were minted from them."""
    entropy = b"kanari4-" * 4
    assert "kanari4" not in repr(context(entropy=entropy))
