"""What holds in a bank whatever happens there, in any order; what is exact about one situation is stated beside it."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from okmate_auth import Authenticated, Client, PasswordLogin, Refused, Secret, TopPage, handles
from okmate_auth.decision import Command
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.lockout import Locked, Lockout, standing
from okmate_auth.ports import ChangeSet
from okmate_auth.queries import ReadHistory
from okmate_auth.records import Account, Flow, Note, Record, Session, Throttle
from okmate_auth.replies import Abandoned, Step
from tests.behaviour.bank import User
from tests.behaviour.disorder import BOTH, STALE, Disorder, Person
from tests.behaviour.fronts import KINDS, Kind
from tests.rounds import rounds

RULES: Final = Lockout()


class Rules(Disorder):
    """A bank in disorder that is watched."""

    def __init__(self) -> None:
        super().__init__()
        self.spent: dict[str, tuple[Command[Any], object]] = {}
        self.minted: dict[str, Command[Any]] = {}

    # -- what every reply keeps

    def submit(self, command: Command[Any]) -> object:
        """Submit, and hold what happened against what must be true of any command."""
        before = len(self.bank.recording.commits)
        reply = super().submit(command)
        changes = [change for change, outcome in self.bank.recording.commits[before:] if outcome == "done"]
        assert isinstance(reply, command.replies)
        if not isinstance(command, PasswordLogin) and isinstance(handle := getattr(command, "handle", None), Secret):
            self.a_handle_is_good_once(command, handle, reply, changes)
        self.a_handle_is_minted_once(command, reply)
        self.a_session_has_nothing_due(reply, changes)
        return reply

    def a_handle_is_good_once(
        self, command: Command[Any], handle: Secret, reply: object, changes: list[ChangeSet]
    ) -> None:
        """Once a commit has spent it, a handle has no effect but to use up its kept reply."""
        if handle.reveal() in self.spent:
            assert not [change for change in changes if change.puts or change.appends]
            assert reply in (STALE, Abandoned()) or (command, reply) == self.spent[handle.reveal()]
        elif Flow.at(handles.stored("flow", handle, bank="")) in [key for change in changes for key in change.deletes]:
            self.spent[handle.reveal()] = (command, reply)

    def a_handle_is_minted_once(self, command: Command[Any], reply: object) -> None:
        """No two replies carry the same handle, unless one is the repeat of the other, or it was not spent."""
        step = reply.at if isinstance(reply, Refused) else reply
        carried = step.session if isinstance(step, Authenticated) else step.handle if isinstance(step, Step) else None
        if carried is not None and carried != getattr(command, "handle", None):
            assert self.minted.setdefault(carried.reveal(), command) == command

    def a_session_has_nothing_due(self, reply: object, changes: list[ChangeSet]) -> None:
        """A session is minted with ``Authenticated`` alone, for whom it may be, when nothing is left to do."""
        minting = [change for change in changes if any(map(is_new, change.puts))]
        assert len(minting) == (isinstance(reply, Authenticated) and len(changes) > 0)
        if not minting:
            return
        (change,) = minting
        (session,) = (record for record in change.puts if isinstance(record, Session))
        (account,) = (record for record in change.puts if isinstance(record, Account))
        (throttle,) = (record for record in change.puts if isinstance(record, Throttle))
        assert account.usable
        assert [ref.id for ref in account.sessions] == [session.handle]
        assert LOGIN_PASSWORD in session.factors
        assert account.login_password is not None
        assert account.login_password.change_due is None
        assert account.confirmation_password is not None
        if account.confirmation_password.change_due is not None:
            lanes = [standing(throttle, CONFIRMATION_PASSWORD, lane, RULES, change.at) for lane in ("known", "others")]
            assert any(isinstance(state, Locked) for state in lanes)
        assert self.bank.record(Note.at(account.subject, "mail")) is not None

    # -- what is always true

    @invariant()
    def whoever_is_stopped_has_no_session(self) -> None:
        """Every session that can be used is listed with an account that can be."""
        for at in self.sessions[-6:]:
            if self.bank.read(TopPage(at.handle, at.client)) is not None:
                account = self.bank.account(user(at.person))
                assert account.usable
                assert handles.stored("session", at.handle, bank="") in [ref.id for ref in account.sessions]

    @invariant()
    def whoever_is_stopped_has_nothing_under_way(self) -> None:
        """An account that was suspended or closed lists no login and no session."""
        for person in self.everybody:
            account = self.bank.account(user(person))
            assert account.usable or (account.flows, account.sessions) == ((), ())

    @invariant()
    def every_list_is_bounded(self) -> None:
        """Logins, sessions, browsers, places and locks: no sequence of events makes a record grow for ever."""
        for person in self.everybody:
            account, throttle = self.bank.account(user(person)), self.bank.throttle(user(person))
            assert len(account.flows) <= 5
            assert len(account.sessions) <= 1
            assert len(account.known_browsers) <= 5
            assert len(account.logins) <= 4
            assert throttle.places == ()
            assert {counter.factor for counter in throttle.counters} <= set(BOTH)
            for lane in (lane for counter in throttle.counters for lane in (counter.known, counter.others)):
                assert lane.failures < RULES.limit
                assert len(lane.locks) <= len(RULES.growing)

    @invariant()
    def every_chain_verifies(self) -> None:
        """Nobody's history has a gap, a fork or a row that was changed."""
        for person in self.everybody:
            assert self.bank.read(ReadHistory(login_id=person.login_id, limit=200)).defect is None
            assert self.bank.read(ReadHistory(login_id=person.login_id, which="operations", limit=200)).defect is None


def is_new(record: Record) -> bool:
    """Say whether a record is a session that was never used."""
    return isinstance(record, Session) and record.used_at is None


def user(person: Person) -> User:
    """Return a person as the bank's helpers want him."""
    return User(person.login_id, person.login, person.confirmation, Client("10.0.0.1"))


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_happens_the_rules_hold(kind: Kind) -> None:
    """No order of events breaks what is always true, over each shell and each store."""
    machine = type("Machine", (Rules,), {"kind": kind})
    counts = settings(max_examples=rounds(8, 300), stateful_step_count=rounds(25, 60))
    run_state_machine_as_test(machine, settings=counts)
