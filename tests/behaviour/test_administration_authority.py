"""Who may administer whom: every command with every authority, as a table of replies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest

from okmate_auth import Authenticated
from okmate_auth.commands import (
    Authority,
    BySession,
    CloseUser,
    Confirm,
    RegisterUser,
    Release,
    RequireChange,
    Suspend,
)
from okmate_auth.commands.administration import OnAccount
from okmate_auth.decision import Commit, Draft, Facts
from okmate_auth.errors import MisuseError
from okmate_auth.factors import CONFIRMATION_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.records import Account, ChainHead, Throttle
from okmate_auth.replies import Done
from tests.behaviour.administration import (
    COMMANDS,
    ELSEWHERE,
    ON_ACCOUNTS,
    Administering,
    account_of,
    boss,
    company_of,
    operations,
    registered,
)
from tests.behaviour.bank import (
    COMPANY,
    CONFIRMATION,
    DESK,
    FAST,
    LOGIN,
    WRONG,
    Bank,
    expect,
    refused,
)
from tests.behaviour.conftest import OpenBank
from tests.stored_values import account, context
from tests.unchecked import unchecked

PATIENT: Final = attrs.evolve(FAST, lockout={CONFIRMATION_PASSWORD: Lockout(limit=len(COMMANDS) + 1)})
"""Rules under which every command may be tried with a wrong confirmation password."""


# ------------------------------------------------------------------------------------------------------ who may


@pytest.mark.parametrize("role", ["desk", "master", "administrator"])
def test_who_may_administer_may_do_everything(bank: Bank, role: str) -> None:
    """The desk, a company's master and its administrators: each command is done, and written down with who did it."""
    authority: Authority = DESK
    if role != "desk":
        authority = boss(bank, "master" if role == "master" else "administrator", login_id="Boss01").authority()
    for command in COMMANDS:
        expect(command.reply, bank.submit(command.command(authority, "Target1")))
        row = operations(bank, "Target1")[0]
        assert (row.operation, row.details) == (command.name, command.details)
        assert row.at == bank.clock()
        actor = ("desk:teller-7", "T-1") if role == "desk" else ("user:Boss01", "")
        assert (row.actor, row.ticket) == actor
    assert len(operations(bank, "Target1")) == len(COMMANDS)


@attrs.frozen
class Nobody:
    """An authority that is none: its way to fail, and the public reason, for each command the same."""

    name: str
    made: Callable[[Bank], BySession]
    code: str


def _with_session(bank: Bank, session: str) -> BySession:
    return attrs.evolve(boss(bank).authority(), session=session)


def _logged_out(bank: Bank) -> BySession:
    one = boss(bank)
    bank.log_out(one.user, one.session)
    return one.authority()


def _expired(bank: Bank) -> BySession:
    one = boss(bank)
    bank.wait(FAST.session.idle)
    return one.authority()


def _suspended(bank: Bank) -> BySession:
    one = boss(bank)
    bank.submit(Suspend(login_id=one.user.login_id, authority=DESK))
    return one.authority()


def _locked(bank: Bank) -> BySession:
    one = boss(bank)
    for _ in range(bank.profile.lockout_of(CONFIRMATION_PASSWORD).limit):
        confirm = Confirm(session=one.session, client=one.user.home, password=WRONG, purpose="transfer")
        last = bank.submit(confirm)
    refused(last, "locked")
    return one.authority()


def _due(bank: Bank) -> BySession:
    one = boss(bank)
    who, both = one.user.login_id, (CONFIRMATION_PASSWORD,)
    expect(Done, bank.submit(RequireChange(login_id=who, authority=DESK, passwords=both)))
    return one.authority()


