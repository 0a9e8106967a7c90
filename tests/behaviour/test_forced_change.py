"""The forced change of passwords: when it is due, what it asks, what it refuses, what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from okmate_auth import (
    AcknowledgeChange,
    Authenticated,
    ChangePasswords,
    Confirm,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
)
from okmate_auth.commands import RequireChange, ResetPasswords
from okmate_auth.commands.passwords import Reason
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.queries import PendingNotices
from okmate_auth.replies import PasswordsReset
from tests.behaviour.bank import CONFIRMATION, DESK, FAST, LOGIN, WRONG, Bank, User, but, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import NEW, at_change

BOTH = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)
Prepare = Callable[[Bank], User]


def require(bank: Bank, user: User, *passwords: str, compromise: bool = False) -> None:
    """Have passwords changed at the next login."""
    reason: Reason = "compromise" if compromise else "administrator"
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK, passwords=passwords, reason=reason))


def lock_confirmation(bank: Bank, user: User) -> None:
    """Guess the confirmation password in a session until it is locked; nobody is logged in afterwards."""
    session = bank.log_in(user).session
    for _ in range(5):
        refused(
            bank.submit(Confirm(session=session, client=user.home, password=WRONG, purpose="transfer")),
            "wrong-password",
        )
    reply = bank.submit(Confirm(session=session, client=user.home, password=WRONG, purpose="transfer"))
    refused(reply, "locked")
    bank.log_out(user, session)


# -- what is due


def _newcomer(bank: Bank) -> User:
    return bank.newcomer()


def _newcomer_who_may_keep_it(bank: Bank) -> User:
    return bank.newcomer(force_change=False)


def _required(*passwords: str, compromise: bool = False) -> Prepare:
    def prepare(bank: Bank) -> User:
        user = bank.customer()
        require(bank, user, *passwords, compromise=compromise)
        return user

    return prepare


def _reset(bank: Bank) -> User:
    user = bank.customer()
    reset = expect(PasswordsReset, bank.submit(ResetPasswords(login_id=user.login_id, authority=DESK)))
    return attrs.evolve(user, login_password=reset.initial_password.reveal(), confirmation_password="")


def _locked(*passwords: str) -> Prepare:
    def prepare(bank: Bank) -> User:
        user = bank.customer()
        lock_confirmation(bank, user)
        require(bank, user, *passwords)
        return user

    return prepare


DUE: list[tuple[Prepare, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = [
    # prepared, change, reasons, current, unusable
    (_newcomer, BOTH, ("initial", "unset"), BOTH[:1], ()),
    (_newcomer_who_may_keep_it, BOTH[1:], ("unset",), BOTH[:1], ()),
    (_required(LOGIN_PASSWORD), BOTH[:1], ("administrator",), BOTH, ()),
    (_required(CONFIRMATION_PASSWORD), BOTH[1:], ("administrator",), BOTH, ()),
    (_required(*BOTH), BOTH, ("administrator", "administrator"), BOTH, ()),
    (_required(LOGIN_PASSWORD, compromise=True), BOTH[:1], ("compromise",), BOTH, ()),
    (_required(*BOTH, compromise=True), BOTH, ("compromise", "compromise"), BOTH, ()),
    (_reset, BOTH, ("reset", "unset"), BOTH[:1], ()),
    (_locked(LOGIN_PASSWORD), BOTH[:1], ("administrator",), BOTH[:1], ()),
    (_locked(*BOTH), BOTH[:1], ("administrator",), BOTH[:1], BOTH[1:]),
]


@pytest.mark.parametrize(("prepare", "change", "reasons", "current", "unusable"), DUE)
def test_the_step_says_what_is_due_and_why(
    bank: Bank,
    prepare: Prepare,
    change: tuple[str, ...],
    reasons: tuple[str, ...],
    current: tuple[str, ...],
    unusable: tuple[str, ...],
) -> None:
    """New values for what is due, the current values of all that exist and are not locked, and the reasons."""
    user = prepare(bank)
    step = bank.due_change(user)
    assert (step.change, step.reasons, step.current, step.unusable) == (change, reasons, current, unusable)
    assert step.login_id == user.login_id
    assert step.until == bank.clock() + timedelta(minutes=10)


@pytest.mark.parametrize("prepare", [prepare for prepare, *_ in DUE])
def test_the_change_that_is_asked_can_be_done(bank: Bank, prepare: Prepare) -> None:
    """Whatever the state, answering what is asked leads to the result, and from there into the session."""
    user = prepare(bank)
    step = bank.due_change(user)
    done = expect(
        PasswordChangeDone, bank.submit(bank.change_command(user, step, login=NEW, confirmation="Wm55aaPe2x"))
    )
    assert done.changed == step.change
    expect(Authenticated, bank.submit(AcknowledgeChange(handle=done.handle, client=user.home)))


def test_a_locked_confirmation_password_alone_stays_due_and_lets_the_login_through(bank: Bank) -> None:
    """It can't be asked, so it can't be changed; the user gets in, and it stays unusable there."""
    user = _locked(CONFIRMATION_PASSWORD)(bank)
    session = bank.log_in(user).session
    confirm = Confirm(session=session, client=user.home, password=CONFIRMATION, purpose="transfer")
    refused(bank.submit(confirm), "confirmation-unusable")


def test_a_locked_confirmation_password_stays_due_until_it_was_compared(bank: Bank) -> None:
    """The new login password was not compared with it, so that it is due once the lock is over: not-compared."""
    user = _locked(LOGIN_PASSWORD)(bank)
    step = bank.due_change(user)
    done = expect(PasswordChangeDone, bank.submit(bank.change_command(user, step, login=NEW)))
    reply = bank.submit(AcknowledgeChange(handle=done.handle, client=user.home))
    session = expect(Authenticated, reply).session
    confirm = Confirm(session=session, client=user.home, password=CONFIRMATION, purpose="transfer")
    refused(bank.submit(confirm), "confirmation-unusable")
    bank.log_out(user, session)
    bank.wait(timedelta(minutes=30))
    step = bank.due_change(attrs.evolve(user, login_password=NEW))
    assert (step.change, step.reasons, step.current) == (BOTH[1:], ("not-compared",), BOTH)


def test_a_confirmation_password_that_was_due_anyway_keeps_its_reason(bank: Bank) -> None:
    """Locked while the login password changes, it is asked later for the reason it had."""
    user = _locked(*BOTH)(bank)
    bank.submit(bank.change_command(user, bank.due_change(user), login=NEW))
    bank.wait(timedelta(minutes=30))
    step = bank.due_change(attrs.evolve(user, login_password=NEW))
    assert step.reasons == ("administrator",)


def test_after_a_change_nothing_is_due(bank: Bank) -> None:
    """The next login reaches the session at once, however long after (PW-11)."""
    user = bank.customer()
    bank.wait(timedelta(days=3650))
    bank.log_in(user)


def test_a_bank_without_a_confirmation_password_asks_for_none(open_bank: OpenBank) -> None:
    """Nothing is unset there, so that an initial password is all there is to change."""
    bank = open_bank(attrs.evolve(FAST, confirmation_password=None))
    user = bank.newcomer()
    step = bank.due_change(user)
    assert (step.change, step.reasons, step.current) == (BOTH[:1], ("initial",), BOTH[:1])
    done = expect(PasswordChangeDone, bank.change(user, step))
    ended = expect(Authenticated, bank.submit(AcknowledgeChange(handle=done.handle, client=user.home)))
    assert ended.factors == (LOGIN_PASSWORD,)


# -- what a new password must be


@pytest.mark.parametrize(
    ("login", "confirmation", "violations"),
    [
        (
            "User0001",
            "abc",
            [
                ("same-as-login-id", "new_login_password"),
                ("context-word", "new_login_password"),
                ("too-short", "new_confirmation_password"),
                ("letters-and-digits", "new_confirmation_password"),
                ("common", "new_confirmation_password"),
            ],
        ),
        (
            "ｚｋ４ｍｗｑ８ｘｐ",
            "ｚｋ４ｍｗｑ８ｘｐ",
            [
                ("full-width", "new_login_password"),
                ("same-as-confirmation-password", "new_login_password"),
                ("full-width", "new_confirmation_password"),
                ("same-as-login-password", "new_confirmation_password"),
            ],
        ),
        (
            NEW,
            NEW,
            [
                ("same-as-confirmation-password", "new_login_password"),
                ("same-as-login-password", "new_confirmation_password"),
            ],
        ),
        ("Zk4mwQ8xpAAA1", CONFIRMATION, [("too-long", "new_login_password")]),
        (
            NEW,
            "USER0001",
            [("same-as-login-id", "new_confirmation_password"), ("context-word", "new_confirmation_password")],
        ),
    ],
)
def test_every_violation_is_told_at_once(
    bank: Bank, login: str, confirmation: str, violations: list[tuple[str, str]]
) -> None:
    """Both passwords are held against all rules; the same step comes again with all that is wrong."""
    user = bank.newcomer("User0001")
    step = bank.due_change(user)
    reply = bank.submit(bank.change_command(user, step, login=login, confirmation=confirmation))
    reply = refused(reply, "password-policy")
    assert [(violation.code, violation.field) for violation in reply.violations] == violations
    assert attrs.evolve(expect(PasswordChangeDue, reply.at), handle=step.handle) == step
    expect(PasswordChangeDone, bank.change(user, expect(PasswordChangeDue, reply.at)))


@pytest.mark.parametrize(
    ("due", "login", "confirmation", "violation"),
    [
        (LOGIN_PASSWORD, CONFIRMATION, "", ("same-as-confirmation-password", "new_login_password")),
        (CONFIRMATION_PASSWORD, "", LOGIN, ("same-as-login-password", "new_confirmation_password")),
        (LOGIN_PASSWORD, LOGIN, "", ("same-as-current", "new_login_password")),
        (CONFIRMATION_PASSWORD, "", CONFIRMATION, ("same-as-current", "new_confirmation_password")),
    ],
)
def test_a_new_password_differs_from_whatever_the_other_will_be(
    bank: Bank, due: str, login: str, confirmation: str, violation: tuple[str, str]
) -> None:
    """Whichever of the two changes, it is compared with the other one and with its own current value (A34)."""
    user = bank.customer()
    require(bank, user, due)
    step = bank.due_change(user)
    reply = bank.submit(bank.change_command(user, step, login=login, confirmation=confirmation))
    assert [(one.code, one.field) for one in refused(reply, "password-policy").violations] == [violation]


def test_two_passwords_may_not_change_places(bank: Bank) -> None:
    """Where both change, neither becomes what the other was: after a compromise that would be no change at all."""
    user = bank.customer()
    require(bank, user, *BOTH)
    step = bank.due_change(user)
    reply = bank.submit(bank.change_command(user, step, login=CONFIRMATION, confirmation=LOGIN))
    assert [(one.code, one.field) for one in refused(reply, "password-policy").violations] == [
        ("same-as-current", "new_login_password"),
        ("same-as-current", "new_confirmation_password"),
    ]


def test_an_initial_password_can_not_stay(bank: Bank) -> None:
    """It is the current value, and the current value is refused (ASVS 5.0 6.4.1)."""
    user = bank.newcomer()
    step = bank.due_change(user)
    reply = refused(bank.submit(bank.change_command(user, step, login=user.login_password)), "password-policy")
    assert [violation.code for violation in reply.violations] == ["same-as-current"]


def test_nothing_is_judged_while_a_rule_is_broken(bank: Bank) -> None:
    """A wrong current password beside a bad new one is neither hashed nor counted nor told."""
    at = at_change(bank)
    before = bank.throttle(at.user).counters
    with bank.unhashed():
        command = but(at.answer(), current_login_password=WRONG, new_login_password="short")
        reply = refused(bank.submit(command), "password-policy")
    assert {violation.field for violation in reply.violations} == {"new_login_password"}
    assert bank.throttle(at.user).counters == before


# -- what the form must have

FIELDS = ("current_login_password", "new_login_password", "current_confirmation_password", "new_confirmation_password")


@pytest.mark.parametrize("left_out", FIELDS)
def test_a_field_that_is_asked_and_empty_is_named(bank: Bank, left_out: str) -> None:
    """The form is refused before anything is judged, and the handle is not spent."""
    user = bank.customer()
    require(bank, user, *BOTH)
    step = bank.due_change(user)
    whole = bank.change_command(user, step, login=NEW, confirmation="Wm55aaPe2x")
    for nothing in (None, ""):
        with bank.unchanged(), bank.unhashed():
            reply = refused(bank.submit(but(whole, **{left_out: nothing})), "malformed")
        assert [(violation.code, violation.field) for violation in reply.violations] == [("empty", left_out)]
        assert reply.at == step
    expect(PasswordChangeDone, bank.submit(whole))


@pytest.mark.parametrize("too_much", FIELDS[2:])
def test_a_field_that_is_not_asked_is_named(bank: Bank, too_much: str) -> None:
    """What nobody asked for is not silently taken, compared or changed."""
    user = bank.newcomer(force_change=False)
    bank.change(user, bank.due_change(user))
    user = attrs.evolve(user, confirmation_password=CONFIRMATION)
    lock_confirmation(bank, user)
    require(bank, user, LOGIN_PASSWORD)
    step = bank.due_change(user)
    whole = bank.change_command(user, step, login=NEW)
    with bank.unchanged(), bank.unhashed():
        reply = refused(bank.submit(but(whole, **{too_much: CONFIRMATION})), "malformed")
    assert [(violation.code, violation.field) for violation in reply.violations] == [("not-asked", too_much)]
    expect(PasswordChangeDone, bank.submit(whole))


def test_an_empty_form_lists_every_field_that_is_missing(bank: Bank) -> None:
    """All at once, in the order of the page."""
    user = bank.newcomer()
    step = bank.due_change(user)
    reply = refused(bank.submit(ChangePasswords(handle=step.handle, client=user.home)), "malformed")
    assert [violation.field for violation in reply.violations] == [
        "current_login_password",
        "new_login_password",
        "new_confirmation_password",
    ]


def test_an_over_long_current_password_is_told_as_such(bank: Bank) -> None:
    """Beyond what is ever hashed nothing is judged (A38)."""
    at = at_change(bank)
    with bank.unhashed():
        reply = refused(bank.submit(but(at.answer(), current_login_password="a" * 1025)), "password-policy")
    assert [(one.code, one.field) for one in reply.violations] == [("too-long", "current_login_password")]


# -- wrong current passwords


@pytest.mark.parametrize(
    ("login", "confirmation", "failures"),
    [(WRONG, CONFIRMATION, (1, 0)), (LOGIN, WRONG, (0, 1)), (WRONG, WRONG, (1, 1))],
)
def test_which_current_password_was_wrong_is_not_told(
    bank: Bank, login: str, confirmation: str, failures: tuple[int, int]
) -> None:
    """One public code for all; each wrong one counts against its own factor."""
    at = at_change(bank)
    command = but(at.answer(), current_login_password=login, current_confirmation_password=confirmation)
    reply = refused(bank.submit(command), "wrong-password")
    assert reply.violations == ()
    assert attrs.evolve(expect(PasswordChangeDue, reply.at), handle=at.step.handle) == at.step
    counters = [bank.throttle(at.user).counter(factor).known.failures for factor in BOTH]
    assert tuple(counters) == failures
    assert bank.results(at.user)[0] == "wrong-password"


def test_both_current_passwords_are_hashed_whichever_is_wrong(bank: Bank) -> None:
    """The time it takes does not tell which it was."""
    work = []
    for login, confirmation in ((WRONG, CONFIRMATION), (LOGIN, WRONG), (WRONG, WRONG)):
        at = at_change(bank)
        before = len(bank.hashes.computed)
        bank.submit(but(at.answer(), current_login_password=login, current_confirmation_password=confirmation))
        work.append(bank.hashes.computed[before:])
    assert work == [["check", "check"]] * 3


def test_six_wrong_login_passwords_end_the_flow_locked(bank: Bank) -> None:
    """The step is no second place to guess: the counter is the entrance's, and its lock ends the login."""
    at = at_change(bank)
    handle = at.step.handle
    for _ in range(5):
        command = but(at.answer(handle=handle), current_login_password=WRONG)
        handle = expect(PasswordChangeDue, refused(bank.submit(command), "wrong-password").at).handle
    reply = bank.submit(but(at.answer(handle=handle), current_login_password=WRONG))
    until = bank.clock() + timedelta(minutes=30)
    assert reply == Refused(code="locked", until=until)
    assert bank.login(at.user) == Refused(code="locked", until=until)
    assert bank.account(at.user).flows == ()


