"""Registering, renewing and revoking certificates: whose they are, and what ends with what."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from okmate_auth import OKMATE, Authenticated, EnterPassword, PasswordDue
from okmate_auth.certificates import CertificateChain, SubjectRule, Unreadable, presented, presented_pem
from okmate_auth.commands import BySession, RegisterCertificate, RevokeCertificate
from okmate_auth.errors import MisuseError
from okmate_auth.policies.sessions import SessionPolicy
from okmate_auth.queries import PendingNotices
from okmate_auth.records import OperationRecord
from okmate_auth.replies import CertificateRegistered, Done
from okmate_auth.violations import Violation
from tests.behaviour.bank import CONFIRMATION, DESK, FAST, Bank, User, expect, refused
from tests.behaviour.certificates import (
    NEWER,
    chain_of,
    fingerprints,
    holder,
    log_in,
    login,
    newcomer,
    present,
    register,
    showing,
    stored,
)
from tests.behaviour.conftest import OpenBank
from tests.certificates import openssl
from tests.unchecked import unchecked


def by(bank: Bank, user: User) -> BySession:
    """Return a person's own authority, in a new session."""
    handle = log_in(bank, user).session
    return BySession(session=handle, confirmation_password=CONFIRMATION, client=user.home)


# -- registering


def test_a_certificate_is_registered_and_shown_with_its_login_id(bank: Bank) -> None:
    """The reply, the store, the account's operations and the outbox all have it."""
    user = bank.newcomer(method="certificate")
    chain = bank.issuer.certificate(user.login_id)
    reply = register(bank, user.login_id, chain)
    assert reply == CertificateRegistered(login_id=user.login_id, fingerprint=chain.fingerprint, ends_at=openssl.END)
    record = stored(bank, chain)
    assert (record.subject, record.state, record.ended_at) == (bank.subject(user), "registered", None)
    assert record.ends_at == openssl.END
    (binding,) = bank.account(user).certificates
    assert (binding.fingerprint, binding.used) == (chain.fingerprint, False)
    operation = expect(OperationRecord, bank.history(user, "operations").records[0])
    assert operation.operation == "register-certificate"
    assert operation.details == (("fingerprint", chain.fingerprint),)


def test_a_login_id_is_read_without_its_case(bank: Bank) -> None:
    """It is kept for show and not significant."""
    user = bank.newcomer("Hanako01", method="certificate")
    register(bank, user.login_id, bank.issuer.certificate("HANAKO01"))


@pytest.mark.parametrize(
    "subject",
    [
        "/CN=User9999",
        "/CN={}/CN={}",
        "/CN={}+OU=Sales",
        "/O={}",
        "/CN={},OU=b",
        "/CN= {}",
        "/CN=x",
    ],
)
def test_a_name_that_leaves_a_doubt_is_another_s(bank: Bank, subject: str) -> None:
    """Two common names, one in an RDN of two, an escaped comma, another attribute: nobody's login ID (A70)."""
    user = bank.newcomer(method="certificate")
    chain = bank.issuer.chain(bank.issuer.ca.issue(subject.replace("{}", user.login_id)))
    with bank.unchanged():
        command = RegisterCertificate(login_id=user.login_id, certificate=chain, authority=DESK)
        refused(bank.submit(command), "certificate-of-another")


def test_a_bank_s_own_prefix_stands_before_the_login_id(open_bank: OpenBank) -> None:
    """As some banks name their certificates; without it the name is another's."""
    bank = open_bank(attrs.evolve(FAST, certificate_subject=SubjectRule(prefix="OKB")))
    user = bank.newcomer(method="certificate")
    register(bank, user.login_id, bank.issuer.certificate(f"OKB{user.login_id}"))
    bare = bank.issuer.certificate(user.login_id)
    command = RegisterCertificate(login_id=user.login_id, certificate=bare, authority=DESK)
    refused(bank.submit(command), "certificate-of-another")


def test_a_certificate_is_registered_once(bank: Bank) -> None:
    """Not for anybody, again, and not for its owner after it was revoked."""
    user = newcomer(bank)
    command = RegisterCertificate(login_id=user.login_id, certificate=chain_of(user), authority=DESK)
    refused(bank.submit(command), "certificate-exists")
    bank.submit(RevokeCertificate(login_id=user.login_id, authority=DESK))
    refused(bank.submit(command), "certificate-exists")


