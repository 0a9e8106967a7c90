"""Files that change while the desk works: seen in 30 seconds, never half, and nothing is raised into a login."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from okmate_auth.certificates import path_verifier
from okmate_auth.revocation import CertificateDesk
from okmate_auth.revocation import desk as desk_module
from tests.certificates.openssl import END, NOW
from tests.certificates.revoking import usable
from tests.revocation.banks import (
    BRANCH_NAME,
    alice,
    bank,
    bob,
    branch,
    desk,
    forger,
    of_alice,
    of_bob,
    replace,
    revoked,
    word,
)
from tests.rounds import rounds

TICK: Final = timedelta(microseconds=1)
LOOK: Final = timedelta(seconds=30)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with the bank's first list, on which nobody is."""
    return replace(tmp_path / "bank.crl", bank().crl(number=1))


@pytest.fixture
def judge(file: Path) -> CertificateDesk:
    """A desk that has looked at that file."""
    made = desk(files=(file,))
    assert word(made.judge(of_alice(), NOW)) == "good"
    return made


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (LOOK - TICK, "good"),
        (LOOK, "revoked"),
        (LOOK + TICK, "revoked"),
        (-LOOK + TICK, "good"),
        (-LOOK, "revoked"),
    ],
)
def test_a_newer_list_is_seen_after_30_seconds(
    judge: CertificateDesk, file: Path, later: timedelta, expected: str
) -> None:
    """At most one look in 30 seconds; also where the clock was put back."""
    replace(file, bank().crl(*revoked(alice()), number=2))
    assert word(judge.judge(of_alice(), NOW + later)) == expected


def test_the_first_look_is_at_once(file: Path) -> None:
    """What changed since the desk was made is seen by the first caller."""
    made = desk(files=(file,))
    replace(file, bank().crl(*revoked(alice()), number=2))
    assert word(made.judge(of_alice(), NOW)) == "revoked"


def test_several_files_are_each_for_themselves(file: Path) -> None:
    """One that is broken does not keep the other's newer list away."""
    other = replace(file.with_name("branch.crl"), branch().crl(number=1))
    made = desk(files=(file, other))
    assert word(made.judge(of_bob(), NOW)) == "good"
    file.write_bytes(b"")
    replace(other, branch().crl(*revoked(bob()), number=2))
    assert word(made.judge(of_bob(), NOW + LOOK)) == "revoked"
    assert word(made.judge(of_alice(), NOW + LOOK)) == "good"
    assert [one.defect for one in made.held] == ["malformed", None]


