"""Token enrollment (the procedure's manual, step 4): who is offered it, what it takes, what putting it off leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from okmate_auth import Authenticated, EnrollToken, SkipEnrollment
from okmate_auth.commands import (
    ChangeEntitlements,
    CloseUser,
    RegisterCompany,
    RequireChange,
    RetireToken,
    RevokeToken,
    SuspendToken,
)
from okmate_auth.queries import PendingNotices
from okmate_auth.records import encode
from okmate_auth.replies import CodeDue, CompanyRegistered, EnrollmentDue, PasswordChangeDue
from okmate_auth.testing import VirtualToken
from okmate_auth.tokens import Parameters
from tests.behaviour.bank import COMPANY, DESK, LOGIN, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.tokens import (
    GUARDED,
    HOTP,
    STEP,
    TOKENS,
    TOTP,
    asking,
    at_enrollment,
    dispatched,
    enroll,
    enter,
    entitled,
    holder,
    next_code,
    shown_wrong,
    stocked,
    stored,
    throttle,
    virtual,
)

RULES = TOKENS.lockout_of("code")


def attempt(bank: Bank, user: User, serial: str, code: str, due: EnrollmentDue) -> object:
    """Try to enroll."""
    return bank.submit(EnrollToken(handle=due.handle, client=user.home, serial=serial, code=code))


def skip(bank: Bank, user: User) -> Authenticated:
    """Log in and put enrollment off."""
    due = at_enrollment(bank, user)
    return expect(Authenticated, bank.submit(SkipEnrollment(handle=due.handle, client=user.home)))


# ---------------------------------------------------------------------------------------------------- who, and when


def test_it_is_offered_to_whom_a_service_needs_a_token(open_bank: OpenBank) -> None:
    """Somebody without such a service never sees the screen; with one he does, and may skip it."""
    bank = open_bank(TOKENS)
    bank.log_in(bank.customer(entitlements=("inquiry",)))
    due = at_enrollment(bank, entitled(bank))
    assert (due.may_skip, due.grace_until) == (True, None)


def test_it_comes_after_a_forced_change_that_is_due(open_bank: OpenBank) -> None:
    """The seed's order: change, its result, then enrollment."""
    bank = open_bank(TOKENS)
    user = entitled(bank)
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    expect(PasswordChangeDue, bank.login(user))


def test_where_a_code_is_demanded_it_comes_first_and_is_not_skipped(open_bank: OpenBank) -> None:
    """Under ``always`` it proves a factor: before any change, for whoever, and there is no way round it (A27)."""
    bank = open_bank(asking("always"))
    user, token = bank.newcomer(entitlements=()), dispatched(bank)
    due = at_enrollment(bank, user)
    assert not due.may_skip
    reply = refused(bank.submit(SkipEnrollment(handle=due.handle, client=user.home)), "may-not-skip")
    assert expect(EnrollmentDue, reply.at).handle == due.handle
    expect(PasswordChangeDue, attempt(bank, user, token.serial, token.code(), due))


def test_skipped_it_comes_again_at_the_next_login(open_bank: OpenBank) -> None:
    """Putting it off holds for one login; the session says so, and what needs a token is closed in it."""
    bank = open_bank(TOKENS)
    user = entitled(bank)
    for _ in range(2):
        reply = skip(bank, user)
        assert (reply.enrollment_skipped, reply.factors) == (True, ("login-password",))
        session = bank.session(reply.session, user.home)
        assert session is not None
        assert (session.entitlements, session.guarded, session.grace_until) == (("inquiry",), (GUARDED,), None)
        bank.log_out(user, reply.session)


def test_with_a_token_nothing_is_closed(open_bank: OpenBank) -> None:
    """Who enrolled a token has every service he is entitled to."""
    bank = open_bank(TOKENS)
    user = entitled(bank)
    session = bank.session(enroll(bank, user, dispatched(bank)).session, user.home)
    assert session is not None
    assert (session.entitlements, session.guarded) == ((GUARDED, "inquiry"), ())


