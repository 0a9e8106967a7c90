"""The text of a key file: JSON, versioned, read strictly.

Rule 1. One field for each purpose, nothing missing, nothing unknown, nothing twice: a slip in an edited file must not
        pass as a file with fewer keys.
Rule 2. Errors name the field and the rule. They are raised where no parser's exception is at hand, because that holds
        the whole text, and it would travel along as the context.

::

    {"format": "okmate-auth-keys", "version": 1,
     "subject": "64 hex digits", "handle": "…",
     "pepper": {"current": "1-0a1b2c3d", "keys": {"1-0a1b2c3d": "…"}},
     "seed": {…}, "chain": {…}}
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn, TypedDict, cast

from okmate_auth.errors import ConfigurationError
from okmate_auth.keys.material import KeyBytes, KeySet

FORMAT: Final = "okmate-auth-keys"
VERSION: Final = 1
MAX_CHARACTERS: Final = 2**16  # five times a file with all the keys it may hold

_FIELDS: Final = frozenset({"format", "version", "subject", "handle", "pepper", "seed", "chain"})
_SET_FIELDS: Final = frozenset({"current", "keys"})
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class KeyFields(TypedDict):
    """What a key file holds, by the names of :class:`~okmate_auth.keys.Keys`."""

    subject_key: KeyBytes
    handle_key: KeyBytes
    peppers: KeySet
    seeds: KeySet
    chains: KeySet


def write(fields: KeyFields) -> str:
    """Return the text of a key file: indented JSON in ASCII that ends with a line feed."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "subject": fields["subject_key"].reveal().hex(),
        "handle": fields["handle_key"].reveal().hex(),
        "pepper": _set_document(fields["peppers"]),
        "seed": _set_document(fields["seeds"]),
        "chain": _set_document(fields["chains"]),
    }
    return json.dumps(document, indent=1) + "\n"


def read(text: str) -> KeyFields:
    """Return what the text of a key file says.

    Raises:
        ConfigurationError: The text is not such a file, whole and strict; the message names the field and the rule.
    """
    document = _object(_parsed(text), _FIELDS, "key file")
    if document["format"] != FORMAT:
        _refuse("format", f"must be {FORMAT}")
    if type(document["version"]) is not int or document["version"] != VERSION:
        _refuse("version", f"must be {VERSION}")
    return KeyFields(
        subject_key=_key(document["subject"], "subject"),
        handle_key=_key(document["handle"], "handle"),
        peppers=_set(document["pepper"], "pepper"),
        seeds=_set(document["seed"], "seed"),
        chains=_set(document["chain"], "chain"),
    )


class _Twice(dict[str, Any]):
    """An object in which a name stands twice; Python's parser would keep the last and say nothing."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    return names if len(names) == len(pairs) else _Twice(names)


def _parsed(text: str) -> object:
    """Parse JSON; None for what is none."""
    if len(text) > MAX_CHARACTERS:
        _refuse("key file", f"must have at most {MAX_CHARACTERS} characters")
    try:
        return cast("object", json.loads(text, object_pairs_hook=_pairs))
    except (ValueError, RecursionError):
        return None


def _object(value: object, names: frozenset[str], field: str) -> dict[str, Any]:
    if isinstance(value, _Twice):
        _refuse(field, "has a name twice")
    if not isinstance(value, dict) or value.keys() != names:
        _refuse(field, f"must be a JSON object of exactly {', '.join(sorted(names))}")
    return cast("dict[str, Any]", value)


def _set(value: object, field: str) -> KeySet:
    document = _object(value, _SET_FIELDS, field)
    current, keys = document["current"], document["keys"]
    if isinstance(keys, _Twice):
        _refuse(f"{field}.keys", "has an id twice")
    if not isinstance(keys, dict) or not isinstance(current, str):
        _refuse(field, "must name its current key and hold an object of keys")
    held = {key_id: _key(key, f"{field}.keys") for key_id, key in cast("dict[str, object]", keys).items()}
    try:
        return KeySet(current, held)
    except ConfigurationError as error:
        message = f"{field}: {error}"
        raise ConfigurationError(message) from error


def _key(value: object, field: str) -> KeyBytes:
    if not isinstance(value, str) or _HEX.fullmatch(value) is None:
        _refuse(field, "a key is written as 64 lower-case hex digits")
    try:
        return KeyBytes(bytes.fromhex(value))
    except ConfigurationError as error:
        message = f"{field}: {error}"
        raise ConfigurationError(message) from error


def _set_document(keys: KeySet) -> dict[str, Any]:
    return {"current": keys.current, "keys": {key_id: key.reveal().hex() for key_id, key in keys.keys.items()}}


def _refuse(field: str, rule: str) -> NoReturn:
    message = f"{field}: {rule}"
    raise ConfigurationError(message)
