"""What holds of tokens in any order of events: no counter is accepted twice, none moves back, nobody is stuck."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from okmate_auth import Authenticated, EnterCode, Refused
from okmate_auth.commands import Release, ReleaseToken, ResyncToken
from okmate_auth.decision import Command
from okmate_auth.policies.lockout import Lockout
from okmate_auth.queries import ReadHistory
from okmate_auth.records import Account, HardToken, Session
from okmate_auth.replies import CodeDue, SteppedUp
from okmate_auth.tokens import canonical_serial
from tests.behaviour.bank import DESK, expect, refused
from tests.behaviour.fronts import KINDS, Kind
from tests.behaviour.token_disorder import Holder, TokenDisorder
from tests.behaviour.tokens import STEP, TOKENS, next_code, stored
from tests.rounds import rounds

RULES: Final = Lockout()
WINDOWS: Final = TOKENS.tokens.windows
EVERY_REPLY: Final = frozenset(
    {
        "Authenticated",
        "CodeDue",
        "EnrollmentDue",
        "SteppedUp",
        "Resynchronized",
        "Done",
        "no-token",
        "not-logged-in",
        "token-locked",
        "wrong-code",
        "wrong-step",
        "wrong-token",
        "stale",
    }
)
"""What the machine must come to again and again; what comes seldom is tried by its own test."""


class TokenRules(TokenDisorder):
    """Tokens in disorder that are watched."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted: dict[str, list[int]] = {}
        self.highest: dict[str, int] = {}

    def submit(self, command: Command[Any]) -> object:
        """Submit, and hold what happened against what must be true of any command."""
        before = {token.serial: stored(self.bank, token) for token in self.tokens}
        commits = len(self.bank.recording.commits)
        reply = super().submit(command)
        assert isinstance(reply, command.replies)
        self.told[reply.code if isinstance(reply, Refused) else type(reply).__name__] += 1
        changes = [change for change, outcome in self.bank.recording.commits[commits:] if outcome == "done"]
        for change in changes:
            for record in change.puts:
                if isinstance(record, HardToken):
                    self.a_counter_only_moves_up(before[record.printed], record, reply)
        self.what_opens_took_a_code(command, reply, before, wrote=any(change.puts for change in changes))
        return reply

    def a_counter_only_moves_up(self, before: HardToken, after: HardToken, reply: object) -> None:
        """What was accepted is higher than anything accepted before, and only a right code moves it (A03, A12, A13)."""
        assert after.next_counter >= before.next_counter
        if after.next_counter > before.next_counter:
            assert not isinstance(reply, Refused) or reply.code in ("locked", "already-logged-in", "token-wait")
            taken = self.accepted.setdefault(after.serial, [])
            assert all(counter < after.next_counter - 1 for counter in taken)
            taken.append(after.next_counter - 1)
        assert abs(after.drift) <= WINDOWS.drift
        assert abs(after.offset) <= WINDOWS.resync

    def what_opens_took_a_code(
        self,
        command: Command[Any],
        reply: object,
        before: dict[str, HardToken],
        *,
        wrote: bool,
    ) -> None:
        """A session that says ``code``, and a step-up, were paid for by a counter that moved in that very commit."""
        paid = any(stored(self.bank, token).next_counter > before[token.serial].next_counter for token in self.tokens)
        if isinstance(reply, SteppedUp) and wrote:
            assert paid
        if isinstance(command, EnterCode) and isinstance(reply, Authenticated):
            assert paid == wrote  # a repeat gets the reply that was kept, and nothing happens
            assert "code" in reply.factors

    # -- what is always true

    @invariant()
    def accounts_and_tokens_name_each_other(self) -> None:
        """A token is bound to exactly those who hold it; one nobody holds is not enrolled."""
        accounts = {self.bank.subject(person.user): self.bank.account(person.user) for person in self.everybody}
        for token in self.tokens:
            record = stored(self.bank, token)
            bound = {
                subject
                for subject, account in accounts.items()
                if account.token is not None and account.token.serial == canonical_serial(token.serial)
            }
            assert set(record.holders) == bound
            assert (record.state == "enrolled") == bool(bound)
            assert len(record.holders) <= (TOKENS.tokens.holders if record.shared else 1)
        for account in accounts.values():
            assert len(account.tokens) <= 1

    @invariant()
    def no_lane_passes_its_limit(self) -> None:
        """Neither a person's codes nor a token's were judged beyond the limit without a lock."""
        for person in self.everybody:
            counter = self.bank.throttle(person.user).counter("code")
            assert max(counter.known.failures, counter.others.failures) < RULES.limit
            assert max(counter.known.total, counter.others.total) <= RULES.close_at

    @invariant()
    def who_has_a_token_has_proven_it(self) -> None:
        """A session of somebody whose token is bound proved a code, or was there before the token was."""
        for person in self.everybody:
            account = self.bank.account(person.user)
            for session in self.bank.sessions(person.user):
                assert "code" in session.factors or _before(session, account)

    @invariant()
    def every_chain_verifies(self) -> None:
        """Nobody's history has a gap, a fork or a row that was changed."""
        for person in self.everybody:
            assert self.bank.read(ReadHistory(login_id=person.user.login_id, limit=200)).defect is None

    def teardown(self) -> None:
        """Whatever happened, who is honest gets in: by himself, or with what the desk does about his token."""
        try:
            for person in self.everybody:
                self.gets_in(person)
        finally:
            super().teardown()

    def gets_in(self, person: Holder) -> None:
        """Let somebody try honestly, with a token whose clock is right."""
        bank, user = self.bank, person.user
        bank.wait(timedelta(days=2))  # sessions, logins, waits and temporary locks are over
        for token in self.tokens:
            token.drift = 0 * STEP
        bank.submit(Release(login_id=user.login_id, authority=DESK))
        bank.submit(ReleaseToken(login_id=user.login_id, authority=DESK))
        binding = bank.account(user).token
        reply = bank.login(user)
        if binding is None:
            assert not isinstance(reply, Refused), reply
            return
        token = next(one for one in self.tokens if canonical_serial(one.serial) == binding.serial)
        if token.parameters.kind == "hotp":
            token.counter = max(token.counter, stored(bank, token).next_counter)
        due = expect(CodeDue, reply)
        entered = bank.submit(EnterCode(handle=due.handle, client=user.home, code=token.code()))
        if isinstance(entered, Authenticated):
            return
        due = expect(CodeDue, refused(entered, "wrong-code").at)  # its clock was taken for wrong before
        next_code(bank, token)
        first = token.code()
        next_code(bank, token)
        pair = ResyncToken(handle=due.handle, client=user.home, first=first, second=token.code())
        due = expect(CodeDue, bank.submit(pair))
        next_code(bank, token)
        expect(Authenticated, bank.submit(EnterCode(handle=due.handle, client=user.home, code=token.code())))


def _before(session: Session, account: Account) -> bool:
    return account.token is None or session.started_at <= account.token.enrolled_at


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_happens_to_tokens_the_rules_hold(kind: Kind) -> None:
    """No order of events breaks what is always true; every reply comes in at least one of a hundred submits."""
    told = Counter[str]()
    machine = type("Machine", (TokenRules,), {"kind": kind, "told": told})
    counts = settings(max_examples=rounds(25, 300), stateful_step_count=60)
    run_state_machine_as_test(machine, settings=counts)
    enough = -(-told.total() // 100)
    seldom = {reply: told[reply] for reply in EVERY_REPLY if told[reply] < enough}
    assert not seldom, f"too seldom to count as tried: {seldom} of {told.total()}, {told}"
