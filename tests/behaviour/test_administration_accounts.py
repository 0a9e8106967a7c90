"""Acting on accounts: suspending, releasing, resetting, forcing a change, changing rights, and what ends with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final, Literal

import attrs
import pytest

from okmate_auth import (
    AcknowledgeChange,
    Authenticated,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
    Secret,
    TopPage,
)
from okmate_auth.commands import (
    BySession,
    ChangeEntitlements,
    Confirm,
    Release,
    RequireChange,
    ResetPasswords,
    Suspend,
)
from okmate_auth.errors import MisuseError
from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.records import Account, Flow, Suspension, encode
from okmate_auth.replies import Confirmed, Done, PasswordsReset
from okmate_auth.violations import Violation
from tests.behaviour.administration import ON_ACCOUNTS, Administering, boss, first_login, operations, registered
from tests.behaviour.bank import CONFIRMATION, DESK, LOGIN, SERVICES, WRONG, Bank, User, expect, refused

BOTH: Final = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)
LIMIT: Final = Lockout().limit


def reset(bank: Bank, user: User) -> User:
    """Reset somebody's passwords at the desk."""
    reply = expect(PasswordsReset, bank.submit(ResetPasswords(login_id=user.login_id, authority=DESK)))
    return attrs.evolve(user, login_password=reply.initial_password.reveal(), confirmation_password="")


def lock(bank: Bank, user: User) -> None:
    """Lock somebody's login password for good: guesses from his own browser, three times in a day."""
    for _ in range(3):
        for _ in range(LIMIT):
            bank.guess(user, user.home)
        bank.wait(timedelta(minutes=30))


# -------------------------------------------------------------------------------------------- what ends with it


@pytest.mark.parametrize("by", ["desk", "administrator"])
@pytest.mark.parametrize("command", ON_ACCOUNTS, ids=lambda command: f"{command.name}-{command.ends}")
def test_what_somebody_has_under_way_ends_where_it_should(bank: Bank, command: Administering, by: str) -> None:
    """Sessions and logins of the person end with a stop, a reset, a compromise, a closing; with nothing else."""
    person = first_login(bank, registered(bank, "Target1"))
    expect(Done, bank.submit(RequireChange(login_id="Target1", authority=DESK)))
    elsewhere = bank.browser()
    step = bank.due_change(person.user, elsewhere)
    bystander = boss(bank, "user")
    authority = DESK if by == "desk" else boss(bank).authority()
    expect(command.reply, bank.submit(command.command(authority, "Target1")))
    account = bank.account(person.user)
    assert (bank.session(person.session, person.user.home) is None) is command.ends
    assert (account.sessions == (), account.flows == ()) == (command.ends, command.ends)
    reply = bank.submit(bank.change_command(person.user, step, elsewhere, login="Vb31kkRt0w"))
    if command.ends:
        refused(reply, "stale")
    else:
        expect(PasswordChangeDone, reply)
    assert bank.session(bystander.session, bystander.user.home) is not None


def test_nothing_stored_is_left_of_what_ended(bank: Bank) -> None:
    """Records of sessions and logins are gone, not only forgotten by the account's list."""
    person = first_login(bank, registered(bank, "Target1"))
    expect(Done, bank.submit(RequireChange(login_id="Target1", authority=DESK)))
    bank.due_change(person.user, bank.browser())
    before = bank.account(person.user)
    (session,) = bank.sessions(person.user)
    flows = [Flow.at(ref.id) for ref in before.flows]
    assert all(bank.record(key) is not None for key in flows)
    expect(Done, bank.submit(Suspend(login_id="Target1", authority=DESK)))
    assert bank.record(session.key) is None
    assert len(flows) == 1
    assert [bank.record(key) for key in flows] == [None]


# ------------------------------------------------------------------------------------------ suspending, releasing


def test_whoever_is_suspended_is_refused_like_anybody_with_a_wrong_password(bank: Bank) -> None:
    """The right password is rejected, a wrong one as well, and nothing is told of the stop; a release ends it."""
    user = bank.customer()
    expect(Done, bank.submit(Suspend(login_id=user.login_id, authority=DESK)))
    assert bank.account(user).suspended == Suspension(at=bank.clock(), actor="desk:teller-7", by_desk=True)
    assert bank.login(user) == bank.guess(user) == Refused(code="rejected")
    assert bank.results(user)[:2] == ["suspended", "suspended"]
    expect(Done, bank.submit(Release(login_id=user.login_id, authority=DESK)))
    bank.log_in(user)