def test_six_wrong_confirmation_passwords_leave_the_login_password_to_change(bank: Bank) -> None:
    """Its lock is its own: the step comes again and asks it no more."""
    at = at_change(bank)
    step = expect(PasswordChangeDue, at.step)
    for _ in range(6):
        command = but(at.answer(handle=step.handle), current_confirmation_password=WRONG)
        step = expect(PasswordChangeDue, refused(bank.submit(command), "wrong-password").at)
    assert (step.change, step.current) == (BOTH[:1], BOTH[:1])
    expect(PasswordChangeDone, bank.submit(bank.change_command(at.user, step, login=NEW)))


# -- what follows


def test_the_new_passwords_are_the_only_ones(bank: Bank) -> None:
    """The old login password is wrong from now on, the new one right."""
    at = at_change(bank)
    bank.submit(at.answer())
    refused(bank.login(at.user), "rejected")
    bank.log_in(attrs.evolve(at.user, login_password=NEW))


def test_a_change_ends_the_sessions_of_the_account(bank: Bank) -> None:
    """Whoever else was logged in with the old password is out (ASVS 5.0 7.4.3)."""
    user, elsewhere = bank.customer(), bank.browser()
    session = bank.log_in(user, elsewhere).session
    assert bank.session(session, elsewhere) is not None
    require(bank, user, LOGIN_PASSWORD)
    step = bank.due_change(user)
    assert bank.session(session, elsewhere) is not None
    expect(PasswordChangeDone, bank.submit(bank.change_command(user, step, login=NEW)))
    assert bank.session(session, elsewhere) is None
    assert bank.account(user).sessions == ()


