"""The password method's entrance: who comes in, and that everybody else is told the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from okmate_auth import AcknowledgeChange, Authenticated, Client, PasswordChangeDone, PasswordChangeDue, Refused
from okmate_auth.commands import CloseUser, Suspend
from okmate_auth.records import Throttle
from okmate_auth.testing import Operation
from tests.behaviour.bank import DESK, FAST, LOGIN, MICROSECOND, Bank, User, expect, refused

Setting = Callable[[Bank], "tuple[User | str, str]"]
"""Prepares a bank and returns whose login is tried with which password."""


def test_a_first_login_goes_through_the_change_and_its_result_to_a_session(bank: Bank) -> None:
    """Login, forced change, result, session: the procedure's first login takes four submits."""
    user = bank.newcomer()
    due = expect(PasswordChangeDue, bank.login(user))
    done = expect(PasswordChangeDone, bank.change(user, due))
    ended = expect(Authenticated, bank.submit(AcknowledgeChange(handle=done.handle, client=user.home)))
    session = bank.session(ended.session, user.home)
    assert session is not None
    assert session.login_id == user.login_id


def test_a_later_login_reaches_the_session_at_once(bank: Bank) -> None:
    """Where nothing is due, the right password is answered with the session, and with what it stands for."""
    user = bank.customer()
    reply = bank.log_in(user)
    assert reply == Authenticated(
        session=reply.session,
        login_id=user.login_id,
        entrance="password",
        factors=("login-password",),
        enrollment_skipped=False,
        took_over=False,
        until=bank.clock() + timedelta(hours=8),
    )
    assert not reply.phishing_resistant


@pytest.mark.parametrize("spelling", [str.lower, str.upper, str.swapcase])
def test_the_case_of_a_login_id_is_not_significant(bank: Bank, spelling: Callable[[str], str]) -> None:
    """Whatever case an ID is typed in, it is the same person, shown as he was registered."""
    user = bank.customer("Hanako01")
    reply = bank.submit(bank.attempt(spelling(user.login_id), user.login_password, user.home))
    assert expect(Authenticated, reply).login_id == "Hanako01"


def test_guesses_in_different_spellings_share_one_counter(bank: Bank) -> None:
    """Who varies the case of the ID gets no guess more (A05)."""
    bank.customer("Hanako01")
    for spelling in ("hanako01", "HANAKO01", "Hanako01", "hANAKO01", "hanakO01"):
        refused(bank.guess(spelling), "rejected")
    refused(bank.guess("HaNaKo01"), "locked")


def test_the_case_of_a_password_is_significant(bank: Bank) -> None:
    """A password with its case swapped is a wrong password."""
    user = bank.customer()
    refused(bank.submit(bank.attempt(user, user.login_password.swapcase())), "rejected")


# -- one refusal for all


def _wrong_password(bank: Bank) -> tuple[User | str, str]:
    return bank.customer(), "Nope4you7"


def _wrong_initial_password(bank: Bank) -> tuple[User | str, str]:
    return bank.newcomer(), "Nope4you7"


def _unknown_id(bank: Bank) -> tuple[User | str, str]:
    del bank
    return "nobody01", LOGIN


def _suspended(bank: Bank) -> tuple[User | str, str]:
    user = bank.customer()
    bank.submit(Suspend(login_id=user.login_id, authority=DESK))
    return user, user.login_password


def _suspended_and_wrong(bank: Bank) -> tuple[User | str, str]:
    return _suspended(bank)[0], "Nope4you7"


def _closed(bank: Bank) -> tuple[User | str, str]:
    user = bank.customer()
    bank.submit(CloseUser(login_id=user.login_id, authority=DESK))
    return user, user.login_password


def _other_entrance(bank: Bank) -> tuple[User | str, str]:
    user = bank.newcomer(method="certificate")
    return user, user.login_password


def _initial_password_over(bank: Bank) -> tuple[User | str, str]:
    user = bank.newcomer()
    bank.wait(FAST.initial_lasts)
    return user, user.login_password


REFUSALS: list[tuple[Setting, str]] = [
    (_wrong_password, "wrong-password"),
    (_wrong_initial_password, "wrong-password"),
    (_unknown_id, "unknown-id"),
    (_suspended, "suspended"),
    (_suspended_and_wrong, "suspended"),
    (_closed, "closed"),
    (_other_entrance, "other-entrance"),
    (_initial_password_over, "initial-password-expired"),
]
SETTINGS = [setting for setting, _ in REFUSALS]


@pytest.mark.parametrize("setting", SETTINGS)
def test_whoever_does_not_come_in_is_told_the_same(bank: Bank, setting: Setting) -> None:
    """The refusal is one value, whatever the reason was (FL-8)."""
    user, password = setting(bank)
    assert bank.submit(bank.attempt(user, password, bank.browser())) == Refused(code="rejected")


