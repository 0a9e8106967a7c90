"""Playing a story: what is submitted, what is verified, and what ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth.commands import Logout, PasswordLogin, RegisterCompany
from okmate_auth.demo.people import COMPANY, DESK, HANAKO, OFFICE
from okmate_auth.demo.player import Player, Told, ToldLook
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.stage import Stage, StoryClock
from okmate_auth.demo.story import Act, Beat, Claim, Expected, Look, Scene, Wait, gives, length, refused
from okmate_auth.demo.watch import WatchedStore
from okmate_auth.queries import PendingNotices, TopPageView
from okmate_auth.replies import Authenticated, CompanyRegistered, LoggedOut, PasswordChangeDone, Refused
from okmate_auth.storage.memory import MemoryStore
from okmate_auth.testing import FakeClock
from tests.shows import Audience, Rehearsal, rehearsed, staged


def register(stage: Stage) -> RegisterCompany:
    """Return a command that succeeds once."""
    return RegisterCompany(company=COMPANY, name="x", authority=stage.desk())


def wrong_login(stage: Stage) -> PasswordLogin:
    """Return a command that is refused."""
    return PasswordLogin(HANAKO, "wrong1234", attempt=stage.page(), client=stage.client(OFFICE))


def act(expects: Expected, *claims: Claim, clicks: int = 1, times: int = 1) -> Act:
    """Return an act that gets a refusal."""
    return Act(
        who=OFFICE, does="logs-out", command=wrong_login, expects=expects, clicks=clicks, times=times, claims=claims
    )


def look(*claims: Claim) -> Look:
    """Return a look."""
    return Look(who=DESK, does="reads-outbox", query=lambda _: PendingNotices(), claims=claims)


TRUE = Claim("true", lambda _: True)
FALSE = Claim("false", lambda _: False)
GOOD = Act(who=DESK, does="registers-company", command=register, expects=gives(CompanyRegistered))


def played(*beats: Beat) -> Rehearsal:
    """Return what comes of two scenes, the first of these beats and the second of a good one."""
    return rehearsed((Scene(name="first", beats=beats), Scene(name="second", beats=(GOOD,))))


def test_our_story_is_as_it_says() -> None:
    """Every act gets its reply and every claim holds; nothing is left out."""
    rehearsal = rehearsed(STORY)
    beats = [beat for scene in STORY for beat in scene.beats]
    assert rehearsal.wrong == ""
    assert rehearsal.audience.scenes == [scene.name for scene in STORY]
    assert [told.act for told in rehearsal.audience.acts] == [beat for beat in beats if isinstance(beat, Act)]
    assert [told.look for told in rehearsal.audience.looks] == [beat for beat in beats if isinstance(beat, Look)]
    assert rehearsal.audience.waits == [beat for beat in beats if isinstance(beat, Wait)]
    claims = [claim for told in rehearsal.audience.acts for claim in told.claims]
    claims += [claim for told in rehearsal.audience.looks for claim in told.claims]
    assert len(claims) == sum(len(beat.claims) for beat in beats if not isinstance(beat, Wait))
    assert all(holds for _, holds in claims)


def test_all_is_well() -> None:
    """Where replies and claims are as they should be, both scenes are played."""
    rehearsal = played(act(refused("rejected"), TRUE), look(TRUE), Wait(by=timedelta(minutes=1), says="x"))
    assert rehearsal.wrong == ""
    assert rehearsal.audience.scenes == ["first", "second"]


@pytest.mark.parametrize(
    ("beat", "wrong"),
    [
        (act(gives(Authenticated)), "scene 1 (first): logs-out: expected Authenticated, got Refused(rejected)"),
        (act(refused("locked")), "scene 1 (first): logs-out: expected Refused(locked), got Refused(rejected)"),
        (act(refused("rejected"), TRUE, FALSE), "scene 1 (first): logs-out: not so: false"),
        (look(FALSE, TRUE, FALSE), "scene 1 (first): reads-outbox: not so: false, false"),
    ],
)
def test_the_first_thing_that_is_not_so_ends_it(beat: Beat, wrong: str) -> None:
    """A reply or a claim that is another one is named; the next scene is not played."""
    rehearsal = played(beat)
    assert rehearsal.wrong == wrong
    assert rehearsal.audience.scenes == ["first"]


def test_what_is_wrong_is_shown_before_it_ends() -> None:
    """The audience sees the act that failed, and no claim is asked of it."""
    rehearsal = played(act(gives(LoggedOut), FALSE))
    (told,) = rehearsal.audience.acts
    assert told.wrong.endswith("got Refused(rejected)")
    assert told.claims == ()
    assert isinstance(told.clicks[-1].reply, Refused)


def test_an_act_that_is_done_several_times_stops_at_the_first_wrong_reply() -> None:
    """Six guesses are five refusals and a lock: the sixth is not as said."""
    rehearsal = played(act(refused("rejected"), times=8))
    assert "expected Refused(rejected), got Refused(locked)" in rehearsal.wrong
    assert len(rehearsal.audience.acts[0].clicks) == 6


def test_several_times_are_several_attempts() -> None:
    """Each has a command of its own, each commits."""
    rehearsal = played(act(refused("rejected"), times=3))
    (told, _) = rehearsal.audience.acts
    assert len(told.clicks) == 3
    assert all(clicked.committed for clicked in told.clicks)
    assert len(rehearsal.stage.replies) == 4


def test_several_clicks_are_one_attempt() -> None:
    """The same command at the same moment: one is judged; all that was committed is told with the last."""
    rehearsal = played(act(refused("rejected"), clicks=2))
    (told, _) = rehearsal.audience.acts
    assert len(told.clicks) == 2
    assert told.clicks[0].reply == told.clicks[1].reply
    assert told.clicks[0].committed == ()
    rows = [row for one in told.clicks[1].committed for row in one.appended]
    assert rows == ["logins 1: unknown-id"]


def test_only_a_login_that_reached_its_end_opens_the_top_page() -> None:
    """Every reply Authenticated comes with its page, no other does."""
    for told in rehearsed(STORY).audience.acts:
        last = told.clicks[-1]
        assert isinstance(last.page, TopPageView) is isinstance(last.reply, Authenticated)
        assert all(clicked.page is None for clicked in told.clicks[:-1])


def test_what_a_page_or_a_claim_wrote_is_not_told_of_the_next_act() -> None:
    """A logout commits one thing: the session's first use before it was the page's."""
    told = next(told for told in rehearsed(STORY).audience.acts if told.clicks[0].command == Logout.__name__)
    assert [one.put for one in told.clicks[0].committed] == [("account",)]


def test_what_somebody_does_meanwhile_is_done_when_the_time_has_passed() -> None:
    """A wait may be more than time: whoever is no part of the library acts, once, at its end."""
    done: list[timedelta] = []
    wait = Wait(by=timedelta(minutes=5), says="x", meanwhile=lambda stage: done.append(stage.clock() - stage.began))
    assert played(wait).wrong == ""
    assert [timedelta(minutes=5) < since < timedelta(minutes=6) for since in done] == [True]


def test_a_scene_knows_when_it_began() -> None:
    """Claims about a scene's own rows rest on it."""
    stage = played(Wait(by=timedelta(minutes=5), says="x")).stage
    assert stage.clock() - timedelta(seconds=1) < stage.began < stage.clock()


