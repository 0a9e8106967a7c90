"""The desk's verdicts: each reason, each end of a good one, what it remembers; all made by openssl."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from okmate_auth.certificates import CertificateChain, PathRules
from okmate_auth.certificates.der import issuer_and_key
from okmate_auth.certificates.verdict import REASONS, VerifiedCertificate
from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.revocation import CertificateDesk, Trust
from tests.certificates import openssl
from tests.certificates.openssl import CLIENT, END, NOW, START
from tests.certificates.revoking import parsed
from tests.revocation.banks import (
    BRANCH_NAME,
    alice,
    anchors,
    bank,
    bob,
    branch,
    chain,
    desk,
    forger,
    of_alice,
    of_bob,
    replace,
    revoked,
    word,
)

TICK: Final = timedelta(microseconds=1)
SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)
LOOK: Final = timedelta(seconds=30)


def good(verdict: object) -> VerifiedCertificate:
    """Return a verdict that has to be good."""
    assert isinstance(verdict, VerifiedCertificate), verdict
    return verdict


def test_a_verified_certificate_says_what_decisions_need() -> None:
    """Its fingerprint, issuer, serial and key as digests and hexadecimal, its subject parsed, its times."""
    verdict = good(desk(bank().crl()).judge(of_alice(), NOW))
    certificate = parsed(alice())
    issuer, key = issuer_and_key(certificate)
    assert attrs.asdict(verdict, recurse=False) == {
        "fingerprint": hashlib.sha256(alice().der).hexdigest(),
        "issuer": hashlib.sha256(issuer).hexdigest(),
        "serial": f"{alice().serial:x}",
        "spki": hashlib.sha256(key).hexdigest(),
        "subject": certificate.subject,
        "not_before": START,
        "not_after": END,
        "good_until": END,
    }
    assert "Alice" not in repr(verdict)


def _cases() -> dict[str, tuple[Any, datetime]]:
    mute = bank().intermediate("/CN=Mute", tuple(line.replace(",cRLSign", "") for line in openssl.ISSUED_CA))
    server = tuple(line.replace("clientAuth", "serverAuth") for line in CLIENT)
    return {
        "malformed": (CertificateChain(b"0"), NOW),
        "unknown-issuer": (chain(forger().issue("/CN=Alice", label="forged")), NOW),
        "expired": (of_alice(), END + SECOND),
        "not-yet-valid": (of_alice(), START - SECOND),
        "wrong-use": (chain(bank().issue("/CN=Server", server)), NOW),
        "weak-key": (chain(bank().issue("/CN=Weak", kind="rsa:1024")), NOW),
        "bad-path": (chain(bank().issue("/CN=Odd", (*CLIENT, "1.2.3.4=critical,DER:0500"))), NOW),
        "revoked": (chain(bank().issue("/CN=Mallory")), NOW),
        "revocation-unknown": (chain(mute.issue("/CN=Carol"), mute), NOW),
    }


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason(reason: str) -> None:
    """Every reason of the vocabulary is told of a chain of its own; and it is told again, since none is remembered."""
    presented, now = _cases()[reason]
    judge = desk(bank().crl(*revoked(bank().issue("/CN=Mallory"))))
    assert [word(judge.judge(presented, now)) for _ in range(2)] == [reason, reason]
    assert len(judge._verdicts) == 0


@pytest.mark.parametrize(
    ("now", "expected"),
    [(END - TICK, "good"), (END, "revocation-unknown"), (START, "good"), (START - TICK, "not-yet-valid")],
)
def test_a_stale_list_refuses(now: datetime, expected: str) -> None:
    """CE-6: from nextUpdate on nothing is known, though the certificate has a second to go."""
    assert word(desk(bank().crl()).judge(of_alice(), now)) == expected


def test_without_revocation_only_the_path_is_judged() -> None:
    """The deviation that is said aloud: the verdict holds for the certificate's whole last second."""
    lenient = CertificateDesk(Trust(anchors=anchors(), no_revocation=True))
    assert good(lenient.judge(of_alice(), NOW)).good_until == END + SECOND
    assert word(lenient.judge(of_alice(), END + SECOND - TICK)) == "good"
    assert word(lenient.judge(of_alice(), END + SECOND)) == "expired"


def test_a_path_of_two_needs_both_lists() -> None:
    """The anchor's about the intermediate, and the intermediate's about the person."""
    assert word(desk(bank().crl(), branch().crl()).judge(of_bob(), NOW)) == "good"
    assert word(desk(bank().crl()).judge(of_bob(), NOW)) == "revocation-unknown"
    assert word(desk(branch().crl()).judge(of_bob(), NOW)) == "revocation-unknown"
    assert word(desk(bank().crl(*revoked(branch())), branch().crl()).judge(of_bob(), NOW)) == "revoked"


