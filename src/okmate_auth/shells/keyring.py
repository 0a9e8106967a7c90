"""The key file on disk, and fresh keys from the operating system.

Rule 1. A key file that others on the host may read is not used (ASVS 5.0 13.3.2).
Rule 2. A key file is never overwritten by accident and never loses a key: a pepper that is gone makes every password
        made with it unusable.
Rule 3. No message, and no exception behind one, holds what was read, nor a path that names no file: whoever passes the
        text where the path belongs would find his keys in a log.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Generator
from pathlib import Path
from typing import Final, NoReturn, Self

import attrs

from okmate_auth.errors import ConfigurationError, InfrastructureError
from okmate_auth.keys import ENTROPY_BYTES, KEY_BYTES, Keys, Purpose
from okmate_auth.keys.text import MAX_CHARACTERS

MODE: Final = 0o600
OTHERS: Final = 0o077
MAX_FILE_BYTES: Final = MAX_CHARACTERS

_POSIX: Final = os.name == "posix"
_FLAGS: Final = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_WAITING: Final = getattr(os, "O_NONBLOCK", 0)  # opening a named pipe must not wait for somebody to write

_REASONS: Final = {
    errno.ENOENT: "does not exist; make one with: okmate-auth keys new",
    errno.EACCES: "may not be opened by this user",
    errno.EPERM: "may not be opened by this user",
    errno.EEXIST: "exists already and is never overwritten",
}


@attrs.frozen(kw_only=True, repr=False)
class KeyRing(Keys):
    """The keys of one bank, with the way to and from a file."""

    @classmethod
    def generate(cls) -> Self:
        """Return fresh keys from the operating system's generator."""
        return cls.from_entropy(os.urandom(ENTROPY_BYTES))

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Self:
        """Return the keys of a key file.

        Raises:
            ConfigurationError: There is no such file, it can't be read, others may read or write it (``chmod 600``
                mends that), or its text is not a key file.
            InfrastructureError: Reading failed.
        """
        return cls.from_json(_read(Path(path)))

    def renewed(self, purpose: Purpose) -> Self:
        """Return these keys rotated (:meth:`~okmate_auth.keys.Keys.rotated`) by the operating system's generator."""
        return self.rotated(purpose, os.urandom(KEY_BYTES))

    def write_new(self, path: str | os.PathLike[str]) -> None:
        """Write a new key file for its owner alone (mode 600), durable on return.

        Raises:
            ConfigurationError: Something of that name exists, or none can be made there.
            InfrastructureError: Writing failed; there is no such file.
        """
        target = Path(path)
        _create(target, self.to_json())
        _sync_folder(target)

    def replace(self, path: str | os.PathLike[str]) -> None:
        """Replace a key file by these keys at once and durably; readers see the old file or the new one, whole.

        Two operators can't do it at the same time: the new text is first made in ``<path>.new``, which only one of
        them can create. One that is left by a crash has to be removed by hand.

        Raises:
            ConfigurationError: There is no key file to replace, it holds a subject or rotating key that these keys
                lack, or ``<path>.new`` exists.
            InfrastructureError: Reading or writing failed; the file is as it was, or replaced but perhaps not durably.
        """
        target = _resolved(path)
        beside = target.with_name(target.name + ".new")
        _create(beside, self.to_json())
        with _gone_unless_done(beside):
            if self._loses(KeyRing.from_file(target)):
                _refuse("holds a key that would be lost; read it again and rotate that")
            with _failures():
                beside.replace(target)
        _sync_folder(target)

    def _loses(self, present: Keys) -> bool:
        pairs = ((present.peppers, self.peppers), (present.seeds, self.seeds), (present.chains, self.chains))
        return present.subject_key != self.subject_key or any(
            after.get(key_id) != key for before, after in pairs for key_id, key in before.keys.items()
        )


def _resolved(path: str | os.PathLike[str]) -> Path:
    """Return the file that a path leads to, so that a link stays a link."""
    try:
        target = Path(os.path.realpath(path))
    except ValueError:  # NUL in the name
        target = Path()
    if not target.name:
        _refuse("can't be opened")
    return target


def _read(path: Path) -> str:
    descriptor = _open(path, os.O_RDONLY | _WAITING)
    try:
        with _failures():
            status = os.fstat(descriptor)  # of the very file that was opened, not of whatever has its name now
            if not stat.S_ISREG(status.st_mode):
                _refuse("is not a regular file")
            if _POSIX and status.st_mode & OTHERS:
                _refuse("may be read or written by others than its owner; mend it with: chmod 600")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                body = file.read(MAX_FILE_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(body) > MAX_FILE_BYTES or not body.isascii():
        _refuse("is too long or not ASCII")
    return body.decode("ascii")


def _create(path: Path, text: str) -> None:
    descriptor = _open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with _gone_unless_done(path), _failures(), os.fdopen(descriptor, "wb") as file:
        if _POSIX:
            os.fchmod(descriptor, MODE)  # exactly this, whatever the umask
        file.write(text.encode("ascii"))
        file.flush()
        os.fsync(descriptor)


def _open(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags | _FLAGS, MODE)
    except OSError as error:
        rule = _REASONS.get(error.errno or 0, "can't be opened")
    except ValueError:
        rule = "can't be opened"  # NUL in the name
    message = f"key file: {rule}"
    raise ConfigurationError(message)  # outside, so that its context has no path


@contextlib.contextmanager
def _gone_unless_done(path: Path) -> Generator[None, None, None]:
    """Remove a file of ours if what follows fails: half a key file is none."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


@contextlib.contextmanager
def _failures() -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        message = f"key file: {os.strerror(error.errno or errno.EIO)}"
        raise InfrastructureError(message) from error


def _sync_folder(path: Path) -> None:
    """Make the name itself durable; on Windows a folder can't be opened for that."""
    if not _POSIX:
        return
    with _failures():
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refuse(rule: str) -> NoReturn:
    message = f"key file: {rule}"
    raise ConfigurationError(message)
