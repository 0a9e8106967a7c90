"""What the history has of the certificate entrance: which certificate, and what was turned away there unjudged."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs
import pytest

from okmate_auth import (
    Authenticated,
    Busy,
    Client,
    Confirm,
    EnterPassword,
    PasswordChangeDue,
    PresentCertificate,
    StepUp,
)
from okmate_auth.certificates import CertificateChain, Unreadable
from okmate_auth.commands import RequireChange, RevokeCertificate
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.history import append
from okmate_auth.ports import ChangeSet
from okmate_auth.records import LoginRecord, Place
from okmate_auth.records.history import Entrance, login_chain
from okmate_auth.testing import Operation
from okmate_auth.testing.keys import unsafe_keys
from tests.behaviour import tokens
from tests.behaviour.bank import CONFIRMATION, DESK, FAST, WRONG, Bank, User, but, expect, refused
from tests.behaviour.certificates import (
    NEWER,
    at_the_password,
    chain_of,
    holder,
    log_in,
    present,
    register,
    showing,
)
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import NEW
from tests.certificates import openssl

ADDRESS: Final = "203.0.113.9"
LIMIT: Final = FAST.lockout_of(LOGIN_PASSWORD).limit


def rows(bank: Bank, user: User, count: int = 200, which: Entrance = "certificate") -> list[LoginRecord]:
    """Return the newest rows of a login history, which holds, newest first."""
    page = bank.history(user, which, count)
    assert page.defect is None
    return [expect(LoginRecord, record) for record in page.records]


def over_the_limit(bank: Bank, address: str = ADDRESS) -> None:
    """Show so many foreign certificates from an address that it is told to wait."""
    foreign = bank.issuer.chain(openssl.root(label="somebody else's").issue("/CN=x"))
    for _ in range(FAST.source.failures):
        client = showing(bank.browser(address), foreign)
        refused(bank.submit(PresentCertificate(attempt=bank.token(), client=client)), "certificate-unknown-issuer")


# -- which certificate


def test_each_row_names_the_certificate(bank: Bank) -> None:
    """Presented, guessed after, logged in with, confirmed in the session of it, refused: the auditor need not guess."""
    user = holder(bank)
    step = at_the_password(bank, user)
    bank.submit(EnterPassword(handle=step.handle, client=user.home, password=WRONG))
    handle = log_in(bank, user).session
    bank.submit(Confirm(session=handle, client=user.home, password=CONFIRMATION, purpose="transfer"))
    bank.submit(RevokeCertificate(login_id=user.login_id, authority=DESK))
    refused(present(bank, user), "certificate-revoked")
    named = [(row.result, row.certificate == chain_of(user).fingerprint) for row in rows(bank, user, 6)]
    assert named == [
        ("certificate-revoked", True),
        ("confirmed", True),
        ("authenticated", True),
        ("step", True),
        ("wrong-password", True),
        ("step", True),
    ]


def test_a_renewal_shows_in_the_history(bank: Bank) -> None:
    """Which of a person's two certificates logged in, and which one was shown after it had been superseded."""
    user = holder(bank)
    older, newer = chain_of(user), bank.issuer.certificate(user.login_id, label=NEWER)
    register(bank, user.login_id, newer)
    log_in(bank, user)
    log_in(bank, user, showing(user.home, newer))
    refused(present(bank, user), "certificate-superseded")
    seen = [(row.result, row.certificate) for row in rows(bank, user, 5) if row.result != "step"]
    assert seen == [
        ("certificate-superseded", older.fingerprint),
        ("authenticated-by-takeover", newer.fingerprint),
        ("authenticated", older.fingerprint),
    ]


def test_at_the_entrance_by_id_no_certificate_is_named(bank: Bank) -> None:
    """What a browser shows beside an ID and a password decided nothing there."""
    user, other = bank.customer(), holder(bank)
    bank.log_in(user, showing(user.home, chain_of(other)))
    assert [row.certificate for row in rows(bank, user, 1, "password")] == [""]


