"""What an authority does about a person's token: revoke, reinitialize, suspend, release; and who may do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from okmate_auth import Authenticated, EnrollToken, EnterCode, SkipEnrollment
from okmate_auth.commands import (
    BySession,
    ReinitializeToken,
    Release,
    ReleaseToken,
    ResetPasswords,
    RevokeToken,
    Suspend,
    SuspendToken,
)
from okmate_auth.commands.administration import OnAccount
from okmate_auth.queries import PendingNotices
from okmate_auth.records import OperationRecord
from okmate_auth.replies import CodeDue, Done, EnrollmentDue, PasswordChangeDue, PasswordsReset, Refused
from tests.behaviour.bank import DESK, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.tokens import (
    TOKENS,
    at_code,
    at_enrollment,
    dispatched,
    enroll,
    enter,
    entitled,
    holder,
    next_code,
    shown_wrong,
    stored,
    throttle,
)

ALL = (RevokeToken, ReinitializeToken, SuspendToken, ReleaseToken)
WAIT = TOKENS.tokens.wait_after_revocation
LIMIT = TOKENS.lockout_of("code").limit


def by_administrator(bank: Bank, person: User | None = None) -> BySession:
    """Return the authority of an administrator of the company, in a session of his."""
    person = person or bank.customer(role="administrator")
    return BySession(
        session=bank.log_in(person).session,
        confirmation_password=person.confirmation_password,
        client=person.home,
    )


# ------------------------------------------------------------------------------------------------------ revoking


def test_a_revoked_token_is_never_anybody_s_again(open_bank: OpenBank) -> None:
    """It can't be enrolled again, not by its holder and not by others, however long one waits (A75)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user, other = holder(bank, token), entitled(bank)
    expect(Done, bank.submit(RevokeToken(login_id=user.login_id, authority=DESK)))
    assert (stored(bank, token).state, bank.account(user).tokens) == ("revoked", ())
    bank.wait(WAIT)
    for person in (user, other):
        due = at_enrollment(bank, person)
        command = EnrollToken(handle=due.handle, client=person.home, serial=token.serial, code=token.code())
        refused(bank.submit(command), "wrong-token")


@pytest.mark.parametrize(("after", "offered"), [(WAIT - timedelta(microseconds=1), False), (WAIT, True)])
def test_the_next_enrollment_waits(open_bank: OpenBank, after: timedelta, *, offered: bool) -> None:
    """Until the wait is over, to its very end, there is no registration screen; then there is."""
    bank = open_bank(TOKENS)
    user = holder(bank, dispatched(bank))
    bank.submit(RevokeToken(login_id=user.login_id, authority=DESK))
    bank.wait(after)
    reply = bank.login(user)
    assert isinstance(reply, EnrollmentDue) == offered
    if not offered:
        session = bank.session(expect(Authenticated, reply).session, user.home)
        assert session is not None
        assert session.entitlements == ("inquiry",)  # what needs a token is closed meanwhile


def test_the_wait_may_be_none(open_bank: OpenBank) -> None:
    """A bank that wants no wait has none."""
    bank = open_bank(attrs.evolve(TOKENS, tokens=attrs.evolve(TOKENS.tokens, wait_after_revocation=timedelta(0))))
    user = holder(bank, dispatched(bank))
    bank.submit(RevokeToken(login_id=user.login_id, authority=DESK))
    at_enrollment(bank, user)


