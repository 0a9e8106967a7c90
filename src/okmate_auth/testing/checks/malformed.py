"""Change sets that no store may act on: refused as the caller's mistake, with nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from okmate_auth.errors import StoreContractError
from okmate_auth.ports import MAX_GUARDS, ChangeSet
from okmate_auth.testing.kit import Kit, check, expect
from okmate_auth.testing.samples import cell, cell_at, change, fresh, row

__all__ = ["MALFORMED", "SPOILT"]

ABSENT: Final = cell_at("nowhere")


# Each makes a malformed change set of a good one, which puts a cell, deletes another and reads a third.
SPOILT: Final[dict[str, Callable[[ChangeSet], ChangeSet]]] = {
    "an absent record is guarded and not created": lambda good: attrs.evolve(
        good, guards={**good.guards, ABSENT: None}
    ),
    "a put is not guarded": lambda good: attrs.evolve(good, puts=(*good.puts, cell("unguarded", 1))),
    "a delete is not guarded": lambda good: attrs.evolve(good, deletes=(*good.deletes, ABSENT)),
    "a delete is guarded by absence": lambda good: attrs.evolve(
        good, guards={**good.guards, ABSENT: None}, deletes=(*good.deletes, ABSENT)
    ),
    "a record is put twice": lambda good: attrs.evolve(good, puts=good.puts * 2),
    "a record is deleted twice": lambda good: attrs.evolve(good, deletes=good.deletes * 2),
    "a record is put and deleted": lambda good: attrs.evolve(good, deletes=(*good.deletes, good.puts[0].key)),
    "rows of a chain leave a gap": lambda good: attrs.evolve(good, appends=(*good.appends, row(_chain(good), 3, "x"))),
    "rows of a chain repeat a number": lambda good: attrs.evolve(good, appends=good.appends * 2),
    "rows of a chain go down": lambda good: attrs.evolve(
        good, appends=(row(_chain(good), 2, "x"), row(_chain(good), 1, "x"))
    ),
    "a row has number 0": lambda good: attrs.evolve(good, appends=(row(_chain(good), 0, "x"),)),
    "the id is empty": lambda good: attrs.evolve(good, id=""),
    "the id is not 32 hexadecimal digits": lambda good: attrs.evolve(good, id="x" * 32),
    "the instant is naive": lambda good: attrs.evolve(good, at=good.at.replace(tzinfo=None)),
    "more than 256 records are guarded": lambda good: attrs.evolve(
        good,
        guards={
            **good.guards,
            **{cell_at(f"more-{place}"): good.id for place in range(MAX_GUARDS + 1 - len(good.guards))},
        },
    ),
}


def a_malformed_change_set_is_refused(kit: Kit) -> None:
    """What no store may act on is refused with StoreContractError, and nothing of it is written."""
    store = kit.open()
    put, gone, read, chain = fresh("put"), fresh("gone"), fresh("read"), fresh("chain")
    created = change(
        {cell_at(name): None for name in (put, gone, read)}, puts=[cell(put, 0), cell(gone, 0), cell(read, 0)]
    )
    store.commit(created)
    guards = {cell_at(name): created.id for name in (put, gone, read)}
    for mistake, spoil in SPOILT.items():
        good = change(guards, puts=[cell(put, 1)], deletes=[cell_at(gone)], appends=[row(chain, 1, "x")])
        try:
            outcome: str = store.commit(spoil(good))
        except StoreContractError:
            outcome = "refused"
        expect(5, outcome == "refused", f"a change set is refused with StoreContractError where {mistake}")
        found = store.load([*guards, ABSENT, cell_at("unguarded")])
        held = {key: loaded.version for key, loaded in found.items()}
        expect(1, held == guards, f"nothing is written where {mistake}")
        expect(1, not store.history(chain, limit=1), f"nothing is appended where {mistake}")


def _chain(good: ChangeSet) -> str:
    return good.appends[0].chain


MALFORMED: Final = (check(5, a_malformed_change_set_is_refused),)