@pytest.mark.parametrize("changed", [LOGIN_PASSWORD, CONFIRMATION_PASSWORD])
def test_other_logins_under_way_end_when_what_they_proved_changes(bank: Bank, changed: str) -> None:
    """Two logins at the change: the first one through ends the other if it changed what that one proved (A33)."""
    user, elsewhere = bank.customer(), bank.browser()
    require(bank, user, changed)
    first, second = bank.due_change(user), bank.due_change(user, elsewhere)
    expect(PasswordChangeDone, bank.submit(bank.change_command(user, first, login=NEW, confirmation=NEW)))
    reply = bank.submit(bank.change_command(user, second, elsewhere, login="Pp90zzKq1", confirmation="Pp90zzKq1"))
    refused(reply, "changed")
    refused(bank.submit(bank.change_command(user, second, elsewhere, login=NEW, confirmation=NEW)), "stale")


def test_a_change_is_told_to_its_owner(bank: Bank) -> None:
    """A notice in the same commit, with what was changed and no secret."""
    at = at_change(bank)
    before = {notice.id for notice in bank.read(PendingNotices())}
    bank.submit(at.answer())
    news = [notice for notice in bank.read(PendingNotices()) if notice.id not in before]
    assert [(notice.event, notice.login_id, notice.details) for notice in news] == [
        ("change", at.user.login_id, (("changed", LOGIN_PASSWORD),))
    ]