def test_a_revocation_ends_what_is_under_way(open_bank: OpenBank) -> None:
    """Sessions and logins of the person end with his token (A31, OTP-13); he is told."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    session = expect(Authenticated, enter(bank, user, token.code())).session
    next_code(bank, token)
    due = at_code(bank, user)
    bank.submit(RevokeToken(login_id=user.login_id, authority=DESK))
    assert bank.session(session, user.home) is None
    refused(bank.submit(EnterCode(handle=due.handle, client=user.home, code=token.code())), "stale")
    assert "revocation" in [one.event for one in bank.read(PendingNotices()) if one.login_id == user.login_id]


def test_of_a_shared_token_only_one_is_detached(open_bank: OpenBank) -> None:
    """The others go on with it, and whoever was detached may enroll it again after the wait; the last one ends it."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, shared=True)
    one, other = holder(bank, token), holder(bank, token)
    bank.submit(RevokeToken(login_id=one.login_id, authority=DESK))
    assert (stored(bank, token).state, stored(bank, token).holders) == ("enrolled", (bank.subject(other),))
    expect(Authenticated, enter(bank, other, token.code()))
    bank.wait(WAIT)
    bank.log_out(one, enroll(bank, one, token).session)
    for person in (one, other):
        bank.submit(RevokeToken(login_id=person.login_id, authority=DESK))
    assert (stored(bank, token).state, stored(bank, token).holders) == ("revoked", ())


# ------------------------------------------------------------------------------------------------- reinitializing


def test_a_reinitialized_token_may_be_enrolled_at_once(open_bank: OpenBank) -> None:
    """The person sees the screen at his next login, and the same token is his again; its counter did not move back."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    before = stored(bank, token).next_counter
    expect(Done, bank.submit(ReinitializeToken(login_id=user.login_id, authority=DESK)))
    assert stored(bank, token).state == "dispatched"
    assert stored(bank, token).next_counter == before
    enroll(bank, user, token)


def test_a_code_from_before_the_reinitialization_enrolls_nothing(open_bank: OpenBank) -> None:
    """A used code stays used, whatever was done to the token since (A02)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    code = token.code()
    bank.log_out(user, expect(Authenticated, enter(bank, user, code)).session)
    bank.submit(ReinitializeToken(login_id=user.login_id, authority=DESK))
    due = at_enrollment(bank, user)
    refused(
        bank.submit(EnrollToken(handle=due.handle, client=user.home, serial=token.serial, code=code)), "wrong-token"
    )


def test_failures_outlive_a_reinitialization(open_bank: OpenBank) -> None:
    """Whoever guesses gains no guess by another enrollment: token and person stay counted (A07)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    refused(enter(bank, user, shown_wrong(bank, token)), "wrong-code")
    bank.submit(ReinitializeToken(login_id=user.login_id, authority=DESK))
    assert bank.throttle(user).counter("code").known.failures == 1
    found = throttle(bank, token.serial)
    assert found is not None
    assert found.counter("code").known.failures == 1


# --------------------------------------------------------------------------------------- suspending and releasing


def test_a_suspended_token_is_released(open_bank: OpenBank) -> None:
    """Suspended its codes are refused, for everybody who shares it; released they open again."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, shared=True)
    one, other = holder(bank, token), holder(bank, token)
    bank.submit(SuspendToken(login_id=one.login_id, authority=DESK))
    for person in (one, other):
        refused(enter(bank, person, token.code()), "token-locked")
    bank.submit(ReleaseToken(login_id=other.login_id, authority=DESK))
    expect(Authenticated, enter(bank, one, token.code()))


def test_one_may_suspend_one_s_own_token(open_bank: OpenBank) -> None:
    """Who lost sight of his token stops it himself; he can't release it."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = bank.customer(role="administrator", entitlements=("transfer",))
    bank.log_out(user, enroll(bank, user, token).session)
    next_code(bank, token)
    session = expect(Authenticated, enter(bank, user, token.code())).session
    mine = BySession(session=session, confirmation_password=user.confirmation_password, client=user.home)
    expect(Done, bank.submit(SuspendToken(login_id=user.login_id, authority=mine)))
    refused(bank.submit(ReleaseToken(login_id=user.login_id, authority=mine)), "not-oneself")


def test_who_shares_a_token_does_not_release_it(open_bank: OpenBank) -> None:
    """An administrator who holds the same token is as good as the person himself."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, shared=True)
    administrator = bank.customer(role="administrator", entitlements=("transfer",))
    bank.log_out(administrator, enroll(bank, administrator, token).session)
    next_code(bank, token)
    user = holder(bank, token)
    session = expect(Authenticated, enter(bank, administrator, token.code())).session
    authority = BySession(
        session=session, confirmation_password=administrator.confirmation_password, client=administrator.home
    )
    expect(Done, bank.submit(SuspendToken(login_id=user.login_id, authority=authority)))
    refused(bank.submit(ReleaseToken(login_id=user.login_id, authority=authority)), "not-oneself")
    other = by_administrator(bank)
    expect(Done, bank.submit(ReleaseToken(login_id=user.login_id, authority=other)))


