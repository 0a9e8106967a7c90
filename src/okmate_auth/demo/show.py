"""A show: a bank on a SQLite file, the story played on it, told as text or as JSON.

Rule 1. The bank is new: a temporary one, or a file that does not exist yet. What somebody has in a file is not touched.
Rule 2. A bank that is kept is kept with its keys, or nobody could open it again.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import attrs

from okmate_auth.demo.layout import Style
from okmate_auth.demo.lines import Lines
from okmate_auth.demo.player import Player, Teller
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.service import running
from okmate_auth.demo.stage import StoryClock
from okmate_auth.demo.story import Scene, length
from okmate_auth.demo.terminal import Terminal
from okmate_auth.demo.watch import WatchedStore
from okmate_auth.demo.wording import Language, wording
from okmate_auth.errors import ConfigurationError, OkmateAuthError
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import Clock
from okmate_auth.shells.keyring import KeyRing
from okmate_auth.shells.setup import utc_now
from okmate_auth.storage.sqlite import SQLiteStore

__all__ = ["Bank", "Show", "kept_bank", "temporary_bank"]

_MINUTE: Final = timedelta(minutes=1)
_BESIDE: Final = ("", "-wal", "-shm")  # the files of a SQLite database


@attrs.frozen(kw_only=True)
class Bank:
    """Where a show keeps its data.

    Attributes:
        path: Of the database.
        keys: The data keys.
        keys_path: Where the keys are kept; None where everything is removed at the end.
        post: A folder for what comes in from outside; removed at the end in any case.
    """

    path: Path
    keys: KeyRing
    keys_path: Path | None
    post: Path


@contextmanager
def temporary_bank() -> Generator[Bank, None, None]:
    """Lend a bank in a folder of its own, removed at the end whatever happens."""
    with _temporary_folder() as folder:
        yield Bank(path=folder / "bank.db", keys=KeyRing.generate(), keys_path=None, post=folder)


@contextmanager
def kept_bank(path: Path) -> Generator[Bank, None, None]:
    """Lend a bank in a file that is kept, with its keys in ``<path>.keys`` beside it.

    Raises:
        ConfigurationError: There is something already at one of the two paths (an empty file may be), or nothing can be
            made there.
        StoreUnavailableError: What is made there can't be a database.
    """
    keys_path = Path(f"{path}.keys")
    keys = KeyRing.generate()
    made = _claimed(path)
    try:
        if keys_path.exists() or keys_path.is_symlink():
            message = "--db: beside it is a file for its keys (.keys) already; give another name, or move that away"
            raise ConfigurationError(message)
        with SQLiteStore(path):  # what can't be a database is found before keys are left beside it
            keys.write_new(keys_path)
    except OkmateAuthError:
        if made:
            for suffix in _BESIDE:
                Path(f"{path}{suffix}").unlink(missing_ok=True)
        raise
    with _temporary_folder() as folder:  # a maker's file has seeds in it, and nobody needs it any more
        yield Bank(path=path, keys=keys, keys_path=keys_path, post=folder)


@contextmanager
def _temporary_folder() -> Generator[Path, None, None]:
    with tempfile.TemporaryDirectory(prefix="okmate-auth-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _claimed(path: Path) -> bool:
    """Make sure that an empty file is there; return whether it was made, so that it is nobody else's."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        if path.is_file() and path.stat().st_size == 0:
            return False
        message = "--db: there is something of that name already; the demo begins with a new file and changes no other"
    except (OSError, ValueError):
        message = "--db: no file can be made there"
    else:
        return True
    raise ConfigurationError(message)


@attrs.frozen(kw_only=True)
class Show:
    """How a story is shown.

    Attributes:
        write: Takes a line without its end.
        language: Of everything people read.
        as_json: Whether a program reads it.
        style: Colours of text.
        columns: Width of the terminal.
        profile: The bank's rules.
        clock: This machine's time.
        story: The scenes.
    """

    write: Callable[[str], None]
    language: Language = "en"
    as_json: bool = False
    style: Style = Style()
    columns: int = 80
    profile: Profile = OKMATE
    clock: Clock = utc_now
    story: Sequence[Scene] = STORY

    def on(self, bank: Bank) -> str:
        """Play the story on a bank that is empty.

        Returns:
            '' where everything was as the story says, else what was not.

        Raises:
            OkmateAuthError: The database failed.
        """
        return self._as_lines(bank) if self.as_json else self._as_text(bank)

    def _as_lines(self, bank: Bank) -> str:
        return self._played(bank, Lines(self.write, self.language))[0]

    def _as_text(self, bank: Bank) -> str:
        words = wording(self.language)
        terminal = Terminal(self.write, words, self.style, self.columns)
        far = length(self.story)
        file = words.say("opening.temporary") if bank.keys_path is None else words.say("opening.kept", path=bank.path)
        terminal.title(words.say("opening.title"))
        terminal.paragraph(words.say("opening.made-up", profile=self.profile.name, file=file))
        if far:
            hours, minutes = divmod(-(-far // _MINUTE), 60)
            now = words.moment(self.clock() - far)
            terminal.paragraph(words.say("opening.clock", now=now, hours=hours, minutes=minutes))
        began = time.perf_counter()
        wrong, commands = self._played(bank, terminal)
        terminal.paragraph("")
        if wrong:
            terminal.bad(words.say("closing.bad", wrong=wrong))
        else:
            took = f"{time.perf_counter() - began:.1f}"
            terminal.good(words.say("closing.good", commands=commands, seconds=took))
        if bank.keys_path is not None:
            terminal.paragraph(words.say("closing.kept", path=bank.path, keys=bank.keys_path))
        return wrong

    def _played(self, bank: Bank, teller: Teller) -> tuple[str, int]:
        """Return what was not as the story says, and how many commands were submitted."""
        clock = StoryClock(self.clock, length(self.story))
        store = WatchedStore(SQLiteStore(bank.path))
        words = wording(self.language)
        with running(store, profile=self.profile, keys=bank.keys, clock=clock, post=bank.post, words=words) as stage:
            wrong = Player(stage, store, clock, teller).play(self.story)
            return wrong, len(stage.replies)
