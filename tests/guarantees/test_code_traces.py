"""Nobody learns at an enrollment whose a serial number is, or whether there is such a token; and what a code costs.

Done means: whatever the reason is for which an enrollment can't succeed (nobody has the number; it only looks like one;
the token is another company's, in stock, retired, revoked, somebody else's, suspended; the code is wrong), the traces
are the same, attempt by attempt, from the first to the one that locks and through what follows while locked. A trace is
every call of the store with kinds and counts of records and rows, every SQL statement, in order, and the reply. And: a
code at login takes two reads and one commit, right or wrong, and so do an enrollment and a step-up. Both shells.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs
import pytest

from okmate_auth import Authenticated, CodeDue, EnrollmentDue, EnrollToken, EnterCode, Refused, StepUp
from okmate_auth.commands import RegisterCompany, ResyncToken, RetireToken, RevokeToken, SuspendToken
from okmate_auth.replies import CompanyRegistered, SteppedUp
from okmate_auth.tokens import Parameters, Position, Windows, code_at, enroll, step_at, verify
from tests.guarantees.figures import Figure
from tests.guarantees.people import DESK, FAST, LIMIT, Person
from tests.guarantees.shells import KINDS
from tests.guarantees.tokens_at_hand import Display, came_to, delivered, enrolled, entitled, session
from tests.guarantees.watching import WatchedBank as Bank
from tests.guarantees.watching import calls_of
from tests.rounds import rounds

LOCKED_ATTEMPTS: Final = 5


@pytest.fixture(params=KINDS)
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bank]:
    """A bank on a file, with either shell."""
    bank = Bank(request.param, tmp_path / "bank.db")
    yield bank
    bank.shell.close()


# ------------------------------------------------------------------------------------------- one answer, one trace


def nobody_s(_: Bank) -> Display:
    """Nobody delivered it."""
    return Display("NN-000001", b"n" * 20)


def wrong_code(bank: Bank) -> Display:
    """It could be his, by another code."""
    return delivered(bank.submit, "WC-000001")


def look_alike(bank: Bank) -> Display:
    """There is one that looks like it."""
    token = delivered(bank.submit, "LA-100100")
    return Display("LA-IO0100", token.seed)


def foreign(bank: Bank) -> Display:
    """It is another company's."""
    reply = bank.submit(RegisterCompany(company="C002", name="別会社", authority=DESK))
    assert isinstance(reply, CompanyRegistered)
    return delivered(bank.submit, "FO-000001", company="C002")


def in_stock(bank: Bank) -> Display:
    """It was sent to nobody."""
    return delivered(bank.submit, "ST-000001", company=None)


def retired(bank: Bank) -> Display:
    """The desk took it out of use."""
    token = delivered(bank.submit, "RE-000001")
    bank.submit(RetireToken(serial=token.serial, authority=DESK))
    return token


def somebody_s(bank: Bank) -> Display:
    """A colleague enrolled it."""
    token = delivered(bank.submit, "SO-000001")
    enrolled(bank.submit, token)
    return token


def revoked(bank: Bank) -> Display:
    """A colleague enrolled it, and it was revoked."""
    token = delivered(bank.submit, "RV-000001")
    bank.submit(RevokeToken(login_id=enrolled(bank.submit, token).login_id, authority=DESK))
    return token


def suspended(bank: Bank) -> Display:
    """A colleague enrolled it, shared as it is, and it is suspended."""
    token = delivered(bank.submit, "SU-000001", shared=True)
    bank.submit(SuspendToken(login_id=enrolled(bank.submit, token).login_id, authority=DESK))
    return token


REASONS: Final[tuple[Callable[[Bank], Display], ...]] = (
    wrong_code,
    look_alike,
    foreign,
    in_stock,
    retired,
    somebody_s,
    revoked,
    suspended,
)


def through_the_lock(bank: Bank, person: Person, token: Display, *, right: bool) -> list[tuple[object, ...]]:
    """Return the traces of enrollments up to the lock, and of what follows while it lasts."""
    due, seen = came_to(bank.submit, person, EnrollmentDue), list[tuple[object, ...]]()
    code = token.press() if right else token.wrong()
    for _ in range(LIMIT + LOCKED_ATTEMPTS):
        command = EnrollToken(handle=due.handle, client=person.client(), serial=token.serial, code=code)
        trace, reply = bank.traced(command)
        assert isinstance(reply, Refused)
        assert isinstance(reply.at, EnrollmentDue)
        due = reply.at
        seen.append((*trace, reply.code, reply.until, due.may_skip))
    return seen


@pytest.mark.parametrize("reason", REASONS)
def test_every_wrong_token_leaves_the_same_trace(bank: Bank, reason: Callable[[Bank], Display]) -> None:
    """Unlocked, locking and locked: the same trace and the same reply as for a number that nobody has (A73)."""
    mine, theirs = entitled(bank.submit), entitled(bank.submit)
    token = reason(bank)
    right = reason is not wrong_code  # the code on display would be right if the token were his
    expected = through_the_lock(bank, theirs, nobody_s(bank), right=False)
    seen = through_the_lock(bank, mine, token, right=right)
    for number, (one, other) in enumerate(zip(seen, expected, strict=True), start=1):
        assert one == other, f"attempt {number} tells something about the number"


