"""Two processes with eight workers each on one account: the limit is exact.

Done means: 200 rounds on SQLite and 200 on a store that answers in 3 ms, and in each of them

* without an honest user, far more guesses are sent than the limit, and exactly the limit is judged: so many hashes are
  computed and so many rows of the history say so; every worker ends at "locked", none gets an error;
* with an honest user who logs in from a browser the bank knows, the commit log never shows more failures since the last
  success, judged or still being judged, than the limit; he gets in or is told ``Busy``, and when he tries again he gets
  in; nobody gets an error;
* sixteen workers on sixteen accounts of one company never meet: no commit conflicts.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import attrs
import pytest

from okmate_auth import Authenticator
from okmate_auth.history import verify
from okmate_auth.ports import AnyKey, ChangeSet
from okmate_auth.records import CODEC, LoginRecord, Throttle
from okmate_auth.records.history import login_chain
from okmate_auth.storage import SQLiteStore
from okmate_auth.testing import Recording, RecordingStore
from okmate_auth.testing.keys import unsafe_keys
from tests.guarantees.branch import Settings
from tests.guarantees.branches import Line, race
from tests.guarantees.figures import Figure
from tests.guarantees.people import FAST, LIMIT, Person, fresh_login_id, open_account, register_company
from tests.rounds import rounds

WORKERS: Final = 16
DELAYS_MS: Final = {"sqlite": 0, "slow": 3}
HASH_KIB: Final = 2048  # a hash takes a millisecond or two: long enough for guesses to meet while they are judged
TRIES: Final = 4  # of each worker, at least: 64 guesses in all, ten times the limit
SUCCESSES: Final = frozenset({"step", "authenticated", "authenticated-by-takeover"})


@attrs.frozen
class Bank:
    """The shared file, two branches over it, and a shell of the test's own that registers people.

    Attributes:
        lines: The branches.
        auth: The test's own shell.
        store: The test's own opening of the file.
        recording: What the test's own shell committed.
    """

    lines: list[Line]
    auth: Authenticator
    store: SQLiteStore
    recording: Recording

    def subject(self, login_id: str) -> str:
        """Return the subject of a login ID."""
        return unsafe_keys().subject("", login_id)

    def throttle(self, login_id: str) -> Throttle:
        """Return a login ID's throttle as stored."""
        key = Throttle.at(self.subject(login_id), "password")
        record = self.store.load((key,))[key].record
        assert isinstance(record, Throttle)
        return record

    def history(self, login_id: str) -> list[LoginRecord]:
        """Return a login ID's whole history, oldest first, made sure that its chain holds."""
        chain = login_chain(self.subject(login_id), "password")
        rows = list(reversed(self.store.history(chain, limit=10_000)))
        assert verify(rows, self.throttle(login_id).head, unsafe_keys(), chain=chain) is None
        return [CODEC.loads(LoginRecord, row.body) for row in rows]


