"""Plays a story: submits what it says, verifies what comes of it, tells it to whoever shows it.

Rule 1. The first thing that is not as the story says ends it: what follows would rest on it.
Rule 2. The story's clock stands still while it is told: how long somebody reads is no part of it.
Rule 3. What is told holds no handle, no cookie and no password but the replies themselves; what of them is shown is the
        teller's choice, made in one place (:mod:`okmate_auth.demo.screens`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final, Protocol

import attrs

from okmate_auth.decision import Command
from okmate_auth.demo.stage import Role, Stage, StoryClock
from okmate_auth.demo.story import Act, Beat, Claim, Look, Scene, Wait, described
from okmate_auth.demo.watch import Committed, WatchedStore
from okmate_auth.queries import TopPageView
from okmate_auth.replies import Authenticated

__all__ = ["Clicked", "Player", "Teller", "Told", "ToldLook"]


@attrs.frozen(kw_only=True)
class Clicked:
    """One submit and its reply.

    Attributes:
        at: When it was submitted.
        command: Name of the command's class.
        reply: As it came.
        milliseconds: From submit to reply.
        committed: What was committed for it; of simultaneous submits, all is told with the last one.
        page: The top page, where the reply leads there.
    """

    at: datetime
    command: str
    reply: object
    milliseconds: float
    committed: tuple[Committed, ...] = ()
    page: TopPageView | None = None


@attrs.frozen(kw_only=True)
class Told:
    """An act that was played.

    Attributes:
        act: Which.
        clicks: Every submit, in order.
        claims: Each claim, and whether it holds.
        wrong: What is not as the story says, '' where all is.
    """

    act: Act
    clicks: tuple[Clicked, ...]
    claims: tuple[tuple[str, bool], ...]
    wrong: str


@attrs.frozen(kw_only=True)
class ToldLook:
    """Something that was read.

    Attributes:
        look: Which.
        at: When.
        query: Name of the query's class.
        answer: As it came.
        milliseconds: How long it took.
        claims: Each claim, and whether it holds.
        wrong: What is not as the story says, '' where all is.
    """

    look: Look
    at: datetime
    query: str
    answer: object
    milliseconds: float
    claims: tuple[tuple[str, bool], ...]
    wrong: str


class Teller(Protocol):
    """Shows a story while it is played."""

    def scene(self, number: int, scene: Scene, now: datetime) -> None:
        """A scene begins."""
        ...

    def act(self, scene: Scene, told: Told) -> None:
        """An act was played."""
        ...

    def look(self, scene: Scene, told: ToldLook) -> None:
        """Something was read."""
        ...

    def wait(self, wait: Wait, now: datetime) -> None:
        """Time has passed; now it is ``now``."""
        ...


class Player:
    """Plays stories on a stage.

    Args:
        stage: With the library.
        store: Which the library keeps everything in.
        clock: Which the library was given.
        teller: Who shows it.
    """

    def __init__(self, stage: Stage, store: WatchedStore, clock: StoryClock, teller: Teller) -> None:
        self._stage: Final = stage
        self._store: Final = store
        self._clock: Final = clock
        self._teller: Final = teller

    def play(self, story: Iterable[Scene]) -> str:
        """Play every scene.

        Returns:
            '' where everything was as the story says, else what was not.
        """
        for number, scene in enumerate(story, start=1):
            self._stage.began = self._clock()
            with self._clock.stopped():
                self._teller.scene(number, scene, self._stage.began)
            for beat in scene.beats:
                wrong = self._play(scene, beat)
                if wrong:
                    return f"scene {number} ({scene.name}): {wrong}"
        return ""

    def _play(self, scene: Scene, beat: Beat) -> str:
        if isinstance(beat, Wait):
            self._clock.move(beat.by)
            if beat.meanwhile is not None:
                beat.meanwhile(self._stage)
            with self._clock.stopped():
                self._teller.wait(beat, self._clock())
            return ""
        if isinstance(beat, Look):
            seen = self._look(beat)
            with self._clock.stopped():
                self._teller.look(scene, seen)
            return seen.wrong
        told = self._act(beat)
        with self._clock.stopped():
            self._teller.act(scene, told)
        return told.wrong

    def _look(self, look: Look) -> ToldLook:
        query, at = look.query(self._stage), self._clock()
        began = time.perf_counter()
        answer = self._stage.read(query)
        took = _since(began)
        claims = self._claims(look.claims)
        return ToldLook(
            look=look,
            at=at,
            query=type(query).__name__,
            answer=answer,
            milliseconds=took,
            claims=claims,
            wrong=_broken(look.does, claims),
        )

    def _act(self, act: Act) -> Told:
        clicks: list[Clicked] = []
        for _ in range(act.times):
            self._store.taken()  # what a claim or a page of the act before wrote is no part of this one
            clicks += self._submitted(act)
            for clicked in clicks[-act.clicks :]:
                self._stage.remember(act.who, clicked.reply)
                if not act.expects.fits(clicked.reply):
                    wrong = f"{act.does}: expected {act.expects}, got {described(clicked.reply)}"
                    return Told(act=act, clicks=tuple(clicks), claims=(), wrong=wrong)
        clicks[-1] = attrs.evolve(clicks[-1], page=self._top_page(act.who, clicks[-1].reply))
        claims = self._claims(act.claims)
        return Told(act=act, clicks=tuple(clicks), claims=claims, wrong=_broken(act.does, claims))

    def _submitted(self, act: Act) -> list[Clicked]:
        command = act.command(self._stage)
        if act.clicks == 1:
            clicks = [self._submit(command)]
        else:
            together = threading.Barrier(act.clicks)
            with ThreadPoolExecutor(act.clicks) as browsers:
                submits = [browsers.submit(self._submit, command, together) for _ in range(act.clicks)]
                clicks = [submit.result() for submit in submits]
        clicks[-1] = attrs.evolve(clicks[-1], committed=self._store.taken())
        return clicks

    def _submit(self, command: Command[Any], together: threading.Barrier | None = None) -> Clicked:
        if together is not None:
            together.wait()
        at = self._clock()
        began = time.perf_counter()
        reply: object = self._stage.auth.submit(command)
        return Clicked(at=at, command=type(command).__name__, reply=reply, milliseconds=_since(began))

    def _top_page(self, who: Role, reply: object) -> TopPageView | None:
        """Open the top page as a bank's view does: check the session, then read."""
        if not isinstance(reply, Authenticated):
            return None
        client = self._stage.client(who)
        self._stage.auth.session(reply.session, client)
        return self._stage.auth.top_page(reply.session, client)

    def _claims(self, claims: Iterable[Claim]) -> tuple[tuple[str, bool], ...]:
        return tuple((claim.name, claim.holds(self._stage)) for claim in claims)


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _broken(does: str, claims: tuple[tuple[str, bool], ...]) -> str:
    broken = [name for name, holds in claims if not holds]
    return f"{does}: not so: {', '.join(broken)}" if broken else ""
