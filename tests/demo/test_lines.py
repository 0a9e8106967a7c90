"""The demo for programs: one JSON object a line, in an order that is fixed."""

from __future__ import annotations

import itertools
import json
import re
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from okmate_auth.demo.lines import Lines
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.story import Act, Scene, Wait, gives
from okmate_auth.policies.tokens import TokenPolicy
from okmate_auth.replies import Authenticated
from tests.demo.changes import scene
from tests.shows import FAST, shown

Line = dict[str, Any]

SCENES = [scene.name for scene in STORY]

Row = tuple[str, str, str, str, str | None]

GUESS: Row = ("guesses", "stranger", "PasswordLogin", "Refused", "rejected")
LOCKED: Row = ("guesses", "stranger", "PasswordLogin", "Refused", "locked")
FIRST_DAY: list[Row] = [
    ("certificate-first-day", "Jiro2026", "PresentCertificate", "PasswordDue", None),
    ("certificate-first-day", "Jiro2026", "EnterPassword", "PasswordChangeDue", None),
    ("certificate-first-day", "Jiro2026", "ChangePasswords", "PasswordChangeDone", None),
    ("certificate-first-day", "Jiro2026", "AcknowledgeChange", "EnrollmentDue", None),
    ("certificate-first-day", "Jiro2026", "EnrollToken", "Authenticated", None),
]
CERTIFICATES: list[Row] = [
    ("certificate-holders", "desk", "RegisterCompany", "CompanyRegistered", None),
    *[("certificate-holders", "desk", "RegisterUser", "UserRegistered", None)] * 2,
    ("certificate-holders", "desk", "RegisterCertificate", "Refused", "certificate-of-another"),
    *[("certificate-holders", "desk", "RegisterCertificate", "CertificateRegistered", None)] * 2,
    ("certificate-holders", "desk", "StockTokens", "TokensStocked", None),
    ("certificate-holders", "desk", "DispatchTokens", "TokensDispatched", None),
    *FIRST_DAY,
    ("certificate-second-day", "Jiro2026", "PresentCertificate", "PasswordDue", None),
    ("certificate-second-day", "Jiro2026", "EnterPassword", "CodeDue", None),
    ("certificate-second-day", "Jiro2026", "EnterCode", "Authenticated", None),
    ("certificate-second-day", "Jiro2026", "RecordOperation", "Done", None),
    ("certificate-second-day", "Jiro2026", "Logout", "LoggedOut", None),
    ("foreign-certificates", "stranger", "PresentCertificate", "Refused", "no-certificate"),
    ("foreign-certificates", "stranger", "PresentCertificate", "Refused", "certificate-unknown-issuer"),
    ("foreign-certificates", "stranger", "PasswordLogin", "Refused", "rejected"),
    ("foreign-certificates", "Jiro2026", "PresentCertificate", "PasswordDue", None),
    ("foreign-certificates", "Jiro2026", "EnterPassword", "Refused", "stale"),
    ("foreign-certificates", "Jiro2026", "EnterPassword", "CodeDue", None),
    ("foreign-certificates", "Jiro2026", "EnterCode", "Authenticated", None),
    ("revoked-certificates", "desk", "RevokeCertificate", "Done", None),
    ("revoked-certificates", "Keiko055", "PresentCertificate", "Refused", "certificate-revoked"),
    ("revoked-certificates", "Jiro2026", "PresentCertificate", "Refused", "certificate-revoked"),
    ("revoked-certificates", "desk", "ReadHistory", "HistoryPage", None),
]
GOLDEN: list[Row] = [
    *CERTIFICATES,
    ("registration", "desk", "RegisterCompany", "CompanyRegistered", None),
    ("registration", "desk", "RegisterUser", "UserRegistered", None),
    ("stock", "desk", "StockTokens", "Refused", "delivery-defects"),
    ("stock", "desk", "StockTokens", "TokensStocked", None),
    ("stock", "desk", "DispatchTokens", "TokensDispatched", None),
    ("stock", "desk", "RegisterCompany", "CompanyRegistered", None),
    ("stock", "desk", "DispatchTokens", "TokensDispatched", None),
    ("first-login", "Hanako01", "PasswordLogin", "PasswordChangeDue", None),
    ("first-login", "Hanako01", "ChangePasswords", "Refused", "password-policy"),
    ("first-login", "Hanako01", "ChangePasswords", "PasswordChangeDone", None),
    ("first-login", "Hanako01", "AcknowledgeChange", "EnrollmentDue", None),
    ("first-login", "Hanako01", "SkipEnrollment", "Authenticated", None),
    ("first-login", "Hanako01", "Logout", "LoggedOut", None),
    ("enrollment", "Hanako01", "PasswordLogin", "EnrollmentDue", None),
    *[("enrollment", "Hanako01", "EnrollToken", "Refused", "wrong-token")] * 2,
    ("enrollment", "Hanako01", "EnrollToken", "Refused", "malformed"),
    ("enrollment", "Hanako01", "EnrollToken", "Authenticated", None),
    ("enrollment", "Hanako01", "Logout", "LoggedOut", None),
    ("codes", "Hanako01", "PasswordLogin", "CodeDue", None),
    ("codes", "Hanako01", "EnterCode", "Refused", "wrong-code"),
    ("codes", "desk", "ExplainToken", "TokenReport", None),
    *[("codes", "Hanako01", "EnterCode", "Refused", "wrong-code")] * 2,
    ("codes", "Hanako01", "EnterCode", "Refused", "malformed"),
    ("codes", "Hanako01", "EnterCode", "Authenticated", None),
    *[("step-up", "Hanako01", "StepUp", "SteppedUp", None)] * 2,
    ("step-up", "Hanako01", "StepUp", "Refused", "wrong-code"),
    ("step-up", "Hanako01", "Logout", "LoggedOut", None),
    GUESS,  # at an ID that nobody has
    *[GUESS] * 5,
    LOCKED,
    *[GUESS] * 5,
    LOCKED,
    ("guesses", "Hanako01", "PasswordLogin", "Refused", "locked"),
    ("guesses", "Hanako01", "PasswordLogin", "CodeDue", None),
    ("guesses", "Hanako01", "EnterCode", "Authenticated", None),
    ("release", "desk", "ReadHistory", "HistoryPage", None),
    ("release", "desk", "Release", "Done", None),
    ("release", "Hanako01", "PasswordLogin", "CodeDue", None),
    ("release", "Hanako01", "EnterCode", "Authenticated", None),
    ("colleague", "Hanako01", "RegisterUser", "UserRegistered", None),
    ("colleague", "Hanako01", "Logout", "LoggedOut", None),
    *[("double-click", "Taro2026", "PasswordLogin", "Refused", "rejected")] * 2,
    ("double-click", "Taro2026", "PasswordLogin", "PasswordChangeDue", None),
    *[("double-click", "Taro2026", "ChangePasswords", "PasswordChangeDone", None)] * 2,
    ("double-click", "Taro2026", "ChangePasswords", "Refused", "stale"),
    ("double-click", "Taro2026", "AcknowledgeChange", "Authenticated", None),
    ("double-click", "Taro2026", "AcknowledgeChange", "Refused", "stale"),
    ("two-places", "Taro2026", "PasswordLogin", "Refused", "already-logged-in"),
    ("two-places", "Taro2026", "PasswordLogin", "Authenticated", None),
    ("two-places", "Taro2026", "Logout", "LoggedOut", None),
    ("drift", "Hanako01", "PasswordLogin", "CodeDue", None),
    ("drift", "Hanako01", "EnterCode", "Refused", "wrong-code"),
    ("drift", "desk", "ExplainToken", "TokenReport", None),
    ("drift", "Hanako01", "ResyncToken", "CodeDue", None),
    ("drift", "Hanako01", "EnterCode", "Authenticated", None),
    ("lost-token", "desk", "RevokeToken", "Done", None),
    ("lost-token", "Hanako01", "PasswordLogin", "Authenticated", None),
    ("lost-token", "desk", "ExplainToken", "TokenReport", None),
    ("lost-token", "Hanako01", "Logout", "LoggedOut", None),
    ("lost-token", "Hanako01", "PasswordLogin", "EnrollmentDue", None),
    ("lost-token", "Hanako01", "EnrollToken", "Refused", "wrong-token"),
    ("lost-token", "Hanako01", "EnrollToken", "Authenticated", None),
    ("lost-token", "Hanako01", "Logout", "LoggedOut", None),
    ("outbox", "desk", "PendingNotices", "tuple", None),
]