@pytest.mark.parametrize(("before_the_end", "is_open"), [(timedelta(microseconds=1), True), (timedelta(0), False)])
def test_the_grace_runs_from_the_first_skip(open_bank: OpenBank, before_the_end: timedelta, *, is_open: bool) -> None:
    """Within the grace services stay open without a token, until its very end, however often one skips."""
    days = timedelta(days=30)
    bank = open_bank(attrs.evolve(TOKENS, tokens=attrs.evolve(TOKENS.tokens, grace=days)))
    user = entitled(bank)
    began = bank.clock()
    assert at_enrollment(bank, user).grace_until == began + days
    bank.log_out(user, skip(bank, user).session)
    bank.wait(days - timedelta(minutes=5))
    reply = skip(bank, user)
    bank.wait(timedelta(minutes=5) - before_the_end)
    session = bank.session(reply.session, user.home)
    assert session is not None
    assert (GUARDED in session.entitlements) == is_open
    assert session.guarded == (GUARDED,)
    assert session.grace_until == (began + days if is_open else None)


def test_the_grace_never_comes_back_after_an_enrollment(open_bank: OpenBank) -> None:
    """A revoked token opens no grace: without a token what needs one is closed at once."""
    bank = open_bank(attrs.evolve(TOKENS, tokens=attrs.evolve(TOKENS.tokens, grace=timedelta(days=30))))
    user = holder(bank, dispatched(bank))
    bank.submit(RevokeToken(login_id=user.login_id, authority=DESK))
    session = bank.session(bank.log_in(user).session, user.home)
    assert session is not None
    assert session.entitlements == ("inquiry",)


def test_what_is_taken_away_during_the_grace_is_gone(open_bank: OpenBank) -> None:
    """A service that is taken away is neither open nor listed as waiting for a token."""
    bank = open_bank(TOKENS)
    user = entitled(bank)
    reply = skip(bank, user)
    bank.submit(ChangeEntitlements(login_id=user.login_id, remove=(GUARDED,), authority=DESK))
    session = bank.session(reply.session, user.home)
    assert session is not None
    assert (session.entitlements, session.guarded) == (("inquiry",), ())


# -------------------------------------------------------------------------------------------------------- enrolling


@pytest.mark.parametrize("parameters", [TOTP, HOTP], ids=["totp", "hotp"])
def test_serial_and_code_bind_the_token_and_prove_the_factor(open_bank: OpenBank, parameters: Parameters) -> None:
    """The login ends with both factors; token and account name each other; the owner is told."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, parameters=parameters)
    user = entitled(bank)
    reply = enroll(bank, user, token)
    assert reply.factors == ("login-password", "code")
    record, account = stored(bank, token), bank.account(user)
    assert (record.state, record.holders) == ("enrolled", (account.subject,))
    assert account.token is not None
    assert account.token.serial == record.serial
    told = [notice.event for notice in bank.read(PendingNotices()) if notice.login_id == user.login_id]
    assert sorted(told) == ["change", "enrollment", "login"]
    assert "enrolled" in bank.results(user)


@pytest.mark.parametrize("typed", ["tk-0001-77", "TK 0001 77", "Tk000177", " tk-000177 "])
def test_the_serial_may_be_typed_as_printed_or_not(open_bank: OpenBank, typed: str) -> None:
    """Case, hyphens and spaces are for the eye."""
    bank = open_bank(TOKENS)
    token = dispatched(bank, "TK-000177")
    user = entitled(bank)
    expect(Authenticated, attempt(bank, user, typed, token.code(), at_enrollment(bank, user)))


@pytest.mark.parametrize("off", [-11, -10, 0, 10, 11])
def test_the_window_of_the_enrollment_is_wider(open_bank: OpenBank, off: int) -> None:
    """A token whose clock is up to ten steps off enrolls, and its next codes are right from then on."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    token.drift = off * STEP
    user = entitled(bank)
    due = at_enrollment(bank, user)
    reply = attempt(bank, user, token.serial, token.code(), due)
    if abs(off) > TOKENS.tokens.windows.enrollment:
        refused(reply, "wrong-token")
        return
    bank.log_out(user, expect(Authenticated, reply).session)
    next_code(bank, token)
    expect(Authenticated, enter(bank, user, token.code()))


def nobody_s(bank: Bank) -> VirtualToken:
    """Return a token that was never delivered."""
    return virtual(bank)


def foreign(bank: Bank) -> VirtualToken:
    """Return another company's token."""
    expect(CompanyRegistered, bank.submit(RegisterCompany(company="C002", name="別会社", authority=DESK)))
    return dispatched(bank, company="C002")


def in_stock(bank: Bank) -> VirtualToken:
    """Return a token that was sent to nobody yet."""
    stocked(bank, token := virtual(bank))
    return token


def look_alike(bank: Bank) -> VirtualToken:
    """Return a token under a number that only looks like its own."""
    token = dispatched(bank, "TK-100100")
    return VirtualToken("TK-IO0100", token.seed, token.parameters, bank.clock)


