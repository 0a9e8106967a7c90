"""Administration by several at the same moment: what one does while another is at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from okmate_auth import Logout, Refused
from okmate_auth.commands import (
    ChangeEntitlements,
    CloseUser,
    RequireChange,
    ResetPasswords,
    Suspend,
)
from okmate_auth.decision import Command
from okmate_auth.factors import CONFIRMATION_PASSWORD
from okmate_auth.replies import Done
from tests.behaviour.administration import (
    account_of,
    boss,
    counted,
    operations,
    registered,
)
from tests.behaviour.bank import (
    CONFIRMATION,
    DESK,
    WRONG,
    Bank,
    expect,
    refused,
)
from tests.behaviour.conftest import OpenBank
from tests.behaviour.moments import Moment
from tests.rounds import rounds


def test_two_administrators_who_stop_each_other(open_bank: OpenBank) -> None:
    """One of them is first; the other's session has ended, so that never both act and never neither."""
    for _ in range(rounds(3, 60)):
        bank = open_bank()
        one, other = boss(bank), boss(bank)
        replies = bank.together(
            Suspend(login_id=other.user.login_id, authority=one.authority()),
            Suspend(login_id=one.user.login_id, authority=other.authority()),
        )
        assert sorted(type(reply).__name__ for reply in replies) == ["Done", "Refused"]
        refused(next(reply for reply in replies if isinstance(reply, Refused)), "not-logged-in")
        assert sorted(bank.account(person.user).usable for person in (one, other)) == [False, True]


@pytest.mark.parametrize("moment", ["hash", "commit"])
def test_whoever_is_stopped_while_he_stops_another_does_not(bank: Bank, moment: Moment) -> None:
    """The one whose command is committed first wins; what the other had proven until then is worth nothing."""
    one, other = boss(bank), boss(bank)
    with bank.meanwhile(moment, Suspend(login_id=one.user.login_id, authority=other.authority())) as replies:
        reply = bank.submit(Suspend(login_id=other.user.login_id, authority=one.authority()))
    expect(Done, replies[0])
    refused(reply, "not-logged-in")
    assert bank.account(other.user).usable
    assert bank.throttle(one.user).places == ()


MEANWHILE: Final[tuple[tuple[str, Callable[[str], Command[Any]], str], ...]] = (
    ("suspended", lambda who: Suspend(login_id=who, authority=DESK), "not-logged-in"),
    ("closed", lambda who: CloseUser(login_id=who, authority=DESK), "not-logged-in"),
    ("reset", lambda who: ResetPasswords(login_id=who, authority=DESK), "not-logged-in"),
    (
        "compromised",
        lambda who: RequireChange(login_id=who, authority=DESK, reason="compromise"),
        "not-logged-in",
    ),
    (
        "asked for a new confirmation password",
        lambda who: RequireChange(login_id=who, authority=DESK, passwords=(CONFIRMATION_PASSWORD,)),
        "confirmation-unusable",
    ),
)


@pytest.mark.parametrize(("what", "happen", "code"), MEANWHILE, ids=[what for what, _, _ in MEANWHILE])
@pytest.mark.parametrize("password", [CONFIRMATION, WRONG])
@pytest.mark.parametrize("moment", ["hash", "commit"])
def test_an_administrator_who_changes_while_he_acts_acts_no_more(
    bank: Bank, what: str, happen: Callable[[str], Command[Any]], code: str, password: str, moment: Moment
) -> None:
    """Nothing is done under an authority that is gone; the verdict on his password is settled all the same (A31)."""
    one = boss(bank)
    target = registered(bank, "Target1")
    before, checks = bank.account(target), bank.hashes.computed.count("check")
    with bank.meanwhile(moment, happen(one.user.login_id)):
        reply = bank.submit(Suspend(login_id="Target1", authority=one.authority(password)))
    refused(reply, code)
    assert bank.account(target) == before
    throttle = bank.throttle(one.user)
    assert throttle.places == (), what
    judged = bank.hashes.computed.count("check") - checks
    assert counted(bank, one) == (0 if password == CONFIRMATION else judged)
    assert bank.history(one.user).defect is None


@pytest.mark.parametrize("moment", ["hash", "commit"])
def test_a_person_who_changes_while_acted_upon_is_found_as_he_is(bank: Bank, moment: Moment) -> None:
    """Closed meanwhile he is unknown, moved to nowhere else; nothing of the first look is kept."""
    one = boss(bank)
    target = registered(bank, "Target1")
    with bank.meanwhile(moment, CloseUser(login_id="Target1", authority=DESK)):
        refused(bank.submit(ResetPasswords(login_id="Target1", authority=one.authority())), "unknown-user")
    assert bank.account(target).login_password is None
    assert [row.operation for row in operations(bank, target)] == ["close", "register"]


def test_two_administrators_on_one_person(open_bank: OpenBank) -> None:
    """Both commands are done, one after the other, or the second finds what the first left: nothing is lost between."""
    for _ in range(rounds(2, 40)):
        bank = open_bank()
        one, other = boss(bank), boss(bank)
        registered(bank, "Target1", entitlements=("inquiry",))
        commands: tuple[Command[Any], ...] = (
            CloseUser(login_id="Target1", authority=one.authority()),
            ResetPasswords(login_id="Target1", authority=other.authority()),
        )
        bank.together(*commands)
        account = account_of(bank, "Target1")
        assert account.closed_at is not None
        assert account.login_password is None
        done = [row.operation for row in operations(bank, "Target1")]
        assert done in (["close", "register"], ["close", "reset-passwords", "register"])


def test_rights_that_two_administrators_change_at_once(open_bank: OpenBank) -> None:
    """Neither overwrites the other's change."""
    for _ in range(rounds(2, 40)):
        bank = open_bank()
        one, other = boss(bank), boss(bank)
        target = registered(bank, "Target1")
        replies = bank.together(
            ChangeEntitlements(login_id="Target1", authority=one.authority(), add=("transfer",)),
            ChangeEntitlements(login_id="Target1", authority=other.authority(), add=("inquiry",)),
        )
        assert all(isinstance(reply, Done) for reply in replies)
        assert set(bank.account(target).entitlements) == {"transfer", "inquiry"}


def test_a_logout_at_the_same_moment_decides_whether_it_was_done(open_bank: OpenBank) -> None:
    """A command under a session that ends meanwhile is done before its end or not at all."""
    for _ in range(rounds(2, 40)):
        bank = open_bank()
        one = boss(bank)
        target = registered(bank, "Target1")
        commands: tuple[Command[Any], ...] = (
            Suspend(login_id="Target1", authority=one.authority()),
            Logout(one.session, client=one.user.home),
        )
        suspend, _ = bank.together(*commands)
        assert bank.session(one.session, one.user.home) is None
        if isinstance(suspend, Refused):
            refused(suspend, "not-logged-in")
        assert bank.account(target).usable is isinstance(suspend, Refused)
        assert bank.throttle(one.user).places == ()
