"""Initial passwords: made or chosen, how long they live, and that nobody keeps one without leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from okmate_auth import Authenticated, ChangePasswords, PasswordChangeDone, PasswordChangeDue, Refused, Secret
from okmate_auth.commands import ResetPasswords
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.half_width import EXAMINED
from okmate_auth.records import Account
from okmate_auth.replies import UserRegistered
from tests.behaviour.administration import (
    CHOSEN,
    account_of,
    boss,
    fields_of,
    first_login,
    register,
    registered,
)
from tests.behaviour.bank import DESK, FAST, MICROSECOND, WRONG, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank


def test_a_made_password_keeps_the_rules_and_is_told_once(bank: Bank) -> None:
    """Made of the generator's randomness, another one each time, hidden in every text, and due to be changed."""
    made = set[str]()
    for number in range(5):
        reply = expect(UserRegistered, bank.submit(register(f"Person{number}")))
        initial = expect(Secret, reply.initial_password)
        assert initial.reveal() not in repr(reply)
        assert reply.until == bank.clock() + timedelta(days=30)
        credential = account_of(bank, f"Person{number}").login_password
        assert credential is not None
        assert (credential.change_due, credential.ends_at, credential.set_at) == ("initial", reply.until, bank.clock())
        made.add(initial.reveal())
    assert len(made) == 5
    assert all(len(password) == 12 and password.isascii() and password.isalnum() for password in made)


@pytest.mark.parametrize(("later", "usable"), [(-MICROSECOND, True), (timedelta(0), False), (MICROSECOND, False)])
@pytest.mark.parametrize("way", ["made", "chosen", "reset"])
def test_an_initial_password_ends(bank: Bank, way: str, later: timedelta, *, usable: bool) -> None:
    """After thirty days it is refused like a wrong one, however it came about; the history keeps the reason (PW-8)."""
    if way == "chosen":
        reply = expect(UserRegistered, bank.submit(register(initial_password=CHOSEN)))
        user = User("Hanako01", CHOSEN, "", bank.browser())
    else:
        user = registered(bank, "Hanako01")
    if way == "reset":
        bank.wait(timedelta(days=3))
        reset: Any = bank.submit(ResetPasswords(login_id="Hanako01", authority=DESK))
        user = attrs.evolve(user, login_password=reset.initial_password.reveal())
        assert reset.until == bank.clock() + timedelta(days=30)
    elif way == "chosen":
        assert reply.until == bank.clock() + timedelta(days=30)
    bank.wait(timedelta(days=30) + later)
    answer = bank.login(user)
    if usable:
        expect(PasswordChangeDue, answer)
    else:
        refused(answer, "rejected")
        assert bank.results(user)[0] == "initial-password-expired"


def test_an_initial_password_is_good_until_the_change_is_committed(bank: Bank) -> None:
    """A login that was given up changes nothing; after the change it is refused, and can't be chosen again (PW-8)."""
    user = registered(bank, "Hanako01")
    bank.due_change(user)
    step = bank.due_change(user, bank.browser("192.0.2.7"))
    assert step.reasons == ("initial", "unset")
    one = first_login(bank, user)
    bank.log_out(one.user, one.session)
    refused(bank.login(user), "rejected")
    expect(Authenticated, bank.login(one.user))


def test_an_initial_password_can_not_be_kept_as_ones_own(bank: Bank) -> None:
    """Neither as the new login password nor as the confirmation password (ASVS 5.0 6.4.1, A34)."""
    user = registered(bank, "Hanako01")
    step = bank.due_change(user)
    command = attrs.evolve(bank.change_command(user, step), new_login_password=user.login_password)
    refusal = refused(bank.submit(command), "password-policy")
    assert "new_login_password" in fields_of(refusal)


