"""Replies: values that carry no open secret, and say on a page what their code says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from okmate_auth import replies
from okmate_auth.messages import Language
from okmate_auth.replies import STEPS, Authenticated, Busy, PasswordsReset, Refused, Step, UserRegistered
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation
from tests.stored_values import AT, changed

CANARY = "kanari4-Passw0rd"

LOGGED_IN = Authenticated(
    session=Secret(CANARY),
    login_id="Hanako01",
    entrance="password",
    factors=("login-password",),
    enrollment_skipped=False,
    took_over=False,
    until=AT,
)


def test_every_step_is_listed() -> None:
    """The table of transitions is built over this list, so no step may be missing from it."""
    assert set(STEPS) == set(Step.__subclasses__())


@pytest.mark.parametrize("cls", STEPS)
def test_a_step_shows_no_handle(cls: type[Step]) -> None:
    """A step can be logged: its handle can't be read from it, and it carries nothing called a session."""
    values: dict[str, Any] = {"handle": Secret(CANARY), "until": AT}
    names = [field.name for field in attrs.fields(cls)]
    step = cls(**{name: values.get(name, ()) for name in names})
    assert CANARY not in repr(step)
    assert "session" not in names


@pytest.mark.parametrize(
    "reply",
    [
        LOGGED_IN,
        UserRegistered(login_id="Hanako01", initial_password=Secret(CANARY), until=AT),
        PasswordsReset(login_id="Hanako01", initial_password=Secret(CANARY), until=AT),
    ],
)
def test_a_reply_with_a_secret_does_not_show_it(reply: object) -> None:
    """Session handles and initial passwords are revealed by name only."""
    assert CANARY not in repr(reply)


def test_only_one_reply_has_a_session() -> None:
    """No reply before the end of a login carries anything that a session-protected call accepts."""
    classes = [cls for cls in vars(replies).values() if isinstance(cls, type) and attrs.has(cls)]
    assert [cls for cls in classes if any(field.name == "session" for field in attrs.fields(cls))] == [Authenticated]


@pytest.mark.parametrize(
    ("factors", "resistant"),
    [
        (("login-password",), False),
        (("login-password", "code"), False),
        (("certificate", "login-password"), True),
        ((), False),
    ],
)
def test_only_a_certificate_resists_phishing(factors: tuple[str, ...], *, resistant: bool) -> None:
    """A password or a code can be passed on to another site, a certificate's key can't (NIST SP 800-63B-4 3.2.5)."""
    assert changed(LOGGED_IN, {"factors": factors}).phishing_resistant is resistant


@pytest.mark.parametrize(
    ("factors", "several"),
    [
        (("login-password",), False),
        (("login-password", "confirmation-password"), False),
        (("login-password", "code"), True),
        (("certificate", "login-password"), True),
    ],
)
def test_two_passwords_are_one_factor(factors: tuple[str, ...], *, several: bool) -> None:
    """What one knows counts once, however many secrets it is (NIST SP 800-63B-4 2.2)."""
    assert changed(LOGGED_IN, {"factors": factors}).multi_factor is several


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_refusal_says_everything_at_once(language: Language) -> None:
    """One line for the reason, one for each violation, in the order in which they are told."""
    violations = (Violation("own-code-1", "field"), Violation("own-code-2", "field"))
    lines = Refused(code="own-code-0", violations=violations).message(language).splitlines()
    assert lines == ["own-code-0", "own-code-1", "own-code-2"]


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        (timedelta(0), "1"),
        (timedelta(microseconds=1), "1"),
        (timedelta(seconds=1), "1"),
        (timedelta(seconds=1, microseconds=1), "2"),
        (timedelta(seconds=59, microseconds=1), "60"),
    ],
)
def test_busy_tells_whole_seconds_never_too_few(retry_after: timedelta, seconds: str) -> None:
    """Whoever waits as long as he was told does not come too early."""
    assert seconds in Busy(retry_after=retry_after).message("en")
    assert Busy(retry_after=retry_after).message("ja")
