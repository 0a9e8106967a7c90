"""attempt: what reading raises is None, what is no failure of reading passes."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InternalError, UnsupportedAlgorithm

from okmate_auth.certificates.hostile import attempt


class PanicException(BaseException):
    """Named as pyo3 names a panic of Rust code, which can't be made to happen at will."""


def raising(error: BaseException) -> object:
    """Raise it."""
    raise error


def test_what_is_read_is_returned() -> None:
    """Without an exception there is what was read, also where it is false."""
    assert attempt(lambda: 0) == 0


@pytest.mark.parametrize(
    "error",
    [ValueError(), TypeError(), UnsupportedAlgorithm(""), InternalError("", []), RecursionError(), PanicException()],
)
def test_a_failure_of_reading(error: BaseException) -> None:
    """Whatever a library raises over bytes, a panic included, is a value."""
    assert attempt(lambda: raising(error)) is None


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), GeneratorExit()])
def test_what_is_none(error: BaseException) -> None:
    """What ends a program on purpose passes."""
    with pytest.raises(type(error)):
        attempt(lambda: raising(error))
