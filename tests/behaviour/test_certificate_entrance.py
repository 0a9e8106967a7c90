"""The certificate method's entrance (the procedure's manual, 1-1): what is told to whom, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from okmate_auth import (
    Abandon,
    Authenticated,
    Busy,
    EnterPassword,
    PasswordChangeDue,
    PasswordDue,
    PresentCertificate,
    Refused,
    SkipEnrollment,
)
from okmate_auth.certificates import CertificateChain, Unreadable, presented
from okmate_auth.commands import CloseUser, RequireChange, RevokeCertificate, Suspend
from okmate_auth.factors import CERTIFICATE, LOGIN_PASSWORD
from okmate_auth.records import Certificate, Place
from okmate_auth.replies import Abandoned, Step
from okmate_auth.violations import Violation
from tests.behaviour.bank import DESK, FAST, LOGIN, MICROSECOND, WRONG, Bank, but, expect, refused
from tests.behaviour.certificates import (
    at_the_password,
    chain_of,
    holder,
    log_in,
    login,
    newcomer,
    present,
    register,
    showing,
    stored,
)
from tests.certificates import openssl

FULL_LOCK = FAST.lockout_of(LOGIN_PASSWORD).limit


# -- the way through


def test_certificate_and_password_open_the_top_page(bank: Bank) -> None:
    """The step names whose certificate it is; what was proven is both, and it can't be passed on to another site."""
    user = holder(bank)
    step = at_the_password(bank, user)
    assert step.login_id == user.login_id
    reply = expect(
        Authenticated,
        bank.submit(EnterPassword(handle=step.handle, client=user.home, password=user.login_password)),
    )
    assert (reply.entrance, reply.factors) == ("certificate", (CERTIFICATE, LOGIN_PASSWORD))
    assert reply.multi_factor
    assert reply.phishing_resistant
    session = bank.session(reply.session, user.home)
    assert session is not None
    assert session.entrance == "certificate"
    assert bank.results(user, 2, "certificate") == ["authenticated", "step"]


def test_the_first_login_asks_for_what_is_due(bank: Bank) -> None:
    """After certificate and password comes the forced change, as for everybody."""
    user = newcomer(bank)
    assert isinstance(login(bank, user), PasswordChangeDue)


def test_presenting_grants_nothing(bank: Bank) -> None:
    """A step's handle opens no session, and no other step is answered with it."""
    user = holder(bank)
    step = at_the_password(bank, user)
    assert bank.session(step.handle, user.home) is None
    skip = SkipEnrollment(handle=step.handle, client=user.home)
    assert bank.submit(skip) == Refused(code="wrong-step", at=step)


# -- whose certificate


def test_without_a_certificate_nothing_begins(bank: Bank) -> None:
    """Nothing is read, written or hashed."""
    with bank.unchanged(), bank.unhashed():
        refused(bank.submit(PresentCertificate(attempt=bank.token(), client=bank.browser())), "no-certificate")


@pytest.mark.parametrize("reason", ["malformed", "duplicated", "too-large", "too-deep"])
def test_what_can_not_be_read_is_refused_by_form(bank: Bank, reason: str) -> None:
    """At this entrance, and by every command: what claims to be a certificate and is none fits no client."""
    user = holder(bank)
    step = at_the_password(bank, user)
    client = attrs.evolve(user.home, certificate=Unreadable(reason))  # type: ignore[arg-type]  # one of four
    violations = (Violation("malformed", "certificate"),)
    with bank.unchanged(), bank.unhashed():
        assert bank.submit(PresentCertificate(attempt=bank.token(), client=client)) == Refused(
            code="malformed", violations=violations
        )
        entered = EnterPassword(handle=step.handle, client=client, password=LOGIN)
        assert bank.submit(entered) == Refused(code="malformed", violations=violations)


def test_a_certificate_of_another_ca_is_of_an_unknown_issuer(bank: Bank) -> None:
    """Whatever name it has; nothing more is told of it."""
    user = holder(bank)
    other = openssl.root("/C=JP/O=Bank/CN=Root", label="somebody else's").issue(f"/C=JP/CN={user.login_id}")
    with bank.unchanged(), bank.unhashed():
        client = showing(bank.browser(), bank.issuer.chain(other))
        refused(present(bank, user, client), "certificate-unknown-issuer")


