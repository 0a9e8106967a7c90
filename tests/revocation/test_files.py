"""Files of lists: what takes a list's place, and what never does, whatever is put where the file was."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509

from okmate_auth.certificates import crl
from okmate_auth.certificates.crl_lists import signed_by
from okmate_auth.revocation import HeldList, files
from okmate_auth.revocation.files import first_look
from tests.certificates.revoking import parsed, usable
from tests.revocation.banks import alice, bank, branch, forger, replace, revoked


def known() -> tuple[x509.Certificate, ...]:
    """Return the CAs that are known."""
    return parsed(bank()), parsed(branch())


def held(file: Path, data: bytes | None = None) -> HeldList:
    """Return what is held of a file at first."""
    found = first_look(file if data is None else replace(file, data))
    assert isinstance(found, HeldList), found
    return found


def looked(found: HeldList, issuers: tuple[x509.Certificate, ...] | None = None) -> HeldList:
    """Return what is held after another look."""
    return found.looked_at(known() if issuers is None else issuers, signed_by)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with the bank's list number 5."""
    return replace(tmp_path / "bank.crl", bank().crl(number=5))


def test_nothing_changed(file: Path) -> None:
    """Then it is the very same; a list that was given as bytes never changes."""
    found = held(file)
    assert looked(found) is found
    given = HeldList(list=found.list)
    assert looked(given) is given


def in_one_step(file: Path, data: bytes) -> None:
    """Replace a file as an operator should."""
    replace(file, data)


def in_place(file: Path, data: bytes) -> None:
    """Replace a file as an operator should not."""
    file.write_bytes(data)


@pytest.mark.parametrize("put", [in_one_step, in_place])
def test_a_newer_list_is_taken(file: Path, put: Callable[[Path, bytes], None]) -> None:
    """However it is put there."""
    before = held(file)
    newer = bank().crl(*revoked(alice()), number=6)
    put(file, newer)
    after = looked(before)
    assert (after.list, after.defect, after.defects) == (usable(newer), None, 0)
    assert before.list.number == 5
    assert looked(after) is after


def test_the_same_list_written_again_is_no_news(file: Path) -> None:
    """A timer that fetches what was there already is not at fault."""
    before = held(file)
    replace(file, file.read_bytes())
    after = looked(before)
    assert (after.list, after.defect, after.defects) == (before.list, None, 0)
    assert looked(after) is after


def gone(file: Path) -> None:
    """Delete it."""
    file.unlink()


def directory(file: Path) -> None:
    """Put a directory there."""
    file.unlink()
    file.mkdir()


def pipe(file: Path) -> None:
    """Put a pipe there, that nobody writes to."""
    file.unlink()
    os.mkfifo(file)


def loop(file: Path) -> None:
    """Put a link there that leads to itself."""
    file.unlink()
    file.symlink_to(file)


DEFECTS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "gone": ("unreadable", gone),
    "a directory": ("unreadable", directory),
    "a pipe": ("unreadable", pipe),
    "a loop": ("unreadable", loop),
    "empty": ("malformed", lambda file: in_place(file, b"")),
    "cut": ("malformed", lambda file: in_place(file, bank().crl(number=6)[:-1])),
    "a certificate": ("malformed", lambda file: in_place(file, bank().pem)),
    "over SHA-1": ("weak-signature", lambda file: in_place(file, bank().crl(number=6, digest="sha1"))),
    "older": ("older", lambda file: in_place(file, bank().crl(number=4))),
    "another of its number": ("older", lambda file: in_place(file, bank().crl(*revoked(alice()), number=5))),
    "forged": ("unverified", lambda file: in_place(file, forger().crl(number=6))),
    "another CA's": ("other-issuer", lambda file: in_place(file, branch().crl(number=6))),
    "a part": (
        "other-scope",
        lambda file: in_place(
            file,
            bank().crl(number=6, extensions=("issuingDistributionPoint=critical,@p", "[p]", "onlyuser=TRUE")),
        ),
    ),
}


