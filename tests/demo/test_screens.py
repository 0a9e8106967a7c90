"""What a page would say for each reply, in both languages, and what it must never say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from okmate_auth.demo.people import ENTITLEMENTS_OF_HANAKO, HANAKO
from okmate_auth.demo.screens import menu, screen
from okmate_auth.demo.wording import Language, wording
from okmate_auth.queries import HistoryPage, TokenReport, TopPageView, Why
from okmate_auth.records import LoginRecord, LoginRef, Notice, OperationRecord
from okmate_auth.records.notice import NoticeEvent
from okmate_auth.replies import (
    Abandoned,
    Authenticated,
    Busy,
    CodeDue,
    CompanyRegistered,
    Done,
    EnrollmentDue,
    LoggedOut,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
    SteppedUp,
    TokensDispatched,
    TokensStocked,
    UserRegistered,
)
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation
from tests.demo.pages import NOW, PAGE, SESSION

CANARY = "canary" * 7
HANDLE = Secret(CANARY)
LANGUAGES: tuple[Language, ...] = ("ja", "en")

DUE = PasswordChangeDue(
    handle=HANDLE,
    until=NOW,
    login_id=HANAKO,
    change=("login-password", "confirmation-password"),
    current=("login-password",),
    reasons=("initial", "unset"),
)


def row(result: str, minutes: int = 0, *, known: bool = False, attempts: int = 1) -> LoginRecord:
    """Return a row of a history."""
    at = NOW - timedelta(minutes=minutes)
    return LoginRecord(
        at=at, entrance="password", result=result, address="192.0.2.1", known_browser=known, attempts=attempts
    )


def notice(number: int, event: NoticeEvent, login_id: str) -> Notice:
    """Return a notice."""
    return Notice(id=str(number), subject="s", bank="", login_id=login_id, event=event, written_at=NOW)


def history(records: Iterable[LoginRecord | OperationRecord]) -> HistoryPage:
    """Return a page of a history."""
    return HistoryPage(records=tuple(records), defect=None, older=None)


SHOWN: tuple[object, ...] = (
    CompanyRegistered(company="C-1"),
    UserRegistered(login_id=HANAKO, initial_password=None, until=None),
    Refused(code="stale"),
    Refused(code="wrong-password", at=DUE),
    Busy(retry_after=timedelta(seconds=3)),
    DUE,
    PasswordChangeDone(handle=HANDLE, until=NOW, login_id=HANAKO, changed=("login-password",)),
    EnrollmentDue(handle=HANDLE, until=NOW, login_id=HANAKO, may_skip=True),
    Refused(code="wrong-token", at=EnrollmentDue(handle=HANDLE, until=NOW, login_id=HANAKO, may_skip=True)),
    CodeDue(handle=HANDLE, until=NOW, login_id=HANAKO),
    Refused(code="wrong-code", at=CodeDue(handle=HANDLE, until=NOW, login_id=HANAKO)),
    SteppedUp(purpose="transfer", until=NOW),
    PAGE,
    LoggedOut(),
    Done(login_id=HANAKO),
    TokensStocked(serials=("NB-1", "NB-2")),
    TokensDispatched(company="C-1", serials=("NB-1",)),
    TokenReport(serial="NB-1", registration=Why(reason="registered"), code=Why(reason="none-yet")),
    history([row("wrong-password")]),
    (notice(1, "lock", HANAKO),),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown", SHOWN)
def test_every_page_says_something_and_no_handle(shown: object, language: Language) -> None:
    """Lines of text without line ends, and nothing of a handle."""
    lines = screen(shown, wording(language))
    assert lines
    assert all(line.strip() and "\n" not in line for line in lines)
    assert CANARY not in "".join(lines)


@pytest.mark.parametrize("shown", [Abandoned(), object(), None])
def test_what_has_no_page_shows_none(shown: object) -> None:
    """Nothing is made up for a reply that nobody wrote a page for."""
    assert screen(shown, wording("en")) == ()


def test_a_session_is_never_shown() -> None:
    """The end of a login is shown by the top page, not by its reply, which holds the cookie."""
    reply = Authenticated(
        session=HANDLE,
        login_id=HANAKO,
        entrance="password",
        factors=(),
        enrollment_skipped=False,
        took_over=False,
        until=NOW,
    )
    assert screen(reply, wording("en")) == ()


def test_the_letter_says_the_initial_password_and_when_it_ends() -> None:
    """It is made up, and the story needs it; without one there is no letter."""
    made = UserRegistered(login_id=HANAKO, initial_password=Secret("made4story"), until=NOW)
    chosen = UserRegistered(login_id=HANAKO, initial_password=None, until=NOW)
    assert "made4story" in screen(made, wording("en"))[1]
    assert "2026-01-05 18:00:00 JST" in screen(made, wording("en"))[1]
    assert len(screen(chosen, wording("en"))) == 1


def test_a_refusal_says_what_any_page_of_the_library_says() -> None:
    """Its message and every violation, a line each."""
    refused = Refused(code="password-policy", violations=(Violation("common", "new_login_password"),))
    assert "\n".join(screen(refused, wording("ja"))) == refused.message("ja")
    assert screen(Busy(retry_after=timedelta(seconds=3)), wording("ja")) == (
        Busy(retry_after=timedelta(seconds=3)).message("ja"),
    )


def test_the_form_of_a_change_has_the_fields_that_are_asked() -> None:
    """A current value where one is asked, a new one where it is due, with the reason."""
    assert screen(DUE, wording("en")) == (
        "Forced change of passwords",
        "[Current login password]",
        "[New login password] because it is an initial password",
        "[New confirmation password] because it was never set",
    )


def test_a_current_value_may_be_asked_of_a_password_that_stays() -> None:
    """The form then has the field, and no new one beside it."""
    due = PasswordChangeDue(
        handle=HANDLE,
        until=NOW,
        login_id=HANAKO,
        change=("login-password",),
        current=("login-password", "confirmation-password"),
        reasons=("compromise",),
    )
    assert screen(due, wording("en"))[1:] == (
        "[Current login password]",
        "[New login password] because compromise",  # a reason without words of its own is shown by its code
        "[Current confirmation password]",
    )


def test_the_menu_has_the_granted_entries_in_the_manual_s_order() -> None:
    """Top is first, logging out last, and what the manual does not know is left to the bank."""
    assert menu(("transfer", "inquiry", "bank-own")) == ("top", "inquiry", "transfer", "logout")
    assert menu(()) == ("top", "logout")
    assert menu(reversed(ENTITLEMENTS_OF_HANAKO)) == ("top", *ENTITLEMENTS_OF_HANAKO, "logout")


def test_the_top_page_shows_last_logins_and_operations() -> None:
    """Newest first, as they were given; words where there are none."""
    empty = screen(PAGE, wording("en"))
    assert empty[2:] == ("Last logins: none before this one", "Last operations: none")
    full = TopPageView(
        session=SESSION,
        name="",
        logged_in_at=NOW,
        logins=(LoginRef(at=NOW, entrance="password"), LoginRef(at=NOW - timedelta(days=1), entrance="password")),
        operations=(
            OperationRecord(at=NOW, operation="release", actor="desk:o"),
            OperationRecord(at=NOW, operation="bank-own", actor="desk:o"),
        ),
    )
    assert screen(full, wording("en")) == (
        "OK Mate Web: top page of Hanako01",
        "Menu: Top, Inquiry, Transfer, Log out",
        "Last logins: 2026-01-05 18:00:00 JST, 2026-01-04 18:00:00 JST",
        "Last operations: released, bank-own",
    )


def test_rows_in_a_row_that_say_the_same_are_one_line() -> None:
    """With their number and since when; others stay apart, though the same comes again."""
    records = [
        row("authenticated", known=True),
        row("wrong-password", 1),
        row("wrong-password", 2),
        row("wrong-password", 3),
        row("locked", 4, attempts=8),
        row("wrong-password", 5),
        row("bank-own", 6),
    ]
    assert screen(history(records), wording("en")) == (
        "2026-01-05 18:00:00 JST: logged in, 192.0.2.1, known browser",
        "2026-01-05 17:59:00 JST: wrong password, 192.0.2.1, unknown browser, 3 times since 2026-01-05 17:57:00 JST",
        "2026-01-05 17:56:00 JST: turned away, locked (8 so far), 192.0.2.1, unknown browser",
        "2026-01-05 17:55:00 JST: wrong password, 192.0.2.1, unknown browser",
        "2026-01-05 17:54:00 JST: bank-own, 192.0.2.1, unknown browser",
    )


def test_operations_of_a_history_are_named() -> None:
    """An operation has no address and no browser."""
    page = history([OperationRecord(at=NOW, operation="release", actor="desk:o")])
    assert screen(page, wording("en")) == ("2026-01-05 18:00:00 JST: released",)


def test_notices_are_counted_by_person_and_event() -> None:
    """Each kind to each person once, in the order in which the first came."""
    notices = (
        notice(1, "login", HANAKO),
        notice(2, "lock", HANAKO),
        notice(3, "login", HANAKO),
        notice(4, "login", "Other123"),
    )
    assert screen(notices, wording("en")) == (
        "you logged in -> Hanako01: 2",
        "somebody failed too often, logins are locked -> Hanako01: 1",
        "you logged in -> Other123: 1",
    )
