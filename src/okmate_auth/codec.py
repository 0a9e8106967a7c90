"""Frozen attrs values to JSON and back, by their annotations.

Rule 1. What a newer version wrote and this one doesn't know is kept and written back (:class:`Part.unknown`), so that
        two library versions can share one store.
Rule 2. A value with its default is not written; a field that is missing gets its default. So adding a field with a
        default needs no migration.
Rule 3. JSON and a schema only: nothing stored is ever unpickled or evaluated (ASVS 5.0 1.5.2).
Rule 4. Secrets are written by a codec that was made to do so, and no other.

Instants are whole microseconds since 1970-01-01 UTC, durations whole microseconds, bytes base64url.
"""

# ruff: noqa: ANN401 - a codec is about values of any type
from __future__ import annotations

import base64
import binascii
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, Final, Literal, TypeVar, Union, cast

import attrs

from okmate_auth.errors import CorruptRecordError, MisuseError
from okmate_auth.secret import Secret

__all__ = ["Codec", "Json", "Part", "json_text", "parsed"]

Json = Union[None, bool, int, float, str, "list[Json]", "dict[str, Json]"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
TAG: Final = "$"
_TO_JSON: Final = json.JSONEncoder(separators=(",", ":"))  # json.dumps would make one for each text

Encode = Callable[[Any], Any]
Decode = Callable[[Any], Any]
T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Part:
    """Base of every value that is stored.

    Attributes:
        unknown: Fields that a newer version wrote, kept as they were.
    """

    unknown: Mapping[str, Json] = attrs.field(factory=dict[str, Json], repr=False)


@attrs.frozen
class _Field:
    name: str
    encode: Encode | None  # None where JSON has the value as it is
    decode: Decode
    kind: type | None  # of a value that JSON has as it is: then this is looked at, and nothing is called
    default: object  # attrs.NOTHING where the field is required


@attrs.frozen
class _Plan:
    """How one class is written and read, worked out from its annotations once."""

    cls: type
    fields: tuple[_Field, ...]
    by_name: Mapping[str, _Field]
    values: Callable[[object], tuple[Any, ...]]  # of the fields, all at once
    keeps_unknown: bool

    def encode(self, value: object) -> dict[str, Json]:
        out: dict[str, Json] = {}
        for field, item in zip(self.fields, self.values(value), strict=True):
            default = field.default
            if item is not default and item != default:
                out[field.name] = item if field.encode is None else field.encode(item)
        if self.keeps_unknown:
            out.update(cast("Part", value).unknown)
        return out

    def decode(self, data: object) -> Any:
        if not isinstance(data, dict):
            message = f"a stored {self.cls.__name__} is not an object"
            raise CorruptRecordError(message)
        by_name = self.by_name
        known: dict[str, Any] = {}
        unknown: dict[str, Json] = {}
        try:
            for name, item in cast("dict[str, Any]", data).items():  # what has its default is not there: no cost
                field = by_name.get(name)
                if field is None:
                    unknown[name] = item
                elif type(item) is field.kind:
                    known[name] = item
                else:
                    known[name] = field.decode(item)
            if unknown and self.keeps_unknown:
                known["unknown"] = unknown
            return self.cls(**known)
        except (TypeError, ValueError, KeyError, OverflowError, MisuseError) as error:
            message = f"a stored {self.cls.__name__} does not fit its schema"
            raise CorruptRecordError(message) from error


def json_text(value: object) -> bytes:
    """Return what JSON has as it is as JSON text, in ASCII and without spaces."""
    return _TO_JSON.encode(value).encode("ascii")


def parsed(body: bytes | str) -> dict[str, Any] | None:
    """Return the JSON object that a text says, None where it says none.

    The parser's own error holds the whole text, so it goes no further than this.
    """
    try:
        data: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", data) if isinstance(data, dict) else None


class Codec:
    """Encodes and decodes frozen attrs classes.

    Args:
        variants: Classes that may stand where an annotation names their base class; each is written with its name.
        reveals_secrets: Whether :class:`~okmate_auth.secret.Secret` fields may be written, for sealed texts only.
    """

    def __init__(self, variants: tuple[type, ...] = (), *, reveals_secrets: bool = False) -> None:
        self._variants = {variant.__name__: variant for variant in variants}
        self._reveals_secrets = reveals_secrets
        self._plans: dict[type, _Plan] = {}

    def dumps(self, value: object) -> bytes:
        """Return the JSON text of an attrs value as ASCII bytes, fields in the order of their definition."""
        return json_text(self.encode(value))

    def loads(self, cls: type[T], body: bytes | str) -> T:
        """Return the ``cls`` that ``body`` says.

        Raises:
            CorruptRecordError: The text is not a JSON object, or does not fit the class.
        """
        data = parsed(body)
        if data is None:
            message = f"a stored {cls.__name__} is not a JSON object"
            raise CorruptRecordError(message)
        return self.decode(cls, data)

    def encode(self, value: object) -> dict[str, Json]:
        """Return the fields of an attrs value as JSON objects."""
        return self._plan(type(value)).encode(value)

    def decode(self, cls: type[T], data: object) -> T:
        """Return the ``cls`` that a JSON object says.

        Raises:
            CorruptRecordError: A required field is missing or a field has the wrong form.
        """
        return cast("T", self._plan(cls).decode(data))

    def encode_variant(self, value: object) -> dict[str, Json]:
        """Return the fields of a variant, with its class's name."""
        name = type(value).__name__
        if self._variants.get(name) is not type(value):
            message = f"{name} is no variant of this codec"
            raise MisuseError(message)
        return {TAG: name, **self.encode(value)}

    def decode_variant(self, data: object) -> object:
        """Return the variant that a JSON object names.

        Raises:
            CorruptRecordError: The object names no variant.
        """
        known = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        cls = self._variants.get(str(known.get(TAG)))
        if cls is None:
            message = "a stored value names no known class"
            raise CorruptRecordError(message)
        fields = {name: item for name, item in known.items() if name != TAG}
        return cast("object", self.decode(cls, fields))

    def _plan(self, cls: type) -> _Plan:
        plan = self._plans.get(cls)
        if plan is None:
            hints = typing.get_type_hints(cls)
            fields = tuple(
                self._field(field, hints[field.name]) for field in attrs.fields(cls) if field.name != "unknown"
            )
            by_name = {field.name: field for field in fields}
            plan = _Plan(cls, fields, by_name, _getter(tuple(by_name)), issubclass(cls, Part))
            self._plans[cls] = plan
        return plan

    def _field(self, field: attrs.Attribute[Any], hint: Any) -> _Field:
        encode, decode = self._pair(hint)
        kind = hint if hint in (str, int, bool) else None
        return _Field(field.name, None if encode is _same else encode, decode, kind, _default(field))

    def _pair(self, hint: Any) -> tuple[Encode, Decode]:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (Union, types.UnionType):
            inner = [argument for argument in arguments if argument is not type(None)]
            pair = self._pair(inner[0]) if len(inner) == 1 else (self.encode_variant, self.decode_variant)
            return _optional(pair) if len(inner) < len(arguments) else pair
        if origin is tuple:
            return _sequence(self._pair(arguments[0]))
        if origin is Literal:
            return _same, _one_of(arguments)
        if origin is Mapping:
            return _same, _exactly(dict)
        if hint is Secret:
            return self._reveal, Secret
        if hint in _PAIRS:
            return _PAIRS[hint]
        if any(variant is not hint and issubclass(variant, hint) for variant in self._variants.values()):
            return self.encode_variant, self.decode_variant
        if attrs.has(hint):
            plan = self._plan(hint)
            return plan.encode, plan.decode
        message = f"no form for {hint!r}"
        raise MisuseError(message)

    def _reveal(self, value: Secret) -> str:
        if not self._reveals_secrets:
            message = "this codec writes no secrets"
            raise MisuseError(message)
        return value.reveal()


def _default(field: attrs.Attribute[Any]) -> object:
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]  # attrs types Factory as a function
        factory: Any = field.default
        return factory.factory()
    return field.default