@pytest.fixture(params=DELAYS_MS, scope="module")
def bank(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """Two branches over one file, on the spot or three milliseconds away."""
    file = tmp_path_factory.mktemp("races") / "bank.db"
    store, recording = SQLiteStore(file), Recording()
    settings = Settings(file=str(file), delay_ms=DELAYS_MS[request.param], memory_kib=HASH_KIB)
    with Authenticator(RecordingStore(store, recording), profile=FAST, keys=unsafe_keys()) as auth:
        register_company(auth.submit)
        with Line(settings) as one, Line(settings) as other:
            yield Bank([one, other], auth, store, recording)


def judged(row: LoginRecord) -> bool:
    """Say whether a row of the history tells a verdict about a login password."""
    return row.factor == "login-password"


@pytest.mark.parametrize("whose", ["strangers", "thief", "nobody"])
def test_without_an_honest_user_exactly_the_limit_is_judged(bank: Bank, figure: Figure, whose: str) -> None:
    """Guesses from anywhere, from a stolen known browser, or at an ID that nobody has: the limit, in every round."""
    sent = Counter[str]()
    together, count = 0, rounds(2, 200)
    for _ in range(count):
        login_id, browser = fresh_login_id(), None
        if whose != "nobody":
            person = open_account(bank.auth.submit, login_id)
            browser = person.browser if whose == "thief" else None
        key = Throttle.at(bank.subject(login_id), "password")
        before = 0 if whose == "nobody" else len(bank.history(login_id))
        guesses = {"login_id": login_id, "tries": TRIES, "browser": browser}
        outcome = race(bank.lines, [("guess", guesses)] * WORKERS)
        answers = Counter(answer for said in outcome.results for answer in said)
        wrong = [row for row in bank.history(login_id)[before:] if judged(row)]
        assert answers.total() >= TRIES * WORKERS
        assert set(answers) <= {"rejected", "locked", "Busy"}
        assert outcome.hashed == LIMIT
        assert [row.result for row in wrong] == ["unknown-id" if whose == "nobody" else "wrong-password"] * LIMIT
        assert all(said[-1] == "locked" for said in outcome.results)
        assert bank.throttle(login_id).places == ()
        sent += answers
        throttles = [_put(change, key) for change, _ in outcome.recording.commits]
        together = max(together, *(len(throttle.places) for throttle in throttles if throttle is not None))
    assert together > 1, "no two guesses were ever judged at the same time"
    figure(
        f"{count} rounds: {sent.total()} guesses sent, {LIMIT} judged in each, up to {together} of them at the same "
        f"time; {dict(sorted(sent.items()))}"
    )


def test_with_an_honest_user_the_limit_holds_and_he_gets_in(bank: Bank, figure: Figure) -> None:
    """Fifteen strangers guess while the owner logs in from his browser, three times in each round."""
    first, tries, most, count, conflicts = Counter[str](), 0, 0, rounds(2, 200), 0
    for _ in range(count):
        bank.recording.clear()
        person = open_account(bank.auth.submit)
        guesses: dict[str, Any] = {"login_id": person.login_id, "tries": TRIES}
        honest = {"login_id": person.login_id, "browser": person.browser, "times": 3}
        work: list[tuple[str, dict[str, Any]]] = [("guess", guesses)] * (WORKERS - 1)
        place = random.randrange(WORKERS)
        work.insert(place, ("come_home", honest))
        outcome = race(bank.lines, work)
        for login in outcome.results.pop(place):
            assert set(login) <= {"Authenticated", "Busy"}
            assert login[-1] == "Authenticated"
            first[login[0]] += 1
            tries = max(tries, len(login))
        assert {answer for said in outcome.results for answer in said} <= {"rejected", "locked", "Busy"}
        bank.recording.commits += outcome.recording.commits
        most = max(most, failures_at_worst(bank, person))
        conflicts += outcome.conflicts
    assert most == LIMIT, "the strangers never came to the limit, so nothing was tried"
    figure(
        f"{count} rounds: at worst {most} failures since the last success (limit {LIMIT}); first answer to the owner "
        f"{dict(sorted(first.items()))}, in at his {tries}. try at the latest; {conflicts} conflicts on the way"
    )


def failures_at_worst(bank: Bank, person: Person) -> int:
    """Walk the commit log of a throttle; return how many failures it ever had since the last success.

    Guesses that still hold a place count: they were hashed, or are about to be.
    """
    subject = bank.subject(person.login_id)
    key, chain = Throttle.at(subject, "password"), login_chain(subject, "password")
    lineage = bank.recording.lineage(key)
    written = [change for change, outcome in bank.recording.commits if outcome == "done" and _put(change, key)]
    assert len(lineage) == len(written), "the log has a hole or a fork"
    failures = worst = 0
    for change in lineage:
        for row in change.appends:
            record = CODEC.loads(LoginRecord, row.body) if row.chain == chain else None
            if record is not None and judged(record):
                failures = 0 if record.result in SUCCESSES else failures + 1
        throttle = _put(change, key)
        assert throttle is not None
        guesses = [place for place in throttle.places if place.lane == "others"]
        assert throttle.counter("login-password").others.total == failures
        worst = max(worst, failures + len(guesses))
        assert worst <= LIMIT
    assert throttle is not None
    assert throttle.places == ()
    return worst


def _put(change: ChangeSet, key: AnyKey) -> Throttle | None:
    return next((record for record in change.puts if record.key == key and isinstance(record, Throttle)), None)


def test_sixteen_accounts_of_one_company_never_meet(bank: Bank, figure: Figure) -> None:
    """Whatever they do at the same moment, no commit of one account conflicts with another account's."""
    people = [open_account(bank.auth.submit) for _ in range(WORKERS)]
    times = rounds(3, 60)
    work = [("mind_ones_own_business", {**attrs.asdict(person), "times": times}) for person in people]
    outcome = race(bank.lines, work)
    good = ["rejected", "Authenticated", "Session", "Confirmed", "LoggedOut"] * times
    assert outcome.results == [good] * WORKERS
    assert outcome.conflicts == 0
    figure(f"{WORKERS} accounts, {len(outcome.recording.commits)} commits, {outcome.conflicts} conflicts")
