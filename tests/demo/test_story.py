"""Stories as data: what an expectation fits, how long a story is, and that ours is well formed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.story import Act, Beat, Expected, Look, Wait, described, gives, length, refused
from okmate_auth.replies import Authenticated, LoggedOut, PasswordChangeDone, PasswordChangeDue, Refused, Step
from okmate_auth.secret import Secret
from okmate_auth.testing import FakeClock
from okmate_auth.violations import Violation

DONE = PasswordChangeDone(handle=Secret("h"), until=FakeClock()(), login_id="Hanako01", changed=("login-password",))
BEATS: tuple[Beat, ...] = tuple(beat for scene in STORY for beat in scene.beats)


@pytest.mark.parametrize(
    ("reply", "expected", "fits"),
    [
        (LoggedOut(), gives(LoggedOut), True),
        (LoggedOut(), gives(Authenticated), False),
        (DONE, gives(PasswordChangeDone), True),
        (DONE, gives(Step), False),  # exactly the class, not a base of it
        (Refused(code="stale"), refused("stale"), True),
        (Refused(code="stale"), refused("expired"), False),
        (Refused(code="stale"), gives(Refused), False),  # a refusal is expected with its code
        (Refused(code="stale", until=FakeClock()()), refused("stale"), True),
        (Refused(code="stale", at=DONE), refused("stale"), False),
        (Refused(code="stale", at=DONE), refused("stale", at=PasswordChangeDone), True),
        (Refused(code="stale", at=DONE), refused("stale", at=PasswordChangeDue), False),
        (Refused(code="malformed", violations=(Violation("empty", "x"),)), refused("malformed"), False),
        (Refused(code="malformed", violations=(Violation("empty", "x"),)), refused("malformed", "empty"), True),
        (Refused(code="malformed", violations=(Violation("empty", "x"),)), refused("malformed", "common"), False),
    ],
)
def test_an_expectation_fits_its_reply_alone(reply: object, expected: Expected, *, fits: bool) -> None:
    """Class, code, step and violations all count; when a reason ends does not."""
    assert expected.fits(reply) is fits


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (gives(LoggedOut), "LoggedOut"),
        (refused("stale"), "Refused(stale)"),
        (refused("malformed", "empty", "common"), "Refused(malformed, empty, common)"),
        (refused("wrong-password", at=PasswordChangeDue), "Refused(wrong-password) at PasswordChangeDue"),
    ],
)
def test_an_expectation_says_itself_in_the_words_of_the_library(expected: Expected, text: str) -> None:
    """A mismatch is told with names of classes and codes."""
    assert str(expected) == text


def test_what_a_reply_is_described_as_holds_no_secret() -> None:
    """The handle and what was entered are no part of a mismatch's text."""
    assert str(described(refusal_with_a_handle())) == "Refused(password-policy, common) at PasswordChangeDone"


def refusal_with_a_handle() -> Refused:
    """Return a refusal with a handle in it."""
    return Refused(code="password-policy", at=DONE, violations=(Violation("common", "new_login_password"),))


def test_a_story_is_as_long_as_its_waits() -> None:
    """The clock of the demo is set back by exactly what it is moved later."""
    waits = [beat.by for beat in BEATS if isinstance(beat, Wait)]
    assert waits
    assert length(STORY) == sum(waits, timedelta(0))
    assert min(waits) > timedelta(0)


def test_a_story_without_waits_takes_no_time() -> None:
    """The sum of nothing is nothing."""
    assert length(()) == timedelta(0)


def test_our_scenes_are_named_once_and_have_beats() -> None:
    """A name finds one scene, in words as in JSON."""
    names = [scene.name for scene in STORY]
    assert len(set(names)) == len(names)
    assert all(scene.beats for scene in STORY)


def test_every_act_of_ours_is_played_at_least_once() -> None:
    """No act is left out by a count of zero."""
    assert all(beat.clicks >= 1 and beat.times >= 1 for beat in BEATS if isinstance(beat, Act))


def test_nobody_in_the_story_has_a_real_address() -> None:
    """Addresses are those that are kept for documents (RFC 5737); the desk has none."""
    documents = ("192.0.2.", "198.51.100.", "203.0.113.")
    roles = {beat.who for beat in BEATS if isinstance(beat, Act | Look)}
    assert all(role.address.startswith(documents) or role.user == "desk" for role in roles)
