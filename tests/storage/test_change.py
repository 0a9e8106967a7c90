"""Change sets and queries are checked before a store acts on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import StoreContractError
from okmate_auth.ports import MAX_GUARDS, MAX_KEYS, ChangeSet
from okmate_auth.records import Key, Note, Record
from okmate_auth.storage import MemoryStore, check_change
from okmate_auth.storage.change import (
    LARGEST,
    check_due,
    check_history,
    check_load,
    encoded_puts,
    microseconds,
    rows_before,
)
from tests.changes import AT, altered, change, creation, new_id, note, row, session
from tests.unchecked import unchecked

CANARY = "canary-7f3a"
KEY = Note.at("n", "test")
OTHER = Note.at("o", "test")


class Foreign(Record):
    """A record of a kind that the library does not know."""

    kind = "foreign"


class Derived(Note):
    """A class that pretends to be a note."""


PROPER: list[Callable[[], ChangeSet]] = [
    change,
    lambda: creation(note("n")),
    lambda: creation(note("n"), session("h"), appends=(row("a", 1), row("b", 7), row("a", 2))),
    lambda: change({KEY: "v"}),
    lambda: change({KEY: "v"}, puts=(note("n"),)),
    lambda: change({KEY: "v", OTHER: "w"}, puts=(note("n"),), deletes=(OTHER,)),
    lambda: change({KEY: ""}),  # a version that no record ever has: a conflict, not a mistake
    lambda: change(appends=(row("a", LARGEST),)),
    lambda: change(at=datetime.min.replace(tzinfo=UTC)),
    lambda: change(at=datetime.max.replace(tzinfo=timezone(-timedelta(hours=12)))),
]

MALFORMED: list[tuple[str, Callable[[], Any]]] = [
    ("a change set", lambda: None),
    ("a change set", lambda: {"id": new_id()}),
    ("id", lambda: change(id=CANARY)),
    ("id", lambda: change(id=new_id()[1:])),
    ("id", lambda: change(id=new_id() + "0")),
    ("id", lambda: change(id=new_id() + "\n")),
    ("id", lambda: change(id="F" * 32)),
    ("id", lambda: change(id="\uff11" * 32)),
    ("id", lambda: change(id=b"1" * 32)),
    ("at", lambda: change(at=AT.replace(tzinfo=None))),
    ("at", lambda: change(at=AT.timestamp())),
    ("guards", lambda: change(unchecked([KEY]))),
    ("guards", lambda: change({unchecked((CANARY, "n")): None})),
    ("guards", lambda: change({Key("note", "\u3042"): "v"})),
    ("guards", lambda: change({Key("note", "\ud800"): "v"})),
    ("guards", lambda: change({Key("note", unchecked(1)): "v"})),
    ("guards", lambda: change({Key(unchecked(b"note"), "n"): "v"})),
    ("guards", lambda: change({KEY: unchecked(1)})),
    ("guards", lambda: change({KEY: "\u3042"})),
    ("guards", lambda: change({KEY: None})),  # absence that nothing stands for
    ("guards", lambda: change({KEY: None, OTHER: None}, puts=(note("n"),))),
    ("puts", lambda: change({KEY: None}, puts=[note("n")])),
    ("puts", lambda: change({KEY: None}, puts=iter([note("n")]))),
    ("puts", lambda: change(puts=(note("n"),))),  # not named in guards
    ("puts", lambda: creation(note("n"), note("n", x=1))),
    ("puts", lambda: change({KEY: None}, puts=("note",))),
    ("puts", lambda: change({Key("foreign", "f"): None}, puts=(Foreign(),))),
    ("puts", lambda: change({KEY: None}, puts=(Derived(subject="n", action="test", data={}),))),
    ("puts", lambda: change({KEY: None}, puts=(altered(session("h"), handle=["h"]),))),
    ("deletes", lambda: change({KEY: "v"}, deletes=[KEY])),
    ("deletes", lambda: change(deletes=(KEY,))),  # not named in guards
    ("deletes", lambda: change({KEY: "v"}, deletes=(KEY, KEY))),
    ("deletes", lambda: change({KEY: "v"}, puts=(note("n"),), deletes=(KEY,))),
    ("deletes", lambda: change({KEY: None}, puts=(note("n"),), deletes=(KEY,))),
    ("deletes", lambda: change({KEY: "v"}, deletes=("n",))),
    ("appends", lambda: change(appends=[row("a", 1)])),
    ("appends", lambda: change(appends=(("a", 1),))),
    ("appends", lambda: change(appends=(row("a", 2), row("a", 1)))),
    ("appends", lambda: change(appends=(row("a", 1), row("a", 1)))),
    ("appends", lambda: change(appends=(row("a", 1), row("b", 1), row("a", 3)))),
    ("appends", lambda: change(appends=(row("a", 0),))),
    ("appends", lambda: change(appends=(altered(row("a", 1), number=True),))),
    ("appends", lambda: change(appends=(row("a", LARGEST + 1),))),
    ("appends", lambda: change(appends=(row("\u3042", 1),))),
    ("appends", lambda: change(appends=(row(unchecked(1), 1),))),
    ("appends", lambda: change(appends=(altered(row("a", 1), key_id="\u3042"),))),
    ("appends", lambda: change(appends=(altered(row("a", 1), body=CANARY),))),
    ("appends", lambda: change(appends=(altered(row("a", 1), mac=None),))),
]


@pytest.mark.parametrize("make", PROPER)
def test_a_proper_change_set_passes(make: Callable[[], ChangeSet]) -> None:
    """What a store can act on is not refused."""
    check_change(make())


@pytest.mark.parametrize(("field", "make"), MALFORMED)
def test_a_malformed_change_set_is_the_callers_mistake(field: str, make: Callable[[], Any]) -> None:
    """The message names the field that is wrong, and shows nothing of what it holds."""
    with pytest.raises(StoreContractError) as caught:
        check_change(make())
    assert str(caught.value).startswith(field)
    assert CANARY not in repr(caught.value)


@pytest.mark.parametrize(("count", "passes"), [(63, True), (64, True), (65, False)])
def test_64_keys_are_the_most_of_a_load(count: int, *, passes: bool) -> None:
    """One more is refused; whoever needs more loads several times."""
    assert MAX_KEYS == 64
    keys = [Note.at(f"n{number}", "test") for number in range(count)]
    if passes:
        assert check_load(keys) == tuple(keys)
    else:
        with pytest.raises(StoreContractError, match="keys: at most 64 keys"):
            check_load(keys)


@pytest.mark.parametrize(("count", "passes"), [(255, True), (256, True), (257, False)])
@pytest.mark.parametrize("creating", [False, True])
def test_256_guards_are_the_most_of_a_change_set(count: int, *, passes: bool, creating: bool) -> None:
    """Whether they guard what is there or create what is not: a delivery comes in whole, and is bounded."""
    assert MAX_GUARDS == 256
    notes = [note(f"n{number}") for number in range(count)]
    large = creation(*notes) if creating else change({one.key: "v" for one in notes})
    if passes:
        check_change(large)
    else:
        with pytest.raises(StoreContractError, match="guards: at most 256 keys"):
            check_change(large)


@pytest.mark.parametrize("keys", [None, 1, "n", [("note", "n")], iter([KEY]), [KEY, None], [Key("note", "\u3042")]])
def test_a_load_takes_a_collection_of_keys(keys: object) -> None:
    """Something else is refused before anything is read."""
    with pytest.raises(StoreContractError, match="keys"):
        check_load(unchecked(keys))


@pytest.mark.parametrize(
    ("chain", "limit", "before", "passes"),
    [
        ("c", 0, None, True),
        ("c", LARGEST, LARGEST, True),
        ("c", 3, 0, True),
        ("c", -1, None, False),
        ("c", LARGEST + 1, None, False),
        ("c", True, None, False),
        ("c", "3", None, False),
        ("c", 3, -1, False),
        ("c", 3, 1.5, False),
        ("\u3042", 3, None, False),
        (None, 3, None, False),
    ],
)
def test_a_history_query_has_a_chain_a_count_and_a_number(
    chain: object, limit: object, before: object, *, passes: bool
) -> None:
    """A negative limit would mean no limit to SQLite; it and everything else of the wrong form is refused."""
    given = unchecked(chain), unchecked(limit), unchecked(before)
    if passes:
        check_history(*given)
    else:
        with pytest.raises(StoreContractError):
            check_history(*given)


@pytest.mark.parametrize(
    ("kind", "until", "limit", "passes"),
    [
        ("session", AT, 0, True),
        ("unheard-of", AT, LARGEST, True),
        ("session", AT.replace(tzinfo=None), 1, False),
        ("session", None, 1, False),
        ("session", AT, -1, False),
        ("\u3042", AT, 1, False),
    ],
)
def test_a_query_for_what_is_due_has_a_kind_an_instant_and_a_count(
    kind: str,
    until: object,
    limit: int,
    *,
    passes: bool,
) -> None:
    """Anything else is refused."""
    if passes:
        check_due(kind, unchecked(until), limit)
    else:
        with pytest.raises(StoreContractError):
            check_due(kind, unchecked(until), limit)


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.text()), st.just(KEY)
)


@given(field=st.sampled_from(["id", "at", "guards", "puts", "deletes", "appends"]), junk=JUNK)
def test_junk_in_any_field_is_refused_as_such(field: str, junk: object) -> None:
    """Whatever stands in a field, a change set passes or is refused; nothing else is raised."""
    made = altered(creation(note("n"), appends=(row("a", 1),)), **{field: junk})
    with pytest.raises(StoreContractError):
        check_change(made)


@given(
    cls=st.sampled_from([(session("h"), ("ends_at", "used_at", "factors", "fresh")), (note("n"), ("data",))]),
    data=st.data(),
)
def test_junk_in_a_record_is_refused_before_anything_is_written(
    cls: tuple[Record, tuple[str, ...]], data: st.DataObject
) -> None:
    """A record that can't be encoded is the caller's mistake as well, and no cause of the error holds it."""
    record, fields = cls
    junk = data.draw(JUNK | st.just({KEY: object()}) | st.just(AT.replace(tzinfo=None)))
    record = altered(record, **{data.draw(st.sampled_from(fields)): junk})
    store, caught = MemoryStore(), None
    try:
        store.commit(creation(record))
    except StoreContractError as error:
        caught = error
    if caught is not None:
        assert (caught.__context__, caught.__cause__) == (None, None)
        assert store.load((record.key,)) == {}


def test_a_record_that_contains_itself_is_refused() -> None:
    """Endless JSON is refused, not followed."""
    data: dict[str, Any] = {}
    data["again"] = data
    with pytest.raises(StoreContractError, match="Note"):
        encoded_puts(creation(Note(subject="n", action="test", data=data)))


def test_puts_are_encoded_with_the_time_they_are_due() -> None:
    """A record is kept as JSON text, its due time as microseconds since 1970."""
    ends = datetime(1970, 1, 1, 9, 0, 1, 5, tzinfo=timezone(timedelta(hours=9)))
    first, second = encoded_puts(creation(session("h", ends_at=ends), note("n", x="\u3042")))
    assert (first.kind, first.id, first.due_at) == ("session", "h", 1_000_005)
    assert (second.kind, second.id, second.due_at) == ("note", "n:test", None)
    assert second.body.isascii()


@given(at=st.datetimes(timezones=st.just(UTC)))
def test_instants_are_kept_to_the_microsecond(at: datetime) -> None:
    """No instant is rounded, whichever year it is in."""
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds(at)) == at


def test_rows_follow_the_last_one_of_their_chain() -> None:
    """The first row of a chain in a change set says how many there must be before it."""
    assert rows_before((row("a", 1), row("b", 7), row("a", 2), row("b", 8))) == {"a": 0, "b": 6}
