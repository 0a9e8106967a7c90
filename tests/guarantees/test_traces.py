"""Nobody learns from the outside of an attempt whether its login ID exists.

Done means: whatever the reason is for which an attempt can't succeed (nobody has the ID; the password is wrong; the
account is suspended, closed, has no password or an unusable one, logs in by the other entrance; the initial password
has expired), the traces are the same, attempt by attempt: from the first guess to the one that locks, through what
follows while locked, and when the lock is over. A trace is every call of the store with kinds and counts of records and
rows, every SQL statement, every hash with its cost, in order, and the reply with all its fields. Store and pool tell
it, not the command. Both shells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from okmate_auth.commands import CloseUser, Suspend
from okmate_auth.ports import ChangeSet
from okmate_auth.records import Account
from okmate_auth.replies import Done, Refused
from okmate_auth.storage import MemoryStore, SQLiteStore
from okmate_auth.testing import FakeClock
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.testing.samples import new_id
from tests.guarantees.people import (
    DESK,
    FAST,
    LIMIT,
    LOGIN,
    WRONG,
    attempt,
    fresh_login_id,
    open_account,
    register,
    register_company,
)
from tests.guarantees.pools import Computed
from tests.guarantees.shells import KINDS, Shell
from tests.guarantees.watching import WatchedBank as Bank
from tests.guarantees.watching import calls_of

LOCKED_ATTEMPTS: Final = 9
FIRST_LOCK: Final = timedelta(minutes=30)
LIFE_OF_AN_INITIAL_PASSWORD: Final = timedelta(days=30)

Attempt = tuple[str, str]


@pytest.fixture(params=KINDS)
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bank]:
    """A bank on a file, with either shell."""
    bank = Bank(request.param, tmp_path / "bank.db")
    yield bank
    bank.shell.close()


def seen_by(bank: Bank, tried: Attempt) -> tuple[object, ...]:
    """Try once, from anybody's browser; return the trace, with the reply at its end."""
    trace, reply = bank.traced(attempt(*tried))
    assert isinstance(reply, Refused)
    return *trace, reply


def unknown(_: Bank) -> Attempt:
    """Nobody has the ID."""
    return fresh_login_id(), WRONG


def wrong_password(bank: Bank) -> Attempt:
    """The password is another one."""
    return open_account(bank.shell.submit).login_id, WRONG


def newcomers_wrong_password(bank: Bank) -> Attempt:
    """The password is another one, and the account has never been used."""
    login_id = fresh_login_id()
    register(bank.shell.submit, login_id)
    return login_id, WRONG


def suspended(bank: Bank) -> Attempt:
    """The password is right, and the account is suspended."""
    login_id = open_account(bank.shell.submit).login_id
    assert isinstance(bank.shell.submit(Suspend(login_id=login_id, authority=DESK)), Done)
    return login_id, LOGIN


def suspended_and_wrong(bank: Bank) -> Attempt:
    """The account is suspended, and the password is wrong."""
    return suspended(bank)[0], WRONG


def closed(bank: Bank) -> Attempt:
    """The password was right until the account was closed."""
    login_id = open_account(bank.shell.submit).login_id
    assert isinstance(bank.shell.submit(CloseUser(login_id=login_id, authority=DESK)), Done)
    return login_id, LOGIN


def other_entrance(bank: Bank) -> Attempt:
    """The password is right, and its owner comes in by certificate alone."""
    login_id = fresh_login_id()
    return login_id, register(bank.shell.submit, login_id, method="certificate")


def edited(bank: Bank, edit: Callable[[Account], Account]) -> Attempt:
    """The right password of an account that was changed behind the library's back."""
    login_id = open_account(bank.shell.submit).login_id
    key = Account.at(unsafe_keys().subject("", login_id))
    with SQLiteStore(bank.file) as store:
        found = store.load((key,))[key]
        account: Any = found.record
        change = ChangeSet(id=new_id(), at=bank.clock(), guards={key: found.version}, puts=(edit(account),))
        assert store.commit(change) == "done"
    return login_id, LOGIN


def _with(account: Account, **changes: str) -> Account:
    password: Any = account.login_password
    return attrs.evolve(account, login_password=attrs.evolve(password, **changes))


