"""What is still to be told: the outbox's pending notices."""

from __future__ import annotations

from typing import Final

import attrs

from okmate_auth.decision import Context
from okmate_auth.queries.query import DueList, Found, Need, Query, check_limit
from okmate_auth.records import Notice

MOST: Final = 50


@attrs.frozen
class PendingNotices(Query["tuple[Notice, ...]"]):
    """List notices that no mailer took yet, oldest first; mark them with ``MarkSent`` when they are handed over.

    The outbox is the deployment's: of all its banks, each notice naming its own.

    Attributes:
        limit: At most so many, 1 to 50.

    Raises:
        MisuseError: The limit is another number.
    """

    limit: int = MOST

    def __attrs_post_init__(self) -> None:
        """Refuse an unbounded list."""
        check_limit(self.limit, MOST)

    def need(self, context: Context) -> Need:
        """Return the list of what is due by now."""
        return Need(due=(DueList(Notice.kind, context.now, self.limit),))

    def answer(self, found: Found, context: Context) -> tuple[Notice, ...]:
        """Return the notices."""
        del context
        return found.listed(Notice)
