"""The confirmation password, proven in a session for one purpose."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs
import pytest

from okmate_auth import Authenticated, Busy, Client, Confirm, Refused, Secret
from okmate_auth.commands import Release, RequireChange, Suspend
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.queries import PendingNotices
from okmate_auth.records import LoginRecord
from okmate_auth.replies import Confirmed
from tests.behaviour.bank import CONFIRMATION, DESK, FAST, LOGIN, MICROSECOND, WRONG, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank

FRESH: Final = timedelta(minutes=5)
LOCK: Final = timedelta(minutes=30)


def confirm(
    bank: Bank,
    session: Secret,
    client: Client,
    password: str = CONFIRMATION,
    purpose: str = "transfer",
) -> Confirmed | Refused | Busy:
    """Prove the confirmation password."""
    return bank.submit(Confirm(session=session, client=client, password=password, purpose=purpose))


def confirmed(bank: Bank, session: Secret, client: Client, purpose: str = "transfer") -> bool:
    """Ask the session whether a purpose may be carried out."""
    seen = bank.session(session, client)
    assert seen is not None
    return seen.confirmed(purpose)


def logged_in(bank: Bank) -> tuple[User, Secret]:
    """Return somebody in his session."""
    user = bank.customer()
    return user, bank.log_in(user).session


def lock(bank: Bank, user: User, session: Secret) -> None:
    """Guess until the confirmation password is locked."""
    for _ in range(5):
        refused(confirm(bank, session, user.home, WRONG), "wrong-password")
    refused(confirm(bank, session, user.home, WRONG), "locked")


# -- fresh, for one purpose


@pytest.mark.parametrize(("later", "fresh"), [(-MICROSECOND, True), (timedelta(0), False), (MICROSECOND, False)])
def test_a_confirmation_is_good_for_five_minutes(bank: Bank, later: timedelta, *, fresh: bool) -> None:
    """Up to the last microsecond before the instant that the reply says."""
    user, session = logged_in(bank)
    reply = confirm(bank, session, user.home)
    assert reply == Confirmed(purpose="transfer", until=bank.clock() + FRESH)
    bank.wait(FRESH + later)
    assert confirmed(bank, session, user.home) is fresh


def test_a_confirmation_is_good_for_its_purpose(bank: Bank) -> None:
    """Who confirmed a transfer has confirmed no payroll, and no part or beginning of the name will do."""
    user, session = logged_in(bank)
    confirm(bank, session, user.home, purpose="transfer")
    asked = ("transfer", "payroll", "transfe", "transfer-all", "TRANSFER", "", "*")
    assert [confirmed(bank, session, user.home, purpose) for purpose in asked] == [True] + [False] * 6


def test_a_confirmation_is_good_in_its_session(bank: Bank) -> None:
    """The next login has confirmed nothing yet."""
    user, session = logged_in(bank)
    confirm(bank, session, user.home)
    bank.log_out(user, session)
    assert not confirmed(bank, bank.log_in(user).session, user.home)


def test_a_confirmation_can_be_renewed(bank: Bank) -> None:
    """The later one counts, and there is one entry for a purpose."""
    user, session = logged_in(bank)
    confirm(bank, session, user.home)
    bank.wait(FRESH - MICROSECOND)
    confirm(bank, session, user.home)
    bank.wait(FRESH - MICROSECOND)
    assert confirmed(bank, session, user.home)
    assert len(bank.sessions(user)[0].fresh) == 1


def test_a_session_keeps_eight_purposes(bank: Bank) -> None:
    """A ninth within five minutes puts the oldest away: the list is bounded."""
    user, session = logged_in(bank)
    purposes = [f"purpose-{number}" for number in range(9)]
    for purpose in purposes:
        expect(Confirmed, confirm(bank, session, user.home, purpose=purpose))
    assert [confirmed(bank, session, user.home, purpose) for purpose in purposes] == [False] + [True] * 8


def test_the_login_password_confirms_nothing(bank: Bank) -> None:
    """It is the second secret that is asked, not the first one again."""
    user, session = logged_in(bank)
    refused(confirm(bank, session, user.home, LOGIN), "wrong-password")


# -- guesses


def test_a_wrong_one_is_counted_for_its_own_factor(bank: Bank) -> None:
    """The login password's counter is not concerned; the history says what was judged."""
    user, session = logged_in(bank)
    refused(confirm(bank, session, user.home, WRONG), "wrong-password")
    throttle = bank.throttle(user)
    assert throttle.counter(CONFIRMATION_PASSWORD).known.failures == 1
    assert throttle.counter(LOGIN_PASSWORD).known.failures == 0
    record = expect(LoginRecord, bank.history(user).records[0])
    assert (record.result, record.factor) == ("wrong-password", CONFIRMATION_PASSWORD)