def test_garbage_is_malformed(bank: Bank) -> None:
    """Bytes that are no certificate."""
    user = holder(bank)
    with bank.unchanged():
        client = showing(bank.browser(), CertificateChain(b"not a certificate"))
        refused(present(bank, user, client), "certificate-malformed")


def test_a_certificate_nobody_registered_is_told_so(bank: Bank) -> None:
    """The bank's CA made it, for this very login ID, and nobody registered it: a name makes nobody anybody (A71)."""
    user = holder(bank)
    reissued = bank.issuer.certificate(user.login_id, label="re-issued")
    with bank.unchanged(), bank.unhashed():
        refused(present(bank, user, showing(user.home, reissued)), "certificate-unregistered")


def test_a_certificate_that_bears_another_s_login_id_is_nobody_s(bank: Bank) -> None:
    """Not even where somebody wrote it into the store as registered for him (CE-4)."""
    user, other = holder(bank), holder(bank)
    chain = chain_of(other)
    bank.put_record(attrs.evolve(stored(bank, chain), subject=bank.subject(user)))
    account = bank.account(user)
    (binding,) = account.certificates
    bank.put_record(attrs.evolve(account, certificates=(attrs.evolve(binding, fingerprint=chain.fingerprint),)))
    refused(present(bank, other), "certificate-unregistered")


def test_one_bank_s_certificate_is_nobody_s_at_another(bank: Bank) -> None:
    """Registration is the bank's own."""
    user = holder(bank)
    neighbour = bank.neighbour("other")
    refused(present(neighbour, user), "certificate-unregistered")


@pytest.mark.parametrize(("after", "code"), [(-1, None), (0, None), (1, "certificate-expired")])
def test_the_last_second_of_a_certificate_is_good(bank: Bank, after: int, code: str | None) -> None:
    """Validity is inclusive at both ends (RFC 5280 4.1.2.5); its reason is told, and the history has it."""
    user = bank.newcomer(method="certificate")
    ends_at = openssl.NOW
    chain = bank.issuer.certificate(user.login_id, ends_at=ends_at)
    register(bank, user.login_id, chain)
    client = showing(bank.browser(), chain)
    bank.clock.set(ends_at + timedelta(seconds=after))
    reply = present(bank, user, client)
    if code is None:
        assert isinstance(reply, PasswordDue)
    else:
        refused(reply, code)
        assert bank.results(user, 1, "certificate") == [code]


def test_a_certificate_that_is_not_valid_yet_is_told_so(bank: Bank) -> None:
    """A clock that went back, or one issued for later."""
    user = holder(bank)
    bank.clock.set(openssl.START - timedelta(seconds=1))
    refused(present(bank, user), "certificate-not-yet-valid")


def test_a_certificate_that_its_issuer_revoked_is_told_so(bank: Bank) -> None:
    """The list is the issuer's; nobody at the bank has to do anything."""
    user = holder(bank)
    bank.issuer.revoke(bank.issuer.identity(user.login_id))
    refused(present(bank, user), "certificate-revoked")
    assert bank.results(user, 1, "certificate") == ["certificate-revoked"]


def test_a_certificate_that_was_revoked_here_is_told_so(bank: Bank) -> None:
    """Long before any list names it."""
    user = holder(bank)
    bank.submit(RevokeCertificate(login_id=user.login_id, authority=DESK))
    refused(present(bank, user), "certificate-revoked")


def test_a_closed_account_has_no_certificates(bank: Bank) -> None:
    """They are revoked with it."""
    user = holder(bank)
    bank.submit(CloseUser(login_id=user.login_id, authority=DESK))
    refused(present(bank, user), "certificate-revoked")
    assert stored(bank, chain_of(user)).state == "revoked"


def test_a_refused_certificate_writes_at_the_1st_2nd_4th_8th_time(bank: Bank) -> None:
    """Whoever shows it a thousand times fills no disk."""
    user = holder(bank)
    bank.submit(RevokeCertificate(login_id=user.login_id, authority=DESK))
    before = len(bank.recording.commits)
    for _ in range(9):
        refused(present(bank, user), "certificate-revoked")
    assert len(bank.recording.commits) - before == 4