def test_rows_of_a_version_that_named_none_hold(bank: Bank) -> None:
    """What an older version wrote is read as it was, and what is written after it stands in the same chain."""
    user = holder(bank)
    throttle = bank.throttle(user, "certificate")
    body = b'{"at":0,"entrance":"certificate","result":"authenticated","known_browser":true}'
    head, row = append(throttle.head, login_chain(throttle.subject, "certificate"), body, unsafe_keys())
    version = bank.front.load((throttle.key,))[throttle.key].version
    change = ChangeSet(
        id="0" * 32,
        at=bank.clock(),
        guards={throttle.key: version},
        puts=(attrs.evolve(throttle, head=head),),
        appends=(row,),
    )
    assert bank.front.commit(change) == "done"
    log_in(bank, user)
    named = [(row.result, row.certificate) for row in rows(bank, user, 3)]
    mine = chain_of(user).fingerprint
    assert named == [("authenticated", mine), ("step", mine), ("authenticated", "")]


# -- what is turned away


@pytest.mark.parametrize("step", ["presenting", "password"])
def test_what_a_source_over_its_limit_tries_is_in_the_owner_s_history(bank: Bank, step: str) -> None:
    """At the 1st, 2nd, 4th, 8th … time; nothing is judged, and between them nothing is asked of the store."""
    user = holder(bank)
    home = attrs.evolve(user.home, address=ADDRESS)
    entered = EnterPassword(handle=at_the_password(bank, user, home).handle, client=home, password=user.login_password)
    over_the_limit(bank)
    traces: list[list[Operation]] = []
    for _ in range(9):
        presented = PresentCertificate(attempt=bank.token(), client=home)
        before = len(bank.recording.trace)
        with bank.unhashed():
            expect(Busy, bank.submit(presented) if step == "presenting" else bank.submit(entered))
        traces.append(bank.recording.trace[before:])
    assert [bool(trace) for trace in traces] == [True, True, False, True, False, False, False, True, False]
    row = LoginRecord(
        at=bank.clock(),
        entrance="certificate",
        result="source-limit",
        address=ADDRESS,
        user_agent=home.user_agent,
        known_browser=step == "password",  # the flow says it; to learn it of a certificate the account would be read
        certificate=chain_of(user).fingerprint,
    )
    assert rows(bank, user, 4) == [attrs.evolve(row, attempts=number) for number in (8, 4, 2, 1)]


def test_what_is_turned_away_spends_nothing(bank: Bank) -> None:
    """The handle is good still, from an address that is not over its limit."""
    user = holder(bank)
    home = attrs.evolve(user.home, address=ADDRESS)
    step = at_the_password(bank, user, home)
    entered = EnterPassword(handle=step.handle, client=home, password=user.login_password)
    over_the_limit(bank)
    expect(Busy, bank.submit(entered))
    bank.submit(but(entered, client=user.home))
    assert bank.results(user, 2, "certificate") == ["authenticated", "source-limit"]


@pytest.mark.parametrize(
    "shows", ["unregistered", "another's", "nothing", "unreadable", "another browser", "no handle"]
)
def test_what_is_turned_away_and_nobody_s_is_in_no_history(bank: Bank, shows: str) -> None:
    """A stranger's certificate, a handle without its certificate or from another browser, what has no form at all."""
    user, other = holder(bank), holder(bank)
    home = attrs.evolve(user.home, address=ADDRESS)
    step = at_the_password(bank, user, home)
    over_the_limit(bank)
    attempt, handle, client = bank.token(), step.handle.reveal(), home
    if shows == "unregistered":
        client = showing(home, bank.issuer.certificate(user.login_id, label=NEWER))
    elif shows == "another's":
        client = showing(home, chain_of(other))
    elif shows == "nothing":
        client = showing(home, None)
    elif shows == "unreadable":
        client = attrs.evolve(home, certificate=Unreadable("too-large"))
    elif shows == "another browser":
        client = showing(bank.browser(ADDRESS), chain_of(user))
    else:
        attempt = handle = "short"
    presented = PresentCertificate(attempt=attempt, client=client)
    with bank.unchanged():
        expect(Busy, bank.submit(EnterPassword(handle=handle, client=client, password=user.login_password)))
        if shows not in ("another's", "another browser"):  # that certificate is somebody's, who is told
            assert all(isinstance(bank.submit(presented), Busy) for _ in range(3))


