"""One code is accepted once, and no more guesses are judged than the limit, however many enter them at once.

Done means: 200 rounds on SQLite (two processes with eight workers each) and 200 on the memory store (sixteen threads),
and in each of them

* one valid code of a shared token, entered 32 times at the same moment, by both of its holders, in four logins of each
  and four times over in a session of each, is accepted exactly once: one commit moves the token's counter, one door
  opens;
* two holders and two colleagues who guess at the same token, at logins, in sessions, by pairs and at enrollment, have
  exactly the limit judged in each lane, and everybody ends at "token-locked".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs
import pytest

from okmate_auth import Authenticator, CodeDue, EnrollmentDue
from okmate_auth.history import verify
from okmate_auth.ports import Store
from okmate_auth.records import CODEC, HardToken, LoginRecord, Throttle
from okmate_auth.records.history import login_chain
from okmate_auth.replies import Step
from okmate_auth.storage import MemoryStore, SQLiteStore
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.tokens import canonical_serial, serial_skeleton
from tests.guarantees.branch import Branch, Settings
from tests.guarantees.branches import Line, Outcome, Work, race, ran
from tests.guarantees.doors import Door, at_flow, in_session
from tests.guarantees.figures import Figure
from tests.guarantees.people import FAST, LIMIT, Person, register_company
from tests.guarantees.tokens_at_hand import Display, came_to, delivered, enrolled, entitled, session
from tests.rounds import rounds

FLOWS: Final = 4  # of each holder
TIMES: Final = 2  # each door is tried twice: 32 tries in all
OPENED: Final = ("Authenticated", "SteppedUp")


@attrs.frozen
class Bank:
    """A store, a shell over it that prepares each round, and a way to let sixteen workers loose on it."""

    auth: Authenticator
    store: Store
    let_loose: Callable[[Work], Outcome]

    def record(self, token: Display) -> HardToken:
        """Return a token as stored."""
        key = HardToken.at("", serial_skeleton(canonical_serial(token.serial)))
        record = self.store.load((key,))[key].record
        assert isinstance(record, HardToken)
        return record

    def flows(self, how: str, person: Person, step: type[Step], count: int, serial: str = "") -> list[Door]:
        """Return doors at so many logins of a person."""
        handles = [came_to(self.auth.submit, person, step).handle.reveal() for _ in range(count)]
        return [at_flow(how, handle, person.browser, serial) for handle in handles]

    def session(self, person: Person, token: Display) -> str:
        """Return the handle of a session that is in use."""
        handle = session(self.auth.submit, person, token)
        assert self.auth.session(handle, person.client()) is not None
        return handle

    def judged(self, person: Person) -> list[str]:
        """Return what the history says about codes that were judged and wrong; the chain must hold."""
        subject = unsafe_keys().subject("", person.login_id)
        chain, key = login_chain(subject, "password"), Throttle.at(subject, "password")
        throttle = self.store.load((key,))[key].record
        assert isinstance(throttle, Throttle)
        rows = list(reversed(self.store.history(chain, limit=10_000)))
        assert verify(rows, throttle.head, unsafe_keys(), chain=chain) is None
        records = (CODEC.loads(LoginRecord, row.body) for row in rows)
        return [row.result for row in records if row.factor == "code" and row.result.endswith("-code")]


@contextmanager
def on_sqlite(directory: Path) -> Iterator[Bank]:
    """Two processes over one file."""
    file = directory / "bank.db"
    store, settings = SQLiteStore(file), Settings(file=str(file))
    with (
        Authenticator(store, profile=FAST, keys=unsafe_keys()) as auth,
        SQLiteStore(file) as beside,
        Line(settings) as one,
        Line(settings) as other,
    ):
        register_company(auth.submit)
        yield Bank(auth, beside, lambda work: race([one, other], work))


@contextmanager
def in_memory(directory: Path) -> Iterator[Bank]:
    """Sixteen threads over one store in memory."""
    del directory
    store = MemoryStore()
    branch = Branch(Settings(file=""), store)
    register_company(branch.auth.submit)
    yield Bank(branch.auth, store, lambda work: ran(len(work), [branch.run(list(work), 0.0)]))


@pytest.fixture(params=[on_sqlite, in_memory], ids=["sqlite", "memory"], scope="module")
def bank(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """A bank over one of the stores."""
    with request.param(tmp_path_factory.mktemp("codes")) as opened:
        yield opened


def moves(outcome: Outcome, token: HardToken) -> int:
    """Return how many commits moved a token's counter."""
    return sum(
        record.key == token.key and isinstance(record, HardToken) and record.next_counter != token.next_counter
        for change, answer in outcome.recording.commits
        if answer == "done"
        for record in change.puts
    )


