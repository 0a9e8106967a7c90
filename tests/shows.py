"""Playing the demo in tests: the whole story with the cheapest password hashes, or a story of a test's own."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import attrs

from okmate_auth.demo import Show, temporary_bank
from okmate_auth.demo.player import Player, Told, ToldLook
from okmate_auth.demo.service import running
from okmate_auth.demo.stage import Stage, StoryClock
from okmate_auth.demo.story import Scene, Wait, length
from okmate_auth.demo.watch import WatchedStore
from okmate_auth.demo.wording import wording
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import Store
from okmate_auth.shells.keyring import KeyRing
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing import FakeClock
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST

FAST: Final = attrs.evolve(OKMATE, kdf=UNSAFE_CHEAPEST)


def shown(**settings: Any) -> tuple[list[str], str]:  # noqa: ANN401 - whatever a show takes
    """Return what a show on a temporary bank wrote, and what was not as the story says."""
    lines: list[str] = []
    with temporary_bank() as bank:
        wrong = Show(write=lines.append, **{"profile": FAST, **settings}).on(bank)
    return lines, wrong


class Audience:
    """Satisfies :class:`~okmate_auth.demo.player.Teller` by remembering."""

    def __init__(self) -> None:
        self.scenes: list[str] = []
        self.acts: list[Told] = []
        self.looks: list[ToldLook] = []
        self.waits: list[Wait] = []

    def scene(self, number: int, scene: Scene, now: object) -> None:
        """Remember a scene."""
        del number, now
        self.scenes.append(scene.name)

    def act(self, scene: Scene, told: Told) -> None:
        """Remember an act."""
        del scene
        self.acts.append(told)

    def look(self, scene: Scene, told: ToldLook) -> None:
        """Remember a look."""
        del scene
        self.looks.append(told)

    def wait(self, wait: Wait, now: object) -> None:
        """Remember a wait."""
        del now
        self.waits.append(wait)


@contextmanager
def staged(store: Store, clock: StoryClock, profile: Profile = FAST) -> Generator[Stage]:
    """Lend a stage with the service running, its post in a folder that is gone afterwards."""
    with (
        tempfile.TemporaryDirectory() as post,
        running(
            store, profile=profile, keys=KeyRing.generate(), clock=clock, post=Path(post), words=wording("en")
        ) as stage,
    ):
        yield stage


@attrs.frozen
class Rehearsal:
    """A story played in memory, with a clock of its own.

    Attributes:
        wrong: What was not as it says.
        audience: Who saw it.
        stage: As it was at the end.
    """

    wrong: str
    audience: Audience
    stage: Stage


def rehearsed(story: Sequence[Scene], profile: Profile = FAST) -> Rehearsal:
    """Return what comes of a story of a test's own; each look at the clock takes a millisecond."""
    ticking = FakeClock()
    clock = StoryClock(lambda: ticking.advance(timedelta(milliseconds=1)), length(story))
    store = WatchedStore(MemoryStore())
    audience = Audience()
    with staged(store, clock, profile) as stage:
        wrong = Player(stage, store, clock, audience).play(story)
    return Rehearsal(wrong, audience, stage)
