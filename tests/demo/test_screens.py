"""What a page would say for each reply, in both languages, and what it must never say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import attrs
import pytest

from okmate_auth.boards import BoardNotice, Listed, Transaction
from okmate_auth.demo.people import HANAKO
from okmate_auth.demo.screens import screen
from okmate_auth.demo.wording import Language, wording
from okmate_auth.policies.menu import MenuItem
from okmate_auth.policies.reminders import Reminder
from okmate_auth.queries import HistoryPage, LastLogin, TokenReport, Why
from okmate_auth.records import LoginRecord, Notice, OperationRecord
from okmate_auth.records.notice import NoticeEvent
from okmate_auth.replies import (
    Abandoned,
    Authenticated,
    Busy,
    CertificateRegistered,
    CodeDue,
    CompanyRegistered,
    Done,
    EnrollmentDue,
    LoggedOut,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordDue,
    Refused,
    SteppedUp,
    TokensDispatched,
    TokensStocked,
    UserRegistered,
)
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation
from tests.demo.pages import NOW, PAGE

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
    PasswordDue(handle=HANDLE, until=NOW, login_id=HANAKO),
    CertificateRegistered(login_id=HANAKO, fingerprint="ab" * 32, ends_at=NOW),
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


def test_the_page_of_a_certificate_says_whose_it_is_and_asks_for_the_password() -> None:
    """The procedure's manual, 1-1: the login ID stands in the certificate's name; the form has one field."""
    due = PasswordDue(handle=HANDLE, until=NOW, login_id=HANAKO)
    assert screen(due, wording("en")) == ("Login by certificate", "Login ID: Hanako01", "[Login password]")
    assert screen(due, wording("ja")) == (
        "電子証明書ログイン",
        "ログインID: Hanako01（電子証明書）",
        "［ログインパスワード］",
    )


def test_the_top_page_says_where_there_is_nothing() -> None:
    """Logins and operations have words for it; what the bank's own systems have nothing of is left out."""
    empty = Listed[Transaction]((), more=False), Listed[BoardNotice]((), more=False)
    for page in (PAGE, attrs.evolve(PAGE, transactions=empty[0], notices=empty[1])):
        assert screen(page, wording("en"))[2:] == ("Last logins: none before this one", "Last operations: none")


def test_the_top_page_shows_all_that_the_manual_says() -> None:
    """Step 5: menu, last logins, last operations, transactions that wait, notices; newest first, as they were given."""
    full = attrs.evolve(
        PAGE,
        menu=(
            MenuItem(name="top"),
            MenuItem(name="administration", subentries=(MenuItem(name="users"), MenuItem(name="company-data"))),
            MenuItem(name="bank-own"),
        ),
        logins=(
            LastLogin(at=NOW, entrance="password", failures_since=2),
            LastLogin(at=NOW - timedelta(days=1), entrance="password"),
        ),
        operations=(
            OperationRecord(at=NOW, operation="release", actor="desk:o"),
            OperationRecord(at=NOW, operation="bank-own", actor="desk:o"),
        ),
        transactions=Listed(
            (
                Transaction(id="1", kind="k", title="Salaries", state="unapproved", at=NOW, amount=1_250_000),
                Transaction(id="2", kind="k", title="Direct debits", state="in-progress", at=NOW),
            ),
            more=False,
        ),
        notices=Listed(
            (BoardNotice(id="1", title="Hello", at=NOW), BoardNotice(id="2", title="You", at=NOW)), more=True
        ),
        reminders=(Reminder(code="log-out"),),
    )
    assert screen(full, wording("en")) == (
        "OK Mate Web: top page of Hanako01",
        "Menu: Top, Administration (Users, Company data), bank-own",
        "Last logins: 2026-01-05 18:00:00 JST (failures since: 2), 2026-01-04 18:00:00 JST",
        "Last operations: released, bank-own",
        "Waiting: Salaries (1,250,000 yen), Direct debits",
        "Unread notices: Hello, You",
        "When you have finished, always use the log out button.",
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
        notice(5, "revocation", HANAKO),
        attrs.evolve(notice(6, "revocation", HANAKO), details=(("certificates", "1"),)),
    )
    assert screen(notices, wording("en")) == (
        "you logged in -> Hanako01: 2",
        "somebody failed too often, logins are locked -> Hanako01: 1",
        "you logged in -> Other123: 1",
        "your token was revoked -> Hanako01: 1",
        "your certificate was revoked -> Hanako01: 1",
    )
