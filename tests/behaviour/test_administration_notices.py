"""The outbox: what is told to whom, written with what it is about, and marked when the mailer took it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest

from okmate_auth.commands import CloseUser, Confirm, MarkSent, Release, ResetPasswords, Suspend
from okmate_auth.errors import MisuseError
from okmate_auth.factors import CONFIRMATION_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.queries import PendingNotices
from okmate_auth.records import Notice
from okmate_auth.replies import NoticesMarked
from tests.behaviour.administration import first_login, registered
from tests.behaviour.bank import DESK, WRONG, Bank, User, refused
from tests.behaviour.conftest import OpenBank
from tests.rounds import rounds
from tests.unchecked import unchecked

LIMIT: Final = Lockout().limit


def pending(bank: Bank) -> tuple[Notice, ...]:
    """Return what is still to be told."""
    return bank.read(PendingNotices())


def taken(bank: Bank) -> None:
    """Mark everything as sent, so that what comes next stands alone."""
    while found := pending(bank):
        assert bank.submit(MarkSent(tuple(one.id for one in found))) == NoticesMarked(count=len(found))


def logged_in(bank: Bank) -> User:
    """Return a customer whose notices so far were all sent."""
    user = bank.customer()
    taken(bank)
    return user


def _login(bank: Bank, user: User) -> None:
    bank.log_in(user)


def _takeover(bank: Bank, user: User) -> None:
    bank.log_in(user)
    taken(bank)
    bank.log_in(user)


def _lock(bank: Bank, user: User) -> None:
    for _ in range(LIMIT):
        bank.guess(user, user.home)


def _confirmation(bank: Bank, user: User) -> None:
    session = bank.log_in(user).session
    taken(bank)
    for _ in range(LIMIT):
        bank.submit(Confirm(session=session, client=user.home, password=WRONG, purpose="transfer"))


def _reset(bank: Bank, user: User) -> None:
    bank.submit(ResetPasswords(login_id=user.login_id, authority=DESK))


def _release(bank: Bank, user: User) -> None:
    bank.submit(Release(login_id=user.login_id, authority=DESK))


def _change(bank: Bank, user: User) -> None:
    _reset(bank, user)
    newcomer = registered(bank, "Hanako02")
    taken(bank)
    bank.change(newcomer, bank.due_change(newcomer))


EVENTS: Final[tuple[tuple[str, Callable[[Bank, User], None], dict[str, str]], ...]] = (
    ("login", _login, {"address": "home"}),
    ("takeover", _takeover, {"address": "home"}),
    ("lock", _lock, {"address": "home"}),
    ("lock", _confirmation, {"factor": CONFIRMATION_PASSWORD, "address": "home"}),
    ("change", _reset, {"reason": "reset"}),
    ("change", _change, {"changed": "login-password confirmation-password"}),
    ("release", _release, {}),
)


@pytest.mark.parametrize(("event", "happen", "details"), EVENTS, ids=[happen.__name__ for _, happen, _ in EVENTS])
def test_what_concerns_a_person_is_told_to_him_once(
    bank: Bank, event: str, happen: Callable[[Bank, User], None], details: dict[str, str]
) -> None:
    """One notice, with whom, what and when, in the very commit that it is about, and without any secret."""
    user = logged_in(bank)
    happen(bank, user)
    (notice,) = pending(bank)
    login_id = "Hanako02" if happen is _change else user.login_id
    assert (notice.event, notice.login_id, notice.bank) == (event, login_id, "")
    assert (notice.subject, notice.written_at, notice.sent_at) == (bank.subject(login_id), bank.clock(), None)
    told = {name: user.home.address if value == "home" else value for name, value in details.items()}
    assert notice.details == tuple(told.items())
    (commit,) = [change for change, _ in bank.recording.commits if notice.key in change.guards]
    assert len(commit.puts) > 1
    assert len(commit.appends) > 0


def test_what_does_not_concern_him_is_not_told(bank: Bank) -> None:
    """A wrong password, a stop, a confirmation: the bank's own ways are not the outbox's matter."""
    user = logged_in(bank)
    bank.guess(user)
    bank.submit(Suspend(login_id=user.login_id, authority=DESK))
    refused(bank.login(user), "rejected")
    assert pending(bank) == ()


def test_a_lock_of_an_id_that_nobody_has_is_told_to_nobody(bank: Bank) -> None:
    """It is written as sent, so that the commit is the same as for a person, and never listed (FL-8)."""
    for _ in range(LIMIT):
        bank.guess("Nobody1", bank.browser())
    assert pending(bank) == ()
    written = [record for change, _ in bank.recording.commits for record in change.puts if isinstance(record, Notice)]
    assert [(one.event, one.login_id, one.sent_at) for one in written] == [("lock", "", bank.clock())]


def test_whoever_left_is_told_nothing_any_more(bank: Bank) -> None:
    """Guesses at an ID whose account was closed lock it like any other, and write no mail to a former customer."""
    user = logged_in(bank)
    bank.submit(CloseUser(login_id=user.login_id, authority=DESK))
    taken(bank)
    for _ in range(LIMIT):
        bank.guess(user, bank.browser())
    assert bank.results(user)[0] == "closed"
    assert pending(bank) == ()


# ---------------------------------------------------------------------------------------------------------- the list


def several(bank: Bank, count: int) -> list[Notice]:
    """Let several notices be written, a second apart; return them in that order."""
    user = logged_in(bank)
    for _ in range(count):
        bank.submit(Release(login_id=user.login_id, authority=DESK))
        bank.wait(timedelta(seconds=1))
    found = list(pending(bank))
    assert len(found) == min(count, 50)
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_the_oldest_come_first(bank: Bank, limit: int) -> None:
    """As many as are asked for."""
    found = several(bank, 3)
    assert [one.written_at for one in found] == sorted(one.written_at for one in found)
    first = bank.read(PendingNotices(limit))
    assert first == tuple(found[:limit])


def test_a_mailer_that_takes_fifty_at_a_time_gets_all_of_them(bank: Bank) -> None:
    """However many there are, each is listed until it is marked, and no longer."""
    several(bank, 52)
    seen: list[str] = []
    while found := pending(bank):
        seen += [one.id for one in found]
        bank.submit(MarkSent(tuple(one.id for one in found)))
    assert len(seen) == len(set(seen)) == 52


@pytest.mark.parametrize("limit", [0, -1, 51, True, 1.0, "1", None])
def test_a_list_is_bounded(limit: object) -> None:
    """1 to 50; anything else is the program's mistake."""
    with pytest.raises(MisuseError, match="limit: 1 to 50"):
        PendingNotices(unchecked(limit))


