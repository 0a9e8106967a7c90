"""Two processes write to one file, and are killed at random moments.

Done means: after each of 200 kills of both processes at once (SIGKILL, at a random moment of real logins, changes,
confirmations and logouts; 100 with hashes that cost nothing, 100 with hashes that take long)

* everything that was answered is in the store: the session is found by its handle, the history has the row, the new
  password is the one that verifies;
* nothing else is there than what was answered, except for the one command that was under way: it is there wholly, with
  every record and row, or not at all; where it was a guess, its place may be held. (A session that exists without
  having been answered has a handle that nobody was told.)
* every chain verifies against its head, and SQLite finds the file whole;
* a place that the dead process held counts as a failure when its 60 s are over, and the owner gets in.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from okmate_auth import Authenticated, Authenticator, PasswordChangeDue
from okmate_auth.hashing import verify as verifies
from okmate_auth.history import verify
from okmate_auth.policies import lockout
from okmate_auth.ports import AnyKey
from okmate_auth.records import CODEC, Account, Flow, LoginRecord, OperationHead, Row, Session, Throttle
from okmate_auth.records.history import login_chain, operation_chain
from okmate_auth.secret import Secret
from okmate_auth.shells.setup import utc_now
from okmate_auth.storage import SQLiteStore
from okmate_auth.testing.keys import unsafe_keys
from tests.guarantees.branch import Settings
from tests.guarantees.branches import Line
from tests.guarantees.days import EFFECTS, GUESSES, Left, told
from tests.guarantees.figures import Figure
from tests.guarantees.people import (
    LOGIN,
    WRONG,
    Person,
    attempt,
    costing,
    numbered_password,
    open_account,
    register_company,
)
from tests.rounds import rounds

HASHES_KIB: Final = (8, 2048)  # one costs nothing, so that kills meet commits; one takes long, so that they meet hashes
LONGEST_LIFE_SECONDS: Final = 0.25
PLACE_LASTS: Final = timedelta(seconds=60)
KEYS: Final = unsafe_keys()


@attrs.frozen
class Dead:
    """What a killed process had said.

    Attributes:
        person: Whose steps it did.
        shared: The account it used with others.
        ended: Every step that was answered, with the answer and the session's handle where there was one.
        under_way: The step that had begun and was not answered, '' for none.
    """

    person: Person
    shared: Person
    ended: list[dict[str, Any]]
    under_way: str


class Bank:
    """The file, and the test's own shell over it."""

    def __init__(self, file: Path, memory_kib: int) -> None:
        profile = costing(memory_kib)
        self.settings = Settings(file=str(file), memory_kib=memory_kib)
        self.file = file
        self.store = SQLiteStore(file)
        self.auth = Authenticator(self.store, profile=profile, keys=KEYS)
        self.later = Authenticator(SQLiteStore(file), profile=profile, keys=KEYS, clock=lambda: utc_now() + PLACE_LASTS)
        self.rules = profile.lockout_of
        register_company(self.auth.submit)

    def close(self) -> None:
        """Close both shells."""
        self.later.close()
        self.auth.close()

    def rows(self, chain: str) -> list[Row]:
        """Return a whole history, oldest first."""
        return list(reversed(self.store.history(chain, limit=10_000)))

    def one(self, key: AnyKey) -> Any:  # noqa: ANN401 - the record of that key, or None
        """Return what stands under a key, None where nothing does."""
        loaded = self.store.load((key,)).get(key)
        return None if loaded is None else loaded.record

    def throttle(self, person: Person) -> Throttle:
        """Return a person's throttle."""
        throttle = self.one(Throttle.at(KEYS.subject("", person.login_id), "password"))
        assert isinstance(throttle, Throttle)
        return throttle

    def logins(self, person: Person) -> list[LoginRecord]:
        """Return a person's login history, made sure that it holds."""
        chain = login_chain(KEYS.subject("", person.login_id), "password")
        rows = self.rows(chain)
        assert verify(rows, self.throttle(person).head, KEYS, chain=chain) is None
        return [CODEC.loads(LoginRecord, row.body) for row in rows]

    def operations(self, person: Person) -> int:
        """Return how many operations a person's history has, made sure that it holds."""
        subject = KEYS.subject("", person.login_id)
        rows = self.rows(operation_chain(subject))
        head = self.one(OperationHead.at(subject)).head
        assert verify(rows, head, KEYS, chain=operation_chain(subject)) is None
        return len(rows)

    def left(self, person: Person, since: int) -> Left:
        """Return what is in the store about a person; ``since`` so many rows of his login history."""
        account = self.one(Account.at(KEYS.subject("", person.login_id)))
        assert isinstance(account, Account)
        sessions = [self.one(Session.at(ref.id)) for ref in account.sessions]
        assert all(isinstance(session, Session) for session in sessions), (
            "the account lists a session that is not there"
        )
        flows = [self.one(Flow.at(ref.id)) for ref in account.flows]
        assert all(isinstance(flow, Flow) for flow in flows), "the account lists a login that is not there"
        throttle = self.throttle(person)
        credential = account.login_password
        assert credential is not None
        return Left(
            rows=tuple(row.result for row in self.logins(person)[since:]),
            operations=self.operations(person),
            sessions=len(sessions),
            used=any(session.used_at is not None for session in sessions),
            confirmed=any(session.fresh for session in sessions),
            flows=len(flows),
            password=next(number for number in range(10_000) if self.verifies(account, number)),
            due=credential.change_due,
            failures=throttle.counter("login-password").known.failures,
            places=frozenset(place.factor for place in throttle.places),
        )

    def verifies(self, account: Account, number: int) -> bool:
        """Say whether the ``number``-th password is the account's."""
        credential = account.login_password
        assert credential is not None
        material = KEYS.pepper(credential.pepper, account.id, Secret(password(number)))
        return verifies(credential.phc, material)