NOBODIES: Final = (
    Nobody("a user", lambda bank: boss(bank, "user").authority(), "not-allowed"),
    Nobody("a session that was logged out", _logged_out, "not-logged-in"),
    Nobody("a session that ended by itself", _expired, "not-logged-in"),
    Nobody("somebody who was suspended", _suspended, "not-logged-in"),
    Nobody("another browser", lambda bank: boss(bank).authority(client=bank.browser()), "not-logged-in"),
    Nobody(
        "a session that never was", lambda bank: attrs.evolve(boss(bank).authority(), session="A" * 43), "not-logged-in"
    ),
    Nobody("what can be no session", lambda bank: attrs.evolve(boss(bank).authority(), session="s"), "not-logged-in"),
    Nobody("a wrong confirmation password", lambda bank: boss(bank).authority(WRONG), "wrong-password"),
    Nobody("the login password in its place", lambda bank: boss(bank).authority(LOGIN), "wrong-password"),
    Nobody("no confirmation password", lambda bank: boss(bank).authority(""), "malformed"),
    Nobody("one that is too long to be judged", lambda bank: boss(bank).authority("x" * 2000), "malformed"),
    Nobody("a locked confirmation password", _locked, "locked"),
    Nobody("a confirmation password that is due", _due, "confirmation-unusable"),
)


@pytest.mark.parametrize("nobody", NOBODIES, ids=lambda nobody: nobody.name)
def test_who_may_not_administer_may_do_nothing(open_bank: OpenBank, nobody: Nobody) -> None:
    """Whatever is wrong with the authority, each command says so and changes nothing but what is counted of him."""
    bank = open_bank(PATIENT)
    target = registered(bank, "Target1", entitlements=("inquiry",))
    before, rows = bank.account(target), operations(bank, target)
    authority = nobody.made(bank)
    first = len(bank.recording.commits)
    for command in COMMANDS:
        login_id = "Newcom1" if command.name == "register" else "Target1"
        refusal = refused(bank.submit(command.command(authority, login_id)), nobody.code)
        assert refusal.at is None
    assert bank.account(target) == before
    assert operations(bank, target) == rows
    assert bank.record(Account.at(bank.subject("Newcom1"))) is None
    assert company_of(bank).users.count(bank.subject("Newcom1")) == 0
    for change, _ in bank.recording.commits[first:]:
        assert {type(record) for record in change.puts} <= {Throttle}
        assert all(row.chain.startswith("login:") for row in change.appends)


def test_a_bank_without_confirmation_passwords_has_no_administrators(bank: Bank) -> None:
    """Where there is none to be asked, nobody of a company administers; the desk does."""
    one = boss(bank)
    registered(bank, "Target1")
    without = bank.beside(attrs.evolve(FAST, confirmation_password=None))
    for command in ON_ACCOUNTS:
        refused(without.submit(command.command(one.authority(), "Target1")), "confirmation-unusable")
    expect(Done, without.submit(Suspend(login_id="Target1", authority=DESK)))


# ----------------------------------------------------------------------------------------------------- whom


@pytest.mark.parametrize("login_id", ["Nobody1", "", "短い", "a" * 100, "x\x00yz12", "other@1"])
def test_somebody_who_does_not_exist_is_unknown(bank: Bank, login_id: str) -> None:
    """An ID that nobody has, or can have, is unknown to the desk and to administrators alike, and nothing is put."""
    one = boss(bank)
    for authority in (DESK, one.authority()):
        for command in ON_ACCOUNTS:
            refused(bank.submit(command.command(authority, login_id)), "unknown-user")


def test_somebody_of_another_company_does_not_exist(bank: Bank) -> None:
    """An administrator can't act upon, nor learn of, another company's people, nor add to them."""
    stranger = boss(bank, company=ELSEWHERE)
    target = registered(bank, "Target1", entitlements=("inquiry",))
    before = bank.account(target)
    for command in COMMANDS:
        code = "unknown-company" if command.name == "register" else "unknown-user"
        login_id = "Newcom1" if command.name == "register" else "Target1"
        refused(bank.submit(command.command(stranger.authority(), login_id)), code)
    assert bank.account(target) == before
    assert [row.operation for row in operations(bank, target)] == ["register"]


def test_a_closed_account_does_not_exist_any_more(bank: Bank) -> None:
    """Nothing brings it back, for nobody; its ID stays taken."""
    one = boss(bank)
    target = registered(bank, "Target1")
    expect(Done, bank.submit(CloseUser(login_id="Target1", authority=DESK)))
    closed = bank.account(target)
    for authority in (DESK, one.authority()):
        for command in COMMANDS:
            code = "exists" if command.name == "register" else "unknown-user"
            refused(bank.submit(command.command(authority, "Target1")), code)
    assert bank.account(target) == closed


