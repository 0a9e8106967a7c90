"""The limit on one source's failures, in this process: approximate, and bounded in memory.

It slows password spraying (A51); the exact limits are the throttles'. A success of one subject takes away that
subject's failures and nobody else's, so that an attacker's own account does not clear his source.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from okmate_auth.policies.sessions import SLACK, SourceLimit
from okmate_auth.ports import SourceOutcome

MOST_SOURCES: Final = 100_000
"""Sources that are remembered at most; the one that was quiet longest is forgotten first."""


class InProcessSourceLimiter:
    """Satisfies :class:`~okmate_auth.ports.SourceLimiter` within one process.

    Args:
        limit: How much is too much.
        most_sources: How many sources are remembered.
    """

    def __init__(self, limit: SourceLimit, *, most_sources: int = MOST_SOURCES) -> None:
        self._limit: Final = limit
        self._most: Final = most_sources
        self._failures: OrderedDict[str, list[tuple[datetime, str]]] = OrderedDict()
        self._lock = threading.Lock()

    def verdict(self, address: str, now: datetime, /) -> timedelta | None:
        """Return None if the source may go on, else how long until the oldest of its failures is over."""
        if not address:
            return None
        with self._lock:
            recent = self._recent(source_of(address), now)
            subjects = {subject for _, subject in recent if subject}
            if len(recent) < self._limit.failures and len(subjects) < self._limit.subjects:
                return None
            return recent[0][0] + self._limit.within - now

    def tell(self, address: str, outcome: SourceOutcome, now: datetime, /) -> None:
        """Learn what became of a submit."""
        if not address:
            return
        source = source_of(address)
        with self._lock:
            recent = self._recent(source, now)
            if outcome.result == "succeeded":
                recent = [failure for failure in recent if failure[1] != outcome.subject]
            else:
                recent = [*recent, (now, outcome.subject)][-self._limit.failures :]
            if recent:
                self._failures[source] = recent
                self._failures.move_to_end(source)
                while len(self._failures) > self._most:
                    self._failures.popitem(last=False)
            else:
                self._failures.pop(source, None)

    def _recent(self, source: str, now: datetime) -> list[tuple[datetime, str]]:
        since = now - self._limit.within
        return [failure for failure in self._failures.get(source, ()) if since < failure[0] <= now + SLACK]


@lru_cache(maxsize=4096)
def source_of(address: str) -> str:
    """Return what counts as one source: an IPv4 address, an IPv6 /64, or the text as it is where it is neither."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