class Slow(Audience):
    """An audience that holds up the terminal for an hour after everything it is told."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def scene(self, number: int, scene: Scene, now: object) -> None:
        """Take in a title."""
        super().scene(number, scene, now)
        self._clock.advance(timedelta(hours=1))

    def act(self, scene: Scene, told: Told) -> None:
        """Take in an act."""
        super().act(scene, told)
        self._clock.advance(timedelta(hours=1))

    def look(self, scene: Scene, told: ToldLook) -> None:
        """Take in what was read."""
        super().look(scene, told)
        self._clock.advance(timedelta(hours=1))

    def wait(self, wait: Wait, now: object) -> None:
        """Take in that time passed."""
        super().wait(wait, now)
        self._clock.advance(timedelta(hours=1))


def took(real: FakeClock, audience: Audience, milliseconds: int) -> timedelta:
    """Return how long our story takes where each look at the clock takes so long; all of it must be as it says."""
    clock = StoryClock(lambda: real.advance(timedelta(milliseconds=milliseconds)), length(STORY))
    store, began = WatchedStore(MemoryStore()), clock()
    with staged(store, clock) as stage:
        assert Player(stage, store, clock, audience).play(STORY) == ""
    return clock() - began


def test_how_long_somebody_reads_is_no_part_of_the_story() -> None:
    """With a terminal that is held up for hours no code, form or session gets old, and all is as the story says."""
    real = FakeClock()
    began, audience = real(), Slow(real)
    lasted = took(real, audience, milliseconds=1)
    assert length(STORY) <= lasted < length(STORY) + timedelta(minutes=1)
    assert real() - began > timedelta(days=1)


@pytest.mark.parametrize("second", range(0, 60, 5))
def test_the_story_holds_in_every_part_of_a_minute(second: int) -> None:
    """On a slow machine displays change between and within acts, and all is as the story says."""
    real = FakeClock()
    real.advance(timedelta(seconds=second))
    assert took(real, Audience(), milliseconds=200) > length(STORY) + timedelta(minutes=1)


def test_both_clicks_of_a_change_get_the_same_handle() -> None:
    """A double click never loses the next step."""
    changes = [told for told in rehearsed(STORY).audience.acts if told.act.does == "changes-and-clicks-twice"]
    one, other = (clicked.reply for clicked in changes[0].clicks)
    assert isinstance(one, PasswordChangeDone)
    assert one == other
