"""The codec: what was stored comes back as it was, whoever wrote it, and nothing else ever comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.codec import Codec, Json, Part
from okmate_auth.errors import CorruptRecordError, MisuseError
from okmate_auth.secret import Secret
from tests.stored_values import any_json, any_text, instants, values_of

CANARY = "kanari4-Passw0rd"


@attrs.frozen(kw_only=True)
class Inner(Part):
    """A part of a part."""

    name: str
    count: int = 0


@attrs.frozen(kw_only=True)
class Everything(Part):
    """A field of every form."""

    text: str
    number: int = 7
    flag: bool = False
    at: datetime | None = None
    lasts: timedelta = timedelta(0)
    raw: bytes = b""
    kind: Literal["one", "two"] = "one"
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    pairs: tuple[tuple[str, ...], ...] = ()
    data: Mapping[str, Json] = attrs.field(factory=dict)


@attrs.frozen
class Shape:
    """Base of variants."""


@attrs.frozen
class Circle(Shape):
    """A variant."""

    radius: int


@attrs.frozen
class Square(Shape):
    """Another."""

    side: int


@attrs.frozen
class Drawing:
    """Variants behind their base class, a union of classes, and none."""

    shape: Shape
    either: Circle | Square
    perhaps: Circle | Square | None = None


@attrs.frozen
class Hidden:
    """A value with a secret in it."""

    secret: Secret
    also: Secret | None = None


PLAIN = Codec()
SHAPES = Codec((Circle, Square))


@given(values_of(Everything))
def test_what_was_written_comes_back_equal(value: Everything) -> None:
    """Any value, to its last microsecond, lone surrogate and field of a newer version, survives being stored."""
    body = PLAIN.dumps(value)
    assert PLAIN.loads(Everything, body) == value
    assert PLAIN.loads(Everything, body.decode("ascii")) == value


@given(values_of(Everything), st.dictionaries(any_text, any_json, max_size=3))
def test_what_is_not_known_is_kept_and_written_back(value: Everything, newer: dict[str, Any]) -> None:
    """A field that a newer version wrote, at whatever depth, is still there after this version wrote the record."""
    known = {field.name for field in attrs.fields(Everything)} | {field.name for field in attrs.fields(Inner)}
    newer = {name: item for name, item in newer.items() if name not in known}
    stored = {**PLAIN.encode(value), **newer, "inner": {"name": "n", **newer}}
    written = PLAIN.encode(PLAIN.decode(Everything, stored))
    assert written == {**stored, "inner": {"name": "n", **newer}}


def test_a_default_is_not_written_and_what_is_missing_gets_its_default() -> None:
    """A record that uses none of the newer fields is stored as before they existed, and the other way round."""
    assert PLAIN.dumps(Everything(text="t")) == b'{"text":"t"}'
    assert PLAIN.loads(Everything, b'{"text":"t"}') == Everything(text="t")
    assert PLAIN.encode(Everything(text="t", number=8, data={"a": 1})) == {"text": "t", "number": 8, "data": {"a": 1}}


def test_a_value_that_keeps_nothing_unknown_drops_it() -> None:
    """A class that is no Part reads what it knows and forgets the rest."""
    assert SHAPES.decode(Circle, {"radius": 1, "colour": "red"}) == Circle(1)


@given(instants, st.timedeltas())
def test_times_are_whole_microseconds(at: datetime, lasts: timedelta) -> None:
    """Instants are stored as microseconds since 1970 UTC, durations as microseconds: integers, no float anywhere."""
    stored = PLAIN.encode(Everything(text="", at=at, lasts=lasts))
    assert stored["at"] == (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert stored.get("lasts", 0) == lasts // timedelta(microseconds=1)


WRONG: dict[str, tuple[object, ...]] = {
    "text": (1, None, True, ["t"], {"t": 1}, 1.0),
    "number": (True, 1.0, "1", None, [1]),
    "flag": (1, 0, "true", None),
    "at": (True, 1.0, "2026-01-01", 10**20, -(10**20), 10**400),
    "lasts": (None, 1.5, 10**21, 10**400),
    "raw": (1, "é", "a", "a+b/", "AAA", "A A=", "AB=="),
    "kind": ("three", 1, None, ["one"], {"one": 1}),
    "inner": ("n", [], {}, {"name": 1}, {"name": "n", "count": "1"}),
    "many": ({}, "nn", {"name": "n"}, [None], ["n"]),
    "pairs": (["ab"], "ab", [[1]], {}),
    "data": ("text", 1, [], None, True),
}


@pytest.mark.parametrize(("field", "wrong"), [(field, wrong) for field, values in WRONG.items() for wrong in values])
def test_a_field_of_another_type_is_corrupt(field: str, wrong: object) -> None:
    """No value passes for one of another type, bool and int included."""
    with pytest.raises(CorruptRecordError, match=r"a stored \w+ (does not fit its schema|is not an object)$"):
        PLAIN.decode(Everything, {"text": "t", field: wrong})


@pytest.mark.parametrize(
    "body", ["", "{", "nothing", b"\xff", '{"text":"t"} x', "[" * 100_000, "[]", "1", '{"a":' * 100_000]
)
def test_what_is_no_json_object_is_corrupt(body: str | bytes) -> None:
    """A torn, foreign or endlessly nested body is a corrupt record, not a crash of the reader."""
    with pytest.raises(CorruptRecordError, match="not a JSON object"):
        PLAIN.loads(Everything, body)


@pytest.mark.parametrize("data", [None, [], "text", 1, True])
def test_what_is_no_object_is_corrupt(data: object) -> None:
    """A record is an object."""
    with pytest.raises(CorruptRecordError, match="not an object"):
        PLAIN.decode(Everything, data)


def test_a_required_field_that_is_missing_is_corrupt() -> None:
    """Only a field with a default may be missing."""
    with pytest.raises(CorruptRecordError, match="schema"):
        PLAIN.decode(Everything, {"number": 1})


@given(any_json)
def test_any_json_is_read_or_corrupt(data: object) -> None:
    """Whatever stands in the store, reading it gives a value of the class or the one error."""
    try:
        value = PLAIN.loads(Everything, json.dumps(data))
    except CorruptRecordError:
        return
    assert isinstance(value, Everything)


@pytest.mark.parametrize("body", [f'{{"text":"t","number":"{CANARY}"}}', f'{{"text":"{CANARY}"', f'"{CANARY}"'])
def test_no_error_holds_what_was_stored(body: str) -> None:
    """The text of a corrupt record, which may hold a hash or a name, is in no error that may reach a log."""
    with pytest.raises(CorruptRecordError) as caught:
        PLAIN.loads(Everything, body)
    error: BaseException | None = caught.value
    while error is not None:
        assert CANARY not in f"{error} {error.args} {vars(error)}"
        assert not any(CANARY in str(getattr(error, name, "")) for name in ("doc", "object"))
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("shape", [Circle(3), Square(4)])
def test_a_variant_is_written_with_its_name(shape: Circle | Square) -> None:
    """Where an annotation names a base class or several classes, the class's name stands beside the fields."""
    drawing = Drawing(shape=shape, either=shape)
    stored = SHAPES.encode(drawing)
    assert isinstance(stored["shape"], dict)
    assert stored["shape"]["$"] == type(shape).__name__
    assert SHAPES.decode(Drawing, stored) == drawing
    assert SHAPES.decode(Drawing, {**stored, "perhaps": stored["either"]}).perhaps == shape
    assert SHAPES.decode_variant(SHAPES.encode_variant(shape)) == shape