@pytest.mark.parametrize(("guesses", "comes_through"), [(5, True), (6, False), (7, False)])
def test_the_limit_of_guesses_locks_it(bank: Bank, guesses: int, *, comes_through: bool) -> None:
    """After five wrong ones the right one is still taken, after six it is not judged any more."""
    user, session = logged_in(bank)
    for _ in range(guesses):
        confirm(bank, session, user.home, WRONG)
    if comes_through:
        expect(Confirmed, confirm(bank, session, user.home))
    else:
        with bank.unhashed():
            assert confirm(bank, session, user.home) == Refused(code="locked", until=bank.clock() + LOCK)


@pytest.mark.parametrize(("later", "over"), [(-MICROSECOND, False), (timedelta(0), True), (MICROSECOND, True)])
def test_its_lock_ends_at_its_end(bank: Bank, later: timedelta, *, over: bool) -> None:
    """Half an hour later, to the microsecond."""
    user, session = logged_in(bank)
    lock(bank, user, session)
    bank.wait(LOCK + later)
    session = bank.log_in(user).session
    reply = confirm(bank, session, user.home)
    assert isinstance(reply, Confirmed if over else Refused)


def test_its_lock_blocks_no_login(bank: Bank) -> None:
    """Whoever is locked out of transactions can still log in and look, and the session goes on."""
    user, session = logged_in(bank)
    lock(bank, user, session)
    assert bank.session(session, user.home) is not None
    bank.log_out(user, session)
    bank.log_in(user)


def test_a_login_ends_no_failures_of_it(bank: Bank) -> None:
    """Each factor's success is its own: five wrong, a login, one more, locked (FL-6, A07)."""
    user, session = logged_in(bank)
    for _ in range(5):
        confirm(bank, session, user.home, WRONG)
    bank.log_out(user, session)
    session = bank.log_in(user).session
    refused(confirm(bank, session, user.home, WRONG), "locked")
    refused(confirm(bank, session, user.home), "locked")


def test_a_confirmation_ends_no_failures_of_the_login_password(bank: Bank) -> None:
    """Five wrong login passwords elsewhere, a confirmation here, one more there: locked."""
    user, session = logged_in(bank)
    elsewhere = bank.browser()
    for _ in range(5):
        bank.guess(user, elsewhere)
    expect(Confirmed, confirm(bank, session, user.home))
    refused(bank.guess(user, elsewhere), "locked")


def test_a_confirmation_ends_its_own_failures(bank: Bank) -> None:
    """Five wrong, a right one, five wrong: not locked."""
    user, session = logged_in(bank)
    for _ in range(2):
        for _ in range(5):
            refused(confirm(bank, session, user.home, WRONG), "wrong-password")
        expect(Confirmed, confirm(bank, session, user.home))


def test_a_login_password_that_is_locked_blocks_no_confirmation(bank: Bank) -> None:
    """Whoever is in keeps working while somebody guesses at the entrance."""
    user, session = logged_in(bank)
    for _ in range(6):
        bank.guess(user)
    expect(Confirmed, confirm(bank, session, user.home))


def test_a_release_unlocks_it(bank: Bank) -> None:
    """The desk takes away every lock of the entrance."""
    user, session = logged_in(bank)
    lock(bank, user, session)
    bank.submit(Release(login_id=user.login_id, authority=DESK))
    expect(Confirmed, confirm(bank, session, user.home))


