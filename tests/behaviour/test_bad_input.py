"""Bad input at every public entry point: a typed refusal or a clear error, never a crash, and nothing is changed.

What has the wrong *type* is the calling program's fault and raises MisuseError; what has the wrong *form* is a user's
and is refused as a value. What is well-formed and wrong is counted, and changes nothing else.
"""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okmate_auth import Busy, Client, Confirm, PasswordChangeDone, Refused
from okmate_auth.commands import ByDesk, BySession, Suspend
from okmate_auth.commands.transitions import COMMANDS
from okmate_auth.errors import MisuseError
from okmate_auth.records import Account, Company, Flow, HardToken, Session
from tests.behaviour.bank import CONFIRMATION, Bank
from tests.behaviour.entry_points import HOSTILE, NAMES, NOT_TEXT, entry_points, texts
from tests.rounds import rounds
from tests.unchecked import unchecked


def given_to(bank: Bank, built: object) -> object:
    """Submit a command or read a query."""
    return bank.submit(built) if isinstance(built, COMMANDS) else bank.read(unchecked(built))


@pytest.mark.parametrize("name", NAMES)
def test_the_table_names_every_entry_point(bank: Bank, name: str) -> None:
    """No command can be added without being given bad input here."""
    assert name in entry_points(bank, bank.newcomer())


@pytest.mark.parametrize("name", NAMES)
def test_a_value_of_another_type_is_a_clear_error_or_no_harm(bank: Bank, name: str) -> None:
    """Each field of each entry point, given what is not text, raises MisuseError or is refused; nothing is changed."""
    user = bank.newcomer()
    build, good, _ = entry_points(bank, user)[name]
    fields_of: Any = attrs.fields
    for field in fields_of(build):
        if not field.init:
            continue
        for bad in NOT_TEXT:
            with bank.unchanged():
                try:
                    built = build(**{**good, field.name: bad})
                except MisuseError:
                    continue
                if good.get(field.name) == bad or field.default == bad:
                    continue
                reply = given_to(bank, built)
                assert reply is None or not isinstance(reply, Busy)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_text_is_refused_and_changes_nothing(bank: Bank, name: str) -> None:
    """Whatever text stands in the fields a user types: a reply, and nobody's record nor any token's is touched."""
    user = bank.newcomer()
    build, good, typed = entry_points(bank, user)[name]

    @settings(
        max_examples=rounds(15, 300),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.dictionaries(st.sampled_from(typed or ("",)), texts, min_size=1))
    def check(values: dict[str, str]) -> None:
        before = len(bank.recording.commits)
        values.pop("", None)
        try:
            built = build(**{**good, **values})
        except MisuseError:
            return
        reply = given_to(bank, built)
        registered = name == "RegisterCompany" and type(reply).__name__ == "CompanyRegistered"
        assert isinstance(reply, Refused | Busy) or not typed or not values or registered or not_there(reply)
        if not registered:
            written = [record for change, _ in bank.recording.commits[before:] for record in change.puts]
            assert not any(isinstance(record, Account | Company | Flow | HardToken | Session) for record in written)

    check()
    assert bank.account(user).login_password is not None


def not_there(reply: object) -> bool:
    """Say whether a reply means that there was nothing to end, show or list."""
    return reply is None or type(reply).__name__ in ("Abandoned", "LoggedOut", "HistoryPage")


@pytest.mark.parametrize("bad", NOT_TEXT)
def test_a_caller_that_is_no_client_is_a_clear_error(bank: Bank, bad: object) -> None:
    """Views that forget the client learn it at once."""
    with pytest.raises(MisuseError, match="client"):
        bank.session("A" * 43, unchecked(bad))


@pytest.mark.parametrize("bad", NOT_TEXT[1:])
def test_a_session_handle_of_another_type_is_a_clear_error(bank: Bank, bad: object) -> None:
    """A cookie is text or nothing."""
    with pytest.raises(MisuseError):
        bank.session(unchecked(bad), bank.browser())


def test_no_text_is_a_session(bank: Bank) -> None:
    """Whatever a cookie holds: no session, and nothing is written."""
    for text in HOSTILE:
        with bank.unchanged():
            assert bank.session(text, bank.browser()) is None


def test_no_text_is_a_browser(bank: Bank) -> None:
    """A browser cookie of another form is refused at the entrance, before anything is read or counted."""
    for text in HOSTILE:
        user = bank.newcomer()
        client = Client("192.0.2.9", "x", browser=text)
        if client.browser_hash:
            continue  # 43 characters of the alphabet are a browser that nobody knows
        with bank.unchanged(), bank.unhashed():
            reply = bank.login(user, client)
        assert isinstance(reply, Refused)
        assert [violation.field for violation in reply.violations] == ["browser"]


@pytest.mark.parametrize("bad", NOT_TEXT)
def test_what_is_no_command_and_no_query_is_a_clear_error(bank: Bank, bad: object) -> None:
    """``submit`` and ``read`` name what they take."""
    with pytest.raises(MisuseError, match="command"):
        bank.submit(unchecked(bad))
    with pytest.raises(MisuseError, match="query"):
        bank.read(unchecked(bad))


@pytest.mark.parametrize("reference", ["", " ", "a b", "a\n", "日本", "x" * 65, "\0"])
def test_the_desk_names_itself_in_plain_ascii(reference: str) -> None:
    """An operator or ticket that could garble a history is the calling system's mistake."""
    with pytest.raises(MisuseError):
        ByDesk(operator=reference, ticket="T-1")
    with pytest.raises(MisuseError):
        ByDesk(operator="teller-7", ticket=reference)


@pytest.mark.parametrize("field", ["current_login_password", "new_login_password", "new_confirmation_password"])
def test_hostile_text_in_a_live_change_leaves_the_passwords(bank: Bank, field: str) -> None:
    """A forced change with one hostile field is refused at the same step, and both passwords stay as they are."""
    for text in HOSTILE:
        user = bank.newcomer()
        step = bank.due_change(user)
        before = bank.account(user)
        hostile: dict[str, Any] = {field: text}
        reply = bank.submit(attrs.evolve(bank.change_command(user, step), **hostile))
        after = bank.account(user)
        assert isinstance(reply, Refused)
        assert isinstance(reply.at, type(step))
        assert (after.login_password, after.confirmation_password) == (
            before.login_password,
            before.confirmation_password,
        )
        assert isinstance(bank.change(user, reply.at), PasswordChangeDone)


def test_hostile_text_as_a_confirmation_password_proves_nothing(bank: Bank) -> None:
    """In a live session it is refused, the session goes on, and nothing is fresh for the purpose."""
    for text in HOSTILE:
        user = bank.customer()
        handle = bank.log_in(user).session
        reply = bank.submit(Confirm(session=handle, password=text, purpose="transfer", client=user.home))
        assert isinstance(reply, Refused)
        session = bank.session(handle, user.home)
        assert session is not None
        assert not session.confirmed("transfer")


def test_hostile_text_under_a_masters_authority_changes_no_account(bank: Bank) -> None:
    """A master in his session, with a hostile confirmation password or target: nobody's account is touched."""
    for text in HOSTILE:
        master, user = bank.customer(role="administrator"), bank.customer()
        handle = bank.log_in(master).session
        before = bank.account(user)
        for confirmation, target in ((text, user.login_id), (CONFIRMATION, text)):
            authority = BySession(session=handle, confirmation_password=confirmation, client=master.home)
            assert isinstance(bank.submit(Suspend(login_id=target, authority=authority)), Refused)
        assert bank.account(user) == before
