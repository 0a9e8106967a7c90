"""What the library shows of itself: its names, and nothing that is secret."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable

import pytest

from okmate_auth import tokens
from okmate_auth.errors import MisuseError
from okmate_auth.tokens import (
    Accepted,
    OutOfStep,
    Parameters,
    Position,
    Replayed,
    TokenEntry,
    Windows,
    Wrong,
    read_oath_csv,
)
from tests.tokens.samples import SEED, TOTP

LINE = f"TK-000001,{SEED.hex()},totp,6,30\n"


def test_every_name_is_there_and_says_what_it_is() -> None:
    """The names are sorted, unique and present; every function and class has a docstring."""
    assert tokens.__all__ == sorted(set(tokens.__all__), key=lambda name: (not name.isupper(), name[0].islower(), name))
    for name in tokens.__all__:
        thing = getattr(tokens, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert thing.__doc__


@pytest.mark.parametrize("verdict", [Accepted(1, Position()), Replayed(1), OutOfStep(1), Wrong()])
def test_a_verdict_tells_no_secret(verdict: object) -> None:
    """What is logged of it by mistake holds a counter, and neither a code nor a seed."""
    assert not any(word in repr(verdict).lower() for word in ("seed", "code"))
    assert pickle.loads(pickle.dumps(verdict)) == verdict  # noqa: S301 - our own


def test_an_entry_does_not_show_its_seed() -> None:
    """A token of a delivery that is printed shows its serial number, and no seed in any spelling."""
    (entry,), defects, _ = read_oath_csv(LINE, most=1)
    assert defects == ()
    assert entry == TokenEntry(line=1, serial="TK-000001", seed=SEED, parameters=TOTP, next_counter=0)
    said = repr(entry)
    assert "TK-000001" in said
    assert not any(secret in said for secret in (SEED.hex(), SEED.hex().upper(), str(SEED), SEED.decode()))


def test_values_are_equal_by_value_and_can_be_keys() -> None:
    """Verdicts, positions, parameters and windows are plain frozen values."""
    one, other = Accepted(1, Position(next_counter=2)), Accepted(1, Position(next_counter=2))
    assert one == other
    assert len({one, other, Replayed(1), OutOfStep(1), Wrong(), Wrong(), Windows(), Windows()}) == 5
    assert len({Parameters(kind="hotp"), Parameters(kind="hotp")}) == 1


@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_token_of_a_delivery_is_neither_pickled_nor_copied(way: Callable[[object], object]) -> None:
    """Its seed is in the clear: no queue, cache or debugger gets it by the usual ways (A98)."""
    (entry,), _, _ = read_oath_csv(LINE, most=1)
    with pytest.raises(MisuseError):
        way(entry)
