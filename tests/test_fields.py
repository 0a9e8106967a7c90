"""Fields of commands: text stays text, secrets are wrapped, another type is the program's mistake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth import fields
from okmate_auth.errors import MisuseError
from okmate_auth.secret import Secret
from tests.unchecked import unchecked

CANARY = "kanari4-Passw0rd"

any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)
TEXTS = [fields.login_id, fields.name, fields.company, fields.serial, fields.purpose, fields.which]
REFERENCES = [fields.operator, fields.ticket]


class LoudText(str):
    """Text that lies about itself."""

    __slots__ = ()

    def __str__(self) -> str:
        return "loud"

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


@pytest.mark.parametrize("field", TEXTS)
@given(text=any_text)
def test_text_is_kept_as_it_was_typed(field: Callable[[str], str], text: str) -> None:
    """No field trims, folds or normalises what was typed: its form is judged by the command."""
    assert field(text) == text


@pytest.mark.parametrize("field", [*TEXTS, *REFERENCES])
@pytest.mark.parametrize("value", [None, 1, True, b"text", ["text"], Secret("text"), object()])
def test_another_type_is_the_programs_mistake(field: Callable[[Any], str], value: object) -> None:
    """Bytes, numbers and None are refused at once, by the field's name (A102)."""
    with pytest.raises(MisuseError, match=field.__name__):
        field(value)


@pytest.mark.parametrize("field", [*TEXTS, *REFERENCES])
def test_a_subclass_of_text_is_copied(field: Callable[[str], str]) -> None:
    """A text that lies about its characters or its equality does not get in (A102)."""
    kept = field(LoudText("abc"))
    assert type(kept) is str
    assert kept == "abc"


@given(st.lists(any_text, max_size=5))
def test_several_names_are_each_kept_once_in_their_order(several: list[str]) -> None:
    """What is named twice counts once; the first place counts."""
    kept = fields.names(several)
    assert kept == tuple(dict.fromkeys(several))
    assert fields.names(iter(several)) == kept


@pytest.mark.parametrize("value", ["transfer", b"transfer", ["transfer", 1], [None], [b"x"]])
def test_one_text_is_not_several_names(value: object) -> None:
    """A text in the place of several would be taken for its letters."""
    with pytest.raises(MisuseError):
        fields.names(unchecked(value))


@pytest.mark.parametrize("empty", [None, "", Secret("")])
def test_an_empty_field_is_like_none(empty: Secret | str | None) -> None:
    """A form sends an empty text for a field that was left out."""
    assert fields.optional_secret(empty) is None


@given(any_text.filter(bool))
def test_what_was_entered_becomes_a_secret(text: str) -> None:
    """A password is wrapped the moment it arrives; one that is wrapped already stays the same."""
    assert fields.optional_secret(text) == Secret(text)
    secret = Secret(text)
    assert fields.optional_secret(secret) is secret


def test_a_secret_of_another_type_is_refused() -> None:
    """Bytes are not a password."""
    with pytest.raises(MisuseError):
        fields.optional_secret(unchecked(b"password"))


@pytest.mark.parametrize("field", REFERENCES)
@pytest.mark.parametrize("text", ["a", "!", "~", "op-1/desk#3", "x" * 64])
def test_a_reference_is_printable_ascii(field: Callable[[str], str], text: str) -> None:
    """1 to 64 characters from ! to ~ are taken as they are."""
    assert field(text) == text


@pytest.mark.parametrize("field", REFERENCES)
@pytest.mark.parametrize("text", ["", "x" * 65, "a b", " a", "a\n", "a\x00", "\x7f", "é", "担当", CANARY + " "])
def test_a_reference_of_another_form_is_refused_without_being_shown(field: Callable[[str], str], text: str) -> None:
    """Empty, over-long, with a space, a control or anything beyond ASCII: refused, and the message holds no value."""
    with pytest.raises(MisuseError, match=field.__name__) as caught:
        field(text)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("value", [True, False])
def test_a_flag_is_a_truth_value(*, value: bool) -> None:
    """True and False are taken as they are."""
    assert fields.flag(value) is value


@pytest.mark.parametrize("value", [None, 0, 1, "", "true", [], [True]])
def test_what_is_only_like_one_is_no_flag(value: object) -> None:
    """A form's text, or a number, is not silently taken for yes or no (A102)."""
    with pytest.raises(MisuseError, match="flag"):
        fields.flag(unchecked(value))


INSTANTS = [
    datetime(2026, 1, 5, tzinfo=UTC),
    datetime(2026, 1, 5, tzinfo=timezone(timedelta(hours=9))),
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
]
NO_INSTANTS = [datetime(2026, 1, 5), date(2026, 1, 5), 0, 1767571200.0, "2026-01-05T00:00:00Z", b"", True, [], object()]  # noqa: DTZ001 - a naive one


@pytest.mark.parametrize("value", INSTANTS)
def test_an_instant_is_kept_as_it_is(value: datetime) -> None:
    """Aware, in whatever zone; an instant that may be left out is None then."""
    assert fields.instant(value) is value
    assert fields.optional_instant(value) is value
    assert fields.optional_instant(None) is None


@pytest.mark.parametrize("value", NO_INSTANTS)
@pytest.mark.parametrize("field", [fields.instant, fields.optional_instant])
def test_a_naive_or_other_time_is_the_programs_mistake(field: Callable[[object], object], value: object) -> None:
    """Of a time without a zone nobody knows when it is (A102)."""
    with pytest.raises(MisuseError, match="aware datetime"):
        field(value)


def test_an_instant_that_is_asked_for_is_not_left_out() -> None:
    """None is no instant."""
    with pytest.raises(MisuseError, match="aware datetime"):
        fields.instant(None)
