"""New passwords at a forced change: every rule at once, and the form that carries them."""

from __future__ import annotations

import attrs
import pytest

from okmate_auth import ChangePasswords, PasswordChangeDone, PasswordChangeDue
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from tests.behaviour.bank import CONFIRMATION, LOGIN, WRONG, Bank, but, expect, refused
from tests.behaviour.changing import BOTH, lock_confirmation, require
from tests.behaviour.steps import NEW, at_change


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