def test_a_reset_of_the_passwords_wins_no_guess_at_codes(open_bank: OpenBank) -> None:
    """Passwords' locks go with a reset; what was guessed at codes stays counted (A07)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    refused(enter(bank, user, shown_wrong(bank, token)), "wrong-code")
    bank.guess(user)
    bank.submit(ResetPasswords(login_id=user.login_id, authority=DESK))
    throttles = bank.throttle(user)
    assert throttles.counter("code").known.failures == 1
    assert throttles.counter("login-password").known.failures == 0


def test_what_the_desk_suspended_the_desk_releases(open_bank: OpenBank) -> None:
    """An administrator neither releases the desk's stop, nor makes it his own by suspending once more."""
    bank = open_bank(TOKENS)
    user = holder(bank, dispatched(bank))
    authority = by_administrator(bank)
    bank.submit(SuspendToken(login_id=user.login_id, authority=DESK))
    expect(Done, bank.submit(SuspendToken(login_id=user.login_id, authority=authority)))
    refused(bank.submit(ReleaseToken(login_id=user.login_id, authority=authority)), "not-allowed")
    expect(Done, bank.submit(ReleaseToken(login_id=user.login_id, authority=DESK)))


def locked_out(bank: Bank) -> tuple[User, Callable[[], object]]:
    """Return somebody whose codes are locked for good, and a way to see whether they are."""
    token = dispatched(bank)
    user = holder(bank, token)
    due = at_code(bank, user)
    for _ in range(TOKENS.lockout_of("code").full_after):
        for _ in range(LIMIT):
            command = EnterCode(handle=due.handle, client=user.home, code=shown_wrong(bank, token))
            due = expect(CodeDue, expect(Refused, bank.submit(command)).at)
        bank.wait(TOKENS.lockout_of("code").temporary)
        due = at_code(bank, user)
    next_code(bank, token)
    return user, lambda: enter(bank, user, token.code())


def test_a_full_lock_of_codes_is_released(open_bank: OpenBank) -> None:
    """After three temporary locks codes are locked until somebody releases them; login itself is not."""
    bank = open_bank(TOKENS)
    user, look = locked_out(bank)
    assert refused(look(), "token-locked").until is None
    expect(Done, bank.submit(ReleaseToken(login_id=user.login_id, authority=by_administrator(bank))))
    expect(Authenticated, look())


def test_releasing_the_person_releases_his_codes_and_not_the_token(open_bank: OpenBank) -> None:
    """``Release`` is about the person's own locks; a token's own stands until it is released."""
    bank = open_bank(TOKENS)
    user, look = locked_out(bank)
    bank.submit(Release(login_id=user.login_id, authority=DESK))
    refused(look(), "token-locked")
    bank.submit(ReleaseToken(login_id=user.login_id, authority=DESK))
    expect(Authenticated, look())


def test_a_number_that_was_guessed_at_is_released_by_name(open_bank: OpenBank) -> None:
    """Who mistyped at enrollment until it locked is helped with the number he typed, whether it exists or not."""
    bank = open_bank(TOKENS)
    token, user = dispatched(bank), entitled(bank)
    due = at_enrollment(bank, user)
    for _ in range(LIMIT):
        command = EnrollToken(handle=due.handle, client=user.home, serial=token.serial, code=shown_wrong(bank, token))
        due = expect(EnrollmentDue, expect(Refused, bank.submit(command)).at)
    release = ReleaseToken(login_id=user.login_id, serial=token.serial.lower(), authority=DESK)
    expect(Done, bank.submit(attrs.evolve(release, serial="")))
    command = EnrollToken(handle=due.handle, client=user.home, serial=token.serial, code=token.code())
    refused(bank.submit(command), "token-locked")  # the number's own lock stands
    expect(Done, bank.submit(release))
    expect(Authenticated, bank.submit(command))


