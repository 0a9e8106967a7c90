"""What the bank's mailer finds to tell people, written in the commits of what it is about."""

from __future__ import annotations

from typing import Final

from okmate_auth.demo.people import DESK
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Claim, Look, Scene
from okmate_auth.queries import PendingNotices


def _told_of_the_locks(stage: Stage) -> bool:
    return [notice.event for notice in stage.read(PendingNotices())].count("lock") == 2  # noqa: PLR2004 - two locks


OUTBOX: Final = Scene(
    name="outbox",
    beats=(
        Look(
            who=DESK,
            does="reads-outbox",
            query=lambda _: PendingNotices(),
            claims=(Claim("told-of-the-locks", _told_of_the_locks),),
        ),
    ),
)