@pytest.mark.parametrize("by", ["desk", "administrator"])
def test_a_chosen_password_is_not_told_and_its_change_is_forced(bank: Bank, by: str) -> None:
    """Where the profile lets administrators choose: the person must change it, and the reply does not repeat it."""
    authority = DESK if by == "desk" else boss(bank).authority()
    reply = expect(UserRegistered, bank.submit(register(initial_password=CHOSEN, authority=authority)))
    assert reply == UserRegistered(login_id="Hanako01", initial_password=None, until=bank.clock() + timedelta(days=30))
    step = bank.due_change(User("Hanako01", CHOSEN, "", bank.browser()))
    assert step.change == (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Ab1", {"too-short"}),
        ("Ab1" * 5, {"too-long"}),
        ("onlyletters", {"letters-and-digits"}),
        ("Hanako01", {"same-as-login-id"}),
        ("passw0rd", {"common"}),
        ("ｐａｓｓ１２３４", {"full-width"}),
        ("x" * (EXAMINED + 1), {"too-long"}),
    ],
)
def test_a_chosen_password_keeps_the_rules(bank: Bank, password: str, codes: set[str]) -> None:
    """All that is wrong with it is told, for the field, and nothing but the administrator's own proof is written."""
    for authority in (DESK, boss(bank).authority()):
        refusal = refused(bank.submit(register(initial_password=password, authority=authority)), "password-policy")
        assert {violation.code for violation in refusal.violations} >= codes
        assert fields_of(refusal) == {"initial_password"}
        assert password not in repr(refusal)
    assert bank.record(Account.at(bank.subject("Hanako01"))) is None


@pytest.mark.parametrize(
    ("may_choose", "may_stay", "fields", "code"),
    [
        (False, True, {"initial_password": CHOSEN}, "choosing-not-allowed"),
        (False, False, {"initial_password": CHOSEN, "force_change": False}, "choosing-not-allowed"),
        (True, True, {"initial_password": CHOSEN, "force_change": False}, "change-is-forced"),
        (True, False, {"force_change": False}, "change-is-forced"),
        (True, True, {"force_change": False}, None),
        (False, True, {"force_change": False}, None),
        (True, False, {"initial_password": CHOSEN}, None),
        (False, False, {}, None),
    ],
)
def test_the_profile_says_what_an_administrator_may_do(
    open_bank: OpenBank, fields: dict[str, Any], code: str | None, *, may_choose: bool, may_stay: bool
) -> None:
    """Choosing, and letting a made one stay, are deviations that a profile allows or not (ASVS 5.0 6.4.1, 6.4.6)."""
    bank = open_bank(attrs.evolve(FAST, chosen_initial=may_choose, initial_may_stay=may_stay))
    reply = bank.submit(register(**fields))
    if code is not None:
        refused(reply, code)
        assert bank.record(Account.at(bank.subject("Hanako01"))) is None
    else:
        expect(UserRegistered, reply)


def test_a_made_password_may_stay_where_the_profile_allows_it(bank: Bank) -> None:
    """It does not end, and at the first login only the unset confirmation password is due."""
    reply = expect(UserRegistered, bank.submit(register(force_change=False)))
    assert reply.until is None
    user = User("Hanako01", expect(Secret, reply.initial_password).reveal(), "", bank.browser())
    bank.wait(timedelta(days=4000))
    step = bank.due_change(user)
    assert (step.change, step.current) == ((CONFIRMATION_PASSWORD,), (LOGIN_PASSWORD,))
    assert expect(PasswordChangeDone, bank.change(user, step)).changed == (CONFIRMATION_PASSWORD,)


def test_no_change_is_reached_without_the_current_password(bank: Bank) -> None:
    """Whoever has the step's handle and not the password changes nothing (PW-7)."""
    user = registered(bank, "Hanako01")
    step = bank.due_change(user)
    before = account_of(bank, "Hanako01")
    for current in (None, "", WRONG):
        command: ChangePasswords = attrs.evolve(bank.change_command(user, step), current_login_password=current)
        reply = expect(Refused, bank.submit(command))
        assert reply.code in ("malformed", "wrong-password")
        step = expect(PasswordChangeDue, reply.at)
    after = account_of(bank, "Hanako01")
    assert (after.login_password, after.confirmation_password) == (before.login_password, before.confirmation_password)