@pytest.mark.parametrize("serial", ["TK/1", "ＴＫ０００１", "T"])
def test_a_malformed_number_releases_nothing(open_bank: OpenBank, serial: str) -> None:
    """What is no serial number is refused."""
    bank = open_bank(TOKENS)
    user = holder(bank, dispatched(bank))
    with bank.unchanged():
        refused(bank.submit(ReleaseToken(login_id=user.login_id, serial=serial, authority=DESK)), "malformed")


# -------------------------------------------------------------------------------------------------------- for all


@pytest.mark.parametrize("command", [RevokeToken, ReinitializeToken, SuspendToken])
def test_without_a_token_there_is_nothing_to_do(open_bank: OpenBank, command: type[OnAccount[object]]) -> None:
    """Who has no token has none to revoke, reinitialize or suspend."""
    bank = open_bank(TOKENS)
    user = entitled(bank)
    with bank.unchanged():
        refused(bank.submit(command(login_id=user.login_id, authority=DESK)), "no-token")


@pytest.mark.parametrize("command", ALL)
def test_every_deed_is_written_down(open_bank: OpenBank, command: type[OnAccount[object]]) -> None:
    """Who did it, by which ticket, stands in the operations of the person it was done to."""
    bank = open_bank(TOKENS)
    user = holder(bank, dispatched(bank))
    expect(Done, bank.submit(command(login_id=user.login_id, authority=DESK)))
    row = expect(OperationRecord, bank.history(user, "operations").records[0])
    assert (row.operation, row.actor, row.ticket) == (command.operation, "desk:teller-7", "T-1")


@pytest.mark.parametrize("command", [RevokeToken, ReinitializeToken, ReleaseToken])
def test_nobody_does_it_to_himself(open_bank: OpenBank, command: type[OnAccount[object]]) -> None:
    """A session is not enough to get rid of one's own factor (A30, OTP-14)."""
    bank = open_bank(TOKENS)
    administrator = bank.customer(role="administrator")
    authority = by_administrator(bank, administrator)
    refused(bank.submit(command(login_id=administrator.login_id, authority=authority)), "not-oneself")


@pytest.mark.parametrize(
    ("service", "grace", "allowed"),
    [("administration", 0, False), ("administration", 30, True), ("transfer", 0, True)],
)
def test_administration_may_need_a_token_of_its_own(
    open_bank: OpenBank,
    service: str,
    grace: int,
    *,
    allowed: bool,
) -> None:
    """Where a bank guards administration, who put enrollment off administers nothing, unless the grace runs."""
    policy = attrs.evolve(TOKENS.tokens, grace=timedelta(days=grace))
    bank = open_bank(attrs.evolve(TOKENS, token_services=frozenset({service}), tokens=policy))
    administrator = bank.customer(role="administrator", entitlements=(service,))
    other = bank.customer()
    due = at_enrollment(bank, administrator)
    reply = bank.submit(SkipEnrollment(handle=due.handle, client=administrator.home))
    authority = BySession(
        session=expect(Authenticated, reply).session,
        confirmation_password=administrator.confirmation_password,
        client=administrator.home,
    )
    done = bank.submit(Suspend(login_id=other.login_id, authority=authority))
    if allowed:
        expect(Done, done)
    else:
        refused(done, "needs-token")


def test_a_reset_of_the_passwords_leaves_the_token(open_bank: OpenBank) -> None:
    """Who forgot his passwords still needs his token (ASVS 6.4.3, PW-10)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user = holder(bank, token)
    reset = expect(PasswordsReset, bank.submit(ResetPasswords(login_id=user.login_id, authority=DESK)))
    user = attrs.evolve(user, login_password=reset.initial_password.reveal())
    due = at_code(bank, user)
    expect(PasswordChangeDue, bank.submit(EnterCode(handle=due.handle, client=user.home, code=token.code())))
