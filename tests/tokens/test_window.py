"""Looking for a code: everything that shows it is found, and everything is computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import MisuseError
from okmate_auth.tokens import Algorithm, Parameters, code_at, matching, window
from tests.tokens.samples import ALGORITHMS, HOTP, LAST_COUNTER, SEED, STEP, TOTP, parameters, seeds
from tests.tokens.work import Work
from tests.unchecked import unchecked

AROUND: Final = range(STEP - 10, STEP + 11)


@given(seeds, parameters, st.integers(0, 2**64 - 30), st.integers(0, 30), st.data())
def test_what_is_found_is_what_shows_the_code(
    seed: bytes, what: Parameters, start: int, length: int, data: st.DataObject
) -> None:
    """Every counter of the range that shows the code, in order, and no other one."""
    counters = range(start, start + length)
    code = data.draw(st.integers(start - 2, start + length + 2).map(lambda at: code_at(seed, max(at, 0), what)))
    expected = tuple(counter for counter in counters if code_at(seed, counter, what) == code)
    assert matching(seed, code, counters, what) == expected


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("length", [0, 1, 19, 20, 21, 63, 64, 65, 127, 128, 129, 300])
def test_keys_of_every_length_are_padded_as_hmac_says(algorithm: Algorithm, length: int) -> None:
    """Shorter than the hash's block, as long, and longer, where it is hashed first (RFC 2104 section 2)."""
    seed, what = (bytes(range(1, 256)) * 2)[:length], attrs.evolve(TOTP, algorithm=algorithm)
    for counter in AROUND:
        assert counter in matching(seed, code_at(seed, counter, what), AROUND, what)


def test_codes_that_are_the_same_by_chance_are_all_found() -> None:
    """Among two thousand codes of six digits some are equal; each of their counters is told."""
    counters = range(2000)
    by_code: dict[str, list[int]] = {}
    for counter in counters:
        by_code.setdefault(code_at(SEED, counter, HOTP), []).append(counter)
    twice = {code: at for code, at in by_code.items() if len(at) > 1}
    assert twice
    assert {code: list(matching(SEED, code, counters, HOTP)) for code in twice} == twice


@pytest.mark.parametrize(
    ("counters", "found"),
    [
        (range(-10, 1), (0,)),
        (range(-10, 0), ()),
        (range(-20, -10), ()),
        (range(0), ()),
        (range(7, 7), ()),
        (range(9, 3), ()),
    ],
)
def test_there_is_nothing_below_zero(counters: range, found: tuple[int, ...]) -> None:
    """A window that reaches below 0 is as much of it as exists; an empty one holds nothing."""
    assert matching(SEED, code_at(SEED, 0, HOTP), counters, HOTP) == found


@pytest.mark.parametrize("more", [1, 2, 3, 2**64])
def test_there_is_nothing_above_the_last_counter(more: int) -> None:
    """A window that reaches beyond 2⁶⁴ - 1 ends there, and does not go on at 0 (A10)."""
    counters = range(LAST_COUNTER - 2, LAST_COUNTER + more)
    for counter in (LAST_COUNTER - 1, LAST_COUNTER):
        expected = (counter,) if counter in counters else ()
        assert matching(SEED, code_at(SEED, counter, HOTP), counters, HOTP) == expected
    assert matching(SEED, code_at(SEED, 0, HOTP), counters, HOTP) == ()
    assert matching(SEED, code_at(SEED, 0, HOTP), range(LAST_COUNTER + 1, LAST_COUNTER + 9), HOTP) == ()


SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    "nothing": lambda _: "",
    "one digit less": lambda code: code[1:],
    "one digit more": lambda code: f"0{code}",
    "full-width": lambda code: code.translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
    "Arabic-Indic": lambda code: code.translate({48 + digit: 0x660 + digit for digit in range(10)}),
    "a space before": lambda code: f" {code}",
    "a space for a zero": lambda code: f" {code.lstrip('0')}".rjust(6),
    "a sign for a zero": lambda code: f"+{code[1:]}",
    "a minus": lambda code: f"-{code[1:]}",
    "an underscore": lambda code: f"{code[:3]}_{code[4:]}",
    "a NUL behind": lambda code: f"{code}\x00",
    "a line end": lambda code: f"{code}\n",
    "a lone surrogate": lambda code: f"{code[:-1]}\udc30",
    "minus one": lambda _: "-1",
}
"""Other ways to write a code that a careless comparison takes for it (A19, A20)."""


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_code_has_one_spelling(spelling: str) -> None:
    """No other way to write a code matches anything, zeros in front included."""
    counter = next(at for at in range(1000) if code_at(SEED, at, HOTP).startswith("0"))
    code = code_at(SEED, counter, HOTP)
    assert matching(SEED, code, range(1000), HOTP) == (counter,)
    assert matching(SEED, SPELLINGS[spelling](code), range(1000), HOTP) == ()


def test_what_is_no_code_is_not_the_code_of_zeros() -> None:
    """A token that shows nothing but zeros is not opened by what can't be read as a number."""
    seed, counter = (13_339).to_bytes(20, "big"), 1027  # the first that does, of seeds that are numbers
    assert code_at(seed, counter, HOTP) == "000000"
    counters = range(counter, counter + 1)
    assert matching(seed, "000000", counters, HOTP) == (counter,)
    for text in ("", "0", "00000", "0000000", "-00000", "０００００００", "abcdef", "\x00" * 6, " 000000"):
        assert matching(seed, text, counters, HOTP) == ()


@pytest.mark.parametrize("shown", [6, 7, 8])
@pytest.mark.parametrize("entered", [6, 7, 8])
def test_a_code_is_as_long_as_the_token_shows_it(shown: int, entered: int) -> None:
    """The last six digits of eight are no code of a token that shows eight, nor the other way round (A20)."""
    longer, other = attrs.evolve(TOTP, digits=shown), attrs.evolve(TOTP, digits=entered)
    code = code_at(SEED, STEP, other)
    assert matching(SEED, code, AROUND, longer) == ((STEP,) if shown == entered else ())


@pytest.mark.parametrize("bad", [None, 123456, b"123456", ["1"] * 6, bytearray(b"123456")])
def test_only_text_is_looked_for(bad: object) -> None:
    """Another type is the program's fault, and its value is not told."""
    with pytest.raises(MisuseError, match=r"^code must be text$"):
        matching(SEED, unchecked(bad), AROUND, TOTP)


class Liar(str):
    """Text that says of itself what is not so."""

    __slots__ = ()

    def __len__(self) -> int:
        return 6

    def isdigit(self) -> bool:
        """Say so."""
        return True

    def __int__(self) -> int:
        return int(code_at(SEED, STEP, TOTP))


def test_text_that_lies_about_itself_is_read_by_its_characters() -> None:
    """What matches are the characters that were entered, not what their class says of them."""
    assert matching(SEED, Liar("no code"), AROUND, TOTP) == ()
    assert matching(SEED, Liar(code_at(SEED, STEP, TOTP)), AROUND, TOTP) == (STEP,)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("length", [0, 1, 2, 3, 21, 101])
def test_every_code_of_the_range_is_computed(algorithm: Algorithm, length: int, work: Work) -> None:
    """First, middle, last, nowhere, or no code at all: as many are computed as the range has counters."""
    what = attrs.evolve(TOTP, algorithm=algorithm)
    counters = range(STEP, STEP + length)
    codes = ["", "12345", "123456", "１２３４５６", "9" * 1000, *(code_at(SEED, at, what) for at in counters)]
    assert {work.codes(partial(matching, SEED, code, counters, what)) for code in codes} == {length}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_hashes_are_those_of_the_standard_library(algorithm: Algorithm) -> None:
    """No code is computed by anything else than the hash of its name, with the block that this hash has."""
    new, block = window._HASHES[algorithm]
    hashed = hashlib.new(algorithm, SEED)
    assert (new(SEED).digest(), block) == (hashed.digest(), hashed.block_size)