def _getter(names: tuple[str, ...]) -> Callable[[object], tuple[Any, ...]]:
    """Return what gets several attributes at once; ``attrgetter`` returns a single one bare, and refuses none."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _same(value: Any) -> Any:
    return value


def _exactly(kind: type) -> Decode:
    def decode(value: Any) -> Any:
        if type(value) is not kind:
            message = f"not {kind.__name__}"
            raise TypeError(message)
        return value

    return decode


_exact_int: Final = _exactly(int)
_exact_str: Final = _exactly(str)


def _one_of(allowed: tuple[Any, ...]) -> Decode:
    def decode(value: Any) -> Any:
        if value not in allowed:
            message = "not one of the allowed names"
            raise ValueError(message)
        return value

    return decode


def _optional(pair: tuple[Encode, Decode]) -> tuple[Encode, Decode]:
    encode, decode = pair
    return (
        lambda value: None if value is None else encode(value),
        lambda value: None if value is None else decode(value),
    )


def _sequence(pair: tuple[Encode, Decode]) -> tuple[Encode, Decode]:
    encode, decode = pair
    listed = _exactly(list)
    return lambda value: list(map(encode, value)), lambda value: tuple(map(decode, listed(value)))


def _encode_instant(value: datetime) -> int:
    return (value - EPOCH) // MICROSECOND


def _decode_instant(value: Any) -> datetime:
    return EPOCH + timedelta(microseconds=_exact_int(value))


def _encode_duration(value: timedelta) -> int:
    return value // MICROSECOND


def _decode_duration(value: Any) -> timedelta:
    return timedelta(microseconds=_exact_int(value))


def _encode_bytes(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode("ascii")


def _decode_bytes(value: Any) -> bytes:
    try:
        raw = base64.b64decode(_exact_str(value), altchars=b"-_", validate=True)
    except binascii.Error as error:
        message = "not base64url"
        raise ValueError(message) from error
    if _encode_bytes(raw) != value:  # the decoder lets "+", "/" and spare bits pass: one value has one text
        message = "not the base64url of these bytes"
        raise ValueError(message)
    return raw


_PAIRS: Final[dict[Any, tuple[Encode, Decode]]] = {
    str: (_same, _exactly(str)),
    int: (_same, _exactly(int)),
    bool: (_same, _exactly(bool)),
    datetime: (_encode_instant, _decode_instant),
    timedelta: (_encode_duration, _decode_duration),
    bytes: (_encode_bytes, _decode_bytes),
}