def retired(bank: Bank) -> VirtualToken:
    """Return a token that the desk took out of use."""
    token = dispatched(bank)
    bank.submit(RetireToken(serial=token.serial, authority=DESK))
    return token


def somebody_s(bank: Bank, then: type[RevokeToken | SuspendToken] | None = None) -> VirtualToken:
    """Return a token that somebody enrolled, and what may have happened to it since."""
    token = dispatched(bank)
    user = holder(bank, token)
    if then is not None:
        bank.submit(then(login_id=user.login_id, authority=DESK))
    return token


WRONG_TOKENS: dict[str, Callable[[Bank], VirtualToken]] = {
    "unknown-token": nobody_s,
    "look-alike": look_alike,
    "foreign-token": foreign,
    "stock-token": in_stock,
    "retired-token": retired,
    "revoked-token": lambda bank: somebody_s(bank, RevokeToken),
    "taken-token": somebody_s,
    "suspended-token": lambda bank: somebody_s(bank, SuspendToken),
    "ended-token": lambda bank: dispatched(bank, ends_at=bank.clock()),
    "wrong-code": dispatched,
    "drifted-code": dispatched,
}
"""Tokens that somebody can't enroll, or not by what he enters, by the reason that the history keeps."""


@pytest.mark.parametrize("which", WRONG_TOKENS)
def test_there_is_one_answer_for_every_wrong_token(open_bank: OpenBank, which: str) -> None:
    """Unknown, foreign, taken, revoked, look-alike, or a wrong code: one reply, one count; the reason is kept (A73)."""
    bank = open_bank(TOKENS)
    user, token = entitled(bank), WRONG_TOKENS[which](bank)
    code = shown_wrong(bank, token) if which == "wrong-code" else token.code()
    if which == "drifted-code":
        bank.wait(20 * STEP)
    reply = refused(attempt(bank, user, token.serial, code, at_enrollment(bank, user)), "wrong-token")
    assert (reply.until, reply.violations) == (None, ())
    expect(EnrollmentDue, reply.at)
    assert bank.results(user)[0] == which.replace("look-alike", "unknown-token")
    assert bank.account(user).token is None
    assert bank.throttle(user).counter("code").others.failures == 1


def test_typing_somebody_s_number_does_not_lock_his_token(open_bank: OpenBank) -> None:
    """Guesses at a number that is none of one's own never count against its holder (A50)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    victim, attacker = holder(bank, token), entitled(bank)
    due = at_enrollment(bank, attacker)
    for number in range(1, RULES.limit + 1):
        reply = attempt(bank, attacker, token.serial, "000000", due)
        due = expect(EnrollmentDue, refused(reply, "wrong-token" if number < RULES.limit else "token-locked").at)
    refused(attempt(bank, attacker, token.serial, token.code(), due), "token-locked")
    expect(Authenticated, enter(bank, victim, token.code()))


def test_guesses_at_one_number_over_several_people_are_limited(open_bank: OpenBank) -> None:
    """However many people of the company guess at a token nobody has, no more than the limit is judged (A05, A06)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    people = [entitled(bank) for _ in range(3)]
    dues = {user.login_id: at_enrollment(bank, user) for user in people}
    judged = 0
    for turn in range(RULES.limit + 2):
        user = people[turn % 3]
        reply = refused(
            attempt(bank, user, token.serial, shown_wrong(bank, token), dues[user.login_id]),
            "wrong-token" if turn < RULES.limit - 1 else "token-locked",
        )
        dues[user.login_id] = expect(EnrollmentDue, reply.at)
        judged += bank.results(user)[0] == "wrong-code"
    found = throttle(bank, token.serial)
    assert found is not None
    assert (judged, found.counter("code").others.total) == (RULES.limit, RULES.limit)