def test_an_administrators_stop_says_who_made_it(bank: Bank) -> None:
    """Another administrator of the company may take it away."""
    one, other = boss(bank, login_id="Boss01"), boss(bank)
    user = bank.customer()
    expect(Done, bank.submit(Suspend(login_id=user.login_id, authority=one.authority())))
    assert bank.account(user).suspended == Suspension(at=bank.clock(), actor="user:Boss01", by_desk=False)
    expect(Done, bank.submit(Release(login_id=user.login_id, authority=other.authority())))
    bank.log_in(user)


def test_one_may_stop_oneself_and_needs_another_to_go_on(bank: Bank) -> None:
    """Whoever finds his own access stolen can shut it at once; his session ends with it."""
    one, other = boss(bank), boss(bank)
    who = one.user.login_id
    expect(Done, bank.submit(Suspend(login_id=who, authority=one.authority())))
    assert bank.session(one.session, one.user.home) is None
    refused(bank.submit(Release(login_id=who, authority=one.authority())), "not-logged-in")
    refused(bank.login(one.user), "rejected")
    expect(Done, bank.submit(Release(login_id=who, authority=other.authority())))
    bank.log_in(one.user)


def test_suspending_twice_changes_nothing_but_the_record_of_it(bank: Bank) -> None:
    """It is done, and written down, each time."""
    user = bank.customer()
    for _ in range(2):
        expect(Done, bank.submit(Suspend(login_id=user.login_id, authority=DESK)))
    assert [row.operation for row in operations(bank, user)][:2] == ["suspend", "suspend"]
    assert not bank.account(user).usable


def test_a_release_takes_locks_of_both_passwords_away(bank: Bank) -> None:
    """Fully locked at login and locked in the session: afterwards both work again."""
    user = bank.customer()
    session = bank.log_in(user).session
    for _ in range(LIMIT):
        bank.submit(Confirm(session=session, client=user.home, password=WRONG, purpose="transfer"))
    bank.log_out(user, session)
    lock(bank, user)
    assert refused(bank.login(user), "locked").until is None
    expect(Done, bank.submit(Release(login_id=user.login_id, authority=boss(bank).authority())))
    assert bank.throttle(user).counters == ()
    session = bank.log_in(user).session
    reply = bank.submit(Confirm(session=session, client=user.home, password=CONFIRMATION, purpose="transfer"))
    expect(Confirmed, reply)


def test_whoever_is_locked_can_not_release_himself(bank: Bank) -> None:
    """An administrator with a session whose confirmation password is locked stays so until another releases him."""
    one = boss(bank)
    for _ in range(LIMIT):
        bank.submit(Suspend(login_id="Nobody1", authority=one.authority(WRONG)))
    refused(bank.submit(Release(login_id=one.user.login_id, authority=one.authority())), "locked")


def test_a_release_of_somebody_who_is_not_locked_does_no_harm(bank: Bank) -> None:
    """Passwords, sessions and rights stay as they are."""
    person = first_login(bank, registered(bank, "Target1", entitlements=("inquiry",)))
    before = bank.account(person.user)
    expect(Done, bank.submit(Release(login_id="Target1", authority=DESK)))
    assert bank.account(person.user) == before
    assert bank.session(person.session, person.user.home) is not None


def test_a_release_does_not_touch_what_is_due(bank: Bank) -> None:
    """A forced change stays forced."""
    user = bank.customer()
    expect(Done, bank.submit(RequireChange(login_id=user.login_id, authority=DESK, reason="compromise")))
    expect(Done, bank.submit(Release(login_id=user.login_id, authority=DESK)))
    assert bank.due_change(user).reasons == ("compromise",)


# ------------------------------------------------------------------------------------------------------ resetting


def test_a_reset_voids_both_passwords(bank: Bank) -> None:
    """Neither the former login password nor the confirmation password is good for anything; both are due."""
    one = boss(bank)
    user = bank.customer()
    reply = expect(PasswordsReset, bank.submit(ResetPasswords(login_id=user.login_id, authority=one.authority())))
    assert reply.login_id == user.login_id
    assert reply.until == bank.clock() + timedelta(days=30)
    assert reply.initial_password.reveal() not in repr(reply)
    refused(bank.login(user), "rejected")
    new = attrs.evolve(user, login_password=reply.initial_password.reveal(), confirmation_password="")
    step = bank.due_change(new)
    assert (step.change, step.reasons, step.current) == (BOTH, ("reset", "unset"), (LOGIN_PASSWORD,))
    expect(PasswordChangeDone, bank.change(new, step))