def test_who_logs_in_by_id_gets_none(bank: Bank) -> None:
    """Both methods at once are not to be had."""
    user = bank.newcomer()
    command = RegisterCertificate(
        login_id=user.login_id, certificate=bank.issuer.certificate(user.login_id), authority=DESK
    )
    refused(bank.submit(command), "other-entrance")


def test_what_can_not_be_verified_is_not_registered(bank: Bank) -> None:
    """An expired one, one of another CA, garbage, and what can't even be read."""
    user = bank.newcomer(method="certificate")
    bank.clock.set(openssl.NOW)
    expired = bank.issuer.certificate(user.login_id, ends_at=openssl.NOW - timedelta(seconds=1))
    foreign = openssl.root(label="somebody else's").issue(f"/CN={user.login_id}")
    with bank.unchanged():
        for chain, code in (
            (expired, "certificate-expired"),
            (bank.issuer.chain(foreign), "certificate-unknown-issuer"),
            (CertificateChain(b"\x30\x00"), "certificate-malformed"),
        ):
            command = RegisterCertificate(login_id=user.login_id, certificate=chain, authority=DESK)
            refused(bank.submit(command), code)
        command = RegisterCertificate(login_id=user.login_id, certificate=Unreadable("too-large"), authority=DESK)
        reply = refused(bank.submit(command), "malformed")
    assert reply.violations == (Violation("malformed", "certificate"),)


def test_the_desk_hears_what_is_wrong_with_a_use_and_an_administrator_does_not(bank: Bank) -> None:
    """Who talks with the CA needs the rule; a customer's page has no use for it."""
    master, user = holder(bank, role="master"), bank.newcomer(method="certificate")
    bare = ("basicConstraints=critical,CA:FALSE", "keyUsage=critical,keyEncipherment")
    chain = bank.issuer.chain(bank.issuer.ca.issue(f"/CN={user.login_id}", bare))
    command = RegisterCertificate(login_id=user.login_id, certificate=chain, authority=DESK)
    reply = refused(bank.submit(command), "certificate-wrong-use")
    assert [one.code for one in reply.violations] == ["no-digital-signature", "no-extended-key-usage"]
    assert "keyUsage lacks digitalSignature" in reply.message("en")
    mine = attrs.evolve(command, authority=by(bank, master))
    assert refused(bank.submit(mine), "certificate-wrong-use").violations == ()
    refused(present(bank, user, showing(user.home, chain)), "certificate-wrong-use")


def test_pem_is_taken_by_its_own_name_and_else_told_from_der(bank: Bank) -> None:
    """The file that a CA hands out is registered as it is, or the desk hears what was wanted instead."""
    user = bank.newcomer(method="certificate")
    person = bank.issuer.ca.issue(f"/CN={user.login_id}")
    wrong = RegisterCertificate(login_id=user.login_id, certificate=presented(person.pem), authority=DESK)
    reply = refused(bank.submit(wrong), "malformed")
    assert reply.violations == (Violation("not-der", "certificate"),)
    assert "DER" in reply.message("en")
    assert "DER" in reply.message("ja")
    register(bank, user.login_id, expect(CertificateChain, presented_pem(person.pem)))


def test_a_certificate_is_what_presented_returned() -> None:
    """Bytes are not."""
    with pytest.raises(MisuseError, match="certificate"):
        RegisterCertificate(login_id="Hanako01", certificate=unchecked(b"DER"), authority=DESK)


# -- by whom


def test_an_administrator_registers_for_his_people_and_not_for_himself(bank: Bank) -> None:
    """With a password alone nobody gets himself a certificate: it would be no second factor any more."""
    master, user = holder(bank, role="master"), bank.newcomer(method="certificate")
    authority = by(bank, master)
    mine = RegisterCertificate(
        login_id=master.login_id, certificate=bank.issuer.certificate(master.login_id, label=NEWER), authority=authority
    )
    refused(bank.submit(mine), "not-oneself")
    his = RegisterCertificate(
        login_id=user.login_id, certificate=bank.issuer.certificate(user.login_id), authority=authority
    )
    assert isinstance(bank.submit(his), CertificateRegistered)


def test_a_user_does_neither(bank: Bank) -> None:
    """Roles are checked as for all administration."""
    user, other = holder(bank), holder(bank)
    refused(bank.submit(RevokeCertificate(login_id=other.login_id, authority=by(bank, user))), "not-allowed")


# -- revoking


