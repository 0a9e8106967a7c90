"""The account: which browsers it knows, and whether a login can succeed at all."""

from __future__ import annotations

import pytest

from okmate_auth.records import Account, KnownBrowser, Suspension, TokenBinding
from tests.stored_values import AT, account


def test_a_browser_is_known_by_its_hash_alone() -> None:
    """A browser that reached the end of a login is known; any other is not."""
    person = account(known_browsers=(KnownBrowser(browser="b1", used_at=AT), KnownBrowser(browser="b2", used_at=AT)))
    assert [person.knows(browser) for browser in ("b1", "b2", "b3", "", "B1")] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("person", "usable"),
    [
        (account(), True),
        (account(suspended=Suspension(at=AT, actor="desk:op")), False),
        (account(closed_at=AT), False),
        (account(suspended=Suspension(at=AT, actor="desk:op"), closed_at=AT), False),
    ],
)
def test_only_an_account_that_is_neither_suspended_nor_closed_is_usable(person: Account, *, usable: bool) -> None:
    """A suspension and a closing each stop every login."""
    assert person.usable is usable


def test_the_token_of_an_account_is_the_one_that_is_bound() -> None:
    """None where none is; there is one at most by now, and the list leaves room for more."""
    binding = TokenBinding(id="t1", serial="TK1", enrolled_at=AT)
    assert account().token is None
    assert account(tokens=(binding,)).token == binding
