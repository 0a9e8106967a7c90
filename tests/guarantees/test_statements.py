"""How often the store is asked, whatever the rules are and however much an account has.

Done means: a login takes at most two reads, a reservation and a commit; a wrong password one read, a reservation and a
commit; a locked attempt one read, no hash, and a commit at the 1st, 2nd, 4th, 8th … only; a session check one read, one
write at its first use (where the kept reply is read as well, to be deleted), and later at most one write for each tenth
of the idle limit. Each call is one round trip; a load is one statement. Both shells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import attrs
import pytest

from okmate_auth import Authenticated, PasswordChangeDue
from okmate_auth.actions import Action, Person
from okmate_auth.codec import Json
from okmate_auth.commands.passwords import RequireChange
from okmate_auth.replies import ActionDue
from okmate_auth.testing import FakeClock
from tests.guarantees.people import (
    DESK,
    FAST,
    LIMIT,
    LOGIN,
    WRONG,
    anybody,
    attempt,
    fresh_login_id,
    log_in,
    open_account,
    register,
    register_company,
)
from tests.guarantees.pools import Computed
from tests.guarantees.shells import KINDS, Kind, Shell
from tests.guarantees.watching import Call, Trace


class Bank:
    """A bank that is watched."""

    def __init__(self, kind: Kind, file: Path, actions: tuple[Action, ...] = ()) -> None:
        self.clock = FakeClock()
        self.trace = Trace()
        profile = attrs.evolve(FAST, order=(*FAST.order, *(action.name for action in actions)))
        self.shell = Shell(
            kind,
            self.trace.store(kind, file),
            pool=self.trace.pool(),
            clock=self.clock,
            profile=profile,
            actions=actions,
        )
        register_company(self.shell.submit)
        self.trace.clear()

    def calls(self) -> list[str]:
        """Return which calls of the store there were since the last time, and how many hashes at the end."""
        seen = self.trace.taken()
        calls: list[str] = [each.operation.call for each in seen if isinstance(each, Call)]
        statements = [each for each in seen if isinstance(each, str)]
        assert sum(text.startswith("select 0, version") for text in statements) == calls.count("load")
        assert statements.count("commit") + statements.count("rollback") == calls.count("commit")
        return [*calls, *("hash" for each in seen if isinstance(each, Computed))]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Which shell."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def bank(kind: Kind, tmp_path: Path) -> Iterator[Bank]:
    """A bank on a file."""
    bank = Bank(kind, tmp_path / "bank.db")
    yield bank
    bank.shell.close()


JUDGED = ["load", "commit", "commit", "hash"]
JUDGED_WITH_LISTS = ["load", "commit", "load", "commit", "hash"]


def test_a_login_that_comes_to_a_step(bank: Bank) -> None:
    """A newcomer's: one read, the place, the commit."""
    login_id = fresh_login_id()
    initial = register(bank.shell.submit, login_id)
    bank.trace.clear()
    assert isinstance(bank.shell.submit(attempt(login_id, initial)), PasswordChangeDue)
    assert bank.calls() == JUDGED


def test_a_login_to_the_end(bank: Bank) -> None:
    """One read where nothing is live; two where sessions are, since which they are is read first."""
    person = open_account(bank.shell.submit)
    bank.trace.clear()
    log_in(bank.shell.submit, person)
    assert bank.calls() == JUDGED
    log_in(bank.shell.submit, person)
    assert bank.calls() == JUDGED_WITH_LISTS


def test_a_login_while_as_many_are_under_way_as_may_be(bank: Bank) -> None:
    """Making room for one more flow is a second read, however many there are."""
    person = open_account(bank.shell.submit)
    bank.shell.submit(RequireChange(login_id=person.login_id, authority=DESK))
    for _ in range(FAST.flow.at_once):
        assert isinstance(bank.shell.submit(attempt(person.login_id, LOGIN, person.client())), PasswordChangeDue)
    bank.trace.clear()
    assert isinstance(bank.shell.submit(attempt(person.login_id, LOGIN, person.client())), PasswordChangeDue)
    assert bank.calls() == JUDGED_WITH_LISTS


def test_a_login_at_a_bank_with_steps_of_its_own(kind: Kind, tmp_path: Path) -> None:
    """The notes of all actions come with the first read."""

    def is_due(_: Person, note: Mapping[str, Json] | None, __: datetime) -> Mapping[str, Json] | None:
        return {} if note is None else None

    def take(_: Mapping[str, Json] | None, answer: Mapping[str, Json], __: datetime) -> Mapping[str, Json]:
        return answer

    actions = tuple(Action(name=name, is_due=is_due, apply=take) for name in ("mail-address", "new-terms", "survey"))
    bank = Bank(kind, tmp_path / "bank.db", actions)
    login_id = fresh_login_id()
    initial = register(bank.shell.submit, login_id)
    bank.trace.clear()
    reply = bank.shell.submit(attempt(login_id, initial))
    assert isinstance(reply, PasswordChangeDue | ActionDue)
    assert bank.calls() == JUDGED
    bank.shell.close()


def test_a_wrong_password(bank: Bank) -> None:
    """One read, the place, the verdict; the one that locks is no exception."""
    person = open_account(bank.shell.submit)
    bank.trace.clear()
    for _ in range(LIMIT):
        bank.shell.submit(attempt(person.login_id, WRONG))
        assert bank.calls() == JUDGED


def test_a_locked_attempt(bank: Bank) -> None:
    """One read and no hash; of 64 attempts seven are written down."""
    person = open_account(bank.shell.submit)
    for _ in range(LIMIT):
        bank.shell.submit(attempt(person.login_id, WRONG))
    bank.trace.clear()
    written = []
    for number in range(1, 65):
        bank.shell.submit(attempt(person.login_id, LOGIN))
        calls = bank.calls()
        assert calls in (["load"], ["load", "commit"])
        written += [number] if "commit" in calls else []
    assert written == [1, 2, 4, 8, 16, 32, 64]


def test_a_repeat(bank: Bank) -> None:
    """Whoever submits the very same thing again costs one read."""
    person = open_account(bank.shell.submit)
    command = attempt(person.login_id, WRONG)
    bank.shell.submit(command)
    bank.trace.clear()
    bank.shell.submit(command)
    assert bank.calls() == ["load"]


def test_a_session_check(bank: Bank) -> None:
    """Ten minutes of a check each second: a read each, and a write for each tenth of the idle limit."""
    person = open_account(bank.shell.submit)
    client = person.client()
    reply = bank.shell.submit(attempt(person.login_id, LOGIN, client))
    assert isinstance(reply, Authenticated)
    bank.trace.clear()
    assert bank.shell.session(reply.session, client) is not None
    assert bank.calls() == ["load", "load", "commit"]
    tenth = FAST.session.idle // 10
    writes = 0
    for second in range(1, int(FAST.session.idle.total_seconds()) + 1):
        bank.clock.advance(timedelta(seconds=1))
        assert bank.shell.session(reply.session, client) is not None
        calls = bank.calls()
        due = timedelta(seconds=second) % tenth == timedelta(0)
        assert calls == (["load", "commit"] if due else ["load"])
        writes += due
    assert writes == 10


def test_a_handle_that_nobody_has(bank: Bank) -> None:
    """A guessed session handle costs one read, and what has not its form none."""
    bank.trace.clear()
    assert bank.shell.session("A" * 43, anybody()) is None
    assert bank.calls() == ["load"]
    assert bank.shell.session("no handle", anybody()) is None
    assert bank.calls() == []