def test_two_people_can_not_have_one_token(open_bank: OpenBank) -> None:
    """At the same moment with the same right code: one has it, the other is told it is no token for him (A74)."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    people = [entitled(bank), entitled(bank)]
    commands = [
        EnrollToken(handle=at_enrollment(bank, user).handle, client=user.home, serial=token.serial, code=token.code())
        for user in people
    ]
    replies = bank.together(*commands)
    assert sorted(type(reply).__name__ for reply in replies) == ["Authenticated", "Refused"]
    assert len(stored(bank, token).holders) == 1


def test_a_shared_token_has_as_many_holders_as_the_profile_allows(open_bank: OpenBank) -> None:
    """A shared token is enrolled by one after the other, each with a code of his own, up to the limit."""
    bank = open_bank(attrs.evolve(TOKENS, tokens=attrs.evolve(TOKENS.tokens, holders=2)))
    token = dispatched(bank, shared=True)
    one, other, third = holder(bank, token), holder(bank, token), entitled(bank)
    refused(attempt(bank, third, token.serial, token.code(), at_enrollment(bank, third)), "wrong-token")
    bank.log_out(one, expect(Authenticated, enter(bank, one, token.code())).session)
    refused(enter(bank, other, token.code()), "wrong-code")  # used-code memory is the token's, not the person's
    next_code(bank, token)
    expect(Authenticated, enter(bank, other, token.code()))


def test_one_person_can_not_bind_two(open_bank: OpenBank) -> None:
    """Two flows of one person, two tokens, at the same moment: one is bound, the other flow has to prove it (A74)."""
    bank = open_bank(TOKENS)
    user, tokens = entitled(bank), [dispatched(bank), dispatched(bank)]
    commands = [
        EnrollToken(handle=at_enrollment(bank, user).handle, client=user.home, serial=token.serial, code=token.code())
        for token in tokens
    ]
    replies = bank.together(*commands)
    assert len([reply for reply in replies if isinstance(reply, Authenticated)]) == 1
    assert sorted(stored(bank, token).state for token in tokens) == ["dispatched", "enrolled"]
    assert len(bank.account(user).tokens) == 1


def test_enrolled_elsewhere_meanwhile_the_code_is_due_instead(open_bank: OpenBank) -> None:
    """A flow at enrollment, overtaken by another flow's enrollment, must prove the code: the stricter counts (A28)."""
    bank = open_bank(TOKENS)
    user, token = entitled(bank), dispatched(bank)
    late = at_enrollment(bank, user)
    bank.log_out(user, enroll(bank, user, token).session)
    reply = refused(bank.submit(SkipEnrollment(handle=late.handle, client=user.home)), "wrong-step")
    expect(CodeDue, reply.at)


# ------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("serial", "code", "fields"),
    [
        ("", "", ["serial", "code"]),
        ("ＴＫ０００１", "123456", ["serial"]),
        ("T", "123456", ["serial"]),
        ("TK/000177", "123456", ["serial"]),
        ("TK-000177\x00", "123456", ["serial"]),
        ("x" * 10_000_000, "123456", ["serial"]),
        ("TK-000177", "12345", ["code"]),
        ("TK-000177", "１２３４５６", ["code"]),
        ("TK-000177", "123456789", ["code"]),
        ("\ud800TK000177", "\ud800", ["serial", "code"]),
    ],
)
def test_malformed_input_is_refused_with_everything_that_is_wrong(
    open_bank: OpenBank, serial: str, code: str, fields: list[str]
) -> None:
    """Nothing is judged, counted or spent; each field that is wrong is named once."""
    bank = open_bank(TOKENS)
    user = entitled(bank)
    due = at_enrollment(bank, user)
    with bank.unchanged():
        reply = refused(attempt(bank, user, serial, code, due), "malformed")
    assert [violation.field for violation in reply.violations] == fields
    assert expect(EnrollmentDue, reply.at).handle == due.handle


def test_a_closed_account_leaves_its_token_to_nobody(open_bank: OpenBank) -> None:
    """Whoever left may still have the token: it is revoked with his account."""
    bank = open_bank(TOKENS)
    token = dispatched(bank)
    user, colleague = holder(bank, token), entitled(bank)
    bank.submit(CloseUser(login_id=user.login_id, authority=DESK))
    assert (stored(bank, token).state, stored(bank, token).holders) == ("revoked", ())
    refused(attempt(bank, colleague, token.serial, token.code(), at_enrollment(bank, colleague)), "wrong-token")
    assert stored(bank, token).company == COMPANY


def test_what_is_typed_for_a_serial_number_is_stored_nowhere(open_bank: OpenBank) -> None:
    """People type their password into any field: of a number that nobody has the store keeps a keyed hash."""
    bank = open_bank(TOKENS)
    user = entitled(bank)
    refused(attempt(bank, user, LOGIN, "123456", at_enrollment(bank, user)), "wrong-token")
    stored_texts = [encode(record) for change, _ in bank.recording.commits for record in change.puts]
    keys = [key.id for change, _ in bank.recording.commits for key in change.guards]
    assert not [text for text in stored_texts if LOGIN.upper().encode() in text.upper()]
    assert not [key for key in keys if LOGIN.upper() in key.upper()]
