"""Answers: status, header fields, cookies and hidden fields of every reply, as ``docs/web-views.md`` tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from okmate_auth.client import Client
from okmate_auth.replies import (
    STEPS,
    Abandoned,
    ActionDue,
    Authenticated,
    Busy,
    CodeDue,
    Confirmed,
    EnrollmentDue,
    LoggedOut,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordDue,
    Refused,
    Resynchronized,
    Step,
    SteppedUp,
)
from okmate_auth.secret import Secret
from okmate_auth.web import (
    BusyPage,
    CookieNames,
    EntrancePage,
    FormPage,
    LoginAnswer,
    LoginReply,
    Redirect,
    StepPage,
    Visitor,
)
from okmate_auth.web.answers import entrance_page, login_answer, logout_answer, session_answer
from okmate_auth.web.forgery import form_token
from tests.web.requests import BROWSER, SESSION

NOW: Final = datetime(2026, 1, 5, tzinfo=UTC)
HANDLE: Final = Secret("H" * 43)
ATTEMPT: Final = "A" * 43
COMMON: Final[dict[str, Any]] = {"handle": HANDLE, "until": NOW, "login_id": "hanako01"}
EACH_STEP: Final[tuple[Step, ...]] = (
    PasswordDue(**COMMON),
    CodeDue(**COMMON),
    PasswordChangeDue(**COMMON, change=("login-password",), current=(), reasons=("initial",)),
    PasswordChangeDone(**COMMON, changed=("login-password",)),
    EnrollmentDue(**COMMON, may_skip=True),
    ActionDue(handle=HANDLE, until=NOW, name="mail", data={}, flow="f"),
)
DONE: Final = Authenticated(
    session=Secret(SESSION),
    login_id="hanako01",
    entrance="password",
    factors=("login-password",),
    enrollment_skipped=False,
    took_over=False,
    until=NOW,
)
NEW: Final = f"__Host-browser={BROWSER}; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=34560000"
OF_SESSION: Final = f"__Host-session={SESSION}; Secure; HttpOnly; SameSite=Strict; Path=/"


def who(*, new: bool = False) -> Visitor:
    """Return a visitor, with a token that is new or is not."""
    browser = Secret(BROWSER)
    client = Client("192.0.2.1", browser=browser)
    return Visitor(client=client, browser=browser, session=None, set_cookies=(NEW,) if new else ())


def answered(reply: LoginReply, *, new: bool = False, target: str = "") -> LoginAnswer:
    """Return how a listener of ours answers a reply."""
    return login_answer(
        reply, who(new=new), cookies=CookieNames(), target=target, top="/top", entrance="/login", mint=lambda: ATTEMPT
    )


def test_each_step_is_in_the_table() -> None:
    """Every kind of step there is is answered below."""
    assert {type(step) for step in EACH_STEP} == {*STEPS}


@pytest.mark.parametrize("step", EACH_STEP)
def test_a_step_is_shown_as_the_answer(step: Step) -> None:
    """200, its handle and its token in hidden fields and nowhere else; where to go afterwards comes along."""
    page = answered(step)
    assert isinstance(page, StepPage)
    assert (page.status, page.step, page.refused, page.headers) == (200, step, None, ())
    assert page.hidden == {"handle": "H" * 43, "token": form_token(Secret(BROWSER), "step")}
    later = answered(step, target="/notices/17")
    assert isinstance(later, StepPage)
    assert later.hidden == {**page.hidden, "next": "/notices/17"}


@pytest.mark.parametrize("step", EACH_STEP)
def test_a_refused_step_is_shown_again_with_its_own_handle(step: Step) -> None:
    """422, and the handle to use now: the one in the refusal."""
    refused = Refused(code="wrong-code", at=step)
    page = answered(refused)
    assert isinstance(page, StepPage)
    assert (page.status, page.step, page.refused) == (422, step, refused)
    assert page.hidden["handle"] == "H" * 43


def test_a_refusal_without_a_step_shows_the_entrance() -> None:
    """403 and a new attempt token; where to go afterwards is kept."""
    page = answered(Refused(code="rejected"), target="/notices/17")
    assert isinstance(page, EntrancePage)
    assert (page.status, page.refused) == (403, Refused(code="rejected"))
    token = form_token(Secret(BROWSER), "entrance")
    assert page.hidden == {"attempt": ATTEMPT, "token": token, "next": "/notices/17"}


def test_an_entrance_that_was_asked_for_is_no_refusal() -> None:
    """200, the same fields; nothing to come back to is no field."""
    page = entrance_page(who(new=True), target="", mint=lambda: ATTEMPT)
    assert (page.status, page.refused, page.headers) == (200, None, (("Set-Cookie", NEW),))
    assert set(page.hidden) == {"attempt", "token"}


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [
        *(
            (timedelta(0), "1"),
            (timedelta(microseconds=1), "1"),
            (timedelta(seconds=1), "1"),
            (timedelta(days=-1), "1"),
        ),
        *((timedelta(seconds=1, microseconds=1), "2"), (timedelta(minutes=2), "120")),
    ],
)
def test_busy_says_when_to_try_again(wait: timedelta, seconds: str) -> None:
    """503 and whole seconds, never earlier than it makes sense, never none."""
    for page in (answered(Busy(retry_after=wait)), session_answer(Busy(retry_after=wait), entrance="/login")):
        assert isinstance(page, BusyPage)
        assert (page.status, page.headers) == (503, (("Retry-After", seconds),))


def test_a_login_s_end_sets_the_session_and_goes_on() -> None:
    """303 to where it was to lead, else to the top page; the browser's own cookie begins its 400 days anew."""
    for target, location in (("", "/top"), ("/notices/17", "/notices/17")):
        page = answered(DONE, target=target)
        assert isinstance(page, Redirect)
        assert (page.status, page.location) == (303, location)
        assert page.headers == (("Location", location), ("Set-Cookie", OF_SESSION), ("Set-Cookie", NEW))


