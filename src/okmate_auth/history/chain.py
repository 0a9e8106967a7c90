"""The MAC chain of histories.

Rule 1. Each row's MAC covers the row before it, so that whoever edits, drops or reorders rows in the store must forge
        every later MAC, for which he needs the chain key (threat model: "writer of the database").
Rule 2. The head stands in a record that is guarded by its version, so that a chain never forks.
Rule 3. Numbers have no gaps; a missing tail shows against the head.

Source: ASVS 5.0 16.4.2.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

import attrs

from okmate_auth.errors import ConfigurationError
from okmate_auth.records import ChainHead, Row


class ChainKeys(Protocol):
    """What the chain needs of a key ring."""

    @property
    def current_chain(self) -> str:
        """Id of the key for new rows."""
        ...

    def chain_mac(self, key_id: str, data: bytes, /) -> bytes | None:
        """Return the HMAC-SHA-256 of data under a key, None where the key is not held."""
        ...


@attrs.frozen(kw_only=True)
class ChainDefect:
    """The first place at which a chain does not hold.

    Attributes:
        chain: Which chain.
        number: At which row, or the head's count where rows are missing at the end.
        reason: ``gap`` a number is missing or out of order; ``mac`` the row or one before it was changed; ``key`` its
            key is not held; ``head`` the rows end elsewhere than the head says.
    """

    chain: str
    number: int
    reason: Literal["gap", "mac", "key", "head"]


def append(head: ChainHead, chain: str, body: bytes, keys: ChainKeys) -> tuple[ChainHead, Row]:
    """Chain one more body to a head.

    Returns:
        The new head and the row to append.

    Raises:
        ConfigurationError: The keys don't hold their own current one.
    """
    number, key_id = head.count + 1, keys.current_chain
    mac = keys.chain_mac(key_id, _covered(head.mac, chain, number, key_id, body))
    if mac is None:
        message = "chain: the current key is not held"
        raise ConfigurationError(message)
    return attrs.evolve(head, count=number, mac=mac), Row(chain, number, key_id, body, mac)


def verify(rows: Iterable[Row], head: ChainHead, keys: ChainKeys, *, chain: str) -> ChainDefect | None:
    """Verify the rows of a whole chain, oldest first, against its head.

    Returns:
        None where every row stands as it was written, else the first defect.
    """
    count, last, defect = _verify_from(rows, 0, b"", keys, chain=chain)
    if defect is not None:
        return defect
    if count != head.count or not hmac.compare_digest(last, head.mac):
        return ChainDefect(chain=chain, number=head.count, reason="head")
    return None


def verify_newest(
    rows: Sequence[Row], head: ChainHead, keys: ChainKeys, *, chain: str, asked: int, before: int | None = None
) -> ChainDefect | None:
    """Verify the newest rows of a chain, newest first, or the rows below a number that was seen before.

    The oldest row of a full page is the anchor of the others; it is verified itself where it is the chain's first, or
    on the page below. A page that is not full must reach down to the first row.

    Args:
        rows: Newest first.
        head: The chain's head as loaded with, or before, the rows.
        keys: The chain keys.
        chain: Which chain.
        asked: How many rows the store was asked for, at least 1.
        before: The number below which the rows were read; None where they should end at the head or later.
    """
    ordered = list(reversed(rows))
    newest = ordered[-1].number if ordered else 0
    if before is None and newest < head.count:
        return ChainDefect(chain=chain, number=head.count, reason="head")
    if before is not None and not min(before - 1, head.count) <= newest < max(before, 1):
        return ChainDefect(chain=chain, number=min(before - 1, head.count), reason="gap")
    if ordered and ordered[0].number != 1 and len(ordered) < asked:
        return ChainDefect(chain=chain, number=ordered[0].number - 1, reason="gap")
    for row in ordered:
        if row.number == head.count and not hmac.compare_digest(row.mac, head.mac):
            return ChainDefect(chain=chain, number=row.number, reason="head")
    if not ordered or ordered[0].number == 1:
        return _verify_from(ordered, 0, b"", keys, chain=chain)[2]
    anchor = ordered[0]
    return _verify_from(ordered[1:], anchor.number, anchor.mac, keys, chain=chain)[2]


def _verify_from(
    rows: Iterable[Row], count: int, last: bytes, keys: ChainKeys, *, chain: str
) -> tuple[int, bytes, ChainDefect | None]:
    for row in rows:
        if row.chain != chain or row.number != count + 1:
            return count, last, ChainDefect(chain=chain, number=count + 1, reason="gap")
        mac = keys.chain_mac(row.key_id, _covered(last, chain, row.number, row.key_id, row.body))
        if mac is None:
            return count, last, ChainDefect(chain=chain, number=row.number, reason="key")
        if not hmac.compare_digest(mac, row.mac):
            return count, last, ChainDefect(chain=chain, number=row.number, reason="mac")
        count, last = row.number, row.mac
    return count, last, None


def _covered(last: bytes, chain: str, number: int, key_id: str, body: bytes) -> bytes:
    """Join what a MAC covers, each part with its length, so that no two different rows give the same bytes."""
    parts = (last, chain.encode(), number.to_bytes(8, "big"), key_id.encode(), body)
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
