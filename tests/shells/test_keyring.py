"""The key file on disk."""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
import traceback
from pathlib import Path

import pytest

from okmate_auth.errors import ConfigurationError, InfrastructureError
from okmate_auth.keys import Keys, Purpose
from okmate_auth.shells import keyring
from okmate_auth.shells.keyring import MAX_FILE_BYTES, KeyRing
from okmate_auth.testing.keys import unsafe_keys

posix = pytest.mark.skipif(os.name != "posix", reason="modes and pipes are POSIX")
RING = unsafe_keys()


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def write(path: Path, text: str) -> None:
    """Write a file for its owner alone."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def test_a_written_file_is_read_back(tmp_path: Path) -> None:
    """What was generated and written is what a later start reads, as the same class."""
    ring = KeyRing.generate()
    ring.write_new(tmp_path / "okmate.keys")
    again = KeyRing.from_file(str(tmp_path / "okmate.keys"))
    assert again == ring
    assert type(again) is KeyRing
    assert isinstance(again, Keys)


def test_no_two_generated_rings_share_a_key() -> None:
    """Fresh keys come from the operating system, new each time."""
    one, other = KeyRing.generate(), KeyRing.generate()
    assert one.subject_key != other.subject_key
    assert one.current_pepper != other.current_pepper


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_a_new_file_is_for_its_owner_alone(tmp_path: Path, umask: int) -> None:
    """Mode 600 exactly, whatever the umask."""
    before = os.umask(umask)
    try:
        RING.write_new(tmp_path / "keys")
    finally:
        os.umask(before)
    assert mode(tmp_path / "keys") == 0o600


@posix
@pytest.mark.parametrize("bit", [0o040, 0o020, 0o010, 0o004, 0o002, 0o001])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, bit: int) -> None:
    """Any right of group or others refuses the file and says how to mend it; the owner's rights alone are fine."""
    path = tmp_path / "keys"
    RING.write_new(path)
    path.chmod(0o600 | bit)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        KeyRing.from_file(path)
    path.chmod(0o400)
    assert KeyRing.from_file(path) == RING


def test_on_other_systems_modes_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no modes and folders can't be opened, reading and writing work without them."""
    monkeypatch.setattr(keyring, "_POSIX", False)
    path = tmp_path / "keys"
    RING.write_new(path)
    path.chmod(0o644)
    assert KeyRing.from_file(path) == RING
    RING.renewed("pepper").replace(path)
    assert KeyRing.from_file(path) != RING


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """The first mistake of a newcomer gets the command that mends it."""
    with pytest.raises(ConfigurationError, match="okmate-auth keys new"):
        KeyRing.from_file(tmp_path / "missing")


@pytest.mark.parametrize("path", ["folder", "with\x00nul", "x" * 5000, "folder/keys/keys", "", "/"])
def test_what_is_no_file_is_refused(tmp_path: Path, path: str) -> None:
    """Folders and impossible names are refused, in either direction."""
    (tmp_path / "folder").mkdir(mode=0o700)
    for use in (KeyRing.from_file, RING.write_new, RING.replace):
        with pytest.raises(ConfigurationError, match="key file: "):
            use(os.path.join(tmp_path, path))  # noqa: PTH118 - Path would clean the name


@posix
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    """Opening a named pipe does not wait for a writer."""
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(ConfigurationError, match="regular file"):
        KeyRing.from_file(tmp_path / "pipe")


@pytest.mark.parametrize("size", [MAX_FILE_BYTES - 1, MAX_FILE_BYTES, MAX_FILE_BYTES + 1])
def test_a_file_is_read_up_to_its_bound(tmp_path: Path, size: int) -> None:
    """A file as long as allowed is read, one byte more is refused before it is parsed."""
    text = RING.to_json()
    write(tmp_path / "keys", text + " " * (size - len(text)))
    if size <= MAX_FILE_BYTES:
        assert KeyRing.from_file(tmp_path / "keys") == RING
    else:
        with pytest.raises(ConfigurationError, match="too long"):
            KeyRing.from_file(tmp_path / "keys")


@pytest.mark.parametrize("text", ["", "{}", "鍵", RING.to_json().replace("format", "form"), RING.to_json()[:-10]])
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    """Empty, foreign, cut: refused, and nothing of it is shown."""
    write(tmp_path / "keys", text)
    with pytest.raises(ConfigurationError) as caught:
        KeyRing.from_file(tmp_path / "keys")
    assert json.loads(RING.to_json())["subject"] not in "".join(traceback.format_exception(caught.value))


