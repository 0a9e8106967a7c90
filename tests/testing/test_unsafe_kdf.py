"""The parameters that only tests may use."""

from __future__ import annotations

import pytest

from okmate_auth.errors import ConfigurationError
from okmate_auth.policies.kdf import Argon2Parameters
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST, UnsafeArgon2Parameters


def test_the_cheapest_is_what_argon2_allows_at_least() -> None:
    """8 KiB, one pass, one lane, with salt and tag as in production."""
    cheapest = (UNSAFE_CHEAPEST.memory_kib, UNSAFE_CHEAPEST.iterations, UNSAFE_CHEAPEST.lanes)
    assert cheapest == (8, 1, 1)
    assert (UNSAFE_CHEAPEST.salt_bytes, UNSAFE_CHEAPEST.tag_bytes) == (16, 32)


def test_it_stands_where_parameters_stand_and_shouts() -> None:
    """A profile takes it for the real thing, and its repr says what it is."""
    assert isinstance(UNSAFE_CHEAPEST, Argon2Parameters)
    assert repr(UNSAFE_CHEAPEST).startswith("UnsafeArgon2Parameters(")
    with pytest.raises(ConfigurationError):
        Argon2Parameters(memory_kib=UNSAFE_CHEAPEST.memory_kib, iterations=1)


def test_everything_but_the_floor_is_still_checked() -> None:
    """What Argon2 itself would refuse is refused here as well."""
    with pytest.raises(ConfigurationError):
        UnsafeArgon2Parameters(memory_kib=7)