def test_one_code_entered_32_times_at_once_is_accepted_once(bank: Bank, figure: Figure) -> None:
    """At whatever door it is accepted, every other one stays shut; the same door may say twice that it opened."""
    submit = bank.auth.submit
    token = delivered(submit, "RT-000001", shared=True)
    holders = [enrolled(submit, token), enrolled(submit, token)]
    count, won, conflicts = rounds(3, 200), Counter[str](), 0
    for _ in range(count):
        doors: list[Door] = []
        for person in holders:
            session = bank.session(person, token)
            doors += [in_session("step-up", session, person.browser, f"purpose-{n}") for n in range(4)]
        for person in holders:
            doors += bank.flows("enter", person, CodeDue, FLOWS)
        before, code = bank.record(token), token.press()
        work = [("enter", {"door": door, "codes": [code] * TIMES}) for door in doors]
        outcome = bank.let_loose(work)
        assert sum(len(said) for said in outcome.results) == len(doors) * TIMES == 32
        opened = [door["how"] for door, said in zip(doors, outcome.results, strict=True) if set(said) & set(OPENED)]
        assert len(opened) == 1, outcome.results
        assert moves(outcome, before) == 1
        assert bank.record(token).next_counter == before.next_counter + 1
        others = {answer for said in outcome.results for answer in said} - set(OPENED)
        assert others <= {"wrong-code", "Busy", "not-logged-in", "stale"}, others
        won[opened[0]] += 1
        conflicts += outcome.conflicts
    figure(f"{count} rounds of 32 tries: accepted once in each, {dict(won)}; {conflicts} conflicts on the way")


def test_guesses_at_every_door_together_are_limited(bank: Bank, figure: Figure) -> None:
    """Holders from browsers the bank knows are one lane, whoever does not hold it the other; both limits are exact."""
    count, sent, submit = rounds(2, 200), Counter[str](), bank.auth.submit
    for number in range(count):
        token = delivered(submit, f"RT-{100 + number:06}", shared=True)
        one, other = holders = [enrolled(submit, token), enrolled(submit, token)]
        colleagues = [entitled(submit), entitled(submit)]
        sessions = [bank.session(person, token) for person in holders]
        doors = [
            in_session("step-up", sessions[0], one.browser),
            in_session("resync-in-session", sessions[1], other.browser),
            *bank.flows("enter", one, CodeDue, 3),
            *bank.flows("resync", one, CodeDue, 2),
            *bank.flows("enter", other, CodeDue, 3),
            *bank.flows("resync", other, CodeDue, 2),
            *bank.flows("enroll", colleagues[0], EnrollmentDue, 2, token.serial),
            *bank.flows("enroll", colleagues[1], EnrollmentDue, 2, token.serial),
        ]
        before = bank.record(token)
        work = [("guess_codes", {"door": door, "code": token.wrong()}) for door in doors]
        outcome = bank.let_loose(work)
        for said in outcome.results:
            assert set(said) <= {"wrong-code", "wrong-token", "token-locked", "Busy"}
            assert said[-1] == "token-locked"
            sent.update(said)
        assert [sum(len(bank.judged(person)) for person in group) for group in (holders, colleagues)] == [LIMIT, LIMIT]
        assert bank.record(token) == before
    figure(f"{count} rounds of 16 workers: {LIMIT} judged in each lane of each; {dict(sorted(sent.items()))}")