def test_text_in_place_of_a_path_stays_secret() -> None:
    """Who mixes up the text and the path finds no key in the error, its arguments or its context."""
    with pytest.raises(ConfigurationError) as caught:
        KeyRing.from_file(RING.to_json())
    error: BaseException = caught.value
    assert error.__context__ is None
    assert error.__cause__ is None
    assert RING.subject_key.reveal().hex() not in f"{error!s}{error.args!r}"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A second key file under the same name is refused and the first stays, also behind a dangling link."""
    RING.write_new(tmp_path / "keys")
    with pytest.raises(ConfigurationError, match="exists already"):
        KeyRing.generate().write_new(tmp_path / "keys")
    assert KeyRing.from_file(tmp_path / "keys") == RING
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="exists already"):
        RING.write_new(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_of_many_writers_one_wins(tmp_path: Path) -> None:
    """Sixteen threads that create the same file: one succeeds, and its keys are in the file."""
    rings = [unsafe_keys(str(number)) for number in range(16)]
    won: list[KeyRing] = []
    start = threading.Barrier(len(rings))

    def create(ring: KeyRing) -> None:
        start.wait()
        try:
            ring.write_new(tmp_path / "keys")
        except ConfigurationError:
            return
        won.append(ring)

    threads = [threading.Thread(target=create, args=(ring,)) for ring in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [KeyRing.from_file(tmp_path / "keys")]


@pytest.mark.parametrize("purpose", ["pepper", "seed", "chain", "handle"])
def test_a_rotated_ring_replaces_the_file(tmp_path: Path, purpose: Purpose) -> None:
    """After a rotation the file holds the new keys, still for its owner alone, and nothing is left beside it."""
    path = tmp_path / "keys"
    RING.write_new(path)
    rotated = KeyRing.from_file(path).renewed(purpose)
    rotated.replace(path)
    assert KeyRing.from_file(path) == rotated != RING
    assert list(tmp_path.iterdir()) == [path]
    assert os.name != "posix" or mode(path) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Replacing through a link changes the file it leads to."""
    RING.write_new(tmp_path / "keys")
    (tmp_path / "link").symlink_to("keys")
    rotated = RING.renewed("pepper")
    rotated.replace(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert KeyRing.from_file(tmp_path / "keys") == rotated


def test_a_key_on_file_is_never_lost(tmp_path: Path) -> None:
    """Of two operators who rotated the same ring the second is refused, as is who brings another subject key."""
    path = tmp_path / "keys"
    RING.write_new(path)
    first, second = RING.renewed("pepper"), RING.renewed("pepper")
    first.replace(path)
    for late in (second, RING, unsafe_keys("other")):
        with pytest.raises(ConfigurationError, match="would be lost"):
            late.replace(path)
    assert KeyRing.from_file(path) == first
    assert list(tmp_path.iterdir()) == [path]
    first.renewed("pepper").replace(path)


def test_a_rotation_needs_a_file(tmp_path: Path) -> None:
    """Where there is nothing to replace, nothing is made."""
    with pytest.raises(ConfigurationError, match="does not exist"):
        RING.replace(tmp_path / "keys")
    assert list(tmp_path.iterdir()) == []


def test_one_rotation_at_a_time(tmp_path: Path) -> None:
    """While another rotation is at work, or was broken off, the file is left alone."""
    path = tmp_path / "keys"
    RING.write_new(path)
    (tmp_path / "keys.new").touch()
    with pytest.raises(ConfigurationError, match="exists already"):
        RING.renewed("seed").replace(path)
    assert KeyRing.from_file(path) == RING
    assert (tmp_path / "keys.new").exists()


@pytest.mark.parametrize("call", ["fsync", "fchmod"])
def test_a_failing_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """If writing fails there is no new file, the old one stays, and the error is the disk's."""
    RING.write_new(tmp_path / "old")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full", str(tmp_path))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(InfrastructureError, match=os.strerror(errno.ENOSPC)):
        RING.write_new(tmp_path / "keys")
    with pytest.raises(InfrastructureError):
        RING.renewed("pepper").replace(tmp_path / "old")
    assert list(tmp_path.iterdir()) == [tmp_path / "old"]
    assert KeyRing.from_file(tmp_path / "old") == RING


def test_a_failing_read_is_the_disks_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that can't be read is no fault of the configuration."""
    RING.write_new(tmp_path / "keys")

    def fail(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", fail)
        with pytest.raises(InfrastructureError, match=os.strerror(errno.EIO)):
            KeyRing.from_file(tmp_path / "keys")


@posix
def test_a_file_and_its_name_are_durable_before_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is synced before it gets its name by replacement, the folder after."""
    RING.write_new(tmp_path / "keys")
    order: list[str] = []
    sync, replace = os.fsync, Path.replace

    def watched_sync(descriptor: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def watched_replace(self: Path, target: Path) -> Path:
        order.append("replace")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    RING.renewed("pepper").replace(tmp_path / "keys")
    RING.write_new(tmp_path / "more")
    assert order == ["file", "replace", "folder", "file", "folder"]


def test_the_repr_shows_ids_only() -> None:
    """A ring in a log shows which keys it holds and no key."""
    assert repr(RING).startswith("KeyRing(peppers=KeySet(current=")
    assert RING.handle_key.reveal().hex() not in repr(RING)


def test_unsafe_keys_are_the_same_for_everybody() -> None:
    """Test keys depend on the seed alone."""
    assert unsafe_keys() == RING
    assert unsafe_keys("other") != RING