def no_password(bank: Bank) -> Attempt:
    """The account has no password, as one that was migrated from elsewhere may be."""
    return edited(bank, lambda account: attrs.evolve(account, login_password=None))


def unusable_hash(bank: Bank) -> Attempt:
    """The stored hash is none, or costs more than any hash may."""
    return edited(
        bank, lambda account: _with(account, phc="$argon2id$v=19$m=4194304,t=9,p=1$c2FsdHNhbHRzYWx0c2FsdA$AA")
    )


def pepper_that_is_gone(bank: Bank) -> Attempt:
    """The password was peppered with a key that this host does not hold."""
    return edited(bank, lambda account: _with(account, pepper="9-deadbeef"))


def expired(bank: Bank) -> Attempt:
    """The password is right, and was an initial one whose time is over."""
    login_id = fresh_login_id()
    initial = register(bank.shell.submit, login_id)
    bank.clock.advance(LIFE_OF_AN_INITIAL_PASSWORD)
    return login_id, initial


REASONS: Final[tuple[Callable[[Bank], Attempt], ...]] = (
    wrong_password,
    newcomers_wrong_password,
    suspended,
    suspended_and_wrong,
    closed,
    other_entrance,
    no_password,
    unusable_hash,
    pepper_that_is_gone,
    expired,
)


def through_the_locks(bank: Bank, tried: Attempt) -> list[tuple[object, ...]]:
    """Return the traces of guesses up to the lock, of attempts while locked, and of the next lock."""
    began = bank.clock()
    seen = [seen_by(bank, tried) for _ in range(LIMIT + LOCKED_ATTEMPTS)]
    bank.clock.advance(FIRST_LOCK)
    seen += [seen_by(bank, tried) for _ in range(LIMIT + 2)]
    bank.clock.set(began)
    return seen


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_leaves_the_same_trace(bank: Bank, reason: Callable[[Bank], Attempt]) -> None:
    """Unlocked, locking and locked: the same trace and the same reply as for an ID that nobody has."""
    tried = reason(bank)
    expected = through_the_locks(bank, unknown(bank))
    seen = through_the_locks(bank, tried)
    for number, (mine, theirs) in enumerate(zip(seen, expected, strict=True), start=1):
        assert mine == theirs, f"attempt {number} tells that there is such an ID"


def test_the_traces_that_are_compared_are_whole(bank: Bank) -> None:
    """A judged attempt is seen to read, take its place, hash once and commit; a locked one reads and hashes nothing."""
    seen = through_the_locks(bank, unknown(bank))
    for number, trace in enumerate(seen):
        calls = calls_of(trace)
        hashes = [each for each in trace if isinstance(each, Computed)]
        statements = [each for each in trace if isinstance(each, str)]
        locked = LIMIT <= number < LIMIT + LOCKED_ATTEMPTS or number >= 2 * LIMIT + LOCKED_ATTEMPTS
        assert len(statements) >= len(calls)
        if locked:
            assert calls in (["load"], ["load", "commit"])
            assert hashes == []
        else:
            assert calls == ["load", "commit", "commit"]
            assert [each.what for each in hashes] == ["check"]
            assert hashes[0].memory_kib == FAST.kdf.memory_kib
    codes = [trace[-1].code for trace in seen if isinstance(trace[-1], Refused)]
    assert codes == (
        ["rejected"] * (LIMIT - 1) + ["locked"] * (1 + LOCKED_ATTEMPTS) + ["rejected"] * (LIMIT - 1) + ["locked"] * 3
    )


def test_the_lane_of_strangers_closes_for_everybody_alike() -> None:
    """A hundred failures, lock by lock, and then no more: the replies for an ID that nobody has are those of one."""
    clock = FakeClock()
    shell = Shell("sync", MemoryStore(), clock=clock)
    register_company(shell.submit)
    began = clock()
    replies: list[list[object]] = []
    for login_id in (fresh_login_id(), open_account(shell.submit).login_id):
        clock.set(began)
        said: list[object] = []
        while len(said) < 200:
            reply = shell.submit(attempt(login_id, WRONG))
            said.append(reply)
            if isinstance(reply, Refused) and reply.until is not None:
                clock.set(reply.until)
        replies.append(said)
    assert replies[0] == replies[1]
    assert replies[0][99:] == [Refused(code="locked")] * 101
    shell.close()