@pytest.fixture(scope="module")
def written() -> list[str]:
    """Return what a show wrote."""
    lines, wrong = shown(as_json=True, language="ja")
    assert wrong == ""
    return lines


@pytest.fixture(scope="module")
def lines(written: list[str]) -> list[Line]:
    """Return what the lines say."""
    return [json.loads(line) for line in written]


def test_the_replies_come_in_the_order_of_the_story(lines: list[Line]) -> None:
    """Scene, user, command, reply and code of every line."""
    assert [(line["scene"], line["user"], line["command"], line["reply"], line.get("code")) for line in lines] == GOLDEN


def test_a_first_login_is_change_result_enrollment_and_top_page(lines: list[Line]) -> None:
    """The password method's steps of the procedure's manual: 1-2, 2, 3, 4, 5."""
    first = [line["reply"] for line in lines if line["scene"] == "first-login" and line["reply"] != "Refused"]
    assert first == ["PasswordChangeDue", "PasswordChangeDone", "EnrollmentDue", "Authenticated", "LoggedOut"]


def test_a_certificate_user_s_first_day_is_all_steps_and_nothing_else(lines: list[Line]) -> None:
    """The certificate method's steps of the procedure's manual, 1-1 to 5, and the first that he does at all."""
    first = [line["reply"] for line in lines if line["user"] == "Jiro2026"][: len(FIRST_DAY)]
    assert first == ["PasswordDue", "PasswordChangeDue", "PasswordChangeDone", "EnrollmentDue", "Authenticated"]
    assert [line["reply"] for line in lines if line["scene"] == "certificate-first-day"] == first


