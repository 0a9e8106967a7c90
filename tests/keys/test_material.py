"""One key, and the keys of one purpose."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.keys import KeyBytes, KeySet
from okmate_auth.keys.material import MAX_KEYS, is_key_id
from tests.unchecked import unchecked

CANARY = b"canary-key-bytes-never-to-appear"
KEY = KeyBytes(CANARY)

key_bytes = st.binary(min_size=32, max_size=32).filter(lambda value: len(set(value)) > 1)


def key(number: int) -> KeyBytes:
    """Make the key of a number."""
    return KeyBytes(b"a key of 28 bytes and a no. " + number.to_bytes(4, "big"))


@given(key_bytes)
def test_reveal_gives_back_the_key(value: bytes) -> None:
    """Exactly the bytes that were kept are revealed."""
    assert KeyBytes(value).reveal() == value


@given(st.binary(max_size=100))
def test_a_key_has_32_bytes(value: bytes) -> None:
    """Any other length is refused with the rule, and no length shows a byte."""
    if len(value) == 32:
        assume(len(set(value)) > 1)
        KeyBytes(value)
    else:
        with pytest.raises(ConfigurationError, match=r"^a key is made of exactly 32 bytes$"):
            KeyBytes(value)


@pytest.mark.parametrize("value", [None, "x" * 32, bytearray(CANARY), memoryview(CANARY), 32, list(CANARY), KEY])
def test_a_key_is_bytes(value: object) -> None:
    """Text, buffers that may change, and other keys are refused."""
    with pytest.raises(ConfigurationError, match=r"^a key is made of exactly 32 bytes$"):
        KeyBytes(unchecked(value))


@given(st.integers(0, 255))
def test_a_buffer_nobody_filled_is_no_key(byte: int) -> None:
    """One byte 32 times is refused: the generator failed or was never asked (A100)."""
    with pytest.raises(ConfigurationError, match="random"):
        KeyBytes(bytes([byte]) * 32)
    KeyBytes(bytes([byte]) * 31 + bytes([byte ^ 1]))


@given(key_bytes, key_bytes)
def test_keys_are_equal_when_their_bytes_are(one: bytes, other: bytes) -> None:
    """Equality is that of the bytes; bare bytes never equal a key."""
    assert (KeyBytes(one) == KeyBytes(other)) is (one == other)
    assert KeyBytes(one) == KeyBytes(one)
    assert KeyBytes(one) != one


@pytest.mark.parametrize("show", [repr, str, format, lambda it: f"{it:>50}".strip(), lambda it: "%s" % it])  # noqa: UP031 - a way out, too
def test_a_key_shows_nothing(show: Callable[[object], str]) -> None:
    """Every conversion to text gives the one fixed text."""
    assert show(KEY) == "KeyBytes(…)"


@pytest.mark.parametrize(
    "way_out",
    [
        copy.copy,
        copy.deepcopy,
        *[lambda it, n=n: pickle.dumps(it, protocol=n) for n in range(pickle.HIGHEST_PROTOCOL + 1)],
        lambda it: it.__getstate__(),
        lambda it: it.__reduce__(),
    ],
)
def test_copies_and_pickles_are_refused(way_out: Callable[[KeyBytes], object]) -> None:
    """No protocol of pickle, nor copy, nor deepcopy, takes a key along."""
    with pytest.raises(MisuseError):
        way_out(KEY)


@pytest.mark.parametrize("use", [hash, vars, iter, len, bytes])
def test_what_bytes_can_do_a_key_cannot(use: Callable[[object], object]) -> None:
    """A key is not hashed, listed, iterated or converted by accident."""
    with pytest.raises(TypeError):
        use(KEY)


@given(key_bytes, key_bytes)
def test_the_check_tells_keys_apart(one: bytes, other: bytes) -> None:
    """The check is 8 hex digits, the same for the same key, and no part of the key."""
    check = KeyBytes(one).check()
    assert len(check) == 8
    assert bytes.fromhex(check) not in one
    assert (check == KeyBytes(other).check()) is (one == other)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("1", True),
        ("1-0a1b2c3d", True),
        ("A.b_c-D", True),
        ("x" * 32, True),
        ("x" * 33, False),
        ("", False),
        ("-a", False),
        (".a", False),
        ("a b", False),
        ("a\n", False),
        ("a\x00", False),
        ("１", False),
        ("é", False),
        ("\ud800", False),
    ],
)
def test_key_ids_are_short_ascii_names(text: str, *, good: bool) -> None:
    """What may stand in a file, a record and an error message."""
    assert is_key_id(text) is good


def test_a_set_holds_its_current_key() -> None:
    """A current id that names no key is refused, as is a set without keys."""
    assert KeySet("b", {"a": key(1), "b": key(2)}).get("b") == key(2)
    with pytest.raises(ConfigurationError, match="current"):
        KeySet("c", {"a": key(1)})
    with pytest.raises(ConfigurationError, match="1 to 64"):
        KeySet("a", {})


def test_a_set_is_bounded() -> None:
    """64 keys are allowed, 65 are not, and a full set does not rotate."""
    full = KeySet("0", {str(n): key(n) for n in range(MAX_KEYS)})
    with pytest.raises(ConfigurationError, match="1 to 64"):
        full.rotated(key(MAX_KEYS))
    with pytest.raises(ConfigurationError, match="id has"):
        KeySet("a b", {"a b": key(1)})


def test_a_set_can_not_be_changed() -> None:
    """Neither the set nor the mapping it was made from lets a key in later."""
    held = {"a": key(1)}
    keys = KeySet("a", held)
    held["b"] = key(2)
    assert keys.get("b") is None
    with pytest.raises(TypeError):
        unchecked(keys.keys)["b"] = key(2)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        unchecked(keys).current = "b"


@given(st.lists(key_bytes, min_size=1, max_size=6, unique=True))
def test_rotation_keeps_every_key_and_makes_the_new_one_current(values: list[bytes]) -> None:
    """After any number of rotations all keys are held, the last is current and the ids are numbered."""
    keys = KeySet.of(KeyBytes(values[0]))
    for value in values[1:]:
        before = keys
        keys = keys.rotated(KeyBytes(value))
        assert all(keys.get(key_id) == former for key_id, former in before.keys.items())
    assert keys.get(keys.current) == KeyBytes(values[-1])
    assert [key_id.split("-")[0] for key_id in keys.keys] == [str(n + 1) for n in range(len(values))]


def test_a_number_is_never_used_again() -> None:
    """Numbering goes on from the highest, also where former keys were taken out or carry other names."""
    assert KeySet("7-0a1b2c3d", {"7-0a1b2c3d": key(1), "old": key(2)}).rotated(key(3)).current.startswith("8-")
    assert KeySet("old", {"old": key(2)}).rotated(key(3)).current.startswith("1-")


def test_two_operators_make_different_ids() -> None:
    """Rotating the same set with different keys gives different ids, so that neither passes for the other."""
    keys = KeySet.of(key(1))
    assert keys.rotated(key(2)).current != keys.rotated(key(3)).current


def test_the_repr_of_a_set_shows_ids_only() -> None:
    """Which keys are there is no secret, the keys are."""
    assert repr(KeySet("b", {"a": key(1), "b": key(2)})) == "KeySet(current='b', ids=['a', 'b'])"