def test_revoking_ends_all_and_shows_the_login_id(bank: Bank) -> None:
    """Sessions, logins under way, certificates; the notice says it."""
    user = holder(bank)
    log_in(bank, user)
    present(bank, user)
    reply = bank.submit(RevokeCertificate(login_id=user.login_id.upper(), authority=DESK))
    assert reply == Done(login_id=user.login_id)
    account = bank.account(user)
    assert (account.certificates, account.sessions, account.flows) == ((), (), ())
    record = stored(bank, chain_of(user))
    assert (record.state, record.ended_at) == ("revoked", bank.clock())


def test_registering_and_revoking_are_told_and_written_down(bank: Bank) -> None:
    """Both are notices to the person, and rows of his operations, which name the certificates (A29)."""
    user = holder(bank)
    newer = bank.issuer.certificate(user.login_id, label=NEWER)
    register(bank, user.login_id, newer)
    bank.submit(RevokeCertificate(login_id=user.login_id, authority=DESK))
    both = f"{chain_of(user).fingerprint} {newer.fingerprint}"
    told = [(one.event, one.details) for one in bank.read(PendingNotices()) if one.login_id == user.login_id]
    assert ("certificate", (("fingerprint", newer.fingerprint),)) in told
    assert ("revocation", (("fingerprints", both),)) in told
    row = expect(OperationRecord, bank.history(user, "operations").records[0])
    assert (row.operation, row.details) == ("revoke-certificate", (("fingerprints", both),))


def test_in_its_last_second_the_one_in_use_stays(bank: Bank) -> None:
    """It is good to the end of that second, so a registration does not drop it before."""
    user = bank.newcomer(method="certificate")
    short = bank.issuer.certificate(user.login_id, label="short", ends_at=openssl.NOW)
    register(bank, user.login_id, short)
    account = bank.account(user)
    bank.put_record(attrs.evolve(account, certificates=(attrs.evolve(account.certificates[0], used=True),)))
    bank.clock.set(openssl.NOW + timedelta(microseconds=999_999))
    register(bank, user.login_id, bank.issuer.certificate(user.login_id, label=NEWER))
    assert isinstance(present(bank, user, showing(user.home, short)), PasswordDue)


def test_an_administrator_revokes_his_own_too(bank: Bank) -> None:
    """Before the PC is changed: it is what the procedure's banks ask for."""
    master = holder(bank, role="master")
    reply = bank.submit(RevokeCertificate(login_id=master.login_id, authority=by(bank, master)))
    assert reply == Done(login_id=master.login_id)
    refused(present(bank, master), "certificate-revoked")


def test_there_must_be_one_to_revoke(bank: Bank) -> None:
    """Revoked twice is revoked once."""
    user = holder(bank)
    command = RevokeCertificate(login_id=user.login_id, authority=DESK)
    assert isinstance(bank.submit(command), Done)
    with bank.unchanged():
        refused(bank.submit(command), "no-certificate-registered")


def test_a_record_that_is_gone_keeps_nobody_from_revoking(bank: Bank) -> None:
    """Somebody dropped it behind the library's back: the account is what counts."""
    user = holder(bank)
    bank.drop_record(stored(bank, chain_of(user)).key)
    assert bank.submit(RevokeCertificate(login_id=user.login_id, authority=DESK)) == Done(login_id=user.login_id)
    assert bank.account(user).certificates == ()
    refused(present(bank, user), "certificate-unregistered")


def test_a_revoked_one_is_followed_by_a_new_one(bank: Bank) -> None:
    """Issued and registered anew, with a new key."""
    user = holder(bank)
    bank.submit(RevokeCertificate(login_id=user.login_id, authority=DESK))
    newer = bank.issuer.certificate(user.login_id, label=NEWER)
    register(bank, user.login_id, newer)
    assert isinstance(login(bank, user, showing(user.home, newer)), Authenticated)


# -- renewing


def test_until_the_newer_one_s_first_login_both_are_good(bank: Bank) -> None:
    """Then the older one is superseded, and told so; its session has ended."""
    user = holder(bank)
    older, newer = chain_of(user), bank.issuer.certificate(user.login_id, label=NEWER)
    register(bank, user.login_id, newer)
    old_session = log_in(bank, user).session
    assert fingerprints(bank.account(user)) == [older.fingerprint, newer.fingerprint]
    renewed = showing(user.home, newer)
    assert isinstance(present(bank, user, renewed), PasswordDue)
    assert isinstance(present(bank, user), PasswordDue)  # the newer one's login has not reached its end
    log_in(bank, user, renewed)
    assert fingerprints(bank.account(user)) == [newer.fingerprint]
    assert (stored(bank, older).state, stored(bank, newer).state) == ("superseded", "registered")
    refused(present(bank, user), "certificate-superseded")
    assert bank.session(old_session, user.home) is None