def test_every_line_has_the_four_fields_first(lines: list[Line]) -> None:
    """User, command, reply, milliseconds."""
    for line in lines:
        assert list(line)[:4] == ["user", "command", "reply", "ms"]
        assert isinstance(line["ms"], float)
        assert line["ms"] >= 0


def test_lines_are_ascii_whatever_the_language(written: list[str], lines: list[Line]) -> None:
    """Any terminal and any pipe can carry them; what they say is Japanese all the same."""
    assert all(line.isascii() and "\n" not in line for line in written)
    assert all(not line["message"].isascii() for line in lines if "message" in line)


def test_both_languages_say_the_same_but_for_messages(lines: list[Line]) -> None:
    """A program need not know which one was asked."""
    english = [json.loads(line) for line in shown(as_json=True, language="en")[0]]
    varying = ("ms", "at", "until", "message", "top_page", "committed")
    assert [{k: v for k, v in line.items() if k not in varying} for line in lines] == [
        {k: v for k, v in line.items() if k not in varying} for line in english
    ]


def test_a_refusal_says_all_it_has(lines: list[Line]) -> None:
    """Code, message, until when, every violation by code and field, the step that is due again."""
    policy, elsewhere = (line for line in lines if line.get("code") in ("password-policy", "already-logged-in"))
    assert policy["violations"] == [
        {"code": "full-width", "field": "new_login_password"},
        {"code": "same-as-login-id", "field": "new_confirmation_password"},
        {"code": "common", "field": "new_confirmation_password"},
        {"code": "context-word", "field": "new_confirmation_password"},
    ]
    assert policy["step"] == "PasswordChangeDue"
    assert "until" not in policy
    assert datetime.fromisoformat(elsewhere["until"]) - datetime.fromisoformat(elsewhere["at"]) < timedelta(minutes=11)
    assert "step" not in elsewhere
    assert "violations" not in elsewhere


def test_a_login_that_reached_its_end_has_its_top_page(lines: list[Line]) -> None:
    """What it proved, and menu, what is closed, last logins, last operations; no other line has them."""
    for line in lines:
        assert ("top_page" in line) is ("factors" in line) is (line["reply"] == "Authenticated")
    logins = {name: [line for line in lines if line["scene"] == name and "top_page" in line] for name in SCENES}
    (skipped,), (enrolled,) = logins["first-login"], logins["enrollment"]
    assert skipped["factors"] == ["login-password", "confirmation-password"]
    assert skipped["top_page"] == {
        "menu": ["top", "inquiry", "data-transmission", "densai", "foreign-exchange", "log-out"],
        "closed": ["transfer", "approval", "tax-payment", "administration"],
        "logins": [],
        "failures": [],
        "operations": ["register"],
        "reminders": ["services-closed", "log-out"],
        "transactions": [],
        "notices": [],
    }
    assert enrolled["factors"] == ["login-password", "code"]
    assert len(enrolled["top_page"]["menu"]) == 10
    assert enrolled["top_page"]["closed"] == []
    assert len(enrolled["top_page"]["logins"]) == 1
    assert enrolled["top_page"]["failures"] == [2]
    (first_day,), (second_day,) = logins["certificate-first-day"], logins["certificate-second-day"]
    assert first_day["factors"] == ["certificate", "login-password", "confirmation-password", "code"]
    assert second_day["factors"] == ["certificate", "login-password", "code"]
    assert (len(first_day["top_page"]["menu"]), first_day["top_page"]["reminders"]) == (10, ["log-out"])
    assert (first_day["top_page"]["transactions"], first_day["top_page"]["notices"]) == (["P-1105"], ["N-17"])