# ----------------------------------------------------------------------------------------------------------- marking


def test_marking_twice_does_no_harm(bank: Bank) -> None:
    """What was marked already is not counted again and keeps the time of the first; nothing else is written."""
    first, second, third = (one.id for one in several(bank, 3))
    assert bank.submit(MarkSent((first, second, first))) == NoticesMarked(count=2)
    sent_at = bank.clock()
    bank.wait(timedelta(hours=1))
    with bank.unchanged():
        assert bank.submit(MarkSent((first,))) == NoticesMarked(count=0)
    assert bank.submit(MarkSent((second, third))) == NoticesMarked(count=1)
    stored = [bank.record(Notice.at(one)) for one in (first, second, third)]
    assert [one and one.sent_at for one in stored] == [sent_at, sent_at, bank.clock()]
    assert pending(bank) == ()


@pytest.mark.parametrize("unknown", ["", "no-such-notice", "0" * 32])
def test_what_is_no_notice_is_not_marked(bank: Bank, unknown: str) -> None:
    """An id that nothing has is passed over, alone or among others."""
    (notice,) = several(bank, 1)
    with bank.unchanged():
        assert bank.submit(MarkSent((unknown,))) == NoticesMarked(count=0)
    assert bank.submit(MarkSent((unknown, notice.id))) == NoticesMarked(count=1)


@pytest.mark.parametrize("ids", [(), tuple(f"n{number}" for number in range(51)), "abc", b"abc", (1,), None])
def test_marking_is_bounded(ids: object) -> None:
    """1 to 50 ids in one commit; one text is not several ids."""
    with pytest.raises((MisuseError, TypeError)):
        MarkSent(unchecked(ids))


def test_two_mailers_at_once_mark_each_notice_once(open_bank: OpenBank) -> None:
    """Together they count every notice exactly once, so that a mailer knows which ones were his."""
    for _ in range(rounds(2, 40)):
        bank = open_bank()
        ids = tuple(one.id for one in several(bank, 4))
        replies = bank.together(MarkSent(ids), MarkSent(ids[::-1]), MarkSent(ids[:2]))
        assert sum(reply.count for reply in replies if isinstance(reply, NoticesMarked)) == 4
        assert pending(bank) == ()


def test_a_notice_outlives_what_it_tells_of(bank: Bank) -> None:
    """Closing an account takes back nothing that is still to be told."""
    person = first_login(bank, registered(bank, "Hanako01"))
    before = pending(bank)
    assert len(before) == 2
    bank.submit(CloseUser(login_id=person.user.login_id, authority=DESK))
    assert pending(bank) == before