@pytest.mark.parametrize("data", [None, [], "Circle", {}, {"$": "Triangle"}, {"$": None}, {"$": ["Circle"]}, {"$": {}}])
def test_an_unknown_variant_is_corrupt(data: object) -> None:
    """A stored name leads to one of the codec's own classes or nowhere: nothing stored is ever imported or called."""
    with pytest.raises(CorruptRecordError, match="no known class"):
        SHAPES.decode_variant(data)


@attrs.frozen
class Triangle(Shape):
    """A class that no codec was told of."""


@pytest.mark.parametrize("shape", [Triangle(), 1, Inner(name="n")])
def test_only_its_own_variants_are_written(shape: object) -> None:
    """What could not be read back is not written."""
    with pytest.raises(MisuseError, match="no variant"):
        SHAPES.encode_variant(shape)


def test_a_class_of_the_same_name_is_no_variant() -> None:
    """A variant is the class itself, not whatever is called like it."""
    impostor = attrs.make_class("Circle", ["radius"], frozen=True)
    with pytest.raises(MisuseError, match="no variant"):
        SHAPES.encode_variant(impostor(1))


def test_secrets_are_written_by_a_codec_made_for_it_alone() -> None:
    """A secret that strays into a record is a mistake that shows at once; the sealing codec reads and writes it."""
    hidden = Hidden(Secret(CANARY))
    with pytest.raises(MisuseError) as caught:
        PLAIN.dumps(hidden)
    assert CANARY not in str(caught.value)
    sealing = Codec(reveals_secrets=True)
    assert sealing.encode(hidden) == {"secret": CANARY}
    assert sealing.loads(Hidden, sealing.dumps(hidden)) == hidden
    with pytest.raises(CorruptRecordError):
        sealing.decode(Hidden, {"secret": 1})


@attrs.frozen
class Odd:
    """A class with a field that has no stored form."""

    number: complex


def test_a_type_without_a_form_is_a_mistake_of_the_program() -> None:
    """A record with a field that can't be stored is found by the first test that touches it."""
    for codec in (PLAIN, SHAPES):
        with pytest.raises(MisuseError, match="no form"):
            codec.encode(Odd(1j))