def test_who_may_use_services_without_a_token_for_a_while_finds_nothing_closed() -> None:
    """While a bank's grace runs the menu is whole."""
    grace = attrs.evolve(FAST, tokens=TokenPolicy(grace=timedelta(days=30)))
    first_login = scene("first-login")
    *others, puts_off, _ = first_login.beats
    assert isinstance(puts_off, Act)
    story = (scene("registration"), attrs.evolve(first_login, beats=(*others, attrs.evolve(puts_off, claims=()))))
    lines, wrong = shown(as_json=True, story=story, profile=grace)
    assert wrong == ""
    page = json.loads(lines[-1])["top_page"]
    assert (len(page["menu"]), page["closed"]) == (10, [])
    assert page["reminders"] == ["grace-ends", "log-out"]


def test_what_the_desk_reads_about_a_token_is_there(lines: list[Line]) -> None:
    """Both reasons, each time that the desk is asked; no other line has them."""
    assert [line["token"] for line in lines if line["command"] == "ExplainToken"] == [
        {"registration": "registered", "code": "replayed-code"},
        {"registration": "registered", "code": "drifted-code"},
        {"registration": "waiting", "code": "no-token"},
    ]
    assert all(("token" in line) is (line["command"] == "ExplainToken") for line in lines)


def test_a_double_click_is_two_lines_and_one_effect(lines: list[Line]) -> None:
    """What was committed is told with the second."""
    clicks = [line for line in lines if line["scene"] == "double-click" and line["command"] == "ChangePasswords"][:2]
    assert [line["reply"] for line in clicks] == ["PasswordChangeDone"] * 2
    assert clicks[0]["committed"] == []
    assert "verified" not in clicks[0]
    assert sum("logins 3: changed" in one["appended"] for one in clicks[1]["committed"]) == 1
    assert clicks[1]["verified"] == {"changed-once": True}


def test_time_passes_between_lines(lines: list[Line]) -> None:
    """A wait has no line; the clock shows it, and never goes back but between clicks of the same moment."""
    at = [datetime.fromisoformat(line["at"]) for line in lines]
    leaps = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert sum(leap > timedelta(hours=23) for leap in leaps) == 1
    assert sum(leap > timedelta(minutes=29) for leap in leaps) == 3
    assert sum(leap > timedelta(minutes=1) for leap in leaps) == sum(
        isinstance(beat, Wait) for scene in STORY for beat in scene.beats
    )
    assert min(leaps) > timedelta(seconds=-1)


def test_no_line_holds_a_handle_a_password_or_a_seed(written: list[str]) -> None:
    """Nothing of 43 base64url characters, none of the passwords that people choose, no 20 bytes in hexadecimal."""
    text = "\n".join(written)
    assert not re.search(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", text)
    assert not re.search(r"[0-9a-f]{20}", text)
    for password in (
        "Sora8kumo",
        "Umi5kaze1",
        "Mori3kawa",
        "Hoshi7tsuki",
        "Kawa4ishi",
        "mistyped1",
        "guess0",
        "Kita6yama",
        "Minato4go",
    ):
        assert password not in text


def test_what_is_not_so_is_in_the_last_line() -> None:
    """The line of the act that ended the demo says why."""
    act = STORY[0].beats[0]
    assert isinstance(act, Act)
    broken = Scene(name="registration", beats=(attrs.evolve(act, expects=gives(Authenticated)), act))
    lines, wrong = shown(as_json=True, story=(broken,))
    assert len(lines) == 1
    assert json.loads(lines[0])["wrong"] in wrong
    assert "expected Authenticated, got CompanyRegistered" in wrong


def test_scenes_and_waits_write_nothing() -> None:
    """Only commands and queries have lines."""
    out: list[str] = []
    lines = Lines(out.append, "en")
    lines.scene(1, STORY[0], datetime.fromisoformat("2026-01-05T09:00:00+00:00"))
    lines.wait(Wait(by=timedelta(1), says="x"), datetime.fromisoformat("2026-01-05T09:00:00+00:00"))
    assert out == []
