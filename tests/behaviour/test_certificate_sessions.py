"""Sessions that began with a certificate: the same one on every request, and good at every request (A26, A59)."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from okmate_auth import AcknowledgeChange, Authenticated, Confirm, Logout, PasswordChangeDone, TopPage
from okmate_auth.certificates import Unreadable
from okmate_auth.commands import CloseUser, EndSession, RevokeCertificate
from okmate_auth.queries import ListSessions
from okmate_auth.replies import Confirmed
from tests.behaviour.bank import CONFIRMATION, DESK, Bank, expect, refused
from tests.behaviour.certificates import chain_of, holder, log_in, register, showing
from tests.certificates import openssl


@pytest.mark.parametrize("which", ["none", "another's", "another browser's"])
def test_a_session_is_unknown_without_its_certificate(bank: Bank, which: str) -> None:
    """No cookie is worth anything without the key; nothing in the session answers, and it stays as it was."""
    user, other = holder(bank), holder(bank)
    handle = log_in(bank, user).session
    client = {
        "none": showing(user.home, None),
        "another's": showing(user.home, chain_of(other)),
        "another browser's": showing(bank.browser(), chain_of(user)),
    }[which]
    with bank.unchanged(), bank.unhashed():
        assert bank.session(handle, client) is None
        assert bank.read(TopPage(handle, client)) is None
        assert bank.read(ListSessions(handle, client)) is None
        bank.submit(Logout(handle, client=client))
        refused(bank.submit(EndSession(session=handle, client=client, which="x")), "not-logged-in")
        confirm = Confirm(session=handle, client=client, password=CONFIRMATION, purpose="transfer")
        refused(bank.submit(confirm), "not-logged-in")
    assert bank.session(handle, user.home) is not None


def test_a_session_of_the_other_entrance_asks_for_no_certificate(bank: Bank) -> None:
    """A browser that shows one anyhow, to a person who logged in by ID, is served as before."""
    user, other = bank.customer(), holder(bank)
    handle = expect(Authenticated, bank.login(user)).session
    assert bank.session(handle, user.home) is not None
    assert bank.session(handle, showing(user.home, chain_of(other))) is not None


def test_what_can_not_be_read_opens_no_session(bank: Bank) -> None:
    """Of either entrance: what claims to be a certificate and is none fits no client."""
    by_id, holds = bank.customer(), holder(bank)
    for user, handle in ((by_id, bank.log_in(by_id).session), (holds, log_in(bank, holds).session)):
        unreadable = attrs.evolve(user.home, certificate=Unreadable("malformed"))
        with bank.unchanged():
            assert bank.session(handle, unreadable) is None
            assert bank.read(TopPage(handle, unreadable)) is None
            assert bank.read(ListSessions(handle, unreadable)) is None
        assert bank.session(handle, user.home) is not None


def test_nobody_has_a_certificate_judged_by_guessing_at_handles(bank: Bank) -> None:
    """Neither with a handle that leads nowhere, nor with another's, nor in a session that was begun without one."""
    user, other = bank.customer(), holder(bank)
    by_id, by_certificate = expect(Authenticated, bank.login(user)).session, log_in(bank, other).session
    foreign = showing(user.home, bank.issuer.certificate(user.login_id))
    bank.issuer.judged.clear()
    for handle in (bank.token(), by_certificate, by_id):
        bank.session(handle, foreign)
        bank.read(TopPage(handle, foreign))
        bank.read(ListSessions(handle, foreign))
    assert bank.issuer.judged == []
    assert bank.read(TopPage(by_certificate, other.home)) is not None
    assert bank.issuer.judged == [chain_of(other)]


def test_a_bad_certificate_beside_does_not_disturb_the_other_method(bank: Bank) -> None:
    """Who logs in by ID is not asked for one, whatever his browser shows at each step."""
    user = bank.newcomer()
    stranger = bank.issuer.chain(openssl.root(label="somebody else's").issue("/CN=x"))
    client = showing(user.home, stranger)
    due = bank.due_change(user, client)
    done = expect(PasswordChangeDone, bank.change(user, due, client))
    end = expect(Authenticated, bank.submit(AcknowledgeChange(handle=done.handle, client=client)))
    assert bank.session(end.session, client) is not None
    assert bank.issuer.judged == []


def test_within_a_session_everything_works_with_it(bank: Bank) -> None:
    """Confirming, the top page, logging out."""
    user = holder(bank)
    handle = log_in(bank, user).session
    confirm = Confirm(session=handle, client=user.home, password=CONFIRMATION, purpose="transfer")
    assert isinstance(bank.submit(confirm), Confirmed)
    page = bank.read(TopPage(handle, user.home))
    assert page is not None
    assert page.session.confirmed("transfer")
    bank.submit(Logout(handle, client=user.home))
    assert bank.session(handle, user.home) is None


def test_revoked_by_its_issuer_after_the_login_ends_it_all(bank: Bank) -> None:
    """As soon as the list is there; nobody at the bank has to do anything."""
    user = holder(bank)
    handle = log_in(bank, user).session
    bank.issuer.revoke(bank.issuer.identity(user.login_id))
    assert bank.session(handle, user.home) is None
    confirm = Confirm(session=handle, client=user.home, password=CONFIRMATION, purpose="transfer")
    with bank.unhashed():
        refused(bank.submit(confirm), "not-logged-in")


@pytest.mark.parametrize("command", [RevokeCertificate, CloseUser])
def test_revoked_here_ends_the_session(bank: Bank, command: type[RevokeCertificate | CloseUser]) -> None:
    """At once, and for good."""
    user = holder(bank)
    handle = log_in(bank, user).session
    bank.submit(command(login_id=user.login_id, authority=DESK))
    assert bank.session(handle, user.home) is None
    assert bank.sessions(user) == []


def test_a_session_does_not_outlive_its_certificate(bank: Bank) -> None:
    """The last second is good, and the next is not."""
    user = holder(bank)
    chain = bank.issuer.certificate(user.login_id, label="short", ends_at=openssl.NOW)
    register(bank, user.login_id, chain)
    bank.clock.set(openssl.NOW)
    client = showing(user.home, chain)
    handle = log_in(bank, user, client).session
    assert bank.session(handle, client) is not None
    bank.wait(timedelta(seconds=1))
    assert bank.session(handle, client) is None
