"""What pages and the desk's screen say about tokens."""

from __future__ import annotations

from datetime import datetime

import attrs
import pytest

from okmate_auth.demo.people import HANAKO
from okmate_auth.demo.screens import screen
from okmate_auth.demo.wording import wording
from okmate_auth.policies.menu import MenuItem
from okmate_auth.policies.reminders import Reminder
from okmate_auth.queries import TokenReport, Why
from okmate_auth.replies import EnrollmentDue
from okmate_auth.secret import Secret
from tests.demo.pages import NOW, PAGE

HANDLE = Secret("h")


@pytest.mark.parametrize(
    ("may_skip", "grace_until", "last"),
    [
        (
            True,
            None,
            "[Skip] The registration comes again at the next login. Until then services that need a token are closed.",
        ),
        (
            True,
            NOW,
            (
                "[Skip] The registration comes again at the next login. "
                "Services that need a token can be used without one until 2026-01-05 18:00:00 JST."
            ),
        ),
        (False, None, "[One-time password]"),
    ],
)
def test_the_form_of_an_enrollment_says_what_putting_it_off_means(
    *,
    may_skip: bool,
    grace_until: datetime | None,
    last: str,
) -> None:
    """The two fields of the manual, step 4, and how it can be skipped, where it can."""
    due = EnrollmentDue(handle=HANDLE, until=NOW, login_id=HANAKO, may_skip=may_skip, grace_until=grace_until)
    lines = screen(due, wording("en"))
    assert lines[:3] == ("Registration of a token for one-time passwords", "[Serial number]", "[One-time password]")
    assert lines[-1] == last


@pytest.mark.parametrize(
    ("report", "lines"),
    [
        (
            TokenReport(serial=None, registration=Why(reason="comes"), code=Why(reason="no-token")),
            ("Token: none", "Registration screen: it comes at the next login", "Codes: there is nothing to judge"),
        ),
        (
            TokenReport(
                serial=None, registration=Why(reason="waiting", at=NOW, until=NOW), code=Why(reason="no-token")
            ),
            (
                "Token: none",
                "Registration screen: from 2026-01-05 18:00:00 JST on, because a token was revoked",
                "Codes: there is nothing to judge",
            ),
        ),
        (
            TokenReport(
                serial="NB-1", registration=Why(reason="registered", at=NOW), code=Why(reason="replayed-code", at=NOW)
            ),
            (
                "Token: NB-1",
                "Registration screen: there is a token",
                "Codes: the last one had been used before; the next one will do",
            ),
        ),
        (
            TokenReport(serial="NB-1", registration=Why(reason="registered"), code=Why(reason="wrong-code")),
            # A reason without words of its own is shown by its code.
            ("Token: NB-1", "Registration screen: there is a token", "Codes: wrong-code"),
        ),
    ],
)
def test_the_desk_sees_both_answers_about_a_token(report: TokenReport, lines: tuple[str, ...]) -> None:
    """Whether the registration screen comes, and what became of codes; with until when, where it ends by itself."""
    assert screen(report, wording("en")) == lines


def test_the_top_page_says_what_needs_a_token() -> None:
    """What is closed stands apart from what can be used, with what is beneath it, and is said in a sentence, too."""
    menu = (
        MenuItem(name="inquiry"),
        MenuItem(name="transfer", unusable="needs-token"),
        MenuItem(
            name="administration", unusable="needs-token", subentries=(MenuItem(name="users", unusable="needs-token"),)
        ),
        MenuItem(name="bank-own", unusable="needs-token"),
    )
    page = attrs.evolve(PAGE, menu=menu, reminders=(Reminder(code="services-closed"),))
    lines = screen(page, wording("en"))
    assert lines[1:3] == (
        "Menu: Inquiry",
        "Closed until you register a token: Transfers, Administration (Users), bank-own",
    )
    assert lines[-1].startswith("No token is registered for you, so services that need one cannot be used.")


def test_whose_services_are_all_open_is_told_of_none_that_is_closed() -> None:
    """Nothing stands there where one is enrolled, or while a bank's grace runs."""
    page = attrs.evolve(PAGE, menu=(MenuItem(name="transfer"),))
    assert screen(page, wording("ja"))[1:] == (
        "メニュー: 振込振替",
        "最近のログイン日時: 今回が初めてです",
        "最近の操作: なし",
    )