# -- what an ID may do here


def test_who_has_a_certificate_can_not_log_in_by_id(bank: Bank) -> None:
    """The right password at the other entrance is refused like a wrong one."""
    user = holder(bank)
    refused(bank.login(user), "rejected")
    assert bank.results(user, 1) == ["other-entrance"]


def test_attempts_by_id_never_touch_this_entrance(bank: Bank) -> None:
    """Whoever knows an ID can lock its password entrance for good, and its owner logs in by certificate (A50)."""
    user = holder(bank)
    for _ in range(FULL_LOCK + 1):
        bank.guess(user)
    refused(bank.guess(user), "locked")
    assert isinstance(login(bank, user), Authenticated)


# -- the password


def test_a_wrong_password_is_asked_again(bank: Bank) -> None:
    """With a fresh handle; the old one is spent."""
    user = holder(bank)
    step = at_the_password(bank, user)
    wrong = refused(bank.submit(EnterPassword(handle=step.handle, client=user.home, password=WRONG)), "rejected")
    again = expect(PasswordDue, wrong.at)
    assert again.handle != step.handle
    right = EnterPassword(handle=again.handle, client=user.home, password=user.login_password)
    assert isinstance(bank.submit(right), Authenticated)
    assert bank.results(user, 2, "certificate") == ["authenticated", "wrong-password"]


def test_guesses_lock_after_the_limit_and_release_themselves(bank: Bank) -> None:
    """The limit's guesses are judged; then the entrance is locked, without a hash, until its time is over."""
    user = holder(bank)
    thief = showing(bank.browser(), chain_of(user))  # who has the certificate's key, in a browser nobody knows
    for number in range(FULL_LOCK):
        step = at_the_password(bank, user, thief)
        reply = bank.submit(EnterPassword(handle=step.handle, client=thief, password=WRONG))
        expected = "rejected" if number < FULL_LOCK - 1 else "locked"
        locked = refused(reply, expected)
    assert locked.at is None
    until = locked.until
    assert until is not None
    with bank.unhashed():
        assert present(bank, user, thief) == Refused(code="locked", until=until)
    bank.clock.set(until - MICROSECOND)
    refused(present(bank, user, thief), "locked")
    bank.clock.set(until)
    assert isinstance(login(bank, user, thief), Authenticated)


def test_a_lock_that_came_meanwhile_ends_the_flow(bank: Bank) -> None:
    """Two flows: what the one's guesses lock, the other can't open."""
    user = holder(bank)
    thief = showing(bank.browser(), chain_of(user))
    other = showing(bank.browser(), chain_of(user))
    waiting = at_the_password(bank, user, other)
    step: Step | None = at_the_password(bank, user, thief)
    while step is not None:
        step = expect(Refused, bank.submit(EnterPassword(handle=step.handle, client=thief, password=WRONG))).at
    entered = EnterPassword(handle=waiting.handle, client=other, password=user.login_password)
    with bank.unhashed():
        locked = refused(bank.submit(entered), "locked")
    assert (locked.at, locked.until is None) == (None, False)
    refused(bank.submit(but(entered, password=WRONG)), "stale")


def test_where_every_place_is_taken_the_password_waits(bank: Bank) -> None:
    """As many guesses are at work as may be: nothing is judged or spent, and with a place free it goes on."""
    user = holder(bank)
    step = at_the_password(bank, user)
    throttle = bank.throttle(user, "certificate")
    ends_at = bank.clock() + timedelta(seconds=30)
    places = tuple(
        Place(id=f"{number}", owner="x", factor=LOGIN_PASSWORD, lane="known", ends_at=ends_at)
        for number in range(FULL_LOCK)
    )
    bank.put_record(attrs.evolve(throttle, places=places))
    entered = EnterPassword(handle=step.handle, client=user.home, password=user.login_password)
    with bank.unhashed():
        assert isinstance(bank.submit(entered), Busy)
    assert bank.results(user, 1, "certificate") == ["crowded"]
    bank.put_record(attrs.evolve(bank.throttle(user, "certificate"), places=places[1:]))
    assert isinstance(bank.submit(entered), Authenticated)


