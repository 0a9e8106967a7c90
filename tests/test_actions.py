"""A bank's own steps: what they may know, and what they may keep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.actions import LEVELS, NOTE_LIMIT, Person, checked_note, json_object
from okmate_auth.errors import MisuseError
from tests.stored_values import AT, account, any_json, any_text

objects = st.dictionaries(any_text, any_json, max_size=4)


class NotADict(Mapping[str, int]):
    """A mapping that is no dict."""

    def __getitem__(self, name: str) -> int:
        return {"a": 1}[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("a",))

    def __len__(self) -> int:
        return 1


def nested(levels: int) -> object:
    """Return an object of so many levels, the innermost empty."""
    data: Any = {}
    for level in range(levels - 1):
        data = {"a": data} if level % 2 or level == levels - 2 else [data]
    return data


def sized(size: int) -> dict[str, str]:
    """Return an object whose JSON text has so many bytes."""
    return {"a": "x" * (size - len('{"a":""}'))}


@given(objects)
def test_an_object_is_kept_as_an_equal_copy(data: dict[str, Any]) -> None:
    """What was given is kept as it was; whoever changes it later changes nothing that is kept."""
    kept = json_object(data)
    assert kept == data
    assert kept is not data
    assert json_object(MappingProxyType(data)) == data


def test_any_mapping_is_an_object() -> None:
    """A view may hand over whatever its framework calls a form."""
    assert json_object(NotADict()) == {"a": 1}


@pytest.mark.parametrize(
    "data",
    [
        None,
        "{}",
        b"{}",
        1,
        True,
        [],
        [("a", 1)],
        {"a": object()},
        {"a": b"x"},
        {"a": {1, 2}},
        {"a": float("nan")},
        {"a": float("inf")},
        {("a",): 1},
        {"a": AT},
    ],
)
def test_anything_else_is_not_taken(data: object) -> None:
    """What has no JSON form, or is no object, is refused rather than approximated."""
    assert json_object(data) is None
    with pytest.raises(MisuseError, match=r"'mail' gave something else than a JSON object of at most 4096 bytes"):
        checked_note("mail", data)


@pytest.mark.parametrize(("size", "taken"), [(NOTE_LIMIT - 1, True), (NOTE_LIMIT, True), (NOTE_LIMIT + 1, False)])
def test_a_note_has_at_most_4_kib(size: int, *, taken: bool) -> None:
    """Counted in the bytes that are stored; a note is loaded with every login of its account."""
    assert len(json.dumps(sized(size), separators=(",", ":"))) == size
    assert (json_object(sized(size)) is not None) is taken


@pytest.mark.parametrize("text", ["あ", "\U0001f3e6", "\ud800", "\n", '"'])
def test_a_note_is_measured_as_it_is_stored(text: str) -> None:
    """Escapes count: a character that is stored as six or twelve bytes takes that much room."""
    stored = len(json.dumps(text)) - 2
    fitting = (NOTE_LIMIT - len('{"a":""}')) // stored
    assert json_object({"a": text * fitting}) is not None
    assert json_object({"a": text * (fitting + 1)}) is None


@pytest.mark.parametrize(("levels", "taken"), [(LEVELS - 1, True), (LEVELS, True), (LEVELS + 1, False), (1000, False)])
def test_a_note_is_nested_at_most_32_levels(levels: int, *, taken: bool) -> None:
    """Objects and lists alike; deeper ones make every walk over them dear."""
    assert (json_object(nested(levels)) is not None) is taken


def test_endless_nesting_is_not_taken() -> None:
    """What contains itself, or is nested beyond the parser's stack, is refused like any other form."""
    endless: dict[str, Any] = {}
    endless["a"] = endless
    assert json_object(endless) is None
    assert json_object({"a": nested(100_000)}) is None


@given(objects)
def test_a_checked_note_is_that_object(data: dict[str, Any]) -> None:
    """What an action gives passes through unchanged where its form is right."""
    assert checked_note("mail", data) == data


def test_an_action_knows_the_person_and_no_secret() -> None:
    """What is due may depend on who it is, never on a password or a login under way."""
    person = account(name="岐阜 花子", role="administrator", entitlements=("inquiry",))
    known = Person.of(person)
    assert known == Person(
        login_id="Hanako01",
        name="岐阜 花子",
        company="C1",
        role="administrator",
        entitlements=("inquiry",),
        registered_at=AT,
    )
    secrets = {"login_password", "confirmation_password", "flows", "sessions", "known_browsers", "subject", "id"}
    assert not secrets & {field.name for field in attrs.fields(Person)}
