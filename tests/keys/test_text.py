"""The text of a key file."""

from __future__ import annotations

import hashlib
import json
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError
from okmate_auth.keys import ENTROPY_BYTES, KeyBytes, Keys
from okmate_auth.keys.material import MAX_KEYS
from okmate_auth.keys.text import MAX_CHARACTERS

KEYS = Keys.from_entropy(hashlib.shake_256(b"text").digest(ENTROPY_BYTES))
TEXT = KEYS.to_json()
DOCUMENT: dict[str, Any] = json.loads(TEXT)
CANARY = hashlib.sha256(b"canary").hexdigest()


def edited(*path: str, to: object) -> str:
    """Return the file's text with one value changed."""
    document = json.loads(TEXT)
    place = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return json.dumps(document)


def without(*path: str) -> str:
    """Return the file's text with one name left out."""
    document = json.loads(TEXT)
    place = document
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return json.dumps(document)


@given(st.lists(st.sampled_from(["pepper", "seed", "chain", "handle"]), max_size=5), st.binary(min_size=8, max_size=8))
def test_writing_and_reading_are_inverse(purposes: list[Any], salt: bytes) -> None:
    """Whatever was rotated, the text of the keys reads back as the same keys."""
    keys = KEYS
    for number, purpose in enumerate(purposes):
        keys = keys.rotated(purpose, hashlib.sha256(salt + bytes([number])).digest())
    assert Keys.from_json(keys.to_json()) == keys


def test_the_form_is_fixed() -> None:
    """Field names and order of version 1 stay; ASCII, one line feed at the end."""
    assert list(DOCUMENT) == ["format", "version", "subject", "handle", "pepper", "seed", "chain"]
    assert (DOCUMENT["format"], DOCUMENT["version"]) == ("okmate-auth-keys", 1)
    assert DOCUMENT["subject"] == KEYS.subject_key.reveal().hex()
    assert DOCUMENT["pepper"] == {
        "current": KEYS.current_pepper,
        "keys": {KEYS.current_pepper: KEYS.peppers.keys[KEYS.current_pepper].reveal().hex()},
    }
    assert TEXT.isascii()
    assert TEXT.endswith("}\n")


REFUSED = [
    ("", "key file"),
    ("{", "key file"),
    ("null", "key file"),
    ("[]", "key file"),
    ('"text"', "key file"),
    ("{}", "key file"),
    (TEXT + "x", "key file"),
    (TEXT + TEXT, "key file"),
    ("[" * 50_000, "key file"),
    ("9" * 5_000, "key file"),
    (" " * (MAX_CHARACTERS + 1 - len(TEXT)) + TEXT, "key file"),
    ("\ufeff" + TEXT, "key file"),
    (TEXT.encode().decode("utf-16-le", "ignore"), "key file"),
    *[(without(name), "key file") for name in DOCUMENT],
    (edited("unknown", to=CANARY), "key file"),
    (TEXT.replace('"handle"', '"subject"'), "key file"),
    (TEXT.replace('"format"', f'"subject": "{CANARY}", "format"'), "key file"),
    (edited("format", to=CANARY), "format"),
    (edited("version", to=0), "version"),
    (edited("version", to=2), "version"),
    (edited("version", to=True), "version"),
    (edited("version", to="1"), "version"),
    (edited("version", to=1.0), "version"),
    *[
        (edited(name, to=value), name)
        for name in ("subject", "handle")
        for value in (
            CANARY[:-1],
            CANARY + "0",
            CANARY[:-2],
            CANARY.upper(),
            CANARY[:-1] + "g",
            CANARY[:-1] + "０",
            " " + CANARY[1:],
            CANARY + "\n",
            "",
            "0" * 64,
            None,
            7,
            [CANARY],
            {"key": CANARY},
        )
    ],
    *[
        case
        for name in ("pepper", "seed", "chain")
        for case in (
            (edited(name, to=CANARY), name),
            (edited(name, to=[]), name),
            (edited(name, to={}), name),
            (without(name, "current"), name),
            (without(name, "keys"), name),
            (edited(name, "more", to=CANARY), name),
            (edited(name, "current", to="missing"), name),
            (edited(name, "current", to=CANARY), name),
            (edited(name, "current", to=None), name),
            (edited(name, "current", to=["1"]), name),
            (edited(name, "keys", to={}), name),
            (edited(name, "keys", to=[CANARY]), name),
            (edited(name, "keys", to={"a": CANARY}), name),
            (edited(name, "keys", DOCUMENT[name]["current"], to=CANARY[:-1]), f"{name}.keys"),
            (edited(name, "keys", "second", to=None), f"{name}.keys"),
            (edited(name, "keys", "not an id", to=CANARY), name),
            (edited(name, "keys", "", to=CANARY), name),
            (edited(name, "keys", "x" * 33, to=CANARY), name),
            (TEXT.replace(f'"{DOCUMENT[name]["current"]}": "', f'"a": "{CANARY}", "a": "'), f"{name}.keys"),
            (TEXT.replace(f'"{name}": {{', f'"{name}": {{"current": "a", '), name),
        )
    ],
    (edited("handle", to=DOCUMENT["subject"]), "keys"),
    (edited("pepper", "keys", "second", to=DOCUMENT["subject"]), "keys"),
]


@pytest.mark.parametrize(("text", "field"), REFUSED)
def test_anything_else_is_refused_by_field_and_rule(text: str, field: str) -> None:
    """The error names the field, shows no value, and carries no parser's exception that would hold the text."""
    with pytest.raises(ConfigurationError) as caught:
        Keys.from_json(text)
    assert str(caught.value).startswith(f"{field}: ")
    said = "".join(traceback.format_exception(caught.value))
    values = [DOCUMENT["subject"], DOCUMENT["handle"], CANARY[:40], CANARY.upper()[:40]]
    assert not [value for value in values if value in said]
    error: BaseException | None = caught.value
    while error is not None:
        assert not isinstance(error, json.JSONDecodeError)
        error = error.__context__


def test_the_longest_file_is_read() -> None:
    """Every purpose full of keys with the longest ids stays within the bound on characters."""
    document = json.loads(TEXT)
    for name in ("pepper", "seed", "chain"):
        ids = [f"{number:02}" + "x" * 30 for number in range(MAX_KEYS)]
        held = {key_id: hashlib.sha256(f"{name}{key_id}".encode()).hexdigest() for key_id in ids}
        document[name] = {"current": ids[0], "keys": held}
    keys = Keys.from_json(json.dumps(document))
    assert len(keys.to_json()) * 2 < MAX_CHARACTERS
    assert Keys.from_json(keys.to_json()) == keys
    assert keys.peppers.get("63" + "x" * 30) == KeyBytes(hashlib.sha256(b"pepper63" + b"x" * 30).digest())


def test_the_bound_on_characters_is_exact() -> None:
    """White space up to the bound is allowed; one more is refused."""
    assert Keys.from_json(TEXT + " " * (MAX_CHARACTERS - len(TEXT))) == KEYS
    with pytest.raises(ConfigurationError, match="at most"):
        Keys.from_json(TEXT + " " * (MAX_CHARACTERS - len(TEXT) + 1))


@given(st.text(max_size=50) | st.recursive(st.none() | st.booleans() | st.text(), st.lists).map(json.dumps))
def test_no_text_crashes_the_reader(text: str) -> None:
    """Any text is read or refused, nothing else happens."""
    with pytest.raises(ConfigurationError):
        Keys.from_json(text)
