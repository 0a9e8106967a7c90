"""The lie about durability: the answer is there before the data is.

A process that dies in between has let somebody in of whom no record exists, or has forgotten a used code and a lock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from okmate_auth.ports import AnyKey, ChangeSet, Loaded, Outcome
from okmate_auth.records import Key, Record, Row
from okmate_auth.storage.change import check_change
from okmate_auth.testing.lying.bench import UnsafePlainStore
from okmate_auth.testing.model import Model

__all__ = ["UnsafeAnswersFirst"]

LATE_SECONDS: Final = 0.02  # a group commit that somebody tuned for throughput


class UnsafeAnswersFirst:
    """Decides in memory, answers, and hands the change set to a thread that writes it a little later.

    Within one process nothing shows, not even between two openings; and whoever closes it properly loses nothing.
    """

    _homes: Final[dict[Path, _Home]] = {}
    _lock: Final = threading.Lock()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._closed = False
        with self._lock:
            home = self._homes.get(path)
            self._home = self._homes[path] = _Home(path) if home is None else home
            self._home.users += 1

    def load(self, keys: Collection[AnyKey], /) -> Mapping[AnyKey, Loaded]:
        """See :meth:`okmate_auth.ports.Store.load`."""
        with self._lock:
            return dict(self._home.model.load(keys))

    def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        check_change(change)
        with self._lock:
            known = change.id in self._home.model.done
            outcome = self._home.model.commit(change)
            if outcome == "done" and not known:
                self._home.queue.put(change)
            return outcome

    def history(self, chain: str, /, *, limit: int, before: int | None = None) -> Sequence[Row]:
        """See :meth:`okmate_auth.ports.Store.history`."""
        with self._lock:
            return self._home.model.history(chain, limit=limit, before=before)

    def due(self, kind: str, until: datetime, /, *, limit: int) -> Sequence[Record]:
        """See :meth:`okmate_auth.ports.Store.due`."""
        with self._lock:
            return self._home.model.due(kind, until)[:limit]

    def clock(self) -> datetime | None:
        """See :meth:`okmate_auth.ports.Store.clock`."""
        return None

    def close(self) -> None:
        """See :meth:`okmate_auth.ports.Store.close`; the last one waits until everything is written."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._home.users -= 1
            if self._home.users:
                return
            del self._homes[self._path]
        self._home.end()


class _Home:
    """What all openings of one file in one process have in common."""

    def __init__(self, path: Path) -> None:
        self.users = 0
        self.queue: SimpleQueue[ChangeSet | None] = SimpleQueue()
        self._store = UnsafePlainStore(path)
        self.model = _read(self._store)
        self._thread = threading.Thread(target=self._write, name="okmate-kit-late-writer", daemon=True)
        self._thread.start()

    def _write(self) -> None:
        while (change := self.queue.get()) is not None:
            time.sleep(LATE_SECONDS)
            self._store.commit(change)

    def end(self) -> None:
        """Write what is left, and close."""
        self.queue.put(None)
        self._thread.join()
        self._store.close()


def _read(store: UnsafePlainStore) -> Model:
    """Return a model of what a file holds."""
    model = Model()
    database = store.database()
    for kind, name in database.execute("SELECT kind, id FROM records").fetchall():
        key: AnyKey = Key(kind, name)
        model.records.update(store.load([key]))
    for (chain,) in database.execute("SELECT DISTINCT chain FROM rows").fetchall():
        model.chains[chain] = list(store.history(chain, limit=2**31))[::-1]
    model.done.update(each for (each,) in database.execute("SELECT id FROM changes").fetchall())
    return model