def test_a_reset_resumes_use(bank: Bank) -> None:
    """Locks are taken away with it; a suspension is not."""
    user = bank.customer()
    lock(bank, user)
    refused(bank.login(user), "locked")
    bank.due_change(reset(bank, user))
    expect(Done, bank.submit(Suspend(login_id=user.login_id, authority=DESK)))
    refused(bank.login(reset(bank, user)), "rejected")


def test_a_second_reset_voids_the_first(bank: Bank) -> None:
    """Only the newest initial password is good."""
    user = bank.customer()
    first, second = reset(bank, user), reset(bank, user)
    assert first.login_password != second.login_password
    refused(bank.login(first), "rejected")
    bank.due_change(second)


def test_a_reset_has_a_password_for_its_own_account(bank: Bank) -> None:
    """Made by the generator; no administrator chooses it or can."""
    assert {field.name for field in attrs.fields(ResetPasswords)} == {"login_id", "authority"}
    users = [bank.customer() for _ in range(3)]
    made = [reset(bank, user) for user in users]
    assert len({user.login_password for user in made}) == 3
    refused(bank.login(attrs.evolve(made[0], login_password=made[1].login_password)), "rejected")


def test_a_login_under_way_does_not_outlive_a_reset(bank: Bank) -> None:
    """What was proven with the old password is worth nothing (A33)."""
    user = bank.newcomer()
    step = bank.due_change(user)
    reset(bank, user)
    refused(bank.change(user, step), "stale")


# -------------------------------------------------------------------------------------------------- forced change


@pytest.mark.parametrize("reason", ["administrator", "compromise"])
@pytest.mark.parametrize("passwords", [BOTH[:1], BOTH[1:], BOTH, BOTH[::-1]])
def test_a_change_that_is_demanded_is_due_at_the_next_login(
    bank: Bank, passwords: tuple[str, ...], reason: Literal["administrator", "compromise"]
) -> None:
    """For exactly the passwords that are named, with the reason; after it nothing is due any more."""
    user = bank.customer()
    expect(Done, bank.submit(RequireChange(login_id=user.login_id, authority=DESK, passwords=passwords, reason=reason)))
    step = bank.due_change(user)
    named = tuple(factor for factor in BOTH if factor in passwords)
    assert (step.change, step.current, step.reasons) == (named, BOTH, (reason,) * len(named))
    command = bank.change_command(user, step, login="Vb31kkRt0w", confirmation="Mm88pord2a")
    done = expect(PasswordChangeDone, bank.submit(command))
    assert done.changed == named
    expect(Authenticated, bank.submit(AcknowledgeChange(handle=done.handle, client=user.home)))
    assert operations(bank, user)[0].details == (("passwords", " ".join(passwords)), ("reason", reason))


def test_a_confirmation_password_that_is_due_confirms_nothing_at_once(bank: Bank) -> None:
    """In sessions that are live, too; they stay for everything else."""
    person = first_login(bank, registered(bank, "Target1"))
    passwords = (CONFIRMATION_PASSWORD,)
    expect(Done, bank.submit(RequireChange(login_id="Target1", authority=DESK, passwords=passwords)))
    confirm = Confirm(session=person.session, client=person.user.home, password=CONFIRMATION, purpose="transfer")
    with bank.unhashed():
        refused(bank.submit(confirm), "confirmation-unusable")
    assert bank.session(person.session, person.user.home) is not None


def test_a_change_that_is_demanded_during_a_login_counts_in_it(bank: Bank) -> None:
    """The step that is due is computed anew: what became stricter meanwhile is asked before the session (A28)."""
    user = bank.newcomer()
    done = expect(PasswordChangeDone, bank.change(user, bank.due_change(user)))
    expect(Done, bank.submit(RequireChange(login_id=user.login_id, authority=DESK)))
    step = bank.submit(AcknowledgeChange(handle=done.handle, client=user.home))
    assert expect(PasswordChangeDue, step).change == (LOGIN_PASSWORD,)


