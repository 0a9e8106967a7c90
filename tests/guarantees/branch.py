"""A branch of the bank: a process of its own over the same file, run as ``python -m tests.guarantees.branch``.

It is told what to do by lines of JSON and answers each by one:

* ``{"work": [[program, arguments], …], "go_at": seconds}``: run each program in a thread of its own, all of them set
  off by one reading of the machine's monotonic clock. The answer holds their results, in order, how many guesses were
  hashed, and every commit with its outcome.
* ``{"live": [person, shared], "steps": count}``: live through a person's days (:mod:`tests.guarantees.days`), so many
  steps or, where the count is null, until somebody kills this process; it says before each step that it begins and
  after it what was answered.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import attrs

from okmate_auth import Authenticated, Authenticator, Confirm, Logout
from okmate_auth.hashing import HashingPool
from okmate_auth.ports import Store
from okmate_auth.storage import SQLiteStore
from okmate_auth.testing import Recording, RecordingStore, SlowStore, wire
from okmate_auth.testing.keys import unsafe_keys
from tests.guarantees.days import Days, told
from tests.guarantees.doors import command, next_door
from tests.guarantees.people import CONFIRMATION, LOGIN, PURPOSE, WRONG, Person, anybody, attempt, costing
from tests.guarantees.pools import Computed, WatchedPool, watched

__all__ = ["Branch", "Settings"]

MOST_TRIES: Final = 400
PAUSE_SECONDS: Final = 0.002  # between two tries of one worker, so that they don't keep the machine from judging


@attrs.frozen(kw_only=True)
class Settings:
    """What a branch is made of.

    Attributes:
        file: The SQLite file that all branches share.
        delay_ms: How much further away than the disk the store is, in milliseconds.
        memory_kib: What a hash costs.
        slots: How many hashes at once.
        stuck: Whether it says when a hash begins, and never computes it.
    """

    file: str
    delay_ms: int = 0
    memory_kib: int = 8
    slots: int = 8
    stuck: bool = False


class Branch:
    """One process's shell over the shared file, everything that its store and pool did in sight."""

    def __init__(self, settings: Settings, store: Store | None = None) -> None:
        profile = costing(settings.memory_kib)
        store = SQLiteStore(Path(settings.file)) if store is None else store
        delay = timedelta(milliseconds=settings.delay_ms)
        self.recording = Recording()
        self.pool = WatchedPool(HashingPool(profile.kdf, slots=settings.slots), _get_stuck if settings.stuck else None)
        self.auth = Authenticator(
            RecordingStore(SlowStore(store, delay=delay) if delay else store, self.recording),
            profile=profile,
            keys=unsafe_keys(),
            pool=watched(self.pool),
        )

    # -- programs that race; each returns what it was answered, one word for each submit

    def guess(self, login_id: str, tries: int, browser: str | None = None) -> list[str]:
        """Guess wrong, each time from another address, at least so often and until told that the ID is locked."""
        said: list[str] = []
        while len(said) < tries or (said[-1] != "locked" and len(said) < MOST_TRIES):
            said.append(told(self.auth.submit(attempt(login_id, WRONG, anybody(browser)))))
            time.sleep(PAUSE_SECONDS)
        return said

    def come_home(self, login_id: str, browser: str, times: int) -> list[list[str]]:
        """Log in with the right password from a known browser, so often; go on trying while told ``Busy``.

        Returns:
            What was answered to each login, try by try.
        """
        logins: list[list[str]] = []
        for _ in range(times):
            said: list[str] = []
            while not said or (said[-1] == "Busy" and len(said) < MOST_TRIES):
                said.append(told(self._login(login_id, browser)))
                time.sleep(PAUSE_SECONDS)
            logins.append(said)
        return logins

    def _login(self, login_id: str, browser: str) -> object:
        client = anybody(browser)
        reply = self.auth.submit(attempt(login_id, LOGIN, client))
        if isinstance(reply, Authenticated) and self.auth.session(reply.session, client) is None:
            return "a session that is not there"
        return reply

    def mind_ones_own_business(self, login_id: str, browser: str, times: int) -> list[str]:
        """Guess wrong, log in, use the session, confirm and log out, so often."""
        client, said = anybody(browser), list[str]()
        for _ in range(times):
            said.append(told(self.auth.submit(attempt(login_id, WRONG, client))))
            reply = self.auth.submit(attempt(login_id, LOGIN, client))
            said.append(told(reply))
            if isinstance(reply, Authenticated):
                session = reply.session
                said.append(told(self.auth.session(session, client)))
                confirm = Confirm(session=session, client=client, password=CONFIRMATION, purpose=PURPOSE)
                said.append(told(self.auth.submit(confirm)))
                said.append(told(self.auth.submit(Logout(session, client=client))))
        return said

    # -- programs about codes; a door is where one is entered, see :mod:`tests.guarantees.doors`

    def enter(self, door: dict[str, str], codes: list[str]) -> list[str]:
        """Enter codes at a door, one after the other, whatever is answered."""
        return [told(self.auth.submit(command(door, code))) for code in codes]

    def guess_codes(self, door: dict[str, str], code: str) -> list[str]:
        """Enter a wrong code at a door until told that codes are locked there."""
        said: list[str] = []
        while (not said or said[-1] != "token-locked") and len(said) < MOST_TRIES:
            reply = self.auth.submit(command(door, code))
            said.append(told(reply))
            door = next_door(door, reply)
            time.sleep(PAUSE_SECONDS)
        return said

    def run(self, work: list[tuple[str, dict[str, Any]]], go_at: float) -> dict[str, Any]:
        """Run programs together."""
        self.recording.clear()
        before = self.pool.checks
        gate = threading.Barrier(len(work))

        def contend(program: Callable[..., Any], arguments: dict[str, Any]) -> object:
            gate.wait()
            time.sleep(max(0.0, go_at - time.monotonic()))
            try:
                return program(**arguments)
            except Exception as error:  # noqa: BLE001 - told to the test, which allows none
                return f"raised {type(error).__name__}: {error}"

        with ThreadPoolExecutor(len(work)) as threads:
            running = [threads.submit(contend, getattr(self, name), arguments) for name, arguments in work]
            results = [each.result() for each in running]
        commits = [[wire.dump(change), outcome] for change, outcome in self.recording.commits]
        return {"results": results, "hashed": self.pool.checks - before, "commits": commits}


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _get_stuck(computed: Computed) -> None:
    _say({"hashing": computed.what})
    threading.Event().wait()


def main(settings: Settings) -> None:
    """Obey, line by line."""
    branch = Branch(settings)
    _say({"ready": True})
    for text in sys.stdin:
        told_to = json.loads(text)
        if "work" in told_to:
            _say(branch.run(told_to["work"], told_to["go_at"]))
            continue
        person, shared = (Person(**each) for each in told_to["live"])
        for step, does in itertools.islice(Days(branch.auth, person, shared), told_to["steps"]):
            _say({"begins": step})
            reply = does()
            handle = reply.session.reveal() if isinstance(reply, Authenticated) else None
            _say({"ended": step, "answer": told(reply), "session": handle})
        _say({"over": True})


if __name__ == "__main__":
    main(Settings(**json.loads(sys.argv[1])))