def test_superseding_is_written_down(bank: Bank) -> None:
    """In the login that did it, by whom, and which took whose place; the next login with it writes none."""
    user = holder(bank)
    older, newer = chain_of(user), bank.issuer.certificate(user.login_id, label=NEWER)
    register(bank, user.login_id, newer)
    before = len(bank.history(user, "operations").records)
    present(bank, user, showing(user.home, newer))
    assert len(bank.history(user, "operations").records) == before
    for _ in range(2):
        log_in(bank, user, showing(user.home, newer))
    page = bank.history(user, "operations")
    assert (page.defect, len(page.records)) == (None, before + 1)
    assert page.records[0] == OperationRecord(
        at=bank.clock(),
        operation="supersede-certificate",
        actor=f"user:{user.login_id}",
        details=(("fingerprint", older.fingerprint), ("by", newer.fingerprint)),
    )


def test_a_first_certificate_supersedes_none(bank: Bank) -> None:
    """The first login of a person asks no more of the store, and writes no such row."""
    user = holder(bank)
    operations = [expect(OperationRecord, row).operation for row in bank.history(user, "operations").records]
    assert "supersede-certificate" not in operations


def test_where_several_sessions_are_allowed_those_of_the_older_one_end(open_bank: OpenBank) -> None:
    """And no others."""
    bank = open_bank(attrs.evolve(FAST, session=SessionPolicy(double_login="allow", at_once=3)))
    user = holder(bank)
    newer = showing(user.home, bank.issuer.certificate(user.login_id, label=NEWER))
    old_session = log_in(bank, user).session
    register(bank, user.login_id, newer.chain or chain_of(user))
    first = log_in(bank, user, newer).session
    second = log_in(bank, user, newer).session
    assert bank.session(old_session, user.home) is None
    assert bank.session(first, newer) is not None
    assert bank.session(second, newer) is not None


def test_a_third_one_replaces_the_one_that_waits(bank: Bank) -> None:
    """One in use and one newer at most (1 ID = 1 certificate, but for the renewal)."""
    user = holder(bank)
    second = bank.issuer.certificate(user.login_id, label="second")
    third = bank.issuer.certificate(user.login_id, label="third")
    register(bank, user.login_id, second)
    register(bank, user.login_id, third)
    assert fingerprints(bank.account(user)) == [chain_of(user).fingerprint, third.fingerprint]
    refused(present(bank, user, showing(user.home, second)), "certificate-superseded")
    row = expect(OperationRecord, bank.history(user, "operations").records[0])
    assert row.operation == "register-certificate"
    assert row.details == (("fingerprint", third.fingerprint), ("superseded", second.fingerprint))
    log_in(bank, user, showing(user.home, third))


def test_an_ended_one_makes_room(bank: Bank) -> None:
    """What has ended by itself is dropped when the next is registered."""
    user = bank.newcomer(method="certificate")
    short = bank.issuer.certificate(user.login_id, label="short", ends_at=openssl.NOW)
    register(bank, user.login_id, short)
    account = bank.account(user)
    bank.put_record(attrs.evolve(account, certificates=(attrs.evolve(account.certificates[0], used=True),)))
    bank.clock.set(openssl.NOW + timedelta(seconds=1))
    newer = bank.issuer.certificate(user.login_id, label=NEWER)
    register(bank, user.login_id, newer)
    assert fingerprints(bank.account(user)) == [newer.fingerprint]
    refused(present(bank, user, showing(user.home, short)), "certificate-expired")


def test_a_flow_of_the_older_one_ends_when_the_newer_is_used(bank: Bank) -> None:
    """What it proved is the account's no more (A33)."""
    user = holder(bank)
    newer = bank.issuer.certificate(user.login_id, label=NEWER)
    register(bank, user.login_id, newer)
    elsewhere = showing(bank.browser(), chain_of(user))
    older_step = expect(PasswordDue, present(bank, user, elsewhere))
    log_in(bank, user, showing(user.home, newer))
    entered = EnterPassword(handle=older_step.handle, client=elsewhere, password=user.login_password)
    refused(bank.submit(entered), "changed")


def test_the_usual_rules_read_the_common_name(bank: Bank) -> None:
    """The name of the certificate shows the login ID (the procedure's manual, 1-1)."""
    assert OKMATE.certificate_subject == SubjectRule()
    assert bank.profile.certificate_subject == SubjectRule()
