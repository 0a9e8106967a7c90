"""Emptying the outbox."""

from __future__ import annotations

from typing import ClassVar, Final

import attrs

from okmate_auth import fields
from okmate_auth.decision import Command, Commit, Context, Draft
from okmate_auth.errors import MisuseError
from okmate_auth.ports import AnyKey
from okmate_auth.records import Notice
from okmate_auth.replies import Busy, NoticesMarked

MOST: Final = 50  # in one commit


@attrs.frozen
class MarkSent(Command[NoticesMarked | Busy]):
    """Mark notices as sent, after the bank's mailer took them; doing it twice does no harm.

    Attributes:
        ids: Ids of notices, 1 to 50.

    Raises:
        MisuseError: There are none, or more.
    """

    ids: tuple[str, ...] = attrs.field(converter=fields.names)

    replies: ClassVar[tuple[type, ...]] = (NoticesMarked, Busy)

    def __attrs_post_init__(self) -> None:
        """Refuse what one commit can't do."""
        if not 0 < len(set(self.ids)) <= MOST:
            message = f"ids: 1 to {MOST} notices"
            raise MisuseError(message)

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return the notices' keys."""
        del context
        return tuple(Notice.at(notice) for notice in dict.fromkeys(self.ids))

    def decide(self, draft: Draft) -> Commit[NoticesMarked | Busy]:
        """Put each pending notice as sent."""
        count = 0
        for key in self.keys(draft.context):
            notice = draft.get(key)
            if isinstance(notice, Notice) and notice.sent_at is None:
                draft.put(attrs.evolve(notice, sent_at=draft.context.now))
                count += 1
        return draft.commit(NoticesMarked(count=count), rests_on=())
