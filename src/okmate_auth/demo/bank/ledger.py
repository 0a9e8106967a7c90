"""The bank's transfers, in this process's memory: what a core banking system would keep.

Rule 1. A transfer has an id of its own before anything is asked of a person, and what it says never changes under that
        id: so a confirmation or a code that was given for the id was given for this payee and this amount.
Rule 2. Carrying one out twice is carrying it out once.
Rule 3. Everybody sees his own transfers and nobody else's, and may keep so many drafts at most.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import attrs

from okmate_auth.boards import Transaction, Viewer
from okmate_auth.storage.boards import MemoryTransactionBoard

__all__ = ["LARGEST", "PAYEES", "Ledger", "Transfer"]

PAYEES: Final = {
    "P01": "ミホンショウカイ（カ / Mihon Shokai",
    "P02": "カクウウンユ（カ / Kaku Unyu",
    "P03": "ミナトデンキ（ユ / Minato Denki",
}
"""Registered payees, as they are named in both languages."""

LARGEST: Final = 10_000_000
"""Yen that one transfer may have at most."""

_MOST: Final = 20


@attrs.frozen(kw_only=True)
class Transfer:
    """A transfer.

    Attributes:
        id: Its reference.
        subject: Whose.
        payee: Key of :data:`PAYEES`.
        amount: In yen.
        at: When it came into its state.
        state: ``draft``, or ``done``.
    """

    id: str
    subject: str
    payee: str
    amount: int
    at: datetime
    state: Literal["draft", "done"] = "draft"

    @property
    def purpose(self) -> str:
        """What a confirmation password and a code are asked for: this transfer, and no other."""
        return self.id.lower()


class Ledger:
    """All transfers.

    Args:
        board: Where drafts are shown on their owners' top pages.
    """

    def __init__(self, board: MemoryTransactionBoard) -> None:
        self._board: Final = board
        self._transfers: dict[str, Transfer] = {}
        self._discarded: set[str] = set()

    def draft(self, transfer: Transfer, viewer: Viewer) -> bool:
        """Keep a new draft; False where its owner has too many. One that is there, or was, stays as it is."""
        if transfer.id in self._discarded:  # what was proven for the former payee and amount is still fresh
            return True
        if transfer.id in self._transfers:
            return self._transfers[transfer.id].subject == transfer.subject
        mine = [one for one in self._transfers.values() if one.subject == transfer.subject and one.state == "draft"]
        if len(mine) >= _MOST:
            return False
        self._transfers[transfer.id] = transfer
        shown = Transaction(
            id=transfer.id,
            kind="transfer",
            title=PAYEES[transfer.payee],
            state="in-progress",
            at=transfer.at,
            amount=transfer.amount,
        )
        self._board.put(shown, company=viewer.company, subject=viewer.subject)
        return True

    def find(self, transfer_id: str, subject: str) -> Transfer | None:
        """Return somebody's own transfer; None where he has none of that id."""
        found = self._transfers.get(transfer_id)
        return found if found is not None and found.subject == subject else None

    def carry_out(self, transfer: Transfer, now: datetime) -> Transfer:
        """Return the transfer as it is carried out, or was before."""
        present = self._transfers[transfer.id]
        if present.state == "draft":
            present = attrs.evolve(present, state="done", at=now)
            self._transfers[transfer.id] = present
            self._board.done(transfer.id)
        return present

    def discard(self, transfer_id: str, subject: str) -> None:
        """Take somebody's draft away; what was carried out stays, and what is not there is no error."""
        found = self.find(transfer_id, subject)
        if found is not None and found.state == "draft":
            del self._transfers[transfer_id]
            self._discarded.add(transfer_id)
            self._board.done(transfer_id)
