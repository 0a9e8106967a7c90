"""What is turned away unjudged: enough of it is written down, and however much comes, little.

Attempts are counted in the process, each lock and each source for itself, and written at the 1st, 2nd, 4th, 8th … of
its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import attrs
import pytest

from okmate_auth import Busy, Client, Confirm, PasswordChangeDue
from okmate_auth.commands import Release, RequireChange
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.records import LoginRecord
from tests.behaviour.bank import CONFIRMATION, DESK, FAST, MICROSECOND, WRONG, Bank, User, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import NEW
from tests.rounds import rounds

ADDRESS: Final = "203.0.113.9"
LIMIT: Final = 6
LOCK: Final = timedelta(minutes=30)


def newest(bank: Bank, user: User | str, count: int = 1) -> list[tuple[str, int]]:
    """Return result and number of the newest rows, newest first."""
    page = bank.history(user, limit=count)
    return [(row.result, row.attempts) for row in page.records if isinstance(row, LoginRecord)]


def flood(bank: Bank, user: User | str, tries: int, client: Client | None = None) -> None:
    """Try what is locked, so often; from a browser that nobody knows, by default."""
    client = client or bank.browser()
    for _ in range(tries):
        refused(bank.guess(user, client), "locked")


def lock(bank: Bank, user: User | str, client: Client | None = None) -> None:
    """Guess until it is locked."""
    client = client or bank.browser()
    for _ in range(LIMIT):
        bank.guess(user, client)


# -- written down


def flood_again_and_again(bank: Bank, user: User, client: Client, end: Callable[[int], None]) -> None:
    """Flood three locks, one after the other, and see that each of them leaves its rows."""
    for number in range(3):
        lock(bank, user, client)
        flood(bank, user, 5, client)
        assert newest(bank, user, 3) == [("locked", 4), ("locked", 2), ("locked", 1)], number
        end(number)


def test_the_first_attempt_at_each_lock_is_written(bank: Bank) -> None:
    """Or after one flood the next ones would leave nothing in the history for whoever looks for the attack."""
    user = bank.customer()
    flood_again_and_again(bank, user, bank.browser(), lambda number: bank.wait((LOCK, 4 * LOCK, 16 * LOCK)[number]))


@pytest.mark.parametrize("lock_is", ["temporary", "full", "closed"])
def test_the_first_attempt_at_each_lock_after_a_release_is_written(open_bank: OpenBank, lock_is: str) -> None:
    """Or whoever was released once would be attacked unseen ever after, whichever lock it was."""
    rules = {
        "temporary": Lockout(),
        "full": Lockout(temporary=timedelta(0)),
        "closed": Lockout(close_at=LIMIT),
    }[lock_is]
    bank = open_bank(attrs.evolve(FAST, lockout={LOGIN_PASSWORD: rules}))
    user = bank.customer()

    def release(_: int) -> None:
        bank.submit(Release(login_id=user.login_id, authority=DESK))
        bank.wait(MICROSECOND)

    flood_again_and_again(bank, user, user.home if lock_is == "full" else bank.browser(), release)


def test_each_person_is_counted_for_himself(bank: Bank) -> None:
    """Or a flood against one would hide the attempts at all others."""
    users: list[User | str] = [bank.customer(), bank.customer(), "nobody01"]
    for user in users:
        lock(bank, user)
        flood(bank, user, 5)
    assert [newest(bank, user) for user in users] == [[("locked", 4)]] * 3


def test_the_lock_of_each_factor_is_counted_for_itself(bank: Bank) -> None:
    """Or a flood at the entrance would hide what is tried with the confirmation password of a stolen session."""
    user = bank.customer()
    session = bank.log_in(user).session

    def confirm(password: str) -> Confirm:
        return Confirm(session=session, client=user.home, password=password, purpose="transfer")

    for _ in range(LIMIT):
        bank.submit(confirm(WRONG))
    lock(bank, user)
    flood(bank, user, 5)
    refused(bank.submit(confirm(CONFIRMATION)), "locked")
    assert newest(bank, user) == [("locked", 1)]


def test_what_is_tried_at_a_locked_step_is_written(bank: Bank) -> None:
    """Or guesses would go on, unseen, at a step whose password is locked."""
    user = bank.customer()
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    thief = bank.browser()
    step = expect(PasswordChangeDue, bank.login(user, thief))
    lock(bank, user)
    command = bank.change_command(user, step, thief, login=NEW)
    for number in range(4):
        refused(bank.submit(but(command, current_login_password=f"{WRONG}{number}")), "locked")
    assert newest(bank, user, 3) == [("locked", 4), ("locked", 2), ("locked", 1)]


# -- and little of it


def test_a_flood_of_fresh_ids_stays_off_the_disk(bank: Bank) -> None:
    """Or a source over its limit would fill the store with a row and a throttle for every ID it can think of."""
    for number in range(20):
        refused(bank.guess(f"nobody{number:02}", bank.browser(ADDRESS)), "rejected")
    before, tries = len(bank.recording.commits), rounds(100, 2000)
    with bank.unhashed():
        for number in range(tries):
            expect(Busy, bank.guess(f"fresh{number:04}", bank.browser(ADDRESS)))
    assert len(bank.recording.commits) - before == tries.bit_length()
    assert newest(bank, "fresh0003") == [("source-limit", 4)]
    assert newest(bank, "fresh0004") == []


def test_each_source_is_counted_for_itself(bank: Bank) -> None:
    """Or one loud source would hide every other."""
    for address in (ADDRESS, "198.51.100.7"):
        for number in range(20):
            bank.guess(f"nobody{number:02}", bank.browser(address))
        bank.wait(timedelta(seconds=1))
        expect(Busy, bank.guess("target01", bank.browser(address)))
        assert newest(bank, "target01") == [("source-limit", 1)]
    assert len(newest(bank, "target01", 5)) == 2