def test_signers_sign_where_the_bank_names_them() -> None:
    """A certificate of the branch's name that signs its lists."""
    signer = bank().issue(BRANCH_NAME, ("keyUsage=critical,cRLSign", "subjectKeyIdentifier=hash"), label="lists")
    lists = (bank().crl(), signer.crl())
    named = CertificateDesk(Trust(anchors=anchors(), lists=lists, signers=(signer.der,)))
    assert word(named.judge(of_bob(), NOW)) == "good"
    assert word(desk(*lists).judge(of_bob(), NOW)) == "revocation-unknown"


def test_its_rules_are_the_trusts() -> None:
    """A bank that wants no intermediates gets none."""
    strict = Trust(anchors=anchors(), lists=(bank().crl(), branch().crl()), rules=PathRules(most_intermediates=0))
    assert word(CertificateDesk(strict).judge(of_bob(), NOW)) == "bad-path"


@pytest.mark.parametrize("now", [datetime(2026, 6, 1), None])  # noqa: DTZ001 - it is what is refused
def test_a_naive_instant_is_misuse(now: Any) -> None:  # noqa: ANN401 - also no instant at all
    """Also where the verdict is remembered."""
    judge = desk(bank().crl())
    judge.judge(of_alice(), NOW)
    with pytest.raises(MisuseError):
        judge.judge(of_alice(), now)


class TestMemory:
    """What is remembered, and when it is not used any more (T8)."""

    def test_a_good_verdict_is_remembered(self) -> None:
        """The very same value, without another look at path or lists."""
        judge = desk(bank().crl())
        first = judge.judge(of_alice(), NOW)
        assert judge.judge(of_alice(), NOW + DAY) is first
        assert len(judge._verdicts) == 1

    def test_the_whole_chain_is_its_key(self) -> None:
        """A leaf with other certificates sent along, or the same bytes divided otherwise, is judged for itself."""
        judge = desk(bank().crl(), branch().crl())
        assert word(judge.judge(of_bob(), NOW)) == "good"
        assert word(judge.judge(chain(bob()), NOW)) == "unknown-issuer"
        joined = CertificateChain(bob().der + branch().der)
        assert word(judge.judge(joined, NOW)) == "malformed"
        assert word(judge.judge(chain(bob(), branch(), alice()), NOW)) == "good"
        assert len(judge._verdicts) == 2

    def test_the_end_of_the_certificate(self) -> None:
        """Remembered for its whole last second and no longer."""
        judge = desk(bank().crl())
        short = chain(bank().issue("/CN=Short", end=NOW + DAY))
        first = good(judge.judge(short, NOW))
        assert first.good_until == NOW + DAY + SECOND
        assert judge.judge(short, NOW + DAY + SECOND - TICK) is first
        assert word(judge.judge(short, NOW + DAY + SECOND)) == "expired"
        assert len(judge._verdicts) == 0

    def test_the_end_of_an_issuer(self) -> None:
        """The first end on the path counts, not the leaf's alone."""
        ending = bank().issue("/CN=Ending", openssl.ISSUED_CA, end=NOW + DAY)
        person = chain(ending.issue("/CN=Dora"), ending)
        judge = desk(bank().crl(), ending.crl())
        assert good(judge.judge(person, NOW)).good_until == NOW + DAY + SECOND
        assert word(judge.judge(person, NOW + DAY + SECOND - TICK)) == "good"
        assert word(judge.judge(person, NOW + DAY + SECOND)) == "bad-path"

    def test_the_end_of_a_list(self) -> None:
        """Remembered until nextUpdate, exclusive."""
        judge = desk(bank().crl(next_update=NOW + DAY))
        first = good(judge.judge(of_alice(), NOW))
        assert first.good_until == NOW + DAY
        assert judge.judge(of_alice(), NOW + DAY - TICK) is first
        assert word(judge.judge(of_alice(), NOW + DAY)) == "revocation-unknown"

    def test_the_start(self) -> None:
        """A clock that was put back finds no verdict from the future."""
        fresh = chain(bank().issue("/CN=Fresh", start=NOW))
        judge = desk(bank().crl(last_update=NOW - DAY))
        first = judge.judge(fresh, NOW)
        assert judge.judge(fresh, NOW) is first
        assert word(judge.judge(fresh, NOW - TICK)) == "not-yet-valid"
        assert word(judge.judge(of_alice(), NOW)) == "good"
        assert word(judge.judge(of_alice(), NOW - DAY - TICK)) == "revocation-unknown"

    def test_another_list_is_another_verdict(self, tmp_path: Path) -> None:
        """As soon as a list changes, nothing that was decided by the old ones is used."""
        file = replace(tmp_path / "bank.crl", bank().crl(number=1))
        judge = desk(files=(file,))
        assert word(judge.judge(of_alice(), NOW)) == "good"
        replace(file, bank().crl(*revoked(alice()), number=2))
        assert word(judge.judge(of_alice(), NOW + LOOK)) == "revoked"

    def test_another_trust_is_another_verdict(self) -> None:
        """Its version is in the key, as the lists' is."""
        one, other = desk(bank().crl()), desk(bank().crl())
        strict = Trust(anchors=anchors(), lists=(bank().crl(),), rules=PathRules(most_intermediates=0))
        keys = {each._key(of_alice(), each._outlook) for each in (one, other, CertificateDesk(strict))}
        assert len(keys) == 2
        assert len({*keys, (newer := desk(bank().crl(number=2)))._key(of_alice(), newer._outlook)}) == 3

    def test_there_are_never_more_than_the_capacity(self) -> None:
        """However many people come; the one who came last before is still remembered."""
        judge = desk(bank().crl(), capacity=2)
        people = [chain(bank().issue(f"/CN=Person {number}")) for number in range(4)]
        verdicts = [judge.judge(person, NOW) for person in people]
        assert len(judge._verdicts) == 2
        assert judge.judge(people[3], NOW) is verdicts[3]
        assert judge.judge(people[0], NOW) is not verdicts[0]
        assert judge.judge(people[0], NOW) == verdicts[0]

    @pytest.mark.parametrize(("capacity", "fits"), [(0, False), (1, True), (2**20, True), (2**20 + 1, False)])
    def test_the_capacity_has_bounds(self, capacity: int, fits: bool) -> None:  # noqa: FBT001 - a column of the table
        """One at least."""
        try:
            desk(bank().crl(), capacity=capacity)
        except ConfigurationError:
            assert not fits
        else:
            assert fits

    def test_with_files_it_ends_at_the_next_look(self, tmp_path: Path) -> None:
        """What rests on a verdict asks again when a newer list may have come; the answer is remembered all the same."""
        judge = desk(files=(replace(tmp_path / "bank.crl", bank().crl(next_update=NOW + 4 * LOOK - SECOND)),))
        first = good(judge.judge(of_alice(), NOW))
        assert first.good_until == NOW + LOOK
        assert judge.judge(of_alice(), NOW + LOOK - TICK) is first
        second = good(judge.judge(of_alice(), NOW + LOOK))
        assert second == attrs.evolve(first, good_until=NOW + 2 * LOOK)
        assert judge.judge(of_alice(), NOW + LOOK) is second
        assert good(judge.judge(of_alice(), NOW + 3 * LOOK)).good_until == NOW + 4 * LOOK - SECOND