@pytest.mark.parametrize("case", DEFECTS)
def test_what_is_wrong_is_told_and_changes_nothing(file: Path, case: str) -> None:
    """The list in use stays; the defect is counted once, however often it is seen; a good newer list mends it."""
    defect, put = DEFECTS[case]
    before = held(file)
    put(file)
    after = looked(before)
    assert (after.list, after.defect, after.defects) == (before.list, defect, 1)
    again = looked(looked(after))
    assert (again.list, again.defect, again.defects) == (before.list, defect, 1)
    if file.is_dir():
        file.rmdir()
    newer = bank().crl(number=7)
    replace(file, newer)
    mended = looked(again)
    assert (mended.list, mended.defect, mended.defects) == (usable(newer), None, 1)


def test_the_old_list_put_back_mends_a_defect(file: Path) -> None:
    """What is in use is what the file holds."""
    before, data = held(file), file.read_bytes()
    in_place(file, b"")
    broken = looked(before)
    replace(file, data)
    assert (looked(broken).list, looked(broken).defect) == (before.list, None)


def test_each_new_defect_is_counted(file: Path) -> None:
    """Another defect, and the same one in another file."""
    found = held(file)
    for number, data in enumerate((b"", b"0", bank().crl(number=4), bank().crl(number=3)), start=1):
        replace(file, data)
        found = looked(found)
        assert found.defects == number


def test_a_file_that_is_written_while_it_is_read_is_read_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of one list and half of another is neither; the next look finds the whole."""
    before = held(file)
    newer = bank().crl(number=6)
    replace(file, newer)
    status = os.fstat

    def written_meanwhile(descriptor: int) -> os.stat_result:
        found = status(descriptor)
        os.utime(file, ns=(0, 0))
        return found

    monkeypatch.setattr(os, "fstat", written_meanwhile)
    broken = looked(before)
    assert (broken.list, broken.defect) == (before.list, "changing")
    monkeypatch.undo()
    assert looked(broken).list == usable(newer)


def test_no_more_is_read_than_a_list_may_have(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that grows without end ends here."""
    before = held(file)
    replace(file, bank().crl(number=6))
    size = file.stat().st_size
    monkeypatch.setattr(crl, "LARGEST_LIST", size - 1)
    monkeypatch.setattr(files, "LARGEST_LIST", size - 1)
    assert looked(before).defect == "too-large"


class TestWhoseIssuerIsNotKnownYet:
    """Lists of a CA that no path has shown so far."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        """A file with the branch's list number 5."""
        return replace(tmp_path / "branch.crl", branch().crl(number=5))

    def test_a_newer_one_is_taken_and_an_older_one_is_not(self, file: Path) -> None:
        """By their numbers alone, since nothing was decided by either."""
        before = held(file)
        replace(file, branch().crl(number=6))
        assert looked(before, ()).list.number == 6
        replace(file, branch().crl(number=4))
        assert looked(before, ()).defect == "older"

    def test_a_forged_one_makes_way_when_the_issuer_is_known(self, file: Path) -> None:
        """Though the genuine list was refused as older before, and the file has not changed since."""
        other_key = bank().intermediate("/C=JP/O=Bank/CN=Branch", label="a forger's branch")
        before = held(file, other_key.crl(number=99))
        replace(file, branch().crl(number=6))
        refused = looked(before, ())
        assert refused.defect == "older"
        assert looked(refused, ()) is refused
        after = looked(refused, known())
        assert (after.list.number, after.defect, after.defects) == (6, None, 1)


def test_what_is_wrong_at_first(tmp_path: Path) -> None:
    """It is the defect, and there is no list to go on with."""
    missing = tmp_path / "missing.crl"
    assert first_look(missing) == "unreadable"
    assert first_look(replace(missing, b"")) == "malformed"
