"""The lie of an asynchronous store: it stops where its caller stops."""

from __future__ import annotations

from pathlib import Path

import attrs

from okmate_auth.ports import ChangeSet, Outcome
from okmate_auth.testing.faces import AsyncFace
from okmate_auth.testing.lying.bench import UnsafePlainStore

__all__ = ["UnsafeHalfWhenCancelled"]


class UnsafeHalfWhenCancelled(AsyncFace):
    """Awaits between the records and the history, and rolls nothing back when it is cancelled there."""

    def __init__(self, path: Path) -> None:
        self._plain = UnsafePlainStore(path)
        super().__init__(self._plain)

    async def commit(self, change: ChangeSet, /) -> Outcome:
        """See :meth:`okmate_auth.ports.Store.commit`."""
        known = await self.apart(self._is_known, change)
        outcome = await super().commit(attrs.evolve(change, appends=()))
        if outcome == "conflict" or known or not change.appends:
            return outcome
        return await self.apart(self._append, change)

    def _is_known(self, change: ChangeSet) -> bool:
        return self._plain.is_known(self._plain.database(), change)

    def _append(self, change: ChangeSet) -> Outcome:
        with self._plain.writing() as database:
            if not self._plain.fits(database, change):
                return "conflict"
            self._plain.append(database, change)
            return "done"