def test_a_suspension_is_refused_like_a_wrong_password(bank: Bank) -> None:
    """It is not told, before or after; the history has it."""
    user = holder(bank)
    bank.submit(Suspend(login_id=user.login_id, authority=DESK))
    assert refused(login(bank, user), "rejected").until is None
    assert bank.results(user, 1, "certificate") == ["suspended"]


def test_malformed_passwords_spend_nothing(bank: Bank) -> None:
    """Empty, or longer than any password may be: the handle is good still."""
    user = holder(bank)
    step = at_the_password(bank, user)
    entered = EnterPassword(handle=step.handle, client=user.home, password=user.login_password)
    with bank.unchanged(), bank.unhashed():
        for password, code in (("", "empty"), ("a1" * 4000, "too-long")):
            reply = refused(bank.submit(but(entered, password=password)), "malformed")
            assert (reply.at, [one.code for one in reply.violations]) == (step, [code])
    assert isinstance(bank.submit(entered), Authenticated)


# -- the same certificate all the way


def test_the_flow_is_unknown_without_its_certificate(bank: Bank) -> None:
    """From the same browser without it, with another one, or from another browser with it (A26)."""
    user, other = holder(bank), holder(bank)
    step = at_the_password(bank, user)
    entered = EnterPassword(handle=step.handle, client=user.home, password=user.login_password)
    strangers = (
        showing(user.home, None),
        showing(user.home, chain_of(other)),
        showing(bank.browser(), chain_of(user)),
    )
    with bank.unchanged(), bank.unhashed():
        for client in strangers:
            refused(bank.submit(but(entered, client=client)), "stale")
    assert isinstance(bank.submit(entered), Authenticated)


def test_a_certificate_revoked_in_the_middle_ends_the_flow(bank: Bank) -> None:
    """By its issuer: with that reason. Here: with the account's change (A31)."""
    user = holder(bank)
    step = at_the_password(bank, user)
    bank.issuer.revoke(bank.issuer.identity(user.login_id))
    entered = EnterPassword(handle=step.handle, client=user.home, password=user.login_password)
    with bank.unhashed():
        assert refused(bank.submit(entered), "certificate-revoked").at is None
    assert bank.results(user, 1, "certificate") == ["certificate-revoked"]
    assert bank.account(user).flows == ()
    assert bank.submit(entered) == Refused(code="stale")
    other = holder(bank)
    step = at_the_password(bank, other)
    bank.submit(RevokeCertificate(login_id=other.login_id, authority=DESK))
    refused(bank.submit(EnterPassword(handle=step.handle, client=other.home, password=LOGIN)), "stale")


def test_a_certificate_that_ends_while_the_password_is_hashed_opens_nothing(bank: Bank) -> None:
    """The verdict is held against the time once more; and the older one, which is good still, is not superseded."""
    user = holder(bank)
    newer = bank.issuer.certificate(user.login_id, label="short", ends_at=openssl.NOW)
    register(bank, user.login_id, newer)
    client = showing(user.home, newer)
    bank.clock.set(openssl.NOW)
    step = at_the_password(bank, user, client)
    entered = EnterPassword(handle=step.handle, client=client, password=user.login_password)
    with bank.meanwhile("hash", lambda: bank.wait(timedelta(seconds=1))):
        refused(bank.submit(entered), "certificate-expired")
    assert isinstance(login(bank, user), Authenticated)


def test_giving_up_needs_the_certificate_too(bank: Bank) -> None:
    """Whoever has browser and handle alone does not end a login."""
    user = holder(bank)
    step = at_the_password(bank, user)
    with bank.unchanged():
        bank.submit(Abandon(handle=step.handle, client=showing(user.home, None)))
    assert bank.submit(Abandon(handle=step.handle, client=user.home)) == Abandoned()
    assert bank.account(user).flows == ()


def test_who_shows_what_is_nobody_s_counts_for_his_source(bank: Bank) -> None:
    """A flood of foreign certificates from one address is told to wait; nobody else is touched (A51)."""
    user = holder(bank)
    stranger = showing(bank.browser(), bank.issuer.chain(openssl.root(label="somebody else's").issue("/CN=x")))
    for _ in range(FAST.source.failures):
        refused(present(bank, user, stranger), "certificate-unknown-issuer")
    assert isinstance(present(bank, user, stranger), Busy)
    assert isinstance(present(bank, user), PasswordDue)