def test_nobody_releases_himself(bank: Bank) -> None:
    """However he spells his ID: but for stopping oneself and having one's passwords changed, all needs another."""
    one = boss(bank, login_id="Boss01")
    for command in ON_ACCOUNTS:
        for spelling in ("Boss01", "boss01", "BOSS01"):
            if not command.on_oneself:
                refused(bank.submit(command.command(one.authority(), spelling)), "not-oneself")
    assert [row.operation for row in operations(bank, "Boss01")] == ["register"]


@pytest.mark.parametrize(
    "command", [one for one in ON_ACCOUNTS if one.on_oneself], ids=lambda one: f"{one.name}-{one.ends}"
)
def test_what_protects_oneself_one_may_do(bank: Bank, command: Administering) -> None:
    """Whoever fears for his own access shuts it, or has his passwords changed, without waiting for another."""
    one = boss(bank, login_id="Boss01")
    expect(command.reply, bank.submit(command.command(one.authority(), "boss01")))
    assert operations(bank, "Boss01")[0].actor == "user:Boss01"
    assert (bank.session(one.session, one.user.home) is None) is command.ends


def test_a_master_is_registered_and_closed_by_the_desk_alone(bank: Bank) -> None:
    """An administrator makes no master, nor is he rid of one; he may stop and release him."""
    one = boss(bank)
    make = RegisterUser(login_id="Master1", company=COMPANY, authority=one.authority(), role="master")
    refused(bank.submit(make), "not-allowed")
    master = registered(bank, "Master1", role="master")
    refused(bank.submit(CloseUser(login_id="Master1", authority=one.authority())), "not-allowed")
    assert bank.account(master).closed_at is None
    expect(Done, bank.submit(Suspend(login_id="Master1", authority=one.authority())))
    expect(Done, bank.submit(Release(login_id="Master1", authority=one.authority())))
    expect(Done, bank.submit(CloseUser(login_id="Master1", authority=DESK)))
    assert company_of(bank).master == ""
    registered(bank, "Master2", role="master")


@pytest.mark.parametrize("again", ["nobody", "administrator", "desk"])
def test_what_the_desk_suspended_the_desk_alone_releases(bank: Bank, again: str) -> None:
    """An administrator undoes no stop of the bank's, not even after he stopped the person himself as well."""
    one = boss(bank)
    registered(bank, "Target1")
    expect(Done, bank.submit(Suspend(login_id="Target1", authority=DESK)))
    if again != "nobody":
        authority = DESK if again == "desk" else one.authority()
        expect(Done, bank.submit(Suspend(login_id="Target1", authority=authority)))
    refused(bank.submit(Release(login_id="Target1", authority=one.authority())), "not-allowed")
    assert not account_of(bank, "Target1").usable
    expect(Done, bank.submit(Release(login_id="Target1", authority=DESK)))
    assert account_of(bank, "Target1").usable


# ------------------------------------------------------------------------------------------------------- misuse


@pytest.mark.parametrize("authority", [None, "desk", CONFIRMATION, ("op", "T1")])
def test_an_authority_is_one_of_two(authority: object) -> None:
    """Anything else in its place is the program's mistake, at once."""
    for command in COMMANDS:
        with pytest.raises(MisuseError):
            command.command(unchecked(authority), "Target1")


def test_the_desk_takes_no_place_so_it_leaves_none() -> None:
    """Nothing of it is judged, and nothing need be settled."""
    command = Suspend(login_id="Target1", authority=DESK)
    commit: Commit[Any] = Commit(None, Done(login_id="Target1"))
    assert command.settle(Draft(Facts(), context()), commit) is commit


def test_a_command_on_an_account_says_itself_what_it_does() -> None:
    """Who forgets it has no command; a row of its own details none has to have."""
    base: type = OnAccount
    with pytest.raises(TypeError, match="apply"):
        base(login_id="Target1", authority=DESK)
    assert Suspend(login_id="Target1", authority=DESK).details(account()) == {}


def test_a_session_in_use_is_enough_for_several_commands(bank: Bank) -> None:
    """Each asks the confirmation password anew; none ends the session of whoever acts."""
    one = boss(bank)
    registered(bank, "Target1")
    for command in ON_ACCOUNTS:
        expect(command.reply, bank.submit(command.command(one.authority(), "Target1")))
    assert bank.session(one.session, one.user.home) is not None
    assert bank.throttle(one.user).head != ChainHead()
    expect(Authenticated, bank.login(one.user))
