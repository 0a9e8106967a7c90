"""The story, scene by scene; a later capability adds its scenes to :data:`STORY`."""

from __future__ import annotations

from typing import Final

from okmate_auth.demo.scenes.double_login import SECOND_LOGIN, TWO_PLACES
from okmate_auth.demo.scenes.first_login import FIRST_LOGIN
from okmate_auth.demo.scenes.guesses import GUESSES, RELEASE
from okmate_auth.demo.scenes.outbox import OUTBOX
from okmate_auth.demo.scenes.registration import REGISTRATION
from okmate_auth.demo.scenes.repeats import COLLEAGUE_REGISTERED, DOUBLE_CLICK
from okmate_auth.demo.story import Scene

__all__ = ["STORY"]

STORY: Final[tuple[Scene, ...]] = (
    REGISTRATION,
    FIRST_LOGIN,
    SECOND_LOGIN,
    TWO_PLACES,
    GUESSES,
    RELEASE,
    COLLEAGUE_REGISTERED,
    DOUBLE_CLICK,
    OUTBOX,
)