def test_what_is_turned_away_by_id_is_counted_apart(bank: Bank) -> None:
    """Or whoever floods one entrance would hide what is tried at the other from the same address."""
    user, by_id = holder(bank), bank.customer()
    over_the_limit(bank)
    for _ in range(3):
        expect(Busy, bank.guess(by_id, bank.browser(ADDRESS)))
    expect(Busy, present(bank, user, attrs.evolve(user.home, address=ADDRESS)))
    assert [(row.result, row.attempts) for row in rows(bank, user, 1)] == [("source-limit", 1)]


# -- what is counted for itself


def locked_by(bank: Bank, user: User, client: Client) -> None:
    """Guess after the certificate until the password is locked for a browser."""
    for _ in range(LIMIT):
        step = at_the_password(bank, user, client)
        bank.submit(EnterPassword(handle=step.handle, client=client, password=WRONG))


def test_each_lock_at_this_entrance_is_counted_for_itself(bank: Bank) -> None:
    """Or after one flood the next ones would leave nothing; who has the certificate knows neither lock (A50)."""
    user, other = holder(bank), holder(bank)
    for number, one in enumerate((user, other, user)):
        thief = showing(bank.browser(), chain_of(one))
        locked_by(bank, one, thief)
        until = [refused(present(bank, one, thief), "locked").until for _ in range(5)][-1]
        assert [(row.result, row.attempts) for row in rows(bank, one, 3)] == [("locked", n) for n in (4, 2, 1)], number
        bank.clock.set(expect(type(bank.clock()), until))


def test_each_reason_of_each_certificate_is_counted_for_itself(bank: Bank) -> None:
    """Or a flood with one that was superseded would hide that the one in use was revoked."""
    user = holder(bank)
    older, newer = user.home, showing(user.home, bank.issuer.certificate(user.login_id, label=NEWER))
    register(bank, user.login_id, expect(CertificateChain, newer.chain))
    log_in(bank, user, newer)
    for _ in range(3):
        refused(present(bank, user, older), "certificate-superseded")
    bank.submit(RevokeCertificate(login_id=user.login_id, authority=DESK))
    refused(present(bank, user, newer), "certificate-revoked")
    bank.clock.set(openssl.START - timedelta(seconds=1))
    refused(present(bank, user, newer), "certificate-not-yet-valid")
    assert [(row.result, row.attempts) for row in rows(bank, user, 3)] == [
        ("certificate-not-yet-valid", 1),
        ("certificate-revoked", 1),
        ("certificate-superseded", 2),
    ]


def test_each_person_s_refusals_are_counted_for_himself(bank: Bank) -> None:
    """Or a flood of one would hide the first refusal of the next."""
    for user in (holder(bank), holder(bank)):
        bank.submit(RevokeCertificate(login_id=user.login_id, authority=DESK))
        for _ in range(3):
            refused(present(bank, user), "certificate-revoked")
        assert [row.attempts for row in rows(bank, user, 2)] == [2, 1]


# -- from which browser


def full(bank: Bank, user: User, entrance: Entrance, factor: str, lane: str) -> None:
    """Take every place of a lane, as guesses that are being judged do."""
    throttle = bank.throttle(user, entrance)
    ends_at = bank.clock() + timedelta(seconds=30)
    places = tuple(
        Place(id=f"{n}", owner="x", factor=factor, lane="known" if lane == "known" else "others", ends_at=ends_at)
        for n in range(LIMIT)
    )
    bank.put_record(attrs.evolve(throttle, places=places))