def test_its_lock_is_told_to_its_owner(bank: Bank) -> None:
    """One notice, which says which factor."""
    user, session = logged_in(bank)
    lock(bank, user, session)
    (notice,) = [notice for notice in bank.read(PendingNotices()) if notice.event == "lock"]
    assert ("factor", CONFIRMATION_PASSWORD) in notice.details


def test_guesses_at_the_same_moment_share_the_limit(bank: Bank) -> None:
    """Twelve at once: no more than six are judged, and none is taken for another's repeat."""
    user, session = logged_in(bank)
    before = bank.hashes.computed.count("check")
    command = Confirm(session=session, client=user.home, password=WRONG, purpose="transfer")
    replies = bank.together(*[command] * 12)
    assert bank.hashes.computed.count("check") - before == 6
    assert replies.count(Refused(code="wrong-password")) == 5  # the sixth is told the lock that it brought
    refused(confirm(bank, session, user.home), "locked")


# -- where it can't be proven


@pytest.mark.parametrize("reason", ["administrator", "compromise"])
def test_one_that_is_due_is_unusable(bank: Bank, reason: str) -> None:
    """The user is sent to log in again; nothing is judged."""
    user, session = logged_in(bank)
    compromised = reason == "compromise"
    bank.submit(
        RequireChange(
            login_id=user.login_id,
            authority=DESK,
            passwords=(CONFIRMATION_PASSWORD,),
            reason="compromise" if compromised else "administrator",
        )
    )
    with bank.unhashed():
        refused(confirm(bank, session, user.home), "not-logged-in" if compromised else "confirmation-unusable")


def test_a_bank_without_one_confirms_nothing(open_bank: OpenBank) -> None:
    """Where the profile has no confirmation password there is nothing to prove."""
    bank = open_bank(attrs.evolve(FAST, confirmation_password=None))
    user = bank.newcomer(force_change=False)
    session = expect(Authenticated, bank.login(user)).session
    with bank.unhashed():
        refused(confirm(bank, session, user.home), "confirmation-unusable")


def test_whoever_is_stopped_confirms_nothing(bank: Bank) -> None:
    """With the session ended by a suspension, the right password is not judged."""
    user, session = logged_in(bank)
    bank.submit(Suspend(login_id=user.login_id, authority=DESK))
    with bank.unhashed():
        refused(confirm(bank, session, user.home), "not-logged-in")


@pytest.mark.parametrize("purpose", ["", "Transfer", "a b", "-a", "a-", "a" * 65, "振込", "a\n", "a_b"])
def test_a_purpose_has_a_form(bank: Bank, purpose: str) -> None:
    """Lower-case words joined by hyphens, at most 64 characters; anything else is refused before it is read."""
    user, session = logged_in(bank)
    with bank.unchanged(), bank.unhashed():
        reply = refused(confirm(bank, session, user.home, purpose=purpose), "malformed")
    assert [violation.field for violation in reply.violations] == ["purpose"]


@pytest.mark.parametrize("purpose", ["a", "a" * 64, "0", "end-of-month-2"])
def test_a_purpose_of_that_form_is_taken(bank: Bank, purpose: str) -> None:
    """One character, sixty-four, digits, hyphens inside."""
    user, session = logged_in(bank)
    confirm(bank, session, user.home, purpose=purpose)
    assert confirmed(bank, session, user.home, purpose)


@pytest.mark.parametrize("password", ["", "a" * 1025])
def test_what_can_be_no_password_is_malformed(bank: Bank, password: str) -> None:
    """Refused by form, not judged, not counted."""
    user, session = logged_in(bank)
    before = bank.throttle(user)
    with bank.unchanged(), bank.unhashed():
        reply = refused(confirm(bank, session, user.home, password), "malformed")
    assert [violation.field for violation in reply.violations] == ["confirmation_password"]
    assert bank.throttle(user) == before
