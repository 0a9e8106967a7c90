"""Stores that each lie in one way; the kit must find every one of them.

A kit that has never failed proves nothing. Each class here is a plain, honest store with one step wrong, a mistake that
real adapters make; :data:`LIES` names the checks that find it. They are UNSAFE for anything else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Final

import attrs

from okmate_auth.ports import AsyncStore, Store
from okmate_auth.testing.contract import AsyncStoreContract, StoreContract
from okmate_auth.testing.faces import AsyncFace
from okmate_auth.testing.lying import answers, edges, guards
from okmate_auth.testing.lying.bench import UnsafePlainStore
from okmate_auth.testing.lying.cancelled import UnsafeHalfWhenCancelled
from okmate_auth.testing.lying.durability import UnsafeAnswersFirst

__all__ = ["LIES", "Lie", "UnsafePlainStore"]


@attrs.frozen
class Lie:
    """A lying store and what finds it.

    Attributes:
        store: The store's class; its docstring says how it comes to lie.
        found_by: Names of checks, each of which fails on it.
        asynchronous: Whether the store is one for the asynchronous protocol.
    """

    store: Any
    found_by: tuple[str, ...]
    asynchronous: bool = False

    def contract(self, *, asynchronous: bool) -> StoreContract | AsyncStoreContract:
        """Return the kit, turned on this store, or on its asynchronous face."""
        kind: Any = globals()[_name(self.store, asynchronous=asynchronous)]
        turned: StoreContract | AsyncStoreContract = kind()
        return turned

    def __str__(self) -> str:
        return str(self.store.__name__)


ROUNDS: Final = 10  # enough to find every one of them
LIES: Final[tuple[Lie, ...]] = (
    Lie(guards.UnsafeAlwaysTrue, ("2-one-guard-that-fails-stops-all", "5-a-record-is-created-once")),
    Lie(guards.UnsafeGuardsOnlyWrites, ("2-one-guard-that-fails-stops-all", "2-nobody-skews-together")),
    Lie(
        guards.UnsafeGuardsBeforeLock,
        ("2-one-of-many-writes-together", "2-one-of-many-deletes-together", "2-a-counter-loses-nothing-apart"),
    ),
    Lie(guards.UnsafeGuardsAfterWrites, ("2-nobody-skews-together", "2-nobody-skews-apart")),
    Lie(guards.UnsafeSkewThroughAbsence, ("5-one-of-many-creates-together", "2-nobody-skews-through-absence-apart")),
    Lie(guards.UnsafeLockOfOneProcess, ("2-a-counter-loses-nothing-apart", "2-nobody-skews-apart")),
    Lie(guards.UnsafeCountedVersions, ("4-a-version-is-the-id-of-its-commit", "4-a-version-never-comes-back")),
    Lie(guards.UnsafeBlindPuts, ("5-a-malformed-change-set-is-refused",)),
    Lie(answers.UnsafeSwallowedConflict, ("2-one-guard-that-fails-stops-all", "2-one-of-many-writes-together")),
    Lie(answers.UnsafeRaisesConflict, ("2-one-guard-that-fails-stops-all",)),
    Lie(answers.UnsafeRemembersConflicts, ("10-a-refused-change-set-is-refused-again",)),
    Lie(
        answers.UnsafeForgetsChangeSets,
        (
            "6-the-same-change-set-is-done-once",
            "6-the-same-change-set-from-all-sides-is-done-once-together",
            "3-what-was-answered-survives-a-kill",
        ),
    ),
    Lie(answers.UnsafeAppliesTwice, ("6-the-same-change-set-is-done-once",)),
    Lie(answers.UnsafeLostAppend, ("1-a-row-that-does-not-fit-stops-all", "7-a-history-never-forks-together")),
    Lie(answers.UnsafeReorderedHistory, ("7-a-history-is-in-order",)),
    Lie(answers.UnsafeHalfCommit, ("8-no-load-is-torn-together", "3-what-was-answered-survives-a-kill")),
    Lie(
        answers.UnsafeRowsLater,
        (
            "1-a-row-that-does-not-fit-stops-all",
            "6-the-same-change-set-from-all-sides-is-done-once-together",
            "8-a-history-is-never-behind-apart",
        ),
    ),
    Lie(answers.UnsafeTornLoad, ("8-no-load-is-torn-apart", "8-a-record-that-moves-is-in-one-place-apart")),
    Lie(answers.UnsafeStaleRead, ("8-every-opening-sees-what-was-committed", "8-a-machine-finds-no-difference")),
    Lie(UnsafeAnswersFirst, ("3-what-was-answered-survives-a-kill",)),
    Lie(
        UnsafeHalfWhenCancelled,
        ("1-a-cancelled-commit-is-whole", "1-a-row-that-does-not-fit-stops-all"),
        asynchronous=True,
    ),
    Lie(edges.UnsafeDropsUnknown, ("9-records-come-back-as-they-were", "8-a-machine-finds-no-difference")),
    Lie(edges.UnsafeCaseBlind, ("8-keys-are-compared-to-the-letter", "8-a-machine-finds-no-difference")),
    Lie(edges.UnsafeWholeSeconds, ("8-what-is-due-is-found",)),
    Lie(edges.UnsafeInheritsConnection, ("11-a-store-is-opened-before-a-fork", "11-a-store-is-used-before-a-fork")),
    Lie(edges.UnsafeFirstKeysOnly, ("8-a-load-answers-for-every-key",)),
    Lie(edges.UnsafeFirstGuardsOnly, ("2-a-change-set-may-be-large",)),
    Lie(edges.UnsafeTouchesGuards, ("4-a-version-is-the-id-of-its-commit", "10-strangers-never-conflict-together")),
    Lie(edges.UnsafeForgetsEarly, ("6-a-change-set-is-remembered-for-ten-minutes",)),
    Lie(edges.UnsafeNaiveClock, ("8-its-clock-is-in-utc",)),
    Lie(edges.UnsafeClosesOnce, ("11-it-may-be-closed-twice",)),
)


class _Turned(StoreContract):
    """The kit, turned on a store of this package."""

    store: ClassVar[Any] = UnsafePlainStore
    rounds = ROUNDS
    shrink = False

    def open(self, directory: Path) -> Store:
        """Return an opening of the directory's file."""
        opening: Store = self.store(directory / "unsafe.db")
        return opening


class _AsyncTurned(AsyncStoreContract):
    """The same with the asynchronous face of the store."""

    store: ClassVar[Any] = UnsafePlainStore
    rounds = ROUNDS
    shrink = False

    def open(self, directory: Path) -> AsyncStore:
        """Return an opening of the directory's file."""
        opening = self.store(directory / "unsafe.db")
        return opening if isinstance(opening, AsyncFace) else AsyncFace(opening)


def _name(store: type[object], *, asynchronous: bool) -> str:
    return f"{'Async' if asynchronous else ''}ContractOf{store.__name__}"


# Classes at the top level of this module, so that other processes find them by their names.
for _lie in LIES:
    for _base in (_Turned, _AsyncTurned):
        _title = _name(_lie.store, asynchronous=_base.asynchronous)
        globals()[_title] = type(_title, (_base,), {"store": _lie.store, "__module__": __name__})
