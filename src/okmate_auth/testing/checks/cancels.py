"""Callers that go away in the middle of a commit (guarantees 1 and 6); for asynchronous stores only.

A browser that hangs up cancels its request's task at any ``await``: whoever can do that at will must not be able to
have a guess judged and not counted, or a record written without its history.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import Final, cast

from okmate_auth.ports import AsyncStore, ChangeSet
from okmate_auth.testing.faces import SyncFace
from okmate_auth.testing.kit import Kit, check, expect
from okmate_auth.testing.samples import cell, cell_at, creation, fresh, row

__all__ = ["CANCELS"]

AT_ONCE: Final = 4
LONGEST_MS: Final = 3  # about as long as a commit takes


def a_cancelled_commit_is_whole(kit: Kit) -> None:
    """Whenever its caller was cancelled, a commit is there whole or not at all, and sent again it is done once."""
    face = cast("SyncFace", kit.open())
    for _ in range(kit.rounds):
        names = [[fresh("cell") for _ in range(3)] for _ in range(AT_ONCE)]
        sent = [creation(*(cell(each, 1) for each in trio), appends=[row(trio[0], 1, "once")]) for trio in names]
        face.run(_cancelled(face.store, sent))
        for trio, each in zip(names, sent, strict=True):
            keys = [cell_at(name) for name in trio]
            expect(1, len(face.load(keys)) in {0, len(trio)}, "a cancelled commit is there whole or not at all")
            expect(6, face.commit(each) == "done", "a cancelled commit that is sent again is done")
            found = face.load(keys)
            whole = len(found) == len(trio) and {loaded.version for loaded in found.values()} == {each.id}
            expect(1, whole, "records of a cancelled commit are all there once it is done")
            expect(6, len(face.history(trio[0], limit=9)) == 1, "a cancelled commit that is sent again appends once")


async def _cancelled(store: AsyncStore, sent: Sequence[ChangeSet]) -> None:
    """Begin all commits, cancel each at a moment of its own, and wait until nobody is left."""
    tasks = [asyncio.ensure_future(store.commit(each)) for each in sent]
    for task in tasks:
        await asyncio.sleep(secrets.randbelow(LONGEST_MS * 1000) / 1e6 / len(tasks))
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    fine = all(answer == "done" or isinstance(answer, asyncio.CancelledError) for answer in answers)
    expect(10, fine, "a commit is done, unless its caller is cancelled")


CANCELS: Final = (check(1, a_cancelled_commit_is_whole, tasks=True),)
