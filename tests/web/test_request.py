"""A request: which methods are safe, what it refuses to be made of, what it does not show."""

from __future__ import annotations

from typing import Any

import pytest

from okmate_auth.errors import MisuseError
from okmate_auth.web import WebRequest
from tests.web.requests import connection, get, post


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_two_methods_change_nothing(method: str) -> None:
    """GET and HEAD may come from anywhere."""
    assert get(method=method).is_safe


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "Head", "", "GET "])
def test_every_other_method_may_change_something(method: str) -> None:
    """A name in another case is another method, and what nobody knows is not safe."""
    assert not get(method=method).is_safe


@pytest.mark.parametrize(
    "wrong", [{"method": b"GET"}, {"path": None}, {"connection": None}, {"body": "text"}, {"body": bytearray()}]
)
def test_a_field_of_another_type_is_misuse(wrong: dict[str, Any]) -> None:
    """The adapter's mistake is told at once, and without the value."""
    good: dict[str, Any] = {"method": "GET", "path": "/", "connection": connection(), "body": b""}
    with pytest.raises(MisuseError) as raised:
        WebRequest(**good | wrong)
    assert "must be" in str(raised.value)


def test_a_request_shows_no_field_and_no_body() -> None:
    """Cookies and what was entered are in no repr."""
    shown = repr(post(("Cookie", "canary"), body=b"canary"))
    assert "canary" not in shown
