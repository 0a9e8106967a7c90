"""The tally: counts what was turned away, for as many as it was made for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.shells.tally import Tally

names = st.lists(st.sampled_from("abcde"), max_size=40)


@given(names)
def test_each_is_counted_apart_from_one_on(told: list[str]) -> None:
    """The how-many-th of its own kind, whatever came between."""
    tally, seen = Tally(), dict[str, int]()
    for name in told:
        seen[name] = seen.get(name, 0) + 1
        assert tally.next(name) == seen[name]


@given(names, st.integers(1, 4))
def test_only_so_many_are_remembered(told: list[str], most: int) -> None:
    """The one that was quiet longest is forgotten first and starts again at 1; no flood of IDs takes more memory."""
    tally, kept = Tally(most), dict[str, int]()
    for name in told:
        number = kept.pop(name, 0) + 1
        kept[name] = number
        assert tally.next(name) == number
        while len(kept) > most:
            del kept[next(iter(kept))]
        assert dict(tally._counts) == kept


def test_threads_never_get_the_same_number() -> None:
    """Two attempts that are turned away at the same moment are counted twice."""
    tally = Tally()
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: tally.next("s"), range(400)))
    assert sorted(numbers) == list(range(1, 401))