class TestConstruction:
    """What is wrong from the beginning is the operator's to mend, before anybody logs in."""

    @pytest.mark.parametrize(
        ("data", "message"),
        [(b"", "malformed"), (b"forged", "not signed by the CA that it names"), (None, "there is no such file")],
    )
    def test_a_file_must_be_a_list(self, tmp_path: Path, data: bytes | None, message: str) -> None:
        """There, a list, and signed by its CA where that is known."""
        file = tmp_path / "bank.crl"
        if data is not None:
            file.write_bytes(forger().crl() if data else b"")
        with pytest.raises(ConfigurationError, match=rf"^Trust files: {re.escape(str(file))}: .*{message}"):
            desk(files=(file,))

    def test_a_missing_file_is_named_by_the_folder_it_was_looked_for_in(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A path that is relative to another folder than was meant is found by its message; a folder is no list."""
        monkeypatch.chdir(tmp_path)
        with pytest.raises(ConfigurationError) as raised:
            desk(files=(Path("bank.crl"),))
        assert str(raised.value) == f"Trust files: {tmp_path / 'bank.crl'}: there is no such file"
        (tmp_path / "bank.crl").mkdir()
        with pytest.raises(ConfigurationError, match="no revocation list to use: unreadable"):
            desk(files=(Path("bank.crl"),))

    def test_bytes_must_be_signed_too(self) -> None:
        """Forged ones are no list of the bank's."""
        with pytest.raises(ConfigurationError, match="lists: not signed"):
            desk(forger().crl())

    def test_a_stale_list_is_no_mistake(self, tmp_path: Path) -> None:
        """A server that restarts on the wrong day serves everybody else, and is mended by a newer list."""
        file = replace(tmp_path / "bank.crl", bank().crl(next_update=NOW))
        judge = desk(files=(file,))
        assert word(judge.judge(of_alice(), NOW)) == "revocation-unknown"
        replace(file, bank().crl(number=2))
        assert word(judge.judge(of_alice(), NOW + LOOK)) == "good"

    def test_what_is_held_is_seen(self, tmp_path: Path) -> None:
        """For monitoring: which lists, of whom, until when, from where."""
        file = replace(tmp_path / "branch.crl", branch().crl(*revoked(alice(), bob()), number=7))
        held = desk(bank().crl(), files=(file,)).held
        assert [(one.file, one.list.number, len(one.list), one.defect) for one in held] == [
            (None, 1, 0, None),
            (file, 7, 2, None),
        ]
        assert [one.list.name for one in held] == [parsed(bank()).subject, parsed(branch()).subject]
        assert all(one.list.next_update == END.astimezone(UTC) for one in held)