def test_a_caller_without_a_browser_s_token_sets_the_session_alone() -> None:
    """An adapter that knows no browser cookie still gets its session's."""
    visitor = Visitor(client=Client("192.0.2.1"), browser=None, session=None)
    page = login_answer(
        DONE, visitor, cookies=CookieNames(), target="", top="/", entrance="/login", mint=lambda: ATTEMPT
    )
    assert page.headers == (("Location", "/"), ("Set-Cookie", OF_SESSION))


def test_whoever_gives_up_is_at_the_entrance() -> None:
    """303: reloading does not send the form again."""
    page = answered(Abandoned())
    assert isinstance(page, Redirect)
    assert (page.status, page.location) == (303, "/login")


@pytest.mark.parametrize(
    "reply",
    [
        EACH_STEP[0],
        Refused(code="rejected"),
        Refused(code="wrong-code", at=EACH_STEP[1]),
        Busy(retry_after=timedelta(0)),
        Abandoned(),
    ],
)
def test_a_new_browser_s_token_is_set_by_whatever_answer(reply: LoginReply) -> None:
    """The step's handle is bound to it: without the cookie its form would be another browser's."""
    assert ("Set-Cookie", NEW) in answered(reply, new=True).headers
    assert all(name != "Set-Cookie" for name, _ in answered(reply).headers)


@pytest.mark.parametrize("reply", [*EACH_STEP, Refused(code="rejected"), Busy(retry_after=timedelta(0)), Abandoned()])
def test_nothing_but_the_end_of_a_login_sets_the_session(reply: LoginReply) -> None:
    """Nothing that has not reached its end ever names the session cookie."""
    assert "__Host-session" not in str(answered(reply, new=True).headers)


def test_a_proof_within_a_session_goes_on_or_asks_again() -> None:
    """Proven: None. Refused: the same form, 422. No session any more: the entrance."""
    for proven in (Confirmed(purpose="a", until=NOW), SteppedUp(purpose="a", until=NOW), Resynchronized()):
        assert session_answer(proven, entrance="/login") is None
    refused = Refused(code="wrong-password")
    page = session_answer(refused, entrance="/login")
    assert isinstance(page, FormPage)
    assert (page.status, page.refused, page.headers) == (422, refused, ())
    gone = session_answer(Refused(code="not-logged-in"), entrance="/login")
    assert gone == Redirect(location="/login", headers=(("Location", "/login"),))


def test_a_logout_takes_the_session_away_and_leaves_the_browser() -> None:
    """303, the session cookie deleted, the cache cleared; where it was not carried out, nothing is taken away."""
    page = logout_answer(LoggedOut(), cookies=CookieNames(), target="/login")
    assert isinstance(page, Redirect)
    assert page.headers == (
        ("Location", "/login"),
        ("Set-Cookie", "__Host-session=; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"),
        ("Clear-Site-Data", '"cache"'),
    )
    busy = logout_answer(Busy(retry_after=timedelta(seconds=3)), cookies=CookieNames(), target="/login")
    assert isinstance(busy, BusyPage)
    assert busy.headers == (("Retry-After", "3"),)


def test_an_answer_shows_no_secret() -> None:
    """Handles, tokens and cookies are in no repr."""
    for reply in (EACH_STEP[0], Refused(code="rejected"), DONE):
        shown = repr(answered(reply, new=True))
        assert not any(secret in shown for secret in (BROWSER, SESSION, "H" * 43, ATTEMPT))
        assert form_token(Secret(BROWSER), "step") not in shown
