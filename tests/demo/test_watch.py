"""The store that lets the audience see what was committed."""

from __future__ import annotations

from datetime import timedelta

import attrs

from okmate_auth.commands import ByDesk, PasswordLogin, RegisterCompany
from okmate_auth.demo.people import COMPANY, DESK
from okmate_auth.demo.stage import StoryClock
from okmate_auth.demo.watch import Committed, WatchedStore
from okmate_auth.ports import ChangeSet, Store
from okmate_auth.records import Company, OperationHead
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing import FakeClock
from tests.shows import staged
from tests.unchecked import unchecked

NOW = FakeClock()()
CANARY = "canary123"
THING = Company(bank="", id=CANARY, name=CANARY, method="password", created_at=NOW)


def change(number: int, **parts: object) -> ChangeSet:
    """Return a change set."""
    return ChangeSet(id=f"{number:032x}", at=NOW, **unchecked({"guards": {}, **parts}))


def test_it_is_a_store() -> None:
    """Whatever takes a store takes it (checked by the type checkers, too)."""
    store: Store = WatchedStore(MemoryStore())
    assert store.clock() is None


def test_what_was_committed_is_told_once_and_by_name_only() -> None:
    """Kinds of records and what history rows say; neither keys nor contents."""
    store = WatchedStore(MemoryStore())
    head = OperationHead(subject=CANARY)
    put = change(1, guards={THING.key: None, head.key: None}, puts=(THING, head))
    assert store.commit(put) == "done"
    assert store.commit(change(2, guards={THING.key: put.id}, deletes=(THING.key,))) == "done"
    told = store.taken()
    assert told == (Committed(("company", "operation-head"), (), ()), Committed((), ("company",), ()))
    assert CANARY not in repr(told)
    assert store.taken() == ()


def test_a_conflict_is_not_told() -> None:
    """What was not written is no part of what was committed."""
    store = WatchedStore(MemoryStore())
    assert store.commit(change(1, guards={THING.key: "elsewhere"}, puts=(THING,))) == "conflict"
    assert store.taken() == ()


def test_rows_of_both_histories_are_told_with_their_number() -> None:
    """A login row says its result and step, an operation row its operation."""
    clock = FakeClock()
    store = WatchedStore(MemoryStore())
    with staged(store, StoryClock(clock, timedelta(0))) as stage:
        desk = ByDesk(operator="o", ticket="t")
        stage.auth.submit(RegisterCompany(company=COMPANY, name="x", authority=desk))
        assert store.taken()[-1].appended == ("operations 1: register-company",)
        for number in (1, 2):
            login = PasswordLogin("Nobody12", CANARY, attempt=stage.page(), client=stage.client(DESK))
            stage.auth.submit(login)
            told = store.taken()
            assert told[-1].appended == (f"logins {number}: unknown-id",)
            assert CANARY not in repr(told)


def test_everything_else_goes_through() -> None:
    """Loads, histories, lists and closing are the inner store's."""
    inner = MemoryStore()
    store = WatchedStore(inner)
    put = change(1, guards={THING.key: None}, puts=(attrs.evolve(THING, name="y"),))
    store.commit(put)
    assert store.load([THING.key]) == inner.load([THING.key]) != {}
    assert store.history("login:x:password", limit=1) == inner.history("login:x:password", limit=1)
    assert store.due("notice", NOW + timedelta(1), limit=1) == inner.due("notice", NOW + timedelta(1), limit=1)
    store.close()
