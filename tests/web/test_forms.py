"""Forms: what browsers send is read, and nothing else: types, sizes, escapes, doubled, missing and unknown fields."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import MisuseError
from okmate_auth.secret import Secret
from okmate_auth.web import Form, Problem, WebRequest
from okmate_auth.web.forms import MALFORMED, MOST_BYTES, MOST_FIELDS, TOO_LARGE, WRONG_TYPE, head_problem, read_form
from tests.web.requests import FORM, connection, get, post

TYPES: Final = (
    *(FORM, FORM.upper(), f"{FORM};charset=utf-8", f"{FORM}; charset=UTF-8", f'{FORM} ;\tcharset="utf-8"', f" {FORM} "),
)
OTHER_TYPES: Final = (
    *("", "text/plain", "multipart/form-data; boundary=a", "application/json", f"{FORM}; charset=shift_jis"),
    *(f"{FORM}; charset=utf-8; a=b", f"{FORM};", f"{FORM}, {FORM}", f"{FORM}; charset='utf-8'", f"{FORM}x"),
    *(f"{FORM}; boundary=a", "application/x-www-form-urlencoded+json", f"{FORM}; charset=utf-8, text/plain"),
)

READ: Final[dict[bytes, dict[str, str]]] = {
    b"": {},
    b"a=": {"a": ""},
    b"a=1": {"a": "1"},
    b"a=1&b=2": {"a": "1", "b": "2"},
    b"a=b=c": {},  # browsers escape the second one
    b"a=%3D": {"a": "="},
    b"a=1+2%2B3%20": {"a": "1 2+3 "},
    b"a=%E3%81%82": {"a": "あ"},
    b"a=%e3%81%82": {"a": "あ"},
    b"a=%F0%A0%AE%B7": {"a": "𠮷"},
    b"a=%0D%0A%00": {"a": "\r\n\x00"},  # what a password may not have, its rules refuse
    b"%61=1": {"a": "1"},
    b"answer.mail=1": {"answer.mail": "1"},
    b"answer.=1": {"answer.": "1"},
    b"a=*-._~": {"a": "*-._~"},
}
"""Bodies and their fields; {} for a body that is not empty: refused."""

BROKEN: Final = (
    *(b"a", b"=", b"=1", b"&", b"a=1&", b"&a=1", b"a=1&&b=2", b"a=1&a=1", b"a=1&a=2", b"a=1&%61=2", b"a=1&b"),
    *(b"a=%", b"a=%4", b"a=%G1", b"a=%u3042", b"a=%%41", b"a=%C3", b"a=%FF", b"a=%C0%80", b"a=%ED%A0%80"),
    *(b"a=%F5%80%80%80", b"a=\xe3\x81\x82", b"a=1;b=2", b"a=1\n", b"a= 1", b'a="1"', b"a=<", b"a=1\x00", b"a=@"),
    *(b"c=1", b"A=1", b"answer=1", b"Answer.mail=1", b"a.=1", b"a[]=1", b"%FF=1", b"%=1"),
)


@pytest.mark.parametrize("kind", TYPES)
def test_the_type_of_a_form_is_one(kind: str) -> None:
    """Case and an explicit UTF-8 don't matter."""
    assert isinstance(read_form(post(kind=kind, body=b"a=1"), fields=["a"]), Form)


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_another_type_is_refused_before_anything_is_read(kind: str) -> None:
    """A form of another site's making could be text/plain; another charset would be another form."""
    assert head_problem(post(kind=kind).connection) == WRONG_TYPE
    assert read_form(post(kind=kind, body=b"a=1"), fields=["a"]) == WRONG_TYPE


def test_no_type_or_two_types_or_an_encoding_is_another_type() -> None:
    """What could be read in two ways is read in none."""
    for wrong in (
        connection(),
        connection(("Content-Type", FORM), ("Content-Type", FORM)),
        connection(("Content-Type", FORM), ("Content_Type", FORM)),
        connection(("Content-Type", FORM), ("Content-Encoding", "gzip")),
        connection(("Content-Type", FORM), ("Content-Encoding", "")),
    ):
        assert head_problem(wrong) == WRONG_TYPE


@pytest.mark.parametrize(
    ("length", "problem"),
    [
        *(("0", None), (str(MOST_BYTES - 1), None), (str(MOST_BYTES), None), (str(MOST_BYTES + 1), TOO_LARGE)),
        *(("9" * 19, TOO_LARGE), ("9" * 20, MALFORMED), ("-1", MALFORMED), ("+1", MALFORMED), ("1.0", MALFORMED)),
        *(("", MALFORMED), ("0x10", MALFORMED), ("1, 1", MALFORMED), ("\xb2", MALFORMED)),
    ],
)
def test_a_length_is_believed_as_far_as_it_refuses(length: str, problem: Problem | None) -> None:
    """What says that it is too large is not read at all; what says it in no number is refused."""
    assert head_problem(post(("Content-Length", length)).connection) == problem


