"""What the people of the story have in hand, and its clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from okmate_auth.certificates import CertificateChain
from okmate_auth.commands import PresentCertificate
from okmate_auth.demo.hard_token import STEP
from okmate_auth.demo.people import (
    DESK,
    HANAKO,
    HOME,
    JIRO,
    JIRO_AT_WORK,
    KEIKO,
    OFFICE,
    SERIAL,
    SERIAL_SPARE,
)
from okmate_auth.demo.stage import Stage, StoryClock
from okmate_auth.replies import Authenticated, LoggedOut, PasswordChangeDone, PasswordsReset, Refused, UserRegistered
from okmate_auth.secret import Secret
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing import FakeClock
from tests.shows import staged

NOW = FakeClock()()


@pytest.fixture
def real() -> FakeClock:
    """Return the clock of the machine that the story is played on."""
    return FakeClock()


@pytest.fixture
def stage(real: FakeClock) -> Iterator[Stage]:
    """Lend a stage on which nothing has happened."""
    with staged(MemoryStore(), StoryClock(real, timedelta(0))) as stage:
        yield stage


def step(handle: str) -> PasswordChangeDone:
    """Return a step with a handle."""
    return PasswordChangeDone(handle=Secret(handle), until=NOW, login_id=HANAKO, changed=())


def session(handle: str) -> Authenticated:
    """Return the end of a login with a session."""
    return Authenticated(
        session=Secret(handle),
        login_id=HANAKO,
        entrance="password",
        factors=("login-password",),
        enrollment_skipped=False,
        took_over=False,
        until=NOW,
    )


def test_the_clock_begins_as_far_back_as_the_story_is_long() -> None:
    """So it ends with the real time, and no record of the demo is of the future."""
    real = FakeClock()
    clock = StoryClock(real, timedelta(minutes=31))
    assert clock() == real() - timedelta(minutes=31)
    clock.move(timedelta(minutes=30))
    clock.move(timedelta(minutes=1))
    assert clock() == real()


def test_the_clock_goes_on_with_the_real_one() -> None:
    """Between the story's waits, time is this machine's."""
    real = FakeClock()
    clock = StoryClock(real, timedelta(minutes=1))
    before = clock()
    real.advance(timedelta(seconds=7))
    assert clock() - before == timedelta(seconds=7)


def test_a_stopped_clock_loses_no_time() -> None:
    """However long it stood, the story goes on from the same instant."""
    real = FakeClock()
    clock = StoryClock(real, timedelta(minutes=1))
    before = clock()
    with clock.stopped():
        real.advance(timedelta(days=3))
    assert clock() == before
    real.advance(timedelta(seconds=7))
    assert clock() - before == timedelta(seconds=7)
    assert clock() < real()


def test_a_browser_keeps_its_cookie_and_no_other_has_it(stage: Stage) -> None:
    """Each role is one browser."""
    assert stage.client(OFFICE) is stage.client(OFFICE)
    assert stage.client(OFFICE).browser != stage.client(HOME).browser
    assert stage.client(OFFICE).violations() == ()
    assert stage.client(OFFICE).address == OFFICE.address


def test_a_browser_shows_its_own_certificate_or_the_one_that_is_chosen_this_once(stage: Stage) -> None:
    """One person has one certificate, other browsers have none; who chooses another stays the same browser."""
    own, hers = stage.certificate(JIRO), stage.certificate(KEIKO)
    assert own == stage.certificate(JIRO) != hers
    assert stage.client(JIRO_AT_WORK).certificate == own
    assert stage.client(OFFICE).certificate is None
    once = stage.client(JIRO_AT_WORK, showing=hers)
    assert (once.certificate, once.browser) == (hers, stage.client(JIRO_AT_WORK).browser)
    assert stage.client(JIRO_AT_WORK).certificate == own


def verdict(stage: Stage, certificate: CertificateChain) -> object:
    """Return what the bank answers to somebody who presents a certificate that nobody registered."""
    client = stage.client(OFFICE, showing=certificate)
    reply = stage.auth.submit(PresentCertificate(attempt=stage.page(), client=client))
    return reply.code if isinstance(reply, Refused) else reply


def test_the_bank_knows_its_ca_s_certificates_from_another_s(stage: Stage) -> None:
    """The same name stands in both; the one is not registered, of the other the bank does not know the issuer."""
    assert verdict(stage, stage.certificate(JIRO)) == "certificate-unregistered"
    assert verdict(stage, stage.counterfeit(JIRO)) == "certificate-unknown-issuer"


def test_what_the_ca_revoked_is_known_once_its_list_was_looked_at(stage: Stage, real: FakeClock) -> None:
    """The bank looks each thirty seconds; others of that CA stay as they were."""
    mine, hers = stage.certificate(JIRO), stage.certificate(KEIKO)
    assert verdict(stage, mine) == "certificate-unregistered"
    real.advance(timedelta(seconds=1))
    stage.revoke_at_issuer(JIRO)
    assert verdict(stage, mine) == "certificate-unregistered"
    real.advance(timedelta(seconds=29))
    assert verdict(stage, mine) == "certificate-revoked"
    assert verdict(stage, hers) == "certificate-unregistered"


def test_a_delivery_is_a_file_of_its_own(stage: Stage) -> None:
    """What is read from the disk is what its maker wrote, line by line."""
    assert stage.delivered(["one", "two"]) == "one\ntwo"
    assert stage.delivered(["three"]) == "three"


def test_every_page_has_a_token_of_its_own(stage: Stage) -> None:
    """Two pages of the same browser are two attempts."""
    assert stage.page() != stage.page()


def test_every_case_of_the_desk_has_a_ticket_of_its_own(stage: Stage) -> None:
    """The history tells them apart."""
    assert stage.desk().ticket != stage.desk().ticket


def test_no_guess_is_made_twice(stage: Stage) -> None:
    """Whoever guesses does not repeat himself."""
    guesses = [stage.guess() for _ in range(20)]
    assert len(set(guesses)) == 20


def test_a_browser_remembers_the_handles_of_its_forms(stage: Stage) -> None:
    """The newest form is at hand, those before it by the Back button; a step that is due again is a form, too."""
    stage.remember(OFFICE, step("first"))
    stage.remember(OFFICE, Refused(code="wrong-password", at=step("second")))
    stage.remember(OFFICE, Refused(code="stale"))
    stage.remember(HOME, step("other"))
    assert stage.handle(OFFICE) == Secret("second")
    assert stage.handle(OFFICE, back=1) == Secret("first")
    assert stage.handle(HOME) == Secret("other")


def test_a_browser_remembers_its_sessions(stage: Stage) -> None:
    """The newest cookie, and the one it replaced."""
    stage.remember(OFFICE, session("one"))
    stage.remember(OFFICE, session("two"))
    stage.remember(OFFICE, LoggedOut())
    assert stage.session(OFFICE) == Secret("two")
    assert stage.session(OFFICE, back=1) == Secret("one")


def test_the_bank_s_letters_are_kept(stage: Stage) -> None:
    """An initial password is known by login ID; the newest letter counts, and one without a password is none."""
    stage.remember(DESK, UserRegistered(login_id=HANAKO, initial_password=Secret("first1"), until=NOW))
    stage.remember(DESK, UserRegistered(login_id=HANAKO, initial_password=None, until=None))
    assert stage.initial_password(HANAKO) == Secret("first1")
    stage.remember(DESK, PasswordsReset(login_id=HANAKO, initial_password=Secret("second2"), until=NOW))
    assert stage.initial_password(HANAKO) == Secret("second2")


def test_a_token_is_made_once(stage: Stage) -> None:
    """One serial number is one token, with a seed of its own."""
    assert stage.token(SERIAL) is stage.token(SERIAL)
    assert stage.token(SERIAL).serial == SERIAL
    assert stage.token(SERIAL).seed != stage.token(SERIAL_SPARE).seed


def test_a_display_shows_the_code_of_the_time(stage: Stage) -> None:
    """By the story's clock, or so much later or earlier."""
    token, now = stage.token(SERIAL), stage.clock()
    assert stage.display(SERIAL) == token.code(now)
    assert stage.display(SERIAL, later=-2 * STEP) == token.code(now - 2 * STEP)
    assert stage.display(SERIAL, later=STEP) == token.code(now + STEP)


def test_what_was_read_off_last_is_kept_by_token(stage: Stage, real: FakeClock) -> None:
    """Whoever enters a code again has it from there, however late it is; nothing was read off a token at first."""
    first, other = stage.display(SERIAL), stage.display(SERIAL_SPARE)
    real.advance(STEP)
    assert (stage.read_off(SERIAL), stage.read_off(SERIAL_SPARE)) == (first, other)
    assert stage.display(SERIAL) == stage.read_off(SERIAL) != first
    with pytest.raises(KeyError):
        stage.read_off("NB-1")


def test_every_reply_is_remembered_in_order(stage: Stage) -> None:
    """Claims look at the newest."""
    replies = [LoggedOut(), Refused(code="stale")]
    for reply in replies:
        stage.remember(OFFICE, reply)
    assert stage.replies == replies