@pytest.mark.parametrize("later", ["administrator", "compromise"])
def test_a_compromise_is_not_forgotten_for_a_later_demand(
    bank: Bank, later: Literal["administrator", "compromise"]
) -> None:
    """What is stricter about a compromised password stays until it is another one (A28)."""
    user = bank.customer()
    demand = RequireChange(login_id=user.login_id, authority=DESK, passwords=BOTH, reason="compromise")
    expect(Done, bank.submit(demand))
    expect(Done, bank.submit(attrs.evolve(demand, reason=later)))
    assert bank.due_change(user).reasons == ("compromise", "compromise")


def test_what_is_unset_is_due_anyway(bank: Bank) -> None:
    """Demanding a change of a confirmation password that nobody has yet adds nothing and harms nothing."""
    user = bank.newcomer()
    expect(Done, bank.submit(RequireChange(login_id=user.login_id, authority=DESK, passwords=BOTH)))
    step = bank.due_change(user)
    assert (step.change, step.reasons, step.current) == (BOTH, ("administrator", "unset"), BOTH[:1])


def test_an_initial_password_still_ends_after_a_change_was_demanded(bank: Bank) -> None:
    """Demanding it again does not lengthen its life."""
    user = bank.newcomer()
    expect(Done, bank.submit(RequireChange(login_id=user.login_id, authority=DESK)))
    bank.wait(timedelta(days=30))
    refused(bank.login(user), "rejected")


def test_age_forces_nothing(bank: Bank) -> None:
    """Ten years later the login goes straight through (PW-11, ASVS 5.0 6.2.10)."""
    user = bank.customer()
    bank.wait(timedelta(days=3653))
    bank.log_in(user)


@pytest.mark.parametrize(
    "fields",
    [
        {"passwords": ()},
        {"passwords": (CODE,)},
        {"passwords": (LOGIN_PASSWORD, "")},
        {"passwords": LOGIN_PASSWORD},
        {"passwords": (1,)},
        {"reason": "age"},
        {"reason": ""},
        {"reason": None},
    ],
)
def test_a_demand_names_passwords_and_a_reason(fields: dict[str, Any]) -> None:
    """Anything else is the program's mistake."""
    with pytest.raises(MisuseError):
        RequireChange(**{"login_id": "Hanako01", "authority": DESK, **fields})


# --------------------------------------------------------------------------------------------------------- rights


def rights(bank: Bank, session: Secret, user: User) -> tuple[str, ...]:
    """Return the rights of a live session."""
    live = bank.session(session, user.home)
    assert live is not None
    return live.entitlements


def change(bank: Bank, *, add: Iterable[str] = (), remove: Iterable[str] = (), by: BySession | None = None) -> object:
    """Change the rights of Target1."""
    return bank.submit(ChangeEntitlements(login_id="Target1", authority=by or DESK, add=add, remove=remove))


def test_rights_are_added_at_the_next_login_and_taken_away_at_once(bank: Bank) -> None:
    """In every session that is live, on every page of it."""
    person = first_login(bank, registered(bank, "Target1", entitlements=("inquiry", "transfer")))
    expect(Done, change(bank, add=("payroll",), remove=("transfer",), by=boss(bank).authority()))
    assert bank.account(person.user).entitlements == ("inquiry", "payroll")
    assert rights(bank, person.session, person.user) == ("inquiry",)
    page = bank.read(TopPage(person.session, person.user.home))
    assert page is not None
    assert page.session.entitlements == ("inquiry",)
    bank.log_out(person.user, person.session)
    assert rights(bank, bank.log_in(person.user).session, person.user) == ("inquiry", "payroll")


def test_a_right_that_is_given_back_waits_for_the_next_login(bank: Bank) -> None:
    """A session never gets what it did not begin with."""
    person = first_login(bank, registered(bank, "Target1", entitlements=("transfer",)))
    expect(Done, change(bank, remove=("transfer",)))
    expect(Done, change(bank, add=("transfer",)))
    assert rights(bank, person.session, person.user) == ()


def test_rights_keep_their_order_and_stand_once(bank: Bank) -> None:
    """Adding what is there, or taking away what is not, changes nothing."""
    person = first_login(bank, registered(bank, "Target1", entitlements=("inquiry", "transfer")))
    expect(Done, change(bank, add=("transfer", "inquiry", "inquiry"), remove=("payroll",)))
    assert bank.account(person.user).entitlements == ("inquiry", "transfer")
    assert rights(bank, person.session, person.user) == ("inquiry", "transfer")