def test_a_broken_file_is_told_and_the_old_list_stays_until_it_is_stale(
    judge: CertificateDesk, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Logged once, seen in what is held, raised nowhere; from nextUpdate on nothing is known, which is logged."""
    file.write_bytes(b"")
    for number in range(1, 4):
        assert word(judge.judge(of_alice(), NOW + number * LOOK)) == "good"
    assert [(one.defect, one.defects, one.list.number) for one in judge.held] == [("malformed", 1, 1)]
    assert [(one.levelno, one.name) for one in caplog.records] == [(logging.WARNING, "okmate_auth.revocation")]
    assert f"revocation list {file}: malformed; number 1 stays in use until {END}" in caplog.text
    assert word(judge.judge(of_alice(), END)) == "revocation-unknown"
    assert "refused, no revocation list: stale, of CN=Root,O=Bank,C=JP" in caplog.text


def test_an_older_list_replayed_changes_nothing(judge: CertificateDesk, file: Path) -> None:
    """Whoever can write the file can't bring a revoked certificate back (A60)."""
    replayed = file.read_bytes()
    replace(file, bank().crl(*revoked(alice()), number=2))
    assert word(judge.judge(of_alice(), NOW + LOOK)) == "revoked"
    replace(file, replayed)
    assert word(judge.judge(of_alice(), NOW + 2 * LOOK)) == "revoked"
    assert [(one.defect, one.list.number) for one in judge.held] == [("older", 2)]


def test_a_forged_list_changes_nothing(judge: CertificateDesk, file: Path) -> None:
    """Whoever can write the file can neither let in nor lock out."""
    replace(file, forger().crl(*revoked(alice()), number=9))
    assert word(judge.judge(of_alice(), NOW + LOOK)) == "good"
    assert [(one.defect, one.list.number) for one in judge.held] == [("unverified", 1)]


def test_an_intermediate_is_known_once_somebody_showed_it(file: Path) -> None:
    """From then on a forged list of its name takes no genuine one's place."""
    theirs = replace(file.with_name("branch.crl"), branch().crl(number=1))
    forged = bank().intermediate(BRANCH_NAME, label="a forger's branch").crl(number=9)
    naive, wise = desk(files=(file, theirs)), desk(files=(file, theirs))
    assert word(wise.judge(of_bob(), NOW)) == "good"
    replace(theirs, forged)
    assert word(wise.judge(of_bob(), NOW + LOOK)) == "good"
    assert wise.held[1].defect == "unverified"
    assert word(naive.judge(of_bob(), NOW)) == "revocation-unknown"
    replace(theirs, branch().crl(number=2))
    assert [word(one.judge(of_bob(), NOW + 2 * LOOK)) for one in (naive, wise)] == ["good", "good"]


def test_what_is_learned_is_bounded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More CAs than that are judged all the same, and not kept."""
    monkeypatch.setattr(path_verifier, "MOST_AUTHORITIES", 0)
    made = desk(branch().crl(), files=(file,))
    assert word(made.judge(of_bob(), NOW)) == "good"
    assert made._paths.authorities == ()


def test_a_newer_list_is_told(judge: CertificateDesk, file: Path, caplog: pytest.LogCaptureFixture) -> None:
    """For the operator who wants to see it arrive."""
    caplog.set_level(logging.INFO)
    replace(file, bank().crl(number=2))
    judge.judge(of_alice(), NOW + LOOK)
    assert [(one.levelno, one.getMessage()) for one in caplog.records] == [
        (logging.INFO, f"revocation list {file}: number 2")
    ]


def test_what_is_not_known_is_logged_once_in_30_seconds(caplog: pytest.LogCaptureFixture) -> None:
    """CE-6; once for each issuer and reason, however many come."""
    made = desk(branch().crl())
    for later in (timedelta(0), TICK, LOOK - TICK, LOOK, LOOK + TICK):
        assert word(made.judge(of_alice(), NOW + later)) == "revocation-unknown"
    assert len(caplog.records) == 2
    made.judge(of_bob(), NOW + LOOK)
    assert len(caplog.records) == 2


def test_what_was_logged_is_forgotten_in_time(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory of what was told is bounded too."""
    monkeypatch.setattr(desk_module, "_MOST_TOLD", 0)
    made = desk(bank().crl(next_update=NOW))
    made.judge(of_alice(), NOW)
    made.judge(of_alice(), NOW + LOOK)
    made.judge(of_bob(), NOW + LOOK)
    assert len(made._told) == 1
    assert len(caplog.records) == 2


class TestManyAtOnce:
    """Several threads, and processes."""

    def test_while_one_looks_the_others_go_on(self, judge: CertificateDesk, file: Path) -> None:
        """With the lists there are; nobody waits for a file."""
        replace(file, bank().crl(*revoked(alice()), number=2))
        judge._looking[os.getpid()] = object()
        assert word(judge.judge(of_alice(), NOW + LOOK)) == "good"
        del judge._looking[os.getpid()]
        assert word(judge.judge(of_alice(), NOW + LOOK)) == "revoked"

    def test_who_was_faster_has_looked(self, judge: CertificateDesk) -> None:
        """Between seeing that a look is due and being the one to do it, another one may have done it."""
        done = judge._refreshed(judge._outlook, NOW + LOOK)

        class Faster(dict[int, object]):
            def setdefault(self, pid: int, token: object = None) -> object:
                judge._outlook = done
                return super().setdefault(pid, token)

        judge._looking = Faster()  # type: ignore[misc]  # somebody is always quicker
        judge.judge(of_alice(), NOW + LOOK)
        assert judge._outlook is done

    def test_a_look_that_is_broken_off_is_done_again(
        self, judge: CertificateDesk, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An interrupt in the midst of one does not end them for ever."""
        replace(file, bank().crl(*revoked(alice()), number=2))

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(CertificateDesk, "_refreshed", interrupted)
        with pytest.raises(KeyboardInterrupt):
            judge.judge(of_alice(), NOW + LOOK)
        monkeypatch.undo()
        assert word(judge.judge(of_alice(), NOW + LOOK)) == "revoked"

    def test_a_child_of_a_fork_looks_for_itself(self, judge: CertificateDesk, file: Path) -> None:
        """Though the parent was at it at that moment, in a thread that the child does not have."""
        replace(file, bank().crl(*revoked(alice()), number=2))
        judge._looking[os.getpid()] = object()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                said = word(judge.judge(of_alice(), NOW + LOOK))
                os.write(writing, f"{said} {len(judge._looking)}".encode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            assert pipe.read() == b"revoked 0"
        os.waitpid(child, 0)

    def test_a_file_replaced_while_all_judge(self, file: Path) -> None:
        """Each verdict is that of some list, whole; once revoked is never good again; corrupt files change nothing."""
        count = rounds(12, 120)
        made, clock, stop = desk(files=(file,)), _Clock(), threading.Event()
        contents = list(_contents(count))
        said: list[list[str]] = [[] for _ in range(8)]

        def work(mine: list[str]) -> None:
            while not stop.is_set():
                mine.append(word(made.judge(of_alice(), clock.now)))

        threads = [threading.Thread(target=work, args=(mine,)) for mine in said]
        for thread in threads:
            thread.start()
        try:
            seen = [_seen(made, file, data, clock) for data in contents]
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert {*seen[: count // 2]} == {"good"}
        assert {*seen[count // 2 :]} == {"revoked"}
        for mine in said:
            assert {*mine} <= {"good", "revoked"}
            assert mine == sorted(mine)  # "good" comes before "revoked"
        assert (made.held[0].list.number, made.held[0].defect) == (count, None)


class _Clock:
    """Goes on by 30 seconds when one thread says so, for all of them."""

    def __init__(self) -> None:
        self.now = NOW

    def next(self) -> datetime:
        """Return the next instant; a look is due at it, by whoever comes first."""
        self.now += LOOK
        return self.now


def _contents(count: int) -> Iterator[bytes]:
    """Yield lists of rising numbers; Alice is on the later half."""
    for number in range(1, count + 1):
        yield bank().crl(*(revoked(alice()) if number > count // 2 else ()), number=number)


def _seen(made: CertificateDesk, file: Path, data: bytes, clock: _Clock) -> str:
    """Put rubbish and then a list into the file, and return the verdict once the list is used."""
    replace(file, data[: len(data) // 2])
    made.judge(of_alice(), clock.next())
    replace(file, data)
    wanted = usable(data)
    while made.held[0].list != wanted or made.held[0].defect is not None:
        made.judge(of_alice(), clock.next())
    return word(made.judge(of_alice(), clock.next()))
