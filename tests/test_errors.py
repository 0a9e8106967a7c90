"""Errors: one root, one stable code each, a tree split by whose fault it is."""

from __future__ import annotations

import inspect
import pickle

import pytest

from okmate_auth import errors
from okmate_auth.errors import (
    ClockError,
    CommitUnknownError,
    ConfigurationError,
    CorruptRecordError,
    InfrastructureError,
    MisuseError,
    OkmateAuthError,
    StoreContractError,
    StoreUnavailableError,
)

# class, its stable code, its parent: codes are public, so a changed one is a broken promise
TREE: list[tuple[type[OkmateAuthError], str, type[Exception]]] = [
    (OkmateAuthError, "error", Exception),
    (MisuseError, "misuse", OkmateAuthError),
    (StoreContractError, "store-contract", MisuseError),
    (ConfigurationError, "configuration", OkmateAuthError),
    (InfrastructureError, "infrastructure", OkmateAuthError),
    (StoreUnavailableError, "store-unavailable", InfrastructureError),
    (CommitUnknownError, "commit-unknown", InfrastructureError),
    (CorruptRecordError, "corrupt-record", InfrastructureError),
    (ClockError, "clock", InfrastructureError),
]


@pytest.mark.parametrize(("error", "code", "parent"), TREE)
def test_each_error_has_its_code_and_parent(error: type[OkmateAuthError], code: str, parent: type[Exception]) -> None:
    """A class keeps its machine-readable code and its place in the tree."""
    assert error.code == code
    assert error.__bases__ == (parent,)


def test_the_table_is_the_module() -> None:
    """No exception class of the module is missing from the table, and the module has no other exception."""
    defined = {value for _, value in inspect.getmembers(errors, inspect.isclass) if value.__module__ == errors.__name__}
    assert defined == {error for error, _, _ in TREE}


def test_no_two_errors_share_a_code() -> None:
    """A code names exactly one class."""
    codes = [error.code for error, _, _ in TREE]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(("error", "code", "parent"), TREE)
def test_an_error_crosses_a_process_boundary(error: type[OkmateAuthError], code: str, parent: type[Exception]) -> None:
    """Pickled and read again, an error is the same class with the same code and message."""
    copy = pickle.loads(pickle.dumps(error("field: rule")))  # noqa: S301  # our own bytes, made on this line
    assert type(copy) is error
    assert isinstance(copy, parent)
    assert (copy.code, copy.args) == (code, ("field: rule",))


@pytest.mark.parametrize("error", [error for error, _, _ in TREE])
def test_the_tree_in_the_docstring_is_complete(error: type[OkmateAuthError]) -> None:
    """The drawing that readers see first names every class."""
    assert error.__name__ in (errors.__doc__ or "")
