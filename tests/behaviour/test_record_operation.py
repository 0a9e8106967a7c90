"""What the bank's services did in a session: written once, shown last, and by whoever has the session alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest

from okmate_auth import Client, Secret, TopPage
from okmate_auth.commands import RecordOperation, RequireChange
from okmate_auth.commands.operations import DETAIL_LIMIT, MOST_DETAILS, REMEMBERED
from okmate_auth.errors import MisuseError
from okmate_auth.queries import TopPageView
from okmate_auth.records import OperationHead, OperationRecord
from okmate_auth.replies import Done
from tests.behaviour.bank import DESK, Bank, User, but, expect, refused
from tests.behaviour.living import IDLE

SECOND: Final = timedelta(seconds=1)


def recorded(session: Secret, client: Client, number: int = 1, **fields: Any) -> RecordOperation:  # noqa: ANN401 - fields
    """Return the command that writes down a transfer."""
    known: dict[str, Any] = {"id": f"TR-{number:04}", "name": "transfer", "details": {"to": "カ）オオガキ"}}
    return RecordOperation(session=session, client=client, **{**known, **fields})


def rows(bank: Bank, user: User) -> list[OperationRecord]:
    """Return a person's operations, newest first, with their chain verified."""
    page = bank.history(user, "operations")
    assert page.defect is None
    return [expect(OperationRecord, record) for record in page.records]


@pytest.fixture
def user(bank: Bank) -> User:
    """A person whose history begins with his registration."""
    return bank.customer()


@pytest.fixture
def session(bank: Bank, user: User) -> Secret:
    """That person's session."""
    return bank.log_in(user).session


def test_an_operation_is_written_with_who_when_and_what(bank: Bank, user: User, session: Secret) -> None:
    """Under the bank's own reference, in the account's chain."""
    bank.wait(SECOND)
    assert bank.submit(recorded(session, user.home)) == Done(login_id=user.login_id)
    assert rows(bank, user)[0] == OperationRecord(
        at=bank.clock(),
        operation="transfer",
        actor=f"user:{user.login_id}",
        ticket="TR-0001",
        details=(("to", "カ）オオガキ"),),
    )


def test_the_top_page_shows_the_last_five(bank: Bank, user: User, session: Secret) -> None:
    """Newest first, with what administrators did among them."""
    for number in range(5):
        bank.submit(recorded(session, user.home, number))
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    shown = expect(TopPageView, bank.read(TopPage(session, user.home))).operations
    assert [one.ticket for one in shown] == ["T-1", "TR-0004", "TR-0003", "TR-0002", "TR-0001"]


def test_one_that_is_told_again_stands_once(bank: Bank, user: User, session: Secret) -> None:
    """A retry after a lost answer is answered alike and writes nothing, whatever else it says and however late."""
    command = recorded(session, user.home)
    reply = bank.submit(command)
    bank.wait(IDLE - SECOND)
    with bank.unchanged():
        assert bank.submit(command) == reply
        assert bank.submit(but(command, name="approval", details={})) == reply
    assert [one.operation for one in rows(bank, user)].count("transfer") == 1


def test_told_at_the_same_moment_it_stands_once(bank: Bank, user: User, session: Secret) -> None:
    """The head is guarded by its version: of twins one finds the other's row."""
    command = recorded(session, user.home)
    assert bank.together(command, command, command) == [Done(login_id=user.login_id)] * 3
    assert [one.ticket for one in rows(bank, user)].count("TR-0001") == 1


@pytest.mark.parametrize(("between", "again"), [(REMEMBERED - 2, 0), (REMEMBERED - 1, 0), (REMEMBERED, 1)])
def test_the_last_twenty_are_remembered(bank: Bank, user: User, session: Secret, between: int, again: int) -> None:
    """A reference is known while fewer than twenty others came after it."""
    bank.submit(recorded(session, user.home, 0))
    for number in range(between):
        bank.submit(recorded(session, user.home, number + 1))
    bank.submit(recorded(session, user.home, 0))
    assert [one.ticket for one in rows(bank, user)].count("TR-0000") == 1 + again
    head = expect(OperationHead, bank.record(OperationHead.at(bank.subject(user))))
    assert len(head.recorded) == min(REMEMBERED, between + 1 + again)


def test_the_same_reference_of_another_person_is_another_operation(bank: Bank, user: User, session: Secret) -> None:
    """What one person did hides nothing that another one does."""
    other = bank.customer()
    bank.submit(recorded(session, user.home))
    bank.submit(recorded(bank.log_in(other).session, other.home))
    assert rows(bank, user)[0].ticket == rows(bank, other)[0].ticket == "TR-0001"


def test_what_people_typed_can_not_hurt_a_reader(bank: Bank, user: User, session: Secret) -> None:
    """Control characters and the like are written as escapes, and a long text is cut."""
    bank.submit(recorded(session, user.home, details={"to": "\x1b[31mred\r\n", "memo": "a" * (DETAIL_LIMIT + 1)}))
    details = rows(bank, user)[0].details
    assert details == (("to", r"\u{001B}[31mred\u{000D}\u{000A}"), ("memo", "a" * (DETAIL_LIMIT - 1) + "…"))


def test_without_a_session_nothing_is_written(bank: Bank, user: User, session: Secret) -> None:
    """Of another browser, idle for too long, logged out: refused, and the chain is as it was."""
    stranger = recorded(session, bank.browser())
    with bank.unchanged():
        refused(bank.submit(stranger), "not-logged-in")
    bank.wait(IDLE)
    refused(bank.submit(recorded(session, user.home)), "not-logged-in")
    session = bank.log_in(user).session
    bank.log_out(user, session)
    with bank.unchanged():
        refused(bank.submit(recorded(session, user.home)), "not-logged-in")
    assert [one.operation for one in rows(bank, user)] == ["register"]


def test_it_costs_two_reads_and_a_commit(bank: Bank, user: User, session: Secret) -> None:
    """The session, the head that it leads to, one row: as much with a long history as with none."""
    for number in range(30):
        bank.submit(recorded(session, user.home, number))
    before = len(bank.recording.trace)
    bank.submit(recorded(session, user.home, 99))
    calls = bank.recording.trace[before:]
    assert [(one.call, one.keys, one.puts, one.appends) for one in calls] == [
        ("load", 1, 0, 0),
        ("load", 1, 0, 0),
        ("commit", 0, 1, 1),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ""},
        {"id": "a b"},
        {"id": "a" * 65},
        {"id": "振込"},
        {"name": ""},
        {"name": "Transfer"},
        {"name": "a" * 65},
        {"details": {"To": "x"}},
        {"details": {"to": 1}},
        {"details": {1: "x"}},
        {"details": [("to", "x")]},
        {"details": {f"d{n}": "x" for n in range(MOST_DETAILS + 1)}},
    ],
)
def test_what_a_program_says_has_its_form(fields: dict[str, Any]) -> None:
    """References and names are the bank's own words: another form is its program's fault."""
    with pytest.raises(MisuseError):
        recorded(Secret("A" * 43), Client("192.0.2.1"), **fields)


def test_the_bounds_themselves_are_allowed(bank: Bank, user: User, session: Secret) -> None:
    """The longest reference and name, as many details as may be; and none at all."""
    details = {f"d{n}": "a" * DETAIL_LIMIT for n in range(MOST_DETAILS)}
    command = recorded(session, user.home, id="!" * 64, name="a" * 64, details=details)
    assert bank.submit(command) == Done(login_id=user.login_id)
    assert rows(bank, user)[0].details == tuple(details.items())
    bank.submit(recorded(session, user.home, details={}))
    assert rows(bank, user)[0].details == ()