@pytest.mark.parametrize(("setting", "reason"), REFUSALS)
def test_the_history_keeps_the_real_reason(bank: Bank, setting: Setting, reason: str) -> None:
    """What is not told at the entrance is written down, for the ID that was typed."""
    user, password = setting(bank)
    bank.submit(bank.attempt(user, password, bank.browser()))
    assert bank.results(user)[0] == reason


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("again", [0, 5, 6])
def test_whoever_does_not_come_in_leaves_the_same_trace(bank: Bank, setting: Setting, again: int) -> None:
    """Store and pool do the same work for every reason, unlocked, being locked and locked (FL-8, A47)."""

    def trace(user: User | str, password: str) -> tuple[list[Operation], list[str]]:
        for _ in range(again):
            bank.submit(bank.attempt(user, password, bank.browser()))
        operations, computed = len(bank.recording.trace), len(bank.hashes.computed)
        bank.submit(bank.attempt(user, password, bank.browser()))
        return bank.recording.trace[operations:], list(bank.hashes.computed[computed:])

    user, password = setting(bank)
    assert trace(user, password) == trace("stranger", LOGIN)


@pytest.mark.parametrize(
    ("after", "comes_in"),
    [(FAST.initial_lasts - MICROSECOND, True), (FAST.initial_lasts, False), (FAST.initial_lasts + MICROSECOND, False)],
)
def test_an_initial_password_ends_at_its_end(bank: Bank, after: timedelta, *, comes_in: bool) -> None:
    """It is good up to the last microsecond before the end that was told at registration (PW-8)."""
    user = bank.newcomer()
    bank.wait(after)
    assert isinstance(bank.login(user), PasswordChangeDue if comes_in else Refused)


def test_a_password_that_need_not_be_changed_has_no_end(bank: Bank) -> None:
    """Age alone ends no password (PW-11)."""
    user = bank.customer()
    bank.wait(timedelta(days=3650))
    bank.log_in(user)


# -- what can't be looked up

MALFORMED: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("", LOGIN, [("empty", "login_id")]),
    ("abcd5", LOGIN, [("too-short", "login_id")]),
    ("abcdefghijkl3", LOGIN, [("too-long", "login_id")]),
    ("a" * 1_000_000, LOGIN, [("too-long", "login_id")]),
    ("ｈａｎａｋｏ", LOGIN, [("full-width", "login_id")]),
    ("hanako 1", LOGIN, [("not-half-width-alphanumeric", "login_id")]),
    ("hanako\x001", LOGIN, [("not-half-width-alphanumeric", "login_id")]),
    ("hanako\r\n1", LOGIN, [("not-half-width-alphanumeric", "login_id")]),
    ("hanako\ud8001", LOGIN, [("not-half-width-alphanumeric", "login_id")]),
    ("hanako01", "", [("empty", "password")]),
    ("hanako01", "a" * 1025, [("too-long", "password")]),
    ("花子", "", [("too-short", "login_id"), ("full-width", "login_id"), ("empty", "password")]),
]


@pytest.mark.parametrize(("login_id", "password", "violations"), MALFORMED)
def test_malformed_input_is_refused_by_form(
    bank: Bank, login_id: str, password: str, violations: list[tuple[str, str]]
) -> None:
    """Everything that is wrong is listed at once, before anything is read, hashed or counted against anybody."""
    calls = len(bank.recording.trace)
    with bank.unchanged(), bank.unhashed():
        reply = refused(bank.submit(bank.attempt(login_id, password)), "malformed")
    assert [(violation.code, violation.field) for violation in reply.violations] == violations
    assert len(bank.recording.trace) == calls


@pytest.mark.parametrize("token", ["", "short", "x" * 42, "x" * 44, "ｘ" * 43, "x" * 42 + "=", "x" * 42 + "\x00"])
def test_a_malformed_token_is_refused_by_form(bank: Bank, token: str) -> None:
    """A page's attempt token and a browser's cookie have the form that the library made, or nothing is read."""
    user = bank.customer()
    with bank.unchanged():
        command = attrs.evolve(bank.attempt(user, user.login_password), attempt=token)
        reply = refused(bank.submit(command), "malformed")
        assert [violation.field for violation in reply.violations] == ["attempt"]
        reply = refused(bank.submit(bank.attempt(user, LOGIN, Client("10.0.0.1", browser=token))), "malformed")
        assert [violation.field for violation in reply.violations] == ["browser"]


@pytest.mark.parametrize(
    "password", ["a", "あ" * 12, "Zk4mwQ8xp ", "ｚｋ４ｍｗｑ８ｘｐ", "a" * 1024, "a\x00b", "\ud800"]
)
def test_a_password_of_any_other_form_is_judged_like_one(bank: Bank, password: str) -> None:
    """Who guesses learns nothing of the rules: what no rule would allow is wrong, and counted."""
    user = bank.customer()
    refused(bank.submit(bank.attempt(user, password, bank.browser())), "rejected")
    assert bank.hashes.computed[-1] == "check"
    assert bank.throttle(user).counter("login-password").others.failures == 1


def test_malformed_input_touches_no_throttle(bank: Bank) -> None:
    """However often it comes, it leaves nothing behind for the user."""
    user = bank.customer()
    before = bank.throttle(user)
    for _ in range(10):
        refused(bank.submit(bank.attempt(user, "")), "malformed")
    assert bank.throttle(user) == before


def test_attempts_by_id_never_touch_the_certificate_entrance(bank: Bank) -> None:
    """A person of the certificate method can't be locked out by whoever knows his ID."""
    user = bank.newcomer(method="certificate")
    key = Throttle.at(bank.subject(user), "certificate")
    before = bank.record(key)
    for _ in range(8):
        bank.guess(user, bank.browser())
    assert bank.record(key) == before
    refused(bank.guess(user), "locked")
