"""What the scenes say can be found false: each claim fails where the story is changed so that it is not so."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import timedelta

import attrs
import pytest

from okmate_auth.commands import ByDesk, ChangeEntitlements, RegisterUser
from okmate_auth.demo.people import COLLEAGUE, COMPANY, HANAKO, OFFICE, TARO
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.scenes.displays import NEXT_DISPLAY
from okmate_auth.demo.scenes.logins import grants_nothing_yet
from okmate_auth.demo.show import Show, temporary_bank
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Wait, gives
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies.lockout import Lockout
from okmate_auth.replies import CodeDue, Done, LoggedOut
from tests.demo.changes import (
    NOTHING,
    Change,
    act,
    before,
    both,
    changed,
    claims_of,
    instead,
    logs_in,
    logs_out,
    nothing,
    scene,
    without,
)
from tests.shows import FAST, rehearsed

IDLES = Wait(by=timedelta(minutes=10), says="x")
TWO_HOURS = Wait(by=timedelta(hours=2), says="x")


def _registers_for_transfers(_: Stage) -> RegisterUser:
    desk = ByDesk(operator="o", ticket="t")
    return RegisterUser(login_id=TARO, company=COMPANY, name="x", entitlements=("transfer",), authority=desk)


def _entitles_to_transfers(_: Stage) -> ChangeEntitlements:
    return ChangeEntitlements(login_id=TARO, add=("transfer",), authority=ByDesk(operator="o", ticket="t"))


@pytest.mark.parametrize(
    ("name", "change", "wrong"),
    [
        ("first-login", instead("logs-out", command=nothing), "logs-out: not so: session-ended"),
        # An honest login between two rounds of guesses begins the count anew.
        ("guesses", before("guesses-again", logs_in(CodeDue)), "guesses-once-more: not so: locked-for-longer"),
        ("guesses", instead("guesses-at-nobody", command=nothing, expects=gives(LoggedOut)), "not so: same-words"),
        (
            "guesses",
            instead("guesses-again", times=4),
            "guesses-once-more: expected Refused(locked), got Refused(rejected)",
        ),
        (
            "guesses",
            before("is-kept-out-at-home", TWO_HOURS),
            "is-kept-out-at-home: expected Refused(locked), got CodeDue",
        ),
        (
            "guesses",
            instead("enters-code", command=nothing, expects=gives(LoggedOut)),
            "enters-code: not so: was-not-locked-out",
        ),
        ("release", before("logs-in-after-release", NOTHING), ""),
        (
            "release",
            before("logs-in-after-release", logs_out(OFFICE)),
            "enters-code: not so: code-takes-over",
        ),
        (
            "colleague",
            instead("registers-colleague", command=_registers_for_transfers),
            "acknowledges: expected Authenticated, got EnrollmentDue",
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
        ("double-click", before("reloads", logs_out(COLLEAGUE)), "reloads: not so: still-logged-in"),
        (
            "double-click",
            both(  # had he been entitled, the desk would see that the screen comes at his next login
                before("reloads", act(gives(Done), _entitles_to_transfers)),
                instead("reloads", claims=claims_of("double-click", "acknowledges")),
            ),
            "reloads: not so: needs-no-token",
        ),
        (
            "two-places",
            before("logs-in-again-in-the-same-browser", logs_out(COLLEAGUE)),
            "logs-in-again-in-the-same-browser: not so: taken-over",
        ),
        ("two-places", before("logs-in-at-home", IDLES), "expected Refused(already-logged-in), got Authenticated"),
    ],
)
def test_a_changed_story_is_found_out(name: str, change: Change, wrong: str) -> None:
    """The demo ends where something is not so any more; what changes nothing that is said ends well."""
    said = rehearsed(changed(name, change)).wrong
    assert wrong in said
    assert bool(said) is bool(wrong)


def test_a_form_that_grants_something_is_found_out() -> None:
    """Were the handle of a form the one of a session, the claim about it would be false."""

    def grants_nothing(stage: Stage) -> bool:
        stage.remember(OFFICE, CodeDue(handle=stage.session(OFFICE), until=stage.clock(), login_id=HANAKO))
        return grants_nothing_yet(stage, OFFICE)

    story = changed("codes", instead("enters-code", claims=(Claim("grants-nothing-yet", grants_nothing),)))
    assert rehearsed(story).wrong.endswith("enters-code: not so: grants-nothing-yet")


def test_other_rules_of_locks_are_found_out() -> None:
    """A profile whose first lock lasts a quarter of an hour is not what the story says."""
    quarter = Lockout(growing=(timedelta(minutes=15), timedelta(hours=2)))
    profile = attrs.evolve(FAST, lockout={LOGIN_PASSWORD: quarter})
    assert rehearsed(STORY, profile).wrong.endswith("guesses-once-more: not so: locked-for-half-an-hour")


def test_a_lock_without_a_notice_is_found_out() -> None:
    """One round of guesses less is one notice less."""
    beats = scene("guesses").beats
    rest = (*beats[:3], NEXT_DISPLAY, *beats[6:])
    story = tuple(attrs.evolve(one, beats=rest) if one.name == "guesses" else one for one in STORY)
    assert rehearsed(story).wrong.endswith("reads-outbox: not so: told-of-the-locks")


def test_a_history_that_somebody_changed_is_found_out() -> None:
    """A row edited in the file breaks the chain, and the desk sees it."""
    guesses = scene("guesses")
    last = guesses.beats[-1]
    assert isinstance(last, Act)
    with temporary_bank() as bank:

        def tampering(_: Stage) -> bool:
            edited = "cast(replace(cast(body as text), 'wrong-password', 'authenticated') as blob)"
            with contextlib.closing(sqlite3.connect(bank.path, isolation_level=None)) as connection:
                return connection.execute(f"update history set body = {edited}").rowcount > 0  # noqa: S608 - as above

        edits = attrs.evolve(last, claims=(Claim("was-not-locked-out", tampering),))
        tampered = attrs.evolve(guesses, beats=(*guesses.beats[:-1], edits))
        story = (*STORY[: STORY.index(guesses)], tampered, scene("release"))
        wrong = Show(write=lambda _: None, profile=FAST, story=story).on(bank)
    assert wrong.endswith("reads-history: not so: history-holds")