def test_two_lengths_are_no_length() -> None:
    """Equal or not: two readers could take another one each (request smuggling)."""
    assert head_problem(post(("Content-Length", "1"), ("Content-Length", "1")).connection) == MALFORMED


def test_a_length_beside_chunks_is_no_length() -> None:
    """One reader goes by the one, another by the other (RFC 9112 6.3); chunks alone are counted while they are read."""
    chunks = ("Transfer-Encoding", "chunked")
    assert head_problem(post(("Content-Length", "1"), chunks).connection) == MALFORMED
    assert head_problem(post(chunks).connection) is None


@pytest.mark.parametrize(("body", "fields"), READ.items())
def test_what_browsers_send_is_read(body: bytes, fields: dict[str, str]) -> None:
    """Names and values come out as they were entered; a missing field is empty."""
    form = read_form(post(body=body), fields=["a", "b", "answer.*"])
    if body and not fields:
        assert form == MALFORMED
        return
    assert isinstance(form, Form)
    assert dict(form.fields) == fields
    assert [form.text(name) for name in form] == list(fields.values())
    assert (form.text("missing"), form.secret("missing"), "missing" in form) == ("", Secret(""), False)


@pytest.mark.parametrize("body", BROKEN)
def test_what_no_browser_sends_is_refused(body: bytes) -> None:
    """Fields twice, unknown, nameless; escapes cut short; bytes that are not UTF-8; what has to be escaped."""
    assert read_form(post(body=body), fields=["a", "b", "answer.*"]) == MALFORMED


@pytest.mark.parametrize(("size", "read"), [(MOST_BYTES - 1, True), (MOST_BYTES, True), (MOST_BYTES + 1, False)])
def test_a_body_is_bounded(size: int, read: bool) -> None:  # noqa: FBT001 - a column of the table
    """64 KiB are read, a byte more is not, whatever it said before."""
    form = read_form(post(body=b"a=" + b"1" * (size - 2)), fields=["a"])
    assert isinstance(form, Form) if read else form == TOO_LARGE


@pytest.mark.parametrize("count", [MOST_FIELDS - 1, MOST_FIELDS, MOST_FIELDS + 1])
def test_fields_are_bounded(count: int) -> None:
    """64 fields are read, 65 are not."""
    form = read_form(post(body=urlencode({f"a{one}": "" for one in range(count)}).encode()), fields=["a*"])
    assert (len(form) == count) if isinstance(form, Form) else (form == TOO_LARGE and count == MOST_FIELDS + 1)


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.dictionaries(names, texts, max_size=8))
def test_whatever_is_entered_comes_out_as_it_was(entered: dict[str, str]) -> None:
    """Any text at all, encoded as the standard has it, is read back."""
    form = read_form(post(body=urlencode(entered, quote_via=quote_plus).encode()), fields=list(entered))
    assert isinstance(form, Form)
    assert dict(form.fields) == entered


@given(st.binary(max_size=80) | st.text("ab=&%4+", max_size=20).map(str.encode), st.lists(names, max_size=3))
def test_any_bytes_are_a_form_or_a_problem(body: bytes, fields: list[str]) -> None:
    """Nothing raises; what is read has the listed fields only, and writes the same body again but for its escapes."""
    form = read_form(post(body=body), fields=[*fields, "a"])
    if isinstance(form, Problem):
        assert form == MALFORMED
        return
    assert set(form) <= {*fields, "a"} | {name for name in form for one in fields if one.endswith("*")}
    again = read_form(post(body=urlencode(dict(form.fields)).encode()), fields=[*fields, "a"])
    assert again == form


def test_a_form_shows_nothing_of_what_was_entered() -> None:
    """No name and no value is in a repr, a format or a problem."""
    form = Form({"canary": "canary"})
    assert "canary" not in f"{form}{form!r}{read_form(post(body=b'canary=%'), fields=['canary'])!r}"


def test_fields_are_several_names() -> None:
    """One text would list its letters."""
    fields: Any = "token"
    with pytest.raises(MisuseError):
        read_form(post(body=b"t=1"), fields=fields)


def test_a_form_lists_what_belongs_together() -> None:
    """The members of an action's answer are found by their beginning."""
    form = Form({"answer.mail": "a@b", "answer.": "", "name": "mail"})
    assert form.under("answer.") == {"mail": "a@b", "": ""}


def test_a_request_without_a_body_s_type_is_no_form() -> None:
    """A page that is asked for is not read as a form."""
    request: WebRequest = get()
    assert read_form(request, fields=()) == WRONG_TYPE