def test_the_traces_that_are_compared_are_whole(bank: Bank) -> None:
    """A judged attempt reads twice and commits once; one while locked reads twice, and is written down seldom."""
    seen = through_the_lock(bank, entitled(bank.submit), nobody_s(bank), right=False)
    for number, trace in enumerate(seen, start=1):
        calls = calls_of(trace)
        if number <= LIMIT:
            assert calls == ["load", "load", "commit"]
        else:
            assert calls in (["load", "load"], ["load", "load", "commit"])
    assert [trace[-3] for trace in seen] == ["wrong-token"] * (LIMIT - 1) + ["token-locked"] * (1 + LOCKED_ATTEMPTS)


# ------------------------------------------------------------------------------------------------- what a code costs


JUDGED: Final = ["load", "load", "commit"]


def test_a_code_at_login_takes_two_reads_and_a_commit(bank: Bank) -> None:
    """Right, wrong or replayed; where sessions are live, which they are is read once more (T14)."""
    token = delivered(bank.submit, "TK-000001")
    person = enrolled(bank.submit, token)
    bank.clock.advance(FAST.session.absolute)  # that session is over, and read once more to be dropped
    session(bank.submit, person, token)
    bank.clock.advance(FAST.session.absolute)
    due = came_to(bank.submit, person, CodeDue)
    command = EnterCode(handle=due.handle, client=person.client(), code=token.wrong())
    calls, reply = bank.calls(command)
    assert calls == JUDGED
    assert isinstance(reply, Refused)
    assert isinstance(reply.at, CodeDue)
    calls, reply = bank.calls(attrs.evolve(command, handle=reply.at.handle, code=token.press()))
    assert isinstance(reply, Authenticated)
    assert calls == ["load", "load", "load", "commit"]


def test_a_code_without_an_older_session_takes_two_reads(bank: Bank) -> None:
    """The first code after the enrollment's session was ended."""
    token = delivered(bank.submit, "TK-000002")
    person = entitled(bank.submit)
    due = came_to(bank.submit, person, EnrollmentDue)
    calls, reply = bank.calls(
        EnrollToken(handle=due.handle, client=person.client(), serial=token.serial, code=token.press())
    )
    assert isinstance(reply, Authenticated)
    assert calls == JUDGED
    assert bank.shell.session(reply.session, person.client()) is not None
    calls, reply = bank.calls(
        StepUp(session=reply.session, client=person.client(), code=token.press(), purpose="transfer")
    )
    assert isinstance(reply, SteppedUp)
    assert calls == JUDGED


def test_a_pair_takes_two_reads_and_a_commit(bank: Bank) -> None:
    """Two codes cost no more of the store than one."""
    token = delivered(bank.submit, "TK-000003")
    person = enrolled(bank.submit, token)
    due = came_to(bank.submit, person, CodeDue)
    first, second = token.press(), token.press()
    calls, reply = bank.calls(ResyncToken(handle=due.handle, client=person.client(), first=first, second=second))
    assert isinstance(reply, CodeDue)
    assert calls == JUDGED


# ------------------------------------------------------------------------------------------------------ and time


NOW: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TOTP: Final = Parameters(kind="totp", period_seconds=60)


@pytest.mark.parametrize("type_", ["totp", "hotp"])
def test_the_time_of_a_match_does_not_depend_on_its_place(type_: str, figure: Figure) -> None:
    """First, middle or last of the window, measured in turn: the medians are printed; the work is the same by count."""
    seed, windows = b"12345678901234567890", Windows()
    parameters = TOTP if type_ == "totp" else Parameters(kind="hotp")
    middle = step_at(NOW, 60) if type_ == "totp" else 1000
    position = Position(next_counter=0 if type_ == "totp" else 1000)
    places = {"first": -10, "middle": 0, "last": 10} if type_ == "totp" else {"first": 0, "middle": 5, "last": 10}
    taken: dict[str, list[float]] = {place: [] for place in places}
    order = list(places)
    for _ in range(rounds(200, 5000)):
        random.shuffle(order)
        for place in order:
            code = code_at(seed, middle + places[place], parameters)
            began = time.perf_counter()
            judge = enroll if type_ == "totp" else verify
            judge(code, seed=seed, parameters=parameters, position=position, windows=windows, now=NOW)
            taken[place].append(time.perf_counter() - began)
    medians = {place: statistics.median(times) * 1e6 for place, times in taken.items()}
    figure(f"{type_}: " + ", ".join(f"{place} {median:.2f} us" for place, median in medians.items()))
    assert max(medians.values()) < 2 * min(medians.values()), "a search that ends at the match would differ much more"