@pytest.mark.parametrize("lane", ["known", "others"])
@pytest.mark.parametrize("entrance", ["password", "certificate"])
def test_an_attempt_that_was_not_judged_says_from_which_browser(bank: Bank, entrance: Entrance, lane: str) -> None:
    """Locked, or with every place taken, at either entrance: the owner's own browser or another one."""
    user = holder(bank) if entrance == "certificate" else bank.customer()
    client = user.home if lane == "known" else attrs.evolve(user.home, browser=bank.token())
    if entrance == "certificate":
        step = at_the_password(bank, user, client)
        full(bank, user, entrance, LOGIN_PASSWORD, lane)
        expect(Busy, bank.submit(EnterPassword(handle=step.handle, client=client, password=WRONG)))
    else:
        full(bank, user, entrance, LOGIN_PASSWORD, lane)
        expect(Busy, bank.guess(user, client))
    crowded = rows(bank, user, 1, entrance)[0]
    assert (crowded.result, crowded.known_browser) == ("crowded", lane == "known")
    bank.put_record(attrs.evolve(bank.throttle(user, entrance), places=()))
    if entrance == "certificate":
        locked_by(bank, user, client)
        refused(present(bank, user, client), "locked")
    else:
        for _ in range(LIMIT):
            bank.guess(user, client)
        refused(bank.guess(user, client), "locked")
    locked = rows(bank, user, 1, entrance)[0]
    assert (locked.result, locked.known_browser) == ("locked", lane == "known")


def test_a_locked_confirmation_says_from_which_browser(bank: Bank) -> None:
    """In a session of a browser that is known."""
    user = holder(bank)
    handle = log_in(bank, user).session
    full(bank, user, "certificate", CONFIRMATION_PASSWORD, "known")
    confirm = Confirm(session=handle, client=user.home, password=CONFIRMATION, purpose="transfer")
    expect(Busy, bank.submit(confirm))
    row = rows(bank, user, 1)[0]
    assert (row.result, row.known_browser) == ("crowded", True)


@pytest.mark.parametrize("lane", ["known", "others"])
def test_a_locked_step_says_from_which_browser(bank: Bank, lane: str) -> None:
    """At the forced change, too."""
    user = bank.customer()
    client = user.home if lane == "known" else bank.browser()
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    step = expect(PasswordChangeDue, bank.login(user, client))
    full(bank, user, "password", LOGIN_PASSWORD, lane)
    expect(Busy, bank.submit(bank.change_command(user, step, client, login=NEW)))
    row = rows(bank, user, 1, "password")[0]
    assert (row.result, row.known_browser) == ("crowded", lane == "known")


@pytest.mark.parametrize("lane", ["known", "others"])
def test_a_locked_code_says_from_which_browser(open_bank: OpenBank, lane: str) -> None:
    """At the login."""
    bank = open_bank(tokens.asking("when_bound"))
    token = tokens.dispatched(bank)
    user = tokens.holder(bank, token)
    client = user.home if lane == "known" else bank.browser()
    for _ in range(LIMIT):
        tokens.enter(bank, user, tokens.shown_wrong(bank, token), client=client)
    refused(tokens.enter(bank, user, token.code(), client=client), "token-locked")
    row = rows(bank, user, 1, "password")[0]
    assert (row.result, row.known_browser) == ("locked", lane == "known")


def test_a_locked_code_in_a_session_says_from_which_browser(open_bank: OpenBank) -> None:
    """Of a browser that is known."""
    bank = open_bank(tokens.TOKENS)
    token = tokens.dispatched(bank)
    user = tokens.holder(bank, token)
    session = tokens.enter(bank, user, token.code())
    handle = expect(Authenticated, session).session
    for _ in range(LIMIT + 1):
        wrong = StepUp(session=handle, client=user.home, code=tokens.shown_wrong(bank, token), purpose="transfer")
        bank.submit(wrong)
    row = rows(bank, user, 1, "password")[0]
    assert (row.result, row.known_browser) == ("locked", True)