def password(number: int) -> str:
    """Return the password that a person has after so many changes."""
    return numbered_password(number) if number else LOGIN


@pytest.fixture(params=HASHES_KIB)
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bank]:
    """A bank on a file."""
    bank = Bank(tmp_path / "bank.db", request.param)
    yield bank
    bank.close()


def test_what_was_answered_survives_a_kill_and_nothing_else_is_there(bank: Bank, figure: Figure) -> None:
    """Both writers are killed at a random moment; see the top of this file."""
    count, found = rounds(2, 100), Counter[str]()
    for _ in range(count):
        shared = open_account(bank.auth.submit)
        people = [open_account(bank.auth.submit) for _ in range(2)]
        baselines = {each.login_id: len(bank.logins(each)) for each in (*people, shared)}
        dead = killed(bank.settings, people, shared)
        for each in dead:
            found["answers"] += len(each.ended)
            found[check_private(bank, each, baselines[each.person.login_id])] += 1
        check_shared(bank, dead, baselines[shared.login_id])
        for each in dead:
            check_nobody_is_stuck(bank, each)
    with sqlite3.connect(bank.file) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    connection.close()
    figure(f"{count} kills of two writers: {dict(sorted(found.items()))}")


def killed(settings: Settings, people: list[Person], shared: Person) -> list[Dead]:
    """Let two processes live and kill both at a random moment; return what they had said."""
    with Line(settings) as one, Line(settings) as other:
        lines = (one, other)
        for line, person in zip(lines, people, strict=True):
            line.send({"live": [attrs.asdict(person), attrs.asdict(shared)], "steps": None})
        first = [[line.receive(), line.receive()] for line in lines]
        time.sleep(random.uniform(0, LONGEST_LIFE_SECONDS))
        for line in lines:
            line.strike()
        said = [begun + line.last_words() for begun, line in zip(first, lines, strict=True)]
    return [
        Dead(
            person,
            shared,
            [line for line in heard if "ended" in line],
            heard[-1].get("begins", ""),
        )
        for person, heard in zip(people, said, strict=True)
    ]


def check_private(bank: Bank, dead: Dead, since: int) -> str:
    """Compare the store with what was answered; return what became of the command under way."""
    left = bank.left(dead.person, since)
    answered = Left()
    for line in dead.ended:
        answered = EFFECTS[line["ended"]](answered)
    if answered.sessions and dead.under_way != "logout":
        handles = [line["session"] for line in dead.ended if line["session"] and line["ended"] != "shared"]
        assert bank.auth.session(handles[-1], dead.person.client()) is not None
    if not dead.under_way or left == answered:
        return "nothing of it there" if dead.under_way else "nothing under way"
    if left == EFFECTS[dead.under_way](answered):
        return "all of it there"
    assert left == attrs.evolve(answered, places=GUESSES.get(dead.under_way, frozenset())), dead.under_way
    return "its place held"


def check_shared(bank: Bank, dead: list[Dead], since: int) -> None:
    """The account that both used has a row for each answer, and at most one more for each command under way."""
    shared = dead[0].shared
    judged = [row for row in bank.logins(shared)[since:] if row.factor]
    answered = sum(
        line["ended"] == "shared" and line["answer"] == "Authenticated" for each in dead for line in each.ended
    )
    under_way = sum(each.under_way == "shared" for each in dead)
    assert answered <= len(judged) <= answered + under_way
    assert all(row.result.startswith("authenticated") for row in judged)
    assert len(bank.throttle(shared).places) <= answered + under_way - len(judged)


def check_nobody_is_stuck(bank: Bank, dead: Dead) -> None:
    """A minute later the dead process's places are failures, and the right password gets in."""
    person = dead.person
    before = bank.throttle(person)
    places = sum(place.factor == "login-password" for place in before.places)
    failures = before.counter("login-password").known.failures + places
    settled = lockout.settled(before, bank.rules, utc_now() + PLACE_LASTS)
    assert settled.counter("login-password").known.failures == failures
    assert told(bank.later.submit(attempt(person.login_id, WRONG, person.client()))) == "rejected"
    assert bank.throttle(person).counter("login-password").known.failures == failures + 1
    assert bank.throttle(person).places == ()
    number = bank.left(person, 0).password
    reply = bank.later.submit(attempt(person.login_id, password(number), person.client()))
    assert isinstance(reply, Authenticated | PasswordChangeDue), reply