def test_a_certificate_that_ends_in_the_middle_ends_the_flow(bank: Bank) -> None:
    """What began in time is not carried on after it."""
    user = bank.newcomer(method="certificate")
    chain = bank.issuer.certificate(user.login_id, ends_at=openssl.NOW)
    register(bank, user.login_id, chain)
    client = showing(user.home, chain)
    bank.clock.set(openssl.NOW)
    step = at_the_password(bank, user, client)
    bank.wait(timedelta(seconds=1))
    entered = EnterPassword(handle=step.handle, client=client, password=user.login_password)
    refused(bank.submit(entered), "certificate-expired")


# -- repeats


def test_a_double_click_gets_the_same_step(bank: Bank) -> None:
    """The same page, browser and certificate: one flow, one reply."""
    user = holder(bank)
    command = PresentCertificate(attempt=bank.token(), client=user.home)
    first = bank.submit(command)
    with bank.unchanged():
        assert bank.submit(command) == first


def test_a_repeat_needs_the_certificate_again(bank: Bank) -> None:
    """Whoever has the browser's cookie and the page's token, and not the key, gets no handle."""
    user, other = holder(bank), holder(bank)
    command = PresentCertificate(attempt=bank.token(), client=user.home)
    bank.submit(command)
    with bank.unchanged():
        refused(bank.submit(but(command, client=showing(user.home, None))), "no-certificate")
    step = expect(PasswordDue, bank.submit(but(command, client=showing(user.home, chain_of(other)))))
    assert step.login_id == other.login_id


def test_the_password_submitted_twice_logs_in_once(bank: Bank) -> None:
    """At the same moment, or again after the answer was lost."""
    user = holder(bank)
    step = at_the_password(bank, user)
    entered = EnterPassword(handle=step.handle, client=user.home, password=user.login_password)
    first, second = bank.together(entered, entered)
    assert first == second
    assert bank.submit(entered) == first
    assert len(bank.sessions(user)) == 1


def test_a_page_s_token_must_have_its_form(bank: Bank) -> None:
    """Each thing that is wrong is named."""
    user = holder(bank)
    command = PresentCertificate(attempt="short", client=user.home)
    with bank.unchanged():
        reply = refused(bank.submit(command), "malformed")
    assert reply.violations == (Violation("malformed-token", "attempt"),)


# -- what it costs


def test_a_login_is_a_few_round_trips(bank: Bank) -> None:
    """T14: presenting reads twice and commits once; the password reads twice, takes a place, commits."""
    user = holder(bank)
    bank.recording.clear()
    step = at_the_password(bank, user)
    assert [one.call for one in bank.recording.trace] == ["load", "load", "commit"]
    bank.recording.clear()
    entered = EnterPassword(handle=step.handle, client=user.home, password=user.login_password)
    expect(Authenticated, bank.submit(entered))
    assert [one.call for one in bank.recording.trace] == ["load", "load", "commit", "commit"]


def test_a_change_is_forced_after_the_certificate_too(bank: Bank) -> None:
    """What an administrator asked for is due at the next login, whichever entrance it is."""
    user = holder(bank)
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    assert isinstance(login(bank, user), PasswordChangeDue)


def test_a_record_that_lost_its_account_is_nobody_s(bank: Bank) -> None:
    """Somebody dropped the account behind the library's back."""
    user = holder(bank)
    record = stored(bank, chain_of(user))
    bank.put_record(attrs.evolve(record, subject="nobody"))
    refused(present(bank, user), "certificate-unregistered")


def test_presented_makes_a_chain_or_says_why_not() -> None:
    """What a test calls a chain is what a source would return."""
    assert isinstance(presented(b""), Unreadable)
    assert Certificate.at("b", "f") != Certificate.at("", "bf")


def test_two_logins_of_one_certificate_take_over(bank: Bank) -> None:
    """Who proves the certificate again ends the session that is live."""
    user = holder(bank)
    first = log_in(bank, user)
    assert bank.session(first.session, user.home) is not None
    elsewhere = showing(bank.browser(), chain_of(user))
    assert log_in(bank, user, elsewhere).took_over
    assert bank.session(first.session, user.home) is None
