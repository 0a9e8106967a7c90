"""An administrator's confirmation password: guesses of it under whatever command are counted as such."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest

from okmate_auth import Busy, Refused
from okmate_auth.commands import (
    Confirm,
    Suspend,
)
from okmate_auth.factors import CONFIRMATION_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.queries import PendingNotices
from okmate_auth.records import LoginRecord
from okmate_auth.replies import Done
from tests.behaviour.administration import (
    COMMANDS,
    ON_ACCOUNTS,
    Administering,
    account_of,
    boss,
    counted,
    registered,
)
from tests.behaviour.bank import (
    FAST,
    MICROSECOND,
    WRONG,
    Bank,
    expect,
    refused,
)
from tests.behaviour.conftest import OpenBank
from tests.rounds import rounds

LIMIT: Final = Lockout().limit
ids = [command.name for command in COMMANDS]
every_command = pytest.mark.parametrize("command", COMMANDS, ids=[*ids[:5], "compromise", *ids[6:]])


@every_command
def test_a_wrong_confirmation_password_is_a_guess(bank: Bank, command: Administering) -> None:
    """Under whatever command it is tried, it is judged with a place, counted, recorded with the factor, and locks."""
    one = boss(bank)
    registered(bank, "Target1")
    who = "Newcom1" if command.name == "register" else "Target1"
    for number in range(1, LIMIT):
        refused(bank.submit(command.command(one.authority(WRONG), who)), "wrong-password")
        assert counted(bank, one) == number
        row = expect(LoginRecord, bank.history(one.user, limit=1).records[0])
        assert (row.result, row.factor) == ("wrong-password", CONFIRMATION_PASSWORD)
    refused(bank.submit(command.command(one.authority(WRONG), who)), "locked")
    with bank.unhashed():
        assert refused(bank.submit(command.command(one.authority(), who)), "locked").until == bank.clock() + timedelta(
            minutes=30
        )
    assert bank.history(one.user).defect is None


def test_confirming_and_administering_share_one_counter(bank: Bank) -> None:
    """Guesses can't be spread over commands; a right one under any of them ends the count."""
    one = boss(bank)
    registered(bank, "Target1")
    commands = [command.command(one.authority(WRONG), "Target1") for command in ON_ACCOUNTS[:3]]
    confirm = Confirm(session=one.session, client=one.user.home, password=WRONG, purpose="transfer")
    for command in (*commands, confirm, confirm):
        refused(bank.submit(command), "wrong-password")
    assert counted(bank, one) == 5
    expect(Done, bank.submit(Suspend(login_id="Target1", authority=one.authority())))
    assert counted(bank, one) == 0


def test_a_right_confirmation_password_counts_whatever_follows(bank: Bank) -> None:
    """A command that is refused after that ends the failures all the same: what was judged is committed."""
    one = boss(bank)
    refused(bank.submit(Suspend(login_id="Target1", authority=one.authority(WRONG))), "wrong-password")
    refused(bank.submit(Suspend(login_id="Target1", authority=one.authority())), "unknown-user")
    assert counted(bank, one) == 0
    assert bank.results(one.user)[:2] == ["confirmed", "wrong-password"]


def test_a_user_who_is_no_administrator_can_not_guess_here(bank: Bank) -> None:
    """Who may not act at all is refused before his confirmation password is looked at."""
    one = boss(bank, "user")
    registered(bank, "Target1")
    with bank.unhashed(), bank.unchanged():
        for command in ON_ACCOUNTS:
            refused(bank.submit(command.command(one.authority(WRONG), "Target1")), "not-allowed")


def test_guesses_under_authority_share_the_limit_at_the_same_moment(open_bank: OpenBank) -> None:
    """However many commands try passwords at once, no more than the limit is judged (FL-4)."""
    for _ in range(rounds(1, 20)):
        bank = open_bank()
        one = boss(bank)
        registered(bank, "Target1")
        judged = bank.hashes.computed.count("check")
        commands = [Suspend(login_id="Target1", authority=one.authority(f"{WRONG}{number}")) for number in range(9)]
        replies = bank.together(*commands)
        assert {type(reply) for reply in replies} <= {Refused, Busy}
        assert bank.hashes.computed.count("check") - judged <= LIMIT
        assert account_of(bank, "Target1").suspended is None


def test_a_lock_of_the_confirmation_password_is_told_to_its_owner(bank: Bank) -> None:
    """Guesses under authority bring the same notice as any others."""
    one = boss(bank)
    for _ in range(LIMIT):
        bank.submit(Suspend(login_id="Target1", authority=one.authority(WRONG)))
    (notice,) = (notice for notice in bank.read(PendingNotices()) if notice.event == "lock")
    assert notice.login_id == one.user.login_id
    assert ("factor", CONFIRMATION_PASSWORD) in notice.details


@pytest.mark.parametrize(("later", "ends"), [(-MICROSECOND, False), (timedelta(0), True)])
def test_an_administrators_lock_ends_by_itself(bank: Bank, later: timedelta, *, ends: bool) -> None:
    """Thirty minutes later he administers again, from a session that lasts that long."""
    one = boss(bank)
    registered(bank, "Target1")
    for _ in range(LIMIT):
        bank.submit(Suspend(login_id="Target1", authority=one.authority(WRONG)))
    until = bank.clock() + timedelta(minutes=30)
    while bank.clock() < until - FAST.session.idle / 2:
        bank.wait(FAST.session.idle / 2)
        assert bank.session(one.session, one.user.home) is not None
    bank.clock.set(until + later)
    reply = bank.submit(Suspend(login_id="Target1", authority=one.authority()))
    assert isinstance(reply, Done if ends else Refused)
