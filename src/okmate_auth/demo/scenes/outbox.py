"""What the bank's mailer finds to tell people, written in the commits of what it is about."""

from __future__ import annotations

from typing import Final

from okmate_auth.demo.people import DESK, HANAKO
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Claim, Look, Scene
from okmate_auth.queries import PendingNotices


def _told_of_the_locks(stage: Stage) -> bool:
    return _count(stage, "lock") == 2  # noqa: PLR2004 - two locks


def _told_of_the_tokens(stage: Stage) -> bool:
    return (_count(stage, "enrollment"), _count(stage, "revocation")) == (2, 1)


def _count(stage: Stage, event: str) -> int:
    return sum(notice.event == event and notice.login_id == HANAKO for notice in stage.read(PendingNotices()))


OUTBOX: Final = Scene(
    name="outbox",
    beats=(
        Look(
            who=DESK,
            does="reads-outbox",
            query=lambda _: PendingNotices(),
            claims=(
                Claim("told-of-the-locks", _told_of_the_locks),
                Claim("told-of-the-tokens", _told_of_the_tokens),
            ),
        ),
    ),
)
