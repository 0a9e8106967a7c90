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
from okmate_auth.replies import Authenticated
from tests.shows import shown

Line = dict[str, Any]

Row = tuple[str, str, str, str, str | None]

GUESS: Row = ("guesses", "stranger", "PasswordLogin", "Refused", "rejected")
LOCKED: Row = ("guesses", "stranger", "PasswordLogin", "Refused", "locked")
GOLDEN: list[Row] = [
    ("registration", "desk", "RegisterCompany", "CompanyRegistered", None),
    ("registration", "desk", "RegisterUser", "UserRegistered", None),
    ("first-login", "Hanako01", "PasswordLogin", "PasswordChangeDue", None),
    ("first-login", "Hanako01", "ChangePasswords", "Refused", "password-policy"),
    ("first-login", "Hanako01", "ChangePasswords", "PasswordChangeDone", None),
    ("first-login", "Hanako01", "AcknowledgeChange", "Authenticated", None),
    ("first-login", "Hanako01", "Logout", "LoggedOut", None),
    ("second-login", "Hanako01", "PasswordLogin", "Authenticated", None),
    ("two-places", "Hanako01", "PasswordLogin", "Refused", "already-logged-in"),
    ("two-places", "Hanako01", "PasswordLogin", "Authenticated", None),
    ("two-places", "Hanako01", "Logout", "LoggedOut", None),
    GUESS,  # at an ID that nobody has
    *[GUESS] * 5,
    LOCKED,
    *[GUESS] * 5,
    LOCKED,
    ("guesses", "Hanako01", "PasswordLogin", "Refused", "locked"),
    ("guesses", "Hanako01", "PasswordLogin", "Authenticated", None),
    ("guesses", "Hanako01", "Logout", "LoggedOut", None),
    ("release", "desk", "ReadHistory", "HistoryPage", None),
    ("release", "desk", "Release", "Done", None),
    ("release", "Hanako01", "PasswordLogin", "Authenticated", None),
    ("colleague", "Hanako01", "RegisterUser", "UserRegistered", None),
    ("colleague", "Hanako01", "Logout", "LoggedOut", None),
    *[("double-click", "Taro2026", "PasswordLogin", "Refused", "rejected")] * 2,
    ("double-click", "Taro2026", "PasswordLogin", "PasswordChangeDue", None),
    *[("double-click", "Taro2026", "ChangePasswords", "PasswordChangeDone", None)] * 2,
    ("double-click", "Taro2026", "ChangePasswords", "Refused", "stale"),
    ("double-click", "Taro2026", "AcknowledgeChange", "Authenticated", None),
    ("double-click", "Taro2026", "AcknowledgeChange", "Refused", "stale"),
    ("double-click", "Taro2026", "Logout", "LoggedOut", None),
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


def test_a_first_login_is_change_result_and_top_page(lines: list[Line]) -> None:
    """The password method's steps of the procedure's manual: 1-2, 2, 3, 5."""
    first = [line["reply"] for line in lines if line["scene"] == "first-login" and line["reply"] != "Refused"]
    assert first == ["PasswordChangeDue", "PasswordChangeDone", "Authenticated", "LoggedOut"]


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
    """Menu, last logins, last operations; no other line has one."""
    for line in lines:
        assert ("top_page" in line) is (line["reply"] == "Authenticated")
    hanako = next(line for line in lines if line["reply"] == "Authenticated")
    assert hanako["top_page"]["menu"][0] == "top"
    assert len(hanako["top_page"]["menu"]) == 10
    assert hanako["top_page"]["logins"] == []
    assert hanako["top_page"]["operations"] == ["register"]


def test_a_double_click_is_two_lines_and_one_effect(lines: list[Line]) -> None:
    """What was committed is told with the second."""
    clicks = [line for line in lines if line["scene"] == "double-click" and line["command"] == "ChangePasswords"][:2]
    assert [line["reply"] for line in clicks] == ["PasswordChangeDone"] * 2
    assert clicks[0]["committed"] == []
    assert "verified" not in clicks[0]
    assert sum("logins 3: changed" in one["appended"] for one in clicks[1]["committed"]) == 1
    assert clicks[1]["verified"] == {"changed-once": True}


def test_half_an_hour_passes_between_two_lines(lines: list[Line]) -> None:
    """A wait has no line; the clock shows it, and never goes back but between clicks of the same moment."""
    at = [datetime.fromisoformat(line["at"]) for line in lines]
    leaps = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert sum(leap > timedelta(minutes=29) for leap in leaps) == 1
    assert min(leaps) > timedelta(seconds=-1)


def test_no_line_holds_a_handle_or_a_password(written: list[str]) -> None:
    """Nothing of 43 base64url characters, none of the passwords that people choose."""
    text = "\n".join(written)
    assert not re.search(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", text)
    for password in ("Sora8kumo", "Umi5kaze1", "Mori3kawa", "Hoshi7tsuki", "Kawa4ishi", "mistyped1", "guess0"):
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
