"""A session check asks for one record, by a hash that is worked out once."""

from __future__ import annotations

import hashlib

import pytest

from okmate_auth import Client, handles
from okmate_auth.queries.query import Need
from okmate_auth.queries.session import CheckSession
from okmate_auth.records import Session
from okmate_auth.secret import Secret
from tests.stored_values import context

HANDLE = handles.mint(hashlib.sha256(b"a session").digest())
BROWSER = handles.mint(hashlib.sha256(b"a browser").digest())


def check(handle: str = HANDLE, browser: str = BROWSER) -> CheckSession:
    """Return the check of a handle and a browser."""
    return CheckSession(Secret(handle), client=Client("192.0.2.1", browser=browser))


def test_a_check_has_a_key_for_each_bank() -> None:
    """Asked about one bank and then about another, the same check finds each one's session and no other's."""
    asked = check()
    for _ in range(2):
        for bank in ("", "NORTH", "SOUTH"):
            key = Session.at(handles.stored("session", Secret(HANDLE), bank=bank))
            assert asked.need(context(bank=bank)) == Need((key,))


def test_the_handle_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a bank's check is asked, from its need to its answer."""
    hashed: list[str] = []

    def counted(domain: handles.Domain, handle: Secret, *, bank: str) -> str:
        hashed.append(bank)
        return stored(domain, handle, bank=bank)

    stored = handles.stored
    monkeypatch.setattr(handles, "stored", counted)
    asked, where = check(), context(bank="NORTH")
    for _ in range(3):
        asked.need(where)
    assert hashed == ["NORTH"]


def test_a_check_is_no_other_for_having_been_asked() -> None:
    """It equals one that was not asked, and shows neither handle nor hash."""
    asked = check()
    (key,) = asked.need(context()).keys
    assert asked == check()
    assert HANDLE not in repr(asked)
    assert key.id not in repr(asked)


@pytest.mark.parametrize(("handle", "browser"), [("", BROWSER), (HANDLE[:-1], BROWSER), (HANDLE, ""), (HANDLE, "x")])
def test_what_can_not_be_found_is_not_looked_for(handle: str, browser: str) -> None:
    """What is no handle, or of no browser, costs no read."""
    assert check(handle, browser).need(context()) == Need()