@pytest.mark.parametrize(
    ("add", "remove"),
    [
        (("a b",), ()),
        (("",), ()),
        (("x" * 65,), ()),
        (("\x00",), ()),
        (("\ud800",), ()),
        ((), ("a b",)),
        ((), ("x" * 65,)),
        ((), tuple(f"r{number}" for number in range(65))),
        (tuple(f"a{number}" for number in range(64)), ()),
        (("transfer",), ("transfer",)),
    ],
)
def test_rights_of_another_form_are_refused(bank: Bank, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Malformed names, more than 64 in all, or the same one added and taken away: nothing changes."""
    registered(bank, "Target1", entitlements=("inquiry",))
    with bank.unchanged():
        assert refused(change(bank, add=add, remove=remove), "malformed").violations[0].field == "entitlements"


def test_sixty_four_rights_are_allowed(bank: Bank) -> None:
    """The bound itself, reached by adding and by exchanging."""
    user = registered(bank, "Target1", entitlements=("inquiry",))
    expect(Done, change(bank, add=SERVICES[:63]))
    expect(Done, change(bank, add=SERVICES[63:], remove=("inquiry",)))
    assert len(bank.account(user).entitlements) == 64


@pytest.mark.parametrize(
    ("add", "remove"),
    [(("trasnfer",), ()), (("transfer", "trasnfer"), ()), ((), ("trasnfer",)), (("administration",), ("trasnfer",))],
)
def test_a_misspelt_right_is_refused(bank: Bank, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Given, it would open nothing; taken away, whoever did it would think that it is shut. Nothing changes."""
    registered(bank, "Target1", entitlements=("transfer",))
    with bank.unchanged():
        reply = refused(change(bank, add=add, remove=remove), "malformed")
    assert reply.violations == (Violation("unknown-service", "entitlements"),)


def test_a_right_of_other_rules_can_be_taken_away(bank: Bank) -> None:
    """The bank gave a service up: who has it keeps the rest through every change, and it can be removed."""
    user = registered(bank, "Target1", entitlements=("inquiry",))
    bank.put_record(attrs.evolve(bank.account(user), entitlements=("inquiry", "given-up")))
    expect(Done, change(bank, add=("transfer",)))
    assert bank.account(user).entitlements == ("inquiry", "given-up", "transfer")
    expect(Done, change(bank, remove=("given-up",)))
    assert bank.account(user).entitlements == ("inquiry", "transfer")
    refused(change(bank, add=("given-up",)), "malformed")


# -------------------------------------------------------------------------------------------------- what is written


def test_a_command_is_one_commit(bank: Bank) -> None:
    """Account, sessions, operation and notice of a command are written together or not at all."""
    person = first_login(bank, registered(bank, "Target1", entitlements=("inquiry",)))
    for command in ON_ACCOUNTS:
        before = len(bank.recording.commits)
        expect(command.reply, bank.submit(command.command(DESK, "Target1")))
        ((made, outcome),) = bank.recording.commits[before:]
        assert outcome == "done"
        assert sum(isinstance(record, Account) for record in made.puts) == 1
        assert [row.chain for row in made.appends] == [f"operation:{bank.subject(person.user)}"]
        assert all(version is not None or key.kind == "notice" for key, version in made.guards.items())


def test_no_secret_of_an_administration_is_ever_stored(bank: Bank) -> None:
    """Neither the confirmation password that was typed nor an initial password is in any record or row."""
    one = boss(bank)
    user = bank.customer()
    made = reset(bank, user).login_password
    bank.submit(Suspend(login_id=user.login_id, authority=one.authority()))
    bank.submit(Suspend(login_id=user.login_id, authority=one.authority(WRONG)))
    changes = [change for change, _ in bank.recording.commits]
    stored = b"\n".join(
        [encode(record) for change in changes for record in change.puts]
        + [row.body for change in changes for row in change.appends]
    )
    assert one.user.login_id.encode() in stored
    for secret in (made, CONFIRMATION, WRONG, LOGIN, one.session.reveal(), one.user.home.browser.reveal()):
        assert secret.encode() not in stored
