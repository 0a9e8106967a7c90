"""The story, scene by scene; a later capability adds its scenes to :data:`STORY`."""

from __future__ import annotations

from typing import Final

from okmate_auth.demo.scenes.certificate_days import CERTIFICATE_FIRST_DAY, CERTIFICATE_SECOND_DAY
from okmate_auth.demo.scenes.certificate_holders import CERTIFICATE_HOLDERS
from okmate_auth.demo.scenes.certificate_refusals import FOREIGN_CERTIFICATES, REVOKED_CERTIFICATES
from okmate_auth.demo.scenes.codes import CODES, STEP_UP
from okmate_auth.demo.scenes.double_login import TWO_PLACES
from okmate_auth.demo.scenes.drift import DRIFT
from okmate_auth.demo.scenes.enrollment import ENROLLMENT
from okmate_auth.demo.scenes.first_login import FIRST_LOGIN
from okmate_auth.demo.scenes.guesses import GUESSES, RELEASE
from okmate_auth.demo.scenes.lost_token import LOST_TOKEN
from okmate_auth.demo.scenes.outbox import OUTBOX
from okmate_auth.demo.scenes.registration import REGISTRATION
from okmate_auth.demo.scenes.repeats import COLLEAGUE_REGISTERED, DOUBLE_CLICK
from okmate_auth.demo.scenes.stock import STOCK
from okmate_auth.demo.story import Scene

__all__ = ["STORY"]

STORY: Final[tuple[Scene, ...]] = (
    CERTIFICATE_HOLDERS,
    CERTIFICATE_FIRST_DAY,
    CERTIFICATE_SECOND_DAY,
    FOREIGN_CERTIFICATES,
    REVOKED_CERTIFICATES,
    REGISTRATION,
    STOCK,
    FIRST_LOGIN,
    ENROLLMENT,
    CODES,
    STEP_UP,
    GUESSES,
    RELEASE,
    COLLEAGUE_REGISTERED,
    DOUBLE_CLICK,
    TWO_PLACES,
    DRIFT,
    LOST_TOKEN,
    OUTBOX,
)
