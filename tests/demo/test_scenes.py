"""What the scenes say can be found false: each claim fails where the story is changed so that it is not so."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from okmate_auth.commands import Logout
from okmate_auth.demo.people import HANAKO, HANAKO_LOGIN, HOME, OFFICE
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.scenes.logins import login
from okmate_auth.demo.show import Show, temporary_bank
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Beat, Claim, Scene, Wait, gives
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.replies import Authenticated, LoggedOut
from tests.shows import FAST, rehearsed

Change = Callable[[list[Beat]], None]


def changed(name: str, change: Change) -> tuple[Scene, ...]:
    """Return our story with the beats of one scene changed."""
    story: list[Scene] = []
    for scene in STORY:
        beats = list(scene.beats)
        if scene.name == name:
            change(beats)
        story.append(attrs.evolve(scene, beats=tuple(beats)))
    return tuple(story)


def at(beats: list[Beat], does: str) -> int:
    """Return where an act stands."""
    return next(number for number, beat in enumerate(beats) if not isinstance(beat, Wait) and beat.does == does)


def instead(does: str, **changes: object) -> Change:
    """Change the fields of an act."""

    def change(beats: list[Beat]) -> None:
        number = at(beats, does)
        beats[number] = attrs.evolve(beats[number], **changes)  # type: ignore[arg-type]

    return change


def before(does: str, *beats: Beat) -> Change:
    """Have something happen before an act."""

    def change(all_beats: list[Beat]) -> None:
        number = at(all_beats, does)
        all_beats[number:number] = beats

    return change


def without(does: str) -> Change:
    """Leave out an act."""

    def change(beats: list[Beat]) -> None:
        del beats[at(beats, does)]

    return change


def nothing(stage: Stage) -> Logout:
    """Return a command that does nothing."""
    return Logout("x" * 43, stage.client(HOME))


LOGS_IN = Act(who=OFFICE, does="x", command=login(OFFICE, HANAKO, HANAKO_LOGIN), expects=gives(Authenticated))
LOGS_OUT = Act(
    who=OFFICE,
    does="x",
    command=lambda stage: Logout(stage.session(OFFICE), stage.client(OFFICE)),
    expects=gives(LoggedOut),
)
IDLES = Wait(by=timedelta(minutes=10), says="x")
NOTHING = Act(who=HOME, does="x", command=nothing, expects=gives(LoggedOut))


@pytest.mark.parametrize(
    ("scene", "change", "wrong"),
    [
        ("first-login", instead("logs-out", command=nothing), "logs-out: not so: session-ended"),
        (
            "second-login",
            before("logs-in-in-lower-case", LOGS_IN, LOGS_OUT),
            "logs-in-in-lower-case: not so: shows-the-login-before",
        ),
        (
            "two-places",
            before("logs-in-again-in-the-same-browser", LOGS_OUT),
            "logs-in-again-in-the-same-browser: not so: taken-over",
        ),
        ("two-places", before("logs-in-at-home", IDLES), "expected Refused(already-logged-in), got Authenticated"),
        # An honest login between two rounds of guesses begins the count anew.
        ("guesses", before("guesses-again", LOGS_IN), "guesses-once-more: not so: locked-for-longer"),
        ("guesses", instead("guesses-at-nobody", command=nothing, expects=gives(LoggedOut)), "not so: same-words"),
        (
            "guesses",
            instead("guesses-again", times=4),
            "guesses-once-more: expected Refused(locked), got Refused(rejected)",
        ),
        (
            "guesses",
            before("is-kept-out-at-home", LOGS_IN, Wait(by=timedelta(hours=2), says="x"), LOGS_OUT),
            "is-kept-out-at-home: expected Refused(locked), got Authenticated",
        ),
        (
            "guesses",
            instead("logs-in-from-known-browser", command=nothing, expects=gives(LoggedOut)),
            "logs-in-from-known-browser: not so: was-not-locked-out",
        ),
        (
            "double-click",
            instead("mistypes-and-clicks-twice", clicks=1, times=2),
            "mistypes-and-clicks-twice: not so: counted-once",
        ),
        (
            "double-click",
            instead("changes-and-clicks-twice", clicks=1),
            "changes-and-clicks-twice: not so: changed-once",
        ),
        ("double-click", without("goes-back"), ""),
        ("release", before("logs-in-after-release", NOTHING), ""),
    ],
)
def test_a_changed_story_is_found_out(scene: str, change: Change, wrong: str) -> None:
    """The demo ends where something is not so any more; what changes nothing that is said ends well."""
    said = rehearsed(changed(scene, change)).wrong
    assert wrong in said
    assert bool(said) is bool(wrong)


def test_other_rules_are_found_out() -> None:
    """A profile whose first lock lasts a quarter of an hour is not what the story says."""
    quarter = Lockout(growing=(timedelta(minutes=15), timedelta(hours=2)))
    profile = attrs.evolve(FAST, lockout={LOGIN_PASSWORD: quarter})
    assert rehearsed(STORY, profile).wrong.endswith("guesses-once-more: not so: locked-for-half-an-hour")


def test_who_is_logged_out_meanwhile_is_found_out() -> None:
    """A page that is sent again must leave the session alone."""
    scene = next(scene for scene in STORY if scene.name == "double-click")
    last = scene.beats[-1]
    assert isinstance(last, Act)
    change = before("reloads", attrs.evolve(last, claims=()))
    assert rehearsed(changed("double-click", change)).wrong.endswith("reloads: not so: still-logged-in")


def test_a_lock_without_a_notice_is_found_out() -> None:
    """One round of guesses less is one notice less."""
    scene = next(scene for scene in STORY if scene.name == "guesses")
    rest = scene.beats[:3] + scene.beats[6:]
    story = tuple(attrs.evolve(one, beats=rest) if one.name == "guesses" else one for one in STORY)
    assert rehearsed(story).wrong.endswith("reads-outbox: not so: told-of-the-locks")


def test_a_history_that_somebody_changed_is_found_out() -> None:
    """A row edited in the file breaks the chain, and the desk sees it."""
    (guesses,) = (scene for scene in STORY if scene.name == "guesses")
    (release,) = (scene for scene in STORY if scene.name == "release")
    last = guesses.beats[-1]
    assert isinstance(last, Act)
    with temporary_bank() as bank:

        def tampering(_: Stage) -> bool:
            edited = "cast(replace(cast(body as text), 'wrong-password', 'authenticated') as blob)"
            with contextlib.closing(sqlite3.connect(bank.path, isolation_level=None)) as connection:
                return connection.execute(f"update history set body = {edited}").rowcount > 0  # noqa: S608 - as above

        edits = attrs.evolve(last, claims=(Claim("session-ended", tampering),))
        tampered = attrs.evolve(guesses, beats=(*guesses.beats[:-1], edits))
        story = (*STORY[: STORY.index(guesses)], tampered, release)
        wrong = Show(write=lambda _: None, profile=FAST, story=story).on(bank)
    assert wrong.endswith("reads-history: not so: history-holds")
